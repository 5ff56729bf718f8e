// What must hold on every kind of page: nothing in the console, no policy broken, nobody else asked, small, still, and easy to press.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sharedSite } from '../support/site.mjs';
import { desktop, languages, makeListings, openBrowser, pageTypes, phone, watchedPage } from './browser.mjs';

const budget = 60 * 1024;
// A hundredth of what counts as good (0.1, web.dev/cls). What a page moves by itself it moves each time it is opened; where the parser of
// a busy machine happened to pause, a word may settle once. So a page that moved is opened again, twice at most.
const settling = 0.001, openings = 3;
let site, browser, own;

before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	own = await makeListings(site);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

// Bytes over the wire, heads and bodies, without the cover and the photos: the budget is about what is not a picture.
async function countBytes(page) {
	const session = await page.context().newCDPSession(page);
	const pictures = new Set();
	let bytes = 0;
	await session.send('Network.enable');
	await session.send('Network.setCacheDisabled', { cacheDisabled: true });
	session.on('Network.responseReceived', ({ requestId, response }) => {
		if (['image/jpeg', 'image/webp'].includes(response.mimeType))
			pictures.add(requestId);
	});
	session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		if (!pictures.has(requestId))
			bytes += encodedDataLength;
	});
	return { total: () => bytes, reset: () => { bytes = 0; } };
}

// Every layout shift is noted, from the first frame on.
const noteShifts = context => context.addInitScript(() => {
	window.shifts = [];
	new PerformanceObserver(list => {
		for (const entry of list.getEntries())
			window.shifts.push({ value: entry.value, of: entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 100)) });
	}).observe({ type: 'layout-shift', buffered: true });
});

// What can be pressed and is smaller than a fingertip. Links within a sentence may be (WCAG 2.2, 2.5.8), and what is not shown.
const smallTargets = page => page.evaluate(() => {
	const inSentence = element => {
		const block = element.closest('p, li, dd');
		return block !== null && element.matches('a') && block.textContent.trim().length > element.textContent.trim().length + 3 && getComputedStyle(element).display === 'inline';
	};
	const own = element => (element.matches('input[type=radio], input[type=checkbox]') ? element.closest('label') : element);
	return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
		.filter(element => element.tabIndex >= 0 && element.type !== 'hidden' && element.checkVisibility() && !element.matches('.skip') && !inSentence(element))
		.filter(element => {
			const box = own(element).getBoundingClientRect();
			const over = getComputedStyle(element, '::after'); // a card's link covers its card
			const covers = over.position === 'absolute' && over.content !== 'none';
			return !covers && (box.height < 44 || box.width < 24);
		})
		.map(element => `${element.outerHTML.slice(0, 120)} ${Math.round(element.getBoundingClientRect().height)} px high`);
});

async function openAndMeasure(page, bytes, name, open) {
	bytes.reset();
	await open(page, site.url);
	await page.waitForLoadState('networkidle');
	page.holdClean();
	if (!name.endsWith('errors')) // those come from a page that was loaded before
		assert.ok(bytes.total() > 2000 && bytes.total() <= budget, `${bytes.total()} bytes`);
	const { wide, shifts } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - window.innerWidth, shifts: window.shifts }));
	assert.ok(wide <= 0, `${wide} px too wide`);
	return shifts;
}

async function holdPage(page, bytes, name, open) {
	const moved = shifts => shifts.reduce((sum, { value }) => sum + value, 0) > settling;
	for (const viewport of [desktop, phone]) {
		await page.setViewportSize(viewport);
		let shifts;
		for (let i = 0; i < openings && (i === 0 || moved(shifts)); i++)
			shifts = await openAndMeasure(page, bytes, name, open);
		assert.ok(!moved(shifts), `something moved at ${viewport.width}: ${JSON.stringify(shifts)}`);
	}
	assert.deepEqual(await smallTargets(page), [], 'too small for a finger');
	assert.equal(await page.locator('h1').count(), 1);
	for (const landmark of ['header.site', 'main', 'footer.site', 'header.site nav'])
		assert.equal(await page.locator(landmark).count(), 1, landmark);
	assert.equal(await page.locator('style, [style], script:not([src]):not([type="application/ld+json"]), [onclick], [onload]').count(), 0, 'nothing inline');
}

// A page is quiet half a second before it is looked at: several wait at once.
const shares = 2;
test('every kind of page', { concurrency: languages.length * shares }, t => Promise.all(languages.flatMap(lang =>
	Array.from({ length: shares }, (_, share) => t.test(`${lang}, part ${share + 1} of ${shares}`, async part => {
		const context = await browser.newContext({ viewport: desktop });
		await noteShifts(context);
		const page = await watchedPage(context, site.url);
		const bytes = await countBytes(page);
		for (const { name, open } of pageTypes(lang, own).filter((_type, i) => i % shares === share))
			await part.test(name, () => holdPage(page, bytes, name, open));
		await context.close();
	})))));

test('the policy is at work: what is inline does not run and does not style', async () => {
	const context = await browser.newContext({ viewport: desktop });
	const page = await watchedPage(context, site.url);
	await page.goto(`${site.url}/listings`);
	await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = 'window.inlineRan = true';
		document.body.append(script);
	});
	assert.equal(await page.evaluate(() => window.inlineRan), undefined);
	assert.ok(page.problems().some(problem => /Content Security Policy/.test(problem)), 'and the console says so, or the tests above see nothing');
	await context.close();
});

test('a list that changes in place moves nothing but its own', async () => {
	const context = await browser.newContext({ viewport: desktop });
	await noteShifts(context);
	const page = await watchedPage(context, site.url);
	await page.goto(`${site.url}/listings`);
	const header = await page.locator('h1').boundingBox(), form = await page.locator('.filter-form').boundingBox();
	await page.selectOption('#f-category', 'boats');
	await page.waitForURL('**/listings?category=boats');
	assert.deepEqual(await page.locator('.filter-form').boundingBox(), form);
	assert.equal((await page.locator('h1').boundingBox()).y, header.y);
	page.holdClean();
	await context.close();
});
