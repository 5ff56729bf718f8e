// The command line itself: help, versions, mistakes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { site } from './tool.mjs';

let s;
before(() => { s = site('ctl_commands', { bare: true }); });
after(() => s.dispose());

const commands = () => s.ok('--help').split('\n').filter(line => /^  [a-z]/.test(line) && !line.startsWith('  --')).map(line => line.slice(2, 22).trim());

test('--help lists the commands, and each has its own help', () => {
	const names = commands();
	for (const name of ['setup', 'migrate', 'check-config', 'config-schema', 'secrets encrypt', 'secrets decrypt', 'secrets show-source', 'demo-data', 'import', 'export', 'listing pending', 'listing approve', 'listing reject',
		...['category', 'place', 'resource', 'listing'].flatMap(word => ['list', 'show', 'add', 'edit', 'remove'].map(verb => `${word} ${verb}`)),
		'message list', 'message show', 'message remove', 'jobs', 'outbox list', 'outbox show', 'outbox retry', 'outbox drop',
		...['add', 'list', 'show', 'role', 'trust', 'disable', 'enable', 'reset-link', 'totp-off'].map(verb => `member ${verb}`)])
		assert.ok(names.includes(name), name);
	for (const name of names) {
		const help = s.ok(...name.split(' '), '--help');
		assert.match(help, new RegExp(`^Usage: outportctl ${name}`), name);
		assert.match(help, /--config FILE/, name);
		for (const line of help.split('\n')) assert.ok(line.length <= 120, line);
	}
});

test('a word that begins several commands has help too', () => {
	assert.match(s.ok('category', '--help'), /category add/);
});

test('--version', () => {
	assert.match(s.ok('--version'), /^outportctl \d+\.\d+\.\d+/);
});

test('config-schema needs no configuration', () => {
	assert.match(s.ok('--config', '/nowhere', 'config-schema'), /statement_timeout_ms/);
});

const mistakes = [
	[[], /^$/],
	[['fly'], /fly: there is no such command/],
	[['category'], /category what\? A command is missing/],
	[['category', 'paint'], /category paint: there is no such command/],
	[['--fly'], /--fly: there is no such option/],
	[['--config'], /--config: needs a value/],
	[['category', 'show'], /an argument is missing: outportctl category show SLUG/],
	[['category', 'list', 'boats'], /boats: one argument too many/],
	[['category', 'list', '--fly'], /--fly: there is no such option/],
	[['category', 'list', '--json=yes'], /--json: takes no value/],
	[['demo-data', '--listings'], /--listings: needs a value/],
	[['demo-data', '--seed', '1', '--seed', '2'], /--seed: was given twice/],
	[['migrate', '-n'], /-n: options begin with two dashes/],
];
for (const [args, text] of mistakes) {
	test(`refused with status 2: outportctl ${args.join(' ')}`, () => {
		const result = s.run(...args);
		assert.equal(result.status, 2);
		assert.match(result.stderr, text);
	});
}

test('an edit that changes nothing is a mistake', () => {
	for (const kind of ['listing', 'category', 'place', 'resource']) {
		const result = s.run(kind, 'edit', '1', '--config', '/nowhere/outport.conf');
		assert.equal(result.status, 2, kind);
		assert.match(result.stderr, /^outportctl: 1: nothing is given to change/, kind);
	}
});

test('check-config says where a mistake is', () => {
	assert.match(s.ok('check-config'), /is good/);
	const bad = s.file('bad.conf', '[site]\nurl = https://example.com\ncontact_email = a@example.com\ncolour = red\n');
	const result = s.run('--config', bad, 'check-config');
	assert.equal(result.status, 1);
	assert.match(result.stderr, /bad\.conf:4: .*colour/);
	const gone = s.run('check-config', '--config', '/nowhere/outport.conf');
	assert.equal(gone.status, 1);
	assert.match(gone.stderr, /\/nowhere\/outport\.conf: .*No such file/);
	const secret = s.file('secret.conf', '[site]\nurl = https://example.com\ncontact_email = a@example.com\n[database]\npassword = file:/nowhere/password\n');
	const result3 = s.run('--config', secret, 'check-config');
	assert.equal(result3.status, 1);
	assert.match(result3.stderr, /\[database\] password = file:\/nowhere\/password cannot be read/);
});

test('no database: one clear sentence', () => {
	const result = s.run('category', 'list');
	assert.equal(result.status, 1);
	assert.match(result.stderr, /^outportctl: no connection to the database at .* as user root: .*ctl_commands/);
	assert.equal(result.stderr.trim().split('\n').length, 1);
});

test('a reader that has had enough is no mistake to speak of', async () => {
	const { spawnSync } = await import('node:child_process');
	const result = spawnSync('sh', ['-c', `"$0" config-schema | true`, s.program], { encoding: 'utf8' });
	assert.equal(result.stderr, '');
});
