// What a visitor does: browse, filter, sort, page, search, read. Through nginx, workers and the database.
import test from 'node:test';
import assert from 'node:assert/strict';
import { openSite } from './visitor.mjs';

const site = await openSite();
const get = (path, headers) => site.get(path, headers);
const page = async (path) => {
	const r = await get(path);
	assert.equal(r.status, 200, `${path}: ${r.status}`);
	return r.body;
};
const cardIds = (html) => [...html.matchAll(/href="(?:\/fr)?\/listings\/(\d+)\/[a-z0-9-]+"/g)].map((m) => Number(m[1])).filter((id, i, all) => all.indexOf(id) === i);
const link = (html, rel) => html.match(new RegExp(`<a[^>]*rel="${rel}"[^>]*href="([^"]+)"|<a[^>]*href="([^"]+)"[^>]*rel="${rel}"`))?.slice(1).find(Boolean)?.replaceAll('&amp;', '&');
const api = async (query) => JSON.parse((await get(`/api/v1/listings${query}`)).body);

test('the front page carries its live parts', async () => {
	const html = await page('/');
	assert.ok(cardIds(html).length >= 8, 'newest listings by SSI');
	assert.match(html, /href="\/listings\?category=/);
	assert.doesNotMatch(html, /<!--#/);
	const fr = await page('/fr/');
	assert.match(fr, /<html lang="fr/);
	assert.match(fr, /href="\/fr\/listings\?category=/);
});

test('pages go forwards and backwards through the same listings', async () => {
	const seen = [];
	let html = await page('/listings');
	const firsts = [cardIds(html)];
	seen.push(...firsts[0]);
	for (let i = 0; i < 4; i++) {
		html = await page(link(html, 'next'));
		firsts.push(cardIds(html));
		seen.push(...firsts.at(-1));
	}
	assert.equal(seen.length, 100);
	assert.equal(new Set(seen).size, 100, 'no listing twice');
	for (let i = 3; i >= 0; i--) {
		html = await page(link(html, 'prev'));
		assert.deepEqual(cardIds(html), firsts[i], `page ${i + 1} again`);
	}
	assert.equal(link(html, 'prev'), undefined, 'nothing before the first');
});

for (const sort of ['price_asc', 'price_desc', 'newest'])
	test(`sorted by ${sort}`, async () => {
		const key = (l) => (sort === 'newest' ? -Date.parse(l.published_at) : sort === 'price_asc' ? l.price_cents : -l.price_cents);
		let all = [], cursor = '';
		for (let i = 0; i < 5; i++) {
			const r = await api(`?sort=${sort}&limit=50${cursor && `&cursor=${cursor}`}`);
			all = all.concat(r.listings);
			cursor = r.next_cursor;
		}
		assert.equal(new Set(all.map((l) => l.id)).size, 250);
		for (let i = 1; i < all.length; i++) assert.ok(key(all[i - 1]) <= key(all[i]), `row ${i}`);
	});

test('every filter holds, alone and together', async () => {
	const { categories } = JSON.parse((await get('/api/v1/categories')).body);
	const { places } = JSON.parse((await get('/api/v1/places')).body);
	const top = categories.find((c) => c.parent === null);
	const children = categories.filter((c) => c.parent === top.slug).map((c) => c.slug);
	const region = places.find((p) => p.parent === null);
	const towns = places.filter((p) => p.parent === region.slug).map((p) => p.slug);
	const r = await api(`?category=${top.slug}&location=${region.slug}&min_price=20&max_price=900&limit=100`);
	assert.ok(r.listings.length > 0);
	for (const l of r.listings) {
		assert.ok(l.category === top.slug || children.includes(l.category), l.category);
		assert.ok(l.location === region.slug || towns.includes(l.location), l.location);
		assert.ok(l.price_cents >= 2000 && l.price_cents <= 90000, String(l.price_cents));
	}
});

test('a price range walks to its end and loses nothing', async () => {
	const walk = async (query) => {
		const ids = [];
		let cursor = '';
		do {
			const r = await api(`${query}&limit=100${cursor && `&cursor=${cursor}`}`);
			ids.push(...r.listings.map((l) => l.id));
			cursor = r.next_cursor ?? '';
		} while (cursor !== '' && ids.length < 100000);
		return ids;
	};
	const byTime = await walk('?min_price=100&max_price=120');
	const byPrice = await walk('?min_price=100&max_price=120&sort=price_asc');
	assert.ok(byTime.length > 0);
	assert.equal(new Set(byTime).size, byTime.length);
	assert.deepEqual([...byTime].sort((a, b) => a - b), [...byPrice].sort((a, b) => a - b));
});

test('words are found whatever their case, accents and apostrophes; nothing typed is an operator', async () => {
	const ids = async (q) => (await api(`?q=${encodeURIComponent(q)}&sort=newest&limit=100`)).listings.map((l) => l.id);
	const plain = await ids("st john's");
	assert.ok(plain.length > 0);
	assert.deepEqual(await ids('ST. JOHN’S'), plain);
	assert.deepEqual(await ids("st. johns"), plain);
	assert.ok((await ids('tv')).length > 0, 'a word of two letters');
	for (const q of ['+boat -boat', '"boat', 'boat*)', '(boat', '@boat >', '~boat'])
		assert.equal((await get(`/api/v1/listings?q=${encodeURIComponent(q)}`)).status, 200, q);
	assert.deepEqual(await ids('!!!'), []);
	const whole = await ids('outboard'), prefix = await ids('outbo');
	assert.ok(whole.length > 0 && whole.every((id) => prefix.includes(id)), 'the beginning of a word finds it');
});

test('the best matches are paged by number and end', async () => {
	const html = await page('/listings?q=boat');
	assert.match(html, /<option[^>]*selected[^>]*>Best match first/);
	const next = link(html, 'next');
	assert.match(next, /page=2/);
	const second = await page(next);
	assert.ok(cardIds(second).every((id) => !cardIds(html).includes(id)));
	assert.equal((await get('/listings?q=boat&page=11')).status, 400);
});

test('an address out of canonical order leads to the canonical one', async () => {
	const { categories } = JSON.parse((await get('/api/v1/categories')).body);
	const slug = categories[0].slug;
	for (const [from, to] of [
		[`/listings?category=${slug}&q=boat`, `/listings?q=boat&category=${slug}`],
		['/listings?q=', '/listings'],
		['/listings?sort=newest', '/listings'],
		['/listings?Q=boat', '/listings'],
		['/listings?q=boat&q=evil', '/listings?q=boat'],
		['/listings?utm_source=x&q=a%20b', '/listings?q=a+b'],
		['/listings?min_price=1%20250%2C50', '/listings?min_price=1250.50'],
		[`/listings?category=${slug.toUpperCase()}`, `/listings?category=${slug}`],
		['/fr/listings?sort=newest', '/fr/listings'],
	]) {
		const r = await get(from);
		assert.equal(r.status, 301, from);
		assert.equal(r.headers.location.replace(/^https?:\/\/[^/]+/, ''), to, from);
	}
});

test('a query value out of bounds is a 400 that names its field', async () => {
	for (const [query, field] of [
		['category=nowhere', 'category'], ['location=nowhere', 'location'], ['min_price=abc', 'min_price'], ['min_price=-1', 'min_price'],
		['max_price=1e3', 'max_price'], ['min_price=5&max_price=4', 'max_price'], ['sort=best', 'sort'], ['cursor=made-up', 'cursor'],
		['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=x', 'limit'], ['page=2', 'page'], ['colour=red', 'colour'], ['q=a&q=b', 'q'],
		[`q=${'x'.repeat(300)}`, 'q'], ['sort=relevance', 'sort'],
	]) {
		const r = await get(`/api/v1/listings?${query}`);
		assert.equal(r.status, 400, query);
		assert.match(r.headers['content-type'], /application\/problem\+json/);
		const problem = JSON.parse(r.body);
		assert.equal(problem.status, 400);
		assert.ok(problem.errors.some((e) => e.field === field && e.message.length > 5), `${query}: ${r.body}`);
	}
	const html = await get('/listings?min_price=abc');
	assert.equal(html.status, 400);
	assert.match(html.body, /id="e-min_price"|#f-min_price/);
	assert.match(html.body, /value="abc"/, 'what was typed is kept');
});

test('a cursor from another query is refused', async () => {
	const { next_cursor } = await api('?sort=price_asc');
	assert.equal((await get(`/api/v1/listings?sort=price_asc&cursor=${next_cursor}`)).status, 200);
	for (const query of [`cursor=${next_cursor}`, `sort=price_desc&cursor=${next_cursor}`, `sort=price_asc&min_price=1&cursor=${next_cursor}`,
		`sort=price_asc&cursor=${next_cursor.slice(0, -1)}`, `sort=price_asc&cursor=${next_cursor.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`])
		assert.equal((await get(`/api/v1/listings?${query}`)).status, 400, query);
});

test('a listing: wrong slug, no slug, unknown, removed', async () => {
	const { listings } = await api('?limit=3&sort=price_desc');
	const l = listings[1];
	const whole = await page(l.url);
	assert.match(whole, /<link rel="canonical" href="http[^"]+"/);
	assert.match(whole, /property="og:title"/);
	const ld = JSON.parse(whole.match(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/)[1]);
	assert.equal(ld['@type'], 'Product');
	assert.equal(ld.offers.priceCurrency, 'CAD');
	assert.equal(Number(ld.offers.price), l.price_cents / 100);
	assert.match(whole, /class="similar"/);
	for (const path of [`/listings/${l.id}`, `/listings/${l.id}/wrong-slug`, `${l.url}?x=1`]) {
		const r = await get(path);
		assert.equal(r.status, 301, path);
		assert.ok(r.headers.location.endsWith(l.url), r.headers.location);
	}
	assert.ok((await get(`/fr/listings/${l.id}`)).headers.location.endsWith(`/fr${l.url}`));
	for (const path of ['/listings/999999999', '/listings/999999999/x', '/listings/0', '/listings/00012', '/listings/1x', '/listings/99999999999999999999'])
		assert.equal((await get(path)).status, 404, path);
	const victim = listings[2];
	await site.ctl('listing', 'remove', String(victim.id));
	await site.until(async () => (await get(victim.url)).status === 410, 'the removed listing to be 410');
	assert.equal((await get(`/api/v1/listings/${victim.id}`)).status, 410);
	assert.ok(!(await api('?limit=100&sort=price_desc')).listings.some((x) => x.id === victim.id));
});

test('the API gives one listing whole and keeps the contact address to itself', async () => {
	const { listings } = await api('?limit=1');
	const r = await get(`/api/v1/listings/${listings[0].id}`);
	const l = JSON.parse(r.body);
	for (const k of ['id', 'title', 'slug', 'summary', 'price_cents', 'currency', 'category', 'location', 'stock', 'photo', 'published_at', 'url', 'description', 'photos', 'seller'])
		assert.ok(k in l, k);
	assert.deepEqual(Object.keys(l.seller), ['name']);
	assert.doesNotMatch(r.body + (await page(l.url)), /@example\.(com|org|net)/);
});

test('counts stop at 1,000+', async () => {
	const html = await page('/listings');
	assert.match(html, /1,000\+/);
	assert.match(await page('/fr/listings'), /1.000\+/);
});

test('ETag: the same page again costs a 304', async () => {
	const first = await get('/listings?sort=price_asc');
	const etag = first.headers.etag;
	assert.ok(etag);
	const again = await get('/listings?sort=price_asc', { 'If-None-Match': etag });
	assert.equal(again.status, 304);
	assert.equal(again.body, '');
});
