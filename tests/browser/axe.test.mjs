// axe finds nothing against WCAG 2.2 AA on any kind of page: both languages, light and dark, phone and desktop.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { tool } from '../support/npm.mjs';
import { sharedSite } from '../support/site.mjs';
import { desktop, languages, makeListings, openBrowser, pageTypes, phone, watchedPage } from './browser.mjs';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let site, browser, axe, own;

before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	axe = (await tool('axe-core')).default.source;
	own = await makeListings(site);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

// What a rule found, in words.
const told = violations => violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`).join('\n');

// axe goes into the page once, for all four looks: that is what takes the time.
const inject = page => page.evaluate(axe);
const violations = (page, only) => page.evaluate(async runOnly => (await window.axe.run(document, { runOnly, resultTypes: ['violations'] })).violations, only);

// The suite under the sanitizers has the program make all these pages; what axe thinks of them the one before it has seen.
const again = process.env.OUTPORT_TEST_AGAIN === '1';

async function look(page, { name, open }) {
	await open(page, site.url);
	if (again)
		return;
	await inject(page);
	let only = { type: 'tag', values: tags };
	for (const viewport of [desktop, phone])
		for (const colorScheme of ['light', 'dark']) {
			await page.setViewportSize(viewport);
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			assert.equal(told(await violations(page, only)), '', `${name}, ${colorScheme}, ${viewport.width} px`);
			// What does not depend on colours and sizes is looked at once.
			only = { type: 'rule', values: ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block'] };
		}
}

for (const lang of languages)
	test(`every kind of page: ${lang}`, async t => {
		const context = await browser.newContext();
		const page = await watchedPage(context, site.url);
		for (const type of pageTypes(lang, own))
			await t.test(type.name, () => look(page, type));
		await context.close();
	});

test('with the filters of a phone unfolded and chips to take away', async () => {
	const context = await browser.newContext({ viewport: phone });
	const page = await watchedPage(context, site.url);
	await page.goto(`${site.url}/listings?q=boat&category=boats&min_price=10`);
	await page.click('.filters summary');
	await inject(page);
	assert.equal(told(await violations(page, { type: 'tag', values: tags })), '');
	await context.close();
});
