// Sites in one language: what the other's addresses answer, and what pages say of it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { openSite } from './visitor.mjs';

test('a site in English has no French pages and does not speak of them', async () => {
	const site = await openSite({ listings: 40, settings: { site: { languages: 'en' } } });
	const { listings: [one] } = JSON.parse((await site.get('/api/v1/listings?limit=1')).body);
	for (const path of ['/fr/listings', `/fr${one.url}`, '/fr/feed.atom', '/fr/nothing', '/fr/contact/received']) {
		const r = await site.get(path);
		assert.equal(r.status, 404, path);
		assert.match(r.body, /<html lang="en"/, path);
	}
	for (const path of ['/listings', one.url, '/nothing', '/submit/received'])
		assert.doesNotMatch((await site.get(path)).body, /hreflang|"\/fr\//, path);
	assert.doesNotMatch((await site.get('/robots.txt')).body, /\/fr\//);
	assert.equal((await site.post('/fr/listings/1/contact', 'name=a', { 'Content-Type': 'application/x-www-form-urlencoded' })).status, 404);
});

test('a site in French only has its pages, feeds and sitemap there', async () => {
	const site = await openSite({ listings: 40, settings: { site: { languages: 'fr' } } });
	const { listings: [one] } = JSON.parse((await site.get('/api/v1/listings?limit=1')).body);
	for (const path of ['/listings', one.url, '/nothing']) {
		const r = await site.get(path);
		assert.equal(r.status, 404, path);
		assert.match(r.body, /<html lang="fr"/, path);
		assert.doesNotMatch(r.body, /hreflang/, path);
	}
	assert.equal((await site.get(`/fr${one.url}`)).status, 200);
	assert.match((await site.get('/feed.atom')).body, /xml:lang="fr"/);
	const map = (await site.get('/sitemap-0.xml')).body;
	assert.ok(map.includes(`/fr${one.url}</loc>`));
	assert.doesNotMatch(map, /<loc>http:\/\/[^/]*\/listings/);
});
