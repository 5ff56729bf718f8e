// A listing's photos and a member's picture: sent, refused, described, put in order and removed, in Chromium, with JavaScript and without.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { makeListing } from '../support/accounts.mjs';
import { browserSignIn, makeMember } from '../support/members.mjs';
import { until } from '../support/nginx.mjs';
import { tool } from '../support/npm.mjs';
import { addPhotos, makePhotoFile, storePhoto } from '../support/photos.mjs';
import { sharedSite } from '../support/site.mjs';
import { desktop, openBrowser, phone, watchedPage } from './browser.mjs';

const types = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-upload-'));
// A file to choose; its path for the file field, its bytes for what is dropped.
function makeFile(name, mimeType, buffer) {
	fs.writeFileSync(path.join(folder, name), buffer);
	return { name, mimeType, buffer: Buffer.from(buffer), path: path.join(folder, name) };
}
const large = makeFile('big.jpg', 'image/jpeg', Buffer.alloc((15 << 20) + 100000));
const words = makeFile('notes.txt', 'text/plain', 'Sixteen feet, oars included.');
const nothing = makeFile('nothing.png', 'image/png', '');
const tooLarge = 'big.jpg: 15.1 MB, the limit is 15 MB.';
const wrongType = 'notes.txt: this is no photo that can be read here. Send a JPEG, PNG or WebP file.';
let site, browser, files, stored;

before(async () => {
	site = await sharedSite();
	browser = await openBrowser();
	files = await Promise.all(['jpg', 'png', 'webp', 'jpg', 'jpg'].map(async (type, i) =>
		makeFile(`dory-${i + 1}.${type}`, types[type], await makePhotoFile({ width: 400 + i, height: 300, hue: 70 * i, type }))));
	stored = [];
	for (let i = 0; i < 8; i++)
		stored.push(await storePhoto(site, { width: 200 + i, height: 150, hue: 45 * i }));
});
after(async () => {
	await browser?.close();
	await site?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});
const choose = (page, ...chosen) => page.setInputFiles('#f-photo', chosen.flat().map(file => file.path));

// A member's draft with photos, n of them, and its page.
async function start({ javaScriptEnabled = true, viewport = desktop, lang = '', n = 0, address } = {}) {
	const context = await browser.newContext({ viewport, javaScriptEnabled });
	const page = await watchedPage(context, site.url);
	page.setDefaultTimeout(60000);
	const member = await makeMember(site.sql);
	const id = await makeListing(site, { email: member.email, state: 0, member: member.id });
	const ids = await addPhotos(site, id, stored.slice(0, n));
	await browserSignIn(page, site.url, member);
	await page.goto(`${site.url}${lang}${address ?? `/listings/${id}/photos`}`);
	const count = async () => Number(await site.sql(`SELECT COUNT(*) FROM photo WHERE listing_id = ${id}`));
	const order = async () => (await site.sql(`SELECT GROUP_CONCAT(id ORDER BY position) FROM photo WHERE listing_id = ${id}`)).split(',').map(Number);
	const shown = () => page.locator('[data-photo]').evaluateAll(all => all.map(one => Number(one.dataset.photo)));
	return { context, page, id, ids, member, count, order, shown };
}

// The page was not loaded anew since.
const mark = page => page.evaluate(() => { window.stayed = true; });
const stayed = page => page.evaluate(() => window.stayed === true);
const isUpload = request => request.method() === 'POST' && request.resourceType() === 'xhr';
const said = page => page.locator('body > [role=status]').innerText();

// Photos' requests wait until open() is called; each is noted.
async function holdUploads(page) {
	let open;
	const gate = new Promise(resolve => { open = resolve; }), waiting = [];
	await page.route('**/photos', async route => {
		if (isUpload(route.request())) {
			waiting.push(route.request());
			await gate;
		}
		await route.continue().catch(() => {}); // it was cancelled meanwhile
	});
	return { waiting, open: () => open() };
}

// As a file manager or the clipboard would hand files over.
const hand = (page, selector, event, given) => page.locator(selector).evaluate((element, [name, list]) => {
	const data = new DataTransfer();
	for (const { name: file, type, bytes } of list)
		data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], file, { type }));
	if (name === 'paste')
		element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	else
		for (const one of ['dragenter', 'dragover', 'drop'])
			element.dispatchEvent(new DragEvent(one, { dataTransfer: data, bubbles: true, cancelable: true }));
}, [event, given.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, bytes: buffer.toString('base64') }))]);

test('without JavaScript: several at once, each that is refused named, the others kept; order, words, removal', async () => {
	const { context, page, count, order, shown } = await start({ javaScriptEnabled: false, viewport: phone });
	assert.equal(await page.locator('.queue, .grip, .other-ways').count(), 0);
	await choose(page, [files[0], large, files[1], words]);
	await page.click('.upload button');
	await page.waitForSelector('#errors');
	assert.deepEqual(await page.locator('#errors li').allInnerTexts(), [tooLarge, wrongType]);
	assert.equal(await count(), 2);
	const [first, second] = await shown();
	await choose(page, files[2]);
	await page.click('.upload button');
	await page.waitForURL('**/photos?done=add');
	await page.click(`[data-photo="${second}"] button[value=up]`);
	await page.waitForURL(`**/photos?done=move#photo-${second}`);
	assert.deepEqual((await shown()).slice(0, 2), [second, first]);
	await page.fill(`#f-alt-${first}`, 'The dory from port');
	await page.click(`[data-photo="${first}"] form.alt button`);
	await page.waitForURL('**/photos?done=alt*');
	assert.equal(await site.sql(`SELECT alt FROM photo WHERE id = ${first}`), 'The dory from port');
	await page.click(`[data-photo="${second}"] form.remove button`);
	await page.waitForURL('**/photos?done=remove');
	assert.equal((await order())[0], first);
	assert.equal(await count(), 2);
	page.holdClean();
	await context.close();
});

test('without JavaScript: a picture', async () => {
	const { context, page } = await start({ javaScriptEnabled: false, address: '/account/picture' });
	await choose(page, words);
	await page.click('.upload button');
	await page.waitForSelector('#errors');
	assert.deepEqual(await page.locator('#errors li').allInnerTexts(), [wrongType]);
	await choose(page, files[0]);
	await page.click('.upload button');
	await page.waitForURL('**/account/picture?done=1');
	assert.equal(await page.locator('.own-picture img').count(), 1);
	await page.click('.own-picture button');
	await page.waitForURL('**/account/picture?done=removed');
	assert.equal(await page.locator('.own-picture').count(), 0);
	page.holdClean();
	await context.close();
});

test('several at once, two under way at a time, appear in the order they were chosen in', async () => {
	const { context, page, id, shown, order } = await start();
	await mark(page);
	const uploads = await holdUploads(page);
	await choose(page, files);
	await until(() => uploads.waiting.length === 2, () => `${uploads.waiting.length} under way`);
	assert.deepEqual(await page.locator('.queue li').evaluateAll(all => all.map(li => li.className)), ['sending', 'sending', 'queued', 'queued', 'queued']);
	assert.equal(await page.locator('.queue progress').count(), files.length);
	// a preview is drawn, in the proportions of the photo
	await page.waitForFunction(() => Array.from(document.querySelectorAll('.queue canvas')).every(({ width, height }) => width === 192 && Math.abs(height - 144) <= 1));
	uploads.open();
	await page.waitForFunction(n => document.querySelectorAll('[data-photo]').length === n && !document.querySelector('.queue li'), files.length);
	assert.equal(uploads.waiting.length, files.length);
	assert.deepEqual(await shown(), await order());
	assert.equal(await page.locator('[data-photos] > .notice').innerText(), 'The photos are added.');
	const widths = await site.sql(`SELECT o.width FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.listing_id = ${id} ORDER BY p.position`);
	assert.deepEqual(widths.split('\n'), ['400', '401', '402', '403', '404']);
	assert.ok(await stayed(page));
	assert.equal(await page.locator('#h-photo').innerText().then(text => /up to 5 more/.test(text)), true, 'what room is left');
	page.holdClean();
	await context.close();
});

test('of a published listing it is said that it is looked at again, whichever of them did it', async () => {
	const { context, page, id, count } = await start();
	await site.sql(`UPDATE listing SET state = 1 WHERE id = ${id}`);
	await choose(page, files[0], files[1], files[2]);
	await until(async () => await count() === 3 && await page.locator('.queue li').count() === 0, () => 'they are not all there');
	assert.match(await page.locator('[data-photos] .notice').innerText(), /looks at the listing before it appears again/);
	assert.equal(await site.sql(`SELECT state FROM listing WHERE id = ${id}`), '0');
	await context.close();
});

test('what cannot be taken is not sent: too large, of another type, one too many', async () => {
	const { context, page, count } = await start({ n: 8 });
	await mark(page);
	const uploads = await holdUploads(page);
	uploads.open();
	await choose(page, [large, words, ...files.slice(0, 3), nothing]);
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 10 && document.querySelectorAll('.queue li').length === 4);
	assert.deepEqual(await page.locator('.queue .refused p').allInnerTexts(),
		[tooLarge, wrongType, 'dory-3.webp: a listing has at most 10 photos. Remove one first.', 'nothing.png: the file is empty.']);
	assert.equal(uploads.waiting.length, 2);
	assert.equal(await count(), 10);
	// there is no room left, and the page says so; once a photo is removed there is
	assert.equal(await page.locator('form.upload').count(), 0);
	for (let left = 4; left > 0; left--) {
		await page.locator('.queue button:visible').first().click();
		assert.equal(await page.locator('.queue li').count(), left - 1);
	}
	await page.locator('form.remove button').last().click();
	await page.waitForSelector('form.upload .other-ways');
	await choose(page, files[3]);
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 10 && !document.querySelector('form.upload'));
	assert.ok(await stayed(page));
	page.holdClean();
	await context.close();
});

test('what the server refuses is said in its words; in French too', async () => {
	const { context, page, count } = await start({ lang: '/fr' });
	const broken = makeFile('coupée.jpg', 'image/jpeg', files[0].buffer.subarray(0, files[0].buffer.length / 2));
	await choose(page, [large, broken]);
	await page.waitForSelector('.queue li.refused:nth-child(2)');
	assert.deepEqual((await page.locator('.queue .refused p').allInnerTexts()).map(text => text.replaceAll('\u00a0', ' ')),
		['big.jpg : 15,1 Mo, la limite est de 15 Mo.', 'coupée.jpg : le fichier est endommagé ou incomplet. Envoyez-le de nouveau, ou un autre.']);
	assert.match(await said(page), /coupée\.jpg/);
	assert.equal(await count(), 0);
	page.holdClean();
	await context.close();
});

test('one is cancelled while it is sent, the others go on', async () => {
	const { context, page, count } = await start();
	const uploads = await holdUploads(page);
	await choose(page, files.slice(0, 3));
	await until(() => uploads.waiting.length === 2, () => 'two under way');
	await page.locator('.queue li', { hasText: 'dory-1' }).getByRole('button', { name: 'Cancel dory-1.jpg' }).click();
	await until(() => uploads.waiting.length === 3, () => 'the third comes in its place');
	assert.equal(await page.locator('.queue li').count(), 2);
	assert.equal(await said(page), 'dory-1.jpg: it is not sent.');
	assert.equal(await page.evaluate(() => document.activeElement.closest('.queue') !== null), true, 'the focus stays among them');
	uploads.open();
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 2 && !document.querySelector('.queue li'));
	assert.equal(await count(), 2);
	page.problems(); // the console tells of the request that was given up
	await context.close();
});

test('a broken connection: sent again by a button, by itself, and when the network is back', async () => {
	const { context, page, count } = await start();
	await mark(page);
	let breaks = 1, sent = 0;
	await page.route('**/photos', async route => {
		if (isUpload(route.request()) && ++sent <= breaks)
			await route.abort('connectionreset');
		else
			await route.continue();
	});
	await choose(page, files[0]);
	await page.waitForSelector('.queue li.broken');
	assert.equal(await page.locator('.queue p').innerText(), 'dory-1.jpg: the connection broke. It is sent again by itself.');
	await page.waitForSelector('[data-photo]');
	assert.equal(await count(), 1, 'by itself');
	await page.evaluate(() => { window.setTimeout = () => 0; }); // from here on nothing is sent again by itself
	sent = 0;
	breaks = 3;
	await choose(page, files[1]);
	for (let i = 1; i <= breaks; i++) {
		await page.waitForSelector('.queue li.broken');
		await page.getByRole('button', { name: 'Try again dory-2.png' }).click();
		await until(() => sent > i, () => 'it is sent again');
	}
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 2);
	await page.unroute('**/photos');
	await context.setOffline(true);
	await choose(page, files[2]);
	await page.waitForSelector('.queue li.broken');
	await context.setOffline(false);
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 3 && !document.querySelector('.queue li'));
	assert.equal(await count(), 3);
	assert.ok(await stayed(page));
	page.problems();
	await context.close();
});

test('photos are dropped and pasted', async () => {
	const { context, page, count } = await start();
	await mark(page);
	await hand(page, 'form.upload', 'drop', files.slice(0, 2));
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 2);
	assert.equal(await page.locator('form.upload.over').count(), 0);
	await hand(page, 'h1', 'paste', [files[2], words]);
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 3);
	assert.deepEqual(await page.locator('.queue .refused p').allInnerTexts(), [wrongType]);
	assert.equal(await count(), 3);
	assert.ok(await stayed(page));
	page.holdClean();
	await context.close();
});

test('the order: by dragging, taken back by Escape, and by the keyboard with the focus kept', async () => {
	const { context, page, ids: [a, b, c], order, shown } = await start({ n: 3 });
	await mark(page);
	const shot = id => page.locator(`[data-photo="${id}"] .shot`);
	const middle = async id => {
		const box = await shot(id).boundingBox();
		return { x: box.x + box.width / 2, y: box.y + box.height / 2, top: box.y + 4 };
	};
	const drag = async (id, onto) => {
		await shot(id).scrollIntoViewIfNeeded();
		const from = await middle(id);
		await page.mouse.move(from.x, from.y);
		await page.mouse.down();
		await page.waitForSelector('.dragged');
		const to = await middle(onto);
		await page.mouse.move(to.x, to.top, { steps: 8 });
	};
	await drag(c, a);
	await until(async () => String(await shown()) === String([c, a, b]), () => 'it stands where it is dragged to');
	await page.keyboard.press('Escape');
	assert.deepEqual(await shown(), [a, b, c]);
	await page.mouse.up();
	assert.deepEqual(await order(), [a, b, c]);
	await drag(c, a);
	await until(async () => String(await shown()) === String([c, a, b]), () => 'it stands where it is dragged to');
	await page.mouse.up();
	await until(async () => String(await order()) === String([c, a, b]), () => 'it is kept');
	await until(async () => (await said(page)) === 'The order is changed. Photo 1 · Shown in lists', () => 'it is said');
	await page.focus(`[data-photo="${c}"] button[value=down]`);
	for (const wanted of [[a, c, b], [a, b, c]]) {
		await page.keyboard.press('Enter');
		await until(async () => String(await order()) === String(wanted), () => String(wanted));
		await page.waitForFunction(([id, i]) => document.activeElement.closest('[data-photo]') === document.querySelectorAll('[data-photo]')[i] &&
			document.activeElement.closest('[data-photo]').dataset.photo === id, [String(c), wanted.indexOf(c)]);
	}
	await until(async () => (await said(page)) === 'The order is changed. Photo 3', () => 'it is said');
	assert.equal(await page.evaluate(() => document.activeElement.value), 'up', 'there is no way further down');
	assert.ok(await stayed(page));
	page.holdClean();
	await context.close();
});

test('the order by a finger, on the grip; elsewhere the page scrolls', async () => {
	const { context, page, ids: [a, b], order, shown } = await start({ n: 2, viewport: phone });
	const finger = (selector, type, at) => page.locator(selector).first().dispatchEvent(type, {
		pointerType: 'touch', pointerId: 1, button: 0, isPrimary: true, bubbles: true, cancelable: true, clientX: at.x, clientY: at.y });
	// an event that is made here is of no pointer that is down: there is nothing to capture
	await page.evaluate(() => { Element.prototype.setPointerCapture = () => {}; });
	await page.locator('.photos').evaluate(list => list.scrollIntoView({ block: 'center' }));
	const at = async id => {
		const box = await page.locator(`[data-photo="${id}"]`).boundingBox();
		return { x: box.x + 60, y: Math.max(90, box.y + 4) };
	};
	await finger(`[data-photo="${b}"] .shot img`, 'pointerdown', await at(b));
	assert.equal(await page.locator('.dragged').count(), 0);
	await finger(`[data-photo="${b}"] .grip`, 'pointerdown', await at(b));
	assert.equal(await page.locator('.dragged').count(), 1);
	await until(async () => {
		await finger('.photos', 'pointermove', await at(a));
		return String(await shown()) === String([b, a]);
	}, () => 'it moves along');
	await finger('.photos', 'pointerup', await at(b));
	await until(async () => String(await order()) === String([b, a]), () => 'it is kept');
	page.holdClean();
	await context.close();
});

test('words are saved in place; what is typed elsewhere stays, also when a photo arrives; a photo is removed', async () => {
	const { context, page, ids: [a, b], count } = await start({ n: 2 });
	await mark(page);
	await page.fill(`#f-alt-${b}`, 'Not saved yet');
	await page.fill(`#f-alt-${a}`, 'The dory from port');
	await page.keyboard.press('Enter');
	await until(async () => (await said(page)) === 'The description is saved.', () => 'it is said');
	assert.equal(await site.sql(`SELECT alt FROM photo WHERE id = ${a}`), 'The dory from port');
	assert.equal(await page.locator(`[data-photo="${a}"] img`).getAttribute('alt'), 'The dory from port');
	assert.equal(await page.evaluate(() => document.activeElement.id), `f-alt-${a}`);
	await page.focus(`#f-alt-${b}`);
	await choose(page, files[0]);
	await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 3);
	assert.equal(await page.inputValue(`#f-alt-${b}`), 'Not saved yet');
	assert.equal(await page.evaluate(() => document.activeElement.id), `f-alt-${b}`);
	await page.keyboard.type('!');
	assert.equal(await page.inputValue(`#f-alt-${b}`), 'Not saved yet!');
	await page.focus(`[data-photo="${a}"] form.remove button`);
	await page.keyboard.press('Enter');
	await until(async () => (await said(page)) === 'The photo is removed.', () => 'it is said');
	assert.equal(await count(), 2);
	assert.equal(await page.evaluate(() => document.activeElement.closest('[data-photo]').dataset.photo), String(b), 'the focus is at the next one');
	assert.ok(await stayed(page));
	page.holdClean();
	await context.close();
});

test('what could not be saved is said and stays typed; who is signed out meanwhile is told so', async () => {
	const { context, page, ids: [a] } = await start({ n: 1 });
	await page.route('**/alt', route => route.abort('connectionreset'));
	await page.fill(`#f-alt-${a}`, 'The dory from port');
	await page.keyboard.press('Enter');
	await page.waitForSelector('[data-photos] > .notice');
	assert.equal(await page.locator('[data-photos] > .notice').innerText(), 'That is not saved: the connection broke. Try again.');
	assert.equal(await page.inputValue(`#f-alt-${a}`), 'The dory from port');
	await page.unroute('**/alt');
	await page.context().clearCookies();
	await choose(page, files[0]);
	await page.waitForSelector('.queue li.broken');
	assert.match(await page.locator('.queue p').innerText(), /^dory-1\.jpg: .*signed/);
	page.problems();
	await context.close();
});

test('a picture: the last one chosen counts', async () => {
	const { context, page, member } = await start({ address: '/account/picture' });
	await mark(page);
	await choose(page, words);
	await page.waitForSelector('.queue li.refused');
	assert.deepEqual(await page.locator('.queue p').allInnerTexts(), [wrongType]);
	await choose(page, files[0]);
	await page.waitForSelector('.own-picture img');
	await page.waitForFunction(() => !document.querySelector('.queue li'));
	const first = await page.locator('.own-picture img').getAttribute('src');
	await hand(page, 'form.upload', 'drop', [files[1]]);
	await page.waitForFunction(src => document.querySelector('.own-picture img').getAttribute('src') !== src, first);
	assert.match(await site.sql(`SELECT LOWER(HEX(picture)) FROM member WHERE id = ${member.id}`), /^[0-9a-f]{32}$/);
	await page.click('.own-picture button');
	await page.waitForFunction(() => !document.querySelector('.own-picture'));
	assert.ok(await stayed(page));
	page.holdClean();
	await context.close();
});

test('while photos are sent and refused the page is one that everybody can use: axe, fingers, no sideways scrolling', async () => {
	const axe = (await tool('axe-core')).default.source;
	for (const [viewport, colorScheme] of [[phone, 'light'], [phone, 'dark'], [desktop, 'light'], [desktop, 'dark']]) {
		const { context, page } = await start({ n: 2, viewport });
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		const uploads = await holdUploads(page);
		await choose(page, [large, ...files.slice(0, 3)]);
		await until(() => uploads.waiting.length === 2, () => 'two under way');
		await page.evaluate(axe);
		const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations);
		assert.deepEqual(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${colorScheme}, ${viewport.width} px`);
		const { small, wide } = await page.evaluate(() => ({
			wide: document.documentElement.scrollWidth - window.innerWidth,
			small: Array.from(document.querySelectorAll('main :is(button, input), .grip')).filter(one => one.checkVisibility()).filter(one => {
				const box = one.getBoundingClientRect();
				return Math.round(box.height) < 44 || Math.round(box.width) < 44;
			}).map(one => one.outerHTML),
		}));
		assert.deepEqual(small, []);
		assert.ok(wide <= 0, `${wide} px too wide`);
		if (process.env.SHOTS)
			await page.screenshot({ path: `${process.env.SHOTS}/sending-${viewport.width}-${colorScheme}.png`, fullPage: true });
		uploads.open();
		await page.waitForFunction(() => document.querySelectorAll('[data-photo]').length === 5);
		if (process.env.SHOTS) {
			await page.waitForFunction(() => document.querySelectorAll('.queue li').length === 1);
			await page.screenshot({ path: `${process.env.SHOTS}/after-${viewport.width}-${colorScheme}.png`, fullPage: true });
		}
		page.holdClean();
		await context.close();
	}
});
