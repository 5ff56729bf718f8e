// Mails as a site under test sends them, read back from its mail folder.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from './nginx.mjs';

const run = promisify(execFile);
export const mailFolder = site => path.join(site.dir, 'mail');

function decodeWords(value) {
	// RFC 2047, section 6.2: white space between two encoded words is none of the text's. Neighbours in one charset are joined as
	// bytes, for a character may have been cut in two.
	const joined = value.replace(/(\?=)\s+(?==\?)/g, '$1');
	return joined.replace(/(?:=\?utf-8\?[bq]\?[^?]*\?=)+/gi, words => Buffer.concat([...words.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, kind, text]) =>
		(/b/i.test(kind) ? Buffer.from(text, 'base64') : quotedPrintable(text.replaceAll('_', ' '))))).toString());
}

function quotedPrintable(text) {
	return Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

function headersOf(text) {
	const out = {};
	for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
		const [, name, value] = /^([^:]+): ?(.*)$/.exec(line);
		if (name.toLowerCase() in out)
			throw new Error(`a header twice: ${line}`);
		out[name.toLowerCase()] = decodeWords(value);
	}
	return out;
}

function splitHead(bytes) {
	const at = bytes.indexOf('\r\n\r\n');
	return [bytes.slice(0, at), bytes.slice(at + 4)];
}

// { id, headers, to, from, subject, text, html, links, raw } of a message's bytes as text (they are ASCII). links: those of the text, in their order.
export function parseMail(raw, id = 0) {
	const [head, body] = splitHead(raw);
	const headers = headersOf(head);
	const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'])[1];
	const parts = body.split(`--${boundary}`).slice(1, -1).map(part => {
		const [partHead, content] = splitHead(part.replace(/^\r\n/, '').replace(/\r\n$/, ''));
		const own = headersOf(partHead);
		if (own['content-transfer-encoding'] !== 'quoted-printable')
			throw new Error(`a part in ${own['content-transfer-encoding']}`);
		return { type: own['content-type'], content: quotedPrintable(content).toString().replaceAll('\r\n', '\n') };
	});
	const text = parts.find(part => part.type.startsWith('text/plain')).content, html = parts.find(part => part.type.startsWith('text/html')).content;
	const address = value => (/<([^<>]*)>$/.exec(value) ?? [null, value])[1];
	return { id, headers, to: address(headers.to), from: address(headers.from), subject: headers.subject, text, html,
		links: text.match(/https?:\/\/[^\s<>]+/g) ?? [], raw };
}

// Every mail in the folder, oldest first.
export function readMails(folder) {
	if (!fs.existsSync(folder))
		return [];
	return fs.readdirSync(folder).filter(name => /^\d+\.eml$/.test(name)).sort()
		.map(name => parseMail(fs.readFileSync(path.join(folder, name), 'latin1'), Number(name.slice(0, -4))));
}

// The mails of a site: all(), to(address), and wait({ to, subject, link, count }), which gives the newest that fits (count: wait for so
// many of them; they may come in any order, so ask for what tells the wanted one). subject: a string it holds, or a RegExp; link: what the
// path of one of its links begins with. link(mail, prefix) is the first such link's path, without the host.
export function mailbox(site) {
	const folder = mailFolder(site);
	const linkOf = (mail, prefix) => mail.links.map(one => new URL(one)).find(one => one.pathname.replace(/^\/fr(?=\/)/, '').startsWith(prefix) && one.pathname !== '/');
	const fits = ({ to, subject, link }) => mail => (!to || mail.to === to) && (!link || linkOf(mail, link) !== undefined) &&
		(!subject || (subject instanceof RegExp ? subject.test(mail.subject) : mail.subject.includes(subject)));
	const all = () => readMails(folder);
	return {
		folder, all,
		to: address => all().filter(mail => mail.to === address),
		async wait(wanted = {}, ms = 60000) {
			let found = [];
			await until(() => (found = all().filter(fits(wanted))).length >= (wanted.count ?? 1),
				() => `a mail ${JSON.stringify({ ...wanted, subject: String(wanted.subject ?? '') })}; there are ${JSON.stringify(all().map(mail => [mail.to, mail.subject]))}`, ms);
			return found.at(-1);
		},
		// As the reader of a mail sees it: the link's path and query on this site.
		link(mail, prefix = '/') {
			const url = linkOf(mail, prefix);
			if (!url)
				throw new Error(`no link to ${prefix} in ${JSON.stringify(mail.links)}`);
			return url.pathname + url.search;
		},
	};
}

// What a second parser, Python's own, makes of message files, one by one: { headers: [[name, value]…], parts: [[type, text]…], to, from, defects }.
export async function parseWithPython(...files) {
	const program = `
import email, email.policy, json, sys
def read(file):
  m = email.message_from_binary_file(open(file, 'rb'), policy=email.policy.default)
  parts = list(m.walk())
  return {
    'headers': [[k, str(v)] for k, v in m.items()],
    'parts': [[p.get_content_type(), p.get_content()] for p in parts if not p.is_multipart()],
    'to': [[a.display_name, a.addr_spec] for a in m['to'].addresses],
    'from': [[a.display_name, a.addr_spec] for a in m['from'].addresses],
    'defects': [repr(d) for p in parts for d in p.defects] + [repr(d) for v in m.values() for d in v.defects]}
print(json.dumps([read(file) for file in sys.argv[1:]]))`;
	const { stdout } = await run('python3', ['-c', program, ...files], { maxBuffer: 64 << 20 });
	return JSON.parse(stdout);
}
