// Photos on the site's pages: where they show, what their owner does with them, who looks at them again; a member's picture; what moderators do.
import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { openSite } from './visitor.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { addPhotos, makePhotoFile, setPicture, storePhoto } from '../support/photos.mjs';
import { multipart } from '../support/upload.mjs';

const site = await openSite({ listings: 200, jobs: false });
const json = text => JSON.parse(text);
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const as = (who, more = {}) => ({ ...(who ? { Cookie: who.cookie } : {}), 'Sec-Fetch-Site': 'same-origin', ...more });
const get = (path, who) => site.get(path, as(who));
const post = (path, fields, who) => site.post(path, new URLSearchParams(fields).toString(), as(who, form));
const api = (method, path, who, value) => {
	const body = value === undefined ? undefined : JSON.stringify(value);
	return site.request(method, path, { body, headers: { Authorization: who.bearer, ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }) } });
};
const [elsie, trusted, other, moderator] = await Promise.all([{}, { trust: 'trusted', name: 'Trusted Tom' }, {}, { role: 'moderator' }].map(who => makeMember(site.sql, who)));
const objects = await Promise.all([[1600, 1200, 10], [900, 1600, 50], [640, 480, 90], [1200, 1200, 130]].map(([width, height, hue]) => storePhoto(site, { width, height, hue })));
const states = { pending: 0, published: 1, rejected: 2, removed: 3, draft: 4, held: 5, expired: 6, sold: 7, withdrawn: 8, unconfirmed: 9 };

// A listing of a member's in a state, with as many photos; { id, path, photos }. Those of the demo data are nobody's.
let at = 0;
async function listing(who, { state = 'published', photos = 0, alts } = {}) {
	const [id, slug] = (await site.sql(`SELECT id, slug FROM listing WHERE state = 1 AND member_id IS NULL ORDER BY id LIMIT ${at++ % 3}, 1`)).split('\t');
	await site.sql(`UPDATE listing SET member_id = ${who.id}, state = ${states[state]}, submitted_at = IF(${states[state]} IN (0, 5), UTC_TIMESTAMP(), submitted_at) WHERE id = ${id};
		DELETE FROM listing_facet WHERE listing_id = ${id} AND ${states[state]} <> 1`);
	return { id: Number(id), path: `/listings/${id}/${slug}`, photos: await addPhotos(site, id, objects.slice(0, photos), alts) };
}
const order = async id => (await site.sql(`SELECT id FROM photo WHERE listing_id = ${id} ORDER BY position`)).split('\n').filter(Boolean).map(Number);
const positions = async id => (await site.sql(`SELECT GROUP_CONCAT(position ORDER BY position) FROM photo WHERE listing_id = ${id}`));
const stateOf = async id => Object.keys(states)[Object.values(states).indexOf(Number(await site.sql(`SELECT state FROM listing WHERE id = ${id}`)))];
const altOf = id => site.sql(`SELECT alt FROM photo WHERE id = ${id}`);
const inOrder = (body, ids) => ids.map(id => body.indexOf(`data-photo="${id}"`));

test('a listing’s page shows its photos, small and large, and every file is there for a year', async () => {
	const l = await listing(elsie, { photos: 3, alts: ['A red dory', '', 'The "bow" & <stern>'] });
	const page = (await get(l.path)).body, item = json((await site.get(`/api/v1/listings/${l.id}`)).body);
	assert.deepEqual([...page.matchAll(/<li id="photo-(\d+)">/g)].map(([, id]) => Number(id)), l.photos);
	assert.deepEqual([...page.matchAll(/href="#photo-(\d+)"/g)].map(([, id]) => Number(id)), l.photos);
	assert.ok(page.includes('alt="The &quot;bow&quot; &amp; &lt;stern&gt;"') && !page.includes('<stern>'));
	assert.match(page, /alt="[^"]+: photo 2 of 3"/, 'without words of its own it is the listing’s');
	assert.equal(page.match(/fetchpriority="high"/g).length, 1);
	assert.equal(page.match(/<picture>/g).length, page.match(/loading="lazy"/g).length + 1);
	const [, image] = /<meta property="og:image" content="([^"]+)">/.exec(page);
	assert.ok(image.startsWith(`${site.url}/media/`), image);
	assert.equal(json(/<script type="application\/ld\+json">(.*)<\/script>/.exec(page)[1]).image.length, 3);
	assert.equal(item.photos.length, 3);
	assert.deepEqual(item.photo, item.photos[0]);
	assert.deepEqual(Object.keys(item.photo), ['url', 'width', 'height', 'alt', 'srcset']);
	assert.deepEqual([item.photos[0].width, item.photos[0].height, item.photos[0].alt], [800, 600, 'A red dory']);
	assert.deepEqual([item.photos[1].width, item.photos[1].height], [450, 800]);
	const files = new Set([...page.matchAll(/(?:srcset|src|href)="([^"]*\/media\/[^"]+)"/g)].flatMap(([, list]) => list.split(', ').map(file => file.split(' ')[0]))
		.concat(item.photos.flatMap(({ url, srcset }) => [url, ...srcset.split(', ').map(file => file.split(' ')[0])]), image.slice(site.url.length)));
	assert.ok(files.size >= 3 * 4, [...files].join(' '));
	for (const file of files) {
		const r = await site.get(file);
		assert.equal(r.status, 200, file);
		assert.equal(r.headers['content-type'], file.endsWith('.webp') ? 'image/webp' : 'image/jpeg');
		assert.match(r.headers['cache-control'], /max-age=31536000, immutable/);
	}
});

test('lists show first photos: browsing, newest, similar, favourites, one’s own, the API, the feed', async () => {
	const l = await listing(elsie, { photos: 2 }), [first, second] = objects.map(({ key }) => key);
	await site.sql(`UPDATE listing SET published_at = UTC_TIMESTAMP() WHERE id = ${l.id}; UPDATE listing_facet SET published_at = UTC_TIMESTAMP() WHERE listing_id = ${l.id}`);
	await post(`/listings/${l.id}/favourite`, { keep: 'yes' }, other);
	const beside = (await site.sql(`SELECT o.id, o.slug FROM listing o JOIN listing l ON l.category_id = o.category_id AND o.id <> l.id WHERE l.id = ${l.id} AND o.state = 1 LIMIT 1`)).split('\t');
	for (const [path, who] of [['/listings', null], ['/fr/listings', null], ['/', null], ['/fr/', null], ['/account/favourites', other], ['/account/listings', elsie], ['/feed.atom', null],
		['/api/v1/listings', null], ...(beside.length > 1 ? [[`/listings/${beside[0]}/${beside[1]}`, null]] : [])]) {
		await site.until(async () => (await get(path, who)).body.includes(first), `${path} shows it`);
		assert.ok(!(await get(path, who)).body.includes(second), `${path} shows the first alone`);
	}
	for (const [path, who] of [['/api/v1/me/favourites', other], ['/api/v1/me/listings', elsie]]) {
		const r = await api('GET', path, who);
		assert.ok(r.body.includes(`"photo":{"url":"/media/${first.slice(0, 2)}/${first}-800.jpg"`), r.body);
	}
	const feed = (await get('/feed.atom')).body;
	assert.ok(feed.includes(`<link rel="enclosure" type="image/jpeg" href="${site.url}/media/${first.slice(0, 2)}/${first}-800.jpg"/>`));
});

// The worker's own count of a request's statements: the least of several, for now and then a worker reads anew what it remembers.
async function statements(path, who) {
	let least = Infinity;
	for (let i = 0; i < 8; i++) {
		// What is no token keeps a visitor's page out of nginx's cache, and is not looked up.
		const r = await site.get(path, { Cookie: who ? who.cookie : '__Host-outport=nobody' });
		assert.equal(r.status, 200, path);
		let line;
		await site.until(() => (line = fs.readFileSync(site.poolLog, 'utf8').split('\n').filter(text => text.startsWith('{') && text.endsWith('}')).map(json)
			.find(entry => entry.request_id === r.headers['x-request-id'] && entry.db_queries !== undefined)) !== undefined, `the log line of ${path}`);
		least = Math.min(least, line.db_queries);
	}
	return least;
}

test('a list asks for photos with one statement, and only when one of its listings has any', async () => {
	const l = await listing(trusted), who = await makeMember(site.sql), lists = ['/listings?location=', '/account/listings', '/account/favourites', '/moderation', l.path];
	const [place] = (await site.sql(`SELECT p.slug FROM listing l JOIN place p ON p.id = l.place_id WHERE l.id = ${l.id}`)).split('\n');
	await site.sql(`UPDATE listing SET photos = 0; INSERT INTO favourite (member_id, listing_id, created_at) VALUES (${who.id}, ${l.id}, UTC_TIMESTAMP());
		INSERT INTO flag (listing_id, reporter, reason, created_at) VALUES (${l.id}, 'a:192.0.2.9', 1, UTC_TIMESTAMP())`);
	lists[0] += place;
	const people = [null, trusted, who, moderator, null], before = [];
	for (const [i, path] of lists.entries())
		before.push(await statements(path, people[i]));
	await site.sql('UPDATE listing SET photos = (SELECT COUNT(*) FROM photo WHERE listing_id = listing.id)');
	await addPhotos(site, l.id, objects.slice(0, 3));
	for (const [i, path] of lists.entries()) {
		const now = await statements(path, people[i]);
		// Beside the listing's own photos there may be those of similar ones.
		assert.ok(now === before[i] + 1 || (path === l.path && now === before[i] + 2), `${path}: ${before[i]} statements without photos, ${now} with`);
	}
});

test('the owner’s page: order by steps, by position and all at once; descriptions; removal', async () => {
	const l = await listing(trusted, { photos: 4 }), page = `/listings/${l.id}/photos`, [a, b, c, d] = l.photos;
	const first = (await get(page, trusted)).body;
	assert.deepEqual(inOrder(first, l.photos).map((place, i, all) => i === 0 || place > all[i - 1]), [true, true, true, true]);
	assert.match(first, new RegExp(`data-order="${page}/order"`));
	assert.match(first, /<form class="form upload" method="post" novalidate enctype="multipart\/form-data" action="\/listings\/\d+\/photos" data-limit-bytes="15728640" data-limit-count="6"/);
	const moves = [[b, 'up', [b, a, c, d]], [b, 'up', [b, a, c, d]], [a, 'down', [b, c, a, d]], [d, 'down', [b, c, a, d]], [d, '0', [d, b, c, a]], [d, '3', [b, c, a, d]]];
	for (const [photo, to, expected] of moves) {
		const r = await post(`${page}/${photo}/move`, { to }, trusted);
		assert.equal(r.headers.location, `${page}?done=move#photo-${photo}`, `${photo} ${to}: ${r.body}`);
		assert.deepEqual(await order(l.id), expected, `${photo} ${to}`);
	}
	for (const to of ['', 'left', '4', '-1', '99999', 'upp'])
		assert.equal((await post(`${page}/${a}/move`, { to }, trusted)).status, 422, to);
	assert.equal((await post(`${page}/order`, { order: [a, b, c, d].join(',') }, trusted)).headers.location, `${page}?done=move`);
	assert.deepEqual(await order(l.id), [a, b, c, d]);
	for (const bad of ['', `${a}`, `${a},${b},${c},${c}`, `${a},${b},${c},${d},${d}`, `${a},${b},${c},1`, 'a,b', `${a},,${b}`, `${a},${b},${c},${d},`])
		assert.ok([404, 409, 422].includes((await post(`${page}/order`, { order: bad }, trusted)).status), bad);
	assert.deepEqual(await order(l.id), [a, b, c, d]);
	assert.match((await get(`${page}?done=move`, trusted)).body, /The order is changed/);
	const described = await post(`${page}/${c}/alt`, { alt: '  The  "bow" \u0065\u0301 ' }, trusted);
	assert.equal(described.headers.location, `${page}?done=alt#photo-${c}`);
	assert.equal(await altOf(c), 'The "bow" \u00e9');
	const long = await post(`${page}/${c}/alt`, { alt: 'é'.repeat(251) }, trusted);
	assert.equal(long.status, 422);
	assert.ok(long.body.includes(`value="${'é'.repeat(251)}" aria-invalid="true"`) && long.body.includes(`href="#f-alt-${c}"`));
	assert.equal((await post(`${page}/${b}/remove`, {}, trusted)).headers.location, `${page}?done=remove`);
	assert.deepEqual(await order(l.id), [a, c, d]);
	assert.equal(await positions(l.id), '0,1,2');
	assert.equal(await site.sql(`SELECT photos FROM listing WHERE id = ${l.id}`), '3');
	assert.equal((await post(`${page}/${b}/remove`, {}, trusted)).status, 404, 'it is gone');
	assert.equal((await post(`${page}/999999999/alt`, { alt: 'x' }, trusted)).status, 404);
	assert.equal(await stateOf(l.id), 'published', 'a trusted member’s stays in sight');
});

test('a change is seen within the second that nginx keeps a page', async () => {
	const l = await listing(trusted, { photos: 2 }), where = [l.path, `/api/v1/listings/${l.id}`];
	const before = await Promise.all(where.map(path => site.get(path)));
	const old = before.map(r => r.headers.etag);
	await post(`/listings/${l.id}/photos/${l.photos[1]}/move`, { to: 'up' }, trusted);
	for (const [i, path] of where.entries()) {
		let r;
		await site.until(async () => (r = await site.get(path, { 'If-None-Match': old[i] })).status === 200, `${path} is new`);
		assert.notEqual(r.headers.etag, old[i]);
		assert.ok(r.body.indexOf(objects[1].key) < r.body.indexOf(objects[0].key), path);
	}
});

test('somebody else’s photos are not there', async () => {
	const l = await listing(trusted, { photos: 2 }), mine = await listing(elsie, { photos: 1 }), page = `/listings/${l.id}/photos`;
	assert.equal((await get(page)).status, 303);
	for (const who of [elsie, other, moderator]) {
		assert.equal((await get(page, who)).status, 404);
		for (const [path, fields] of [[`${page}/${l.photos[0]}/move`, { to: 'down' }], [`${page}/${l.photos[0]}/alt`, { alt: 'Mine' }], [`${page}/${l.photos[0]}/remove`, {}],
			[`${page}/order`, { order: `${l.photos[1]},${l.photos[0]}` }]])
			assert.equal((await post(path, fields, who)).status, 404, path);
		for (const [method, value] of [['PATCH', { position: 1 }], ['DELETE', undefined]])
			assert.equal((await api(method, `/api/v1/listings/${l.id}/photos/${l.photos[0]}`, who, value)).status, 404);
	}
	// By the address of a listing of one's own neither.
	assert.equal((await post(`/listings/${mine.id}/photos/${l.photos[0]}/remove`, {}, elsie)).status, 404);
	assert.equal((await api('DELETE', `/api/v1/listings/${mine.id}/photos/${l.photos[0]}`, elsie)).status, 404);
	assert.deepEqual(await order(l.id), l.photos);
});

test('what a new member changes of a published listing’s photos is looked at again, as words are', async () => {
	const page = id => `/listings/${id}/photos`, version = id => site.sql(`SELECT version FROM listing WHERE id = ${id}`);
	for (const name of ['published', 'expired']) {
		const l = await listing(elsie, { state: name, photos: 2 });
		assert.match((await get(page(l.id), elsie)).body, /looks at the listing again before it appears/);
		for (const [path, fields] of [[`${l.photos[0]}/move`, { to: 'down' }], [`${l.photos[0]}/remove`, {}], [`${l.photos[1]}/alt`, { alt: '' }]])
			await post(`${page(l.id)}/${path}`, fields, elsie);
		assert.equal(await stateOf(l.id), name, 'order and removal show nothing new');
		const r = await post(`${page(l.id)}/${l.photos[1]}/alt`, { alt: 'A dory that leaks' }, elsie);
		assert.equal(r.headers.location, `${page(l.id)}?done=alt-review#photo-${l.photos[1]}`);
		assert.equal(await stateOf(l.id), 'pending');
		assert.equal(await site.sql(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${l.id}`), '0');
	}
	// A moderator decides about what was there when they looked.
	const l = await listing(elsie, { state: 'pending', photos: 1 }), queue = json((await api('GET', '/api/v1/moderation/queue', moderator)).body).entries.find(({ id }) => id === l.id);
	const seen = await version(l.id);
	await post(`${page(l.id)}/${l.photos[0]}/alt`, { alt: 'Something else' }, elsie);
	assert.notEqual(await version(l.id), seen);
	const decided = await post(`/moderation/listings/${l.id}`, { _age: await site.formAge(), decision: 'approve', version: seen, entry: queue.entry, flag: 0 }, moderator);
	assert.equal(decided.status, 409, decided.body);
	assert.equal(await stateOf(l.id), 'pending');
	// Nothing of what is over changes.
	for (const name of ['sold', 'removed', 'unconfirmed']) {
		const over = await listing(elsie, { state: name, photos: 2 });
		const shown = (await get(page(over.id), elsie)).body;
		assert.match(shown, /cannot be changed while it is in this state/, name);
		assert.ok(!shown.includes('type="file"'));
		assert.equal((await post(`${page(over.id)}/${over.photos[0]}/remove`, {}, elsie)).headers.location, `${page(over.id)}?done=late`);
		assert.equal((await api('DELETE', `/api/v1/listings/${over.id}/photos/${over.photos[0]}`, elsie)).status, 409);
		assert.deepEqual(await order(over.id), over.photos);
	}
});

test('a description is held against the site’s rules', async () => {
	const admin = await makeMember(site.sql, { role: 'admin' });
	for (const [pattern, action] of [['sunscreen', 'hold'], ['snakeoil', 'refuse']])
		assert.equal((await post('/moderation/rules', { _age: await site.formAge(), kind: 'words', action, pattern, note: '' }, admin)).status, 303);
	const l = await listing(trusted, { photos: 1 }), page = `/listings/${l.id}/photos/${l.photos[0]}/alt`;
	let refused;
	await site.until(async () => (refused = await post(page, { alt: 'A jar of snakeoil' }, trusted)).status === 422, 'the rule is known');
	assert.match(refused.body, /words that are not allowed/);
	assert.equal((await api('PATCH', `/api/v1/listings/${l.id}/photos/${l.photos[0]}`, trusted, { alt: 'snakeoil' })).status, 422);
	assert.ok(!(await altOf(l.photos[0])).includes('snakeoil'));
	const held = await post(page, { alt: 'A tube of sunscreen' }, trusted);
	assert.equal(held.headers.location, `/listings/${l.id}/photos?done=alt-review#photo-${l.photos[0]}`);
	assert.equal(await stateOf(l.id), 'pending');
});

test('who is banned describes nothing any more', async () => {
	const who = await makeMember(site.sql), l = await listing(who, { photos: 1 }), page = `/listings/${l.id}/photos/${l.photos[0]}/alt`, before = await altOf(l.photos[0]);
	await site.sql(`INSERT INTO ban (kind, value, reason, created_by, created_at) VALUES (0, '${who.email}', '', 1, UTC_TIMESTAMP())`);
	const refused = await post(page, { alt: 'Mine' }, who);
	assert.equal(refused.status, 422);
	assert.match(refused.body, /has been shut out/);
	assert.equal((await api('PATCH', `/api/v1/listings/${l.id}/photos/${l.photos[0]}`, who, { alt: 'Mine' })).status, 422);
	assert.equal(await altOf(l.photos[0]), before);
});

test('by the API: read, described, moved, removed', async () => {
	const l = await listing(trusted, { photos: 3, alts: ['One'] }), base = `/api/v1/listings/${l.id}/photos`;
	const list = json((await api('GET', base, trusted)).body).photos;
	assert.deepEqual(list.map(({ id, position }) => [id, position]), l.photos.map((id, i) => [id, i]));
	assert.deepEqual(Object.keys(list[0]), ['id', 'position', 'url', 'width', 'height', 'alt', 'srcset']);
	const changed = await api('PATCH', `${base}/${l.photos[0]}`, trusted, { alt: 'Two', position: 2 });
	assert.equal(changed.status, 200, changed.body);
	assert.deepEqual([json(changed.body).alt, json(changed.body).position], ['Two', 2]);
	assert.deepEqual(await order(l.id), [l.photos[1], l.photos[2], l.photos[0]]);
	assert.equal(json((await api('PATCH', `${base}/${l.photos[0]}`, trusted, { position: 0 })).body).alt, 'Two', 'what is not given stays');
	for (const bad of [{ position: 10 }, { position: -1 }, { alt: 'x'.repeat(251) }, { other: 1 }]) {
		const r = await api('PATCH', `${base}/${l.photos[0]}`, trusted, bad);
		assert.equal(r.status, 422, JSON.stringify(bad));
		assert.equal(json(r.body).errors[0].field, Object.keys(bad)[0]);
	}
	const past = await api('PATCH', `${base}/${l.photos[0]}`, trusted, { position: 9 });
	assert.ok([200, 422].includes(past.status), past.body);
	assert.deepEqual((await positions(l.id)).split(','), ['0', '1', '2']);
	assert.equal((await api('DELETE', `${base}/${l.photos[0]}`, trusted)).status, 204);
	assert.equal((await api('DELETE', `${base}/${l.photos[0]}`, trusted)).status, 404);
	assert.equal((await order(l.id)).length, 2);
});

test('moderators see the photos of what waits and take one down; the public log says so', async () => {
	const l = await listing(other, { state: 'pending', photos: 2, alts: ['A dory', 'Something vile'] });
	const queue = (await get('/moderation', moderator)).body, entry = `/moderation/listings/${l.id}`;
	for (const body of [queue, (await get(entry, moderator)).body]) {
		assert.ok(body.includes('Something vile') && body.includes(`form="d-${l.id}" formaction="${entry}/photos/${l.photos[1]}/remove"`), body);
		assert.ok(body.includes(`id="d-${l.id}"`));
	}
	const program = json((await api('GET', '/api/v1/moderation/queue', moderator)).body), waiting = program.entries.find(({ id }) => id === l.id);
	assert.deepEqual(waiting.photos.map(({ id }) => id), l.photos);
	const fields = { _age: await site.formAge(), version: waiting.version, entry: waiting.entry, flag: 0, reason: 'prohibited', words: 'A net that is not allowed' };
	assert.equal((await post(`${entry}/photos/${l.photos[1]}/remove`, { ...fields, reason: 'nonsense' }, moderator)).status, 422);
	assert.equal((await post(`${entry}/photos/999999999/remove`, fields, moderator)).status, 404);
	assert.equal((await post(`${entry}/photos/${l.photos[1]}/remove`, fields, other)).status, 403);
	const r = await post(`${entry}/photos/${l.photos[1]}/remove`, fields, moderator);
	assert.equal(r.headers.location, `${entry}?done=photo&id=${l.id}`, r.body);
	assert.match((await get(r.headers.location, moderator)).body, new RegExp(`Listing ${l.id}: Photo removed`));
	assert.deepEqual(await order(l.id), [l.photos[0]]);
	assert.equal(await site.sql(`SELECT CONCAT_WS('|', action, moderator_id, listing_id, member_id, reason_code, reason) FROM moderation_entry WHERE listing_id = ${l.id}`),
		`19|${moderator.id}|${l.id}|${other.id}|1|A net that is not allowed`);
	await site.until(async () => /Photo removed[\s\S]*A net that is not allowed/.test((await get('/moderation-log')).body), 'the log');
	await site.until(async () => /Photo retirée/.test((await get('/fr/moderation-log')).body), 'the log in French');
	// In any state: of what is published too.
	const shown = await listing(trusted, { photos: 1 });
	assert.equal((await post(`/moderation/listings/${shown.id}/photos/${shown.photos[0]}/remove`, { _age: await site.formAge() }, moderator)).status, 303);
	assert.equal((await order(shown.id)).length, 0);
	// What was never sent in is nobody's to see.
	const draft = await listing(trusted, { state: 'draft', photos: 1 });
	assert.equal((await post(`/moderation/listings/${draft.id}/photos/${draft.photos[0]}/remove`, { _age: await site.formAge() }, moderator)).status, 404);
});

test('moderators remove a member’s picture, the one they saw; the public log says so', async () => {
	const who = await makeMember(site.sql, { name: 'Rita Portrait' }), page = `/moderation/members/${who.id}`, [seen, newer] = objects;
	assert.ok(!(await get(page, moderator)).body.includes('/picture/remove'), 'nothing to remove');
	await setPicture(site, who.id, seen);
	const body = (await get(page, moderator)).body, action = `${page}/picture/remove`;
	assert.ok(body.includes(`action="${action}"`) && body.includes(`name="picture" value="${seen.key}"`) && body.includes(`/media/${seen.key.slice(0, 2)}/${seen.key}-320.jpg`), body);
	const has = () => site.sql(`SELECT IFNULL(LOWER(HEX(picture)), 'none') FROM member WHERE id = ${who.id}`), fields = { _age: await site.formAge(), picture: seen.key, why: 'Not theirs <to> show' };
	assert.equal((await post(action, fields, other)).status, 403);
	assert.equal((await post(action, fields)).status, 401);
	assert.equal((await request(site.url + action, { method: 'POST', body: `picture=${seen.key}`, headers: { ...as(moderator), 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'cross-site' } })).status, 403);
	assert.equal((await post('/moderation/members/999999999/picture/remove', fields, moderator)).status, 404);
	const long = await post(action, { ...fields, why: 'x'.repeat(401) }, moderator);
	assert.equal(long.status, 422);
	assert.ok(long.body.includes('id="e-why"') && long.body.includes(`value="${seen.key}"`), long.body);
	// The member has changed it meanwhile: what the moderator did not see stays, and is shown.
	await setPicture(site, who.id, newer);
	assert.equal((await post(action, fields, moderator)).headers.location, page);
	assert.equal(await has(), newer.key);
	assert.equal(await site.sql(`SELECT COUNT(*) FROM moderation_entry WHERE member_id = ${who.id}`), '0');
	const gone = await post(action, { ...fields, picture: newer.key }, moderator);
	assert.equal(gone.headers.location, `${page}?done=picture`, gone.body);
	assert.equal(await has(), 'none');
	const after = (await get(gone.headers.location, moderator)).body;
	assert.ok(/Picture removed/.test(after) && !after.includes('/picture/remove'), after);
	assert.equal((await post(action, { ...fields, picture: newer.key }, moderator)).headers.location, page, 'once is enough');
	assert.equal(await site.sql(`SELECT CONCAT_WS('|', action, moderator_id, IFNULL(listing_id, '-'), member_id, reason_code, reason) FROM moderation_entry WHERE member_id = ${who.id}`),
		`20|${moderator.id}|-|${who.id}|0|Not theirs <to> show`);
	await site.until(async () => /Picture removed<\/b> a member · a moderator[\s\S]*Not theirs &lt;to&gt; show/.test((await get('/moderation-log')).body), 'the log');
	await site.until(async () => /Photo de profil retirée/.test((await get('/fr/moderation-log')).body), 'the log in French');
});

test('a member’s picture: beside the name on listings, in conversations, on the account; removed', async () => {
	const who = await makeMember(site.sql, { trust: 'trusted', name: 'Rita Picture' }), l = await listing(who), { key } = objects[2], file = `/media/${key.slice(0, 2)}/${key}-320.jpg`;
	assert.match((await get('/account/picture', who)).body, /You have no picture/);
	await setPicture(site, who.id, objects[2]);
	const page = (await get('/account/picture', who)).body;
	assert.ok(page.includes(file) && page.includes('action="/account/picture/remove"') && page.includes('action="/account/picture"'));
	assert.ok((await get('/account', who)).body.includes(file));
	await site.until(async () => (await get(l.path)).body.includes(file), 'the listing');
	await post(`/listings/${l.id}/contact`, { _age: await site.formAge(), name: 'Other', email: 'other@mail.example', message: 'Is it still to be had?', website: '' }, other);
	const talk = (await site.sql(`SELECT id FROM conversation WHERE listing_id = ${l.id}`));
	assert.ok((await get(`/account/messages/${talk}`, other)).body.includes(file), 'the buyer sees the seller');
	assert.ok(!(await get(`/account/messages/${talk}`, who)).body.includes(file), 'nobody sees themselves');
	const gone = await post('/account/picture/remove', {}, who);
	assert.equal(gone.headers.location, '/account/picture?done=removed');
	assert.match((await get(gone.headers.location, who)).body, /Your picture is removed[\s\S]*You have no picture/);
	assert.equal(await site.sql(`SELECT picture IS NULL FROM member WHERE id = ${who.id}`), '1');
	await site.until(async () => !(await get(l.path)).body.includes(file), 'the listing without it');
	// Who is shut out has no face.
	await setPicture(site, who.id, objects[2]);
	await site.sql(`UPDATE member SET state = 2 WHERE id = ${who.id}`);
	assert.ok(!(await get(l.path, other)).body.includes(file));
	const conversation = await get(`/account/messages/${talk}`, other);
	assert.ok(conversation.status === 200 && !conversation.body.includes(file), 'nor in conversations');
});

test('from a new listing to its photos, in French', async () => {
	const [category, location] = await Promise.all(['categories', 'places'].map(async list => json((await site.get(`/api/v1/${list}`)).body)[list].find(({ parent }) => parent !== null).slug));
	const fields = { title: `Doris de cèdre ${process.pid}`, description: 'Construit en 1998, sec tout l’hiver, deux paires de rames.', category, price: '45', location, stock: '1', contact_name: '' };
	const sent = await post('/fr/account/listings/new', { ...fields, _age: await site.formAge() }, elsie), id = Number(await site.sql(`SELECT MAX(id) FROM listing`));
	assert.equal(sent.headers.location, `/fr/listings/${id}/photos?done=review`, sent.body);
	const offered = (await get(sent.headers.location, elsie)).body;
	assert.match(offered, /quelqu’un la lit avant qu’elle paraisse\. Ajoutez maintenant des photos/);
	assert.match(offered, new RegExp(`action="/fr/listings/${id}/photos"`));
	const upload = form => request(`${site.url}/fr/listings/${id}/photos`, { method: 'POST', body: form.body, headers: { ...as(elsie), ...form.headers } });
	const mixed = await upload(multipart([{ name: 'doris.jpg', data: await makePhotoFile({ width: 900, height: 600 }) }, { name: 'lettre.pdf', type: 'application/pdf', data: '%PDF-1.4 no photo' },
		{ name: 'rames.png', data: await makePhotoFile({ width: 300, height: 200, hue: 77, type: 'png' }) }]));
	assert.equal(mixed.status, 422, mixed.body);
	assert.match(mixed.body, /lettre\.pdf\u00a0: ce n’est pas une photo lisible ici/);
	assert.equal((await order(id)).length, 2, 'the good ones are kept');
	for (const photo of await order(id))
		assert.ok(mixed.body.includes(`data-photo="${photo}"`));
	const again = await upload(multipart([{ name: 'doris2.jpg', data: await makePhotoFile({ width: 900, height: 600 }) }]));
	assert.equal(again.headers.location, `/fr/listings/${id}/photos?done=add`);
	assert.match((await get(again.headers.location, elsie)).body, /Les photos sont ajoutées/);
	assert.equal((await order(id)).length, 2, 'the same photo is there once');
});
