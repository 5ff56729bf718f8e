// A member's account: overview, profile, password, address at both its ends, second factor, sessions, tokens, export, leaving.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeMember, password } from '../support/members.mjs';
import { openSite, roomInWindow } from './visitor.mjs';

const site = await openSite({ listings: 60, jobs: false });
const json = (text) => JSON.parse(text);
const cookieOf = (response) => response.headers['set-cookie']?.map((c) => c.split(';')[0]).findLast((c) => c.startsWith('__Host-outport='));

// What a member's browser does: its cookie goes along, and what is set replaces it.
function browser(member) {
	const b = { cookie: member?.cookie };
	const take = (response) => {
		const set = cookieOf(response);
		if (set !== undefined) b.cookie = set.endsWith('=') ? undefined : set;
		return response;
	};
	const headers = () => ({ 'Sec-Fetch-Site': 'same-origin', ...(b.cookie ? { Cookie: b.cookie } : {}) });
	b.get = async (path) => take(await site.get(path, headers()));
	b.post = async (path, fields = {}, more = {}) => {
		const body = new URLSearchParams({ website: '', _age: await site.formAge(), ...fields }).toString();
		return take(await site.post(path, body, { 'Content-Type': 'application/x-www-form-urlencoded', ...headers(), ...more }));
	};
	b.signedIn = async () => (await b.get('/account')).status === 200;
	return b;
}
const api = (member, method, path, body) => site.request(method, path, {
	headers: { Authorization: typeof member === 'string' ? `Bearer ${member}` : member.bearer, ...(body ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(JSON.stringify(body)) } : {}) },
	body: body && JSON.stringify(body),
});
// The newest mail of a kind to an address, as the outbox has it: nothing delivers it here.
async function mail(kind, to) {
	const rows = (await site.sql(`SELECT payload FROM outbox WHERE kind = 'mail' AND state = 0 ORDER BY id DESC LIMIT 50`)).split('\n').filter((l) => l !== '').map((l) => json(l.replaceAll('\\\\', '\\')));
	return rows.find((m) => m.mail === kind && m.to === to);
}
const linkOf = (m) => new URL(m.args[0]).pathname;
const member = (more) => makeMember(site.sql, more);

// RFC 6238, as an app computes it.
function code(secret, time = Date.now()) {
	const bits = [...secret.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(time / 30000)));
	const mac = crypto.createHmac('sha1', key).update(counter).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// What a camera makes of a picture: the SVG drawn by one program, read by another.
function scan(svg) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-qr-'));
	try {
		const [from, to] = ['code.svg', 'code.png'].map((f) => path.join(dir, f));
		fs.writeFileSync(from, svg);
		execFileSync('rsvg-convert', ['--width=400', '--height=400', '-o', to, from]);
		return execFileSync('zbarimg', ['--quiet', '--raw', to], { encoding: 'utf8' }).trim();
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

test('the overview leads to everything, by role; a visitor is sent to sign in', async () => {
	assert.match((await site.get('/account')).headers.location, /\/login\?next=%2Faccount$/);
	const page = (await browser(await member()).get('/account')).body;
	for (const path of ['listings', 'messages', 'favourites', 'searches', 'profile', 'security'])
		assert.ok(page.includes(`href="/account/${path}"`), path);
	assert.ok(page.includes('action="/logout"'));
	assert.ok(!page.includes('/moderation'));
	const moderator = (await browser(await member({ role: 'moderator' })).get('/account')).body;
	assert.ok(moderator.includes('href="/moderation"') && !moderator.includes('href="/reports"'));
	const admin = (await browser(await member({ role: 'admin' })).get('/fr/account')).body;
	assert.ok(admin.includes('href="/fr/moderation"') && admin.includes('href="/fr/reports"'));
});

test('the profile is kept, mistakes are named, and the API has the same', async () => {
	const m = await member(), b = browser(m);
	const fields = { name: 'Élise Ó Dálaigh', location: 'twillingate', about: 'Boats.\nAnd more boats.', lang: 'fr', address_name: 'E. Daly', address_line1: '1 Wharf Road',
		address_line2: '', address_city: 'Twillingate', address_region: 'NL', address_postal_code: 'A0G 4M0', address_country: 'ca' };
	const r = await b.post('/account/profile', fields);
	assert.equal(r.status, 303, r.body);
	const page = (await b.get(r.headers.location)).body;
	assert.match(page, /class="notice/);
	assert.ok(page.includes('value="Élise Ó Dálaigh"') && page.includes('value="CA"'));
	const me = json((await api(m, 'GET', '/api/v1/me')).body);
	assert.equal(me.name, 'Élise Ó Dálaigh');
	assert.equal(me.location, 'twillingate');
	assert.equal(me.address_country, 'CA');
	assert.equal(me.second_factor, false);
	const patched = await api(m, 'PATCH', '/api/v1/me', { about: '', location: null, address_country: 'FR' });
	assert.equal(patched.status, 200, patched.body);
	assert.deepEqual([json(patched.body).about, json(patched.body).location, json(patched.body).address_country, json(patched.body).name], ['', 'twillingate', 'FR', 'Élise Ó Dálaigh']);
	for (const [field, value] of [['name', ''], ['name', 'x'], ['name', 'x'.repeat(81)], ['location', 'atlantis'], ['about', 'x'.repeat(2001)], ['lang', 'de'], ['address_country', 'C1'], ['address_country', 'CAN'],
		['address_postal_code', 'x'.repeat(21)]]) {
		const bad = await b.post('/account/profile', { ...fields, [field]: value });
		assert.equal(bad.status, 422, `${field}=${value}`);
		assert.match(bad.body, new RegExp(`id="e-${field}"`), field);
		const refused = await api(m, 'PATCH', '/api/v1/me', { [field]: value });
		assert.equal(refused.status, 422, `${field}=${value}: ${refused.body}`);
		assert.ok(json(refused.body).errors.some((e) => e.field === field), refused.body);
	}
	assert.equal((await api(m, 'PATCH', '/api/v1/me', { role: 'admin' })).status, 422);
	assert.equal((await api(m, 'PATCH', '/api/v1/me', { email: 'x@example.com' })).status, 422);
	assert.equal((await site.get('/api/v1/me')).status, 401);
});

test('others read of a profile what its page says, below the member’s listings, and no words that a rule names', async () => {
	const m = await member(), b = browser(m), admin = browser(await member({ role: 'admin' }));
	const id = await site.sql('SELECT MIN(id) FROM listing WHERE state = 1 AND member_id IS NULL'), slug = await site.sql(`SELECT slug FROM listing WHERE id = ${id}`);
	const listing = async () => (await site.get(`/listings/${id}/${slug}`, { Cookie: b.cookie })).body;
	assert.ok(!(await listing()).includes('About the seller'), 'nobody’s');
	await site.sql(`UPDATE listing SET member_id = ${m.id} WHERE id = ${id}`);
	const fields = { name: 'Uncle Eli', location: 'twillingate', about: 'Builds <b>dories</b>.', lang: 'en', address_line1: '1 Private Lane' };
	assert.equal((await b.post('/account/profile', fields)).status, 303);
	const page = await listing();
	assert.match(page, /About the seller<\/h2>\s*<p>Place: Twillingate<\/p>\s*<p>Builds &lt;b&gt;dories&lt;\/b&gt;\.<\/p>/);
	assert.ok(!page.includes('Private Lane') && !page.includes(m.email));
	assert.equal((await admin.post('/moderation/rules', { kind: 'words', action: 'hold', pattern: 'seal flipper', note: '' })).status, 303);
	const about = 'Ask me about Seal Flippér.';
	let refused;
	await site.until(async () => (refused = await b.post('/account/profile', { ...fields, about })).status === 422, 'the rule is in force');
	assert.match(refused.body, /id="e-about"/);
	assert.equal((await api(m, 'PATCH', '/api/v1/me', { about })).status, 422);
	assert.equal((await b.post('/account/profile', fields)).status, 303);
	await site.sql(`UPDATE member SET state = 2 WHERE id = ${m.id}`);
	const seen = await admin.get(`/listings/${id}/${slug}`);
	assert.ok(seen.status === 200 && !seen.body.includes('About the seller'), 'a disabled member’s is not shown');
});

test('a new password: the old one asked, the other sessions end, this one gets another token', async () => {
	const m = await member(), here = browser(m), program = m.bearer;
	const fresh = 'seven lobster pots on a wall';
	for (const [fields, field] of [[{ password: 'wrong', new_password: fresh }, 'password'], [{ password, new_password: 'short' }, 'new_password'],
		[{ password, new_password: 'passwordpassword' }, 'new_password'], [{ password: '', new_password: fresh }, 'password']]) {
		const bad = await here.post('/account/password', fields);
		assert.equal(bad.status, 422, JSON.stringify(fields));
		assert.match(bad.body, new RegExp(`id="e-${field}"`));
		assert.ok(!bad.body.includes(fresh));
	}
	const before = here.cookie;
	const r = await here.post('/account/password', { password, new_password: fresh });
	assert.equal(r.status, 303, r.body);
	assert.notEqual(here.cookie, before);
	assert.ok(await here.signedIn());
	assert.ok(!(await browser({ cookie: before }).signedIn()), 'the token before is worth nothing');
	assert.equal((await api({ bearer: program }, 'GET', '/api/v1/me')).status, 401);
	assert.match(linkOf(await mail('password-changed', m.email)), /\/reset$/);
	assert.equal((await here.post('/account/password', { password, new_password: 'eight lobster pots on a wall' })).status, 422, 'the old one no longer fits');
});

test('whoever took a browser cannot guess the password on and on', async () => {
	const b = browser(await member());
	let last;
	await roomInWindow(3600);
	for (let i = 0; i < 21; i++)
		last = await b.post('/account/delete', { password: `guess number ${i}` });
	assert.equal(last.status, 429);
	assert.equal((await b.post('/account/delete', { password })).status, 429);
	assert.ok(await b.signedIn());
});

test('the address changes when both its ends have said so, and not before', async () => {
	const m = await member(), b = browser(m), to = `new.${process.pid}@example.com`;
	assert.equal((await b.post('/account/email', { email: m.email, password })).status, 422);
	assert.equal((await b.post('/account/email', { email: to, password: 'wrong one' })).status, 422);
	const r = await b.post('/account/email', { email: to.toUpperCase().replace('EXAMPLE.COM', 'example.com'), password });
	assert.equal(r.status, 303, r.body);
	const [oldEnd, newEnd] = [await mail('email-old', m.email), await mail('email-new', to)];
	assert.equal(oldEnd.args[1], to);
	const visitor = browser();
	const ask = await visitor.get(linkOf(newEnd));
	assert.equal(ask.status, 200);
	assert.ok(ask.body.includes(to));
	assert.equal(await site.sql(`SELECT COUNT(*) FROM token WHERE used_at IS NOT NULL AND subject_id = ${m.id}`), '0', 'looking changes nothing');
	assert.equal((await visitor.post(linkOf(newEnd))).status, 200);
	assert.equal(await site.sql(`SELECT email FROM member WHERE id = ${m.id}`), m.email, 'one of two');
	assert.equal((await visitor.post(linkOf(newEnd))).status, 410, 'used once');
	const other = await member();
	assert.equal((await browser(other).post(linkOf(oldEnd).replace(/.$/, 'x'))).status, 410);
	assert.equal((await b.post(linkOf(oldEnd))).status, 200);
	assert.equal(await site.sql(`SELECT email FROM member WHERE id = ${m.id}`), to);
	assert.ok(await b.signedIn(), 'this one stays');
	assert.equal((await api(m, 'GET', '/api/v1/me')).status, 401, 'the others end');
	assert.equal((await mail('email-changed', m.email)).args[0], to);
});

test('both ends at once: the address changes once; an address that is taken is told of only then', async () => {
	const m = await member(), b = browser(m), to = `both.${process.pid}@example.com`;
	await b.post('/account/email', { email: to, password });
	const links = [linkOf(await mail('email-old', m.email)), linkOf(await mail('email-new', to))];
	const done = await Promise.all(links.map((l) => browser().post(l)));
	assert.deepEqual(done.map((r) => r.status), [200, 200]);
	assert.equal(await site.sql(`SELECT email FROM member WHERE id = ${m.id}`), to);
	const taken = await member(), n = await member(), c = browser(n);
	const asked = await c.post('/account/email', { email: taken.email, password });
	assert.equal(asked.status, 303);
	assert.match(asked.headers.location, /done=email/);
	assert.equal((await browser().post(linkOf(await mail('email-old', n.email)))).status, 200);
	assert.equal((await browser().post(linkOf(await mail('email-new', taken.email)))).status, 409);
	assert.equal(await site.sql(`SELECT email FROM member WHERE id = ${n.id}`), n.email);
});

test('the second factor: picture, code, recovery codes; a code is good once; off takes both', async () => {
	const m = await member(), b = browser(m);
	assert.equal((await b.post('/account/second-factor/start', { password: 'wrong' })).status, 422);
	assert.equal((await b.post('/account/second-factor/start', { password })).status, 303);
	const page = (await b.get('/account/second-factor')).body;
	const secret = /class="secret"><code>([A-Z2-7 ]+)<\/code>/.exec(page)[1];
	assert.equal(scan(/<svg class="qr".*?<\/svg>/s.exec(page)[0]), `otpauth://totp/Outport:${encodeURIComponent(m.email)}?secret=${secret.replaceAll(' ', '')}&issuer=Outport`);
	assert.equal(await site.sql(`SELECT LOCATE('${secret.replaceAll(' ', '')}', totp_pending) + (totp_secret IS NOT NULL) FROM member WHERE id = ${m.id}`), '0');
	const wrong = await b.post('/account/second-factor', { code: '000000' });
	assert.equal(wrong.status, 422);
	assert.match(wrong.body, /id="e-code"/);
	assert.ok(wrong.body.includes(secret.trim().slice(0, 9)), 'the same picture is still there');
	const program = m.bearer, first = code(secret);
	const on = await b.post('/account/second-factor', { code: first });
	assert.equal(on.status, 200, on.body);
	const codes = [...on.body.matchAll(/<li><code>([A-Z2-7-]{29})<\/code>/g)].map((x) => x[1]);
	assert.equal(new Set(codes).size, 10);
	assert.match(on.headers['cache-control'], /no-store/);
	assert.equal((await api({ bearer: program }, 'GET', '/api/v1/me')).status, 401, 'other sessions end');
	assert.ok(await b.signedIn());
	assert.ok(await mail('totp-on', m.email));
	assert.equal(await site.sql(`SELECT COUNT(*) FROM recovery_code WHERE member_id = ${m.id} AND LOCATE('${codes[0].replaceAll('-', '')}', code_hash) = 0`), '10');
	assert.ok(!(await b.get('/account/second-factor')).body.includes(codes[0]), 'shown once');
	// Off: neither alone, nor a code that was used.
	for (const fields of [{ password, code: first }, { password, code: '123456' }, { password: 'wrong', code: codes[0] }, { password, code: '' }])
		assert.equal((await b.post('/account/second-factor/off', fields)).status, 422, JSON.stringify(fields));
	const renewed = await b.post('/account/second-factor/codes', { password });
	const fresh = [...renewed.body.matchAll(/<li><code>([A-Z2-7-]{29})<\/code>/g)].map((x) => x[1]);
	assert.equal(fresh.length, 10);
	assert.equal((await b.post('/account/second-factor/off', { password, code: codes[1] })).status, 422, 'the codes before are worth nothing');
	const both = await Promise.all([0, 1].map(() => b.post('/account/second-factor/off', { password, code: fresh[0].toLowerCase() })));
	assert.deepEqual(both.map((r) => r.status).sort(), [303, 422], 'a recovery code used twice at once');
	assert.equal(await site.sql(`SELECT COUNT(*) FROM recovery_code WHERE member_id = ${m.id}`), '0');
	assert.ok(await mail('totp-off', m.email));
});

test('sessions: listed in words, ended one by one and all others; never somebody else’s', async () => {
	const m = await member(), b = browser(m), stranger = await member();
	await site.sql(`UPDATE session SET user_agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', address = '192.0.2.7' WHERE member_id = ${m.id} AND kind = 0`);
	const page = (await b.get('/account/sessions')).body;
	assert.match(page, /Firefox on Linux/);
	assert.match(page, /192\.0\.2\.7/);
	assert.match(page, /This one/);
	const theirs = await site.sql(`SELECT id FROM session WHERE member_id = ${stranger.id} AND kind = 0`);
	assert.equal((await b.post(`/account/sessions/${theirs}/end`)).status, 404);
	assert.ok(await browser(stranger).signedIn());
	assert.equal((await b.get(`/account/sessions/${theirs}/end`)).status, 405);
	const program = await site.sql(`SELECT id FROM session WHERE member_id = ${m.id} AND kind = 1`);
	assert.ok(page.includes(`action="/account/sessions/${program}/end"`));
	assert.equal((await b.post(`/account/sessions/${program}/end`)).status, 303);
	assert.equal((await api(m, 'GET', '/api/v1/me')).status, 401);
	const token = await site.sql(`SELECT id FROM session WHERE member_id = ${m.id} AND kind = 0`);
	await site.sql(`INSERT INTO session (token_hash, member_id, kind, scopes, created_at, last_seen_at, expires_at) VALUES (RANDOM_BYTES(32), ${m.id}, 0, 31, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY)`);
	assert.equal((await b.post('/account/sessions/end-others')).status, 303);
	assert.equal(await site.sql(`SELECT GROUP_CONCAT(id) FROM session WHERE member_id = ${m.id}`), token);
	assert.equal((await site.request('POST', `/account/sessions/${token}/end`, { headers: { Cookie: b.cookie, 'Sec-Fetch-Site': 'cross-site' } })).status, 403);
});

test('personal tokens: scoped, shown once, revoked', async () => {
	const m = await member(), b = browser(m);
	assert.equal((await b.post('/account/tokens/new', { name: 'No scopes', password })).status, 422);
	assert.equal((await b.post('/account/tokens/new', { name: '', read: 'yes', password })).status, 422);
	const wrong = await b.post('/account/tokens/new', { name: 'Kept', read: 'yes', listings: 'yes', password: 'not the right one' });
	assert.equal(wrong.status, 422, 'whoever took an open browser gets no token that outlives it');
	assert.match(wrong.body, /That is not your password/);
	assert.match(wrong.body, /value="Kept"/);
	assert.equal(await site.sql(`SELECT COUNT(*) FROM session WHERE member_id = ${m.id} AND kind = 2`), '0');
	const made = await b.post('/account/tokens/new', { name: 'Weather <b>buoy</b>', read: 'yes', moderation: 'yes', password });
	assert.equal(made.status, 200, made.body);
	const token = /<code>([\w-]{43})<\/code>/.exec(made.body)[1];
	const list = (await b.get('/account/tokens')).body;
	assert.ok(list.includes('Weather &lt;b&gt;buoy&lt;/b&gt;') && !list.includes(token));
	assert.equal(await site.sql(`SELECT scopes FROM session WHERE member_id = ${m.id} AND kind = 2`), '1', 'no member moderates');
	const me = await api(token, 'GET', '/api/v1/me');
	assert.equal(me.status, 200, me.body);
	assert.equal(json(me.body).address_line1, undefined, 'reading is not seeing where somebody lives');
	assert.equal((await api(token, 'PATCH', '/api/v1/me', { about: 'x' })).status, 403);
	assert.equal((await site.get('/account', { Authorization: `Bearer ${token}` })).status, 403, 'no personal token opens pages');
	const id = await site.sql(`SELECT id FROM session WHERE member_id = ${m.id} AND kind = 2`);
	for (const [path, fields] of Object.entries({ '/submit': { title: 'Cedar dory' }, '/listings/7/contact': { message: 'Is it there?' }, '/listings/7/report': { reason: 'sold' } }))
		assert.equal((await site.post(path, new URLSearchParams(fields).toString(), { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Bearer ${token}` })).status, 403,
			`a token for reading does not write by the page's address: ${path}`);
	assert.equal((await browser(await member()).post(`/account/tokens/${id}/end`)).status, 404);
	assert.equal((await b.post(`/account/tokens/${id}/end`)).status, 303);
	assert.equal((await api(token, 'GET', '/api/v1/me')).status, 401);
	const moderator = browser(await member({ role: 'moderator' }));
	assert.equal((await moderator.post('/account/tokens/new', { name: 'Queue', moderation: 'yes', password })).status, 200);
});

test('the export holds what is held, of this member and nobody else', async () => {
	const m = await member({ name: 'Nan Export' }), other = await member({ name: 'Somebody Else' }), b = browser(m);
	await site.sql(`UPDATE listing SET member_id = ${m.id}, contact_email = '${m.email}' WHERE id = 3; UPDATE listing SET member_id = ${other.id} WHERE id = 4;
		INSERT INTO favourite VALUES (${m.id}, 5, UTC_TIMESTAMP()), (${other.id}, 6, UTC_TIMESTAMP());
		INSERT INTO flag (listing_id, reporter, reason, body, created_at) VALUES (7, 'm:${m.id}', 0, 'my own words', UTC_TIMESTAMP()), (8, 'm:${other.id}', 0, 'their words', UTC_TIMESTAMP())`);
	const r = await b.get('/account/export.json');
	assert.equal(r.status, 200, r.body);
	assert.match(r.headers['content-type'], /application\/json/);
	assert.match(r.headers['content-disposition'], /^attachment; filename="/);
	assert.match(r.headers['cache-control'], /no-store/);
	const data = json(r.body);
	assert.equal(data.member.email, m.email);
	assert.deepEqual(data.listings.map((l) => l.id), [3]);
	assert.deepEqual(data.favourites.map((f) => f.listing_id), [5]);
	assert.deepEqual(data.flags_made.map((f) => f.body), ['my own words']);
	assert.equal(data.sessions.length, 2);
	assert.ok(!r.body.includes(other.email) && !r.body.includes('their words') && !r.body.includes('argon2'));
	// More than a download holds is an error: a page, not a file.
	await site.sql(`INSERT INTO moderation_entry (action, member_id, reason, created_at) SELECT 1, ${m.id}, '', UTC_TIMESTAMP() FROM listing a, listing b, listing c LIMIT 20001`);
	const failed = await b.get('/account/export.json');
	assert.ok(failed.status >= 400, `${failed.status}`);
	assert.equal(failed.headers['content-disposition'], undefined);
	assert.match(failed.headers['content-type'], /text\/html/);
});

test('leaving: the password asked, everything withdrawn, taken back by link or by signing in', async () => {
	const m = await member(), b = browser(m);
	await site.sql(`UPDATE listing SET member_id = ${m.id} WHERE id IN (10, 11)`);
	assert.equal((await b.get('/account/delete')).status, 200);
	assert.equal((await b.post('/account/delete', { password: 'not this one' })).status, 422);
	const r = await b.post('/account/delete', { password });
	assert.equal(r.status, 303, r.body);
	assert.equal((await b.get(r.headers.location)).status, 200);
	assert.ok(!(await b.signedIn()));
	assert.equal((await api(m, 'GET', '/api/v1/me')).status, 401);
	assert.equal(await site.sql(`SELECT CONCAT(state, ' ', DATEDIFF(delete_at, UTC_TIMESTAMP())) FROM member WHERE id = ${m.id}`), '3 14');
	assert.equal(await site.sql('SELECT GROUP_CONCAT(state) FROM listing WHERE id IN (10, 11)'), '8,8');
	assert.equal(await site.sql('SELECT COUNT(*) FROM listing_facet WHERE listing_id IN (10, 11)'), '0');
	const link = linkOf(await mail('leaving', m.email));
	assert.equal((await browser().get(link)).status, 200);
	assert.equal(await site.sql(`SELECT state FROM member WHERE id = ${m.id}`), '3', 'looking changes nothing');
	assert.equal((await browser().post(link)).status, 200);
	assert.equal(await site.sql(`SELECT CONCAT(state, ISNULL(delete_at)) FROM member WHERE id = ${m.id}`), '11');
	assert.equal((await browser().post(link)).status, 410);
	// Signed in meanwhile: the overview offers it.
	await site.sql(`UPDATE member SET state = 3, delete_at = UTC_TIMESTAMP() + INTERVAL 3 DAY WHERE id = ${m.id}; INSERT INTO session (token_hash, member_id, kind, scopes, created_at, last_seen_at, expires_at)
		VALUES (UNHEX(SHA2('${m.token}', 256)), ${m.id}, 0, 31, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY)`);
	const back = browser(m);
	assert.match((await back.get('/account')).body, /action="\/account\/keep"/);
	assert.equal((await back.post('/account/keep')).status, 303);
	assert.doesNotMatch((await back.get('/account')).body, /action="\/account\/keep"/);
});

test('the last admin cannot leave', async () => {
	await site.sql('UPDATE member SET role = 0 WHERE role = 2');
	const m = await member({ role: 'admin' }), b = browser(m);
	const r = await b.post('/account/delete', { password });
	assert.equal(r.status, 422);
	assert.match(r.body, /only administrator/);
	assert.ok(await b.signedIn());
	// One who is leaving already is told when, not that nobody else is there.
	await site.sql(`UPDATE member SET state = 3, delete_at = UTC_TIMESTAMP() + INTERVAL 3 DAY WHERE id = ${m.id}`);
	const again = await b.post('/account/delete', { password });
	assert.equal(again.status, 303, again.body);
	assert.equal(again.headers.location, '/account');
	assert.match((await b.get('/account')).body, /action="\/account\/keep"/);
});
