// Photos in a bucket: a whole site on radosgw behind the verifier. What is uploaded waits for no S3, shows at once, and is never lost; what is there is copied, checked and removed.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { needRadosgw, sharedRadosgw } from '../support/aws/radosgw.mjs';

needRadosgw();
const { startAws } = await import('../support/aws/aws.mjs');
const { openBrowser } = await import('../browser/browser.mjs');
const { makeListing } = await import('../support/accounts.mjs');
const { request } = await import('../support/http.mjs');
const { makeMember } = await import('../support/members.mjs');
const { until } = await import('../support/nginx.mjs');
const { makePhotoFile, storePhoto } = await import('../support/photos.mjs');
const { startSite } = await import('../support/site.mjs');
const { multipart } = await import('../support/upload.mjs');

const PREFIX = 'photos/', PUBLISHED = 1;
let aws, bucket, site, member, hue = 0;
before(async () => {
	const s3 = await sharedRadosgw();
	aws = await startAws({ services: ['s3'], s3 });
	bucket = await s3.createBucket();
	Object.assign(process.env, aws.env);
	site = await startSite({ listings: 20, workers: 1, jobs: false, bucket: aws.url, settings: { media: { store: 's3', bucket, prefix: PREFIX } } });
	member = await makeMember(site.sql, { trust: 'trusted' });
});
after(async () => {
	await site?.stop();
	await aws?.stop();
	await aws?.s3.stop();
});

const photo = (width = 700) => makePhotoFile({ width, height: 600, hue: hue += 7 });
const encode = key => key.split('/').map(encodeURIComponent).join('/');
const inBucket = key => aws.s3.call('GET', `/${bucket}/${encode(key)}`);
const listBucket = async prefix => [...(await aws.s3.call('GET', `/${bucket}`, { query: { prefix } })).body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key).sort();
const bytes = async address => {
	const answer = await fetch(address, { redirect: 'manual' });
	return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
};
async function upload(data, listing) {
	listing ??= await makeListing(site, { email: member.email, state: PUBLISHED, member: member.id });
	const { body, headers } = multipart([{ name: 'a.jpg', data }]);
	const answer = await request(`${site.url}/listings/${listing}/photos`, { method: 'POST', body, headers: { ...headers, Cookie: member.cookie, 'Sec-Fetch-Site': 'same-origin' } });
	assert.equal(answer.status, 303, answer.body);
	const key = await site.sql(`SELECT LOWER(HEX(hash)) FROM photo WHERE listing_id = ${listing} ORDER BY id DESC LIMIT 1`);
	return { listing, key, names: await site.sql(`SELECT CONCAT(box, IF(webp, '.webp', '.jpg')) FROM photo_pending WHERE hash = UNHEX('${key}')`).then(list => list.split('\n').filter(Boolean).map(name => `${key.slice(0, 2)}/${key}-${name}`)) };
}
// The jobs once, with all that waits due now. { code, stdout, stderr, log }
async function jobs() {
	await site.sql('UPDATE outbox SET due_at = UTC_TIMESTAMP() WHERE state = 0');
	const done = await site.ctl('jobs', '--once').catch(error => error);
	return { code: done.code ?? 0, stdout: done.stdout, stderr: done.stderr, log: done.stderr.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line)) };
}
const ctl = (...args) => site.ctl(...args).then(({ stdout }) => ({ code: 0, stdout, stderr: '' }), error => error);
const waiting = () => site.sql("SELECT COUNT(*) FROM outbox WHERE kind = 'photo_put' AND state = 0").then(Number);

test('an upload waits for no S3 and asks it nothing, its photo shows at once, and goes into the bucket when S3 is back', async () => {
	const fresh = await upload(await photo());
	aws.calls.length = 0;
	await aws.down();
	const away = await upload(await photo());
	await aws.up();
	aws.misbehave({ slow_ms: 60000, times: 100 });
	const slow = await upload(await photo());
	aws.behave();
	const page = (await request(`${site.url}/listings/${away.listing}/photos`, { headers: { Cookie: member.cookie } })).body;
	for (const one of [fresh, away, slow]) {
		assert.equal(one.names.length, 4);
		const { status, headers, body } = await bytes(`${site.url}/media/${one.names[0]}`);
		assert.equal(status, 200);
		assert.deepEqual([headers.get('content-type'), headers.get('cache-control'), headers.get('content-disposition'), headers.get('x-content-type-options'), headers.get('content-security-policy')],
			['image/jpeg', 'public, max-age=31536000, immutable', 'inline', 'nosniff', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"]);
		assert.deepEqual([...body.subarray(0, 3)], [0xff, 0xd8, 0xff]);
	}
	assert.ok(page.includes(`/media/${away.key.slice(0, 2)}/${away.key}-`), page);
	assert.deepEqual(aws.calls, [], 'no worker asked S3 anything');
	assert.match((await ctl('outbox', 'list')).stdout, new RegExp(`waiting +photo_put +${away.key}`));

	await aws.down();
	let done = await jobs();
	assert.deepEqual([done.code, await waiting()], [1, 3], done.stderr);
	assert.match(done.stderr, /no photo_put can be delivered: s3/i);
	await aws.up();
	assert.equal((await bytes(`${site.url}/media/${away.names[0]}`)).status, 200);

	assert.match((await ctl('photos', 'check', '--quick')).stdout, /; 3 objects, \d+ KB, on their way into the bucket\.$/m);
	const sent = new Map(await Promise.all(fresh.names.map(async name => [name, (await bytes(`${site.url}/media/${name}`)).body])));
	done = await jobs();
	assert.deepEqual([done.code, await waiting(), await site.sql('SELECT COUNT(*) FROM photo_pending'), await site.sql('SELECT COUNT(*) FROM photo_object WHERE pending')], [0, 0, '0', '0'], done.stderr);
	assert.deepEqual(await listBucket(PREFIX), [fresh, away, slow].flatMap(({ names }) => names.map(name => PREFIX + name)).sort());
	for (const [name, data] of sent) {
		const there = await inBucket(PREFIX + name);
		assert.ok(there.body.equals(data), name);
		assert.deepEqual([there.headers['content-type'], there.headers['cache-control']], [name.endsWith('webp') ? 'image/webp' : 'image/jpeg', 'public, max-age=31536000, immutable']);
	}
	const put = aws.calls.find(({ action, path: at }) => action === 's3:PutObject' && at.endsWith(fresh.names[0]));
	assert.deepEqual([put.headers['x-amz-server-side-encryption'], put.headers['x-amz-checksum-sha256']], ['AES256', crypto.createHash('sha256').update(sent.get(fresh.names[0])).digest('base64')]);

	const moved = await bytes(`${site.url}/media/${fresh.names[0]}`);
	assert.deepEqual([moved.status, moved.headers.get('cache-control')], [302, 'private, max-age=3600']);
	const location = moved.headers.get('location');
	assert.ok(location.startsWith(`${aws.url}/${bucket}/${PREFIX}${fresh.names[0]}?`) && location.includes('X-Amz-Expires=7200'), location);
	assert.ok((await bytes(location)).body.equals(sent.get(fresh.names[0])));
	// Temporary credentials end, and what is signed with them: no browser keeps that for long.
	const token = 'temporary/and+long=';
	process.env.AWS_SESSION_TOKEN = aws.keys.get(aws.keyId).token = token;
	await site.pool.stop();
	await site.pool.start();
	const soon = (await bytes(`${site.url}/media/${fresh.names[0]}`)).headers;
	delete process.env.AWS_SESSION_TOKEN;
	aws.keys.get(aws.keyId).token = '';
	await site.pool.stop();
	await site.pool.start();
	assert.deepEqual([soon.get('cache-control'), new URL(soon.get('location')).searchParams.get('X-Amz-Security-Token')], ['private, max-age=300', token]);
	const gone = await bytes(`${site.url}/media/00/00000000000000000000000000000000-320.jpg`);
	assert.deepEqual([gone.status, gone.headers.get('cache-control'), gone.headers.get('location')], [404, 'no-store', null]);
});

test('S3 that throttles, answers garbage, breaks off or has another clock: nothing is lost, and in the end all is there', async () => {
	const one = await upload(await photo());
	const rules = [
		{ status: 503, code: 'SlowDown', times: 3 }, { garbage: 'xml', status: 500, times: 3 }, { garbage: 'xml', times: 1 }, { garbage: 'binary', times: 1 }, { status: 403, code: 'AccessDenied', times: 1 },
		{ cut: 'before', times: 3 }, { cut: 'headers', times: 3 },
	];
	for (const rule of rules) {
		aws.misbehave({ match: 's3:PutObject', ...rule });
		const done = await jobs();
		aws.behave();
		assert.deepEqual([done.code, await waiting(), (await bytes(`${site.url}/media/${one.names[0]}`)).status], [1, 1, 200], `${JSON.stringify(rule)}: ${done.stderr}`);
		const [later] = done.log.filter(({ event }) => event === 'outbox_later');
		assert.ok(later.kind === 'photo_put' && /^s3/i.test(later.reason), JSON.stringify(later));
	}
	await site.sql("UPDATE outbox SET attempts = 500 WHERE kind = 'photo_put' AND state = 0");
	aws.skew(3600);
	const done = await jobs();
	aws.skew(0);
	assert.deepEqual([done.code, await waiting()], [0, 0], done.stderr);
	for (const name of one.names)
		assert.equal((await inBucket(PREFIX + name)).status, 200);
});

test('a process that dies in the middle of it leaves the photo to the next; an order that was dropped is given again', async () => {
	const one = await upload(await photo());
	let killed = false;
	aws.misbehave({ match: 's3:PutObject', async kill() { await site.jobs.kill(); killed = true; } });
	await site.jobs.start();
	await until(() => killed, () => 'the jobs put nothing');
	assert.equal((await bytes(`${site.url}/media/${one.names[0]}`)).status, 200);
	await site.sql("UPDATE outbox SET claimed_until = UTC_TIMESTAMP() WHERE kind = 'photo_put'; UPDATE photo_object SET busy_until = UTC_TIMESTAMP(); DELETE FROM outbox WHERE kind = 'photo_put' AND state = 0");
	const done = await jobs();
	assert.deepEqual([done.code, await waiting(), (await inBucket(PREFIX + one.names[0])).status], [0, 0, 200], done.stderr);
});

test('nobody has it any more: its objects go; not while it is being put, and not when it came again meanwhile', async () => {
	const data = await photo(), one = await upload(data);
	const remove = () => site.sql(`DELETE FROM photo WHERE hash = UNHEX('${one.key}'); UPDATE listing SET photos = 0 WHERE id = ${one.listing};
		UPDATE photo_object SET refs = 0, unreferenced_at = UTC_TIMESTAMP() - INTERVAL 25 HOUR WHERE hash = UNHEX('${one.key}')`);
	await jobs();
	await remove();
	await site.sql(`UPDATE photo_object SET busy_by = 7, busy_until = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE hash = UNHEX('${one.key}')`);
	assert.equal((await ctl('photos', 'sweep')).stdout, '0 removed.\n');
	await site.sql(`UPDATE photo_object SET busy_until = NULL WHERE hash = UNHEX('${one.key}')`);
	await aws.down();
	assert.equal((await ctl('photos', 'sweep')).code, 1);
	await aws.up();
	// While S3 takes its time to remove it the same picture comes again: it waits for nothing, and is there in the end.
	let release;
	const held = new Promise(resolve => { release = resolve; });
	aws.misbehave({ match: 's3:DeleteObject', kill: () => held, times: 2 });
	aws.calls.length = 0;
	const sweep = ctl('photos', 'sweep');
	await until(() => aws.calls.some(({ action }) => action === 's3:DeleteObject'), () => 'nothing is removed');
	await upload(data, one.listing).finally(release);
	assert.equal((await sweep).stdout, '0 removed.\n');
	assert.deepEqual(await listBucket(`${PREFIX}${one.key.slice(0, 2)}/${one.key}`), []);
	assert.equal((await bytes(`${site.url}/media/${one.names[0]}`)).status, 200);
	await jobs();
	assert.equal((await listBucket(`${PREFIX}${one.key.slice(0, 2)}/${one.key}`)).length, 4);
	await remove();
	assert.equal((await ctl('photos', 'sweep')).stdout, '1 removed.\n');
	assert.deepEqual([await listBucket(`${PREFIX}${one.key.slice(0, 2)}/${one.key}`), await site.sql(`SELECT COUNT(*) FROM photo_object WHERE hash = UNHEX('${one.key}')`)], [[], '0']);
});

test('the check finds and mends in a bucket what it does in a folder', async () => {
	const [kept, lost, damaged, waits] = [await upload(await photo()), await upload(await photo()), await upload(await photo()), null];
	await jobs();
	const pending = await upload(await photo());
	await aws.s3.call('DELETE', `/${bucket}/${PREFIX}${lost.names[0]}`);
	const before = await inBucket(PREFIX + damaged.names[0]);
	await aws.s3.call('PUT', `/${bucket}/${PREFIX}${damaged.names[0]}`, { body: Buffer.alloc(before.body.length, 1) });
	await aws.s3.call('PUT', `/${bucket}/${PREFIX}not-ours.txt`, { body: 'x' });
	const found = JSON.parse((await ctl('photos', 'check', '--json')).stdout);
	assert.deepEqual([found.findings.lost_files.which, found.findings.damaged_files.which, found.unknown_files, found.clean, waits], [[lost.key], [damaged.key], 1, false, null]);
	const mended = await ctl('photos', 'check', '--mend');
	assert.equal(mended.code, 0, mended.stderr);
	assert.equal(JSON.parse((await ctl('photos', 'check', '--json')).stdout).clean, true);
	assert.deepEqual([await listBucket(`${PREFIX}${lost.key.slice(0, 2)}/${lost.key}`), (await listBucket(`${PREFIX}${kept.key.slice(0, 2)}/${kept.key}`)).length], [[], 4]);
	assert.equal(await site.sql(`SELECT photos FROM listing WHERE id = ${lost.listing}`), '0');
	await jobs();
	assert.equal((await inBucket(PREFIX + pending.names[0])).status, 200);
	// A list that is cut off, or none, is never taken for an empty bucket.
	for (const rule of [{ garbage: 'xml', times: 3 }, { cut: 'body', times: 3 }, { status: 503, code: 'SlowDown', times: 3 }]) {
		aws.misbehave({ match: 's3:ListBucket', ...rule });
		const broken = await ctl('photos', 'check', '--mend');
		aws.behave();
		assert.match(broken.stderr, /the photos cannot be checked: the photos' bucket: /, JSON.stringify(rule));
	}
	assert.equal(JSON.parse((await ctl('photos', 'check', '--json')).stdout).clean, true);
});

test('a site moves: copied, cut off, gone on with, verified, and back again, below a prefix of any letters', async () => {
	const prefix = 'photos été/a+b 100% & <c>/', conf = path.join(site.dir, 'other.conf'), folder = path.join(site.dir, 'moving');
	fs.mkdirSync(folder);
	fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(/^prefix = .*$/m, `prefix = ${prefix}`).replace(/^photos = .*$/m, `photos = ${folder}`));
	const other = { ...site, conf };
	await site.sql('DELETE FROM photo; UPDATE listing SET photos = 0; DELETE FROM photo_object');
	for (let i = 0; i < 5; i++)
		await storePhoto(other, { width: 300 + i, height: 200, hue: 30 * i });
	fs.mkdirSync(path.join(folder, 'ff'), { recursive: true });
	fs.writeFileSync(path.join(folder, 'ff', `${'f'.repeat(32)}-320.jpg`), 'nobody knows me');
	const copy = async (from, to, ...more) => {
		const { code = 0, stdout, stderr } = await ctl('--config', conf, 'store', 'copy', '--from', from, '--to', to, '--json', ...more);
		return { code, stderr, ...JSON.parse(stdout) };
	};
	const numbers = ({ code, objects, copied, there, failed, unknown_files: unknown }) => [code, objects, copied, there, failed, unknown];
	assert.deepEqual(numbers(await copy('folder', 's3', '--dry-run')), [0, 5, 5, 0, 0, 1]);
	assert.deepEqual(await listBucket('photos '), []);
	let puts = 0;
	aws.misbehave({ match: 's3:PutObject', times: 1000, async kill() { if (++puts === 4) await aws.down(); } });
	const cut = await copy('folder', 's3');
	await aws.up();
	aws.behave();
	assert.ok(cut.code === 1 && cut.copied < 5 && cut.failed > 0 && /the copy is not complete: s3/i.test(cut.stderr), JSON.stringify(cut));
	const rest = await copy('folder', 's3');
	// the one that was cut off may have come through unheard
	assert.ok(rest.code === 0 && rest.there >= cut.copied && rest.there < 5 && rest.copied === 5 - rest.there && rest.failed === 0, JSON.stringify(rest));
	aws.calls.length = 0;
	assert.deepEqual(numbers(await copy('folder', 's3')), [0, 5, 0, 5, 0, 1]);
	assert.ok(aws.actions().every(action => action !== 's3:PutObject') && aws.actions().length >= 10);
	const files = fs.readdirSync(folder, { recursive: true }).filter(name => /-320\.(?:webp|jpg)$/.test(name) && !name.startsWith('ff/')).sort();
	assert.equal(files.length, 10);
	for (const name of files)
		assert.ok((await inBucket(prefix + name)).body.equals(fs.readFileSync(path.join(folder, name))), name);
	// In the bucket damaged: put right. In the folder damaged: said.
	await aws.s3.call('PUT', `/${bucket}/${encode(prefix + files[0])}`, { body: Buffer.alloc(fs.statSync(path.join(folder, files[0])).size) });
	assert.deepEqual(numbers(await copy('folder', 's3')), [0, 5, 1, 4, 0, 1]);
	const whole = fs.readFileSync(path.join(folder, files[2]));
	fs.writeFileSync(path.join(folder, files[2]), Buffer.alloc(whole.length));
	const bad = await copy('folder', 's3');
	assert.deepEqual([bad.code, bad.there, bad.failed, bad.failures[0].what], [1, 4, 1, 'is damaged where it is']);
	assert.ok((await inBucket(prefix + files[2])).body.equals(whole), 'what was whole stays whole');
	assert.deepEqual(numbers(await copy('s3', 'folder')), [0, 5, 1, 4, 0, 0]);
	fs.rmSync(folder, { recursive: true });
	assert.deepEqual(numbers(await copy('s3', 'folder')), [0, 5, 5, 0, 0, 0]);
	assert.ok(fs.readFileSync(path.join(folder, files[2])).equals(whole));
	assert.equal((await ctl('--config', conf, 'photos', 'check')).code, 0);
	const addresses = files.map(name => bytes(`${site.url}/media/${name}`));
	assert.ok((await Promise.all(addresses)).every(({ status }) => status === 302));
	// A bucket that is not there is named, by its key.
	fs.writeFileSync(conf, fs.readFileSync(conf, 'utf8').replace(/^bucket = .*$/m, 'bucket = outport-none'));
	for (const args of [['store', 'copy', '--from', 'folder', '--to', 's3'], ['photos', 'check', '--quick']]) {
		const { code, stdout, stderr } = await ctl('--config', conf, ...args);
		assert.equal(code, 1);
		assert.match(stdout + stderr, /\[media\] bucket = outport-none: there is none \(s3: 404 NoSuchBucket/);
	}
});

test('Chromium shows a photo that waits, one from the bucket by its signed address, and one from [media] url, and the policy lets it', async () => {
	const one = await upload(await photo()), browser = await openBrowser();
	const shown = async () => {
		const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
		const problems = [];
		page.setDefaultTimeout(60000);
		page.on('console', message => message.type() === 'error' && problems.push(message.text()));
		await page.goto(`${site.url}/listings/${one.listing}`);
		const image = page.locator(`picture img[src*="${one.key}"]`).first();
		await image.scrollIntoViewIfNeeded();
		await page.waitForFunction(img => img.complete && img.naturalWidth > 0, await image.elementHandle());
		const source = await image.evaluate(img => img.currentSrc);
		await page.close();
		assert.deepEqual(problems, []);
		return source;
	};
	try {
		assert.ok((await shown()).startsWith(`${site.url}/media/`));
		await jobs();
		aws.calls.length = 0;
		assert.ok((await shown()).startsWith(`${site.url}/media/`));
		assert.ok(aws.actions().includes('s3:GetObject'), 'it came from the bucket');
		// A host of its own, as CloudFront is: here it is the bucket's, opened to all.
		const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${bucket}/*`] }] });
		assert.ok((await aws.s3.call('PUT', `/${bucket}`, { query: { policy: '' }, body: policy })).status < 300);
		fs.writeFileSync(site.conf, fs.readFileSync(site.conf, 'utf8').replace('[media]\n', `[media]\nurl = ${aws.url}\n`));
		await site.pool.stop();
		await site.pool.start();
		const item = JSON.parse((await request(`${site.url}/api/v1/listings/${one.listing}`)).body);
		assert.ok(item.photo.url.startsWith(`${aws.url}/${one.key.slice(0, 2)}/${one.key}-`), item.photo.url);
		const moved = await bytes(`${site.url}/media/${one.names[0]}`);
		assert.deepEqual([moved.status, moved.headers.get('location')], [302, `${aws.url}/${one.names[0]}`]);
		const fresh = await upload(await photo());
		assert.ok(JSON.parse((await request(`${site.url}/api/v1/listings/${fresh.listing}`)).body).photo.url.startsWith('/media/'), 'what is not there yet comes from the site');
	} finally {
		await browser.close();
	}
});
