// What visitors do, in Chromium with JavaScript: lists that change in place, forms that are sent once, the keyboard alone.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { mailbox } from '../support/mail.mjs';
import { sharedSite } from '../support/site.mjs';
import { until } from '../support/nginx.mjs';
import { chips, desktop, fill, makeListings, offer, openBrowser, phone, prices, query, titles, watchedPage } from './browser.mjs';

let site, browser, context, page, own;
const open = (path, more = {}) => page.goto(site.url + path, more);
// In place: the document a mark was left on is still the one that shows.
const mark = () => page.evaluate(() => { window.markedByTest = true; });
const inPlace = () => page.evaluate(() => window.markedByTest === true);
const settled = async (want, what) => {
	await until(async () => want(query(page)) && await page.locator('.results').getAttribute('aria-busy') !== 'true', () => `${what}: ${page.url()}`);
};
const focused = () => page.evaluate(() => ({ id: document.activeElement.id, href: document.activeElement.getAttribute('href'), tag: document.activeElement.tagName }));
const scrolled = () => page.evaluate(() => Math.round(window.scrollY));

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
	context = await browser.newContext({ viewport: desktop });
	page = await watchedPage(context, site.url);
});
afterEach(async () => {
	page.holdClean();
	await context.close();
});

describe('browsing', () => {
	test('from the front page by search, category, place and price; the chips undo it', async () => {
		await open('/');
		await page.fill('#f-q', 'boat');
		await page.click('.search button');
		await settled(q => q.q === 'boat', 'the search');
		assert.ok((await titles(page)).length > 0);
		assert.equal(await chips(page), 1);
		assert.equal(await page.inputValue('#f-q'), 'boat');

		await mark();
		await page.selectOption('#f-category', 'boats');
		await settled(q => q.category === 'boats', 'the category');
		const { location } = await page.evaluate(() => ({ location: document.querySelector('#f-location optgroup option').value }));
		await page.selectOption('#f-location', location);
		await settled(q => q.location === location, 'the place');
		await page.fill('#f-min_price', '1');
		await page.fill('#f-max_price', '900000');
		await page.click('.filter-form button');
		await settled(q => q.max_price === '900000', 'the prices');
		assert.deepEqual(query(page), { q: 'boat', category: 'boats', location, min_price: '1', max_price: '900000' });
		assert.ok(await inPlace(), 'without a new document');
		assert.ok(await chips(page) >= 4);
		assert.ok((await page.locator('.count').innerText()).length > 0);

		for (let left = await chips(page); left > 0; left--) {
			const address = page.url();
			await page.locator('.chips .chip').first().click();
			await settled(() => page.url() !== address, `chip ${left}`);
			await until(async () => await chips(page) < left, () => `${left} chips stay`);
		}
		assert.deepEqual(query(page), {});
		assert.equal(await page.inputValue('#f-q'), '', 'the form follows');
		assert.equal(await page.inputValue('#f-category'), '');
		assert.equal(await page.inputValue('#f-min_price'), '');
		assert.ok(await inPlace());
	});

	test('sorting takes effect by itself', async () => {
		await open('/listings?category=boats');
		await mark();
		await page.focus('#f-sort');
		await page.selectOption('#f-sort', 'price_asc');
		await settled(q => q.sort === 'price_asc', 'the order');
		const rising = await prices(page);
		assert.ok(rising.length > 5);
		assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
		await page.selectOption('#f-sort', 'price_desc');
		await settled(q => q.sort === 'price_desc', 'the other order');
		const falling = await prices(page);
		assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
		assert.equal(query(page).category, 'boats');
		assert.ok(await inPlace());
		assert.equal((await focused()).id, 'f-sort', 'the focus stays with the choice');
	});

	test('pages go on and back, and the browser’s back and forward bring content, place and focus again', async () => {
		await open('/listings?category=vehicles');
		await mark();
		const first = await titles(page);
		await page.evaluate(() => document.querySelector('.pager a[rel=next]').scrollIntoView({ block: 'center' }));
		const was = await scrolled();
		assert.ok(was > 500);
		await page.click('.pager a[rel=next]');
		await settled(q => q.cursor, 'the second page');
		const second = await titles(page), secondAddress = page.url();
		assert.equal(second.length, first.length);
		assert.notDeepEqual(second, first);
		assert.ok(await scrolled() < was, 'a new page is read from its top');
		assert.equal((await focused()).id, 'results');

		await page.click('.pager a[rel=prev]');
		await settled(() => page.url() !== secondAddress, 'the first page again');
		assert.deepEqual(await titles(page), first);

		await page.goBack();
		await settled(() => page.url() === secondAddress, 'back to the second');
		assert.deepEqual(await titles(page), second);
		await page.goBack();
		await settled(q => !q.cursor, 'back to the first');
		assert.deepEqual(await titles(page), first);
		await until(async () => Math.abs(await scrolled() - was) < 50, () => `the place comes back (${was})`);
		assert.equal(await page.evaluate(() => document.activeElement.rel), 'next', 'and the focus');
		await page.goForward();
		await settled(() => page.url() === secondAddress, 'forward');
		assert.deepEqual(await titles(page), second);
		assert.ok(await inPlace(), 'all of it in one document');

		// To a listing and back is another document; the list comes back as it was left.
		await page.evaluate(() => window.scrollTo(0, 700));
		await page.locator('.results .card-title a').nth(6).click();
		await page.waitForSelector('article.listing');
		await page.goBack();
		await page.waitForSelector('.results');
		assert.deepEqual(await titles(page), second);
		await until(async () => Math.abs(await scrolled() - 700) < 120, () => 'the place in the list');
	});

	test('a reloaded or shared address shows the same list', async () => {
		await open('/listings');
		await mark();
		await page.selectOption('#f-category', 'boats');
		await settled(q => q.category === 'boats', 'the category');
		const swapped = await titles(page);
		const title = await page.title();
		await page.reload();
		assert.deepEqual(await titles(page), swapped);
		assert.equal(await page.title(), title);
		assert.equal(await page.locator('main h1').innerText(), (await page.locator('h1').innerText()));
	});

	test('a price that is none is said at the field and in the summary, in place', async () => {
		await open('/listings');
		await mark();
		await page.fill('#f-min_price', 'abc');
		await page.click('.filter-form button');
		await page.waitForSelector('#errors');
		assert.equal((await focused()).id, 'errors');
		assert.equal(await page.inputValue('#f-min_price'), 'abc');
		assert.equal(await page.getAttribute('#f-min_price', 'aria-invalid'), 'true');
		assert.ok(await inPlace());
		await page.fill('#f-min_price', '100');
		await page.click('.filter-form button');
		await settled(q => q.min_price === '100', 'the corrected price');
		assert.equal(await page.locator('.error').count(), 0);
		assert.ok((await prices(page)).every(price => price >= 100));
	});

	test('waiting is visible; a swap that fails becomes a plain navigation', async () => {
		await open('/listings');
		await mark();
		let letGo;
		const held = new Promise(resolve => { letGo = resolve; });
		await page.route('**/listings?*', async route => {
			await held;
			await route.continue();
		});
		await page.selectOption('#f-category', 'boats');
		await page.waitForSelector('.waiting.on');
		assert.equal(await page.getAttribute('.results', 'aria-busy'), 'true');
		letGo();
		await settled(q => q.category === 'boats', 'the list');
		await page.waitForSelector('.waiting:not(.on)', { state: 'attached' });
		assert.ok(await inPlace());
		await page.unroute('**/listings?*');

		await page.route('**/listings?*', route => (route.request().resourceType() === 'fetch' ? route.abort() : route.continue()));
		await page.selectOption('#f-category', 'vehicles');
		await until(async () => query(page).category === 'vehicles' && !(await inPlace().catch(() => true)), () => 'a navigation instead');
		await page.waitForSelector('.results .card');
		page.problems(); // the console names the request that was cut
	});

	test('on a phone the filters fold away, open by a tap and lead to the results', async () => {
		await page.setViewportSize(phone);
		await open('/listings');
		assert.equal(await page.locator('#f-q').isVisible(), false);
		await page.click('.filters summary');
		await page.selectOption('#f-category', 'boats');
		assert.deepEqual(query(page), {}, 'nothing happens under the finger');
		await page.click('.filter-form button');
		await settled(q => q.category === 'boats', 'the category');
		assert.equal(await page.locator('#f-q').isVisible(), false, 'the list comes first again');
		await until(async () => (await page.locator('#results').boundingBox()).y < 200, () => 'the results in view');
	});
});

describe('languages', () => {
	test('the switch keeps the page, its filters and its forms', async () => {
		await open('/listings?category=boats');
		await page.selectOption('#f-sort', 'price_asc');
		await settled(q => q.sort === 'price_asc', 'the order');
		await page.click('a.lang');
		await page.waitForURL('**/fr/listings?category=boats&sort=price_asc');
		assert.match(await page.getAttribute('html', 'lang'), /^fr/);
		await page.click('a.lang');
		await page.waitForURL(url => url.pathname === '/listings' && url.search === '?category=boats&sort=price_asc');
		for (const path of ['/', '/submit', '/contact', '/resources', '/resources/safe-buying', '/privacy', '/terms', '/reverse-ip']) {
			await open(path);
			await page.click('a.lang');
			await page.waitForURL(`**/fr${path}`);
			assert.match(await page.getAttribute('html', 'lang'), /^fr/);
			await page.click('a.lang');
			await page.waitForURL(url => url.pathname === path);
		}
		await open(`/listings/${own.there}`);
		const { pathname } = new URL(page.url());
		await page.click('a.lang');
		await page.waitForURL(`**/fr${pathname}`);
	});
});

describe('reading', () => {
	test('resources lead to an article and back', async () => {
		await open('/');
		await page.click('header.site a[href="/resources"]');
		const link = page.locator('.articles a').first();
		const heading = await link.innerText();
		await link.click();
		await page.waitForSelector('article');
		assert.equal(await page.locator('h1').innerText(), heading);
		await page.goBack();
		assert.ok(await page.locator('.articles a').count() > 3);
	});
});

describe('forms', () => {
	test('a listing with mistakes is sent back with everything typed, corrected and received', async () => {
		const good = { ...offer(`Dory for the browser ${process.pid} ${Date.now()}`), contact_email: `marie.${process.pid}.${Date.now()}@example.com` };
		await open('/submit');
		await fill(page, { ...good, title: 'ab', price: 'ten', contact_email: 'marie', category: '' });
		await page.click('main form button');
		await page.waitForSelector('#errors');
		assert.equal((await focused()).id, 'errors', 'the summary takes the focus');
		assert.match(await page.title(), /^Error: /);
		for (const [name, value] of Object.entries({ ...good, title: 'ab', price: 'ten', contact_email: 'marie', category: '' }))
			assert.equal(await page.inputValue(`#f-${name}`), value, name);
		const links = await page.locator('#errors a').evaluateAll(all => all.map(a => a.getAttribute('href')));
		assert.deepEqual(links, ['#f-title', '#f-category', '#f-price', '#f-contact_email']);
		for (const link of links) {
			const name = link.slice(3);
			await page.click(`#errors a[href="${link}"]`);
			assert.equal((await focused()).id, `f-${name}`, 'a mistake leads to its field');
			assert.equal(await page.getAttribute(link, 'aria-invalid'), 'true');
			assert.ok((await page.getAttribute(link, 'aria-describedby')).split(' ').includes(`e-${name}`));
			assert.ok((await page.locator(`#e-${name}`).innerText()).length > 10);
		}
		await fill(page, good);
		await page.click('main form button');
		await page.waitForURL('**/submit/received');
		assert.ok(await page.locator('.notice.good').isVisible());
		const mails = mailbox(site);
		await open(mails.link(await mails.wait({ to: good.contact_email }), '/confirm/'));
		await page.click('main form button');
		await page.waitForURL('**/submit/confirmed');
		assert.match((await site.ctl('listing', 'pending')).stdout, new RegExp(good.title));
	});

	test('a listing’s seller is written to', async () => {
		const message = `Is it still there? ${process.pid} ${Date.now()}`;
		await open('/listings');
		await page.locator('.results .card-title a').first().click();
		await page.waitForSelector('article.listing');
		const heading = await page.locator('h1').innerText();
		await page.click('.actions .primary');
		assert.ok((await page.locator('main').innerText()).includes(heading), 'the form says what it is about');
		await fill(page, { name: 'Leo Pike', email: 'leo@example.com', message });
		await page.click('main form button');
		await page.waitForURL('**/contact/received');
		assert.ok(await page.locator('.notice.good').isVisible());
		assert.equal(await site.sql(`SELECT COUNT(*) FROM conversation_message WHERE body = '${message}'`), '1');
		await page.click('.onwards a');
		await page.waitForSelector('article.listing');
		assert.equal(await page.locator('h1').innerText(), heading);
	});

	test('a listing is reported', async () => {
		await site.sql('DELETE FROM flag'); // a person counts once, and all these browsers are one
		await open(`/listings/${own.there}`);
		await page.click('main a[href$="/report"]');
		await page.click('main form button');
		await page.waitForSelector('#errors');
		assert.equal((await focused()).id, 'errors');
		await page.click('#errors a');
		assert.equal((await focused()).id, 'f-reason');
		await page.check('input[value=sold]');
		await page.fill('#f-message', `Sold last week, said the seller ${process.pid} ${Date.now()}`);
		await page.click('main form button');
		await page.waitForURL('**/report/received');
		assert.ok(await page.locator('.notice.good').isVisible());
	});

	for (const [name, viewport] of Object.entries({ phone, desktop }))
		test(`an address is looked at, and left by a button, on a ${name}`, async () => {
			const kept = async () => Number(await site.sql('SELECT COUNT(*) FROM address_seen'));
			const before = await kept();
			await page.setViewportSize(viewport);
			await open('/privacy');
			await page.click('main a[href="/reverse-ip"]');
			await page.waitForURL('**/reverse-ip');
			assert.deepEqual(await page.locator('.kept code').allInnerTexts(), ['127.0.0.1', '1.0.0.127']);
			await page.click('main form button');
			await page.waitForSelector('.notice.good');
			assert.equal(new URL(page.url()).pathname, '/reverse-ip');
			assert.match(await page.locator('.notice.good').innerText(), /^We have kept your address, on /);
			assert.equal(await page.locator('main form').count(), 0);
			assert.ok(await kept() > before);
			// The longest there are fit.
			await page.evaluate(() => {
				const [ip, reversed] = document.querySelectorAll('.kept code');
				ip.textContent = Array(8).fill('2001').join(':');
				reversed.textContent = Array(32).fill('f').join('.');
			});
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
		});

	test('pressing twice sends once', async () => {
		const message = `Twice is once ${process.pid} ${Date.now()}`;
		let sent = 0, letGo;
		const held = new Promise(resolve => { letGo = resolve; });
		await page.route('**/contact', async route => {
			if (route.request().method() === 'POST') {
				sent++;
				await held;
			}
			await route.continue().catch(() => {}); // a second sending would cancel the first
		});
		await open('/contact');
		await fill(page, { name: 'Leo Pike', email: 'leo@example.com', message });
		await page.locator('main form button').scrollIntoViewIfNeeded();
		const { x, y } = await page.locator('main form button').boundingBox();
		const press = () => page.mouse.click(x + 20, y + 20);
		await press();
		await press();
		await until(() => sent > 0, () => 'the sending');
		await press();
		await new Promise(resolve => setTimeout(resolve, 300)); // room for a second sending
		letGo();
		await page.waitForURL('**/contact/received');
		assert.equal(sent, 1);
		assert.equal(await site.sql(`SELECT COUNT(*) FROM message WHERE body = '${message}'`), '1');
		await page.goBack();
		await page.waitForSelector('main form');
		assert.equal(await page.getAttribute('main form button', 'aria-disabled'), null, 'and back again it can be used');
	});

	test('a long text is told what room is left', async () => {
		await open('/contact');
		await page.locator('#f-message').focus();
		await page.locator('#f-message').pressSequentially('Hello');
		const room = Number(await page.getAttribute('#f-message', 'maxlength'));
		assert.ok((await page.locator('.counter').innerText()).replace(/\D/g, '').includes(String(room - 5)));
	});
});

describe('the keyboard alone', () => {
	const outlined = () => page.evaluate(() => {
		const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
		const box = document.activeElement.getBoundingClientRect();
		return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && box.width > 1 && box.top >= 0 && box.left >= 0;
	});

	test('the skip link is first, shows itself and leads past the header', async () => {
		await open('/listings');
		await page.keyboard.press('Tab');
		assert.equal((await focused()).href, '#main');
		await until(() => outlined(), () => 'the skip link shows');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		assert.ok(await page.evaluate(() => document.getElementById('main').contains(document.activeElement)));
	});

	for (const path of ['/', '/listings?category=boats', '/submit'])
		test(`every stop of ${path} is visible and in the order of the page`, async () => {
			await open(path);
			const expected = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
				.filter(element => element.tabIndex >= 0 && element.type !== 'hidden' && element.checkVisibility({ visibilityProperty: true }))
				.map(element => element.outerHTML.slice(0, 120)));
			assert.ok(expected.length > 10);
			for (const [i, stop] of expected.entries()) {
				await page.keyboard.press('Tab');
				assert.equal(await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120)), stop, `stop ${i + 1}`);
				assert.ok(await outlined(), `the focus shows on ${stop}`);
			}
		});

	test('a message is written and sent', async () => {
		await open('/contact');
		await page.locator('#f-name').focus();
		for (const text of ['Leo Pike', 'leo@example.com', `By keys alone ${process.pid} ${Date.now()}`]) {
			await page.keyboard.type(text);
			await page.keyboard.press('Tab');
		}
		await page.keyboard.press('Enter');
		await page.waitForURL('**/contact/received');
	});
});
