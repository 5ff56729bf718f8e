// Every mail as bytes, read back by a parser that is not ours: whatever stands in a name, a title or a message, it makes no header, no part and
// no recipient (ASVS 1.3.11).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { mailbox, parseWithPython, readMails } from '../support/mail.mjs';
import { topSrc } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';
import { configure, order, rowOf, tool } from './mails.mjs';

const LINK = 'https://outport.example/x/abc';
// [name, how many arguments, which are links (from 1)]
const kinds = fs.readFileSync(path.join(topSrc, 'src/model/mail.def'), 'utf8').split('\n').flatMap(line => {
	const match = /^MAIL\(\w+, "([a-z-]+)", "(.*)"\)$/.exec(line);
	if (!match)
		return [];
	const args = match[2].split(';')[0].split(/, (?=[a-z])/);
	return [{ name: match[1], args: args.map(what => (/TAB/.test(what) ? `A boat\t$5\tFogo\t${LINK}` : /\blink\b/.test(what) ? LINK : /date/.test(what) ? '2026-12-05' : 'Words')),
		links: args.map(what => /\blink\b/.test(what) && !/TAB/.test(what)) }];
});
const HEADERS = ['Date', 'From', 'Reply-To', 'Subject', 'To', 'Message-Id', 'Auto-Submitted', 'Content-Language', 'MIME-Version', 'Content-Type'];
const UNSUBSCRIBE = ['List-Unsubscribe', 'List-Unsubscribe-Post'];

const hostile = [
	'x\r\nBcc: victim@example.org', 'x\nBcc: victim@example.org\n\nbody', 'x\rBcc: victim@example.org', 'x\u2028Bcc: victim@example.org\u2029', 'x\u0085Bcc: victim@example.org',
	'\r\n.\r\nMAIL FROM:<evil@example.org>\r\n', '--=_outport_1_1\r\nContent-Type: text/html\r\n\r\n<b>part</b>', '=?utf-8?q?=0D=0ABcc:_victim@example.org?=',
	'" <victim@example.org>, "', 'a, victim@example.org', '<script>alert(1)</script><img src=https://evil.example/x>', '{1}{9}%s%n', 'é'.repeat(300), 'x'.repeat(3000),
	'\u202Egnp.exe\u202C', '\t\t tabs', '', '   ', 'a\\', '(comment', 'From the sea\n.\n>From', '日本語の名前', '👩‍👩‍👧 '.repeat(30),
];

let site, box;
before(async () => {
	site = await startSite({ listings: 0, workers: 1, jobs: false });
	box = mailbox(site);
});
after(() => site.stop());

async function deliver(orders) {
	await site.sql('DELETE FROM outbox');
	fs.rmSync(box.folder, { recursive: true, force: true });
	const ids = [];
	for (const one of orders)
		ids.push(await order(site, one));
	const result = await tool(site.conf, 'jobs', '--once');
	return { ids, result, mails: box.all() };
}

const fileOf = id => path.join(box.folder, `${String(id).padStart(10, '0')}.eml`);

function checkBytes(raw, id) {
	assert.match(raw, /^[\x20-\x7e\r\n\t]*$/, 'a mail is ASCII');
	assert.ok(!/[^\r]\n|\r[^\n]/.test(raw), 'every line ends with CR LF');
	for (const line of raw.split('\r\n'))
		assert.ok(line.length <= 998, `a line of ${line.length} (RFC 5322, section 2.1.1)`);
	for (const line of raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n'))
		assert.ok(line.length <= 78 || !/[ \t]/.test(line.trim().replace(/^[^:]+: /, '')), line);
	assert.match(raw, new RegExp(`^Message-Id: <outbox-${id}\\.\\d+@`, 'm'));
}

test('every mail in both languages is what a second parser expects', async () => {
	const orders = ['en', 'fr'].flatMap(lang => kinds.map(kind => ({ mail: kind.name, lang, name: 'Zoë Étoile', args: kind.args })));
	const { ids, mails, result } = await deliver(orders);
	assert.equal(result.status, 0, result.stderr);
	assert.equal(mails.length, kinds.length * 2);
	const parsed = await parseWithPython(...ids.map(fileOf));
	for (const [i, id] of ids.entries()) {
		const { mail, lang } = orders[i], ours = mails[i], theirs = parsed[i];
		checkBytes(ours.raw, id);
		assert.deepEqual(theirs.defects, [], mail);
		assert.deepEqual(theirs.to, [['Zoë Étoile', 'anna@example.org']]);
		assert.deepEqual(theirs.from, [['Outport', 'outport@127.0.0.1']]);
		assert.deepEqual(theirs.headers.map(([name]) => name).sort(), [...HEADERS, ...(mail === 'alert' ? UNSUBSCRIBE : [])].sort(), mail);
		const header = Object.fromEntries(theirs.headers);
		assert.equal(header['Reply-To'], 'Outport <harbourmaster@outport.example>');
		assert.equal(header['Auto-Submitted'], 'auto-generated');
		assert.equal(header['Content-Language'], lang);
		assert.ok(Math.abs(Date.parse(header.Date) - Date.now()) < 600000);
		if (mail === 'alert') {
			assert.equal(header['List-Unsubscribe'], `<${LINK}>`);
			assert.equal(header['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click');
		}
		assert.deepEqual(theirs.parts.map(([type]) => type), ['text/plain', 'text/html']);
		assert.equal(theirs.parts[0][1].replaceAll('\r\n', '\n').trimEnd(), ours.text.trimEnd());
		assert.equal(header.Subject, ours.subject);
		assert.ok(!/src=|url\(|<link|<script|@import/i.test(ours.html), 'nothing is fetched from elsewhere');
		assert.ok(!/\{\d\}/.test(ours.subject + ours.text + ours.html), ours.text);
		for (const line of ours.text.split('\n'))
			assert.ok(line.length <= 76 || !line.includes(' '), line);
	}
});

for (const [number, value] of hostile.entries()) {
	test(`hostile value ${number}, ${JSON.stringify(value).slice(0, 50)}, through every argument and the name`, async () => {
		const orders = kinds.map(kind => ({ mail: kind.name, name: value, args: kind.args.map((arg, i) => (kind.links[i] ? arg : value)) }));
		const { ids, result, mails } = await deliver(orders);
		assert.equal(result.status, 0, result.stderr);
		assert.equal(mails.length, orders.length);
		const parsed = await parseWithPython(...ids.map(fileOf));
		for (const [i, id] of ids.entries()) {
			const { mail } = orders[i], theirs = parsed[i];
			checkBytes(mails[i].raw, id);
			assert.deepEqual(theirs.headers.map(([name]) => name).sort(), [...HEADERS, ...(mail === 'alert' ? UNSUBSCRIBE : [])].sort(), mail);
			assert.deepEqual(theirs.to.map(([, address]) => address), ['anna@example.org']);
			assert.equal(theirs.parts.length, 2);
			assert.ok(theirs.headers.every(([, text]) => !/[\r\n\u0085\u2028\u2029\u202e]/.test(text)), JSON.stringify(theirs.headers));
			assert.ok(!/<script|<img/i.test(mails[i].html));
		}
	});
}

test('hostile addresses and links are refused for good', async () => {
	const addresses = ['anna@example.org\r\nBcc: v@example.org', 'anna@example.org, v@example.org', '<anna@example.org>', 'anna', '@example.org', 'anna@', 'a b@example.org',
		'anna@example.org> SIZE=1', '"anna"@example.org', 'ännä@example.org', `${'a'.repeat(300)}@example.org`, ''];
	const alert = kinds.find(kind => kind.name === 'alert');
	const links = ['https://x.example/\r\nBcc: v@example.org', 'javascript:alert(1)', 'https://x.example/>, <https://evil.example', 'https://x.example/a b', '/unsubscribe/x', ''];
	const { ids, mails, result } = await deliver([...addresses.map(to => ({ to })), ...links.map(link => ({ mail: 'alert', args: [...alert.args.slice(0, 4), link] }))]);
	assert.equal(result.status, 0);
	assert.deepEqual(mails, []);
	for (const id of ids) {
		const row = await rowOf(site, id);
		assert.equal(row.state, 2);
		assert.match(row.error, /cannot stand in a mail/);
	}
});

test('a link that is none becomes no link', async () => {
	const { mails } = await deliver([{ mail: 'verify', args: ['javascript:alert(1)'] }, { mail: 'verify', args: ['//evil.example/x'] }]);
	assert.equal(mails.length, 2);
	for (const mail of mails)
		assert.ok(!/href="(?:javascript|\/\/)/.test(mail.html), mail.html);
});

test('the sender and its name are the configuration\'s', async () => {
	await site.sql('DELETE FROM outbox');
	const folder = path.join(site.dir, 'other-mail');
	const conf = configure(site, { transport: 'folder', folder, from: 'courrier@annonces.example', from_name: 'Petites annonces, "à vendre"', reply_to: 'bureau@annonces.example' });
	await order(site, { lang: 'fr' });
	const result = await tool(conf, 'jobs', '--once');
	assert.equal(result.status, 0, result.stderr);
	const [mail] = readMails(folder);
	assert.equal(mail.from, 'courrier@annonces.example');
	assert.match(mail.headers['reply-to'], /<bureau@annonces\.example>$/);
	assert.match(mail.headers['message-id'], /@annonces\.example>$/);
	const [theirs] = await parseWithPython(path.join(folder, fs.readdirSync(folder)[0]));
	assert.deepEqual(theirs.from, [['Petites annonces, "à vendre"', 'courrier@annonces.example']]);
	assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
	assert.equal(fs.statSync(path.join(folder, fs.readdirSync(folder)[0])).mode & 0o777, 0o600);
});

test('without [mail] the folder is below runtime_dir', async () => {
	await site.sql('DELETE FROM outbox');
	await order(site);
	const result = await tool(configure(site, {}), 'jobs', '--once');
	assert.equal(result.status, 0, result.stderr);
	assert.equal(readMails(path.join(site.dir, 'metrics/mail')).length, 1);
});
