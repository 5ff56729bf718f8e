// An account from the first visit to a new password, in Chromium, with JavaScript and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailbox } from '../support/mail.mjs';
import { sharedSite } from '../support/site.mjs';
import { desktop, fill, openBrowser, phone, watchedPage } from './browser.mjs';

let site, browser, mails;

before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	mails = mailbox(site);
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

const words = {
	en: { prefix: '', in: 'Account', out: 'Sign in', confirm: 'Confirm', reset: 'password' },
	fr: { prefix: '/fr', in: 'Compte', out: 'Connexion', confirm: 'Confirme', reset: 'mot de passe' },
};

for (const [lang, viewport, javaScriptEnabled] of [['en', desktop, true], ['en', phone, false], ['fr', phone, true], ['fr', desktop, false]])
	test(`register, confirm, sign out, sign in, a new password: ${lang}, ${viewport.width} px, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
		const context = await browser.newContext({ viewport, javaScriptEnabled });
		const page = await watchedPage(context, site.url);
		const { prefix, ...say } = words[lang];
		const email = `joiner.${process.pid}.${Date.now()}@mail.example`, password = 'a harbour full of dories', second = 'nine boats on the slip';
		const me = page.locator('header .me a');
		// A click waits for the next page to begin, not for all of it.
		const press = async () => {
			await page.click('main form[method=post] button[type=submit]');
			await page.waitForLoadState();
		};

		await page.goto(`${site.url}${prefix}/`);
		assert.equal(await me.innerText(), say.out);
		await me.click();
		await page.click(`a[href="${prefix}/register"]`);
		await fill(page, { name: 'Rita Noseworthy', email, password: 'password1234' });
		await press();
		assert.equal(await page.locator('#e-password').count(), 1);
		assert.equal(await page.inputValue('#f-email'), email);
		assert.equal(await page.inputValue('#f-password'), '');
		await page.fill('#f-password', password);
		await press();
		assert.equal(new URL(page.url()).pathname, `${prefix}/register/received`);

		const mail = await mails.wait({ to: email });
		await page.goto(site.url + mails.link(mail, '/verify/'));
		assert.equal(await page.locator('html').getAttribute('lang'), lang, 'the mail is in the language of the form');
		await page.fill('#f-password', password);
		await press();
		assert.equal(new URL(page.url()).pathname, `${prefix}/account`);
		assert.equal(await me.innerText(), say.in);
		assert.equal(await me.getAttribute('aria-current'), 'page');

		// static pages know who is signed in as well
		await page.goto(`${site.url}${prefix}/privacy`);
		assert.equal(await me.innerText(), say.in);
		await me.click();
		await page.click(`form[action="${prefix}/logout"] button`);
		assert.equal(new URL(page.url()).pathname, `${prefix}/`);
		assert.equal(await me.innerText(), say.out);
		await page.goto(`${site.url}${prefix}/account/profile`);
		assert.equal(new URL(page.url()).pathname, `${prefix}/login`);
		await fill(page, { email, password: 'the wrong words for it' });
		await press();
		assert.equal(await page.locator('#errors').count(), 1);
		await page.fill('#f-password', password);
		await press();
		assert.equal(new URL(page.url()).pathname, `${prefix}/account/profile`, 'on to the page that was asked for');

		// signed out elsewhere while a form is open: what was typed is kept, and sent again after signing in
		const [cookie] = await context.cookies();
		await page.fill('#f-name', 'Rita of the harbour');
		await context.clearCookies();
		await page.locator('main form[method=post] button').last().click();
		const link = page.locator('main a[target=_blank]');
		assert.equal(await link.getAttribute('href'), `${prefix}/login`);
		const [tab] = await Promise.all([context.waitForEvent('page'), link.click()]);
		await tab.waitForLoadState();
		await fill(tab, { email, password });
		await tab.click('main form[method=post] button[type=submit]');
		await tab.close();
		assert.notEqual((await context.cookies())[0].value, cookie.value);
		await page.locator('main form button').click();
		await page.waitForLoadState();
		assert.equal(await page.locator('#errors').count(), 0, await page.locator('main').innerText());
		await page.goto(`${site.url}${prefix}/account/profile`);
		assert.equal(await page.inputValue('#f-name'), 'Rita of the harbour');

		await context.clearCookies();
		await page.goto(`${site.url}${prefix}/login`);
		await page.click(`a[href="${prefix}/reset"]`);
		await page.fill('#f-email', email);
		await press();
		const reset = await mails.wait({ to: email, link: '/reset/' });
		await page.goto(site.url + mails.link(reset, '/reset/'));
		await page.fill('#f-password', second);
		await press();
		assert.equal(new URL(page.url()).pathname, `${prefix}/reset/done`);
		await page.locator('main .onwards a').click();
		await fill(page, { email, password: second });
		await press();
		assert.equal(new URL(page.url()).pathname, `${prefix}/account`);
		page.holdClean();
		await context.close();
	});
