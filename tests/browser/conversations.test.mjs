// A buyer and a seller write to each other: by the links of their mails and by an account, in Chromium, with JavaScript and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailbox } from '../support/mail.mjs';
import { browserSignIn, makeMember } from '../support/members.mjs';
import { sharedSite } from '../support/site.mjs';
import { desktop, fill, openBrowser, phone, watchedPage } from './browser.mjs';

let site, browser, mail, serial = 0;

before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	mail = mailbox(site);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

async function listing(email) {
	const title = `Cedar dory, 16 feet (${process.pid}.${++serial})`;
	const { stdout } = await site.ctl('listing', 'add', '--title', title, '--description', 'Sixteen feet, oars included, painted last spring.',
		'--category', 'fishing-boats', '--price', '1250.50', '--location', 'twillingate', '--contact-name', 'Leo Pike', '--contact-email', email, '--publish');
	return { title, id: Number(/\d+/.exec(stdout)[0]) };
}

// Somebody with a browser of their own.
async function person(javaScriptEnabled, viewport = desktop) {
	const context = await browser.newContext({ viewport, javaScriptEnabled });
	const page = await watchedPage(context, site.url);
	return { page, open: (path) => page.goto(site.url + path), leave: async () => { page.holdClean(); await context.close(); } };
}

const said = page => page.locator('.thread li').allInnerTexts();
const answer = async (page, text) => {
	await page.fill('#f-message', text);
	await page.click('form.form button');
	await page.waitForSelector('.notice.good');
	await page.waitForLoadState();
};

for (const javaScript of [true, false]) {
	const how = javaScript ? 'with JavaScript' : 'without JavaScript';

	test(`a visitor and a seller without accounts, ${how}`, async () => {
		const buyer = `buyer.${process.pid}.${serial}@example.com`, seller = `seller.${process.pid}.${serial}@example.com`;
		const { id, title } = await listing(seller);
		const visitor = await person(javaScript), owner = await person(javaScript, phone);
		await visitor.open(`/listings/${id}`);
		await visitor.page.click('text=Write to the seller');
		await fill(visitor.page, { name: 'Ann Blake', email: buyer, message: 'Is it still there?' });
		await visitor.page.click('main form[method=post] button');
		await visitor.page.waitForURL('**/received');

		const first = await mail.wait({ to: seller, subject: title });
		assert.ok(!first.raw.includes(buyer));
		await owner.open(mail.link(first, '/conversations/t/'));
		assert.match((await said(owner.page))[0], /Ann Blake[^]*Is it still there\?/);
		await owner.page.fill('#f-message', 'Yes');
		await owner.page.click('form.form button');
		await owner.page.waitForSelector('#errors');
		assert.equal(await owner.page.inputValue('#f-message'), 'Yes', 'what was typed is kept');
		await answer(owner.page, 'It is. Come on Monday.');
		assert.equal((await said(owner.page)).length, 2);
		assert.equal(await owner.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing sticks out on a phone');

		const second = await mail.wait({ to: buyer, subject: title });
		assert.ok(!second.raw.includes(seller));
		await visitor.open(mail.link(second, '/conversations/t/'));
		await answer(visitor.page, 'On Monday, then.');
		assert.deepEqual((await said(visitor.page)).map(text => text.split('\n')[0].split(' ')[0]), ['You', 'Leo', 'You']);

		await visitor.page.click('text=Report this conversation');
		await visitor.page.check('input[value=other]');
		await visitor.page.click('main form[method=post] button');
		await visitor.page.waitForSelector('.notice.good');
		await site.ctl('listing', 'remove', String(id));
		await visitor.open(mail.link(second, '/conversations/t/'));
		assert.equal(await visitor.page.locator('textarea').count(), 0, 'it has ended with the listing');
		assert.equal((await said(visitor.page)).length, 3);
		await visitor.leave();
		await owner.leave();
	});

	test(`members, by their inboxes, ${how}`, async () => {
		const seller = await makeMember(site.sql, { name: 'Leo Pike' }), buyer = await makeMember(site.sql, { name: 'Ann Blake' });
		const { id, title } = await listing(seller.email);
		await site.sql(`UPDATE listing SET member_id = ${seller.id} WHERE id = ${id}`);
		const ann = await person(javaScript), leo = await person(javaScript);
		await browserSignIn(ann.page, site.url, buyer);
		await browserSignIn(leo.page, site.url, seller);
		await ann.open(`/listings/${id}/contact`);
		assert.equal(await ann.page.locator('#f-name, #f-email').count(), 0);
		await ann.page.fill('#f-message', 'Is the trailer included?');
		await ann.page.click('main form.form button');
		await ann.page.waitForURL('**/account/messages/*');
		await ann.page.waitForSelector('.thread');

		await leo.open('/account/messages');
		assert.equal(await leo.page.locator('.inbox .new').count(), 1);
		await leo.page.click(`text=${title}`);
		await leo.page.waitForSelector('.thread');
		await leo.page.click('text=Mark as read');
		await leo.page.waitForSelector('.thread');
		assert.equal(await leo.page.locator('text=Mark as read').count(), 0);
		await answer(leo.page, 'It is, and the oars.');
		await leo.page.click('text=All your messages');
		await leo.page.waitForSelector('.inbox');
		assert.equal(await leo.page.locator('.inbox .new').count(), 0);
		await ann.open('/account/messages');
		assert.equal(await ann.page.locator('.inbox .new').count(), 1);
		await ann.leave();
		await leo.leave();
	});
}
