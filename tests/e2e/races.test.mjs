// At the same moment, again and again: what no other file races. (Registrations, reset links: accounts; moderators: moderation; first messages:
// conversations; codes of the second factor: tests/db.)
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeMember, password } from '../support/members.mjs';
import { makeCast, makeObjects } from '../support/rights.mjs';
import { openSite } from './visitor.mjs';

const site = await openSite({ listings: 30, jobs: false });
const age = await site.formAge(), rounds = 8;
const send = (path, fields, cookie) => site.post(path, new URLSearchParams({ _age: age, ...fields }).toString(),
	{ 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', ...(cookie && { Cookie: cookie }) });
const number = async sql => Number(await site.sql(sql));

test('sign-ins of one account at once: each gets a session of its own, and the browser’s old one is gone', async () => {
	for (let round = 0; round < 3; round++) {
		const m = await makeMember(site.sql);
		const done = await Promise.all(Array.from({ length: 6 }, () => send('/login', { email: m.email, password }, m.cookie)));
		assert.deepEqual(done.map(r => r.status), Array(6).fill(303));
		const cookies = done.map(r => r.headers['set-cookie'][0].split(';')[0]);
		assert.equal(new Set(cookies).size, 6);
		for (const cookie of cookies)
			assert.equal((await site.get('/account', { Cookie: cookie })).status, 200);
		assert.equal((await site.get('/account', { Cookie: m.cookie })).status, 303);
		assert.equal(await number(`SELECT COUNT(*) FROM session WHERE member_id = ${m.id} AND kind = 0`), 6);
	}
});

test('a listing’s link followed twice at once confirms it once, with one mail', async () => {
	const { ids } = await makeCast(site.sql), made = makeObjects(site.sql, ids);
	for (let round = 0; round < rounds; round++) {
		const token = await made.link('confirm'), id = await number("SELECT MAX(id) FROM listing WHERE state = 9");
		const done = await Promise.all([1, 2, 3].map(() => send(`/confirm/${token}`, {})));
		assert.ok(done.every(r => [303, 409, 410].includes(r.status)), done.map(r => r.status).join());
		assert.ok(done.some(r => r.status === 303));
		assert.equal(await number(`SELECT state FROM listing WHERE id = ${id}`), 0);
		assert.equal(await number(`SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND payload LIKE '%"listing-manage"%' AND payload LIKE CONCAT('%', (SELECT contact_email FROM listing WHERE id = ${id}), '%')`), 1);
	}
});

test('the author withdraws while a moderator approves: one of them was first, and what is found follows the state', async () => {
	const cast = await makeCast(site.sql), made = makeObjects(site.sql, cast.ids);
	const cookieOf = name => cast.actors.find(a => a.name === name).headers.Cookie;
	for (let round = 0; round < rounds; round++) {
		const id = await made.listing('pending');
		const page = (await site.get(`/moderation/listings/${id}`, { Cookie: cookieOf("moderator's cookie") })).body;
		const hidden = name => new RegExp(`name="${name}" value="(\\d+)"`).exec(page)[1];
		const [decided, withdrawn] = await Promise.all([
			send(`/moderation/listings/${id}`, { decision: 'approve', reason: 'none', words: '', version: hidden('version'), entry: hidden('entry'), flag: hidden('flag') }, cookieOf("moderator's cookie")),
			send(`/account/listings/${id}/withdraw`, {}, cookieOf("the owner's cookie"))]);
		assert.ok([303, 409].includes(decided.status) && [303, 409].includes(withdrawn.status), `${decided.status} ${withdrawn.status}`);
		const state = await number(`SELECT state FROM listing WHERE id = ${id}`), facets = await number(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`);
		assert.ok([1, 8].includes(state), state);
		assert.equal(facets > 0, state === 1, 'in the lists when it is published, and only then');
		assert.equal(await number(`SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ${id} AND action = 1`), decided.status === 303 ? 1 : 0);
		assert.equal(await number(`SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND subject_id = ${id} AND payload LIKE '%listing-approved%'`), decided.status === 303 ? 1 : 0);
	}
});
