// What the tests of outportctl share: a database of their own on the server that with-mariadb started, a configuration for
// it, and the tool as a sysadmin runs it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = process.env.top_srcdir ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const socket = process.env.OUTPORT_TEST_SOCKET;
const program = path.join(process.env.top_builddir ?? path.join(top, 'build/dev'), 'outportctl');
if (!socket) throw new Error('OUTPORT_TEST_SOCKET is not set: run these tests by tests/ctl/run_ctl');

// Rows of cells, as text.
export function sql(database, statement) {
	const result = spawnSync('mariadb', ['--no-defaults', '--user=root', `--socket=${socket}`, '--batch', '--skip-column-names', '--raw', ...(database ? [database] : [])],
		{ input: statement, encoding: 'utf8' });
	if (result.status !== 0) throw new Error(`${statement}: ${result.stderr}`);
	return result.stdout.split('\n').filter(line => line !== '').map(line => line.split('\t'));
}

export const one = (database, statement) => sql(database, statement)[0][0];

// A folder, a configuration and (unless bare) a migrated database. dispose() takes all away.
export function site(name, { bare = false, database = {} } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outportctl-'));
	const conf = path.join(dir, 'outport.conf');
	const settings = { socket, name, user: 'root', ...database };
	fs.writeFileSync(conf, ['[site]', 'url = https://example.com', 'contact_email = owner@example.com', '[database]',
		...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), ''].join('\n'));
	const env = { ...process.env, OUTPORT_CONFIG: conf };
	const run = (...args) => spawnSync(program, args, { encoding: 'utf8', env, maxBuffer: 1 << 28 });
	const s = {
		dir, conf, run, program,
		file: (file, text) => { fs.writeFileSync(path.join(dir, file), text); return path.join(dir, file); },
		// stdout of a command that must work
		ok(...args) {
			const result = run(...args);
			if (result.status !== 0) throw new Error(`outportctl ${args.join(' ')}: ${result.status}: ${result.stderr}`);
			return result.stdout;
		},
		json: (...args) => JSON.parse(s.ok(...args, '--json')),
		start: (...args) => spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }),
		sql: statement => sql(name, statement),
		one: statement => one(name, statement),
		dispose() {
			sql(null, `DROP DATABASE IF EXISTS \`${name}\``);
			fs.rmSync(dir, { recursive: true, force: true });
		},
	};
	sql(null, `DROP DATABASE IF EXISTS \`${name}\``);
	if (!bare) {
		sql(null, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
		s.ok('migrate', '--sql', path.join(top, 'sql'));
	}
	return s;
}

// How a started program ended: { status, signal, stdout, stderr }.
export function ended(child) {
	let stdout = '', stderr = '';
	child.stdout.on('data', chunk => { stdout += chunk; });
	child.stderr.on('data', chunk => { stderr += chunk; });
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
	});
}

// Calls look until it says yes or the program has ended; lets its end be noticed between.
export async function until(child, look) {
	while (child.exitCode === null && child.signalCode === null && !look())
		await new Promise(resolve => setImmediate(resolve));
}
