// Chromium for the browser tests: the site's page types, a page that is watched for what must never happen, and small helpers.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { request } from '../support/http.mjs';
import { needTool, tool } from '../support/npm.mjs';
import { makeLinks } from '../support/accounts.mjs';
import { browserSignIn, makeMember, password as memberPassword } from '../support/members.mjs';
import { topSrc } from '../support/nginx.mjs';
import { addPhotos, setPicture, storePhoto } from '../support/photos.mjs';

export const chromiumPath = process.env.CHROME_PATH ?? '/usr/bin/chromium';
export const phone = { width: 360, height: 740 };
export const desktop = { width: 1280, height: 850 };
export const languages = ['en', 'fr'];
export const prefix = { en: '', fr: '/fr' };

needTool('playwright-core');

// As root (in a container) Chromium's own sandbox cannot be had; the pages are ours.
export async function openBrowser(args = []) {
	const { default: playwright } = await tool('playwright-core');
	return playwright.chromium.launch({ executablePath: chromiumPath, args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), ...args] });
}

// A page whose console, requests and errors are noted; problems() gives those so far and forgets them.
export async function watchedPage(context, url) {
	const page = await context.newPage();
	page.setDefaultTimeout(60000);
	const { origin } = new URL(url);
	let problems = [];
	page.on('console', message => {
		// Chromium says so of every page that is not a 200; the status is what the test asked for.
		const expected = /^Failed to load resource: the server responded with a status of [45]/.test(message.text());
		if (['error', 'warning'].includes(message.type()) && !expected)
			problems.push(`console: ${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', error => problems.push(`error: ${error.stack}`));
	page.on('request', request => {
		if (new URL(request.url()).origin !== origin && !request.url().startsWith('data:'))
			problems.push(`a request to another origin: ${request.url()}`);
	});
	page.on('response', response => {
		if (response.status() >= 400 && !['document', 'fetch', 'xhr'].includes(response.request().resourceType()))
			problems.push(`${response.status()} for ${response.url()}`);
	});
	page.problems = () => problems.splice(0);
	page.holdClean = () => assert.deepEqual(page.problems(), [], `on ${page.url()}`);
	return page;
}

async function addListing(site, title) {
	const { stdout } = await site.ctl('listing', 'add', '--title', title, '--description', 'A page of its own to look at, long enough to be taken as a description.\n\nAnd a second paragraph.',
		'--category', 'fishing-boats', '--price', '1250.50', '--location', 'twillingate', '--contact-name', 'Leo Pike',
		'--contact-email', `leo.${process.pid}@example.com`, '--publish');
	return Number(/\d+/.exec(stdout)[0]);
}

// Listings of our own, so that tests that share a site leave each other's alone: one that is there, one that is gone; and who looks at
// pages that are not everybody's.
export async function makeListings(site) {
	const there = await addListing(site, `Cedar dory, 16 feet, with oars (${process.pid}.${Date.now() % 10000})`);
	const gone = await addListing(site, `Gone to a good home (${process.pid}.${Date.now() % 10000})`);
	const people = {};
	for (const role of ['member', 'moderator', 'admin'])
		people[role] = await makeMember(site.sql, { role, name: 'Elsie Wareham' });
	const talk = { open: await talkAbout(site, there, people.member), ended: await talkAbout(site, gone, people.member) };
	await site.ctl('listing', 'remove', String(gone));
	await makeOwnListings(site, there, people.member.id);
	const search = await keepThings(site, people.member, [there, gone]);
	const pictured = await makePhotos(site, there, people.member.id);
	return { there, gone, pictured, people, talk, search, links: await makeLinks(site.sql), visitors: await makeVisitorLinks(site, there) };
}

// What a member keeps: listings, one of them gone, and a search that has told of one. And numbers for the reports.
async function keepThings(site, member, listings) {
	return Number(await site.sql(`INSERT INTO favourite (member_id, listing_id, created_at) VALUES ${listings.map(id => `(${member.id}, ${id}, UTC_TIMESTAMP())`)};
		INSERT INTO saved_search (member_id, name, query, frequency, seen_at, due_at, created_at)
			VALUES (${member.id}, 'Dories under $2,000', 'q=dory&max_price=2000', 2, UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY, UTC_TIMESTAMP());
		SET @id = LAST_INSERT_ID(); INSERT INTO saved_search_sent VALUES ${listings.map(id => `(@id, ${id}, UTC_TIMESTAMP())`)};
		INSERT IGNORE INTO report_value (period, series, starts, value) SELECT p.seq, s.seq, DATE(UTC_TIMESTAMP()) - INTERVAL d.seq DAY, 400 + (d.seq * 7919 + s.seq) % 5000
			FROM seq_0_to_0 p, seq_0_to_10 s, seq_1_to_29 d;
		INSERT IGNORE INTO search_miss VALUES (DATE(UTC_TIMESTAMP()), 'punt with a sail', 3); SELECT @id`));
}

// A copy of a listing in a state, of a member or of a visitor; its id.
const copyListing = async (site, of, state, member) => Number(await site.sql(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary,
	description, price_minor, currency, contact_name, contact_email, content_hash, created_at, updated_at, published_at, expires_at, search_text, reject_reason, member_id)
	SELECT ${state}, category_id, category_top_id, place_id, region_id, CONCAT(title, ' (${state})'), slug, summary, description, price_minor, currency, contact_name, contact_email,
	content_hash, created_at, updated_at, published_at, UTC_TIMESTAMP() + INTERVAL 90 DAY, search_text, IF(${state} = 2, 'A picture is missing', ''), ${member}
	FROM listing WHERE id = ${of}; SELECT LAST_INSERT_ID()`));

// One in each state but that of a published one, which everybody would find.
async function makeOwnListings(site, of, member) {
	for (const state of [0, 2, 3, 4, 5, 6, 7, 8])
		await copyListing(site, of, state, member);
}

// Photos of a listing that everybody sees and of one that waits for a moderator, both the member's, and the member's picture.
async function makePhotos(site, of, member) {
	const objects = await Promise.all([[640, 480, 10], [480, 640, 200]].map(([width, height, hue]) => storePhoto(site, { width, height, hue })));
	const shown = await addListing(site, `Red dory with photos (${process.pid}.${Date.now() % 10000})`), waits = await copyListing(site, of, 0, member);
	await site.sql(`UPDATE listing SET member_id = ${member} WHERE id = ${shown}; UPDATE listing SET submitted_at = UTC_TIMESTAMP() - INTERVAL 300 DAY WHERE id = ${waits}`);
	await addPhotos(site, shown, objects, ['A red dory on the beach']);
	await addPhotos(site, waits, objects);
	await setPicture(site, member, objects[0]);
	return shown;
}

// What the links in a visitor's mails lead to.
async function makeVisitorLinks(site, of) {
	const links = {};
	for (const [name, kind, state] of [['confirm', 4, 9], ['manage', 5, 0]]) {
		const id = await copyListing(site, of, state, 'NULL'), token = crypto.randomBytes(32).toString('base64url');
		await site.sql(`INSERT INTO token (token_hash, kind, subject_id, created_at, expires_at) VALUES
			(UNHEX('${crypto.createHash('sha256').update(token).digest('hex')}'), ${kind}, ${id}, UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 9 DAY)`);
		links[name] = `/${name}/${token}`;
	}
	return links;
}

// Opens the first page that a link on another leads to.
const follow = (address, selector) => async (page, url) => {
	await page.goto(url + address);
	await page.goto(url + await page.locator(selector).first().getAttribute('href'));
};

// A member's conversation with a listing's seller, answered: { id, link }. link: the page that the seller's mail leads to.
async function talkAbout(site, listing, member) {
	const { body } = await request(`${site.url}/api/v1/contact`, { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: member.bearer },
		body: JSON.stringify({ listing_id: listing, message: 'Is it still there?\n\nI could come with a trailer on Monday.' }) });
	const id = JSON.parse(body).conversation_id, token = crypto.randomBytes(32).toString('base64url');
	await site.sql(`INSERT INTO token (token_hash, kind, subject_id, created_at, expires_at)
		VALUES (UNHEX(SHA2('${token}', 256)), 8, ${id}, UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY);
		INSERT INTO conversation_message (conversation_id, from_seller, body, content_hash, created_at) VALUES (${id}, 1, 'It is. Come on Monday, then.', '', UTC_TIMESTAMP());
		UPDATE conversation SET last_seller_id = LAST_INSERT_ID() WHERE id = ${id}`);
	return { id, link: `/conversations/t/${token}` };
}

// A form's static page, sent as it is.
const sendEmpty = address => async (page, url) => {
	await page.goto(url + address);
	await page.locator('main form[method=post] button').first().click();
	await page.waitForSelector('#errors');
};

// The page after its one button.
const leaveAddress = address => async (page, url) => {
	await page.goto(url + address);
	await page.click('main form button');
	await page.waitForSelector('.notice.good');
};

// A form whose button the script has taken away, sent as without it.
const sendBare = (address, form) => async (page, url) => {
	await page.goto(url + address);
	await page.locator(form).evaluate(element => element.submit());
	await page.waitForSelector('#errors');
};

// A form that is filled in already, sent without one of its values.
const sendCleared = (address, field) => async (page, url) => {
	await page.goto(url + address);
	await page.fill(`#f-${field}`, '');
	await page.locator('main form[method=post] button').click();
	await page.waitForSelector('#errors');
};

// The second factor's picture, which a button makes, with the password; and a code that is not the app's.
const sendWrongCode = address => async (page, url) => {
	await page.goto(`${url}${address}`);
	if (await page.locator('.qr').count() === 0) {
		await page.goto(`${url}${address}/start`);
		await page.fill('#f-password', memberPassword);
		await page.locator('main form[method=post] button').click();
		await page.waitForSelector('.qr');
	}
	await page.fill('#f-code', '000000');
	await page.locator('main form[method=post] button').click();
	await page.waitForSelector('#errors');
};

// A moderator who gives no reason.
const sendRejection = address => async (page, url) => {
	await page.goto(url + address);
	await page.locator('main button[value=reject]').click();
	await page.waitForSelector('#errors');
};

// What nginx shows when the pool is away; the file with the headers nginx sends with it.
const staticError = (lang, status) => async (page, url) => {
	const address = `${url}${prefix[lang]}/away-${status}`;
	const { headers } = await page.request.get(`${url}/privacy`).then(r => ({ headers: r.headers() }));
	await page.route(address, route => route.fulfill({
		status, contentType: 'text/html; charset=utf-8', body: readFileSync(path.join(topSrc, `client${prefix[lang]}/errors/${status}.html`)),
		headers: { 'content-security-policy': headers['content-security-policy'] },
	}));
	await page.goto(address);
};

const goTo = address => (page, url) => page.goto(url + address);

// The page that asks for a code, after a right password.
const askCode = (at, { email, password }) => async (page, url) => {
	await page.goto(`${url}${at}/login`);
	await page.fill('#f-email', email);
	await page.fill('#f-password', password);
	await page.click('main form button');
	await page.waitForSelector('#f-code');
};

// A form for members, sent when its visitor is signed out.
const sendSignedOut = address => async (page, url) => {
	await page.goto(url + address);
	await page.context().clearCookies();
	await page.locator('main form[method=post] button').last().click();
	await page.waitForSelector('main a[target=_blank]');
};

// Opens a page as nobody, or as one of the people that makeListings made.
const seenBy = (person, open) => async (page, url) => {
	await page.context().clearCookies();
	if (person !== undefined)
		await browserSignIn(page, url, person);
	await open(page, url);
};

// Every kind of page there is, as { name, open(page, url) }. A row may end with who looks: 'member', 'moderator', 'admin'.
export function pageTypes(lang, { there, gone, pictured, people, talk, links, visitors, search }) {
	const at = prefix[lang];
	return [
		['home', goTo(`${at}/`)],
		['listings', goTo(`${at}/listings`)],
		['filtered', goTo(`${at}/listings?category=boats&min_price=10&sort=price_asc`)],
		['empty', goTo(`${at}/listings?q=zzyzx+qwertz&max_price=1`)],
		['refused', goTo(`${at}/listings?min_price=abc`)],
		['listing', goTo(`${at}/listings/${there}`)],
		['listing-photos', goTo(`${at}/listings/${pictured}`)],
		['listing-photos-own', goTo(`${at}/listings/${pictured}`), 'member'],
		['photos', goTo(`${at}/listings/${pictured}/photos?done=add`), 'member'],
		['photos-none', follow(`${at}/account/listings`, '.own li:not(:has(.thumb)) a[href$="/photos"]'), 'member'],
		['photos-errors', sendBare(`${at}/account/picture`, 'form.upload'), 'admin'],
		['picture', goTo(`${at}/account/picture?done=1`), 'member'],
		['listing-contact', goTo(`${at}/listings/${there}/contact`)],
		['listing-contact-errors', sendEmpty(`${at}/listings/${there}/contact`)],
		['listing-contact-received', goTo(`${at}/listings/${there}/contact/received`)],
		['report', goTo(`${at}/listings/${there}/report`)],
		['report-errors', sendEmpty(`${at}/listings/${there}/report`)],
		['submit', goTo(`${at}/submit`)],
		['submit-errors', sendEmpty(`${at}/submit`)],
		['submit-received', goTo(`${at}/submit/received`)],
		['contact', goTo(`${at}/contact`)],
		['contact-errors', sendEmpty(`${at}/contact`)],
		['contact-received', goTo(`${at}/contact/received`)],
		['resources', goTo(`${at}/resources`)],
		['article', goTo(`${at}/resources/safe-buying`)],
		['privacy', goTo(`${at}/privacy`)],
		['reverse-ip', goTo(`${at}/reverse-ip`)],
		['reverse-ip-kept', leaveAddress(`${at}/reverse-ip`)],
		['terms', goTo(`${at}/terms`)],
		['not-found', goTo(`${at}/nowhere`)],
		['gone', goTo(`${at}/listings/${gone}`)],
		['unavailable', staticError(lang, 503)],
		['own-listings', goTo(`${at}/account/listings?done=sold`), 'member'],
		['own-listings-none', goTo(`${at}/account/listings`), 'admin'],
		['own-new', goTo(`${at}/account/listings/new`), 'member'],
		['own-new-errors', sendEmpty(`${at}/account/listings/new`), 'member'],
		['own-edit', follow(`${at}/account/listings`, '.own a[href$="/edit"]'), 'member'],
		['own-page', follow(`${at}/account/listings`, '.own h2 a'), 'member'],
		['own-confirm', goTo(`${at}${visitors.confirm}`)],
		['own-confirm-ended', goTo(`${at}/confirm/${'A'.repeat(43)}`)],
		['own-confirmed', goTo(`${at}/submit/confirmed`)],
		['own-manage', goTo(`${at}${visitors.manage}`)],
		['own-manage-edit', goTo(`${at}${visitors.manage}/edit`)],
		['listing-contact-member', goTo(`${at}/listings/${there}/contact`), 'member'],
		['messages', goTo(`${at}/account/messages`), 'member'],
		['messages-none', goTo(`${at}/account/messages`), 'moderator'],
		['conversation', goTo(`${at}/account/messages/${talk.open.id}`), 'member'],
		['conversation-flagged', goTo(`${at}/account/messages/${talk.open.id}?flagged=1`), 'member'],
		['conversation-flag', goTo(`${at}/account/messages/${talk.open.id}/flag`), 'member'],
		['conversation-link', goTo(`${at}${talk.open.link}`)],
		['conversation-link-errors', sendEmpty(`${at}${talk.open.link}`)],
		['conversation-link-flag-errors', sendEmpty(`${at}${talk.open.link}/flag`)],
		['conversation-link-sent', goTo(`${at}${talk.open.link}?sent=1`)],
		['conversation-ended', goTo(`${at}${talk.ended.link}`)],
		['conversation-link-dead', goTo(`${at}/conversations/t/${'A'.repeat(43)}`)],
		['login', goTo(`${at}/login`)],
		['login-errors', sendEmpty(`${at}/login`)],
		['login-code', askCode(at, links.guarded)],
		['register', goTo(`${at}/register`)],
		['register-errors', sendEmpty(`${at}/register`)],
		['register-received', goTo(`${at}/register/received`)],
		['verify', goTo(at + links.verify)],
		['verify-errors', sendEmpty(at + links.verify)],
		['verify-gone', goTo(`${at}/verify/${'A'.repeat(43)}`)],
		['reset', goTo(`${at}/reset`)],
		['reset-received', goTo(`${at}/reset/received`)],
		['reset-new', goTo(at + links.reset)],
		['reset-gone', goTo(`${at}/reset/${'A'.repeat(43)}`)],
		['reset-done', goTo(`${at}/reset/done`)],
		['signed-out', sendSignedOut(`${at}/account/profile`), 'member'],
		['account', goTo(`${at}/account`), 'member'],
		['favourites', goTo(`${at}/account/favourites`), 'member'],
		['favourites-empty', goTo(`${at}/account/favourites`), 'admin'],
		['searches', goTo(`${at}/account/searches`), 'member'],
		['search', goTo(`${at}/account/searches/${search}`), 'member'],
		['search-new', goTo(`${at}/account/searches/new?q=dory&max_price=2000`), 'member'],
		['listing-kept', goTo(`${at}/listings/${there}`), 'member'],
		['unsubscribe', goTo(`${at}/unsubscribe/${'A'.repeat(32)}`)],
		['reports', goTo(`${at}/reports`), 'admin'],
		['reports-month', goTo(`${at}/reports?per=month`), 'admin'],
		['moderation', goTo(`${at}/moderation`), 'moderator'],
		['moderation-listing', goTo(`${at}/moderation/listings/${there}`), 'moderator'],
		['moderation-listing-errors', sendRejection(`${at}/moderation/listings/${there}`), 'moderator'],
		['moderation-edit', goTo(`${at}/moderation/listings/${there}/edit`), 'moderator'],
		['moderation-member', goTo(`${at}/moderation/members/${people.member.id}`), 'moderator'],
		['moderation-bans', goTo(`${at}/moderation/bans`), 'moderator'],
		['moderation-rules', goTo(`${at}/moderation/rules`), 'admin'],
		['moderation-log', goTo(`${at}/moderation-log`)],
		['account-admin', goTo(`${at}/account`), 'admin'],
		['account-profile', goTo(`${at}/account/profile`), 'member'],
		['account-profile-errors', sendCleared(`${at}/account/profile`, 'name'), 'member'],
		['account-security', goTo(`${at}/account/security?done=email`), 'member'],
		['account-password', goTo(`${at}/account/password`), 'member'],
		['account-password-errors', sendEmpty(`${at}/account/password`), 'member'],
		['account-email', goTo(`${at}/account/email`), 'member'],
		['account-factor', goTo(`${at}/account/second-factor`), 'member'],
		['account-factor-start', goTo(`${at}/account/second-factor/start`), 'member'],
		['account-factor-errors', sendWrongCode(`${at}/account/second-factor`), 'moderator'],
		['account-sessions', goTo(`${at}/account/sessions`), 'member'],
		['account-tokens', goTo(`${at}/account/tokens`), 'member'],
		['account-token-new', goTo(`${at}/account/tokens/new`), 'moderator'],
		['account-delete', goTo(`${at}/account/delete`), 'member'],
		['account-link-over', goTo(`${at}/account/email/${'x'.repeat(43)}`)],
	].map(([name, open, who]) => ({ name: `${lang} ${name}`, open: seenBy(who && people[who], open) }));
}

// The list as a visitor reads it.
// What stands on a page, all of it: after a click the next one may have begun and not be there yet.
const loaded = async (page, selector) => {
	await page.waitForLoadState();
	return page.locator(selector);
};
export const titles = async page => (await loaded(page, '.results .card-title')).allInnerTexts();
export const chips = async page => (await loaded(page, '.chips .chip')).count();
export const query = page => Object.fromEntries(new URL(page.url()).searchParams);
// "$1,250.50", "1 250,50 $", "Free" as minor units.
export const prices = async page => (await (await loaded(page, '.results .price')).allInnerTexts())
	.map(text => (/\d/.test(text) ? Number(text.replace(/[^\d.,]/g, '').replace(/,(?=\d{3})/g, '').replace(',', '.')) : 0));

// A form as somebody would fill it in who makes no mistakes.
export async function fill(page, values) {
	for (const [name, value] of Object.entries(values)) {
		const field = page.locator(`#f-${name}`);
		if (await field.evaluate(element => element.tagName) === 'SELECT')
			await field.selectOption(value);
		else
			await field.fill(value);
	}
}

export const offer = what => ({
	title: what, description: 'Sixteen feet, oars included, painted last spring.\n\nPick up only.', category: 'fishing-boats', price: '1,250.50',
	location: 'twillingate', stock: '2', contact_name: 'Marie Tremblay', contact_email: 'marie@example.com',
});
