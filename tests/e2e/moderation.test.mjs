// Moderation: flags that hold, the queue and its decisions, bans, rules, trust, the public log; and two moderators at once.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';

const site = await startSite({ listings: 200, jobs: false });
after(() => site.stop());

const get = (path, headers = {}) => request(site.url + path, { headers });
const formAge = async () => /name="_age" value="([^"]+)"/.exec((await get('/submit')).body)[1];
const browser = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
const postForm = async (path, fields, who, from) => {
	const body = new URLSearchParams({ _age: await formAge(), ...fields }).toString();
	const headers = { ...browser, 'Content-Length': Buffer.byteLength(body), ...(who ? { Cookie: who.cookie } : {}) };
	return request(site.url + path, { method: 'POST', body, headers, from });
};
const one = async query => (await site.sql(query)).trim();
const published = async n => (await site.sql(`SELECT id FROM listing WHERE state = 1 ORDER BY id LIMIT ${n}, 1`)).trim();
const state = id => one(`SELECT state FROM listing WHERE id = ${id}`);

test('a report is one flag a person; enough of them hold the listing, tell its author, and it is out of sight', async () => {
	const id = await published(3);
	const flag = (from, who) => postForm(`/listings/${id}/report`, { reason: 'spam', message: 'Posted again and again' }, who, from);
	const member = await makeMember(site.sql);
	assert.match((await flag('127.0.0.11')).headers.location, /report\/received$/);
	const again = await flag('127.0.0.11');
	assert.match(again.headers.location, /report\/known$/);
	assert.match((await get(new URL(again.headers.location, site.url).pathname)).body, /reported this listing before/);
	assert.match((await flag('127.0.0.11', member)).headers.location, /received$/, 'a member is somebody else than the address');
	assert.match((await flag('127.0.0.12', member)).headers.location, /known$/, 'and the same one from anywhere');
	assert.equal(await state(id), '1');
	assert.match((await flag('127.0.0.13')).headers.location, /received$/);
	assert.equal(await state(id), '5');
	assert.equal(await one(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`), '0');
	assert.equal((await get(`/listings/${id}`)).status, 404);
	assert.equal((await flag('127.0.0.14')).status, 404);
	assert.equal(await one(`SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ${id} AND action = 3 AND moderator_id IS NULL`), '1');
	assert.match(await one(`SELECT payload FROM outbox WHERE kind = 'mail' AND subject_id = ${id}`), /"listing-held"/);
	assert.equal(await one('SELECT COUNT(*) FROM message WHERE kind = 2'), '0');
});

test('many flags at the same moment hold a listing once', async () => {
	const id = await published(10);
	const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => postForm(`/listings/${id}/report`, { reason: 'wrong', message: '' }, null, `127.0.1.${i + 1}`)));
	for (const r of answers) assert.ok([303, 404].includes(r.status), `${r.status} ${r.body}`);
	assert.equal(await state(id), '5');
	assert.equal(await one(`SELECT COUNT(*) FROM flag WHERE listing_id = ${id}`), '3');
	assert.equal(await one(`SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ${id}`), '1');
	assert.equal(await one(`SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND subject_id = ${id}`), '1');
});

test('a report says what is wrong with it and keeps what was typed', async () => {
	const id = await published(20);
	const r = await postForm(`/listings/${id}/report`, { reason: 'boring', message: 'typed and kept' });
	assert.equal(r.status, 422);
	assert.match(r.body, /typed and kept/);
	assert.match(r.body, /id="e-reason"/);
	assert.equal((await postForm('/listings/99999999/report', { reason: 'spam' })).status, 404);
});

const json = text => JSON.parse(text);
const moderator = await makeMember(site.sql, { name: 'Dulcie Moderatrix', role: 'moderator' });
const second = await makeMember(site.sql, { name: 'Ambrose Moderator', role: 'moderator' });
const admin = await makeMember(site.sql, { name: 'Agatha Admin', role: 'admin' });
const as = (who, path) => get(path, { Cookie: who.cookie });
let serial = 0;
// A listing that waits, of a member or a visitor.
const pending = async ({ of, title = `Punt number ${++serial}`, text = 'Twelve feet, oars included, dry all winter in a shed.', lang = 'en' } = {}) => {
	const id = Number(await one(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, stock,
		contact_name, contact_email, content_hash, created_at, updated_at, submitted_at, search_text, member_id, lang)
		SELECT 0, category_id, category_top_id, place_id, region_id, '${title}', 'punt', 'x', '${text}', 12300, 'CAD', 1, 'Visitor Name', 'visitor.${serial}@nowhere.example',
		UNHEX(SHA2('${title}', 256)), UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL ${1000 - serial} SECOND, 'xpunt', ${of ? of.id : 'NULL'}, '${lang}'
		FROM listing WHERE id = 1; SELECT LAST_INSERT_ID()`));
	return id;
};
const hidden = (html, id, name) => {
	const form = html.slice(html.indexOf(`/moderation/listings/${id}"`));
	return new RegExp(`name="${name}" value="(\\d+)"`).exec(form)[1];
};
// What a moderator who looks at the listing's page sends.
const decision = async (who, id, fields) => {
	const html = (await as(who, `/moderation/listings/${id}`)).body;
	return { version: hidden(html, id, 'version'), entry: hidden(html, id, 'entry'), flag: hidden(html, id, 'flag'), reason: 'none', words: '', ...fields };
};
const decide = async (who, id, fields) => postForm(`/moderation/listings/${id}`, await decision(who, id, fields), who);
const mails = id => one(`SELECT COALESCE(GROUP_CONCAT(payload ORDER BY id SEPARATOR '@@'), '') FROM outbox WHERE kind = 'mail' AND subject_id = ${id}`);

test('the queue is for moderators; it shows a listing in full, the longest waiting first', async () => {
	assert.equal((await get('/moderation')).status, 303);
	assert.equal((await as(await makeMember(site.sql), '/moderation')).status, 403);
	const member = await makeMember(site.sql, { name: 'Phoebe Noseworthy' });
	const first = await pending({ of: member, title: 'A first & only dory' }), later = await pending();
	const html = (await as(moderator, '/moderation')).body;
	assert.ok(html.indexOf(`/moderation/listings/${first}"`) > 0);
	assert.ok(html.indexOf(`/moderation/listings/${first}"`) < html.indexOf(`/moderation/listings/${later}"`));
	for (const part of ['A first &amp; only dory', 'Twelve feet, oars included', '$123', 'Phoebe Noseworthy', 'Visitor Name', 'no account', 'new: listings wait'])
		assert.ok(html.includes(part), part);
	assert.match((await as(moderator, '/fr/moderation')).body, /File de modération/);
});

test('approve: in sight, told to the author in their language, in the log, counted', async () => {
	const member = await makeMember(site.sql, { name: 'Léo Poirier', lang: 'fr' });
	const id = await pending({ of: member });
	const r = await decide(moderator, id, { decision: 'approve' });
	assert.equal(r.status, 303, r.body);
	assert.match(r.headers.location, new RegExp(`/moderation\\?done=approve&id=${id}`));
	assert.match((await as(moderator, new URL(r.headers.location, site.url).pathname + new URL(r.headers.location, site.url).search)).body, new RegExp(`Listing ${id}: Published`));
	assert.equal(await state(id), '1');
	assert.ok(Number(await one(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`)) > 0);
	const mail = json(await mails(id));
	assert.deepEqual([mail.mail, mail.to, mail.lang], ['listing-approved', member.email, 'fr']);
	assert.match(mail.args[1], /\/fr\/listings\/\d+\/punt$/);
	assert.match(await one(`SELECT CONCAT_WS(' ', action, moderator_id, waited_seconds > 0) FROM moderation_entry WHERE listing_id = ${id}`), new RegExp(`^1 ${moderator.id} 1$`));
});

test('reject and remove want a reason, which the author gets and the log shows; hold and release', async () => {
	const id = await pending({ lang: 'fr' });
	const without = await decide(moderator, id, { decision: 'reject' });
	assert.equal(without.status, 422);
	assert.match(without.body, /Choose a reason or say one/);
	assert.equal(await state(id), '0');
	const bad = await decide(moderator, id, { decision: 'reject', reason: 'because', words: 'kept words' });
	assert.equal(bad.status, 422);
	assert.match(bad.body, /kept words/);
	assert.equal((await decide(moderator, id, { decision: 'explode' })).status, 422);
	assert.equal((await decide(moderator, id, { decision: 'hold', words: 'One moment' })).status, 303);
	assert.equal(await state(id), '5');
	assert.equal((await decide(moderator, id, { decision: 'reject', reason: 'unclear', words: 'What length?' })).status, 303);
	assert.equal(await state(id), '2');
	assert.match(await one(`SELECT reject_reason FROM listing WHERE id = ${id}`), /^On ne voit pas clairement ce qui est offert. What length\?$/);
	const kinds = (await mails(id)).split('@@').map(m => json(m).mail);
	assert.deepEqual(kinds, ['listing-held', 'listing-rejected']);
	const link = json((await mails(id)).split('@@')[1]).args[2];
	assert.match(link, /\/fr\/manage\/[\w-]{43}\/edit$/);
	assert.equal((await get(new URL(link).pathname)).status, 200, 'the visitor can change it');
	await until(async () => (await get('/moderation-log')).body.includes('What length?'), () => 'the newest of the log');
	const log = (await get('/moderation-log')).body;
	assert.match(log, /It does not say clearly what is offered/);
	assert.match(log, /What length\?/);
	assert.equal((await decide(moderator, id, { decision: 'remove', reason: 'spam' })).status, 303);
	assert.equal(await state(id), '3');
});

test('two moderators at once: one decides, the other learns who and what; nothing is done twice', async () => {
	for (let round = 0; round < 5; round++) {
		const id = await pending();
		const seen = await decision(moderator, id, {});
		const answers = await Promise.all([
			postForm(`/moderation/listings/${id}`, { ...seen, decision: 'approve' }, moderator), postForm(`/moderation/listings/${id}`, { ...seen, decision: 'reject', reason: 'fraud' }, second),
			postForm(`/moderation/listings/${id}`, { ...seen, decision: 'approve' }, second), postForm(`/moderation/listings/${id}`, { ...seen, decision: 'hold' }, admin),
		]);
		assert.deepEqual(answers.map(r => r.status).sort(), [303, 409, 409, 409]);
		assert.match(answers.find(r => r.status === 409).body, /(Dulcie Moderatrix|Ambrose Moderator|Agatha Admin): (Published|Rejected|Held)\./);
		assert.equal(await one(`SELECT COUNT(*) FROM moderation_entry WHERE listing_id = ${id}`), '1');
		assert.equal((await mails(id)).split('@@').length, 1);
	}
});

test('what the author changed meanwhile is not approved unread', async () => {
	const id = await pending();
	const seen = await decision(moderator, id, { decision: 'approve' });
	await site.ctl('listing', 'edit', String(id), '--price', '99');
	const r = await postForm(`/moderation/listings/${id}`, seen, moderator);
	assert.equal(r.status, 409);
	assert.match(r.body, /has changed since you looked/);
	assert.equal(await state(id), '0');
});

test('dismissing flags shows what they held again; upholding ends it', async () => {
	const id = await published(30);
	for (const from of ['127.0.0.41', '127.0.0.42', '127.0.0.43']) await postForm(`/listings/${id}/report`, { reason: 'wrong', message: 'It is not a boat' }, null, from);
	assert.equal(await state(id), '5');
	const queue = (await as(moderator, `/moderation/listings/${id}`)).body;
	assert.match(queue, /It is not a boat/);
	assert.match(queue, /Several people reported it/);
	assert.equal((await decide(moderator, id, { decision: 'dismiss' })).status, 303);
	assert.equal(await state(id), '1');
	assert.equal(await one(`SELECT COUNT(*) FROM flag WHERE listing_id = ${id} AND state = 2`), '3');
	assert.ok(Number(await one(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`)) > 0);
	await postForm(`/listings/${id}/report`, { reason: 'prohibited' }, null, '127.0.0.44');
	assert.equal((await decide(moderator, id, { decision: 'remove', reason: 'prohibited' })).status, 303);
	assert.equal(await one(`SELECT COUNT(*) FROM flag WHERE listing_id = ${id} AND state = 1`), '1');
	assert.equal((await get(`/listings/${id}`)).status, 410);
	const only = await published(31);
	await postForm(`/listings/${only}/report`, { reason: 'wrong' }, null, '127.0.0.45');
	const version = await one(`SELECT version FROM listing WHERE id = ${only}`);
	assert.equal((await decide(moderator, only, { decision: 'dismiss' })).status, 303);
	assert.equal(await one(`SELECT CONCAT(state, ' ', version) FROM listing WHERE id = ${only}`), `1 ${version}`);
	assert.ok(!(await mails(only)), 'nothing changed for the author');
});

test('what a member who is leaving offered is not put on show, and the moderator is told why', async () => {
	const member = await makeMember(site.sql), id = await pending({ of: member });
	await site.sql(`UPDATE member SET state = 3, delete_at = UTC_TIMESTAMP() + INTERVAL 9 DAY WHERE id = ${member.id}`);
	const page = await decide(moderator, id, { decision: 'approve' });
	assert.equal(page.status, 409);
	assert.match(page.body, /Its member is deleting the account/);
	const body = JSON.stringify({ decision: 'approve' });
	const answer = await request(`${site.url}/api/v1/moderation/listings/${id}`, { method: 'POST', body,
		headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Authorization: moderator.bearer } });
	assert.equal(answer.status, 409);
	assert.match(json(answer.body).detail, /Its member is deleting the account/);
	await assert.rejects(site.ctl('listing', 'approve', String(id)), /who is leaving/);
	assert.equal(await state(id), '0');
	assert.ok(!(await mails(id)));
	assert.equal((await decide(moderator, id, { decision: 'reject', reason: 'unclear' })).status, 303);
});

test('a member whose listings were approved so often is trusted by the site; never means never', async () => {
	const member = await makeMember(site.sql), never = await makeMember(site.sql, { trust: 'never' });
	for (let i = 0; i < 3; i++) {
		assert.equal(await one(`SELECT trust FROM member WHERE id = ${member.id}`), '0');
		for (const of of [member, never]) await decide(moderator, await pending({ of }), { decision: 'approve' });
	}
	assert.equal(await one(`SELECT trust FROM member WHERE id = ${member.id}`), '1');
	assert.equal(await one(`SELECT trust FROM member WHERE id = ${never.id}`), '2');
	assert.equal(await one(`SELECT COUNT(*) FROM moderation_entry WHERE member_id = ${member.id} AND action = 11 AND moderator_id IS NULL`), '1');
	const page = (await as(moderator, `/moderation/members/${member.id}`)).body;
	assert.match(page, /trusted: listings go live/);
	assert.equal((await postForm(`/moderation/members/${member.id}/trust`, { trust: 'never' }, moderator)).status, 303);
	assert.equal(await one(`SELECT trust FROM member WHERE id = ${member.id}`), '2');
});

test('a moderator edits the words; two at once do not overwrite each other', async () => {
	const id = await pending();
	const html = (await as(moderator, `/moderation/listings/${id}/edit`)).body;
	assert.match(html, /name="version"/, html);
	const version = /name="version" value="(\d+)"/.exec(html)[1];
	const category = /<option value="([a-z0-9-]+)" selected/.exec(html)[1], location = [...html.matchAll(/<option value="([a-z0-9-]+)" selected/g)][1][1];
	const fields = { title: 'A punt with a better title', description: 'Twelve feet, oars included, dry all winter.', category, location, price: '120', stock: '1', version };
	assert.equal((await postForm(`/moderation/listings/${id}/edit`, { ...fields, title: 'x' }, moderator)).status, 422);
	assert.equal((await postForm(`/moderation/listings/${id}/edit`, fields, moderator)).status, 303);
	assert.equal((await postForm(`/moderation/listings/${id}/edit`, { ...fields, title: 'Overwritten' }, second)).status, 409);
	assert.equal(await one(`SELECT title FROM listing WHERE id = ${id}`), 'A punt with a better title');
	assert.equal(await one(`SELECT action FROM moderation_entry WHERE listing_id = ${id}`), '6');
});

test('a ban ends the sessions and sticks to e-mail and address, until it is lifted', async () => {
	const member = await makeMember(site.sql, { email: 'banned.person@bad.example', name: 'Known Badname' });
	await site.sql(`UPDATE session SET address = '127.0.0.66' WHERE member_id = ${member.id}`);
	const offered = await pending({ of: member });
	await decide(moderator, offered, { decision: 'approve' });
	assert.match((await postForm(`/moderation/members/${member.id}/ban`, { words: '', addresses: 'yes' }, moderator)).body, /id="e-words"/);
	const r = await postForm(`/moderation/members/${member.id}/ban`, { words: 'Sold what was not there', addresses: 'yes' }, moderator);
	assert.equal(r.status, 303, r.body);
	assert.equal(await one(`SELECT CONCAT(m.state, ' ', (SELECT COUNT(*) FROM session WHERE member_id = m.id)) FROM member m WHERE id = ${member.id}`), '2 0');
	assert.match(await mails(member.id), /"disabled"/);
	assert.equal(await state(offered), '5', 'what they offered is out of sight');
	const fields = { title: 'A dory for sale', description: 'Sixteen feet, oars included, painted last spring.', category: 'boats', location: 'st-johns', price: '10', stock: '1',
		contact_name: 'Somebody', contact_email: 'Banned.Person@bad.example', website: '' };
	const refused = await postForm('/submit', fields);
	assert.equal(refused.status, 403, refused.body);
	assert.match(refused.body, /We cannot take this from you/);
	assert.match(refused.body, /A dory for sale/, 'what was typed is kept');
	assert.equal((await postForm('/submit', { ...fields, contact_email: 'other@good.example' }, null, '127.0.0.66')).status, 403);
	assert.ok([303, 422].includes((await postForm('/submit', { ...fields, contact_email: 'other@good.example' }, null, '127.0.0.67')).status));
	const register = (email, from) => postForm('/register', { name: 'Somebody Else', email, password: 'a harbour full of dories', website: '' }, null, from);
	assert.equal((await register('BANNED.person@bad.example')).status, 403);
	assert.equal((await register('fresh@good.example', '127.0.0.66')).status, 403);
	assert.equal((await register('fresh@good.example', '127.0.0.67')).status, 303);
	assert.equal((await postForm('/login', { email: 'banned.person@bad.example', password: member.password, website: '' })).status, 422);
	const list = (await as(moderator, '/moderation/bans')).body;
	assert.match(list, /banned\.person@bad\.example/);
	assert.match(list, /127\.0\.0\.66/);
	const id = await one("SELECT id FROM ban WHERE kind = 0 AND value = 'banned.person@bad.example'");
	assert.equal((await postForm(`/moderation/bans/${id}/lift`, {}, moderator)).status, 303);
	assert.equal(await one(`SELECT state FROM member WHERE id = ${member.id}`), '1');
	assert.equal((await postForm('/moderation/bans', { value: 'stranger@bad.example', days: '7', words: '' }, moderator)).status, 303);
	assert.equal((await postForm('/moderation/bans', { value: 'no address', days: '', words: '' }, moderator)).status, 422);
	assert.equal((await postForm('/moderation/bans', { value: member.email, days: '', words: '' }, moderator)).status, 422);
});

test('who may be banned by whom', async () => {
	const ban = (of, by) => postForm(`/moderation/members/${of.id}/ban`, { words: 'No reason at all', addresses: 'no' }, by);
	assert.equal((await ban(second, moderator)).status, 403, 'a moderator by a moderator');
	assert.equal((await ban(moderator, moderator)).status, 403, 'oneself');
	assert.equal((await ban(admin, admin)).status, 403, 'oneself and the last admin');
	const other = await makeMember(site.sql, { role: 'admin' });
	const both = await Promise.all([ban(other, admin), ban(admin, other)]);
	assert.equal(await one('SELECT COUNT(*) FROM member WHERE role = 2 AND state = 1'), '1', `${both.map(r => r.status)}`);
	await site.sql(`UPDATE member SET state = 1 WHERE id = ${admin.id}; DELETE FROM ban WHERE member_id IN (${admin.id}, ${other.id})`);
	Object.assign(admin, await makeMember(site.sql, { role: 'admin' }));
	const helper = await makeMember(site.sql, { role: 'moderator' });
	assert.equal((await ban(helper, admin)).status, 303, 'a moderator by an admin');
	assert.equal((await as(helper, '/moderation')).status, 303, 'signed out');
});

test('rules: admins add, try and remove them; a text is refused or shown with what it holds', async () => {
	assert.equal((await as(moderator, '/moderation/rules')).status, 403);
	const add = fields => postForm('/moderation/rules', { kind: 'words', action: 'refuse', note: '', ...fields }, admin);
	assert.equal((await add({ pattern: 'Seal Flipper' })).status, 303);
	assert.equal((await add({ pattern: 'sèal  flipper!' })).status, 422, 'the same rule');
	assert.equal((await add({ pattern: '...' })).status, 422);
	assert.equal((await add({ kind: 'link', pattern: 'https://www.bad-shop.example/x', action: 'hold' })).status, 303);
	const page = (await as(admin, '/moderation/rules')).body;
	assert.match(page, />seal flipper</);
	assert.match(page, />bad-shop\.example</);
	const attempt = async text => (await postForm('/moderation/rules/try', { text }, admin)).body;
	assert.match(await attempt('Fresh SEAL-flippér today'), /would be refused, for “seal flipper”/);
	assert.match(await attempt('See http://a.b.bad-shop.example/1'), /would be held/);
	assert.match(await attempt('not-bad-shop.example seal flippers'), /No rule says anything/);
	const fields = { title: 'Fish for sale', description: 'Fresh seal flipper from this morning, at the wharf.', category: 'boats', location: 'st-johns', price: '10', stock: '1',
		contact_name: 'Somebody', contact_email: 'fisher@good.example', website: '' };
	let r;
	await until(async () => (r = await postForm('/submit', { ...fields, title: `Fish for sale, ${++serial}` })).status === 422, () => `the rule: ${r.status}`);
	assert.match(r.body, /words that are not allowed/);
	assert.match(r.body, /id="e-description"/);
	const held = await pending({ text: 'Photos at www.bad-shop.example, twelve feet long.' });
	assert.match((await as(moderator, `/moderation/listings/${held}`)).body, /Holds “bad-shop\.example”/);
	const id = await one("SELECT id FROM content_rule WHERE pattern = 'seal flipper'");
	assert.equal((await postForm(`/moderation/rules/${id}/remove`, {}, admin)).status, 303);
	assert.equal(await one(`SELECT COUNT(*) FROM content_rule WHERE id = ${id}`), '0');
});

test('the API: the queue and decisions', async () => {
	for (let i = 0; i < 12; i++) await pending();
	const id = await pending();
	const api = (path, who) => get(path, who ? { Authorization: who.bearer } : {});
	assert.equal((await api('/api/v1/moderation/queue')).status, 401);
	assert.equal((await api('/api/v1/moderation/queue', await makeMember(site.sql))).status, 403);
	let cursor = null, found = null, pages = 0;
	do {
		const { entries, next_cursor } = json((await api(`/api/v1/moderation/queue${cursor ? `?cursor=${cursor}` : ''}`, moderator)).body);
		found ??= entries.find(e => e.id === id);
		cursor = next_cursor;
		pages++;
	} while (cursor && pages < 50);
	assert.deepEqual([found.status, found.price_cents, found.author.member_id, found.flags], ['pending', 12300, null, []]);
	assert.ok(pages > 1, 'more than a page');
	assert.equal((await api('/api/v1/moderation/queue?cursor=x', moderator)).status, 400);
	const send = (body, who = moderator) => request(`${site.url}/api/v1/moderation/listings/${id}`, { method: 'POST', body: JSON.stringify(body),
		headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(JSON.stringify(body)), Authorization: who.bearer } });
	assert.equal((await send({ decision: 'reject' })).status, 422);
	assert.equal((await send({ decision: 'nothing' })).status, 422);
	assert.equal((await send({ decision: 'hold' }, await makeMember(site.sql))).status, 403);
	const r = await send({ decision: 'reject', reason: 'No photo of the engine' });
	assert.deepEqual([r.status, json(r.body)], [200, { id, status: 'rejected' }]);
	const late = await send({ decision: 'hold' });
	assert.equal(late.status, 409);
	assert.match(json(late.body).detail, /Dulcie Moderatrix: Rejected\. No photo of the engine/);
});

test('the public log names nobody, in both languages, page after page', async () => {
	const secrets = ['Known Badname', 'banned.person@bad.example', '127.0.0.66', 'stranger@bad.example', 'Dulcie Moderatrix', 'Agatha Admin', 'Phoebe Noseworthy', moderator.email,
		'A first', 'A punt with a better title', 'seal flipper', 'bad-shop', 'visitor.1@nowhere.example', 'Visitor Name'];
	await until(async () => (await get('/moderation-log')).body.includes('Rule removed'), () => 'the newest of the log');
	let path = '/moderation-log', all = '', pages = 0;
	while (path && pages++ < 20) {
		const r = await get(path);
		assert.equal(r.status, 200);
		all += r.body;
		path = /rel="next" href="([^"]+)"/.exec(r.body.slice(r.body.indexOf('<main')))?.[1];
	}
	assert.match(all, /Shut out<\/b> a member · a moderator/);
	assert.match(all, /Rule added/);
	assert.match(all, /Held<\/b> listing \d+ · the site/);
	for (const secret of secrets) assert.ok(!all.includes(secret), secret);
	assert.match((await get('/fr/moderation-log')).body, /Journal de modération/);
	assert.equal((await get('/moderation-log?x=1')).status, 301);
	assert.match((await get('/moderation-log')).headers['cache-control'] ?? '', /no-cache/);
});

// What the jobs do not know becomes a dead letter, which tells the sysadmin that something is lost.
test('whatever happened to listings, only mails were ordered', async () => {
	assert.notEqual(await one("SELECT COUNT(*) FROM outbox WHERE kind = 'mail'"), '0');
	assert.equal(await one("SELECT COALESCE(GROUP_CONCAT(DISTINCT kind), '') FROM outbox WHERE kind <> 'mail'"), '');
});
