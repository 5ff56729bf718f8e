// A member's listing from draft to sold, and a visitor's behind the links of two mails: in Chromium, with JavaScript and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailbox } from '../support/mail.mjs';
import { browserSignIn, makeMember } from '../support/members.mjs';
import { sharedSite } from '../support/site.mjs';
import { desktop, fill, offer, openBrowser, phone, watchedPage } from './browser.mjs';

let site, browser;
before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

for (const [name, javaScriptEnabled, viewport] of [['with JavaScript', true, desktop], ['without JavaScript, on a phone', false, phone]]) {
	const start = async () => {
		const context = await browser.newContext({ viewport, javaScriptEnabled });
		const page = await watchedPage(context, site.url);
		return { context, page, open: path => page.goto(site.url + path), at: () => new URL(page.url()).pathname + new URL(page.url()).search };
	};

	test(`a draft becomes a listing, is changed, sold and offered again: ${name}`, async () => {
		const { context, page, open, at } = await start();
		const elsie = await makeMember(site.sql, { trust: 'never' });
		await browserSignIn(page, site.url, elsie);
		await open('/account/listings');
		await page.click('main a.primary');
		const { contact_name, contact_email, ...item } = offer(`Killick ${process.pid} ${Date.now()} ${javaScriptEnabled}`);
		await fill(page, { ...item, description: '' });
		assert.equal(await page.inputValue('#f-contact_name'), elsie.name);
		await page.click('button[name=_draft]');
		await page.waitForURL('**/photos?done=draft');
		assert.ok(await page.locator('.notice.good').isVisible());
		await page.click('.onwards a[href$="/account/listings"]');
		await page.click('.own a.button');
		await page.click('main form button.primary');
		await page.waitForSelector('#errors');
		assert.deepEqual(await page.locator('#errors a').evaluateAll(all => all.map(a => a.hash)), ['#f-description']);
		await fill(page, item);
		await page.click('main form button.primary');
		await page.waitForURL('**/account/listings?done=review');
		const id = Number(await site.sql(`SELECT id FROM listing WHERE title = '${item.title}'`));
		await page.click('.own h2 a');
		assert.ok(await page.locator('main .notice').isVisible(), 'the page says that it is not public');
		await site.ctl('listing', 'approve', String(id));
		await open(`/account/listings/${id}/edit`);
		await page.fill('#f-price', '12.50');
		await page.click('main form button.primary');
		await page.waitForURL('**/account/listings?done=edit');
		for (const act of ['sold', 'again', 'renew', 'withdraw']) {
			await page.click(`button[formaction="/account/listings/${id}/${act}"]`);
			await page.waitForURL(`**/account/listings?done=${act}`);
			assert.equal(at(), `/account/listings?done=${act}`);
		}
		page.holdClean();
		await context.close();
	});

	test(`a visitor confirms and manages a listing by links in mails: ${name}`, async () => {
		const { context, page, open } = await start();
		const mails = mailbox(site), item = { ...offer(`Grapnel ${process.pid} ${Date.now()} ${javaScriptEnabled}`), contact_email: `visitor.${process.pid}.${Date.now()}@example.com` };
		await open('/submit');
		await fill(page, item);
		await page.click('main form button');
		await page.waitForURL('**/submit/received');
		await open(mails.link(await mails.wait({ to: item.contact_email }), '/confirm/'));
		assert.ok((await page.locator('main').innerText()).includes(item.title));
		await page.click('main form button');
		await page.waitForURL('**/submit/confirmed');
		const manage = mails.link(await mails.wait({ to: item.contact_email, link: '/manage/' }), '/manage/');
		await open(manage);
		await page.click('.actions a.button');
		await page.fill('#f-price', '7');
		await page.click('main form button.primary');
		await page.waitForURL(`**${manage}?done=edit`);
		assert.match(await page.locator('main').innerText(), /\$7/);
		await page.click('button[formaction$="/withdraw"]');
		await page.waitForURL(`**${manage}?done=withdraw`);
		page.holdClean();
		await context.close();
	});
}
