// The same as journeys.test.mjs without JavaScript: links and forms do everything.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { sharedSite } from '../support/site.mjs';
import { chips, desktop, fill, makeListings, offer, openBrowser, phone, prices, query, titles, watchedPage } from './browser.mjs';

let site, browser, context, page, own;
const open = path => page.goto(site.url + path);
// A click waits for the next page to begin, not for all of it.
const click = async selector => {
	await page.locator(selector).first().click();
	await page.waitForLoadState();
};

before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	own = await makeListings(site);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});
beforeEach(async () => {
	context = await browser.newContext({ viewport: desktop, javaScriptEnabled: false });
	page = await watchedPage(context, site.url);
});
afterEach(async () => {
	page.holdClean();
	await context.close();
});

for (const [name, viewport] of Object.entries({ phone, desktop }))
	test(`searching, filtering, sorting and paging on a ${name}`, async () => {
		const openFilters = async () => {
			if (!await page.locator('#f-category').isVisible())
				await page.click('.filters summary');
		};
		await page.setViewportSize(viewport);
		await open('/');
		await page.fill('#f-q', 'boat');
		await click('.search button');
		assert.deepEqual(query(page), { q: 'boat' });
		assert.ok((await titles(page)).length > 0);

		await openFilters();
		await page.selectOption('#f-category', 'boats');
		await page.fill('#f-min_price', '1');
		await page.fill('#f-max_price', '90,000');
		await click('.filter-form button');
		assert.deepEqual(query(page), { q: 'boat', category: 'boats', min_price: '1', max_price: '90000' }, 'a canonical address, nothing empty in it');
		assert.ok((await prices(page)).every(price => price >= 1 && price <= 90000));

		for (let left = await chips(page); left > 0; left--) {
			await click('.chips .chip');
			assert.ok(await chips(page) < left);
		}
		assert.deepEqual(query(page), {});

		await page.selectOption('#f-sort', 'price_desc');
		await click('.sort button');
		assert.deepEqual(query(page), { sort: 'price_desc' });
		const falling = await prices(page);
		assert.deepEqual(falling, [...falling].sort((a, b) => b - a));

		const first = await titles(page);
		await click('.pager a[rel=next]');
		const second = await titles(page);
		assert.notDeepEqual(second, first);
		assert.equal(query(page).sort, 'price_desc');
		await click('.pager a[rel=prev]');
		assert.deepEqual(await titles(page), first);
		await page.goBack();
		assert.deepEqual(await titles(page), second);
		await page.goForward();
		assert.deepEqual(await titles(page), first);
	});

test('an empty result says what to try, and a wrong price what is wrong', async () => {
	await open('/listings?q=zzyzx&max_price=1');
	assert.ok(await page.locator('.empty li').count() >= 2);
	await click('.empty a');
	assert.deepEqual(query(page), {});
	await page.fill('#f-min_price', 'abc');
	await click('.filter-form button');
	assert.ok(await page.locator('#errors').isVisible());
	assert.equal(await page.inputValue('#f-min_price'), 'abc');
});

test('a listing with mistakes is sent back, corrected and received', async () => {
	const good = offer(`Dory without scripts ${process.pid} ${Date.now()}`), bad = { ...good, title: 'ab', price: 'ten', location: '' };
	await open('/submit');
	await fill(page, bad);
	await click('main form button');
	assert.match(await page.title(), /^Error: /);
	assert.deepEqual(await page.locator('#errors a').evaluateAll(all => all.map(a => a.hash)), ['#f-title', '#f-price', '#f-location']);
	for (const [name, value] of Object.entries(bad))
		assert.equal(await page.inputValue(`#f-${name}`), value, name);
	await click('#errors a[href="#f-price"]');
	assert.equal(new URL(page.url()).hash, '#f-price');
	await fill(page, good);
	await click('main form button');
	assert.equal(new URL(page.url()).pathname, '/submit/received');
	assert.ok(await page.locator('.notice.good').isVisible());
});

test('a seller and the site are written to, a listing is reported', async () => {
	await site.sql('DELETE FROM flag'); // a person counts once, and the other tests' browsers are the same one
	await open(`/listings/${own.there}`);
	await click('.actions .primary');
	await fill(page, { name: 'Leo Pike', email: 'leo@example.com', message: `Without scripts to a seller ${process.pid} ${Date.now()}` });
	await click('main form button');
	assert.equal(new URL(page.url()).pathname, `/listings/${own.there}/contact/received`);
	await click('.onwards a');
	await click('main a[href$="/report"]');
	await page.check('input[value=wrong]');
	await page.fill('#f-message', `It is a punt ${process.pid} ${Date.now()}`);
	await click('main form button');
	assert.equal(new URL(page.url()).pathname, `/listings/${own.there}/report/received`);
	await click('header.site a[href="/contact"]');
	await fill(page, { name: 'Léo', email: 'leo@example.com', message: `Without scripts to the site ${process.pid} ${Date.now()}` });
	await click('main form button');
	assert.equal(new URL(page.url()).pathname, '/contact/received');
});

for (const [name, viewport] of Object.entries({ phone, desktop }))
	test(`an address is looked at, and left by a button, on a ${name}`, async () => {
		const kept = async () => Number(await site.sql('SELECT COUNT(*) FROM address_seen'));
		const before = await kept();
		await page.setViewportSize(viewport);
		await open('/fr/privacy');
		await click('main a[href="/fr/reverse-ip"]');
		assert.deepEqual(await page.locator('.kept code').allInnerTexts(), ['127.0.0.1', '1.0.0.127']);
		await click('main form button');
		assert.match(await page.locator('.notice.good').innerText(), /^Nous avons gardé votre adresse, le /);
		assert.ok(await kept() > before);
		await click('a.lang');
		assert.equal(new URL(page.url()).pathname, '/reverse-ip');
		assert.equal(await page.locator('.notice').count(), 0, 'that is a look, and keeps nothing');
	});

test('French from end to end', async () => {
	await open('/');
	await click('a.lang');
	await click('.categories a');
	assert.equal(new URL(page.url()).pathname, '/fr/listings');
	await click('.results .card-title a');
	assert.match(await page.getAttribute('html', 'lang'), /^fr/);
	await click('header.site a[href="/fr/resources"]');
	await click('.articles a');
	await click('a.lang');
	assert.match(new URL(page.url()).pathname, /^\/resources\/./);
	await open('/fr/contact');
	await click('main form button');
	assert.match(await page.title(), /^Erreur/);
	assert.ok(await page.locator('#errors').isVisible());
});

test('no word is too long for a phone', async () => {
	const word = 'W'.repeat(110);
	const out = await site.ctl('listing', 'add', '--title', word, '--description', word.repeat(9), '--category', 'boats', '--price', '999999999.99',
		'--location', 'st-johns', '--contact-name', 'W'.repeat(80), '--contact-email', `w${Date.now()}@example.com`, '--publish');
	const id = /\d+/.exec(out.stdout)[0];
	await page.setViewportSize(phone);
	try {
		for (const address of ['/listings', `/listings?q=${word}`, `/listings/${id}/x`, `/listings/${id}/contact`, `/fr/listings/${id}/report`]) {
			await open(address);
			const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
			assert.ok(content <= window, `${address} is ${content} wide in a window of ${window}`);
		}
	} finally {
		await site.ctl('listing', 'remove', id);
	}
});
