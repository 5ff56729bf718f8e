// The database goes away and comes back: what is read, what is written, and what needs no restart.
import test from 'node:test';
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { request } from '../support/http.mjs';
import { until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';

const site = await startSite({ listings: 60 });
after(() => site.stop());
const get = (path) => request(site.url + path);
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const post = (path, fields) => {
	const body = new URLSearchParams(fields).toString();
	return request(site.url + path, { method: 'POST', body, headers: { ...form, 'Content-Length': Buffer.byteLength(body) } });
};
// A conversation's page is a link in a mail.
const link = 'L'.repeat(42) + 'A';
await site.sql(`INSERT INTO conversation (listing_id, pair, buyer_name, buyer_email, buyer_lang, created_at, last_message_at, expires_at)
	VALUES (7, '', 'Ann', 'ann@example.org', 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 60 DAY);
	INSERT INTO token (token_hash, kind, subject_id, created_at, expires_at) VALUES (UNHEX(SHA2('${link}', 256)), 8, LAST_INSERT_ID(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY)`);
// An account's confirmation is one too.
await site.sql(`INSERT INTO registration (token_hash, email, name, password_hash, lang, created_at, expires_at)
	VALUES (UNHEX(SHA2('${link}', 256)), 'new@example.org', 'New', 'x', 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY)`);
const token = async () => /name="_age" value="([^"]+)"/.exec((await get('/submit')).body)[1];

const message = { name: 'Kept Name', email: 'kept@example.org', message: 'Is the dory still there?', website: '' };
const forms = {
	'/contact': message,
	'/fr/contact': message,
	'/listings/7/contact': message,
	'/fr/listings/7/contact': message,
	[`/conversations/t/${link}`]: { message: 'Write to kept@example.org about it.', website: '' },
	'/listings/7/report': { reason: 'sold', message: 'It was sold last week, said kept@example.org.', website: '' },
	'/submit': { title: 'Cedar dory', description: 'Sixteen feet, oars included, dry all winter.', category: 'boats', price: '10', location: 'st-johns',
		contact_name: 'Kept Name', contact_email: 'kept@example.org', website: '' },
};

async function refusesWrites(_age, what) {
	for (const [path, fields] of Object.entries(forms)) {
		const r = await post(path, { ...fields, _age });
		assert.equal(r.status, 503, `${path}, ${what}`);
		assert.ok(Number(r.headers['retry-after']) > 0, path);
		assert.match(r.body, /role="alert"/, path);
		assert.ok(r.body.includes('kept@example.org'), `${path} keeps what was typed, ${what}`);
	}
	const verify = await post(`/verify/${link}`, { password: 'correct horse battery', _age });
	assert.equal(verify.status, 503, `the confirmation, ${what}`);
	assert.match(verify.body, /role="alert"[^]*type="password"/, 'the form comes back');
	const left = await post('/fr/reverse-ip', { _age });
	assert.equal(left.status, 503, `an address, ${what}`);
	assert.match(left.body, /role="alert"[^]*<form action="\/fr\/reverse-ip"/, 'with its button, to try again');
	assert.equal((await request(`${site.url}/api/v1/addresses`, { method: 'POST' })).status, 503);
	const api = await request(`${site.url}/api/v1/contact`, { method: 'POST', body: JSON.stringify({ ...message, website: undefined }), headers: { 'Content-Type': 'application/json' } });
	assert.equal(api.status, 503);
	assert.match(api.headers['content-type'], /problem\+json/);
}

test('a read-only database serves pages and refuses writes with everything typed kept', async () => {
	const _age = await token();
	await site.sql('SET GLOBAL read_only = 1');
	await refusesWrites(_age, 'read-only');
	assert.equal((await get('/listings?sort=price_asc')).status, 200);
	await site.sql('SET GLOBAL read_only = 0');
	assert.equal(await site.sql("SELECT COUNT(*) FROM message WHERE email = 'kept@example.org'"), '0', 'nothing half done');
	assert.equal(await site.sql('SELECT COUNT(*) FROM address_seen'), '0');
});

test('without a database cached pages come, others say when to come again, and it heals by itself', async () => {
	const _age = await token();
	const before = (await get('/listings')).body;
	assert.equal((await get('/listings?q=dory')).status, 200);
	await site.database.kill();
	assert.equal((await get('/listings')).body, before, 'stale rather than nothing');
	for (const path of ['/listings?sort=price_desc', '/listings/7', '/fr/listings?q=skiff', '/api/v1/listings?limit=3', '/sitemap.xml', '/readyz']) {
		const r = await get(path);
		assert.equal(r.status, 503, path);
		assert.ok(Number(r.headers['retry-after']) > 0, path);
	}
	for (const path of ['/', '/fr/', '/submit', '/resources', '/healthz'])
		assert.equal((await get(path)).status, 200, path);
	await refusesWrites(_age, 'away');
	await site.database.start();
	await until(async () => (await get('/readyz')).status === 200, () => 'the database to be found again');
	assert.equal((await get('/listings?sort=price_desc')).status, 200);
	assert.equal((await post('/contact', { ...message, _age: await token() })).status, 303);
});
