// The moderators' queue by keyboard alone: with the keys of the page, and by Tab and Enter without JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browserSignIn, makeMember } from '../support/members.mjs';
import { until } from '../support/nginx.mjs';
import { sharedSite } from '../support/site.mjs';
import { desktop, openBrowser, phone, watchedPage } from './browser.mjs';

let site, browser, moderator;
before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	moderator = await makeMember(site.sql, { role: 'moderator', name: 'Dulcie Moderatrix' });
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

const state = async id => (await site.sql(`SELECT state FROM listing WHERE id = ${id}`)).trim();
// Waits the longest of all, so that it is on the queue's first page whatever else there is.
async function pending(title) {
	const { stdout } = await site.ctl('listing', 'add', '--title', title, '--description', `A page of its own to look at, ${title}, ${process.pid}.${Date.now()}`,
		'--category', 'fishing-boats', '--price', '1250.50', '--location', 'twillingate', '--contact-name', 'Leo Pike', '--contact-email', `leo.${Date.now()}@example.com`);
	const id = Number(/\d+/.exec(stdout)[0]);
	await site.sql(`UPDATE listing SET submitted_at = '2001-01-01 00:00:00' + INTERVAL ${id} SECOND WHERE id = ${id}`);
	return id;
}
async function signedIn(options) {
	const context = await browser.newContext({ viewport: desktop, ...options });
	const page = await watchedPage(context, site.url);
	await browserSignIn(page, site.url, moderator);
	return { context, page };
}
const focusedCase = page => page.evaluate(() => document.activeElement.closest('[data-case]')?.getAttribute('aria-labelledby'));
const walkTo = async (page, id) => {
	for (let i = 0; i < 12 && await focusedCase(page) !== `l-${id}`; i++)
		await page.keyboard.press('j');
	assert.equal(await focusedCase(page), `l-${id}`);
};

test('j, k, a, r, h and ? are all it takes', async () => {
	const [good, bad, odd] = [await pending('Cedar dory of the keys'), await pending('Nothing of the keys'), await pending('Odd punt of the keys')];
	const { context, page } = await signedIn();
	await page.goto(`${site.url}/moderation`);
	await page.keyboard.press('?');
	assert.ok(await page.locator('[data-keys] dl').isVisible(), 'the keys are listed on the page');
	await page.keyboard.press('?');
	assert.ok(!await page.locator('[data-keys] dl').isVisible());

	await walkTo(page, good);
	assert.match(await page.locator('[role=status].unseen').textContent(), /Cedar dory of the keys/, 'said to those who listen');
	await page.keyboard.press('j');
	await page.keyboard.press('k');
	assert.equal(await focusedCase(page), `l-${good}`);
	await page.keyboard.press('a');
	await page.waitForSelector('.notice.good');
	assert.match(await page.locator('.notice.good').innerText(), new RegExp(`Listing ${good}: Published`));
	assert.equal(await state(good), '1');

	await walkTo(page, bad);
	await page.keyboard.press('r');
	assert.equal(await page.evaluate(() => document.activeElement.id), `f-reason-${bad}`, 'first the reason');
	assert.equal(await state(bad), '0');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Tab');
	await page.keyboard.type('a hard j and k');
	assert.equal(await page.inputValue(`#f-words-${bad}`), 'a hard j and k', 'keys are letters while typing');
	assert.equal(await state(bad), '0');
	for (let i = 0; i < 8 && await page.evaluate(() => document.activeElement.value) !== 'reject'; i++)
		await page.keyboard.press('Tab');
	await page.keyboard.press('r');
	await page.waitForURL('**done=reject**');
	assert.equal(await state(bad), '2');

	await walkTo(page, odd);
	await page.keyboard.press('h');
	await page.waitForURL('**done=hold**');
	assert.equal(await state(odd), '5');

	await page.click('[data-keys] summary');
	await page.uncheck('[data-keys-on]');
	await page.keyboard.press('j');
	assert.equal(await focusedCase(page), undefined, 'turned off');
	await page.reload();
	assert.equal(await page.evaluate(() => document.querySelector('[data-keys-on]').checked), false, 'and it stays so');
	await site.sql(`UPDATE listing SET state = 3 WHERE id = ${odd}`);
	page.holdClean();
	await context.close();
});

test('without JavaScript: Tab and Enter, on a phone', async () => {
	const id = await pending('Plain dory without keys');
	const { context, page } = await signedIn({ javaScriptEnabled: false, viewport: phone });
	await page.goto(`${site.url}/moderation/listings/${id}`);
	assert.ok(!await page.locator('[data-keys]').isVisible());
	const press = async value => {
		await page.locator(`button[value=${value}]`).focus();
		await page.keyboard.press('Enter');
	};
	await press('reject');
	await page.waitForSelector('#errors');
	await page.locator('#errors a').focus();
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	await page.selectOption('#f-reason', 'unclear');
	await press('reject');
	await page.waitForURL('**done=reject**');
	await until(async () => await state(id) === '2', () => 'the decision');
	await context.close();
});

test('a moderator who comes second reads who was first', async () => {
	const id = await pending('Dory of two moderators');
	const { context, page } = await signedIn();
	await page.goto(`${site.url}/moderation/listings/${id}`);
	await site.ctl('listing', 'approve', String(id));
	await page.click('button[value=hold]');
	await page.waitForSelector('h1');
	assert.match(await page.locator('h1').innerText(), /Somebody else was first|Quelqu/);
	assert.equal(await state(id), '1');
	await context.close();
});
