// What uploads do to the site, in the build's folder:
//   top_builddir=. node ../../tests/bench/photos-load.mjs [ROUNDS] [SECONDS]
// A site as in production (nginx, two workers, one for photos with its decoder) is asked for the list and for listings at a fifth of what it can do, each
// request at its moment whether those before it are answered or not; in turn without uploads and with photos of 12 megapixels sent one after the other
// without a pause. The wait counts from the moment a request was due. ROUNDS (5 unless said) of SECONDS (10); fails where the median of the rounds'
// 95th percentiles with uploads is over twice that without.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeListing } from '../support/accounts.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { startSite } from '../support/site.mjs';
import { load, median } from './measure.mjs';
import { makePhoto } from './photo.mjs';

const rounds = Number(process.argv[2] ?? 5), seconds = Number(process.argv[3] ?? 10), DRAFT = 4;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-photos-load.'));
const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });

// Milliseconds until the whole answer was there.
function ask(url, headers, due) {
	return new Promise((resolve, reject) => {
		http.get(url, { agent, headers }, res => {
			res.resume().once('error', reject).once('end', () => (res.statusCode === 200 ? resolve(performance.now() - due) : reject(new Error(`${url}: ${res.statusCode}`))));
		}).once('error', reject);
	});
}

// rate requests a second, evenly, however long each takes. The waits, from the shortest.
async function openLoop(url, headers, rate) {
	const waits = [], began = performance.now(), n = Math.round(rate * seconds);
	for (let i = 0; i < n;) {
		for (; i < n && began + (i * 1000) / rate <= performance.now(); i++)
			waits.push(ask(url, headers, began + (i * 1000) / rate));
		await sleep(1);
	}
	return (await Promise.all(waits)).sort((a, b) => a - b);
}

// Photos without end, none like another, for what is kept once costs less the second time: a number of a quantization table is one more.
function* photosOf(file) {
	for (let i = 0; ; i++) {
		const bytes = Buffer.from(file), table = [bytes.indexOf('ffdb', 0, 'hex'), bytes.lastIndexOf('ffdb', 2000, 'hex')][i % 2];
		bytes[table + 5 + (Math.floor(i / 2) % 64)] += 1 + Math.floor(i / 128);
		yield bytes;
	}
}

// To drafts that are there, ten to each. How many went.
async function uploads(site, member, drafts, photos, stop) {
	let n = 0;
	for (; !stop.now; n++, drafts.sent++) {
		const { status, body } = await request(`${site.url}/api/v1/listings/${drafts.ids[Math.floor(drafts.sent / 10)]}/photos`, { method: 'POST', body: photos.next().value,
			headers: { Authorization: member.bearer, 'Content-Type': 'image/jpeg' } });
		if (status !== 201)
			throw new Error(`an upload: ${status}: ${body}`);
	}
	return n;
}

let site;
try {
	makePhoto(folder, 'photo.v', 4000, 3000);
	await promisify(execFile)('vips', ['jpegsave', path.join(folder, 'photo.v'), path.join(folder, 'photo.jpg'), '--Q', '90']);
	site = await startSite({ listings: 5000, jobs: false });
	const member = await makeMember(site.sql), headers = { Cookie: member.cookie }, url = `${site.url}/listings`;
	const photos = photosOf(fs.readFileSync(path.join(folder, 'photo.jpg')));
	const drafts = { ids: [], sent: 0 };
	while (drafts.ids.length < rounds * seconds)
		drafts.ids.push(await makeListing(site, { email: member.email, state: DRAFT, member: member.id }));
	await load(url, 2, headers);
	const capacity = median([await load(url, 3, headers), await load(url, 3, headers), await load(url, 3, headers)].map(r => r.rps));
	console.log(`the list for a signed-in member: ${capacity.toFixed(0)} a second at most, asked for ${(capacity / 5).toFixed(0)} times a second`);
	const p = { without: [], with: [] }, at = (list, share) => list[Math.floor(list.length * share)];
	await openLoop(url, headers, capacity / 5);
	for (let i = 0; i < rounds; i++) {
		const alone = await openLoop(url, headers, capacity / 5);
		const stop = { now: false }, sent = uploads(site, member, drafts, photos, stop);
		sent.catch(() => {});
		const beside = await openLoop(url, headers, capacity / 5);
		stop.now = true;
		const n = await sent;
		p.without.push(at(alone, 0.95));
		p.with.push(at(beside, 0.95));
		console.log(`p50 and p95 in ms: ${at(alone, 0.5).toFixed(2)} ${at(alone, 0.95).toFixed(2)} without; ${at(beside, 0.5).toFixed(2)} ${at(beside, 0.95).toFixed(2)} with ${n} photos sent`);
		if (n < 2)
			throw new Error('hardly a photo was taken: nothing was measured');
	}
	const ratio = median(p.with) / median(p.without);
	console.log(`${ratio <= 2 ? 'holds' : 'DOES NOT HOLD'}: p95 with uploads is ${ratio.toFixed(2)} times that without, at most 2`);
	process.exitCode = ratio <= 2 ? 0 : 1;
} finally {
	agent.destroy();
	await site?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
}
