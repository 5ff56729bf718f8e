// Favourites and saved searches: what members keep, what they are told of it by mail, and how that ends.
import test from 'node:test';
import assert from 'node:assert/strict';
import { openSite } from './visitor.mjs';
import { makeMember } from '../support/members.mjs';

const site = await openSite({ listings: 600 });
const json = (text) => JSON.parse(text);
const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
const send = (who, path, fields) => site.post(path, new URLSearchParams(fields).toString(), { ...form, ...(who ? { Cookie: who.cookie } : {}) });
const see = (who, path) => site.get(path, { Cookie: who.cookie });
const api = (who, method, path) => site.request(method, path, { headers: { Authorization: who.bearer } });
const some = async (n) => json((await site.get(`/api/v1/listings?limit=${n}`)).body).listings;

test('a favourite is kept and let go with one button, with no script', async () => {
	const who = await makeMember(site.sql);
	const [{ id, url, title }] = await some(1);
	assert.match((await see(who, url)).body, new RegExp(`action="/listings/${id}/favourite">\\s*<input type="hidden" name="keep" value="yes">`));
	for (let twice = 0; twice < 2; twice++) {
		const r = await send(who, `/listings/${id}/favourite`, { keep: 'yes' });
		assert.equal(r.status, 303, r.body);
		assert.match(r.headers.location, new RegExp(`/listings/${id}$`));
	}
	assert.match((await see(who, url)).body, /name="keep" value="no"/);
	const list = (await see(who, '/account/favourites')).body;
	assert.equal(list.split(`action="/listings/${id}/favourite"`).length - 1, 1, 'kept once');
	assert.ok(list.includes(url));
	const away = await send(who, `/listings/${id}/favourite`, { keep: 'no', from: 'account' });
	assert.match(away.headers.location, /\/account\/favourites$/);
	assert.ok(!(await see(who, '/account/favourites')).body.includes(url), title);
});

test('a visitor is led to sign in and back, and can keep nothing', async () => {
	const [{ id, url }] = await some(1);
	assert.ok((await site.get(url)).body.includes(`href="/login?next=${encodeURIComponent(url)}"`));
	const r = await send(null, `/listings/${id}/favourite`, { keep: 'yes' });
	assert.equal(r.status, 303);
	assert.match(r.headers.location, /\/login\?next=/);
	assert.equal((await site.request('PUT', `/api/v1/me/favourites/${id}`)).status, 401);
	assert.equal((await site.get('/api/v1/me/favourites')).status, 401);
	const who = await makeMember(site.sql);
	const cross = await site.post(`/listings/${id}/favourite`, 'keep=yes', { ...form, 'Sec-Fetch-Site': 'cross-site', Cookie: who.cookie });
	assert.equal(cross.status, 403);
	for (const bad of ['', 'keep=maybe', 'keep=yes&x=1', 'keep=yes&keep=no'])
		assert.equal((await site.post(`/listings/${id}/favourite`, bad, { ...form, Cookie: who.cookie })).status, 422, bad);
	assert.equal(await site.sql(`SELECT COUNT(*) FROM favourite WHERE member_id = ${who.id}`), '0');
});

test('what was sold, ended or removed since is shown as such', async () => {
	const who = await makeMember(site.sql, { lang: 'fr' });
	const listings = await some(4);
	for (const l of listings)
		assert.equal((await send(who, `/listings/${l.id}/favourite`, { keep: 'yes' })).status, 303);
	const [there, sold, ended, removed] = listings;
	await site.sql(`UPDATE listing SET state = 7 WHERE id = ${sold.id}; UPDATE listing SET state = 6 WHERE id = ${ended.id};
		UPDATE listing SET state = 3 WHERE id = ${removed.id}; DELETE FROM listing_facet WHERE listing_id IN (${sold.id}, ${ended.id}, ${removed.id})`);
	const page = (await see(who, '/fr/account/favourites')).body;
	assert.match(page, /<p class="state">Vendu<\/p>/);
	assert.match(page, /<p class="state">N’est plus offert<\/p>/);
	assert.match(page, /Une annonce qui n’est plus ici/);
	assert.ok(page.includes(there.url) && !page.includes(sold.url) && !page.includes(removed.slug), 'only what can be opened is linked');
	const list = json((await api(who, 'GET', '/api/v1/me/favourites')).body).favourites;
	assert.deepEqual(Object.fromEntries(list.map((f) => [f.id, f.state])), { [there.id]: 'published', [sold.id]: 'sold', [ended.id]: 'expired', [removed.id]: 'gone' });
	assert.equal(list.find((f) => f.id === removed.id).listing, null);
	assert.equal((await send(who, `/listings/${removed.id}/favourite`, { keep: 'no', from: 'account' })).status, 303);
	assert.equal((await api(who, 'PUT', `/api/v1/me/favourites/${removed.id}`)).status, 410);
	assert.equal((await api(who, 'PUT', '/api/v1/me/favourites/999999999')).status, 404);
});

test('pages of favourites hold each once, in both doors', async () => {
	const who = await makeMember(site.sql);
	const listings = await some(45);
	await site.sql(`INSERT INTO favourite (member_id, listing_id, created_at) VALUES ${listings.map((l, i) => `(${who.id}, ${l.id}, '2026-01-01' + INTERVAL ${Math.floor(i / 7)} SECOND)`).join(',')}`);
	const seen = [];
	for (let path = '/account/favourites'; path;) {
		const { status, body } = await see(who, path);
		assert.equal(status, 200);
		seen.push(...[...body.matchAll(/action="\/listings\/(\d+)\/favourite"/g)].map((m) => Number(m[1])));
		path = /rel="next" href="([^"]+)"/.exec(body)?.[1];
	}
	const ids = listings.map((l) => l.id).sort((a, b) => a - b);
	assert.deepEqual([...seen].sort((a, b) => a - b), ids);
	const told = [];
	for (let cursor = ''; cursor !== null;) {
		const page = json((await api(who, 'GET', `/api/v1/me/favourites?limit=10${cursor && `&cursor=${cursor}`}`)).body);
		told.push(...page.favourites.map((f) => f.id));
		cursor = page.next_cursor;
	}
	assert.deepEqual(told, seen);
	assert.equal((await see(who, '/account/favourites?after=nonsense')).status, 303);
	assert.equal((await see(who, '/account/favourites?x=1')).status, 303);
	for (const bad of ['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense', 'cursor=1', 'x=1'])
		assert.equal((await api(who, 'GET', `/api/v1/me/favourites?${bad}`)).status, 400, bad);
});

test('the API keeps and lets go, as often as it is asked', async () => {
	const who = await makeMember(site.sql), other = await makeMember(site.sql);
	const [{ id }] = await some(1);
	for (let twice = 0; twice < 2; twice++)
		assert.equal((await api(who, 'PUT', `/api/v1/me/favourites/${id}`)).status, 204);
	assert.equal(json((await api(who, 'GET', '/api/v1/me/favourites')).body).favourites.length, 1);
	assert.equal((await api(other, 'DELETE', `/api/v1/me/favourites/${id}`)).status, 204);
	assert.equal(json((await api(who, 'GET', '/api/v1/me/favourites')).body).favourites.length, 1, 'somebody else’s stays');
	for (let twice = 0; twice < 2; twice++)
		assert.equal((await api(who, 'DELETE', `/api/v1/me/favourites/${id}`)).status, 204);
	assert.equal(json((await api(who, 'GET', '/api/v1/me/favourites')).body).favourites.length, 0);
});

test('a thousand favourites and not one more, however many are added at once', async () => {
	const who = await makeMember(site.sql);
	const ids = (await site.sql('SELECT id FROM listing WHERE state = 1 ORDER BY id DESC LIMIT 20')).split('\n');
	await site.sql(`SET FOREIGN_KEY_CHECKS = 0; INSERT INTO favourite (member_id, listing_id, created_at)
		SELECT ${who.id}, 1000000 + seq, UTC_TIMESTAMP() FROM seq_1_to_995`);
	const answers = await Promise.all(ids.map((id) => api(who, 'PUT', `/api/v1/me/favourites/${id}`)));
	assert.equal(answers.filter((r) => r.status === 204).length, 5);
	assert.equal(answers.filter((r) => r.status === 409).length, 15);
	assert.equal(await site.sql(`SELECT COUNT(*) FROM favourite WHERE member_id = ${who.id}`), '1000');
	const page = await send(who, `/listings/${ids[0]}/favourite`, { keep: 'yes' });
	assert.ok([303, 409].includes(page.status));
});
