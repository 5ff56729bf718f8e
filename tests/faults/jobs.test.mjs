// The jobs' process killed, stopped, short of disk and database, and in company: no mail is lost, and none is sent twice beyond what "at least
// once" cannot help: then it is the same message, with the same Message-ID.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { readMails } from '../support/mail.mjs';
import { until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';
import { makeAuthority, startSmtp } from '../support/smtp.mjs';
import { startNotify } from '../support/worker.mjs';
import { configure, order, program, rowOf, tool } from '../jobs/mails.mjs';

let site, authority, folder;
before(async () => {
	site = await startSite({ listings: 0, workers: 1, jobs: false });
	authority = makeAuthority(path.join(site.dir, 'ca'));
	folder = path.join(site.dir, 'mail');
});
after(() => site.stop());
beforeEach(async () => {
	await site.sql('DROP TRIGGER IF EXISTS slow; DELETE FROM outbox');
	fs.rmSync(folder, { recursive: true, force: true });
});

const smtp = server => configure(site, { transport: 'smtp', from: 'outport@outport.example', smtp_url: `smtp://localhost:${server.port}`, smtp_tls_ca: authority.ca });

// A runner as a service runs it: { child, lines(), seen(event), end(signal) → exit code or signal }.
function start(t, conf, { env = {}, args = [], command = program } = {}) {
	const child = spawn(command, [...args, '--config', conf, 'jobs'], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
	const exited = once(child, 'exit');
	let log = '';
	child.stderr.on('data', part => { log += part; });
	t.after(async () => {
		child.kill('SIGKILL');
		await exited;
	});
	const lines = () => log.split('\n').slice(0, -1).map(line => JSON.parse(line));
	return {
		child, lines,
		seen: (event, count = 1) => until(() => lines().filter(line => line.event === event).length >= count, () => `${event}: ${log}`),
		async end(signal) {
			child.kill(signal);
			const [code, by] = await exited;
			return by ?? code;
		},
	};
}

const HELD = "FROM information_schema.processlist WHERE info LIKE 'SET @held%'";
// What runs in the database on the jobs' behalf ends with them, as if the machine they ran on had gone.
async function cutConnections() {
	for (const id of (await site.sql(`SELECT id ${HELD}`)).split('\n').filter(Boolean))
		await site.sql(`KILL ${id}`).catch(() => {});
	await until(async () => await site.sql(`SELECT COUNT(*) ${HELD}`) === '0', () => 'the connections');
}

const inUpdate = () => until(async () => await site.sql(`SELECT COUNT(*) ${HELD}`) !== '0', () => 'the statement');
// Holds the statement that takes a row, or the one that marks it as done.
const hold = when => site.sql(`CREATE TRIGGER slow BEFORE UPDATE ON outbox FOR EACH ROW SET @held = IF(${when}, SLEEP(20), 0)`);
const freeAgain = async () => site.sql("DROP TRIGGER IF EXISTS slow; UPDATE outbox SET claimed_until = UTC_TIMESTAMP() WHERE claimed_until IS NOT NULL");

test('killed before the row is taken: it is as if nothing had been', async t => {
	const id = await order(site);
	await hold("NEW.claimed_by <> '' AND OLD.claimed_by = ''");
	const runner = start(t, site.conf);
	await inUpdate();
	assert.equal(await runner.end('SIGKILL'), 'SIGKILL');
	await cutConnections();
	const row = await rowOf(site, id);
	assert.deepEqual([row.state, row.attempts, row.claimed], [0, 0, '']);
	await site.sql('DROP TRIGGER slow');
	assert.equal((await tool(site.conf, 'jobs', '--once')).status, 0);
	assert.equal(readMails(folder).length, 1);
});

test('killed while it holds the row: nobody else touches it until the time is up, then it goes out', async t => {
	let stuck = true;
	const server = await startSmtp({ authority, rcpt: () => (stuck ? new Promise(() => {}) : undefined) });
	t.after(() => server.stop());
	const id = await order(site), conf = smtp(server);
	const runner = start(t, conf);
	await until(() => server.senders > 0, () => 'the conversation');
	assert.equal(await runner.end('SIGKILL'), 'SIGKILL');
	const row = await rowOf(site, id);
	assert.equal(row.state, 0);
	assert.notEqual(row.claimed, '');
	stuck = false;
	const early = await tool(conf, 'jobs', '--once');
	assert.match(early.stdout, /^0 sent/);
	const left = Number(await site.sql(`SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), claimed_until) FROM outbox WHERE id = ${id}`));
	assert.ok(left > 240 && left <= 300, `${left} s`);
	await freeAgain();
	assert.match((await tool(conf, 'jobs', '--once')).stdout, /^1 sent/);
	assert.equal(server.mails.length, 1);
	assert.deepEqual([(await rowOf(site, id)).state, (await rowOf(site, id)).attempts], [1, 2]);
});

test('killed after the content was handed over, before the server said yes: the repeat is the same message', async t => {
	const seen = [];
	let stuck = true;
	const server = await startSmtp({ authority, data: raw => {
		seen.push(raw);
		return stuck ? new Promise(() => {}) : undefined;
	} });
	t.after(() => server.stop());
	const id = await order(site), conf = smtp(server);
	const runner = start(t, conf);
	await until(() => seen.length > 0, () => 'the content');
	await runner.end('SIGKILL');
	assert.equal((await rowOf(site, id)).state, 0);
	stuck = false;
	await freeAgain();
	assert.match((await tool(conf, 'jobs', '--once')).stdout, /^1 sent/);
	assert.equal(seen.length, 2);
	assert.equal(seen[0], seen[1]);
});

test('killed before it is marked as done: by SMTP the same message once more, in the folder one file', async t => {
	for (const transport of ['smtp', 'folder']) {
		await site.sql('DELETE FROM outbox');
		const server = await startSmtp({ authority });
		t.after(() => server.stop());
		const id = await order(site), conf = transport === 'smtp' ? smtp(server) : site.conf;
		await hold('NEW.state = 1');
		const runner = start(t, conf);
		await inUpdate();
		await runner.end('SIGKILL');
		await cutConnections();
		assert.equal((await rowOf(site, id)).state, 0);
		const before = transport === 'folder' ? fs.readFileSync(path.join(folder, fs.readdirSync(folder)[0])) : null;
		await freeAgain();
		assert.match((await tool(conf, 'jobs', '--once')).stdout, /^1 sent/);
		assert.equal((await rowOf(site, id)).state, 1);
		if (transport === 'smtp') {
			assert.equal(server.mails.length, 2);
			assert.equal(server.mails[0].raw, server.mails[1].raw);
		} else {
			assert.equal(fs.readdirSync(folder).length, 1);
			assert.deepEqual(fs.readFileSync(path.join(folder, fs.readdirSync(folder)[0])), before);
		}
	}
});

test('a row that kills its runner each time is given up in the end', async () => {
	const id = await order(site);
	await site.sql(`UPDATE outbox SET attempts = 20 WHERE id = ${id}`);
	assert.match((await tool(site.conf, 'jobs', '--once')).stdout, /1 given up/);
	const row = await rowOf(site, id);
	assert.equal(row.state, 2);
	assert.match(row.error, /none came to an end/);
});

for (const transport of ['smtp', 'folder']) {
	test(`three runners at once on 200 mails (${transport}): each goes out exactly once`, async t => {
		// By SMTP no recipient is answered before a second runner has a mail in its hands.
		const server = await startSmtp({ authority, rcpt: () => until(() => server.senders > 1, () => 'a second runner') });
		t.after(() => server.stop());
		const rows = Array.from({ length: 200 }, (_, i) => `('mail', ${i}, '${JSON.stringify({ mail: 'reset', to: `m${i}@example.org`, name: '', lang: 'en', args: ['https://x.example/'] })}', UTC_TIMESTAMP(), UTC_TIMESTAMP())`);
		await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ${rows.join(', ')}`);
		const conf = transport === 'smtp' ? smtp(server) : site.conf;
		const runners = [1, 2, 3].map(() => start(t, conf));
		await until(async () => await site.sql('SELECT COUNT(*) FROM outbox WHERE state = 1') === '200', () => 'the mails');
		for (const runner of runners)
			assert.equal(await runner.end('SIGTERM'), 0);
		const to = transport === 'smtp' ? server.mails.map(mail => mail.to[0]) : readMails(folder).map(mail => mail.to);
		assert.equal(to.length, 200);
		assert.equal(new Set(to).size, 200);
		const sent = runners.map(runner => runner.lines().filter(line => line.event === 'mail_sent').length);
		assert.equal(sent[0] + sent[1] + sent[2], 200);
		assert.ok(transport === 'folder' || sent.filter(n => n > 0).length > 1, `more than one took part: ${sent}`);
		assert.equal(await site.sql('SELECT MAX(attempts) FROM outbox'), '1');
	});
}

test('SIGTERM: the delivery at hand is finished, the next not begun, and the exit status is 0', async t => {
	let release;
	const told = new Promise(resolve => { release = resolve; });
	const server = await startSmtp({ authority, data: () => told });
	t.after(() => server.stop());
	const id = await order(site, { count: 3 });
	const runner = start(t, smtp(server));
	await until(() => server.started > 0, () => 'the content');
	const ended = runner.end('SIGTERM');
	await runner.seen('signal');
	release();
	assert.equal(await ended, 0);
	assert.equal(server.mails.length, 1);
	assert.equal(await site.sql('SELECT GROUP_CONCAT(state ORDER BY id) FROM outbox'), '1,0,0');
	assert.equal((await rowOf(site, id)).claimed, '');
	assert.deepEqual(runner.lines().map(line => line.event), ['jobs_ready', 'signal', 'mail_sent', 'jobs_stop'].sort((a, b) => runner.lines().findIndex(l => l.event === a) - runner.lines().findIndex(l => l.event === b)));
});

test('systemd is told: ready, alive, stopping', async t => {
	const notify = await startNotify(t);
	const runner = start(t, site.conf, { env: { ...notify.env, WATCHDOG_USEC: '1000000' } });
	await notify.messages.seen(line => /READY=1/.test(line));
	await notify.messages.seen(line => /WATCHDOG=1/.test(line), 3);
	assert.equal(await runner.end('SIGTERM'), 0);
	await notify.messages.seen(line => /STOPPING=1/.test(line));
});

test('no room on the disk: the mail is kept, nothing half-written stays, and it goes out when there is room', async () => {
	const id = await order(site, { args: [`https://x.example/${'a'.repeat(500)}`] });
	const child = spawn('bash', ['-c', 'ulimit -f 1; exec "$0" "$@"', program, '--config', site.conf, 'jobs', '--once'], { stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	child.stderr.on('data', part => { said += part; });
	const [code] = await once(child, 'exit');
	assert.equal(code, 1, said);
	assert.match(said, /no mail can be delivered: the mail cannot be written: File too large/);
	assert.deepEqual(fs.readdirSync(folder), []);
	const row = await rowOf(site, id);
	assert.equal(row.state, 0);
	assert.match(row.error, /File too large/);
	await site.sql('UPDATE outbox SET due_at = UTC_TIMESTAMP()');
	assert.equal((await tool(site.conf, 'jobs', '--once')).status, 0);
	assert.equal(readMails(folder).length, 1);
});

test('a folder that is none: said, and tried again', async () => {
	fs.writeFileSync(folder, '');
	const id = await order(site);
	const result = await tool(site.conf, 'jobs', '--once');
	assert.equal(result.status, 1);
	assert.match(result.stderr, /mail folder cannot be opened/);
	assert.equal((await rowOf(site, id)).state, 0);
});

test('unknown kinds and payloads that are no mail end at once, with a reason', async () => {
	const ids = [await order(site, { kind: 'listing_submitted', payload: '{}' }), await order(site, { payload: '{}' }), await order(site, { payload: 'x' }), await order(site, { mail: 'love-letter' }),
		await order(site, { mail: 'listing-rejected', args: ['title'] })];
	const good = await order(site);
	const result = await tool(site.conf, 'jobs', '--once');
	assert.match(result.stdout, /^1 sent, 0 put off, 5 given up/);
	const errors = await Promise.all(ids.map(async id => (await rowOf(site, id)).error));
	for (const [i, why] of [/kind "listing_submitted"/, /no mail/, /no mail/, /no mail/, /cannot be written/].entries())
		assert.match(errors[i], why);
	assert.equal((await rowOf(site, good)).state, 1);
});

test('the database goes and comes back: the runner stays, and what came meanwhile goes out', async t => {
	const runner = start(t, site.conf);
	await runner.seen('jobs_ready');
	await site.database.kill();
	await runner.seen('outbox_failed', 2);
	assert.equal(runner.child.exitCode, null);
	const failures = runner.lines().filter(line => line.event === 'outbox_failed').length;
	assert.ok(failures < 8, `${failures} lines`);
	await site.database.start();
	await until(async () => site.sql('SELECT 1').then(() => true, () => false), () => 'the database');
	await order(site);
	await until(() => readMails(folder).length === 1, () => `the mail: ${JSON.stringify(runner.lines().slice(-5))}`);
	assert.equal(await runner.end('SIGTERM'), 0);
});
