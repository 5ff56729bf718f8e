// The pool is stopped: the pages that are files still come, say what is away, and are whole again when the pool is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSite } from '../support/site.mjs';
import { until } from '../support/nginx.mjs';
import { desktop, openBrowser, watchedPage } from './browser.mjs';

let site, browser, page;

before(async () => {
	site = await startSite({ listings: 200 });
	browser = await openBrowser();
	page = await watchedPage(await browser.newContext({ viewport: desktop }), site.url);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

// What the cache has may be shown for a while; these addresses were never asked for.
const text = async path => {
	const response = await page.goto(site.url + path);
	return { status: response.status(), headers: response.headers(), said: await page.locator('main').innerText() };
};

test('without the pool', async t => {
	await site.pool.stop();
	await t.test('the static pages come and say what is away', async () => {
		for (const [path, away] of [['/', /categories are away/], ['/resources', /away/], ['/submit', /cannot be sent just now/], ['/contact', /cannot be sent just now/],
			['/privacy', null], ['/terms', null], ['/fr/', /indisponible/], ['/fr/submit', /indisponible|ne peut pas être envoyé/]]) {
			const { status, said } = await text(path);
			assert.equal(status, 200, path);
			if (away !== null)
				assert.match(said, away, path);
			assert.equal(await page.locator('header.site nav a').count(), 5, path);
			page.holdClean();
		}
	});
	await t.test('the listings have a page of their own for it', async () => {
		for (const [path, away] of [['/listings', /away for a moment/], ['/fr/listings', /indisponible/], ['/listings?q=boat', /away for a moment/]]) {
			const { status, headers, said } = await text(path);
			assert.ok([502, 503, 504].includes(status), `${path}: ${status}`);
			assert.ok(Number(headers['retry-after']) > 0);
			assert.match(said, away);
			page.holdClean();
		}
	});
	await t.test('other pages say so in the visitor’s language', async () => {
		for (const [path, lang] of [['/listings/1', 'en'], ['/fr/listings/1', 'fr']]) {
			const { status, said } = await text(path);
			assert.ok([502, 503].includes(status), `${path}: ${status}`);
			assert.match(await page.getAttribute('html', 'lang'), new RegExp(`^${lang}`));
			assert.ok(said.length > 50);
			page.holdClean();
		}
	});
	await t.test('a form that is sent then says that nothing was sent', async () => {
		await page.goto(`${site.url}/contact`);
		await page.fill('#f-name', 'Leo Pike');
		await page.click('main form button');
		await page.waitForURL('**/contact');
		await until(async () => /away|reach/.test(await page.locator('main').innerText()), () => 'the page that says so');
		page.problems(); // the console names the 502
	});
});

test('with the pool again', async () => {
	await site.pool.start();
	await until(async () => (await page.request.get(`${site.url}/readyz`)).status() === 200, () => 'the pool');
	await page.goto(`${site.url}/listings`);
	assert.ok(await page.locator('.results .card').count() > 10);
	await page.goto(`${site.url}/`);
	assert.ok(await page.locator('.newest .card').count() >= 8);
	assert.ok(await page.locator('.categories a').count() > 5);
	await page.goto(`${site.url}/contact`);
	assert.equal(await page.locator('input[name=_age]').count(), 1);
	page.holdClean();
});
