// What the tests of the jobs share: mails put into the outbox as the pages do, and what became of them.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildDir } from '../support/site.mjs';

const run = promisify(execFile);
export const program = path.join(buildDir, 'outportctl');
export const quoted = text => `'${String(text).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

// A row of the outbox; its id.
export async function order(site, { kind = 'mail', payload, mail = 'reset', to = 'anna@example.org', name = 'Anna', lang = 'en', args = ['https://outport.example/reset/x'], count = 1 } = {}) {
	const text = payload ?? JSON.stringify({ mail, to, name, lang, args });
	const row = `(${quoted(kind)}, 1, ${quoted(text)}, UTC_TIMESTAMP(), UTC_TIMESTAMP())`;
	return Number(await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ${Array(count).fill(row).join(', ')}; SELECT LAST_INSERT_ID()`));
}

// { state, attempts, wait (seconds until it is due), error, payload, claimed }
export async function rowOf(site, id) {
	const text = await site.sql(`SELECT JSON_OBJECT('state', state, 'attempts', attempts, 'wait', TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), due_at), 'error', last_error,
		'payload', payload, 'claimed', claimed_by) FROM outbox WHERE id = ${id}`);
	return text ? JSON.parse(text.replaceAll('\\\\', '\\')) : null;
}

// The site's configuration with another [mail] section; its file name.
export function configure(site, mail, name = 'mail.conf') {
	const rest = fs.readFileSync(site.conf, 'utf8').replace(/\[mail\]\n(?:[^[].*\n)*/, '');
	const file = path.join(site.dir, name);
	fs.writeFileSync(file, `${rest}[mail]\n${Object.entries(mail).map(([key, value]) => `${key} = ${value}\n`).join('')}`);
	return file;
}

// outportctl with that configuration: { status, stdout, stderr, log }.
export async function tool(conf, ...args) {
	const result = await run(program, ['--config', conf, ...args]).then(out => ({ status: 0, ...out }), error => ({ status: error.code, stdout: error.stdout, stderr: error.stderr }));
	result.log = result.stderr.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line));
	return result;
}
