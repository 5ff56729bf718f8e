// Buyers and sellers write to each other through the site: by the links of their mails and by their accounts; no address is shown to anybody.
import test from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { makeMember } from '../support/members.mjs';
import { mailbox } from '../support/mail.mjs';
import { openSite, roomInWindow } from './visitor.mjs';

// The mails stay in the outbox, where the tests read them; the last test delivers them.
const site = await openSite({ listings: 200, jobs: false });
const json = (text) => JSON.parse(text);
const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
let serial = 0;
const sellerEmail = 'hidden.seller@example.com', buyerEmail = 'hidden.buyer@example.com';
const addresses = /hidden\.(seller|buyer)|member\.example/;

const send = async (path, fields, who) =>
	site.post(path, new URLSearchParams({ ...fields, website: '', _age: await site.formAge() }).toString(), { ...form, ...(who ? { Cookie: who.cookie } : {}) });
const call = (method, path, who, body) => site.request(method, path,
	{ headers: { Authorization: who.bearer, ...(body ? { 'Content-Type': 'application/json' } : {}) }, body: body && JSON.stringify(body) });
const look = (path, who) => site.get(path, who ? { Cookie: who.cookie } : {});

// A published listing of a visitor's or of a member's.
async function listing({ owner, lang = 'en', email = sellerEmail } = {}) {
	const title = `Cedar dory number ${++serial} of ${process.pid}`;
	const out = await site.ctl('listing', 'add', '--title', title, '--description', 'Sixteen feet, oars included, painted last spring.', '--category', 'fishing-boats',
		'--price', '1250.50', '--location', 'twillingate', '--contact-name', 'Leo Pike', '--contact-email', email, '--publish');
	const id = Number(/\d+/.exec(out)[0]);
	await site.sql(`UPDATE listing SET lang = '${lang}', member_id = ${owner?.id ?? 'NULL'} WHERE id = ${id}`);
	return { id, title };
}

// The newest mail to an address, as the outbox holds it until it is delivered.
async function mailTo(email) {
	const rows = await site.sql("SELECT payload FROM outbox WHERE kind = 'mail' ORDER BY id DESC LIMIT 50");
	const mails = rows.split('\n').filter(Boolean).map((l) => json(l.replaceAll('\\\\', '\\')));
	const mail = mails.find((m) => m.to === email && m.mail === 'conversation');
	assert.ok(mail, `a mail to ${email}`);
	const [writer, title, text, answer, flag] = mail.args;
	return { ...mail, writer, title, text, answer: answer.slice(site.url.length), flag: flag.slice(site.url.length), all: mail.args.join('\n') };
}
const count = async (table, where = '1') => Number(await site.sql(`SELECT COUNT(*) FROM ${table} WHERE ${where}`));
const visitor = (text, more = {}) => ({ name: 'Gérard Ó Dálaigh', email: buyerEmail, message: text, ...more });

test('a visitor and a seller without an account: by the links in their mails', async () => {
	const l = await listing({ lang: 'fr' });
	const r = await send(`/listings/${l.id}/contact`, visitor('Is it still there?\n\nI have a trailer.'));
	assert.equal(r.status, 303, r.body);
	assert.match(r.headers.location, /\/contact\/received$/);
	assert.equal(await count('message', 'kind = 1'), 0, 'no message to pass on by hand');

	const first = await mailTo(sellerEmail);
	assert.equal(first.lang, 'fr', "the seller's language");
	assert.deepEqual([first.writer, first.title], ['Gérard Ó Dálaigh', l.title]);
	assert.match(first.answer, /^\/fr\/conversations\/t\/[\w-]{43}$/);
	assert.equal(first.flag, `${first.answer}/flag`);
	assert.doesNotMatch(first.all, addresses);
	assert.equal(await count('conversation', `HEX(pair) = '' OR buyer_lang <> 'en' AND listing_id = ${l.id}`), 0);

	const page = await look(first.answer);
	assert.equal(page.status, 200);
	assert.match(page.body, /I have a trailer\./);
	assert.match(page.headers['cache-control'], /no-store/);
	assert.doesNotMatch(page.body + JSON.stringify(page.headers), addresses);
	assert.match(page.body, /name="robots" content="noindex"/);

	const path = first.answer.replace('/fr', '');
	const answered = await send(path, { message: 'It is. Come on Monday.' });
	assert.equal(answered.status, 303, answered.body);
	assert.ok(answered.headers.location.endsWith(`${path}?sent=1`));
	assert.match((await look(`${path}?sent=1`)).body, /is on its way/);
	const second = await mailTo(buyerEmail);
	assert.equal(second.lang, 'en', 'the language of the page the buyer used');
	assert.deepEqual([second.writer, second.text], ['Leo Pike', 'It is. Come on Monday.']);
	assert.notEqual(second.answer, path, 'each side has a link of its own');
	assert.doesNotMatch(second.all, addresses);

	const theirs = await look(second.answer);
	assert.doesNotMatch(theirs.body + JSON.stringify(theirs.headers), addresses);
	assert.ok(theirs.body.indexOf('trailer') < theirs.body.indexOf('Come on Monday'), 'oldest first');
	assert.equal((await send(`/fr${second.answer}`, { message: 'À lundi, alors\u00a0!' })).status, 303);
	assert.equal((await mailTo(sellerEmail)).text, 'À lundi, alors\u00a0!');
	assert.equal(await site.sql(`SELECT buyer_lang FROM conversation WHERE listing_id = ${l.id}`), 'fr');
	assert.equal((await look(first.answer)).status, 200, 'the first link goes on working');
	assert.equal(await count('conversation', `listing_id = ${l.id}`), 1);
});

test('what is wrong with an answer is said, and what was typed is kept', async () => {
	const l = await listing();
	await send(`/listings/${l.id}/contact`, visitor('What does it weigh, about?'));
	const { answer } = await mailTo(sellerEmail);
	for (const [fields, status, pattern] of [[{ message: 'short' }, 422, /id="e-message"/], [{ message: 'x'.repeat(5001) }, 422, /id="e-message"/],
		[{ message: 'A hundred kilos.', colour: 'red' }, 422, /role="alert"/]]) {
		const r = await send(answer, fields);
		assert.equal(r.status, status, r.body.slice(0, 300));
		assert.match(r.body, pattern);
		assert.ok(r.body.includes(fields.message.slice(0, 50)), 'kept');
		assert.match(r.body, /What does it weigh/, 'the conversation is still there');
	}
	const trap = await site.post(answer, new URLSearchParams({ message: 'Buy cheap pills here.', website: 'x', _age: await site.formAge() }).toString(), form);
	assert.equal(trap.status, 422);
	assert.equal((await send(answer, { message: 'A hundred kilos.' })).status, 303);
	assert.equal((await send(answer, { message: 'A hundred kilos.' })).status, 422, 'the same twice');
	assert.equal((await site.post(answer, 'message=A+hundred+kilos+more', { ...form, 'Sec-Fetch-Site': 'cross-site' })).status, 403);
	for (const [ask, leads] of [[`${answer}?sent=2`, answer], [`${answer}?colour=red`, answer], [`${answer}?before=x`, answer]]) {
		const r = await look(ask);
		assert.equal(r.status, 301, ask);
		assert.ok(r.headers.location.endsWith(leads));
	}
});

test('links that were made up, damaged or have run out lead nowhere', async () => {
	const l = await listing();
	await send(`/listings/${l.id}/contact`, visitor('Would you take nine hundred?'));
	const { answer } = await mailTo(sellerEmail);
	const id = await site.sql(`SELECT id FROM conversation WHERE listing_id = ${l.id}`);
	for (const bad of [answer.slice(0, -1), answer.replace(/.$/, (x) => (x === 'A' ? 'B' : 'A')), `/conversations/t/${id}`, `/conversations/t/${'A'.repeat(43)}`, `${answer}x`])
		for (const path of [bad, `${bad}/flag`]) {
			assert.equal((await look(path)).status, 404, path);
			assert.equal((await send(path, { message: 'Let me in, please.', reason: 'spam' })).status, 404, path);
		}
	await site.sql(`UPDATE token SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE subject_id = ${id} AND kind IN (7, 8)`);
	const dead = await look(answer);
	assert.equal(dead.status, 404);
	assert.match(dead.body, /leads nowhere any more/);
	assert.equal(await count('conversation_message', `conversation_id = ${id}`), 1);
});

test('the conversation ends with its listing: it can be read, and takes no answer', async () => {
	for (const state of [3, 5, 6, 7, 8]) {
		const l = await listing();
		const member = await makeMember(site.sql, { name: 'Ann Blake' });
		await send(`/listings/${l.id}/contact`, { message: `Can I come tomorrow? (${state})` }, member);
		const { answer } = await mailTo(sellerEmail);
		await site.sql(`UPDATE listing SET state = ${state} WHERE id = ${l.id}`);
		const page = await look(answer);
		assert.equal(page.status, 200);
		assert.match(page.body, /Can I come tomorrow/);
		assert.match(page.body, /has ended/);
		assert.doesNotMatch(page.body, /<textarea/);
		const mails = await count('outbox');
		assert.equal((await send(answer, { message: 'Certainly, at noon.' })).status, 410);
		const id = await site.sql(`SELECT id FROM conversation WHERE listing_id = ${l.id}`);
		const api = await call('POST', `/api/v1/me/conversations/${id}`, member, { message: 'Are you there at all?' });
		assert.equal(api.status, 410, api.body);
		assert.match(api.headers['content-type'], /problem\+json/);
		assert.equal(json((await call('GET', `/api/v1/me/conversations/${id}`, member)).body).state, 'ended');
		assert.equal(await count('outbox'), mails, 'nobody is written to');
		assert.ok([404, 410].includes((await send(`/listings/${l.id}/contact`, visitor('Anybody there?'))).status));
	}
	const old = await listing();
	await send(`/listings/${old.id}/contact`, visitor('A question of long ago.'));
	const { answer } = await mailTo(sellerEmail);
	await site.sql(`UPDATE conversation SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND WHERE listing_id = ${old.id}`);
	assert.match((await look(answer)).body, /has ended/);
	assert.equal((await send(answer, { message: 'Sorry for the delay.' })).status, 410);
});

test('member to member: names from the account, an inbox on both sides, unread marked', async () => {
	const elsie = await makeMember(site.sql, { name: 'Elsie Wareham', lang: 'fr' }), ann = await makeMember(site.sql, { name: 'Ann Blake' });
	const l = await listing({ owner: elsie, email: elsie.email });
	const page = await look(`/listings/${l.id}/contact`, ann);
	assert.equal(page.status, 200);
	assert.doesNotMatch(page.body, /name="(name|email)"/);
	assert.match((await look('/account/messages', ann)).body, /There are no messages yet/);

	const sent = await send(`/listings/${l.id}/contact`, { message: 'Is the trailer included?' }, ann);
	assert.equal(sent.status, 303, sent.body);
	const path = /\/account\/messages\/\d+/.exec(sent.headers.location)[0];
	assert.match((await look(`${path}?sent=1`, ann)).body, /is on its way/);
	const mail = await mailTo(elsie.email);
	assert.deepEqual([mail.writer, mail.lang, mail.name], ['Ann Blake', 'fr', 'Leo Pike']);

	const inbox = await look('/account/messages', elsie);
	assert.match(inbox.body, /class="new"/);
	assert.match(inbox.body, /Is the trailer included/);
	assert.doesNotMatch(inbox.body, addresses);
	assert.match((await look('/account', elsie)).body, /New messages in a conversation/);
	const before = await site.sql(`SELECT * FROM conversation WHERE listing_id = ${l.id}`);
	for (const p of ['/account/messages', path, mail.answer])
		await look(p, elsie);
	assert.equal(await site.sql(`SELECT * FROM conversation WHERE listing_id = ${l.id}`), before, 'reading changes nothing');
	assert.equal((await send(`${path}/read`, {}, elsie)).status, 303);
	assert.doesNotMatch((await look('/account/messages', elsie)).body, /class="new"/);
	assert.doesNotMatch((await look('/account', elsie)).body, /New messages in/);
	assert.match((await look(path, elsie)).body, /who asks about it/);

	assert.equal((await send(path, { message: 'It is, and the oars.' }, elsie)).status, 303);
	assert.match((await look('/account/messages', ann)).body, /class="new"/);
	assert.equal((await mailTo(ann.email)).writer, 'Leo Pike');
	// The link of a mail works for a member too, signed in as whoever.
	assert.equal((await look(mail.answer, elsie)).status, 200);
	for (const who of [ann, elsie])
		assert.doesNotMatch((await look(path, who)).body, addresses);
});

test("somebody else's conversation is nobody's: every route", async () => {
	const elsie = await makeMember(site.sql), ann = await makeMember(site.sql), eve = await makeMember(site.sql), chief = await makeMember(site.sql, { role: 'admin' });
	const l = await listing({ owner: elsie, email: elsie.email });
	await send(`/listings/${l.id}/contact`, { message: 'Is the trailer included?' }, ann);
	const id = await site.sql(`SELECT id FROM conversation WHERE listing_id = ${l.id}`);
	for (const who of [eve, chief]) {
		for (const path of [`/account/messages/${id}`, `/account/messages/${id}/flag`])
			assert.equal((await look(path, who)).status, 404, path);
		for (const path of [`/account/messages/${id}`, `/account/messages/${id}/flag`, `/account/messages/${id}/read`])
			assert.equal((await send(path, { message: 'Let me in, please.', reason: 'spam' }, who)).status, 404, path);
		assert.equal((await call('GET', `/api/v1/me/conversations/${id}`, who)).status, 404);
		assert.equal((await call('POST', `/api/v1/me/conversations/${id}`, who, { message: 'Let me in, please.' })).status, 404);
	}
	for (const path of ['/account/messages', `/account/messages/${id}`]) {
		const r = await look(path);
		assert.equal(r.status, 303);
		assert.match(r.headers.location, /\/login\?next=/);
	}
	assert.equal((await site.get('/api/v1/me/conversations')).status, 401);
	const reader = await makeMember(site.sql, { scopes: 1 });
	await site.sql(`UPDATE session SET kind = 2 WHERE member_id = ${reader.id} AND kind = 1`);
	assert.equal((await call('GET', '/api/v1/me/conversations', reader)).status, 403, 'a token that may only read');
	assert.equal(await count('conversation_message', `conversation_id = ${id}`), 1);
});

test('programs read and answer', async () => {
	const elsie = await makeMember(site.sql), ann = await makeMember(site.sql, { name: 'Ann Blake' });
	const ids = [];
	for (let i = 0; i < 5; i++) {
		const l = await listing({ owner: elsie, email: elsie.email });
		const r = await call('POST', '/api/v1/contact', ann, { message: `By program, number ${i}.`, listing_id: l.id });
		assert.equal(r.status, 202, r.body);
		ids.push(json(r.body).conversation_id);
	}
	const seen = [];
	for (let cursor = null; ;) {
		const page = json((await call('GET', `/api/v1/me/conversations?limit=2${cursor ? `&cursor=${cursor}` : ''}`, elsie)).body);
		seen.push(...page.conversations);
		if ((cursor = page.next_cursor) === null) break;
	}
	assert.deepEqual(seen.map((c) => c.id), [...ids].reverse());
	assert.ok(seen.every((c) => c.side === 'seller' && c.with === 'Ann Blake' && c.unread && c.state === 'open'));
	const answer = await call('POST', `/api/v1/me/conversations/${ids[0]}`, elsie, { message: 'It is yours for nine hundred.' });
	assert.equal(answer.status, 202, answer.body);
	const whole = json((await call('GET', `/api/v1/me/conversations/${ids[0]}`, ann)).body);
	assert.deepEqual(whole.messages.map((m) => [m.from, m.message]), [['buyer', 'By program, number 0.'], ['seller', 'It is yours for nine hundred.']]);
	assert.ok(!JSON.stringify(whole).includes('@'));
	for (const [path, status] of [['?limit=0', 400], ['?limit=101', 400], ['?cursor=zzz', 400], ['?colour=red', 400]])
		assert.equal((await call('GET', `/api/v1/me/conversations${path}`, ann)).status, status, path);
	assert.equal((await call('GET', `/api/v1/me/conversations/${ids[0]}?before=x`, ann)).status, 400);
	assert.equal(json((await call('GET', `/api/v1/me/conversations/${ids[0]}?before=${whole.messages[1].id}`, ann)).body).messages.length, 1);
	assert.equal((await call('POST', `/api/v1/me/conversations/${ids[0]}`, elsie, { message: 'short' })).status, 422);
	assert.equal((await call('POST', `/api/v1/me/conversations/${ids[0]}`, elsie, { message: 'It is yours for nine hundred.' })).status, 409);
});

test('nobody writes to themselves, and nobody learns by trying whose listing it is', async () => {
	const elsie = await makeMember(site.sql);
	const own = await listing({ owner: elsie, email: elsie.email });
	const r = await send(`/listings/${own.id}/contact`, { message: 'A note to my own self.' }, elsie);
	assert.equal(r.status, 422);
	assert.match(r.body, /your own listing/);
	assert.equal((await call('POST', '/api/v1/contact', elsie, { message: 'A note to my own self.', listing_id: own.id })).status, 422);
	const guessed = await send(`/listings/${own.id}/contact`, visitor('Whose is it?', { email: elsie.email })), missed = await send(`/listings/${own.id}/contact`, visitor('Whose is it?'));
	assert.deepEqual([guessed.status, guessed.body], [missed.status, missed.body]);
});

test('who cannot be reached is not written to, and is not waited for', async () => {
	const elsie = await makeMember(site.sql), ann = await makeMember(site.sql);
	const hers = await listing({ owner: elsie, email: elsie.email }), nobodys = await listing();
	await send(`/listings/${hers.id}/contact`, { message: 'Is the trailer included?' }, ann);
	const id = await site.sql(`SELECT id FROM conversation WHERE listing_id = ${hers.id}`), mails = await count('outbox');
	await site.sql(`UPDATE member SET state = 2 WHERE id = ${elsie.id}; UPDATE listing SET contact_email = '' WHERE id = ${nobodys.id}`);
	for (const l of [hers, nobodys]) {
		const r = await send(`/fr/listings/${l.id}/contact`, visitor('Êtes-vous encore là?'));
		assert.equal(r.status, 422);
		assert.match(r.body, /pas joignable/);
	}
	assert.match((await look(`/fr/account/messages/${id}`, ann)).body, /est terminée/);
	assert.equal((await send(`/account/messages/${id}`, { message: 'Hello, are you there?' }, ann)).status, 410);
	assert.equal(await count('outbox'), mails);
});

test('an address that answered by its link cannot be spoken for by whoever types it', async () => {
	const l = await listing();
	await send(`/listings/${l.id}/contact`, visitor('Is it still there, sir?'));
	await send((await mailTo(sellerEmail)).answer, { message: 'It is still here.' });
	await send((await mailTo(buyerEmail)).answer, { message: 'I come on Monday.' });
	const r = await send(`/listings/${l.id}/contact`, visitor('Pay my cousin instead.'));
	assert.equal(r.status, 303, 'and whoever tries is told nothing');
	const page = await look((await mailTo(sellerEmail)).answer);
	assert.match(page.body, /my cousin/);
	assert.doesNotMatch(page.body, /I come on Monday/, 'a conversation of its own');
});

test('two first messages at once are one conversation', async () => {
	const l = await listing();
	const all = await Promise.all(Array.from({ length: 6 }, (_, i) => send(`/listings/${l.id}/contact`, visitor(`Question number ${i} of six.`))));
	assert.deepEqual(all.map((r) => r.status), Array(6).fill(303));
	assert.equal(await count('conversation', `listing_id = ${l.id}`), 1);
	assert.equal(await count('conversation_message m JOIN conversation c ON c.id = m.conversation_id', `c.listing_id = ${l.id}`), 6);
});

test('reports: once a side, by the form of the mail’s link; both sides hold it', async () => {
	const ann = await makeMember(site.sql);
	const l = await listing();
	await send(`/listings/${l.id}/contact`, { message: 'Wire me the money now.' }, ann);
	const mail = await mailTo(sellerEmail);
	const id = await site.sql(`SELECT id FROM conversation WHERE listing_id = ${l.id}`);
	const page = await look(mail.flag);
	assert.equal(page.status, 200);
	assert.equal(await count('flag', `conversation_id = ${id}`), 0, 'opening the link reports nothing');
	assert.doesNotMatch(page.body, /value="sold"/);
	assert.equal((await send(mail.flag, { message: 'no reason given' })).status, 422);
	assert.equal((await send(mail.flag, { reason: 'nonsense' })).status, 422);
	const r = await send(mail.flag, { reason: 'spam', message: 'A fraud, surely.' });
	assert.equal(r.status, 303, r.body);
	assert.match((await look(r.headers.location.replace(site.url, ''))).body, /A moderator reads this conversation/);
	assert.equal((await send(mail.flag, { reason: 'other' })).status, 422, 'once');
	assert.equal(await count('flag', `conversation_id = ${id}`), 1);
	assert.equal(await site.sql(`SELECT state FROM conversation WHERE id = ${id}`), '0');
	assert.equal((await send(`/account/messages/${id}/flag`, { reason: 'other' }, ann)).status, 303);
	assert.equal(await site.sql(`SELECT state FROM conversation WHERE id = ${id}`), '2');
	assert.equal((await send(mail.answer, { message: 'Hello, are you there?' })).status, 409);
	assert.match((await look(mail.answer)).body, /Somebody on our side looks at/);
});

test('rules and bans: refused words come back, what is held is mailed to nobody', async () => {
	await site.sql("INSERT INTO content_rule (kind, pattern, action, created_at) VALUES (1, 'evil.example', 1, UTC_TIMESTAMP()), (0, 'western union', 0, UTC_TIMESTAMP())");
	const l = await listing();
	await site.until(async () => (await send(`/listings/${l.id}/contact`, visitor(`See https://www.evil.example/${++serial} for it.`))).status === 422, 'the rule');
	// The rules reach each worker by its own clock: somebody else asks until the message is held.
	let mails, payer;
	await site.until(async () => {
		mails = await count('outbox', "kind = 'mail'");
		payer = `payer${++serial}@example.org`;
		assert.equal((await send(`/listings/${l.id}/contact`, visitor('I pay by Western Union.', { email: payer }))).status, 303);
		return await site.sql(`SELECT state FROM conversation WHERE buyer_email = '${payer}'`) === '2';
	}, 'the other rule');
	assert.equal(await count('outbox', "kind = 'mail'"), mails);
	assert.equal(await count('flag f JOIN conversation c ON c.id = f.conversation_id', `c.buyer_email = '${payer}' AND f.body = 'western union'`), 1, 'a moderator finds it');
	// A moderator lets it go on: the message is sent, once.
	const moderator = await makeMember(site.sql, { role: 'moderator' }), id = await site.sql(`SELECT id FROM conversation WHERE buyer_email = '${payer}'`);
	assert.match((await look('/moderation', moderator)).body, /I pay by Western Union/);
	const decide = () => send(`/moderation/conversations/${id}`, { decision: 'dismiss' }, moderator);
	const both = (await Promise.all([decide(), decide()])).map((r) => r.status).sort();
	assert.deepEqual(both, [303, 409]);
	assert.equal(await count('outbox', "kind = 'mail'"), mails + 1);
	const passed = await mailTo(sellerEmail);
	assert.equal(passed.text, 'I pay by Western Union.');
	assert.equal((await send(passed.answer, { message: 'Cash will do, thanks.' })).status, 303);
	await site.sql("INSERT INTO ban (kind, value, created_at) VALUES (0, 'banned@example.org', UTC_TIMESTAMP()); DELETE FROM content_rule");
	assert.equal((await send(`/listings/${l.id}/contact`, visitor('Just asking, honestly.', { email: 'banned@example.org' }))).status, 403);
});

test('a long conversation has pages', async () => {
	const ann = await makeMember(site.sql);
	const l = await listing();
	await send(`/listings/${l.id}/contact`, { message: 'The very first message.' }, ann);
	const id = await site.sql(`SELECT id FROM conversation WHERE listing_id = ${l.id}`);
	await site.sql(`INSERT INTO conversation_message (conversation_id, from_seller, body, content_hash, created_at) VALUES ${
		Array.from({ length: 60 }, (_, i) => `(${id}, 0, 'Filling, number ${i}.', UNHEX(SHA2('${i}', 256)), UTC_TIMESTAMP())`).join()}`);
	const page = await look(`/account/messages/${id}`, ann);
	assert.doesNotMatch(page.body, /The very first message/);
	const older = /href="(\/account\/messages\/\d+\?before=\d+)"/.exec(page.body)[1];
	assert.match((await look(older, ann)).body, /The very first message/);
});

test('limits hold for answers too', async () => {
	const strict = await openSite({ listings: 20, jobs: false, settings: { limits: { contact_per_hour: 3 } } });
	const { id } = json((await strict.get('/api/v1/listings?limit=1')).body).listings[0];
	const post = async (text) => strict.post(`/listings/${id}/contact`, new URLSearchParams({ ...visitor(text), _age: await strict.formAge() }).toString(), form);
	const statuses = [];
	await roomInWindow(3600);
	for (let i = 0; i < 5; i++) statuses.push((await post(`Question number ${i} of many.`)).status);
	assert.deepEqual(statuses, [303, 303, 303, 429, 429]);
	const payload = await strict.sql("SELECT payload FROM outbox WHERE kind = 'mail' ORDER BY id DESC LIMIT 1");
	const answer = /\/conversations\/t\/[\w-]{43}/.exec(payload)[0];
	const r = await strict.post(answer, new URLSearchParams({ message: 'typed with care and kept', _age: await strict.formAge() }).toString(), form);
	assert.equal(r.status, 429);
	assert.match(r.body, /typed with care and kept/);
	assert.ok(Number(r.headers['retry-after']) > 0);
});

test('delivered: the mails themselves hold nobody’s address, and their links lead on', async () => {
	const l = await listing({ lang: 'fr' });
	const mail = mailbox({ dir: path.dirname(site.conf) });
	await send(`/listings/${l.id}/contact`, visitor('Delivered, or is it?'));
	await site.ctl('jobs', '--once');
	const first = await mail.wait({ to: sellerEmail, subject: l.title });
	assert.equal((await send(mail.link(first, '/conversations/t/'), { message: 'Delivered it is, sir.' })).status, 303);
	await site.ctl('jobs', '--once');
	const second = await mail.wait({ to: buyerEmail, subject: l.title });
	assert.match((await look(mail.link(second, '/conversations/t/'))).body, /Delivered it is/);
	for (const [one, other] of [[first, buyerEmail], [second, sellerEmail]]) {
		assert.ok(!one.raw.includes(other), 'neither in a header nor in the text');
		assert.ok(!`${one.text}${one.html}`.includes(other));
		assert.ok(one.links.some((link) => link.endsWith('/flag')));
	}
	const late = await listing();
	await send(`/listings/${late.id}/contact`, visitor('Too late for this one?'));
	await site.ctl('listing', 'remove', String(late.id));
	await site.ctl('jobs', '--once');
	const gone = await mail.wait({ to: sellerEmail, subject: new RegExp(`written about.*${late.title}`) });
	assert.match((await look(mail.link(gone, '/conversations/t/'))).body, /has ended/);
});
