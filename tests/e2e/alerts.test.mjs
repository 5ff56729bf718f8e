// Mails about what is new in a saved search: once each, whoever runs the jobs, however they end.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { request } from '../support/http.mjs';
import { mailbox } from '../support/mail.mjs';
import { makeMember } from '../support/members.mjs';
import { until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';

const site = await startSite({ listings: 300, jobs: false });
after(() => site.stop());
const { sql } = site;
const post = mailbox(site);
const once = () => site.ctl('jobs', '--once');
const nodes = JSON.parse((await request(`${site.url}/api/v1/categories`)).body).categories;
const places = JSON.parse((await request(`${site.url}/api/v1/places`)).body).places;
const category = nodes.find((c) => c.parent !== null), place = places.find((p) => p.parent !== null);
let serial = 0;

// A listing as publishing leaves it. at: when it was published, changed: when it last changed, in seconds from now.
async function publish({ title = `Quahog number ${++serial}`, words = 'xquahog', price = 5000, member = null, email = 'seller@example.com', state = 1, at = 0, changed = at } = {}) {
	return Number(await sql(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, stock,
		contact_name, contact_email, content_hash, created_at, updated_at, published_at, search_text, member_id, expires_at)
		VALUES (${state}, ${category.id}, (SELECT parent_id FROM category WHERE id = ${category.id}), ${place.id}, (SELECT parent_id FROM place WHERE id = ${place.id}),
		'${title}', 'quahog', '', '', ${price}, 'CAD', 1, 'Elsie', '${email}', RANDOM_BYTES(32), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL ${changed} SECOND,
		UTC_TIMESTAMP() + INTERVAL ${at} SECOND, '${words}', ${member ?? 'NULL'}, UTC_TIMESTAMP() + INTERVAL 60 DAY); SELECT LAST_INSERT_ID()`));
}
const save = async (who, { query = 'q=quahog', frequency = 1, name = 'Clams', seen = 0, due = 0 } = {}) => Number(await sql(`INSERT INTO saved_search
	(member_id, name, query, frequency, seen_at, due_at, created_at) VALUES (${who.id}, '${name}', '${query}', ${frequency}, UTC_TIMESTAMP() + INTERVAL ${seen} SECOND,
	UTC_TIMESTAMP() + INTERVAL ${due} SECOND, UTC_TIMESTAMP()); SELECT LAST_INSERT_ID()`));
const told = async (search) => (await sql(`SELECT listing_id FROM saved_search_sent WHERE saved_search_id = ${search} ORDER BY listing_id`)).split('\n').filter(Boolean).map(Number);
const named = (mail) => [...mail.text.matchAll(/\/listings\/(\d+)\//g)].map((m) => Number(m[1]));
// What a test leaves behind is not news to the next.
test.afterEach(() => sql("DELETE FROM saved_search; UPDATE listing SET updated_at = '2026-01-01'; DELETE FROM outbox"));

test('one mail tells of what is new, with the links it needs, in the member’s language', async () => {
	const who = await makeMember(sql, { lang: 'fr', name: 'Émilie Noël' });
	const search = await save(who, { name: 'Palourdes & <b>autres</b>', query: `q=quahog&category=${category.slug}&max_price=90` });
	const id = await publish({ title: 'Quahogs <i>frais</i>' });
	await once();
	const mail = await post.wait({ to: who.email });
	assert.deepEqual(named(mail), [id]);
	assert.ok(mail.text.includes('Quahogs <i>frais</i>') && mail.html.includes('Quahogs &lt;i&gt;frais&lt;/i&gt;'));
	assert.match(mail.text, /50\s\$/);
	assert.ok(mail.text.includes(place.name.fr), mail.text);
	assert.ok(mail.links.some((l) => l.endsWith(`/fr/listings?q=quahog&category=${category.slug}&max_price=90`)), mail.links.join('\n'));
	assert.ok(mail.links.some((l) => l.endsWith(`/fr/account/searches/${search}`)));
	const stop = post.link(mail, '/unsubscribe/');
	assert.ok(mail.headers['list-unsubscribe'].includes(stop));
	assert.equal(mail.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click');
	await once();
	assert.equal(post.to(who.email).length, 1, 'once');
	// The mail program's button, then silence.
	const body = 'List-Unsubscribe=One-Click';
	const r = await request(site.url + stop, { method: 'POST', body, headers: { 'Content-Length': body.length, 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://mail.example' } });
	assert.equal(r.status, 200);
	await publish();
	await once();
	assert.equal(post.to(who.email).length, 1);
});

test('within a minute of a moderator’s approval, with the jobs running', async () => {
	const who = await makeMember(sql);
	await save(who, { query: `category=${category.slug}` });
	const id = await publish({ state: 0, changed: -3600 });
	await sql(`UPDATE listing SET published_at = NULL, submitted_at = UTC_TIMESTAMP() WHERE id = ${id}`);
	await once();
	assert.equal(post.to(who.email).length, 0);
	await site.jobs.start();
	try {
		await site.ctl('listing', 'approve', String(id));
		assert.deepEqual(named(await post.wait({ to: who.email })), [id]);
	} finally {
		await site.jobs.stop();
	}
});

test('what matches and what does not', async () => {
	const who = await makeMember(sql), other = await makeMember(sql);
	const clams = await publish({ words: 'xquahog xclams xleau xeau', price: 9000 });
	const own = await publish({ member: who.id }), ownAsVisitor = await publish({ email: who.email });
	for (const state of [0, 2, 3, 4, 5, 6, 7, 8, 9])
		await publish({ state });
	const old = await publish({ changed: -4000, at: -4000 });
	for (const [query, expected] of [
		['q=quahog', [clams]], ['q=QUAHO+clam', [clams]], ['q=l%27eau', [clams]], ['q=quahog+rope', []], ['q=ahog', []], ['q=%26%26', []],
		[`category=${category.slug}`, [clams]], [`category=${category.parent}`, [clams]], [`category=${nodes.find((c) => c.parent !== null && c.parent !== category.parent).slug}`, []],
		[`location=${place.slug}`, [clams]], [`location=${place.parent}`, [clams]], [`location=${places.find((p) => p.parent !== null && p.parent !== place.parent).slug}`, []],
		['min_price=90', [clams]], ['min_price=90.01', []], ['max_price=90', [clams]], ['max_price=89.99', []], ['category=long-gone', []], ['location=long-gone', []],
	]) {
		const search = await save(who, { query });
		await once();
		assert.deepEqual(await told(search), expected, query);
		await sql('DELETE FROM saved_search');
	}
	const theirs = await save(other);
	await once();
	assert.deepEqual(await told(theirs), [clams, own, ownAsVisitor].sort((a, b) => a - b));
	assert.ok(!(await told(theirs)).includes(old), 'what was there before is no news');
});

test('what comes back under its old date is told of; what was told of is not told again', async () => {
	const who = await makeMember(sql);
	const search = await save(who, { seen: -600 });
	const back = await publish({ at: -86400 * 20, changed: -60 });
	await once();
	assert.deepEqual(await told(search), [back]);
	await sql(`UPDATE listing SET state = 5 WHERE id = ${back}`);
	await once();
	await sql(`UPDATE listing SET state = 1, updated_at = UTC_TIMESTAMP() WHERE id = ${back}`);
	await once();
	assert.equal(post.to(who.email).length, 1);
	// Committed late, under a time that was looked at already.
	const late = await publish({ at: -120, changed: -120 });
	await sql(`UPDATE saved_search SET seen_at = UTC_TIMESTAMP() WHERE id = ${search}`);
	await once();
	assert.deepEqual(await told(search), [back, late]);
});

test('a daily search is told once in 24 hours and keeps its hour', async () => {
	const who = await makeMember(sql);
	const search = await save(who, { frequency: 2, seen: -86400 * 2, due: 3600 });
	await publish();
	await once();
	assert.deepEqual(await told(search), [], 'not due');
	await sql(`UPDATE saved_search SET due_at = UTC_TIMESTAMP() - INTERVAL 50 HOUR WHERE id = ${search}`);
	const due = await sql(`SELECT due_at + INTERVAL 72 HOUR FROM saved_search WHERE id = ${search}`);
	await once();
	assert.equal((await told(search)).length, 1);
	assert.equal(await sql(`SELECT due_at FROM saved_search WHERE id = ${search}`), due);
	await publish();
	await once();
	assert.equal((await told(search)).length, 1);
	assert.equal(post.to(who.email).length, 1);
	// Nothing new: no mail, and the next look is a day later.
	await sql(`UPDATE listing SET updated_at = '2026-01-01'; UPDATE saved_search SET due_at = UTC_TIMESTAMP() - INTERVAL 1 HOUR, seen_at = UTC_TIMESTAMP() WHERE id = ${search}`);
	await once();
	assert.equal(post.to(who.email).length, 1);
	assert.equal(await sql(`SELECT due_at > UTC_TIMESTAMP() FROM saved_search WHERE id = ${search}`), '1');
});

test('a mail names twenty and leads to all', async () => {
	const who = await makeMember(sql);
	const search = await save(who);
	const ids = [];
	for (let i = 0; i < 30; i++)
		ids.push(await publish());
	await once();
	const mail = await post.wait({ to: who.email });
	assert.deepEqual(named(mail), ids.slice(-20).reverse(), 'the newest first');
	assert.deepEqual(await told(search), ids);
	await once();
	assert.equal(post.to(who.email).length, 1);
});

test('no mails to whoever is disabled, gone, or turned them off', async () => {
	const disabled = await makeMember(sql), quiet = await makeMember(sql);
	await save(disabled);
	await save(quiet, { frequency: 0 });
	await sql(`UPDATE member SET state = 2 WHERE id = ${disabled.id}`);
	await publish();
	await once();
	assert.equal(post.to(disabled.email).length + post.to(quiet.email).length, 0);
});

const outboxAlerts = async () => (await sql("SELECT subject_id FROM outbox WHERE kind = 'mail' ORDER BY subject_id")).split('\n').filter(Boolean).map(Number);

test('several runners at once: one mail per search', async () => {
	const members = await Promise.all(Array.from({ length: 12 }, () => makeMember(sql)));
	const searches = [];
	for (const who of members)
		searches.push(await save(who));
	await publish();
	await publish();
	await Promise.all(Array.from({ length: 5 }, once));
	assert.deepEqual((await outboxAlerts()).sort((a, b) => a - b), searches);
	for (const who of members)
		assert.equal(post.to(who.email).length, 1);
});

test('killed again and again: nothing lost, nothing told twice', async () => {
	const members = await Promise.all(Array.from({ length: 40 }, () => makeMember(sql)));
	const searches = [];
	for (const who of members)
		searches.push(await save(who));
	const ids = [];
	for (let round = 0; round < 12; round++) {
		ids.push(await publish());
		await site.jobs.start();
		await new Promise((resolve) => { setTimeout(resolve, Math.random() * 60); });
		await site.jobs.kill();
	}
	// The database notices by and by that a killed runner is gone.
	await until(async () => await sql("SELECT COALESCE(IS_USED_LOCK(CONCAT(LEFT(DATABASE(), 30), '.job.alerts')), 0)") === '0', () => 'the lock');
	await once();
	// What a killed runner had in its hands is another's after a while, which we do not wait for.
	await sql('UPDATE outbox SET claimed_until = NULL, due_at = UTC_TIMESTAMP() WHERE state = 0');
	await once();
	for (const [i, who] of members.entries()) {
		assert.deepEqual(await told(searches[i]), ids);
		// A mail may arrive twice (its delivery is at least once), but no listing is in two mails that were ordered.
		const orders = new Map(post.to(who.email).map((m) => [m.headers['message-id'], named(m)]));
		assert.deepEqual([...orders.values()].flat().sort((a, b) => a - b), ids, who.email);
	}
});
