// Moderation: flags that hold, the queue and its decisions, bans, rules, trust, the public log; and two moderators at once.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { startSite } from '../support/site.mjs';

const site = await startSite({ listings: 200 });
after(() => site.stop());

const get = (path, headers = {}) => request(site.url + path, { headers });
const formAge = async () => /name="_age" value="([^"]+)"/.exec((await get('/submit')).body)[1];
const browser = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
const postForm = async (path, fields, who, from) => {
	const body = new URLSearchParams({ _age: await formAge(), ...fields }).toString();
	const headers = { ...browser, 'Content-Length': Buffer.byteLength(body), ...(who ? { Cookie: who.cookie } : {}) };
	return request(site.url + path, { method: 'POST', body, headers, from });
};
const one = async query => (await site.sql(query)).trim();
const published = async n => (await site.sql(`SELECT id FROM listing WHERE state = 1 ORDER BY id LIMIT ${n}, 1`)).trim();
const state = id => one(`SELECT state FROM listing WHERE id = ${id}`);

test('a report is one flag a person; enough of them hold the listing, tell its author, and it is out of sight', async () => {
	const id = await published(3);
	const flag = (from, who) => postForm(`/listings/${id}/report`, { reason: 'spam', message: 'Posted again and again' }, who, from);
	const member = await makeMember(site.sql);
	assert.match((await flag('127.0.0.11')).headers.location, /report\/received$/);
	const again = await flag('127.0.0.11');
	assert.match(again.headers.location, /report\/known$/);
	assert.match((await get(new URL(again.headers.location, site.url).pathname)).body, /reported this listing before/);
	assert.match((await flag('127.0.0.11', member)).headers.location, /received$/, 'a member is somebody else than the address');
	assert.match((await flag('127.0.0.12', member)).headers.location, /known$/, 'and the same one from anywhere');
	assert.equal(await state(id), '1');
	assert.match((await flag('127.0.0.13')).headers.location, /received$/);
	assert.equal(await state(id), '5');
	assert.equal(await one(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`), '0');
	assert.equal((await get(`/listings/${id}`)).status, 404);
	assert.equal((await flag('127.0.0.14')).status, 404);
	assert.equal(await one(`SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ${id} AND action = 3 AND moderator_id IS NULL`), '1');
	assert.match(await one(`SELECT payload FROM outbox WHERE kind = 'mail' AND subject_id = ${id}`), /"listing-held"/);
	assert.equal(await one('SELECT COUNT(*) FROM message WHERE kind = 2'), '0');
});

test('many flags at the same moment hold a listing once', async () => {
	const id = await published(10);
	const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => postForm(`/listings/${id}/report`, { reason: 'wrong', message: '' }, null, `127.0.1.${i + 1}`)));
	for (const r of answers) assert.ok([303, 404].includes(r.status), `${r.status} ${r.body}`);
	assert.equal(await state(id), '5');
	assert.equal(await one(`SELECT COUNT(*) FROM flag WHERE listing_id = ${id}`), '3');
	assert.equal(await one(`SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ${id}`), '1');
	assert.equal(await one(`SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND subject_id = ${id}`), '1');
});

test('a report says what is wrong with it and keeps what was typed', async () => {
	const id = await published(20);
	const r = await postForm(`/listings/${id}/report`, { reason: 'boring', message: 'typed and kept' });
	assert.equal(r.status, 422);
	assert.match(r.body, /typed and kept/);
	assert.match(r.body, /id="e-reason"/);
	assert.equal((await postForm('/listings/99999999/report', { reason: 'spam' })).status, 404);
});
