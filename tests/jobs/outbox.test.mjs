// outportctl outbox, and what the clean-up leaves: waiting, dead and done mails as the site's operator sees them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { request } from '../support/http.mjs';
import { until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';
import { configure, order, rowOf, tool } from './mails.mjs';

const TOKEN = 'Zm9nIG9uIHRoZSBoYXJib3VyLCBkb3JpZXMgb24-_w0';
let site;
before(async () => { site = await startSite({ listings: 0, workers: 1, jobs: false }); });
after(() => site.stop());
beforeEach(() => site.sql('DELETE FROM outbox'));

const outbox = (...args) => tool(site.conf, 'outbox', ...args);
const json = async (...args) => JSON.parse((await outbox(...args, '--json')).stdout);

test('list and show say what a mail is and why it waits, never its token', async () => {
	const id = await order(site, { mail: 'verify', lang: 'fr', args: [`https://outport.example/fr/verify/${TOKEN}`] });
	await site.sql(`UPDATE outbox SET attempts = 3, last_error = 'RCPT failed: 451: later' WHERE id = ${id}`);
	for (const { stdout, status } of [await outbox('list'), await outbox('show', String(id)), await outbox('list', '--json'), await outbox('show', String(id), '--json')]) {
		assert.equal(status, 0);
		assert.match(stdout, /verify/);
		assert.match(stdout, /anna@example\.org/);
		assert.match(stdout, /RCPT failed: 451: later/);
		assert.ok(!stdout.includes(TOKEN), stdout);
	}
	const [row] = await json('list');
	assert.deepEqual([row.id, row.state, row.attempts, row.to, row.mail], [id, 'waiting', 3, 'anna@example.org', 'verify']);
	assert.match((await json('show', String(id))).payload, /\/fr\/verify\/\(hidden\)/);
});

test('a token is hidden wherever in a link it stands', async () => {
	for (const link of [`https://x.example/u?token=${TOKEN}`, `https://x.example/unsubscribe/12.${TOKEN}`, `https://x.example/#${TOKEN}`, `https://x.example/${TOKEN}/more`, `https://x.example/a/${'0f'.repeat(32)}`]) {
		await site.sql('DELETE FROM outbox');
		const id = await order(site, { args: [link] });
		const { payload } = await json('show', String(id));
		assert.match(payload, /\(hidden\)/);
		assert.ok(!payload.includes(TOKEN) && !payload.includes('0f0f'), payload);
	}
});

test('dead ones are listed, tried again and dropped; done ones are wiped and left alone', async () => {
	const dead = await order(site, { kind: 'pigeon', payload: '{}' }), good = await order(site);
	assert.match((await tool(site.conf, 'jobs', '--once')).stdout, /^1 sent, 0 put off, 1 given up/);
	assert.deepEqual((await json('list')).map(row => [row.id, row.state]), [[dead, 'dead']]);
	assert.deepEqual((await json('list', '--state', 'done')).map(row => [row.id, row.payload]), [[good, '']]);
	assert.deepEqual((await json('list', '--state', 'dead', '--before', String(dead))), []);
	assert.match((await outbox('retry', String(dead))).stdout, /due at once/);
	assert.deepEqual([(await rowOf(site, dead)).state, (await rowOf(site, dead)).attempts], [0, 0]);
	const refused = await outbox('retry', String(good));
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /is done, or being delivered/);
	assert.match((await outbox('drop', String(dead))).stdout, /removed/);
	assert.equal(await rowOf(site, dead), null);
	for (const verb of ['show', 'retry', 'drop'])
		assert.match((await outbox(verb, '999999')).stderr, /there is no 999999/);
	assert.equal((await outbox('list', '--state', 'lost')).status, 2);
});

test('what a runner is delivering is neither tried again nor dropped', async () => {
	const id = await order(site);
	await site.sql(`UPDATE outbox SET claimed_by = 'x', claimed_until = UTC_TIMESTAMP() + INTERVAL 60 SECOND WHERE id = ${id}`);
	for (const verb of ['retry', 'drop'])
		assert.match((await outbox(verb, String(id))).stderr, /being delivered/);
	assert.match((await tool(site.conf, 'jobs', '--once')).stdout, /^0 sent/);
	await site.sql('UPDATE outbox SET claimed_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND');
	assert.match((await tool(site.conf, 'jobs', '--once')).stdout, /^1 sent/);
});

test('attempts come a minute apart, then two, …, six hours at most, and end after twenty: about three days', async () => {
	const id = await order(site, { args: ['https://x.example/'] });
	const conf = configure(site, { folder: '/proc/outport-mail' }, 'away.conf'); // no folder can be made there: every attempt fails
	let total = 0;
	for (let n = 1; n < 20; n++) {
		await site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP(), attempts = ${n - 1} WHERE id = ${id}`);
		const result = await tool(conf, 'jobs', '--once');
		assert.equal(result.status, 1);
		const { wait, attempts, state } = await rowOf(site, id), expected = Math.min(60 * 2 ** (n - 1), 21600);
		assert.deepEqual([state, attempts], [0, n]);
		assert.ok(wait >= expected * 0.8 - 20 && wait <= expected * 1.2, `${n}: ${wait} s`);
		total += expected;
	}
	assert.ok(total > 2.5 * 86400 && total < 3.5 * 86400, `${total} s`);
	await site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP() WHERE id = ${id}`);
	await tool(conf, 'jobs', '--once');
	assert.equal((await rowOf(site, id)).state, 2);
});

test('the clean-up forgets what is over and nothing else', async () => {
	const done = (days, state) => `('mail', 1, '', UTC_TIMESTAMP(), UTC_TIMESTAMP(), ${state}, UTC_TIMESTAMP() - INTERVAL ${days} DAY)`;
	await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at, state, done_at) VALUES ${done(31, 1)}, ${done(29, 1)}, ${done(91, 2)}, ${done(89, 2)};
		INSERT INTO member (id, email, name, password_hash, created_at) VALUES (77, 'x@example.org', 'X', 'x', UTC_TIMESTAMP());
		INSERT INTO session (token_hash, member_id, kind, scopes, created_at, last_seen_at, expires_at) VALUES
			(REPEAT('a', 32), 77, 0, 31, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL 1 MINUTE), (REPEAT('b', 32), 77, 0, 31, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY);
		INSERT INTO token (token_hash, kind, subject_id, created_at, expires_at) VALUES
			(REPEAT('a', 32), 1, 77, UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL 8 DAY), (REPEAT('b', 32), 1, 77, UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL 6 DAY);
		INSERT INTO registration (token_hash, email, name, password_hash, lang, created_at, expires_at) VALUES
			(REPEAT('a', 32), 'a@example.org', 'A', 'x', 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL 8 DAY), (REPEAT('b', 32), 'b@example.org', 'B', 'x', 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY);
		INSERT INTO rate_count (rate_key, window_start, attempts, expires_at) VALUES ('a', 0, 1, UNIX_TIMESTAMP() - 10), ('b', 0, 1, UNIX_TIMESTAMP() + 3600)`);
	assert.equal((await tool(site.conf, 'jobs', '--once')).status, 0);
	assert.equal(await site.sql(`SELECT CONCAT_WS(' ', (SELECT COUNT(*) FROM outbox WHERE state = 1), (SELECT COUNT(*) FROM outbox WHERE state = 2), (SELECT COUNT(*) FROM session WHERE member_id = 77),
		(SELECT COUNT(*) FROM token WHERE subject_id = 77), (SELECT COUNT(*) FROM registration), (SELECT COUNT(*) FROM rate_count WHERE rate_key IN ('a', 'b')))`), '1 1 1 1 1 1');
});

test('of two hosts one runs a job of a name', async () => {
	const lock = "CONCAT(LEFT(DATABASE(), 30), '.job.cleanup')";
	const held = site.sql(`SELECT GET_LOCK(${lock}, 0); SELECT SLEEP(600)`).catch(() => 'ended by KILL');
	const holder = () => site.sql(`SELECT COALESCE(IS_USED_LOCK(${lock}), 0)`);
	await until(async () => await holder() !== '0', () => 'the other host');
	await site.sql("INSERT INTO rate_count (rate_key, window_start, attempts, expires_at) VALUES ('held', 0, 1, 1)");
	assert.equal((await tool(site.conf, 'jobs', '--once')).status, 0);
	assert.equal(await site.sql("SELECT COUNT(*) FROM rate_count WHERE rate_key = 'held'"), '1');
	await site.sql(`KILL ${await holder()}`);
	await held;
	await until(async () => await holder() === '0', () => 'the lock');
	assert.equal((await tool(site.conf, 'jobs', '--once')).status, 0);
	assert.equal(await site.sql("SELECT COUNT(*) FROM rate_count WHERE rate_key = 'held'"), '0');
});

test('/metrics counts what waits and what was given up; /readyz does not care', async () => {
	await order(site, { count: 3 });
	await site.sql("UPDATE outbox SET due_at = UTC_TIMESTAMP() - INTERVAL 100 SECOND; UPDATE outbox SET state = 2, done_at = UTC_TIMESTAMP() ORDER BY id LIMIT 1");
	const text = (await request(`${site.url}/metrics`)).body;
	assert.match(text, /^outport_outbox_rows\{state="waiting"\} 2$/m);
	assert.match(text, /^outport_outbox_rows\{state="dead"\} 1$/m);
	assert.match(text, /^outport_outbox_late_seconds 1\d\d$/m);
	assert.equal((await request(`${site.url}/readyz`)).status, 200);
});
