// From joining to a decision, as those do it who are there: a seller who speaks French, a visitor, people who report, a moderator. In Chromium, with
// JavaScript and without, on a desk and on a phone; every link comes out of a mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailbox } from '../support/mail.mjs';
import { browserSignIn, makeMember, password } from '../support/members.mjs';
import { startSite } from '../support/site.mjs';
import { until } from '../support/nginx.mjs';
import { desktop, fill, openBrowser, phone, watchedPage } from './browser.mjs';

let site, browser, mails;
before(async () => {
	site = await startSite({ listings: 100 });
	browser = await openBrowser();
	mails = mailbox(site);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

for (const [viewport, javaScriptEnabled] of [[desktop, true], [phone, false], [phone, true]])
	test(`from joining to a moderator's decision: ${viewport.width} px, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
		const stamp = `${process.pid}.${Date.now()}`, sellerEmail = `marguerite.${stamp}@seller.example`, buyerEmail = `gerald.${stamp}@buyer.example`;
		const title = `Canot de cèdre ${stamp}`, contexts = [];
		const secrets = { seller: buyerEmail, buyer: sellerEmail };
		// Somebody with a browser of their own. sees: whose address must be on none of the pages they are shown.
		const person = async (sees, member) => {
			const context = await browser.newContext({ viewport, javaScriptEnabled }), page = await watchedPage(context, site.url);
			contexts.push(context);
			if (member)
				await browserSignIn(page, site.url, member);
			const whole = async () => {
				const html = await page.content();
				// A moderator's queue says whose a listing is.
				const hidden = new URL(page.url()).pathname === '/moderation' ? [] : secrets[sees] ? [secrets[sees]] : [sellerEmail, buyerEmail];
				for (const address of hidden)
					assert.ok(!html.includes(address), `${address} on ${page.url()}`);
				assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing sticks out on ${page.url()}`);
				page.holdClean();
			};
			return {
				page, whole,
				open: async address => {
					await page.goto(address.startsWith('http') ? address : site.url + address);
					await whole();
				},
				// Presses a button and looks at what comes.
				press: async (selector, where) => {
					await page.locator(selector).first().click();
					await page.waitForURL(where);
					await whole();
				},
			};
		};
		const submit = 'main form[method=post] button[type=submit]';

		// the seller joins, in French
		const seller = await person('seller');
		await seller.open('/fr/register');
		await fill(seller.page, { name: 'Marguerite Thériault', email: sellerEmail, password });
		await seller.press(submit, '**/fr/register/received');
		const verify = await mails.wait({ to: sellerEmail });
		assert.match(verify.subject, /^Confirmez votre adresse/);
		await seller.open(mails.link(verify, '/verify/'));
		await seller.page.fill('#f-password', password);
		await seller.press(submit, '**/fr/account');

		// and offers something: a first listing waits
		await seller.open('/fr/account/listings');
		await seller.press('main a[href$="/account/listings/new"]', '**/fr/account/listings/new');
		await fill(seller.page, { title, description: 'Quatre mètres, deux pagaies, remis à neuf ce printemps.', category: 'fishing-boats', price: '1 250,50', location: 'twillingate', stock: '1' });
		await seller.press('main form[method=post] button.primary', '**/fr/listings/*/photos?done=review');
		const id = Number(await site.sql(`SELECT id FROM listing WHERE title = '${title}'`));
		const state = () => site.sql(`SELECT state FROM listing WHERE id = ${id}`);
		assert.equal(await state(), '0');
		const visitor = await person('buyer');
		await visitor.open(`/listings/${id}`);
		assert.equal(await visitor.page.locator('h1').innerText().then(text => text.includes(title)), false, 'not in sight yet');

		// a moderator finds it in the queue
		const moderator = await makeMember(site.sql, { role: 'moderator', name: 'Dulcie Moderatrix' }), desk = await person('moderator', moderator);
		const decide = value => desk.press(`form[action="/moderation/listings/${id}"] button[value=${value}]`, '**/moderation?done=*');
		await desk.open('/moderation');
		assert.ok((await desk.page.locator('main').innerText()).includes(title));
		await decide('approve');
		assert.equal(await state(), '1');
		const online = await mails.wait({ to: sellerEmail, subject: title });
		assert.match(online.subject, /^Votre annonce est en ligne/);

		// a visitor writes, the seller answers by the link in the mail, the visitor reads it
		await visitor.open(mails.link(online, '/listings/').replace('/fr/', '/'));
		assert.ok((await visitor.page.locator('h1').innerText()).includes(title));
		await visitor.press(`a[href$="/listings/${id}/contact"]`, '**/contact');
		await fill(visitor.page, { name: 'Gerald Pike', email: buyerEmail, message: 'Is it still there? I have a trailer.' });
		await visitor.press(submit, '**/contact/received');
		const asked = await mails.wait({ to: sellerEmail, subject: /Gerald Pike/ });
		assert.match(asked.subject, /vous a écrit à propos de/);
		await seller.open(mails.link(asked, '/conversations/t/'));
		assert.equal(await seller.page.locator('html').getAttribute('lang'), 'fr');
		await seller.page.fill('#f-message', 'Oui, il est encore là. Venez lundi.');
		await seller.press('form.form button[type=submit]', '**sent=1**');
		const answered = await mails.wait({ to: buyerEmail });
		await visitor.open(mails.link(answered, '/conversations/t/'));
		assert.equal(await visitor.page.locator('html').getAttribute('lang'), 'en');
		assert.ok((await visitor.page.locator('.thread').innerText()).includes('Venez lundi.'));
		await visitor.page.fill('#f-message', 'On Monday, then.');
		await visitor.press('form.form button[type=submit]', '**sent=1**');
		await mails.wait({ to: sellerEmail, subject: /Gerald Pike/, count: 2 });
		await seller.open('/fr/account/messages');
		assert.ok((await seller.page.locator('main').innerText()).includes('Gerald Pike'));

		// several persons report it, and it is out of sight until somebody has looked
		const report = async who => {
			await who.open(`/listings/${id}`);
			await who.press(`a[href$="/listings/${id}/report"]`, '**/report');
			if (await who.page.locator('select#f-reason').count() > 0)
				await who.page.selectOption('#f-reason', 'wrong');
			else
				await who.page.check('input[name=reason][value=wrong]');
			await who.press(submit, '**/report/received');
		};
		await report(visitor);
		for (let i = 0; i < 2; i++) {
			assert.equal(await state(), '1', `after ${i + 1}`);
			await report(await person('nobody', await makeMember(site.sql)));
		}
		assert.equal(await state(), '5');
		const held = await mails.wait({ to: sellerEmail, subject: /examen/ });
		assert.ok(held.subject.includes(title));
		await until(async () => (await fetch(`${site.url}/listings/${id}`)).status === 404, () => 'out of sight');

		// the moderator sees the reports; on a desk they come to nothing, on a phone they are right
		await desk.open('/moderation');
		assert.ok((await desk.page.locator('main').innerText()).includes(title));
		if (viewport === desktop) {
			await decide('approve');
			assert.equal(await state(), '1');
			await until(async () => (await fetch(`${site.url}/listings/${id}`)).status === 200, () => 'in sight again');
		} else {
			const form = desk.page.locator(`form[action="/moderation/listings/${id}"]`);
			await form.locator('select[name=reason]').selectOption('spam');
			await decide('remove');
			assert.equal(await state(), '3');
			assert.ok((await mails.wait({ to: sellerEmail, subject: /retirée/ })).subject.includes(title));
			await visitor.open(mails.link(answered, '/conversations/t/'));
			assert.equal(await visitor.page.locator('#f-message').count(), 0, 'the conversation ended with the listing');
		}
		assert.equal(await site.sql(`SELECT COUNT(*) FROM flag WHERE listing_id = ${id} AND state = 0`), '0', 'every report is decided');
		await desk.open('/moderation-log');

		// nobody learnt an address they did not know
		for (const mail of mails.to(sellerEmail))
			assert.ok(!mail.raw.includes(buyerEmail) && !mail.text.includes(buyerEmail) && !mail.html.includes(buyerEmail), mail.subject);
		for (const mail of mails.to(buyerEmail))
			assert.ok(!mail.raw.includes(sellerEmail) && !mail.text.includes(sellerEmail) && !mail.html.includes(sellerEmail), mail.subject);
		assert.ok(mails.to(sellerEmail).every(mail => /courriel/.test(mail.text)), 'every mail to her is in French');
		for (const context of contexts)
			await context.close();
	});
