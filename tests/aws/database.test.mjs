// The site's databases, for real: a primary, a replica that follows it, a failover between the two, a login that is kept in Secrets Manager and changes, and TLS.
import { execFile, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { startAws } from '../support/aws/aws.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { freePort, stopChild, until } from '../support/nginx.mjs';
import { buildDir, startDatabase, startSite } from '../support/site.mjs';
import { checkTls, makeCertificates } from './database_tls.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-database-'));
const undo = [() => fs.rmSync(dir, { recursive: true, force: true })];
after(async () => {
	for (const one of undo.splice(0).reverse())
		await one();
});

// The programs find the primary by a name, which the test moves: their /etc/hosts is a file of the test's, in a mount namespace of their own.
const hosts = path.join(dir, 'hosts'), name = 'db.outport.test';
const pointTo = address => fs.writeFileSync(hosts, `127.0.0.1 localhost\n${address} ${name}\n`);
pointTo('127.0.0.1');
const through = ['unshare', '-rm', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh'];
const hasName = spawnSync(through[0], [...through.slice(1), 'true']).status === 0;

const port = await freePort();
const network = address => ['--skip-networking=0', `--bind-address=${address}`, `--port=${port}`, '--log-bin=binlog'];
const primary = await startDatabase({ args: [...network('127.0.0.1'), '--server-id=1'] });
undo.push(primary.stop);
const replica = await startDatabase({ args: [...network('127.0.0.2'), '--server-id=2'] });
undo.push(replica.stop);
await primary.sql("CREATE USER follower@'%' IDENTIFIED BY 'follows'; GRANT REPLICATION SLAVE ON *.* TO follower@'%'", 'mysql');
await replica.sql(`CHANGE MASTER TO master_host = '127.0.0.1', master_port = ${port}, master_user = 'follower', master_password = 'follows', master_use_gtid = slave_pos,
	master_connect_retry = 1; START SLAVE`, 'mysql');

const aws = await startAws({ services: ['secretsmanager'] });
undo.push(aws.stop);
// However slow the machine: what is shown here is that nobody is refused, not how soon.
const patience = { connect_timeout: 30, read_timeout: 60, statement_timeout_ms: 30000 };
const database = { host: hasName ? name : '127.0.0.1', port, replica_host: '127.0.0.2', replica_port: port, ...patience };
const site = await startSite({ listings: 60, database: primary, env: aws.env, through: hasName ? through : [], settings: { database } });
undo.push(site.stop);

const get = (where, headers) => request(site.url + where, { headers });
// Never the same twice: nothing comes from nginx's cache.
let times = 0;
const fresh = where => `${where}?min_price=0.${String(++times % 100).padStart(2, '0')}&limit=${1 + (times % 97)}`;
const list = async () => (await get(fresh('/api/v1/listings'))).status;
const followed = () => until(async () => await replica.sql('SELECT MASTER_GTID_WAIT(@@gtid_slave_pos, 0); SELECT COUNT(*) FROM listing').catch(() => '') === await primary.sql('SELECT 0; SELECT COUNT(*) FROM listing'),
	() => 'the replica does not follow');
const metric = async one => Number(new RegExp(`^${one} (\\d+)`, 'm').exec((await get('/metrics')).body)[1]);
const ready = async () => JSON.parse((await get('/readyz')).body).dependencies;
const log = () => fs.readFileSync(site.pool.log, 'utf8');
const [id, slug] = (await primary.sql('SELECT id, slug FROM listing WHERE state = 1 ORDER BY id LIMIT 1')).split('\t');
// nginx keeps a page for a second: "Cache-Control: no-cache" of a request does not change that, another address does.
const titleOf = async (which, headers) => /"title":"([^"]*)"/.exec((await get(`/api/v1/listings/${which}`, headers)).body)?.[1];
const member = await makeMember(site.sql, { email: 'elsie@example.org' });

test('visitors read from the replica, members and decisions from the primary', async () => {
	await followed();
	assert.deepEqual((await ready()).replica, { status: 'ok' });
	await replica.sql(`UPDATE listing SET title = 'As the replica has it' WHERE id = ${id}`);
	const before = await metric('outport_db_replica_reads_total');
	assert.equal(await titleOf(id), 'As the replica has it');
	assert.match((await get(`/listings/${id}/${slug}`)).body, /As the replica has it/);
	assert.ok(await metric('outport_db_replica_reads_total') >= before + 2);
	const page = (await get(`/listings/${id}/${slug}`, { Cookie: member.cookie })).body;
	assert.match(page, /<h1/);
	assert.doesNotMatch(page, /As the replica has it/);
	assert.notEqual(await titleOf(id, { Authorization: member.bearer }), 'As the replica has it');
	await replica.sql(`UPDATE listing SET title = ${JSON.stringify(await primary.sql(`SELECT title FROM listing WHERE id = ${id}`))} WHERE id = ${id}`);
});

test('what the replica does not have yet is asked of the primary before it is said not to be', async () => {
	await replica.sql('STOP SLAVE');
	const late = await primary.sql(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, stock,
		contact_name, contact_email, content_hash, search_text, created_at, updated_at, published_at) SELECT 1, category_id, category_top_id, place_id, region_id, 'Not there yet', 'not-there-yet', '', '', 1,
		'CAD', 1, 'A', 'a@example.org', REPEAT('z', 32), '', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM listing WHERE id = ${id}; SELECT LAST_INSERT_ID()`);
	assert.equal(await replica.sql(`SELECT COUNT(*) FROM listing WHERE id = ${late}`), '0');
	assert.equal(await titleOf(late), 'Not there yet');
	assert.equal((await get(`/listings/${late}/not-there-yet`)).status, 200);
	// Just approved, as the primary knows.
	await replica.sql(`UPDATE listing SET state = 0 WHERE id = ${Number(id) + 1}`);
	assert.equal((await get(`/api/v1/listings/${Number(id) + 1}`)).status, 200);
	await replica.sql(`UPDATE listing SET state = 1 WHERE id = ${Number(id) + 1}; START SLAVE`);
	await followed();
});

// Requests without a pause, until told to stop; gives what went wrong.
function visitors(n) {
	let on = true;
	const wrong = [];
	const all = Array.from({ length: n }, async () => {
		while (on) {
			const status = await list();
			if (status !== 200)
				wrong.push(status);
		}
	});
	return async () => {
		on = false;
		await Promise.all(all);
		return wrong;
	};
}

test('a host that is given is reached over the network, localhost too', async () => {
	const conf = path.join(dir, 'localhost.conf');
	fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(/^host = .*$/m, 'host = localhost'));
	assert.match((await site.ctl('--config', conf, 'member', 'list')).stdout, /elsie@example\.org/);
});

test('no request fails when the replica dies, and it is read again when it is back', async () => {
	const stop = visitors(4);
	await until(async () => await metric('outport_db_replica_reads_total') > 50, () => 'nothing reads from the replica');
	await replica.kill();
	await until(async () => (await ready()).replica.status === 'away', () => 'nobody notices that the replica is away');
	assert.equal((await get('/readyz')).status, 200);
	await until(() => log().includes('"db_replica"'), () => 'the log does not tell');
	assert.deepEqual(await stop(), []);
	await replica.start();
	const before = await metric('outport_db_replica_reads_total');
	await until(async () => await list() === 200 && await metric('outport_db_replica_reads_total') > before, () => 'the replica is not read again');
	await until(async () => (await ready()).replica.status === 'ok', () => 'the replica is not seen again');
});

test('a replica without the tables, and one that refuses the login, is nobody\'s mistake', async () => {
	const errors = await metric('outport_db_errors_total');
	await replica.sql('STOP SLAVE; RENAME TABLE listing_facet TO listing_facet_away');
	for (let i = 0; i < 20; i++)
		assert.equal(await list(), 200);
	await replica.sql("RENAME TABLE listing_facet_away TO listing_facet; RENAME USER outport@'%' TO another@'%'");
	for (const connection of (await replica.sql("SELECT id FROM information_schema.processlist WHERE user IN ('outport', 'another')")).split('\n').filter(Boolean))
		await replica.sql(`KILL ${connection}`).catch(() => {});
	for (let i = 0; i < 20; i++)
		assert.equal(await list(), 200);
	assert.equal(await metric('outport_db_errors_total'), errors);
	await replica.sql("RENAME USER another@'%' TO outport@'%'; START SLAVE");
});

/* ---- The login ---- */

const secret = 'outport/database';
const keep = (password, user = 'outport', more = {}) => aws.secrets.put(secret, JSON.stringify({ username: user, password, ...more }));
const chosen = password => primary.sql(`ALTER USER outport@'%' IDENTIFIED BY '${password}'`);
const reads = () => aws.actions().filter(action => action === 'secretsmanager:GetSecretValue').length;
async function hangUp() {
	for (const connection of (await primary.sql("SELECT id FROM information_schema.processlist WHERE user LIKE 'outport%'")).split('\n').filter(Boolean))
		await primary.sql(`KILL ${connection}`).catch(() => {});
}

// A program to its end. What it asks of AWS is answered by this process.
const runs = (command, words, env) => new Promise(resolve => {
	execFile(command, words, { env, timeout: 60000 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
});
// Each thread of each worker has its own connection, and its own pause after a refusal.
const allServe = () => until(async () => (await Promise.all(Array.from({ length: 64 }, list))).every(status => status === 200), () => 'not every thread has its connection');

test('a service that keeps the login is waited for by workers and jobs, and by nothing else', async t => {
	t.after(() => aws.up());
	await site.pool.stop();
	await site.jobs.stop();
	const settings = { database: { ...database, replica_host: '', user: 'someone', password: `secretsmanager:${secret}` } };
	site.configure(settings);
	await keep('the first word');
	await chosen('the first word');
	aws.down();
	await site.pool.start();
	await until(() => log().includes('"start_waits"'), () => `the workers do not wait: ${log().slice(-1000)}`);
	assert.match(log(), /"start_waits".*\[database\] password = secretsmanager:outport\/database cannot be read/);
	await assert.rejects(site.ctl('listing', 'list'), error => {
		assert.equal(error.code, 1);
		return /^outportctl: .*\[database\] password = secretsmanager:outport\/database cannot be read/m.test(error.stderr);
	});
	const [command, ...words] = [...site.through, path.join(buildDir, 'outport.fcgi'), '--config', site.conf];
	const cgi = await runs(command, words, { ...site.env, REQUEST_METHOD: 'GET', REQUEST_URI: '/healthz', GATEWAY_INTERFACE: 'CGI/1.1' });
	assert.equal(cgi.code, 1, cgi.stderr);
	assert.match(cgi.stderr, /"start_failed"/);
	const jobs = spawn(site.through[0] ?? path.join(buildDir, 'outportctl'), [...site.through.slice(1), ...(site.through.length > 0 ? [path.join(buildDir, 'outportctl')] : []), '--config', site.conf, 'jobs'],
		{ env: site.env, stdio: ['ignore', 'ignore', 'pipe'] });
	t.after(() => stopChild(jobs, 'SIGKILL'));
	let told = '';
	jobs.stderr.on('data', chunk => { told += chunk; });
	await until(() => told.includes('"start_waits"'), () => `the jobs do not wait: ${told}`);
	// Told to stop, a program that waits ends at once.
	await stopChild(jobs, 'SIGTERM');
	assert.doesNotMatch(told, /jobs_ready/);
	aws.up();
	await until(async () => (await get('/readyz').catch(() => ({}))).status === 200, () => `the workers do not begin: ${log().slice(-1000)}`);
	assert.equal(await list(), 200);
});

test('a reference that leads nowhere ends the start with a sentence', async () => {
	const conf = path.join(dir, 'wrong.conf');
	aws.secrets.put('outport/nobody', '{"username":"outport"}');
	for (const [leads, why] of [['outport/not-there', /"start_failed".*outport\/not-there/], ['outport/nobody', /"start_failed".*outport\/nobody: there is no password in it/]]) {
		fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(`secretsmanager:${secret}`, `secretsmanager:${leads}`));
		const [command, ...words] = [...site.through, path.join(buildDir, 'outport.fcgi'), '--config', conf, '--socket', path.join(dir, 'wrong.sock')];
		const worker = await runs(command, words, site.env);
		assert.equal(worker.code, 1, worker.stderr);
		assert.match(worker.stderr, why);
	}
});

test('a login that was changed is picked up: no request fails, and the secret is read once per process', async () => {
	const stop = visitors(6), before = reads();
	for (const [user, password] of [['outport', 'the second word'], ['outport_two', 'the third word']]) {
		await keep(password, user);
		if (user !== 'outport')
			await primary.sql(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'; GRANT SELECT, INSERT, UPDATE, DELETE ON outport.* TO ${user}@'%'; DROP USER outport@'%'`);
		else
			await chosen(password);
		await hangUp();
		await until(async () => Number(await primary.sql(`SELECT COUNT(*) FROM information_schema.processlist WHERE user = '${user}'`)) >= 4, () => 'no new connection');
	}
	assert.deepEqual(await stop(), []);
	assert.match(log(), /"database_login_read".*"changed"/);
	assert.ok(reads() - before <= 4, `${reads() - before} readings`);
});

test('a login that is changed at the server first is refused, read again with pauses, and taken when it is there', async t => {
	t.after(() => aws.up());
	const before = reads();
	await primary.sql("ALTER USER outport_two@'%' IDENTIFIED BY 'the fourth word'");
	await hangUp();
	await until(async () => await list() === 503, () => 'nothing is refused');
	for (let i = 0; i < 50; i++)
		await list();
	assert.ok(reads() - before <= 12, `${reads() - before} readings while it was refused`);
	await keep('the fourth word', 'outport_two');
	await allServe();
	// The service is away when the login changes: what is connected goes on.
	aws.down();
	await primary.sql("ALTER USER outport_two@'%' IDENTIFIED BY 'the fifth word'");
	assert.equal(await list(), 200);
	await keep('the fifth word', 'outport_two');
	await hangUp();
	await until(async () => await list() === 503 && /"database_login_unread"/.test(log()), () => 'nobody asks for it');
	aws.up();
	await allServe();
});

/* ---- Failover ---- */

test('after a failover the name leads to another server: reads go on, one write is refused, the next one is taken', { skip: hasName ? false : 'no mount namespace of its own can be had here' }, async () => {
	await replica.sql('STOP SLAVE; RESET SLAVE ALL');
	await replica.sql("CREATE USER IF NOT EXISTS outport_two@'%' IDENTIFIED BY 'the fifth word'; ALTER USER outport_two@'%' IDENTIFIED BY 'the fifth word'; GRANT SELECT, INSERT, UPDATE, DELETE ON outport.* TO outport_two@'%'");
	const write = n => request(`${site.url}/api/v1/contact`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ name: 'Somebody', email: 'somebody@example.org', message: `Is anybody there, number ${n}? I have asked before.` }) });
	await allServe();
	assert.equal((await write(0)).status, 202);
	const stop = visitors(4);
	await primary.sql('SET GLOBAL read_only = 1');
	pointTo('127.0.0.2');
	const refused = [];
	await until(async () => {
		const r = await write(refused.length + 1);
		if (r.status === 202)
			return true;
		assert.equal(r.status, 503);
		refused.push(r.status);
		return false;
	}, () => 'no write is taken');
	assert.ok(refused.length >= 1);
	assert.ok(Number(await replica.sql('SELECT COUNT(*) FROM message')) >= 1);
	assert.deepEqual(await stop(), []);
	await primary.sql('SET GLOBAL read_only = 0');
});

/* ---- TLS ---- */

test('TLS to MariaDB: enforced, by the right authority and name, never in clear', async () => {
	await site.pool.stop();
	const certificates = makeCertificates(dir);
	await replica.sql(`CREATE USER by_tls@'%' IDENTIFIED BY 'in a tunnel' REQUIRE SSL; GRANT SELECT ON outport.* TO by_tls@'%'; CREATE USER by_any@'%' IDENTIFIED BY 'in a tunnel'; GRANT SELECT ON outport.* TO by_any@'%'`);
	await checkTls({
		dir, certificates, address: '127.0.0.2', port, users: ['by_tls', 'by_any'], password: 'in a tunnel', withoutTls: true,
		async restart(args) {
			await replica.kill();
			await replica.start([...network('127.0.0.2'), ...args]);
		},
	});
});
