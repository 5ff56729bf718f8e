// Records of photos and visitors' addresses in DynamoDB: they get there by the outbox, once, however late, often or broken off; and no visitor waits for it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { program, tool } from '../jobs/mails.mjs';
import { startAws } from '../support/aws/aws.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { topSrc, until } from '../support/nginx.mjs';
import { makePhotoFile } from '../support/photos.mjs';
import { startSite } from '../support/site.mjs';
import { multipart } from '../support/upload.mjs';

const tables = { photos: 'outport-photos', addresses: 'outport-addresses' };
const aws = await startAws({ services: ['dynamodb'] });
Object.assign(process.env, aws.env);
test.after(() => aws.stop());
for (const name of Object.keys(tables))
	await aws.dynamodb.createTable(JSON.parse(fs.readFileSync(path.join(topSrc, `docs/dynamodb-${name}.json`))));
const site = await startSite({ listings: 20, workers: 1, jobs: false,
	settings: { worker: { trusted_proxies: '127.0.0.1' }, media: { meta: 'dynamodb', meta_table: tables.photos }, address: { store: 'dynamodb', table: tables.addresses, keep_days: 30 } } });
test.after(() => site.stop());

const [elsie, leo, admin] = await Promise.all([{}, {}, { role: 'admin' }].map(who => makeMember(site.sql, who)));
const listings = (await site.sql('SELECT id FROM listing WHERE state = 1 ORDER BY id LIMIT 20')).split('\n').map(Number);
await site.sql(`UPDATE listing SET member_id = ${elsie.id} WHERE id IN (${listings.join()})`);
const files = await Promise.all([10, 50, 90].map(hue => makePhotoFile({ width: 400, height: 300, hue })));

const scan = async table => {
	const { Items } = await aws.dynamodb.call('Scan', { TableName: tables[table] });
	return Items.map(item => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.N === undefined ? value.S : Number(value.N)])));
};
const recorded = async () => (await scan('photos')).map(item => item.photo_id).sort((a, b) => a - b);
const addresses = async () => (await scan('addresses')).map(item => item.ip).sort();
const photosOf = async listing => (await site.sql(`SELECT id FROM photo WHERE listing_id = ${listing} ORDER BY id`)).split('\n').filter(Boolean).map(Number);
const allPhotos = async () => (await site.sql('SELECT id FROM photo ORDER BY id')).split('\n').filter(Boolean).map(Number);
// "0": waiting, "1": done, "2": given up, in the order of their rows.
const states = async kind => (await site.sql(`SELECT state FROM outbox WHERE kind = '${kind}' ORDER BY id`)).split('\n').join('');
// All that waits is due, and nobody's: what time would make of it.
const due = () => site.sql("UPDATE outbox SET due_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND, claimed_until = NULL WHERE state = 0");
const round = () => tool(site.conf, 'jobs', '--once');
const records = async (...args) => JSON.parse((await tool(site.conf, 'photos', 'list', ...args, '--json')).stdout);
const calls = action => aws.calls.filter(call => call.action === `dynamodb:${action}`);

const upload = async (listing, ...data) => {
	const form = multipart(data.map((bytes, i) => ({ name: `dory${i}.jpg`, data: bytes })));
	const answer = await request(`${site.url}/api/v1/listings/${listing}/photos`, { method: 'POST', body: form.body, headers: { Authorization: elsie.bearer, ...form.headers } });
	assert.equal(answer.status, 201, answer.body);
	return photosOf(listing);
};
const remove = async (listing, photo) => {
	const answer = await request(`${site.url}/api/v1/listings/${listing}/photos/${photo}`, { method: 'DELETE', headers: { Authorization: elsie.bearer } });
	assert.equal(answer.status, 204, answer.body);
};
const leave = async ip => {
	const answer = await request(`${site.url}/api/v1/addresses`, { method: 'POST', headers: { 'X-Forwarded-For': ip } });
	assert.equal(answer.status, 201, answer.body);
	assert.equal(JSON.parse(answer.body).ip, ip);
	return ip;
};
// Photos without files: rows are all that records need.
const rows = (listing, member, n) => site.sql(`INSERT INTO photo_object (hash, width, height, bytes, placeholder, refs, created_at)
		SELECT UNHEX(MD5(CONCAT('${listing}-', seq))), 800, 600, 1000, REPEAT('0', 36), 1, UTC_TIMESTAMP() FROM seq_1_to_${n};
	INSERT INTO photo (listing_id, member_id, hash, position, type, bytes, created_at) SELECT ${listing}, ${member}, UNHEX(MD5(CONCAT('${listing}-', seq))), seq - 1, 1, 123, UTC_TIMESTAMP() FROM seq_1_to_${n};
	UPDATE listing SET photos = ${n} WHERE id = ${listing}`);
// A runner of the jobs that the test may end: { child, ended }.
const runner = () => {
	const child = spawn(program, ['--config', site.conf, 'jobs', '--once'], { stdio: 'ignore' });
	return { child, ended: new Promise(resolve => child.once('exit', resolve)) };
};

test.beforeEach(async () => {
	await aws.up();
	aws.behave();
	await site.sql(`DELETE FROM outbox; DELETE FROM photo; DELETE FROM photo_object; UPDATE listing SET photos = 0, state = 1; DELETE FROM rate_count`);
	for (const [table, keys] of [['photos', ['listing_id', 'photo_id']], ['addresses', ['seen_by', 'seen_key']]])
		for (const item of (await aws.dynamodb.call('Scan', { TableName: tables[table] })).Items)
			await aws.dynamodb.call('DeleteItem', { TableName: tables[table], Key: Object.fromEntries(keys.map(key => [key, item[key]])) });
	aws.calls.length = 0;
});

test('a photo’s record appears after its upload and goes after its removal; neither request calls AWS', async () => {
	const ids = await upload(listings[0], files[0], files[1]);
	assert.equal(aws.calls.length, 0);
	assert.equal(await states('photo_meta'), '00');
	assert.match((await tool(site.conf, 'outbox', 'list')).stdout, new RegExp(`waiting +photo_meta +photo ${ids[0]} `));
	assert.equal((await round()).status, 0);
	assert.deepEqual([await states('photo_meta'), await recorded()], ['11', ids]);
	const [row] = JSON.parse(`[${await site.sql(`SELECT JSON_OBJECT('photo_id', p.id, 'listing_id', listing_id, 'owner_id', member_id, 'object_key', LOWER(HEX(p.hash)), 'media_type', 'image/jpeg', 'bytes', p.bytes,
		'width', o.width, 'height', o.height, 'created_at', UNIX_TIMESTAMP(p.created_at)) FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.id = ${ids[0]}`)}]`);
	assert.deepEqual((await scan('photos')).find(item => item.photo_id === ids[0]), row);
	const [first, second] = await records('--listing', String(listings[0]));
	assert.deepEqual(first, { id: row.photo_id, listing_id: row.listing_id, member_id: row.owner_id, type: 'image/jpeg', bytes: row.bytes, width: row.width, height: row.height, key: row.object_key,
		created_at: first.created_at });
	assert.equal(Date.parse(first.created_at) / 1000, row.created_at);
	assert.deepEqual((await records('--owner', String(elsie.id))).map(p => p.id), ids);
	assert.deepEqual(await records('--owner', String(leo.id)), []);
	assert.equal(second.id, ids[1]);
	// the same photo again is the one that is there
	await upload(listings[0], files[0]);
	assert.equal(await states('photo_meta'), '11');
	const before = aws.calls.length;
	await remove(listings[0], ids[0]);
	assert.equal(aws.calls.length, before);
	await round();
	assert.deepEqual([await states('photo_meta'), await recorded()], ['111', [ids[1]]]);
});

test('whatever ends a photo ends its record', async () => {
	const [a] = await upload(listings[0], files[0]), [b] = await upload(listings[1], files[1]), [c] = await upload(listings[2], files[2]);
	await round();
	assert.deepEqual(await recorded(), [a, b, c]);
	// a listing that ended
	await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ('photos', ${listings[0]}, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP())`);
	// files that are lost
	const key = await site.sql(`SELECT LOWER(HEX(hash)) FROM photo WHERE id = ${b}`);
	fs.rmSync(path.join(site.dir, 'photos', key.slice(0, 2)), { recursive: true });
	await tool(site.conf, 'photos', 'check', '--mend', '--force');
	await round();
	assert.deepEqual(await recorded(), [c]);
	assert.deepEqual(await allPhotos(), [c]);
});

test('a site that has photos orders all their records; more than a page of them is read', async () => {
	for (const listing of listings.slice(0, 12))
		await rows(listing, elsie.id, 9);
	await rows(listings[12], leo.id, 3);
	const all = await allPhotos();
	assert.match((await tool(site.conf, 'photos', 'records', '--sync')).stdout, new RegExp(`^111 records ordered, up to photo ${all.at(-1)}\\.`));
	assert.match((await tool(site.conf, 'photos', 'records', '--sync')).stdout, /^0 records ordered, /, 'those that wait are not ordered again');
	await round();
	assert.deepEqual(await recorded(), all);
	aws.calls.length = 0;
	assert.deepEqual((await records('--owner', String(elsie.id))).map(p => p.id), all.slice(0, 108));
	assert.equal(calls('Query').length, 2);
	assert.deepEqual((await records('--owner', String(leo.id))).map(p => p.id), all.slice(108));
	assert.deepEqual((await records('--listing', String(listings[3]))).map(p => p.id), await photosOf(listings[3]));
	assert.match((await tool(site.conf, 'photos', 'list', '--owner', String(leo.id))).stdout, /^ID +LISTING +MEMBER +CAME AS/);
	assert.match((await tool(site.conf, 'photos', 'records', '--sync', '--after', String(all[100]))).stdout, /^10 records ordered/);
	await round();
	assert.deepEqual(await recorded(), all);
});

test('in any order, twice, by several runners at a time: a photo that is gone has no record', async () => {
	const [a, b] = await upload(listings[0], files[0], files[1]), [c] = await upload(listings[1], files[2]);
	await remove(listings[0], a);
	// the removal is delivered first, then both again
	await site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE kind = 'photo_meta'; UPDATE outbox SET due_at = UTC_TIMESTAMP() WHERE kind = 'photo_meta' ORDER BY id DESC LIMIT 1`);
	await round();
	assert.equal(await states('photo_meta'), '0001');
	await due();
	await Promise.all([round(), round(), round()]);
	assert.deepEqual([await states('photo_meta'), await recorded()], ['1111', [b, c]]);
	await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) SELECT 'photo_meta', p.id, JSON_OBJECT('listing', p.listing_id, 'key', LOWER(HEX(p.hash))), UTC_TIMESTAMP(), UTC_TIMESTAMP()
		FROM photo p, seq_1_to_10`);
	await Promise.all([round(), round(), round()]);
	assert.deepEqual([await states('photo_meta'), await recorded()], ['1'.repeat(24), [b, c]]);
	// the same picture again is a photo of its own
	const again = (await upload(listings[0], files[0])).at(-1);
	assert.ok(again > a);
	await round();
	assert.deepEqual(await recorded(), [b, c, again]);
});

test('a put that is overtaken by the removal and its delivery is taken back, also when its sender is killed', async () => {
	for (const killed of [false, true]) {
		const [a] = await upload(listings[0], files[0]);
		const one = runner();
		const rule = aws.misbehave({ match: 'dynamodb:PutItem', done: true, kill: async () => {
			await remove(listings[0], a);
			await round();
			assert.deepEqual(await recorded(), []);
			if (killed)
				one.child.kill('SIGKILL');
		} });
		await one.ended;
		await until(() => calls('PutItem').at(-1)?.status === 200, () => 'the put');
		assert.equal(rule.seen, 1);
		if (killed) {
			assert.deepEqual(await recorded(), [a], 'it was killed too early for this test');
			await due();
			await round();
		}
		assert.deepEqual(await recorded(), []);
		assert.match(await states('photo_meta'), /^1+$/);
	}
});

test('an address is an item, once, and the newest come first; the request calls nobody', async () => {
	for (const ip of ['203.0.113.1', '2001:db8::2', '203.0.113.3'])
		await leave(ip);
	assert.equal(aws.calls.length, 0);
	const stored = (await site.sql("SELECT payload FROM outbox WHERE kind = 'address' ORDER BY id")).split('\n').map(text => JSON.parse(text));
	await round();
	assert.equal(await states('address'), '111');
	const items = await scan('addresses');
	assert.equal(items.length, 3);
	for (const item of items) {
		const { at, id } = stored.find(payload => payload.ip === item.ip);
		assert.deepEqual(item, { seen_by: 'outport', seen_key: `${new Date(at * 1000).toISOString().replace('.000', '')}#${id}`, ip: item.ip, stored_at: at, expires_at: at + 30 * 86400 });
	}
	// older ones, one of them too old, and a row that is delivered again
	const now = Math.floor(Date.now() / 1000), payload = (ip, at, id) => `'${JSON.stringify({ ip, at, id })}'`;
	await site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ${[
		payload('192.0.2.9', now - 3600, 'a'.repeat(16)), payload('192.0.2.8', now - 31 * 86400, 'b'.repeat(16)), payload(stored[0].ip, stored[0].at, stored[0].id)]
		.map(text => `('address', 0, ${text}, UTC_TIMESTAMP(), UTC_TIMESTAMP())`).join()}`);
	await round();
	assert.equal(await states('address'), '111111');
	assert.equal((await scan('addresses')).length, 5);
	const list = async (query = '') => JSON.parse((await request(`${site.url}/api/v1/addresses${query}`, { headers: { Authorization: admin.bearer } })).body).addresses.map(a => a.ip);
	const latest = await list();
	assert.deepEqual([latest.slice(0, 3).sort(), latest.slice(3)], [['2001:db8::2', '203.0.113.1', '203.0.113.3'], ['192.0.2.9']]);
	assert.deepEqual(await list('?limit=2'), latest.slice(0, 2));
});

// What goes wrong, and what one round leaves of it: everything is delivered when it is over.
const troubles = {
	'throttled twice': { rule: { times: 2, status: 400, code: 'ProvisionedThroughputExceededException' }, waits: 0 },
	'throttled all the time': { rule: { times: 1000, status: 400, code: 'ProvisionedThroughputExceededException' }, waits: 5, why: /ProvisionedThroughputExceeded/ },
	'failing': { rule: { times: 1000, status: 500 }, waits: 5, why: /InternalFailure|500/ },
	'five seconds slow': { rule: { times: 1, slow_ms: 5000 }, waits: 0 },
	'answering garbage': { rule: { times: 1000, garbage: 'json' }, waits: 5, why: /\w/ },
	'answering garbage, the work done': { rule: { times: 1000, garbage: 'binary', done: true }, waits: 5, why: /\w/ },
	'answering too much': { rule: { times: 1000, garbage: 'huge' }, waits: 5, why: /\w/ },
	'cut off before the answer': { rule: { times: 1000, cut: 'before' }, waits: 5, why: /\w/ },
	'cut off within the answer': { rule: { times: 1000, cut: 'body' }, waits: 5, why: /\w/ },
	'refusing us': { rule: { times: 1000, status: 400, code: 'AccessDeniedException' }, waits: 5, why: /AccessDenied/ },
};
for (const [name, { rule, waits, why }] of Object.entries(troubles)) {
	test(`DynamoDB ${name}: nothing is lost, nothing doubled, nothing given up`, async () => {
		await rows(listings[0], elsie.id, 3);
		await tool(site.conf, 'photos', 'records', '--sync');
		const photos = await photosOf(listings[0]);
		const ips = [await leave('203.0.113.1'), await leave('203.0.113.2')];
		await remove(listings[0], photos.shift());
		await site.sql("DELETE FROM outbox WHERE kind = 'photo_meta' ORDER BY id DESC LIMIT 1");
		aws.misbehave({ match: /^dynamodb:(Put|Delete)Item$/, ...rule });
		await round();
		assert.equal((await states('photo_meta') + await states('address')).replaceAll('1', ''), '0'.repeat(waits));
		if (waits > 0) {
			const errors = (await site.sql("SELECT last_error FROM outbox WHERE attempts > 0")).split('\n');
			assert.ok(errors.length >= 2 && errors.every(error => why.test(error)), errors.join('\n'));
		}
		aws.behave();
		await due();
		await round();
		assert.deepEqual([await states('photo_meta'), await states('address'), await recorded(), await addresses()], ['111', '11', photos, ips]);
	});
}

test('DynamoDB away: uploads and addresses are taken, reading says so, and everything is there when it is back', async () => {
	await aws.down();
	const [a] = await upload(listings[0], files[0]), ip = await leave('203.0.113.9');
	await round();
	assert.deepEqual([await states('photo_meta'), await states('address')], ['0', '0']);
	const said = await tool(site.conf, 'photos', 'list', '--owner', String(elsie.id));
	assert.equal(said.status, 1);
	assert.match(said.stderr, /^outportctl: the records of photos cannot be read: .*\w/m);
	assert.equal(said.stdout, '');
	assert.equal((await request(`${site.url}/api/v1/addresses`, { headers: { Authorization: admin.bearer } })).status, 503);
	await aws.up();
	await due();
	await round();
	assert.deepEqual([await recorded(), await addresses()], [[a], [ip]]);
});

test('no row is given up for DynamoDB’s sake, however often it was tried', async () => {
	await upload(listings[0], files[0]);
	await leave('203.0.113.9');
	await site.sql('UPDATE outbox SET attempts = 500');
	const rule = aws.misbehave({ match: 'dynamodb:PutItem', times: 1000, status: 503 });
	await round();
	assert.ok(rule.seen > 0);
	assert.deepEqual([await states('photo_meta'), await states('address')], ['0', '0']);
	assert.ok(Number(await site.sql('SELECT MAX(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), due_at)) FROM outbox')) <= 1100, 'it is tried again within a quarter of an hour or so');
});

test('the jobs killed in the middle of a put, done or not: nothing is lost, nothing doubled', async () => {
	for (const done of [false, true]) {
		const [a] = await upload(listings[0], files[done ? 0 : 1]).then(ids => ids.slice(-1));
		const ip = await leave(`203.0.113.${done ? 1 : 2}`);
		for (const kind of ['photo', 'address']) {
			const one = runner();
			const rule = aws.misbehave({ match: 'dynamodb:PutItem', done, status: done ? undefined : 500, kill: async () => {
				one.child.kill('SIGKILL');
				await one.ended;
			} });
			await one.ended;
			await until(() => calls('PutItem').at(-1)?.ms !== undefined, () => 'the put');
			assert.equal(rule.seen, 1, kind);
			await due();
		}
		await round();
		assert.ok((await recorded()).includes(a));
		assert.deepEqual((await addresses()).filter(one => one === ip), [ip]);
	}
	assert.match(await states('photo_meta') + await states('address'), /^1+$/);
});

test('what another site has in the table is left alone', async () => {
	const [a, b] = await upload(listings[0], files[0], files[1]);
	const foreign = { listing_id: { N: String(listings[0]) }, photo_id: { N: String(a) }, object_key: { S: 'f'.repeat(32) }, created_at: { N: '4000000000' } };
	await aws.dynamodb.call('PutItem', { TableName: tables.photos, Item: foreign });
	await round();
	assert.equal(await states('photo_meta'), '21');
	assert.match(await site.sql("SELECT last_error FROM outbox WHERE state = 2"), /newer record of this photo: is it another site's table\?/);
	await remove(listings[0], a);
	await round();
	assert.equal(await states('photo_meta'), '212');
	assert.deepEqual((await aws.dynamodb.call('Scan', { TableName: tables.photos })).Items.find(item => item.photo_id.N === String(a)), foreign);
	assert.deepEqual(await recorded(), [a, b]);
	const said = await tool(site.conf, 'photos', 'list', '--listing', String(listings[0]));
	assert.match(said.stderr, /the table outport-photos holds what is no record of a photo/);
});

test('without a table, or with none configured, it is said and nothing is lost', async () => {
	await upload(listings[0], files[0]);
	const conf = path.join(site.dir, 'wrong.conf');
	const checked = async (from, to) => {
		fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(from, to));
		return tool(conf, 'check-config');
	};
	assert.match((await checked(/^meta_table = .*$/m, '')).stderr, /\[media\] meta = dynamodb needs meta_table$/m);
	assert.match((await checked(/^table = .*$/m, '')).stderr, /\[address\] store = dynamodb needs table$/m);
	assert.equal((await checked('', '')).status, 0);
	for (const [table, words] of [['outport-nowhere', /there is no table outport-nowhere \(dynamodb: 400 ResourceNotFound/], ['', /\[media\] meta = dynamodb needs meta_table/]]) {
		fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(/^meta_table = .*$/m, `meta_table = ${table}`));
		await tool(conf, 'jobs', '--once');
		assert.equal(await states('photo_meta'), '0');
		assert.match(await site.sql('SELECT last_error FROM outbox'), words);
		assert.match((await tool(conf, 'photos', 'list', '--owner', '1')).stderr, words);
		await due();
	}
	await round();
	assert.equal(await states('photo_meta'), '1');
});

test('with the database alone nothing is ordered, and what was is done with', async () => {
	await upload(listings[0], files[0]);
	fs.writeFileSync(site.conf, fs.readFileSync(site.conf, 'utf8').replace(/^meta = dynamodb$/m, 'meta = mysql').replace(/^store = dynamodb$/m, 'store = mysql'));
	await site.pool.stop();
	await site.media.stop();
	await site.pool.start();
	await site.media.start();
	await upload(listings[1], files[1]);
	await remove(listings[0], (await photosOf(listings[0]))[0]);
	assert.equal(await states('photo_meta'), '0');
	await round();
	assert.deepEqual([await states('photo_meta'), aws.calls.length], ['1', 0]);
	assert.equal((await records('--owner', String(elsie.id))).length, 1);
});
