// Photos of what has ended: the outbox removes them, whatever the mail server does, and the jobs sweep their files a day later.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { buildDir, startSite } from '../support/site.mjs';
import { configure, order, rowOf, tool } from './mails.mjs';

const run = promisify(execFile);
let site, listing, folder;
before(async () => {
	site = await startSite({ listings: 20, workers: 1, jobs: false });
	folder = path.join(site.dir, 'photos');
	listing = Number(await site.sql("INSERT INTO member (id, email, name, password_hash, created_at) VALUES (1, 'elsie@example.com', 'Elsie', 'x', UTC_TIMESTAMP()); SELECT MIN(id) FROM listing"));
});
after(() => site.stop());
beforeEach(async () => {
	await site.sql(`DELETE FROM outbox; DELETE FROM photo; DELETE FROM photo_object; UPDATE listing SET photos = 0; UPDATE listing SET member_id = 1, state = 1 WHERE id = ${listing}`);
	fs.rmSync(folder, { recursive: true, force: true });
});

const add = number => run(path.join(buildDir, 'photo_probe'), [site.conf, 'add', '1', String(listing), String(number)]);
const files = () => (fs.existsSync(folder) ? fs.readdirSync(folder) : []).flatMap(shard => fs.readdirSync(path.join(folder, shard)));
const count = table => site.sql(`SELECT COUNT(*) FROM ${table}`).then(Number);
const ended = async () => Number(await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ('photos', ${listing}, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP()); SELECT LAST_INSERT_ID()`));

test('the outbox says whose photos are to go', async () => {
	const id = await ended();
	const { stdout } = await tool(site.conf, 'outbox', 'list');
	assert.match(stdout, new RegExp(`^${id} +waiting +photos +listing ${listing} +0 `, 'm'));
	const [row] = JSON.parse((await tool(site.conf, 'outbox', 'list', '--json')).stdout);
	assert.deepEqual([row.kind, row.listing_id, row.mail, row.to], ['photos', listing, '', '']);
	const shown = await tool(site.conf, 'outbox', 'show', String(id));
	assert.match(shown.stdout, new RegExp(`^Kind +photos\nRemoves +listing ${listing}$`, 'm'));
	assert.doesNotMatch(shown.stdout, /^(Mail|To) /m);
});

test('delivered, the photos are gone; a second time there is nothing to do', async () => {
	await add(1);
	await add(2);
	const id = await ended(), again = await ended();
	const { status, log } = await tool(site.conf, 'jobs', '--once');
	assert.equal(status, 0);
	assert.deepEqual(log.filter(line => line.event === 'photos_removed').map(line => [line.outbox, line.listing, line.photos]), [[id, listing, 2], [again, listing, 0]]);
	assert.deepEqual([(await rowOf(site, id)).state, (await rowOf(site, again)).state], [1, 1]);
	assert.deepEqual([await count('photo'), await site.sql(`SELECT photos FROM listing WHERE id = ${listing}`), await count('photo_object')], [0, '0', 2]);
	assert.equal(files().length, 12, 'the files stay for a day');
});

test('no mail server, and a thousand mails before them: the photos go all the same', async () => {
	await add(1);
	for (let i = 0; i < 5; i++)
		await order(site, { count: 200 });
	const id = await ended();
	const { status } = await tool(configure(site, { folder: '/proc/outport-mail' }, 'away.conf'), 'jobs', '--once');
	assert.equal(status, 1);
	assert.equal((await rowOf(site, id)).state, 1);
	assert.equal(await count('photo'), 0);
});

test('the jobs sweep what nobody has had for a day', async () => {
	await add(1);
	await add(2);
	await site.sql(`DELETE FROM photo WHERE position = 0; UPDATE photo SET position = 0; UPDATE listing SET photos = 1 WHERE id = ${listing};
		UPDATE photo_object SET refs = 0, unreferenced_at = UTC_TIMESTAMP() - INTERVAL 23 HOUR WHERE hash NOT IN (SELECT hash FROM photo)`);
	await tool(site.conf, 'jobs', '--once');
	assert.equal(files().length, 12);
	await site.sql('UPDATE photo_object SET unreferenced_at = UTC_TIMESTAMP() - INTERVAL 25 HOUR WHERE refs = 0');
	const { log } = await tool(site.conf, 'jobs', '--once');
	assert.equal(log.find(line => line.event === 'job_done' && line.job === 'photos').done, 1);
	assert.equal(files().length, 6);
	assert.deepEqual(JSON.parse((await tool(site.conf, 'photos', 'check', '--json')).stdout).clean, true);
});

test('files that cannot be removed keep their row, and the job says so', async () => {
	await add(1);
	await site.sql(`DELETE FROM photo; UPDATE listing SET photos = 0; UPDATE photo_object SET refs = 0, unreferenced_at = '2020-01-01'`);
	const conf = path.join(site.dir, 'bad.conf');
	fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(/^photos = .*$/m, 'photos = /proc/none/photos'));
	const { status, log } = await tool(conf, 'jobs', '--once');
	assert.equal(status, 1);
	assert.match(log.find(line => line.event === 'photo_not_removed').why, /\/proc\/none\/photos/);
	assert.equal(log.find(line => line.event === 'job_failed').job, 'photos');
	assert.equal(await count('photo_object'), 1);
	assert.equal((await tool(site.conf, 'jobs', '--once')).status, 0);
	assert.deepEqual([await count('photo_object'), files().length], [0, 0]);
});
