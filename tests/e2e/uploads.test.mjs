// Photos on their way in: who may send them, how many and how large, what is said of those that are not taken, and what becomes of the others.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeListing } from '../support/accounts.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { until } from '../support/nginx.mjs';
import { makePhotoFile } from '../support/photos.mjs';
import { buildDir, startSite } from '../support/site.mjs';
import { multipart, slowUpload } from '../support/upload.mjs';

const run = promisify(execFile), DRAFT = 4, PUBLISHED = 1, PENDING = 0, SOLD = 7, MB = 1 << 20;
let site, member, small, hues = 0;

before(async () => {
	site = await startSite({ listings: 5, jobs: false, settings: { worker: { drain_seconds: 1 } } });
	member = await makeMember(site.sql, { name: 'Elsie Wareham' });
	small = await fresh();
});
after(() => site?.stop());

const json = answer => JSON.parse(answer.body);
const browser = (who = member) => ({ Cookie: who.cookie, 'Sec-Fetch-Site': 'same-origin' });
const program = (who = member) => ({ Authorization: who.bearer });
const listing = (state = DRAFT, who = member) => makeListing(site, { email: who.email, state, member: who.id });
// One that nobody has sent yet.
const fresh = (more = {}) => makePhotoFile({ width: 64, height: 48, hue: hues += 7, type: 'png', ...more });
const toPrograms = new Set();
async function send(address, { body, headers }, more = {}) {
	const answer = await request(site.url + address, { method: 'POST', body, headers: { ...headers, ...more } });
	if (address.startsWith('/api/'))
		toPrograms.add(answer.status);
	return answer;
}
const photosOf = async (id, who = member) => json(await request(`${site.url}/api/v1/listings/${id}/photos`, { headers: program(who) })).photos;
const objects = async () => Number(await site.sql('SELECT COUNT(*) FROM photo_object'));
const mediaLog = () => fs.readFileSync(site.media.log, 'utf8').split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line));
async function metric(name) {
	const { body } = await request(`${site.url}/metrics`);
	return Number(body.split('\n').find(line => line.startsWith(`${name} `)).split(' ').pop());
}
// The sentences of the page's error summary.
function said(answer) {
	const box = /<div class="errors"[^]*?<\/div>/.exec(answer.body)?.[0] ?? '';
	return [...box.matchAll(/<li><a [^>]*>([^<]*)<\/a>/g)].map(([, text]) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}
const childrenOf = async pid => (await run('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }))).stdout.trim().split(/\s+/).filter(Boolean).map(Number);
async function helper() {
	const [worker] = await site.media.pids();
	return (await childrenOf(worker))[0];
}

// ---- Who may ----

// Bytes of bodies that nginx has laid on the disk: its files there have no names.
async function spooled() {
	const master = Number(fs.readFileSync(path.join(site.dir, 'nginx.pid'), 'utf8'));
	let bytes = 0;
	for (const pid of await childrenOf(master))
		for (const fd of fs.readdirSync(`/proc/${pid}/fd`)) {
			const file = `/proc/${pid}/fd/${fd}`;
			try {
				if (fs.readlinkSync(file).startsWith(path.join(site.dir, 'tmp/body')))
					bytes += fs.statSync(file).size;
			} catch { /* closed meanwhile */ }
		}
	return bytes;
}

test('whoever is signed out is refused before the body: nothing of it goes to the disk', async () => {
	const id = await listing(), other = await makeMember(site.sql);
	await site.sql(`UPDATE member SET state = 2 WHERE id = ${other.id}`);
	for (const [address, headers, words] of [
		[`/listings/${id}/photos`, {}, /<h1>Please sign in<\/h1>/], [`/fr/listings/${id}/photos`, {}, /<h1>Connectez-vous<\/h1>/],
		['/account/picture', {}, /<h1>Please sign in<\/h1>/], [`/api/v1/listings/${id}/photos`, {}, /"title":"Unauthorized","status":401/],
		[`/api/v1/listings/${id}/photos`, { Authorization: `Bearer ${'A'.repeat(43)}` }, /"status":401/],
		[`/listings/${id}/photos`, { Cookie: `__Host-outport=${'A'.repeat(43)}`, 'Sec-Fetch-Site': 'same-origin' }, /<h1>Please sign in<\/h1>/],
		[`/listings/${id}/photos`, browser(other), /<h1>Please sign in<\/h1>/],
	]) {
		const upload = slowUpload(site.port, address, { headers, length: 10 * MB });
		await upload.send(Buffer.alloc(MB));
		const answer = await upload.answer;
		assert.equal(answer.status, 401, `${address}: ${answer.text.slice(0, 300)}`);
		assert.match(answer.text, words);
		assert.equal(await spooled(), 0);
		upload.close();
	}
	// Much comes by POST only: nobody is asked who sends what comes otherwise.
	for (const address of [`/listings/${id}/photos`, '/account/picture', `/api/v1/listings/${id}/photos`])
		for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
			for (const headers of [{}, { 'Transfer-Encoding': 'chunked', 'Content-Length': undefined }]) {
				const chunked = 'Transfer-Encoding' in headers, upload = slowUpload(site.port, address, { method, headers, length: 10 * MB });
				await upload.send(chunked ? Buffer.concat([Buffer.from(`${MB.toString(16)}\r\n`), Buffer.alloc(MB)]) : Buffer.alloc(MB));
				assert.equal((await upload.answer).status, 413, `${method} ${address} ${chunked}`);
				assert.equal(await spooled(), 0);
				upload.close();
			}
	// That of somebody who may send it does: so this would be seen.
	const upload = slowUpload(site.port, `/listings/${id}/photos`, { headers: browser(), length: 10 * MB });
	await upload.send(Buffer.alloc(MB));
	await until(async () => await spooled() >= MB / 2, () => 'nothing of the body on the disk');
	upload.close();
	await until(async () => await spooled() === 0, () => 'the body stays on the disk');
	assert.equal(await objects(), 0);
});

test('the question that nginx asks is nobody else’s', async () => {
	for (const address of ['/upload/listing', '/upload/picture', '/upload/', '/upload/x'])
		for (const method of ['GET', 'POST'])
			assert.equal((await request(site.url + address, { method, headers: browser() })).status, 404, address);
});

test('a token that may only read sends none; nor does a browser on another site', async () => {
	const id = await listing(), form = multipart([{ name: 'a.png', data: small }]);
	const reader = await makeMember(site.sql, { scopes: 1 });
	await site.sql(`UPDATE session SET kind = 2 WHERE member_id = ${reader.id} AND kind = 1`);
	assert.equal((await send(`/api/v1/listings/${id}/photos`, form, program(reader))).status, 403);
	assert.equal((await send(`/listings/${id}/photos`, form, { ...browser(), 'Sec-Fetch-Site': 'cross-site' })).status, 403);
	assert.deepEqual(await photosOf(id), []);
});

test('somebody else’s listing, and one that is not there, is 404; one that is over says so', async () => {
	const other = await makeMember(site.sql), theirs = await listing(DRAFT, other), sold = await listing(SOLD), form = multipart([{ name: 'a.png', data: small }]);
	for (const address of [`/listings/${theirs}/photos`, '/listings/999999/photos'])
		assert.equal((await send(address, form, browser())).status, 404);
	for (const id of [theirs, 999999])
		assert.equal((await send(`/api/v1/listings/${id}/photos`, form, program())).status, 404);
	const late = await send(`/listings/${sold}/photos`, form, browser());
	assert.deepEqual([late.status, said(late)], [409, ['The photos of this listing cannot be changed while it is in this state.']]);
	assert.equal((await send(`/api/v1/listings/${sold}/photos`, form, program())).status, 409);
	assert.equal(await objects(), 0);
	assert.ok(!mediaLog().some(line => line.event === 'photo_decoded'));
});

// ---- Taken ----

test('ten photos in one form, with what they show; the eleventh is one too many', async () => {
	const id = await listing(), files = [];
	for (let i = 0; i < 11; i++)
		files.push({ name: `${String.fromCharCode(97 + i)}.png`, data: await fresh() });
	const first = await send(`/listings/${id}/photos`, multipart(files.slice(0, 9), ['A dory', '', 'The  hill ']), browser());
	assert.deepEqual([first.status, first.headers.location], [303, `/listings/${id}/photos?done=add`]);
	const rest = await send(`/fr/listings/${id}/photos`, multipart(files.slice(9)), browser());
	assert.equal(rest.status, 422);
	assert.deepEqual(said(rest), ['k.png\u00a0: une annonce a au plus 10\u00a0photos. Retirez-en une d’abord.']);
	const photos = await photosOf(id);
	assert.deepEqual(photos.map(photo => photo.position), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	assert.deepEqual(photos.map(photo => photo.alt), ['A dory', '', 'The hill', '', '', '', '', '', '', '']);
	assert.equal(new Set(photos.map(photo => photo.url)).size, 10);
	assert.equal(Number(await site.sql(`SELECT photos FROM listing WHERE id = ${id}`)), 10);
	// One that is there is none too many, also when its listing is full: its answer may have been lost.
	assert.equal((await send(`/listings/${id}/photos`, multipart([files[9], files[0]]), browser())).status, 303);
	assert.equal((await send(`/api/v1/listings/${id}/photos?name=j.png`, { body: files[9].data, headers: { 'Content-Type': 'image/png' } }, program())).status, 201);
	assert.deepEqual((await photosOf(id)).map(photo => photo.id), photos.map(photo => photo.id));
});

test('good and bad in one form: each bad one is named with its reason, the good ones are kept', async () => {
	const id = await listing(), jpeg = await fresh({ type: 'jpg', width: 600, height: 400 });
	const answer = await send(`/listings/${id}/photos`, multipart([
		{ name: 'good.jpg', data: jpeg },
		{ name: 'IMG_2041.HEIC', data: Buffer.alloc(Math.round(15.2 * MB)) },
		{ name: 'empty.png', data: Buffer.alloc(0) },
		{ name: 'notes.txt', data: 'bread, milk', type: 'text/plain' },
		{ name: 'page.jpg', data: '<!DOCTYPE html><script>alert(1)</script>' },
		{ name: 'x.jpg', data: small },
		{ name: 'cut.jpg', data: jpeg.subarray(0, jpeg.length / 2) },
		{ name: 'a&<b>.png', data: 'no' },
		{ name: 'C:\\photos\\last.png', data: small },
	]), browser());
	assert.equal(answer.status, 422);
	const unknown = 'this is no photo that can be read here. Send a JPEG, PNG or WebP file.';
	assert.deepEqual(said(answer), [
		'IMG_2041.HEIC: 15.2 MB, the limit is 15 MB.', 'empty.png: the file is empty.', `notes.txt: ${unknown}`, `page.jpg: ${unknown}`,
		'x.jpg: it was sent as a JPEG file and is a PNG file. Save it again under the right type.',
		'cut.jpg: the file is damaged or does not end. Send it again, or another one.', `a&<b>.png: ${unknown}`,
	]);
	assert.deepEqual((await photosOf(id)).map(photo => photo.width), [600, 64]);
});

test('what is served is a photo, for good; nothing else lies there', async () => {
	const id = await listing();
	await send(`/listings/${id}/photos`, multipart([{ name: 'a.jpg', data: await fresh({ type: 'jpg', width: 900, height: 500 }) }]), browser());
	const [photo] = await photosOf(id);
	assert.deepEqual([photo.width, photo.height], [800, 444]);
	const addresses = [photo.url, ...photo.srcset.split(', ').map(one => one.split(' ')[0])];
	assert.equal(addresses.length, 4);
	for (const address of addresses) {
		const { status, headers } = await request(site.url + address);
		assert.equal(status, 200, address);
		assert.equal(headers['content-type'], address.endsWith('.webp') ? 'image/webp' : 'image/jpeg');
		assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
		assert.equal(headers['content-disposition'], 'inline');
		assert.equal(headers['x-content-type-options'], 'nosniff');
		assert.match(headers['content-security-policy'], /^default-src 'none';/);
		assert.doesNotMatch(headers['content-security-policy'], /img-src/);
		assert.equal((await request(site.url + address, { headers: { 'If-None-Match': headers.etag } })).status, 304);
	}
	fs.writeFileSync(path.join(site.dir, 'photos', 'secret.jpg'), 'no');
	const [, shard] = /^\/media\/(..)\//.exec(photo.url);
	fs.writeFileSync(path.join(site.dir, 'photos', shard, '.new-1'), 'half');
	for (const address of ['/media', '/media/', '/media/secret.jpg', `/media/${shard}`, `/media/${shard}/`, `/media/${shard}/.new-1`, photo.url.replace('/media/', '/media/../media/../'),
		photo.url.replace('-800', '-801'), photo.url.replace('.jpg', '.png'), photo.url.toUpperCase(), photo.url.replace(shard, `${shard}/../${shard}`).replace('/media', '/media/.'), '/media/..%2foutport.conf']) {
		const { status, headers } = await request(site.url + address);
		assert.ok([400, 404].includes(status) || (status === 200 && headers['content-type'] === 'image/jpeg'), `${address}: ${status}`);
		if (status === 404)
			assert.match(headers['content-security-policy'], /style-src 'self'/);
		assert.notEqual(headers['cache-control'], status === 404 ? 'public, max-age=31536000, immutable' : '');
	}
});

test('the same photo twice is one photo of the listing, and one stored object for all', async () => {
	const one = await listing(), two = await listing(), photo = await fresh(), before = await objects();
	const again = await send(`/listings/${one}/photos`, multipart([{ name: 'a.png', data: photo }, { name: 'b.png', data: photo }]), browser());
	assert.equal(again.status, 303);
	assert.equal((await photosOf(one)).length, 1);
	assert.equal((await send(`/listings/${two}/photos`, multipart([{ name: 'c.png', data: photo }]), browser())).status, 303);
	assert.equal((await photosOf(two))[0].url, (await photosOf(one))[0].url);
	assert.equal(await objects(), before + 1);
	assert.equal(Number(await site.sql(`SELECT refs FROM photo_object ORDER BY created_at DESC, refs DESC LIMIT 1`)), 2);
});

test('two at the same time that do not both fit: one is one too many, and none is lost', async () => {
	const id = await listing(), files = [];
	for (let i = 0; i < 12; i++)
		files.push({ name: `${i}.png`, data: await fresh() });
	await send(`/listings/${id}/photos`, multipart(files.slice(0, 8)), browser());
	const answers = await Promise.all([files.slice(8, 10), files.slice(10)].map(two => send(`/listings/${id}/photos`, multipart(two), browser())));
	const refused = answers.flatMap(said);
	assert.equal(refused.length, 2, refused.join());
	for (const sentence of refused)
		assert.match(sentence, /^\d+\.png: a listing has at most 10 photos/);
	assert.deepEqual((await photosOf(id)).map(photo => photo.position), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a form without a file, and one that is none', async () => {
	const id = await listing(), address = `/listings/${id}/photos`;
	for (const form of [multipart([]), multipart([], ['A dory']), multipart([{ name: '', data: '', type: 'application/octet-stream' }]), multipart([{ name: 'a.png', data: small, field: 'file' }])]) {
		const answer = await send(address, form, browser());
		assert.deepEqual([answer.status, said(answer)], [422, ['Choose a photo first.']]);
	}
	const none = await request(site.url + address, { method: 'POST', headers: browser() });
	assert.deepEqual([none.status, said(none)], [422, ['Choose a photo first.']]);
	for (const [body, type, status] of [
		['a=b', 'application/x-www-form-urlencoded', 415], [small, 'image/png', 415], ['{}', 'application/json', 415], ['', 'multipart/form-data; boundary=x', 422],
		['--x\r\n', 'multipart/form-data; boundary=x', 400], ['--x--', 'multipart/form-data', 400], ['--x--', 'multipart/form-data; boundary=y', 400],
		[multipart([{ name: 'a.png', data: small }]).body.subarray(0, 200), 'multipart/form-data; boundary=x', 400],
		['--x--', 'multipart/mixed; boundary=x', 415], ['--x--', '', 415],
	]) {
		const answer = await send(address, { body, headers: { ...(type && { 'Content-Type': type }), 'Content-Length': Buffer.byteLength(body) } }, browser());
		assert.equal(answer.status, status, `${type}: ${String(body).slice(0, 40)}`);
		assert.equal(said(answer).length, 1);
	}
	assert.deepEqual(await photosOf(id), []);
});

test('what a photo shows is checked before anything is taken', async () => {
	const id = await listing(), files = [{ name: 'a.png', data: small }, { name: 'b.png', data: await fresh() }];
	const page = await send(`/listings/${id}/photos`, multipart(files, ['A dory', 'x'.repeat(251)]), browser());
	assert.equal(page.status, 422);
	assert.match(said(page)[0], /250/);
	const api = await send(`/api/v1/listings/${id}/photos`, multipart(files, ['x'.repeat(251)]), program());
	assert.deepEqual([api.status, json(api).errors.map(error => error.field)], [422, ['alt']]);
	assert.deepEqual(await photosOf(id), []);
	assert.equal((await send(`/listings/${id}/photos`, multipart(files, ['A dory', 'é'.repeat(250)]), browser())).status, 303);
});

test('a program sends a form, or a file as it is', async () => {
	const id = await listing(), address = `/api/v1/listings/${id}/photos`;
	const form = await send(address, multipart([{ name: 'a.png', data: await fresh() }, { name: 'b.png', data: Buffer.alloc(16 * MB) }, { name: 'c.png', data: 'x' }], ['A dory']), program());
	assert.equal(form.status, 201);
	assert.deepEqual(json(form).photos.map(photo => [photo.position, photo.alt]), [[0, 'A dory']]);
	assert.deepEqual(json(form).errors.map(error => [error.file, error.problem]), [['b.png', 'too_large'], ['c.png', 'not_known']]);
	assert.equal(json(form).errors[0].detail, 'b.png: 16 MB, the limit is 15 MB.');
	const bare = await send(`${address}?alt=The%20hill&name=hill.png`, { body: await fresh(), headers: { 'Content-Type': 'image/png' } }, program());
	assert.equal(bare.status, 201);
	assert.deepEqual(json(bare).photos.map(photo => [photo.position, photo.alt]), [[1, 'The hill']]);
	for (const [body, type, status, words] of [
		[small, 'image/jpeg', 415, 'x.png: it was sent as a JPEG file and is a PNG file. Save it again under the right type.'],
		['no photo', 'application/octet-stream', 415, 'x.png: this is no photo that can be read here. Send a JPEG, PNG or WebP file.'],
		[Buffer.alloc(15 * MB + 1), 'image/png', 413, 'x.png: 15.1 MB, the limit is 15 MB.'],
		[small.subarray(0, 200), 'image/png', 422, 'x.png: the file is damaged or does not end. Send it again, or another one.'],
	]) {
		const answer = await send(`${address}?name=x.png`, { body, headers: { 'Content-Type': type } }, program());
		assert.deepEqual([answer.status, answer.headers['content-type']], [status, 'application/problem+json']);
		assert.deepEqual([json(answer).detail, json(answer).errors], [words, [{ field: 'photo', message: words }]]);
	}
	const french = await send(`${address}?name=x.png`, { body: 'x', headers: { 'Content-Type': 'image/png' } }, { ...program(), 'Accept-Language': 'fr' });
	assert.match(json(french).detail, /^x\.png\u00a0: ce n’est pas une photo/);
	assert.equal((await send(address, { body: '{}', headers: { 'Content-Type': 'application/json' } }, program())).status, 415);
});

test('the page’s script is answered as programs are', async () => {
	const id = await listing(), as = { ...browser(), Accept: 'application/json' };
	const good = await send(`/listings/${id}/photos`, multipart([{ name: 'a.png', data: small }]), as);
	assert.deepEqual([good.status, good.headers['content-type'], json(good).photos.length, json(good).errors, json(good).review], [201, 'application/json', 1, [], false]);
	const bad = await send(`/fr/listings/${id}/photos`, multipart([{ name: 'a.png', data: 'x' }]), as);
	assert.deepEqual([bad.status, bad.headers['content-type']], [415, 'application/problem+json']);
	assert.match(json(bad).detail, /^a\.png\u00a0: ce n’est pas une photo/);
});

test('a published listing goes back to review with a new photo, unless its member is trusted', async () => {
	const trusted = await makeMember(site.sql, { trust: 'trusted' }), form = multipart([{ name: 'a.png', data: small }]);
	const one = await listing(PUBLISHED), two = await listing(PUBLISHED, trusted), bad = await listing(PUBLISHED);
	assert.equal((await send(`/listings/${one}/photos`, form, browser())).headers.location, `/listings/${one}/photos?done=add-review`);
	assert.equal((await send(`/listings/${two}/photos`, form, browser(trusted))).headers.location, `/listings/${two}/photos?done=add`);
	await send(`/listings/${bad}/photos`, multipart([{ name: 'a.png', data: 'x' }]), browser());
	// Nothing was taken: nothing is new.
	const full = await listing(DRAFT);
	await send(`/listings/${full}/photos`, multipart(await Promise.all(Array.from({ length: 10 }, async (_, i) => ({ name: `${i}.png`, data: await fresh() })))), browser());
	await site.sql(`UPDATE listing SET state = ${PUBLISHED} WHERE id = ${full}`);
	const refused = await send(`/listings/${full}/photos`, form, browser());
	assert.deepEqual([refused.status, said(refused).length], [422, 1]);
	assert.doesNotMatch(refused.body, /The photos are added/);
	assert.equal(Number(await site.sql(`SELECT state FROM listing WHERE id = ${full}`)), PUBLISHED);
	assert.equal(await site.sql(`SELECT GROUP_CONCAT(state ORDER BY id) FROM listing WHERE id IN (${one}, ${two}, ${bad})`), `${PENDING},${PUBLISHED},${PUBLISHED}`);
	// Programs and the script are told as well, and so is a form of which not all was taken.
	for (const [who, review] of [[member, true], [trusted, false]])
		for (const [address, headers] of [['/api/v1', program(who)], ['', { ...browser(who), Accept: 'application/json' }]]) {
			const id = await listing(PUBLISHED, who), again = [await send(`${address}/listings/${id}/photos`, form, headers), await send(`${address}/listings/${id}/photos`, form, headers)];
			assert.deepEqual(again.map(answer => [answer.status, json(answer).review]), [[201, review], [201, false]]);
		}
	const some = await send(`/listings/${await listing(PUBLISHED)}/photos`, multipart([{ name: 'a.png', data: small }, { name: 'b.png', data: 'x' }]), browser());
	assert.deepEqual([some.status, said(some).length], [422, 1]);
	assert.match(some.body, /<p>The photos are added\. Somebody on our side looks at the listing/);
});

test('a member’s picture is one photo; the next takes its place', async () => {
	const who = await makeMember(site.sql), picture = () => site.sql(`SELECT LOWER(HEX(picture)) FROM member WHERE id = ${who.id}`);
	const first = await send('/account/picture', multipart([{ name: 'me.png', data: await fresh() }]), browser(who));
	assert.deepEqual([first.status, first.headers.location], [303, '/account/picture?done=1']);
	const key = await picture();
	assert.match(key, /^[0-9a-f]{32}$/);
	const bad = await send('/fr/account/picture', multipart([{ name: 'me.png', data: 'x' }]), browser(who));
	assert.equal(bad.status, 422);
	assert.match(said(bad)[0], /^me\.png\u00a0: /);
	assert.equal(await picture(), key);
	const next = await send('/account/picture', multipart([{ name: 'me.png', data: await fresh() }]), { ...browser(who), Accept: 'application/json' });
	assert.equal(next.status, 201);
	assert.match(json(next).url, new RegExp(`${await picture()}-320\\.jpg$`));
	assert.notEqual(await picture(), key);
	assert.equal(Number(await site.sql(`SELECT refs FROM photo_object WHERE hash = UNHEX('${key}')`)), 0);
});

// ---- Limits ----

test('what is too much at once is a page that says the limit, before a byte of it', async () => {
	const id = await listing();
	for (const [address, length, words] of [
		[`/listings/${id}/photos`, 151 * MB + 1, /A photo may have 15 MB, and ten of them may come at once/],
		[`/fr/listings/${id}/photos`, 151 * MB + 1, /Une photo peut avoir 15 Mo, et dix peuvent venir à la fois/],
		[`/api/v1/listings/${id}/photos`, 151 * MB + 1, /"title":"Content Too Large","status":413,"detail":"A photo may have 15 MB, and ten of them may come at once\."/],
		['/account/picture', 16 * MB + 1, /A photo may have 15 MB/],
	]) {
		const upload = slowUpload(site.port, address, { headers: browser(), length });
		const answer = await upload.answer;
		assert.equal(answer.status, 413);
		assert.match(answer.text, words);
		upload.close();
	}
});

test('so many in an hour, and no more: the form says which were left, the next is not even read', async () => {
	const who = await makeMember(site.sql), id = await listing(DRAFT, who), files = [];
	for (let i = 0; i < 5; i++)
		files.push({ name: `${i}.png`, data: await fresh() });
	await until(() => Date.now() / 1000 % 3600 < 3500, () => 'the next hour', 120000);
	await site.sql(`INSERT INTO rate_count VALUES ('photo:${who.id}', UNIX_TIMESTAMP() - UNIX_TIMESTAMP() % 3600, 99997, UNIX_TIMESTAMP() + 3600)`);
	// What is refused unseen is not counted.
	const page = await send(`/listings/${id}/photos`, multipart([{ name: 'note.txt', data: 'x' }, ...files.slice(0, 2)]), browser(who));
	assert.equal(page.status, 422);
	const api = await send(`/api/v1/listings/${id}/photos`, multipart(files.slice(2)), program(who));
	assert.equal(api.status, 201);
	assert.equal(json(api).photos.length, 1);
	assert.deepEqual(json(api).errors.map(error => [error.file, error.problem]), [['3.png', 'limited'], ['4.png', 'limited']]);
	assert.match(json(api).errors[0].detail, /100000/);
	await site.sql(`UPDATE rate_count SET attempts = 99999 WHERE rate_key = 'photo:${who.id}'`);
	const last = await send(`/listings/${id}/photos`, multipart(files.slice(3)), browser(who));
	assert.deepEqual([last.status, last.headers['retry-after']], [429, '3600']);
	assert.deepEqual(said(last), ['You have sent as many photos as one person may in an hour: 100000. Send the others later.']);
	assert.equal((await photosOf(id, who)).length, 4);
	for (const [address, headers, words] of [
		[`/listings/${id}/photos`, browser(who), /<h1>Enough photos for now<\/h1>/], [`/fr/listings/${id}/photos`, browser(who), /<h1>Assez de photos pour l’instant<\/h1>/],
		[`/api/v1/listings/${id}/photos`, program(who), /"status":403,"detail":"You have sent as many photos as one member may in an hour/], ['/account/picture', browser(who), /Enough photos/],
	]) {
		const upload = slowUpload(site.port, address, { headers, length: 10 * MB });
		await upload.send(Buffer.alloc(MB));
		const answer = await upload.answer;
		assert.equal(answer.status, 403);
		assert.match(answer.text, words);
		assert.equal(await spooled(), 0);
		upload.close();
	}
});

test('only so many uploads at the same time: of one member, of one address, and in all', async t => {
	const all = [], members = [];
	// A little all the time, or they would lose their places while the others come.
	const pulse = setInterval(() => all.forEach(upload => upload.send('x')), 2000);
	t.after(() => clearInterval(pulse));
	const open = async (n, from, who) => {
		const id = who && await listing(DRAFT, who), refused = [];
		for (let i = 0; i < n; i++) {
			const upload = slowUpload(site.port, `/listings/${id ?? 1}/photos`, { headers: who && browser(who), length: 10 * MB, from });
			upload.send(Buffer.alloc(1000)).catch(() => {});
			upload.answer.then(answer => refused.push(answer.status)).catch(() => {});
			all.push(upload);
		}
		return refused;
	};
	for (let i = 0; i < 3; i++)
		members.push(await makeMember(site.sql));
	// Those whom nobody knows are refused, send on, and take no place.
	const strangers = await open(30, '127.0.0.1');
	await until(() => strangers.length === 30, () => `${strangers}`);
	assert.ok(strangers.every(status => status === 401), `${strangers}`);
	const one = [await open(3, '127.0.0.2', members[0]), await open(3, '127.0.0.3', members[0])];
	await until(() => one.flat().length === 2, () => `of a member: ${one}`);
	const house = [await open(3, '127.0.0.4', members[1]), await open(3, '127.0.0.4', members[2])];
	await until(() => house.flat().length === 2, () => `of an address: ${house}`);
	const rest = await open(20, '127.0.0.1', member);
	await until(() => rest.length === 12, () => `of all: ${rest}`);
	assert.ok([...one.flat(), ...house.flat(), ...rest].every(status => status === 429), `${[one, house, rest]}`);
	// Others see nothing of it.
	assert.equal((await request(`${site.url}/listings`)).status, 200);
	for (const upload of all)
		upload.close();
	const id = await listing();
	await until(async () => (await send(`/listings/${id}/photos`, multipart([{ name: 'a.png', data: small }]), browser())).status === 303, () => 'uploads are refused for ever');
});

// ---- What may break ----

test('a decoder that is killed takes one photo with it', async () => {
	const id = await listing(), large = await fresh({ type: 'jpg', width: 8000, height: 6000 }), crashes = await metric('outport_photo_crashes_total'), parent = await helper();
	let killed = 0;
	const answer = send(`/listings/${id}/photos`, multipart([{ name: 'large.jpg', data: large }, { name: 'small.png', data: small }]), browser());
	await until(async () => {
		for (const pid of killed ? [] : await childrenOf(parent)) {
			process.kill(pid, 'SIGKILL');
			killed = pid;
		}
		return killed;
	}, () => 'no decoder was seen');
	const { status, body } = await answer;
	assert.equal(status, 422);
	assert.deepEqual(said({ body }), ['large.jpg: reading it takes more memory or time than a photo gets. Save it again as a JPEG and send that.']);
	assert.equal((await photosOf(id)).length, 1);
	assert.equal(await metric('outport_photo_crashes_total'), crashes + 1);
	assert.equal(await helper(), parent);
});

test('without the process that makes decoders the worker says so, ends and is there anew', async () => {
	const id = await listing(), form = multipart([{ name: 'a.png', data: small }]), [worker] = await site.media.pids(), away = await metric('outport_photos_refused_total{reason="away"}');
	process.kill(await helper(), 'SIGKILL');
	const page = await send(`/listings/${id}/photos`, form, browser());
	assert.deepEqual([page.status, page.headers['retry-after']], [503, '30']);
	assert.deepEqual(said(page), ['a.png: photos cannot be taken in at the moment. Send it again in a few minutes.']);
	await until(async () => (await send(`/listings/${id}/photos`, form, browser())).status === 303, () => 'photos are not taken any more');
	assert.notEqual((await site.media.pids())[0], worker);
	assert.ok(mediaLog().some(line => line.event === 'photo_decoder_gone'));
	assert.ok(await metric('outport_photos_refused_total{reason="away"}') > away);
	assert.equal((await photosOf(id)).length, 1);
});

test('the log has a line for each photo, and none of what was in it', () => {
	const lines = mediaLog(), taken = lines.filter(line => line.event === 'photo_taken'), refused = lines.filter(line => line.event === 'photo_refused');
	assert.ok(taken.length > 20 && taken.every(line => /^[0-9a-f]{32}$/.test(line.key) && /^[0-9a-f]{32}$/.test(line.request_id)));
	assert.ok(refused.length > 10 && refused.every(line => /^[a-z_]+$/.test(line.problem)));
	assert.doesNotMatch(fs.readFileSync(site.media.log, 'utf8'), /\.png|\.jpg|A dory/);
	const access = fs.readFileSync(site.accessLog, 'utf8');
	assert.match(access, /"uri":"\/api\/v1\/listings\/\d+\/photos\?\*\*\*"/);
	assert.doesNotMatch(access, /[xl]\.png|hill/, 'nor what a program says of a photo in its address');
});

test('every answer that a program got stands in the description of the API', async () => {
	const described = Object.keys(json(await request(`${site.url}/openapi.json`)).paths['/api/v1/listings/{id}/photos'].post.responses).map(Number);
	assert.ok(toPrograms.size > 5);
	assert.deepEqual([...toPrograms].filter(status => !described.includes(status)), []);
});

test('nothing of all this stays behind: no descriptor, no file without a name, no process', async () => {
	const [worker] = await site.media.pids();
	await until(() => fs.readdirSync(`/proc/${worker}/fd`).every(fd => {
		try {
			return !fs.readlinkSync(`/proc/${worker}/fd/${fd}`).startsWith(path.join(site.dir, 'photos/#'));
		} catch {
			return true;
		}
	}), () => 'a body’s file is open still');
	assert.equal(await spooled(), 0);
	assert.deepEqual(await childrenOf(await helper()), []);
});

test('told to stop in the middle of a form, the worker takes the photo at hand, names those it leaves, and is there anew', async () => {
	const files = [{ name: '0.jpg', data: await fresh({ type: 'jpg', width: 8000, height: 6000 }) }];
	for (let i = 1; i < 4; i++)
		files.push({ name: `${i}.png`, data: await fresh() });
	for (const [address, headers] of [['', browser()], ['/api/v1', program()]]) {
		const id = await listing(), [worker] = await site.media.pids(), parent = await helper();
		const answer = send(`${address}/listings/${id}/photos`, multipart(files), headers);
		let child;
		await until(async () => {
			[child] = await childrenOf(parent);
			try {
				process.kill(child, 'SIGSTOP');
				return true;
			} catch {
				return false; // there is none
			}
		}, () => 'no decoder was seen');
		process.kill(worker, 'SIGTERM');
		let drains;
		await until(() => (drains = mediaLog().find(line => line.event === 'worker_drains' && line.pid === worker)), () => 'the worker does not drain');
		// It has longer than the second that the configuration says.
		assert.equal(drains.seconds, 300);
		const began = Date.now();
		await until(() => Date.now() - began > 2500, () => 'the time');
		process.kill(child, 'SIGCONT');
		const { status, body, headers: { 'content-type': type } } = await answer, photos = await photosOf(id), left = files.slice(photos.length).map(({ name }) => name);
		assert.ok(left.length > 0 && left.length < 4, `${left}`);
		const words = left.map(name => `${name}: it was not taken in, for the site was being restarted. Send it again.`);
		if (address === '')
			assert.deepEqual([status, said({ body })], [422, words]);
		else
			assert.deepEqual([status, type, json({ body }).photos.length, json({ body }).errors], [201, 'application/json', photos.length, left.map((file, i) => ({ file, problem: 'restart', detail: words[i] }))]);
		await until(async () => (await site.media.pids().catch(() => [])).some(pid => pid && pid !== worker), () => 'there is no other worker');
		const again = await send(`${address}/listings/${id}/photos`, multipart(files), headers);
		assert.equal(again.status, address === '' ? 303 : 201);
		assert.equal((await photosOf(id)).length, 4);
	}
	assert.ok(!mediaLog().some(line => line.event === 'drain_cut'));
});

// Last: they take the folder away.
test('with no folder for what comes in, it is said, and nothing is half there', async () => {
	const id = await listing(), form = multipart([{ name: 'a.png', data: await fresh() }]);
	fs.renameSync(path.join(site.dir, 'photos'), path.join(site.dir, 'photos-away'));
	const page = await send(`/listings/${id}/photos`, form, browser()), api = await send(`/api/v1/listings/${id}/photos`, form, program());
	assert.deepEqual([page.status, page.headers['retry-after'], api.status], [503, '5', 503]);
	assert.match(page.body, /<h1>There is no room just now<\/h1>/);
	assert.match(json(api).detail, /Nothing of what you sent was kept/);
	assert.deepEqual(await photosOf(id), []);
	fs.mkdirSync(path.join(site.dir, 'photos'));
	assert.equal((await send(`/listings/${id}/photos`, form, browser())).status, 303);
	const [photo] = await photosOf(id);
	assert.equal((await request(site.url + photo.url)).status, 200);
});

test('a folder that nothing can be written to is named by its key when the worker starts', async () => {
	const conf = path.join(site.dir, 'other.conf'), text = fs.readFileSync(site.conf, 'utf8'), good = path.join(site.dir, 'photos'), missing = path.join(site.dir, 'none');
	for (const [photos, spool, key, words] of [
		[conf, good, 'media.photos', /other\.conf: Not a directory/], [`${missing}/photos`, good, 'media.photos', /none\/photos: No such file or directory/], ['/proc/self', good, 'media.photos', /\/proc\/self: ./],
		[good, missing, 'media.spool', /No such file or directory/], [good, conf, 'media.spool', /Not a directory/], [good, '/proc/self', 'media.spool', /./],
	]) {
		fs.writeFileSync(conf, text.replace(/^photos = .*$/m, `photos = ${photos}\nspool = ${spool}`));
		const { code, stderr } = await run(path.join(buildDir, 'outport-media.fcgi'), ['--config', conf, '--socket', path.join(site.dir, 'other.sock')]).catch(error => error);
		assert.equal(code, 1);
		const line = stderr.split('\n').filter(Boolean).map(one => JSON.parse(one)).find(({ event }) => event === 'start_failed');
		assert.equal(line.key, key);
		assert.match(line.why, words);
	}
	fs.rmSync(conf);
});
