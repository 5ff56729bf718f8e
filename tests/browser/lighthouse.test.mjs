// Lighthouse gives 100 for accessibility, best practices and findability. 127.0.0.1 counts as a secure origin, so nothing is left
// out for plain http. Performance is measured by lighthouse.mjs, on a quiet machine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sharedSite } from '../support/site.mjs';
import { audit, firstPages, startChromium } from './lighthouse.mjs';

let site, chromium;

before(async () => {
	site = await sharedSite();
	chromium = await startChromium();
});
after(async () => {
	await chromium?.stop();
	await site?.stop();
});

test('100 on the front page, the list and a listing', async t => {
	for (const page of await firstPages(site.url))
		await t.test(new URL(page).pathname, async () => {
			const { score, failed } = await audit(chromium.port, page, ['accessibility', 'best-practices', 'seo']);
			assert.deepEqual(score, { accessibility: 100, 'best-practices': 100, seo: 100 }, failed.join('\n'));
		});
});
