// Accounts through nginx: registering, confirming, signing in and out, a new password; what is refused, what is slowed, what is said.
import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { makeMember, password } from '../support/members.mjs';
import { makeListing, totpCode } from '../support/accounts.mjs';
import { openSite, roomInWindow } from './visitor.mjs';

// Mails are read where they wait to be sent; that they arrive is tests/e2e/mail's business.
const site = await openSite({ listings: 50, jobs: false });
const json = text => JSON.parse(text);
const cookieName = '__Host-outport';
let serial = 0;
const newAddress = () => `joiner.${process.pid}.${++serial}@mail.example`;

const send = async (path, fields, headers = {}, on = site) => on.post(path, new URLSearchParams({ _age: await on.formAge(), ...fields }).toString(),
	{ 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', ...headers });
const call = (method, path, value, headers = {}) => {
	const body = value === undefined ? undefined : JSON.stringify(value);
	return site.request(method, path, { body, headers: { ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }), ...headers } });
};
const cookieOf = r => (r.headers['set-cookie'] ?? []).map(line => /^__Host-outport=([^;]*)/.exec(line)?.[1]).find(value => value !== undefined);
const withCookie = token => ({ Cookie: `${cookieName}=${token}` });
const mails = async (to, on = site) => (await on.sql(`SELECT TO_BASE64(payload) FROM outbox WHERE kind = 'mail' AND payload LIKE '%"to":"${to}"%' ORDER BY id`))
	.replaceAll('\\n', '').split('\n').filter(Boolean).map(line => json(Buffer.from(line, 'base64').toString()));
const linkOf = mail => new URL(mail.args[0]).pathname;
const number = async sql => Number(await site.sql(sql));
const hashes = async () => Number(/^outport_password_hashes_total (\d+)/m.exec((await site.get('/metrics')).body)[1]);
// What changes from one page to the next: the form's age, what was typed.
const steady = (r, ...typed) => typed.reduce((text, word) => text.replaceAll(word, '#'),
	r.body.replace(/name="_age" value="[^"]*"/, 'age').replace(/"request_id":"[^"]*"/, 'id'));
const register = (email, more = {}, headers) => send('/register', { name: 'Rita Noseworthy', email, password, ...more }, headers);
const signIn = (email, word = password, more = {}, headers = {}) => send('/login', { email, password: word, ...more }, headers);

async function join(email = newAddress()) {
	assert.equal((await register(email)).status, 303);
	const done = await send(linkOf((await mails(email))[0]), { password });
	assert.equal(done.status, 303, done.body);
	return { email, token: cookieOf(done) };
}

test('register, follow the link with the password just chosen, sign out, sign in', async () => {
	const email = newAddress();
	const asked = await register(email);
	assert.equal(asked.status, 303, asked.body);
	assert.equal(asked.headers.location, '/register/received');
	assert.equal(asked.headers['set-cookie'], undefined, 'nobody is signed in yet');
	assert.equal((await site.get('/register/received')).status, 200);
	const [mail] = await mails(email);
	assert.equal(mail.mail, 'verify');
	assert.equal((await signIn(email)).status, 422, 'there is no account before the link is followed');
	const link = linkOf(mail), page = await site.get(link);
	assert.equal(page.status, 200);
	assert.ok(page.body.includes(email));
	assert.equal(await number(`SELECT COUNT(*) FROM member WHERE email = '${email}'`), 0, 'a GET changes nothing (ASVS 3.5.3)');
	const wrong = await send(link, { password: 'not the one I chose at all' });
	assert.equal(wrong.status, 422);
	assert.match(wrong.body, /id="e-password"/);
	const done = await send(link, { password });
	assert.equal(done.status, 303, done.body);
	assert.equal(done.headers.location, '/account');
	const token = cookieOf(done);
	assert.match(done.headers['set-cookie'][0], /^__Host-outport=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=7776000; Secure; HttpOnly; SameSite=Lax$/, 'ASVS 3.3.1, 3.3.3');
	assert.equal((await site.get('/account', withCookie(token))).status, 200);
	const again = await send(link, { password });
	assert.equal(again.status, 410);
	assert.match(again.body, /href="\/register"/, 'the page says what to do');
	assert.equal((await site.get(link)).status, 410);

	const out = await send('/logout', {}, withCookie(token));
	assert.equal(out.status, 303);
	assert.match(out.headers['set-cookie'][0], /^__Host-outport=; Path=\/; Max-Age=0/);
	assert.equal((await site.get('/account', withCookie(token))).status, 303, 'the token is worth nothing any more');

	const back = await signIn(email.toUpperCase());
	assert.equal(back.status, 303, back.body);
	assert.equal(back.headers.location, '/account');
	assert.notEqual(cookieOf(back), token);
	assert.equal((await site.get('/account', withCookie(cookieOf(back)))).status, 200);
	assert.equal(await number(`SELECT COUNT(*) FROM member WHERE email = '${email}' AND signed_in_at IS NOT NULL`), 1);
});

test('known or unknown, the answer is the same to the byte, and costs the same hashes', async () => {
	const { email } = await join(), other = newAddress();
	const count = async what => {
		const before = await hashes(), r = await what();
		return [r, await hashes() - before];
	};
	for (const [name, go] of [['register', to => register(to)], ['reset', to => send('/reset', { email: to })],
		['sign in', to => signIn(to, 'no password of anybody')]]) {
		const [known, costKnown] = await count(() => go(email)), [unknown, costUnknown] = await count(() => go(other));
		assert.deepEqual([known.status, known.headers.location], [unknown.status, unknown.headers.location], name);
		assert.equal(steady(known, email), steady(unknown, other), name);
		assert.equal(costKnown, costUnknown, `${name}: hashes`);
		assert.equal(costKnown, name === 'reset' ? 0 : 1, name);
	}
	for (const [path, value] of [['/api/v1/members', { name: 'Rita Noseworthy', password }], ['/api/v1/session', { password: 'no password of anybody' }]]) {
		const known = await call('POST', path, { email, ...value }), unknown = await call('POST', path, { email: newAddress(), ...value });
		assert.equal(known.status, path.endsWith('members') ? 202 : 401);
		assert.deepEqual([known.status, steady(known)], [unknown.status, steady(unknown)], path);
	}
	assert.deepEqual((await mails(email)).map(m => m.mail), ['verify', 'already-member', 'reset', 'already-member']);
	assert.deepEqual((await mails(other)).map(m => m.mail), ['verify'], 'and no mail about a password to who has none');
});

test('a disabled member is told what a wrong password is told, and their sessions end (ASVS 7.4.2)', async () => {
	const m = await makeMember(site.sql), other = await makeMember(site.sql);
	await site.sql(`UPDATE member SET state = 2 WHERE id = ${m.id}`);
	assert.equal((await site.get('/account', { Cookie: m.cookie })).status, 303);
	assert.equal((await call('DELETE', '/api/v1/session', undefined, { Authorization: m.bearer })).status, 401);
	const before = await hashes(), disabled = await signIn(m.email), cost = await hashes() - before;
	const wrong = await signIn(other.email, 'no password of anybody');
	assert.equal(disabled.status, 422);
	assert.equal(steady(disabled, m.email), steady(wrong, other.email));
	assert.equal(cost, 1);
	assert.equal((await send('/reset', { email: m.email })).status, 303);
	assert.deepEqual(await mails(m.email), []);
});

test('who is leaving can still sign in', async () => {
	const m = await makeMember(site.sql);
	await site.sql(`UPDATE member SET state = 3, delete_at = UTC_TIMESTAMP() + INTERVAL 10 DAY WHERE id = ${m.id}`);
	assert.equal((await signIn(m.email)).status, 303);
});

test('a new token at every sign-in, whatever the browser showed before (ASVS 7.2.4); stored hashed (7.2.3)', async () => {
	const m = await makeMember(site.sql);
	const first = await signIn(m.email, password, {}, { Cookie: m.cookie });
	assert.equal(first.status, 303);
	const token = cookieOf(first);
	assert.notEqual(token, m.token);
	assert.equal((await site.get('/account', { Cookie: m.cookie })).status, 303, 'the one before has ended');
	assert.equal((await site.get('/account', withCookie(token))).status, 200);
	assert.equal(await number(`SELECT COUNT(*) FROM session WHERE token_hash = UNHEX(SHA2('${token}', 256)) AND member_id = ${m.id}`), 1);
	const dump = await site.sql('SELECT HEX(token_hash), name, user_agent FROM session');
	assert.ok(!dump.includes(token) && !dump.includes(Buffer.from(token).toString('hex').toUpperCase()));
	// a planted token does not become a session
	const planted = 'A'.repeat(43), fixed = await signIn(m.email, password, {}, withCookie(planted));
	assert.equal(fixed.status, 303);
	assert.notEqual(cookieOf(fixed), planted);
});

test('set up on the account’s page, the second factor opens the account with a code of the app, once', async () => {
	const m = await makeMember(site.sql), own = { Cookie: m.cookie };
	assert.equal((await send('/account/second-factor/start', { password }, own)).status, 303);
	const secret = /class="secret"><code>([A-Z2-7 ]+)<\/code>/.exec((await site.get('/account/second-factor', own)).body)[1];
	assert.equal((await send('/account/second-factor', { code: totpCode(secret) }, own)).status, 200);
	const state = /name="_state" value="([^"]+)"/.exec((await signIn(m.email)).body)[1];
	const next = totpCode(secret, Date.now() + 30000), give = code => send('/login/code', { code, _state: state });
	assert.equal((await give(totpCode(secret, Date.now() + 3600e3))).status, 422);
	const both = await Promise.all([give(next), give(next)]);
	assert.deepEqual(both.map(r => r.status).sort(), [303, 422], 'of two at once one is taken');
	assert.equal((await site.get('/account', withCookie(both.map(cookieOf).find(Boolean)))).status, 200);
	const api = await call('POST', '/api/v1/session', { email: m.email, password, totp: next });
	assert.equal(api.status, 401);
	assert.deepEqual(json(api.body).errors.map(e => e.field), ['totp']);
});

// A member with a second factor, by its recovery codes.
async function makeGuarded(codes = ['ABCDEFGHIJKLMNOPQRSTUVWX', 'BCDEFGHIJKLMNOPQRSTUVWXY']) {
	const m = await makeMember(site.sql);
	await site.sql(`UPDATE member SET totp_secret = 'sealed' WHERE id = ${m.id}; INSERT INTO recovery_code (member_id, code_hash) VALUES
		${codes.map(code => `(${m.id}, UNHEX(SHA2('${code}', 256)))`).join()}`);
	return { ...m, codes };
}

test('a second factor is asked for before there is a session (ASVS 6.3.3); every code works once', async () => {
	const m = await makeGuarded(), none = 'ZZZZZZZZZZZZZZZZZZZZZZZZ', { codes } = m;
	const sessions = () => number(`SELECT COUNT(*) FROM session WHERE member_id = ${m.id}`);
	const before = await sessions(), asked = await signIn(m.email, password, { _next: '/account/profile' });
	assert.equal(asked.status, 200);
	assert.equal(asked.headers['set-cookie'], undefined);
	assert.equal(await sessions(), before);
	assert.match(asked.headers['cache-control'], /no-store/);
	const state = /name="_state" value="([^"]+)"/.exec(asked.body)[1];
	const give = (code, more = {}) => send('/login/code', { code, _state: state, _next: '/account/profile', ...more });
	const wrong = await give(none);
	assert.equal(wrong.status, 422);
	assert.match(wrong.body, /id="e-code"/);
	assert.ok(!wrong.body.includes(none), 'a code is never sent back');
	assert.match(wrong.body, /name="_next" value="\/account\/profile"/);
	for (const bad of ['', 'x', state.replace(/^./, c => (c === 'A' ? 'B' : 'A')), state.slice(0, -1), (await signIn((await makeGuarded()).email)).body.match(/name="_state" value="([^"]+)"/)[1].replace(/^.{11}/, state.slice(0, 11))]) {
		const r = await give(codes[0], { _state: bad });
		assert.equal(r.status, 422, bad);
		assert.match(r.body, /action="\/login"/, 'from the beginning');
		assert.equal(r.headers['set-cookie'], undefined);
	}
	assert.equal((await give(codes[0], { _next: '//evil.example' })).headers.location, '/account');
	assert.equal((await give(codes[0])).status, 422, 'the code is used up');
	const done = await give('bcde fghi-jklm nopq rstu vwxy');
	assert.equal(done.status, 303, done.body);
	assert.equal(done.headers.location, '/account/profile');
	assert.equal(await sessions(), before + 2);
	await site.sql(`UPDATE member SET state = 2 WHERE id = ${m.id}`);
	assert.equal((await give(codes[0])).status, 422, 'disabled meanwhile');
	const other = await makeGuarded(), later = /name="_state" value="([^"]+)"/.exec((await signIn(other.email)).body)[1];
	await site.sql(`UPDATE member SET password_hash = 'changed' WHERE id = ${other.id}`);
	assert.match((await give(codes[0], { _state: later })).body, /action="\/login"/, 'a new password ends the step');
});

test('a program names the second factor in the field totp, and is told so', async () => {
	const m = await makeGuarded(), api = (more = {}) => call('POST', '/api/v1/session', { email: m.email, password, ...more });
	for (const more of [{}, { totp: 'ZZZZZZZZZZZZZZZZZZZZZZZZ' }]) {
		const r = await api(more);
		assert.equal(r.status, 401, r.body);
		assert.deepEqual(json(r.body).errors.map(e => e.field), ['totp']);
	}
	assert.deepEqual(json((await api({ totp: m.codes[0], password: 'no password of anybody' })).body).errors.map(e => e.field), [''], 'nothing of it is told to a wrong password');
	assert.equal((await api({ totp: m.codes[0] })).status, 201);
	assert.equal((await api({ totp: m.codes[0] })).status, 401);
});

test('codes are slowed as passwords are', async () => {
	const m = await makeGuarded(), state = /name="_state" value="([^"]+)"/.exec((await signIn(m.email)).body)[1];
	await roomInWindow(900);
	for (let i = 0; i < 10; i++)
		assert.equal((await send('/login/code', { code: 'ZZZZZZZZZZZZZZZZZZZZZZZZ', _state: state })).status, 422);
	assert.equal((await send('/login/code', { code: m.codes[0], _state: state })).status, 429);
	assert.equal((await signIn(m.email)).status, 429);
});

test('sign out everywhere ends every session; a cookie and a bearer token do not stand in for each other', async () => {
	const m = await makeMember(site.sql), second = cookieOf(await signIn(m.email));
	assert.equal((await call('DELETE', '/api/v1/session', undefined, { Authorization: `Bearer ${m.token}` })).status, 401);
	assert.equal((await site.get('/account', withCookie(m.bearer.slice(7)))).status, 303);
	assert.match((await site.get('/account/sessions', withCookie(second))).body, /<form action="\/logout\/everywhere" method="post"[\s\S]*?Sign out everywhere/);
	assert.equal((await send('/logout/everywhere', {}, withCookie(second))).status, 303);
	assert.equal((await site.get('/account', { Cookie: m.cookie })).status, 303);
	assert.equal((await site.get('/account', withCookie(second))).status, 303);
	assert.equal(await number(`SELECT COUNT(*) FROM session WHERE member_id = ${m.id}`), 0);
	assert.equal((await site.get('/logout')).status, 405, 'a GET signs nobody out');
});

test('the sign-in page leads on to pages of ours only', async () => {
	const m = await makeMember(site.sql);
	for (const next of ['/account', '/account/listings?cursor=ab%3D', '/fr/account', '/listings/12/cedar-dory'])
		assert.equal((await signIn(m.email, password, { _next: next })).headers.location, next);
	for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/%09/evil', '/ /evil.example', '/.//evil.example',
		'/..//evil.example', '/x/../..//evil.example', '\t//evil.example', '/\t/evil.example', '/a\r\nX-Evil: 1', 'account', '', '/' + 'a'.repeat(2000), '/é']) {
		const r = await signIn(m.email, password, { _next: next });
		// An encoded byte in the path stays what it is: part of a path here.
		assert.equal(r.headers.location, next === '/%09/evil' ? next : '/account', JSON.stringify(next));
		const page = await site.get(`/login?next=${encodeURIComponent(next)}`);
		assert.equal(page.status, 200, JSON.stringify(next));
		if (next !== '/%09/evil')
			assert.doesNotMatch(page.body, /name="_next"/, JSON.stringify(next));
	}
	const away = await site.get('/account/favourites?after=7');
	assert.equal(away.status, 303);
	assert.equal(away.headers.location, '/login?next=%2Faccount%2Ffavourites%3Fafter%3D7');
	assert.match((await site.get(away.headers.location)).body, /name="_next" value="\/account\/favourites\?after=7"/);
	assert.equal((await site.get('/login?next=/fr/account', { Cookie: m.cookie })).headers.location, '/fr/account', 'who is signed in already goes on at once');
});

test('a write from another site is refused, with or without a session (ASVS 3.5.1)', async () => {
	const m = await makeMember(site.sql);
	const fields = { email: m.email, password };
	for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' },
		{ 'Sec-Fetch-Site': '', Origin: 'null' }]) {
		for (const [path, more] of [['/login', {}], ['/register', {}], ['/reset', {}], ['/logout', { Cookie: m.cookie }], ['/logout/everywhere', { Cookie: m.cookie }]])
			assert.equal((await send(path, fields, { ...headers, ...more })).status, 403, `${path} ${JSON.stringify(headers)}`);
	}
	assert.equal((await site.get('/account', { Cookie: m.cookie })).status, 200);
});

test('passwords: long enough, not common, not one’s own name; told in both languages (ASVS 6.2.4)', async () => {
	for (const [word, why] of [['short', '12 characters'], ['password1234', 'Many people'], ['qwertyuiop[]', 'Many people'], ['123456789012', 'Many people'],
		['abcabcabcabc', 'Many people'], ['iloveyou!!!!', 'Many people'], ['P@ssw0rd2024', 'Many people'], ['ritanoseworthy', 'little more than your name'],
		['outport outport', 'little more than your name'], ['x'.repeat(201), '200 characters']]) {
		const r = await register(newAddress(), { password: word });
		assert.equal(r.status, 422, word);
		assert.match(r.body, /id="e-password"/, word);
		assert.ok(r.body.includes(why), word);
		assert.ok(!r.body.includes(`"${word}"`) && !r.body.includes(`>${word}<`), 'a password is never sent back');
		assert.ok(r.body.includes('Rita Noseworthy'), 'what else was typed is');
		assert.equal((await call('POST', '/api/v1/members', { name: 'Rita Noseworthy', email: newAddress(), password: word })).status, 422, word);
	}
	const french = await send('/fr/register', { name: 'R', email: 'x', password: 'motdepasse123' });
	assert.match(french.body, /Beaucoup de gens/);
	// 12 characters of 4 bytes, and spaces at the ends are part of it
	for (const word of ['🚤🛶⛵🚣🐟🦞🦀🐚🌊🪝🧭🏝', ' leading and trailing ']) {
		const email = newAddress();
		assert.equal((await register(email, { password: word })).status, 303, word);
		const link = linkOf((await mails(email))[0]);
		assert.equal((await send(link, { password: word.trim() + 'x' })).status, 422);
		assert.equal((await send(link, { password: word })).status, 303, word);
	}
	// typed on one machine as é, on another as e and an accent
	const email = newAddress();
	await register(email, { password: 'caf\u00e9 au bord de l’eau' });
	assert.equal((await send(linkOf((await mails(email))[0]), { password: 'cafe\u0301 au bord de l’eau' })).status, 303);
});

test('robots: the honeypot and a form without its age are refused', async () => {
	assert.equal((await register(newAddress(), { website: 'https://spam.example' })).status, 422);
	assert.equal((await register(newAddress(), { _age: '' })).status, 422);
	assert.equal((await signIn('a@b.example', password, { website: 'x' })).status, 422);
});

test('confirming an address brings the listings that were submitted with it, and no others', async () => {
	const email = newAddress();
	const mine = await makeListing(site, { email: email.toUpperCase() }), waiting = await makeListing(site, { email, state: 9 });
	const foreign = await makeListing(site, { email: newAddress() }), owned = await makeMember(site.sql);
	const taken = await makeListing(site, { email, member: owned.id });
	await register(email);
	assert.equal(await number(`SELECT COUNT(*) FROM listing WHERE id = ${mine} AND member_id IS NULL`), 1, 'not before the address is shown to be theirs');
	await send(linkOf((await mails(email))[0]), { password });
	const id = await number(`SELECT id FROM member WHERE email = '${email}'`);
	assert.equal(await number(`SELECT member_id FROM listing WHERE id = ${mine}`), id);
	assert.equal(await number(`SELECT COUNT(*) FROM listing WHERE id = ${waiting} AND state = 9 AND member_id IS NULL`), 1, 'anybody may have typed the address there');
	assert.equal(await number(`SELECT COUNT(*) FROM listing WHERE id = ${foreign} AND member_id IS NULL`), 1);
	assert.equal(await number(`SELECT member_id FROM listing WHERE id = ${taken}`), owned.id);
});

test('two registrations of one address confirmed at once: one becomes the member, with its password', async () => {
	for (let round = 0; round < 5; round++) {
		const email = newAddress(), words = ['the first of two boats', 'the second of two boats'];
		for (const word of words)
			assert.equal((await register(email, { password: word })).status, 303);
		const links = (await mails(email)).map(linkOf);
		const done = await Promise.all(links.map((link, i) => send(link, { password: words[i] })));
		const statuses = done.map(r => r.status).sort();
		assert.equal(statuses[0], 303, statuses.join());
		assert.ok([409, 410].includes(statuses[1]), statuses.join());
		const winner = done.findIndex(r => r.status === 303);
		assert.match(done[1 - winner].body, /href="\/(login|register)"/);
		assert.equal(await number(`SELECT COUNT(*) FROM member WHERE email = '${email}'`), 1);
		assert.equal(await number(`SELECT COUNT(*) FROM registration WHERE email = '${email}'`), 0);
		assert.equal((await signIn(email, words[winner])).status, 303);
		assert.equal((await signIn(email, words[1 - winner])).status, 422);
	}
});

test('a new password by a link: used once, at once or later; all sessions and tokens end, the member is told', async () => {
	const m = await makeMember(site.sql), words = ['new words for the wharf', 'other words for the wharf'];
	await site.sql(`INSERT INTO session (token_hash, member_id, kind, scopes, name, created_at, last_seen_at, expires_at)
		VALUES (UNHEX(SHA2('personal${m.id}', 256)), ${m.id}, 2, 1, 'script', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 30 DAY)`);
	for (let i = 0; i < 2; i++)
		assert.equal((await send('/reset', { email: m.email })).headers.location, '/reset/received');
	const [older, link] = (await mails(m.email)).map(linkOf);
	assert.equal((await site.get(link)).status, 200);
	assert.equal((await signIn(m.email)).status, 303, 'the old password works until the link is used');
	assert.equal((await send(link, { password: 'short' })).status, 422);
	assert.equal((await send(link, { password: 'elsiewareham' })).status, 422);
	const done = await Promise.all(words.map(word => send(link, { password: word })));
	assert.deepEqual(done.map(r => r.status).sort(), [303, 410], 'of two at once one wins');
	const winner = done.findIndex(r => r.status === 303);
	assert.equal(done[winner].headers.location, '/reset/done');
	assert.match(done[1 - winner].body, /href="\/reset"/);
	assert.equal((await send(link, { password: 'and once more after that' })).status, 410);
	assert.equal((await send(older, { password: 'and once more after that' })).status, 410, 'the other link has ended as well');
	assert.equal((await site.get(older)).status, 410);
	assert.equal(await number(`SELECT COUNT(*) FROM session WHERE member_id = ${m.id}`), 0);
	assert.deepEqual((await mails(m.email)).map(x => x.mail), ['reset', 'reset', 'password-changed']);
	assert.equal((await signIn(m.email)).status, 422);
	assert.equal((await signIn(m.email, words[winner])).status, 303);
});

test('links that are too old, malformed or of another kind say what to do', async () => {
	const m = await makeMember(site.sql);
	await send('/reset', { email: m.email });
	const reset = linkOf((await mails(m.email))[0]);
	assert.equal((await site.get(reset.replace('/reset/', '/verify/'))).status, 410);
	await site.sql(`UPDATE token SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE subject_id = ${m.id} AND kind = 1`);
	assert.equal((await site.get(reset)).status, 410);
	assert.equal((await send(reset, { password: 'new words for the wharf' })).status, 410);
	const email = newAddress();
	await register(email);
	const verify = linkOf((await mails(email))[0]);
	await site.sql(`UPDATE registration SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE email = '${email}'`);
	assert.equal((await site.get(verify)).status, 410);
	assert.equal((await send(verify, { password })).status, 410);
	for (const token of ['x', 'A'.repeat(43), 'A'.repeat(44)])
		assert.equal((await site.get(`/verify/${token}`)).status, 410, token);
});

test('the API signs programs in and out', async () => {
	const m = await makeMember(site.sql);
	const r = await call('POST', '/api/v1/session', { email: m.email, password });
	assert.equal(r.status, 201, r.body);
	assert.equal(r.headers['set-cookie'], undefined);
	assert.match(r.headers['cache-control'], /no-store/);
	const { token, expires_at: end } = json(r.body);
	assert.ok(Math.abs(new Date(end) - Date.now() - 30 * 86400e3) < 60e3, end);
	assert.equal((await call('DELETE', '/api/v1/session', undefined, { Authorization: `Bearer ${token}` })).status, 204);
	assert.equal((await call('DELETE', '/api/v1/session', undefined, { Authorization: `Bearer ${token}` })).status, 401);
	assert.equal((await call('DELETE', '/api/v1/session')).status, 401);
	const wrong = await call('POST', '/api/v1/session', { email: m.email, password: 'no password of anybody' });
	assert.equal(wrong.status, 401);
	assert.match(wrong.headers['www-authenticate'], /^Bearer/);
	assert.match(wrong.headers['content-type'], /problem\+json/);
	for (const value of [{ email: m.email }, { email: 'x', password }, { email: m.email, password, more: 1 }])
		assert.equal((await call('POST', '/api/v1/session', value)).status, 422);
	assert.deepEqual(json((await call('POST', '/api/v1/members', { name: 'Rita', email: newAddress(), password })).body), { status: 'received' });
});

test('twenty sign-ins at once: all are answered, one hash at a time, in the memory of one', async () => {
	const members = await Promise.all(Array.from({ length: 20 }, () => makeMember(site.sql)));
	const pids = (await site.pids()), peak = pid => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
	await signIn(members[0].email);
	const before = pids.map(peak), count = await hashes();
	const done = await Promise.all(members.map(m => signIn(m.email)));
	assert.deepEqual(done.map(r => r.status), Array(20).fill(303));
	assert.equal(await hashes() - count, 20);
	// A worker that had not hashed before grows by one hash's 19 MiB; four at once would be 76.
	pids.forEach((pid, i) => assert.ok(peak(pid) - before[i] < 30 * 1024, `${peak(pid) - before[i]} KiB more`));
});

test('guessing is slowed: per account, known or not, and per address; a right password waits too (ASVS 6.3.1)', async () => {
	const strict = await openSite({ listings: 50, jobs: false, settings: { limits: { sign_in_per_account: 3, sign_in_per_address: 8, register_per_hour: 2 } } });
	const m = await makeMember(strict.sql), at = (email, word) => send('/login', { email, password: word }, {}, strict);
	await roomInWindow(900);
	for (let i = 0; i < 5; i++)
		assert.equal((await at(m.email, password)).status, 303, 'what is right is not counted');
	for (let i = 0; i < 3; i++)
		assert.equal((await at(m.email, 'no password of anybody')).status, 422);
	const slowed = await at(m.email, password);
	assert.equal(slowed.status, 429);
	assert.ok(Number(slowed.headers['retry-after']) > 0 && Number(slowed.headers['retry-after']) <= 900, slowed.headers['retry-after']);
	assert.equal(slowed.headers['set-cookie'], undefined);
	const nobody = newAddress();
	for (let i = 0; i < 3; i++)
		assert.equal((await at(nobody, 'no password of anybody')).status, 422);
	const same = await at(nobody, 'no password of anybody');
	assert.equal(same.status, 429);
	assert.equal(steady(same, nobody), steady(slowed, m.email));
	// the address's own limit, with accounts that were not tried before
	assert.equal((await at(newAddress(), 'no password of anybody')).status, 429);
	const api = await strict.request('POST', '/api/v1/session', { body: JSON.stringify({ email: newAddress(), password }), headers: { 'Content-Type': 'application/json' } });
	assert.equal(api.status, 429);
	assert.ok(Number(api.headers['retry-after']) > 0);
	const keys = await strict.sql('SELECT rate_key FROM rate_count');
	assert.ok(!keys.includes('@') && !keys.includes(m.email.split('@')[0]), 'no address in the table');
	for (const status of [303, 303, 429])
		assert.equal((await send('/register', { name: 'Rita', email: newAddress(), password }, {}, strict)).status, status);
});

test('an address gets only so many mails that somebody else may ask for, and the answer does not change', async () => {
	const email = newAddress();
	await roomInWindow(3600);
	for (let i = 0; i < 8; i++)
		assert.equal((await register(email)).status, 303);
	assert.equal((await mails(email)).length, 5);
});

test('signed out while writing: nothing typed is lost, passwords are not kept', async () => {
	const r = await send('/logout/everywhere', { title: 'A <dory> & "more"', note: 'two\nlines', password, new_password: 'x', code: '123456', totp: '1' });
	assert.equal(r.status, 401);
	assert.match(r.body, /<form class="form" action="\/logout\/everywhere" method="post">/);
	assert.ok(r.body.includes('name="title" value="A &lt;dory&gt; &amp; &quot;more&quot;"'), r.body);
	assert.match(r.body, /name="note" value="two/);
	assert.match(r.body, /target="_blank" href="\/login"/);
	assert.ok(!r.body.includes(password) && !/name="(new_)?password"|name="code"|name="totp"/.test(r.body));
	const french = await send('/fr/logout/everywhere', { title: 'x' });
	assert.equal(french.status, 401);
	assert.match(french.body, /action="\/fr\/logout\/everywhere"[\s\S]*Envoyer de nouveau/);
	const other = await site.post('/logout/everywhere', '--x', { 'Content-Type': 'multipart/form-data; boundary=x', 'Sec-Fetch-Site': 'same-origin' });
	assert.equal(other.status, 401);
	assert.doesNotMatch(other.body, /<form/, 'what cannot be read cannot be sent again');
	assert.equal((await site.get('/account')).status, 303);
});

test('headers: members have their own, on static pages too; what is theirs is never cached nor taken from the cache', async () => {
	const m = await makeMember(site.sql), header = /<li class="me"><a href="([^"]*)"/;
	for (const [path, login, account] of [['/', '/login', '/account'], ['/privacy', '/login', '/account'], ['/contact', '/login', '/account'],
		['/fr/', '/fr/login', '/fr/account'], ['/fr/submit', '/fr/login', '/fr/account'], ['/listings', '/login', '/account'], ['/fr/listings', '/fr/login', '/fr/account']]) {
		for (let i = 0; i < 2; i++) {
			assert.equal(header.exec((await site.get(path)).body)[1], login, path);
			const own = await site.get(path, { Cookie: m.cookie });
			assert.equal(header.exec(own.body)[1], account, path);
			if (path.endsWith('listings')) {
				assert.match(own.headers['cache-control'], /no-store/, path);
				assert.notEqual(own.headers['x-cache'], 'HIT', path);
			}
		}
	}
	await site.until(async () => (await site.get('/listings')).headers['x-cache'] === 'HIT', 'a page that visitors share');
});

test('the page says so where a browser will not keep the cookie (ASVS 3.3)', async () => {
	const note = 'is not encrypted';
	for (const [host, insecure] of [['127.0.0.1', false], ['localhost:8080', false], ['site.localhost', false], ['[::1]:80', false], ['192.0.2.7', true],
		['outport.example', true], ['notlocalhost', true], ['localhost.example', true]])
		assert.equal((await site.get('/login', { Host: host })).body.includes(note), insecure, host);
});

test('no token, address or password in a log; sign-ins are there (ASVS 14.2.1, 16.3.1)', async () => {
	const { email, token } = await join();
	await send('/reset', { email });
	const links = (await mails(email)).map(linkOf), tokens = links.map(link => link.split('/')[2]);
	for (const link of links) {
		await site.get(link);
		await site.get(`/fr${link}`);
		await site.get(`${link}.`);
		await site.get('/styles.css', { Referer: site.url + link });
	}
	await signIn(email, 'no password of anybody');
	await signIn(email);
	const id = await number(`SELECT id FROM member WHERE email = '${email}'`), last = await site.get(`/?${email.split('@')[0]}`);
	assert.equal(last.status, 200);
	let access, pool, events;
	// What was asked last is logged last.
	await site.until(() => {
		access = fs.readFileSync(site.accessLog, 'utf8');
		pool = fs.readFileSync(site.poolLog, 'utf8');
		events = pool.split('\n').filter(line => line.startsWith('{') && line.endsWith('}')).map(json).filter(line => line.member === id).map(line => line.event);
		return events.includes('sign_in') && access.includes(`/?${email.split('@')[0]}`);
	}, 'the logs');
	for (const text of [access, pool])
		for (const secret of [...tokens, token, email, password, 'no password of anybody'])
			assert.ok(!text.includes(secret), secret);
	assert.match(access, /"uri":"\/verify\/\*\*\*"/);
	assert.match(access, /"uri":"\/fr\/reset\/\*\*\*"/);
	assert.match(access, /"referer":"http:[^"]*\/reset\/\*\*\*"/);
	assert.deepEqual(events, ['member_joined', 'sign_in_failed', 'sign_in']);
});
