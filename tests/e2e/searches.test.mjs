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
	assert.equal(r.status, 401); // the page that gives back what was sent, to send it again signed in
	assert.match(r.body, /href="\/login/);
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

const age = () => site.formAge();
const save = async (who, query, more = {}) => send(who, '/account/searches', { name: 'Boats here', frequency: 'daily', query, website: '', _age: await age(), ...more });
const searchesOf = async (who) => json((await api(who, 'GET', '/api/v1/me/searches')).body).searches;
const sendJson = (who, method, path, value) => {
	const body = JSON.stringify(value);
	return site.request(method, path, { body, headers: { Authorization: who.bearer, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } });
};

test('a search is saved from the listings, renamed, quietened, deleted, with no script', async () => {
	const who = await makeMember(site.sql);
	assert.doesNotMatch((await see(who, '/listings')).body, /\/account\/searches\/new/, 'all listings are no search');
	const list = await see(who, '/listings?q=blue+boat&category=boats&max_price=900');
	const href = /href="(\/account\/searches\/new\?[^"]+)"/.exec(list.body)[1].replaceAll('&amp;', '&');
	const page = await see(who, href);
	assert.equal(page.status, 200);
	assert.match(page.body, /name="query" value="q=blue\+boat&amp;category=boats&amp;max_price=900"/);
	assert.match(page.body, /name="name"[^>]*value="Search: blue boat, [^"]+"/);
	const r = await save(who, 'max_price=900&category=BOATS&q=blue++boat&cursor=zzz');
	assert.equal(r.status, 303, r.body);
	const [s] = await searchesOf(who);
	assert.deepEqual([s.name, s.query, s.frequency, s.sent_at], ['Boats here', 'q=blue+boat&category=boats&max_price=900', 'daily', null]);
	const again = await save(who, 'q=blue+boat&category=boats&max_price=900');
	assert.match(again.headers.location, new RegExp(`/account/searches/${s.id}$`), 'the one that is there');
	const overview = (await see(who, '/account/searches')).body;
	assert.ok(overview.includes('href="/listings?q=blue+boat&amp;category=boats&amp;max_price=900"'), overview);
	const wrong = await send(who, `/account/searches/${s.id}`, { name: '', frequency: 'hourly', website: '', _age: await age() });
	assert.equal(wrong.status, 422);
	for (const field of ['name', 'frequency'])
		assert.match(wrong.body, new RegExp(`id="e-${field}"`));
	assert.equal((await send(who, `/account/searches/${s.id}`, { name: 'Des bateaux', frequency: 'none', website: '', _age: await age() })).status, 303);
	assert.deepEqual((await searchesOf(who)).map((x) => [x.name, x.frequency]), [['Des bateaux', 'none']]);
	assert.match((await see(who, `/fr/account/searches/${s.id}`)).body, /value="none" checked/);
	assert.equal((await send(who, `/account/searches/${s.id}/delete`, {})).status, 303);
	assert.equal((await searchesOf(who)).length, 0);
});

test('a visitor who saves a search comes back to it after signing in', async () => {
	const r = await site.get('/account/searches/new?q=dory&category=boats');
	assert.equal(r.status, 303);
	assert.match(r.headers.location, new RegExp(`/login\\?next=${encodeURIComponent('/account/searches/new?q=dory&category=boats')}$`));
});

test('somebody else’s search is not there, by any door', async () => {
	const who = await makeMember(site.sql), other = await makeMember(site.sql, { role: 'admin' });
	await save(who, 'q=dory');
	const [{ id }] = await searchesOf(who);
	assert.equal((await see(other, `/account/searches/${id}`)).status, 404);
	assert.equal((await send(other, `/account/searches/${id}`, { name: 'Mine', frequency: 'none', website: '', _age: await age() })).status, 404);
	assert.equal((await send(other, `/account/searches/${id}/delete`, {})).status, 404);
	assert.equal((await api(other, 'DELETE', `/api/v1/me/searches/${id}`)).status, 404);
	assert.equal((await sendJson(other, 'PATCH', `/api/v1/me/searches/${id}`, { name: 'Mine', frequency: 'none' })).status, 404);
	assert.deepEqual((await searchesOf(who)).map((s) => s.name), ['Boats here']);
});

test('what is no search of the listings is not saved', async () => {
	const who = await makeMember(site.sql);
	for (const bad of ['category=nothing-such', 'min_price=9&max_price=1', 'min_price=abc', 'q=%zz', 'cursor=abc', 'sort=sideways', `q=${'a'.repeat(201)}`, 'utm=1']) {
		const r = await save(who, bad);
		assert.equal(r.status, 422, bad);
		assert.ok(r.body.includes('Boats here'), 'the name is kept');
		const a = await sendJson(who, 'POST', '/api/v1/me/searches', { name: 'x', frequency: 'daily', query: bad });
		assert.equal(a.status, 422, bad);
		assert.ok(json(a.body).errors.some((e) => e.field === 'query'), a.body);
	}
	assert.equal((await save(who, 'q=x', { website: 'https://spam.example' })).status, 422);
	assert.equal((await save(who, 'q=x', { _age: 'old' })).status, 422);
	assert.equal((await searchesOf(who)).length, 0);
});

test('fifty searches and not one more, however many are saved at once', async () => {
	const who = await makeMember(site.sql);
	const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => sendJson(who, 'POST', '/api/v1/me/searches', { name: `n${i}`, frequency: 'none', query: `q=word${i}` })));
	assert.deepEqual([201, 409].map((s) => answers.filter((r) => r.status === s).length), [50, 10]);
	assert.equal((await searchesOf(who)).length, 50);
	const full = await save(who, 'q=one+more');
	assert.equal(full.status, 422);
	assert.match(full.body, /50 searches/);
	const same = await Promise.all(Array.from({ length: 8 }, () => api(who, 'DELETE', `/api/v1/me/searches/${json(answers.find((r) => r.status === 201).body).id}`)));
	assert.deepEqual(same.map((r) => r.status).sort(), [204, 404, 404, 404, 404, 404, 404, 404]);
	const racing = await Promise.all(Array.from({ length: 6 }, () => sendJson(who, 'POST', '/api/v1/me/searches', { name: 'r', frequency: 'none', query: 'q=race' })));
	assert.deepEqual(racing.map((r) => r.status).sort(), [201, 409, 409, 409, 409, 409]);
});

// The link in a mail: made as the site makes it, from the key that only the site has.
const unsubscribeToken = async (id) => {
	const { createHmac } = await import('node:crypto');
	const key = Buffer.from(await site.sql("SELECT HEX(value) FROM site_key WHERE name = 'unsubscribe'"), 'hex');
	const number = Buffer.alloc(8);
	number.writeBigUInt64BE(BigInt(id));
	const mac = createHmac('sha256', key).update(Buffer.concat([Buffer.from('unsubscribe\0'), number])).digest().subarray(0, 16);
	return Buffer.concat([number, mac]).toString('base64url');
};

test('mails stop by the link in them: signed out, by a mail program too, and nobody learns whose they were', async () => {
	const who = await makeMember(site.sql);
	await save(who, 'q=skiff');
	const [{ id }] = await searchesOf(who);
	const token = await unsubscribeToken(id);
	const frequency = () => site.sql(`SELECT frequency FROM saved_search WHERE id = ${id}`);
	const page = await site.get(`/unsubscribe/${token}`);
	assert.equal(page.status, 200);
	assert.match(page.body, new RegExp(`action="/unsubscribe/${token}"`));
	assert.doesNotMatch(page.body, /Boats here|member\.example/);
	assert.equal(await frequency(), '2', 'looking stops nothing');
	for (const other of [token.slice(0, -1), `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, await unsubscribeToken(999999), 'x', 'AAAA']) {
		const r = await site.post(`/unsubscribe/${other}`, '', { 'Sec-Fetch-Site': 'same-origin' });
		assert.equal(r.status, 200, other);
		assert.equal((await site.get(`/unsubscribe/${other}`)).status, 200);
	}
	assert.equal(await frequency(), '2');
	// RFC 8058: no cookie, no origin or any, form data of either kind; no redirect.
	const bodies = [['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
		['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n']];
	for (const [type, body] of bodies) {
		await site.sql(`UPDATE saved_search SET frequency = 1 WHERE id = ${id}`);
		for (const origin of [{}, { Origin: 'https://mail.example', 'Sec-Fetch-Site': 'cross-site' }]) {
			const r = await site.post(`/unsubscribe/${token}`, body, { 'Content-Type': type, ...origin });
			assert.equal(r.status, 200, r.body);
		}
		assert.equal(await frequency(), '0');
	}
	await site.sql(`UPDATE saved_search SET frequency = 1 WHERE id = ${id}`);
	assert.match((await send(null, `/fr/unsubscribe/${token}`, {})).body, /Ils ont été désactivés/);
	assert.equal(await frequency(), '0');
});

// The worker's own count of a request's statements, from its log line.
const statements = async (path, who) => {
	const { readFileSync, statSync } = await import('node:fs');
	const before = statSync(site.poolLog).size;
	// What is no token keeps a visitor's page out of nginx's cache, and is not looked up.
	const r = await site.get(path, { Cookie: who ? who.cookie : '__Host-outport=nobody' });
	let line;
	await site.until(() => {
		const lines = readFileSync(site.poolLog, 'utf8').slice(before).split('\n').filter((l) => l.startsWith('{') && l.endsWith('}')).map(json);
		return (line = lines.findLast((l) => l.db_queries !== undefined && path.split('?')[0] === l.path)) !== undefined;
	}, `the log line of ${path}`);
	assert.ok(r.status < 400, `${path}: ${r.status}`);
	return line.db_queries;
};
// The least of several: now and then a worker reads anew what it remembers, the catalog or a count.
const fewest = async (path, who) => {
	let least = Infinity;
	for (let i = 0; i < 8; i++)
		least = Math.min(least, await statements(path, who));
	return least;
};

test('a page with a session costs one statement more than without', async () => {
	const who = await makeMember(site.sql);
	const [{ id, url }] = await some(1);
	await send(who, `/listings/${id}/favourite`, { keep: 'yes' });
	for (const path of ['/listings', url])
		assert.equal(await fewest(path, who) - await fewest(path), 1, path);
	assert.ok(await fewest('/account/favourites', who) <= 2);
	assert.ok(await fewest('/account/searches', who) <= 2);
	assert.match(await site.sql(`EXPLAIN SELECT f.listing_id FROM favourite f FORCE INDEX (favourite_order) WHERE f.member_id = 1 AND f.created_at <= UTC_TIMESTAMP() ORDER BY f.created_at DESC, f.listing_id DESC LIMIT 21`), /favourite_order/);
});
