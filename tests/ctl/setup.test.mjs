// setup and migrate, from an empty server on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { ended, one, site, socket, sql, top } from './tool.mjs';

const folder = path.join(top, 'sql');
const files = fs.readdirSync(folder).filter(name => name.endsWith('.sql')).length;
const sites = [];
const make = (name, options) => { const s = site(name, options); sites.push(s); return s; };
after(() => {
	for (const s of sites) s.dispose();
	sql(null, "DROP USER IF EXISTS ctl_app@localhost, ctl_admin@localhost, ctl_app@'10.0.%'");
});

function fresh(name, database = {}) {
	sql(null, "DROP USER IF EXISTS ctl_app@localhost, ctl_app@'10.0.%'");
	const s = make(name, { bare: true, database: { user: 'ctl_app', ...database } });
	s.secret = path.join(s.dir, 'password');
	if (!('password' in database)) fs.appendFileSync(s.conf, `password = file:${s.secret}\n`);
	return s;
}

test('setup makes everything, and a second time keeps it', () => {
	const s = fresh('ctl_setup');
	const first = s.ok('setup', '--sql', folder);
	assert.match(first, /Secret: .*password made, with a new password \(mode 0600\)/);
	assert.match(first, /Database: ctl_setup made\./);
	assert.match(first, /User: ctl_app from localhost made; may select, insert, update and delete in ctl_setup, nothing else\./);
	assert.match(first, new RegExp(`${files} of ${files} migrations applied`));
	assert.match(first, /Done: user ctl_app can connect\./);
	assert.equal(fs.statSync(s.secret).mode & 0o777, 0o600);
	const secret = fs.readFileSync(s.secret, 'utf8');
	assert.match(secret, /^[A-Za-z0-9_-]{32}\n$/);
	assert.ok(!first.includes(secret.trim()));

	const second = s.ok('setup', '--sql', folder);
	assert.match(second, /was there and is kept/);
	assert.match(second, /Database: ctl_setup was there\./);
	assert.match(second, /ctl_app from localhost was there, its password set/);
	assert.match(second, /The schema is up to date/);
	assert.equal(fs.readFileSync(s.secret, 'utf8'), secret);
});

test('the user it makes may do its work and no more', () => {
	const s = fresh('ctl_rights');
	sql(null, 'CREATE DATABASE IF NOT EXISTS ctlxrights');
	try {
		s.ok('setup', '--sql', folder);
		s.ok('demo-data', '--listings', '20');
		const grants = sql(null, 'SHOW GRANTS FOR ctl_app@localhost').map(row => row[0].replace(/IDENTIFIED.*/, ''));
		assert.deepEqual(grants.length, 2);
		assert.match(grants[0], /^GRANT USAGE ON \*\.\*/);
		assert.equal(grants[1], 'GRANT SELECT, INSERT, UPDATE, DELETE ON `ctl\\_rights`.* TO `ctl_app`@`localhost`');
		// "_" in a grant is a wildcard unless escaped
		const other = fs.readFileSync(s.conf, 'utf8').replace('name = ctl_rights', 'name = ctlxrights');
		assert.equal(s.run('--config', s.file('other.conf', other), 'category', 'list').status, 1);
		// tables are the administrator's
		sql('ctl_rights', 'DELETE FROM schema_migration WHERE version = 1');
		const refused = s.run('migrate', '--sql', folder);
		assert.equal(refused.status, 1);
		assert.match(refused.stderr, /cannot be migrated/);
	} finally {
		sql(null, 'DROP DATABASE ctlxrights');
	}
});

test('a database emptied of its user and secret is set up again', () => {
	const s = fresh('ctl_again');
	s.ok('setup', '--sql', folder);
	fs.unlinkSync(s.secret);
	sql(null, 'DROP USER ctl_app@localhost');
	assert.match(s.ok('setup', '--sql', folder), /Done: user ctl_app can connect/);
});

test('an administrator by name and password; a group for the secret; a host for the user', () => {
	const s = fresh('ctl_admin');
	sql(null, "CREATE OR REPLACE USER ctl_admin@localhost IDENTIFIED BY 'long enough'; GRANT ALL ON *.* TO ctl_admin@localhost WITH GRANT OPTION");
	const password = s.file('admin-password', 'long enough\n');
	const admin = ['--admin-user', 'ctl_admin', '--admin-password-file', password, '--admin-socket', socket];
	const group = process.getgid() === 0 ? 'daemon' : String(fs.readFileSync('/etc/group', 'utf8').split('\n').find(line => line.split(':')[2] === String(process.getgid()))).split(':')[0];
	assert.match(s.ok('setup', '--sql', folder, ...admin, '--secret-group', group), /mode 0640/);
	assert.equal(fs.statSync(s.secret).mode & 0o777, 0o640);
	assert.match(s.ok('migrate', '--sql', folder, ...admin), /up to date/);

	const wrong = s.run('setup', '--sql', folder, '--admin-user', 'ctl_admin', '--admin-password-file', s.file('wrong', 'wrong\n'));
	assert.equal(wrong.status, 1);
	assert.match(wrong.stderr, /no connection to the database at .* as user ctl_admin: Access denied/);

	// the user may come from elsewhere only: made, but not able to connect by this socket
	sql(null, 'DROP USER ctl_app@localhost');
	const elsewhere = s.run('setup', '--sql', folder, '--user-host', '10.0.%');
	assert.match(elsewhere.stdout, /User: ctl_app from 10\.0\.% made/);
	assert.equal(elsewhere.status, 1);
	assert.match(elsewhere.stderr, /no connection to the database .* as user ctl_app/);
});

test('a secret that tells the user too is taken as it is', () => {
	const s = fresh('ctl_told', { user: 'ctl_nobody' });
	fs.writeFileSync(s.secret, JSON.stringify({ username: 'ctl_app', password: 'told-by-the-file', database: 'ctl_told' }), { mode: 0o600 });
	const text = s.ok('setup', '--sql', folder);
	assert.match(text, /Secret: .*password was there and is kept/);
	assert.match(text, /User: ctl_app from localhost made/);
	assert.match(text, /Done: user ctl_app can connect\./);
	assert.ok(!text.includes('told-by'));
	assert.equal(one(null, "SELECT COUNT(*) FROM mysql.user WHERE user = 'ctl_nobody'"), '0');
	fs.writeFileSync(s.secret, '{"username":"ctl_app"}\n');
	assert.match(s.run('setup', '--sql', folder).stderr, /password = file:.* there is no password in it/);
	fs.writeFileSync(s.secret, '{"username":"root","password":"x"}\n');
	assert.match(s.run('setup', '--sql', folder).stderr, /user: the site needs a user of its own, not an administrator/);
});

test('without a password the socket says who it is', () => {
	const s = fresh('ctl_socket', { password: '' });
	const text = s.ok('setup', '--sql', folder);
	assert.match(text, /Secret: none/);
	assert.match(text, /must run as the system's user ctl_app/);
	assert.match(one(null, "SELECT plugin FROM mysql.user WHERE user = 'ctl_app'"), /unix_socket/);
});

const refusals = [
	['a user that is the administrator', { user: 'root' }, [], /\[database\] user: the site needs a user of its own, not an administrator/],
	['the administrator\'s own name', { user: 'boss' }, ['--admin-user', 'boss'], /not the administrator/],
	['a name that is no word', { name: 'a-b' }, [], /\[database\] name: letters, digits and _ only/],
	['a name with a backtick', { name: 'a`b' }, [], /\[database\] name: letters, digits and _ only/],
	['the server\'s own database', { name: 'mysql' }, [], /\[database\] name: this one is the server's own/],
	['a user with a quote', { user: "a'b" }, [], /\[database\] user: letters, digits and _ only/],
	['a host with a quote', {}, ['--user-host', "%' OR '1"], /the user's host: letters, digits/],
	['a group that is not there', {}, ['--secret-group', 'no_such_group'], /--secret-group: there is no group "no_such_group"/],
	['a secret in no folder', { password: 'file:/nowhere/password' }, [], /\[database\] password: \/nowhere\/password cannot be made: No such file/],
	['a secret in a variable that is not set', { password: 'env:OUTPORT_NOT_SET' }, [], /password = env:OUTPORT_NOT_SET cannot be read/],
	['both a host and a socket', {}, ['--admin-host', 'db.example.com', '--admin-socket', '/run/x'], /--admin-host and --admin-socket: give one of them/],
	['a port that is none', {}, ['--admin-host', '127.0.0.1', '--admin-port', '0'], /--admin-port: a whole number from 1 to 65535/],
	['a server that is not there', {}, ['--admin-host', '127.0.0.1', '--admin-port', '1'], /no connection to the database at 127\.0\.0\.1 as user root/],
	['a password file that is not there', {}, ['--admin-password-file', '/nowhere/x'], /--admin-password-file: \/nowhere\/x cannot be read/],
	['no migrations', {}, ['--sql', '/nowhere'], /cannot be migrated: \/nowhere/],
];
for (const [what, database, args, text] of refusals) {
	test(`setup refuses ${what}`, () => {
		const s = fresh('ctl_refused', database);
		const result = s.run('setup', ...(args.includes('--sql') ? [] : ['--sql', folder]), ...args);
		assert.notEqual(result.status, 0);
		assert.match(result.stderr, text);
		assert.equal(sql(null, "SELECT COUNT(*) FROM mysql.user WHERE user = 'ctl_app'")[0][0], args.includes('/nowhere') ? '1' : '0');
	});
}

test('a password that SQL would trip over is refused', () => {
	const s = fresh('ctl_quote');
	fs.writeFileSync(s.secret, "it's; DROP\n", { mode: 0o600 });
	const result = s.run('setup', '--sql', folder);
	assert.equal(result.status, 1);
	assert.match(result.stderr, /\[database\] password: printable ASCII without quotes/);
	assert.ok(!result.stderr.includes('DROP'));
});

test('migrate: what it would do, doing it, nothing left to do', () => {
	const s = make('ctl_migrate', { bare: true });
	sql(null, 'CREATE DATABASE ctl_migrate');
	const dry = s.ok('migrate', '--dry-run', '--sql', folder);
	assert.equal(dry.match(/^pending /gm).length, files);
	assert.deepEqual(s.sql('SHOW TABLES'), []);
	assert.equal(s.ok('migrate', '--sql', folder).match(/^applied /gm).length, files);
	assert.match(s.ok('migrate', '--sql', folder), /up to date/);
	assert.match(s.ok('migrate', '--dry-run', '--sql', folder), /up to date/);
});

test('migrate from several hosts at once: each file once, all content', async () => {
	const s = make('ctl_together', { bare: true });
	sql(null, 'CREATE DATABASE ctl_together');
	const results = await Promise.all(Array.from({ length: 5 }, () => ended(s.start('migrate', '--sql', folder))));
	for (const result of results) assert.equal(result.status, 0, result.stderr);
	assert.equal(results.map(result => (result.stdout.match(/^applied /gm) ?? []).length).reduce((a, b) => a + b), files);
	assert.equal(s.one('SELECT COUNT(*) FROM schema_migration'), String(files));
});

test('migrate refuses a file that was changed after it was applied', () => {
	const s = make('ctl_changed');
	const copy = path.join(s.dir, 'sql');
	fs.cpSync(folder, copy, { recursive: true });
	fs.appendFileSync(path.join(copy, '0001_site.sql'), '-- changed\n');
	const result = s.run('migrate', '--sql', copy);
	assert.equal(result.status, 1);
	assert.match(result.stderr, /0001_site\.sql/);
});
