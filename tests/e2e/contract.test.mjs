// The contract other programs rely on: methods, unknown routes, feeds, health, the description of the API held against the routes.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { openSite } from './visitor.mjs';
import { makeMember } from '../support/members.mjs';

const site = await openSite();
const json = (text) => JSON.parse(text);

test('unknown routes are 404, wrong methods 405 with Allow, as page and as problem document', async () => {
	for (const p of ['/nothing', '/listings/1/x/y', '/fr/nothing', '/api/v1/nothing', '/api/v2/listings', '/fr/api/v1/listings', '/fragments/none']) {
		const r = await site.get(p);
		assert.equal(r.status, 404, p);
		if (p.startsWith('/api')) assert.equal(json(r.body).status, 404);
		else assert.match(r.body, /<h1/);
	}
	for (const [method, p, allow] of [['POST', '/listings', /GET/], ['DELETE', '/listings/1/x', /GET/], ['PUT', '/api/v1/listings', /GET, HEAD, POST/],
		['POST', '/feed.atom', /GET/], ['PATCH', '/api/v1/categories', /GET/], ['POST', '/privacy', /GET/], ['DELETE', '/contact', /^GET, HEAD, POST$/], ['PUT', '/fr/submit', /^GET, HEAD, POST$/]]) {
		const r = await site.request(method, p, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
		assert.equal(r.status, 405, `${method} ${p}`);
		assert.match(r.headers.allow ?? '', allow, `${method} ${p}`);
	}
});

test('HEAD says what GET says, without the body', async () => {
	for (const p of ['/listings', '/feed.atom', '/api/v1/listings', '/robots.txt']) {
		const head = await site.request('HEAD', p);
		const get = await site.get(p);
		assert.equal(head.status, get.status, p);
		assert.equal(head.body, '');
		assert.equal(head.headers['content-type'], get.headers['content-type'], p);
		assert.ok(get.body.length > 0, p);
	}
});

test('the description of the API and the route table say the same', async () => {
	const doc = json((await site.get('/api/v1/openapi.json')).body);
	assert.equal(doc.openapi, '3.1.0');
	assert.deepEqual(json((await site.get('/openapi.json')).body), doc);
	const described = Object.entries(doc.paths).flatMap(([p, ops]) => Object.keys(ops).map((m) => `${m.toUpperCase()} ${p}`)).sort();
	const table = ['outport.fcgi', 'outport-media.fcgi'].map((program) => execFileSync(path.join(process.env.top_builddir, program), ['--routes'], { encoding: 'utf8' })).join('')
		.split('\n').map((l) => l.split('\t')[0]).filter((l) => / \/api\/|openapi/.test(l)).sort();
	assert.deepEqual(described, table);
});

// A small JSON Schema checker: the keywords the document uses.
function check(doc, schema, value, at = '$') {
	if (schema.$ref) return check(doc, doc.components.schemas[schema.$ref.split('/').pop()], value, at);
	if (schema.oneOf) return assert.ok(schema.oneOf.some((s) => { try { check(doc, s, value, at); return true; } catch { return false; } }), `${at}: none of oneOf`);
	if ('const' in schema) return assert.equal(value, schema.const, at);
	const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
	if (schema.type) assert.ok([schema.type].flat().includes(kind), `${at}: ${kind} is no ${schema.type}`);
	if (kind === 'object' && schema.properties) {
		for (const k of schema.required ?? []) assert.ok(k in value, `${at}.${k} is missing`);
		if (schema.additionalProperties === false) for (const k of Object.keys(value)) assert.ok(k in schema.properties, `${at}.${k} is not described`);
		for (const [k, v] of Object.entries(value)) if (schema.properties[k]) check(doc, schema.properties[k], v, `${at}.${k}`);
	}
	if (kind === 'array') value.forEach((v, i) => check(doc, schema.items, v, `${at}[${i}]`));
	if (schema.pattern && kind === 'string') assert.match(value, new RegExp(schema.pattern), at);
}

test('every answer is as its schema says', async () => {
	const doc = json((await site.get('/openapi.json')).body);
	const id = json((await site.get('/api/v1/listings?limit=1')).body).listings[0].id;
	const slug = json((await site.get('/api/v1/resources')).body).resources[0].slug;
	const who = await makeMember(site.sql, { role: 'admin' });
	const [category, location] = await Promise.all(['categories', 'places'].map(async (list) => json((await site.get(`/api/v1/${list}`)).body)[list][0].slug));
	const offered = await site.post('/api/v1/listings', JSON.stringify({ title: 'A grapnel', description: 'Forged by hand, five flukes, no rust.', category, location, price: '5' }),
		{ 'Content-Type': 'application/json', Authorization: who.bearer });
	assert.equal(offered.status, 202, offered.body);
	check(doc, doc.paths['/api/v1/listings'].post.responses['202'].content['application/json'].schema, json(offered.body));
	const left = await site.post('/api/v1/addresses', '');
	check(doc, doc.paths['/api/v1/addresses'].post.responses['201'].content['application/json'].schema, json(left.body));
	// What {id} stands for where it is no listing.
	const own = {
		'/api/v1/listings/{id}/photos': json(offered.body).id,
		'/api/v1/me/conversations/{id}': json((await site.post('/api/v1/contact', JSON.stringify({ message: 'Is it still there?', listing_id: id }),
			{ 'Content-Type': 'application/json', Authorization: who.bearer })).body).conversation_id,
	};
	for (const [p, ops] of Object.entries(doc.paths)) {
		if (!ops.get) continue;
		const r = await site.get(p.replace('{id}', own[p] ?? id).replace('{slug}', slug), /^\/api\/v1\/(me|moderation|addresses)\b|photos$/.test(p) ? { Authorization: who.bearer } : {});
		assert.equal(r.status, 200, p);
		check(doc, ops.get.responses['200'].content['application/json'].schema, json(r.body), p);
	}
	const problem = await site.get('/api/v1/listings?limit=0');
	check(doc, { $ref: '#/components/schemas/Problem' }, json(problem.body));
});

test('a program is told how a program writes an amount', async () => {
	const query = json((await site.get('/api/v1/listings?min_price=1,250.50')).body);
	assert.deepEqual(query.errors, [{ field: 'min_price', message: 'Enter an amount in plain digits, such as 1250.50.' }]);
	const body = json((await site.post('/api/v1/listings', '{"price":"1,250.50"}', { 'Content-Type': 'application/json' })).body);
	assert.equal(body.errors.find((e) => e.field === 'price').message, query.errors[0].message);
});

test('feeds, sitemap, robots, OpenSearch', async () => {
	const feed = await site.get('/feed.atom');
	assert.match(feed.headers['content-type'], /atom\+xml/);
	assert.match(feed.body, /<feed xmlns="http:\/\/www\.w3\.org\/2005\/Atom"/);
	assert.ok((feed.body.match(/<entry>/g) ?? []).length >= 20);
	const { categories } = json((await site.get('/api/v1/categories')).body);
	assert.equal((await site.get(`/feed.atom?category=${categories[0].slug}`)).status, 200);
	assert.equal((await site.get('/fr/feed.atom?q=bateau')).status, 200);
	assert.equal((await site.get('/feed.atom?category=nowhere')).status, 400);
	const index = (await site.get('/sitemap.xml')).body;
	const parts = [...index.matchAll(/<loc>[^<]*(\/sitemap-\d+\.xml)<\/loc>/g)].map((m) => m[1]);
	assert.ok(parts.length >= 1);
	let urls = 0;
	for (const p of parts) urls += ((await site.get(p)).body.match(/<url>/g) ?? []).length;
	assert.ok(urls >= 1000, String(urls));
	assert.equal((await site.get('/sitemap-99999.xml')).status, 404);
	assert.match((await site.get('/robots.txt')).body, /Sitemap: http/);
	assert.match((await site.get('/opensearch.xml')).body, /<OpenSearchDescription/);
});

test('health, readiness and the numbers of the whole pool', async () => {
	const health = await site.get('/healthz');
	assert.equal(health.body.trim(), 'ok');
	const ready = json((await site.get('/readyz')).body);
	assert.equal(ready.dependencies.database.status, 'ok');
	const count = async () => {
		const m = (await site.get('/metrics')).body;
		return [...m.matchAll(/^outport_requests_total\{class="2xx"\} (\d+)/gm)].map((x) => Number(x[1]))[0];
	};
	const before = await count();
	for (let i = 0; i < 20; i++) await site.get('/healthz');
	assert.ok((await count()) >= before + 20, 'two workers are summed');
});

test('articles, in both languages, by Markdown without raw HTML', async () => {
	const { resources } = json((await site.get('/api/v1/resources')).body);
	const list = (await site.get('/resources')).body;
	for (const r of resources.slice(0, 3)) {
		assert.ok(list.includes(r.url), r.url);
		const en = await site.get(r.url), fr = await site.get(`/fr${r.url}`);
		assert.equal(en.status, 200);
		assert.equal(fr.status, 200);
		assert.match(fr.body, /<html lang="fr/);
		assert.notEqual(en.body, fr.body);
	}
	assert.equal((await site.get('/resources/no-such-article')).status, 404);
});

test('hostile heads are refused and nothing breaks', async () => {
	for (const [target, ok] of [['/listings?q=%00', [400]], ['/listings?q=%c0%af', [400]], ['/listings?q=%zz', [400]], [`/listings?${'a=1&'.repeat(1500)}`, [400, 414]],
		['/%00', [400, 404]], ['/../../etc/passwd', [400, 404]], ['/..%2f..%2fetc/passwd', [400, 404]], ['/listings/%2e%2e/%2e%2e/etc/passwd', [400, 404]], ['/%c0%ae%c0%ae/', [400, 404]],
		[`/listings?q=${'x'.repeat(20000)}`, [400, 414]], [`/${'a'.repeat(20000)}`, [400, 404, 414]]]) {
		const r = await site.raw(`GET ${target} HTTP/1.1\r\nHost: ${site.host}\r\nConnection: close\r\n\r\n`);
		assert.ok(ok.includes(r.status), `${target.slice(0, 60)}: ${r.status}`);
	}
	for (const header of ['X-Long', 'Cookie']) {
		const r = await site.raw(`GET /listings HTTP/1.1\r\nHost: ${site.host}\r\n${header}: ${'a'.repeat(1 << 20)}\r\nConnection: close\r\n\r\n`);
		assert.ok([400, 431, 494].includes(r.status), `${header}: ${r.status}`);
	}
	assert.equal((await site.get('/healthz')).status, 200);
});
