// /reports: what the jobs counted, drawn, in tables and as CSV; for admins only.
import test from 'node:test';
import assert from 'node:assert/strict';
import { openSite } from './visitor.mjs';
import { makeMember } from '../support/members.mjs';

const site = await openSite({ listings: 200, jobs: false });
const admin = await makeMember(site.sql, { role: 'admin' });
const see = (who, path) => site.get(path, who ? { Cookie: who.cookie } : {});
const count = () => site.ctl('jobs', '--once');
const rows = async (name, per = 'day') => (await see(admin, `/reports/${name}.csv?per=${per}`)).body.trim().split('\r\n').map((l) => l.split(','));
const day = async (back = 0) => site.sql(`SELECT DATE(UTC_TIMESTAMP()) - INTERVAL ${back} DAY`);
const column = async (name, series, per) => {
	const [head, ...list] = await rows(name, per);
	return Object.fromEntries(list.map((r) => [r[0], r[head.indexOf(series)]]));
};

test('for admins only, and nothing is counted by looking', async () => {
	const visitor = await see(null, '/reports?per=week');
	assert.equal(visitor.status, 303);
	assert.match(visitor.headers.location, /\/login\?next=%2Freports%3Fper%3Dweek$/);
	for (const role of ['member', 'moderator']) {
		const who = await makeMember(site.sql, { role });
		for (const path of ['/reports', '/fr/reports', '/reports/listings.csv'])
			assert.equal((await see(who, path)).status, 403, `${role} ${path}`);
	}
	const page = await see(admin, '/reports');
	assert.equal(page.status, 200);
	assert.match(page.body, /Nothing has been counted yet/);
	assert.equal(await site.sql('SELECT COUNT(*) FROM report_value'), '0');
});

test('what is counted is what happened, by day, week and month', async () => {
	await site.sql(`UPDATE listing SET created_at = '2020-01-01', updated_at = '2020-01-01', published_at = '2020-01-01';
		UPDATE listing_facet SET published_at = '2020-01-01'; UPDATE member SET created_at = '2020-01-01'; UPDATE session SET last_seen_at = UTC_TIMESTAMP() - INTERVAL 3 DAY`);
	const ids = (await site.sql('SELECT id FROM listing ORDER BY id LIMIT 20')).split('\n');
	const at = (days, second = 43200) => `DATE(UTC_TIMESTAMP()) - INTERVAL ${days} DAY + INTERVAL ${second} SECOND`;
	// The first and the last second of a day belong to it.
	await site.sql(`UPDATE listing SET created_at = ${at(3, 0)} WHERE id = ${ids[0]}; UPDATE listing SET created_at = ${at(3, 86399)} WHERE id = ${ids[1]};
		UPDATE listing SET created_at = ${at(4, 86399)} WHERE id = ${ids[2]}; UPDATE listing SET created_at = ${at(3)}, state = 4 WHERE id = ${ids[3]};
		UPDATE listing SET state = 2, updated_at = ${at(3)} WHERE id IN (${ids[4]}, ${ids[5]}); UPDATE listing SET state = 6, updated_at = ${at(3)} WHERE id = ${ids[6]};
		UPDATE listing SET state = 7, updated_at = ${at(3)} WHERE id IN (${ids.slice(7, 10)});
		UPDATE listing_facet SET published_at = ${at(3)} WHERE listing_id = ${ids[11]};
		UPDATE member SET created_at = ${at(3)} WHERE id = ${admin.id}; UPDATE session SET last_seen_at = UTC_TIMESTAMP() WHERE member_id = ${admin.id};
		INSERT INTO search_miss (day, query, misses) VALUES (${at(3, 0)}, 'dory', 3), (${at(3, 0)}, '=2+5', 4), (DATE(UTC_TIMESTAMP()), '<b>punt</b>', 9);
		INSERT INTO moderation_entry (action, listing_id, waited_seconds, created_at) SELECT 1, 1, seq * 100, ${at(3)} FROM seq_1_to_10;
		INSERT INTO moderation_entry (action, listing_id, waited_seconds, created_at) VALUES (7, 1, -1, ${at(3)});
		SET FOREIGN_KEY_CHECKS = 0; INSERT INTO conversation_message (conversation_id, from_seller, body, content_hash, created_at) VALUES (1, 0, 'x', RANDOM_BYTES(32), ${at(3)})`);
	for (let i = 0; i < 10; i++)
		await count();
	const then = await day(3), before = await day(4), today = await day();
	for (const [name, series, expected] of [['listings', 'listings_submitted', '2'], ['listings', 'listings_published', '1'], ['listings', 'listings_rejected', '2'],
		['listings', 'listings_expired', '1'], ['listings', 'listings_sold', '3'], ['members', 'members_registered', '1'], ['members', 'members_active', ''], ['messages', 'messages', '1'],
		['searches', 'searches_without_result', '7'], ['moderation', 'decision_seconds_median', '500'], ['moderation', 'decision_seconds_90th_percentile', '900']])
		assert.equal((await column(name, series))[then], expected, series);
	assert.equal((await column('listings', 'listings_submitted'))[before], '1');
	assert.equal((await column('members', 'members_active'))[today], '1');
	assert.equal((await column('moderation', 'decision_seconds_median'))[today], '', 'nothing decided is no number');
	for (const [per, points] of [['day', 30], ['week', 26], ['month', 24]]) {
		const submitted = await column('listings', 'listings_submitted', per);
		assert.equal(Object.keys(submitted).length, points);
		assert.equal(Object.values(submitted).reduce((a, v) => a + Number(v), 0), 3, per);
	}
	for (const week of Object.keys(await column('messages', 'messages', 'week')))
		assert.equal(new Date(`${week}T00:00:00Z`).getUTCDay(), 1, `${week} is a Monday`);
	for (const month of Object.keys(await column('messages', 'messages', 'month')))
		assert.match(month, /-01$/);
	// Counting again, and by several at once, changes nothing.
	const all = () => site.sql('SELECT * FROM report_value ORDER BY period, series, starts');
	const counted = await all();
	await Promise.all([count(), count(), count()]);
	assert.equal(await all(), counted);
});

test('the page draws it, says it in tables and leads to the files, in both languages', async () => {
	const page = (await see(admin, '/reports')).body;
	assert.equal(page.match(/<svg role="img"/g).length, 11);
	for (const [, title, description] of page.matchAll(/aria-labelledby="(\S+) (\S+)"/g)) {
		assert.match(page, new RegExp(`<title id="${title}">[^<]+</title>`));
		assert.match(page, new RegExp(`<desc id="${description}">[^<]+</desc>`));
	}
	assert.doesNotMatch(page, /style=|<script(?! src| defer)/);
	assert.match(page, /<th scope="row">&lt;b&gt;punt&lt;\/b&gt;<\/th><td>9<\/td>/);
	assert.match(page, /aria-current="page">30 days/);
	assert.match((await see(admin, '/reports?per=month')).body, /aria-current="page">24 months/);
	const french = (await see(admin, '/fr/reports?per=week')).body;
	assert.match(french, /Semaine du \d/);
	assert.match(french, /Délais de modération/);
	for (const bad of ['per=day', 'per=year', 'per=week&per=week', 'x=1']) {
		const r = await see(admin, `/reports?${bad}`);
		assert.deepEqual([r.status, new URL(r.headers.location, site.url).pathname], [303, '/reports'], bad);
	}
});

test('the files are CSV, named for what they hold', async () => {
	const r = await see(admin, '/reports/listings.csv?per=week');
	assert.equal(r.headers['content-type'], 'text/csv; charset=utf-8');
	assert.equal(r.headers['content-disposition'], 'attachment; filename="outport-listings-per-week.csv"');
	assert.equal(r.headers['cache-control'], 'no-store');
	assert.equal(r.body.split('\r\n')[0], 'starts,listings_submitted,listings_published,listings_rejected,listings_expired,listings_sold');
	assert.equal((await see(admin, '/reports/nothing.csv')).status, 404);
	assert.equal((await see(admin, '/reports/listings.csv?per=year')).status, 400);
});

test('a page of reports reads hundreds of rows, whatever the number of listings', async () => {
	const rules = await site.sql(`EXPLAIN SELECT COUNT(*) FROM listing FORCE INDEX (listing_created) WHERE created_at >= '2026-01-01' AND created_at < '2026-01-02' AND state NOT IN (4, 9);
		EXPLAIN SELECT COUNT(*) FROM listing FORCE INDEX (listing_changed) WHERE state = 7 AND updated_at >= '2026-01-01' AND updated_at < '2026-01-02';
		EXPLAIN SELECT series, starts, value FROM report_value WHERE period = 0 AND series IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AND starts >= '2026-01-01'`);
	for (const line of rules.split('\n'))
		assert.match(line, /\trange\t/, line);
});

test('a search without result is counted by its words, and nothing that may be somebody’s', async () => {
	await site.sql('DELETE FROM search_miss');
	const search = (q) => site.get(`/listings?q=${encodeURIComponent(q).replaceAll('%20', '+')}`);
	for (const q of ['Zyzzyva Épave', 'zyzzyva epave', 'ZYZZYVA, épave'])
		await search(q);
	await site.get('/api/v1/listings?q=zyzzyva');
	for (const q of ['zyzzyva@example.com', 'zyzzyva 709 555 0123', 'zyzzyva ٧٠٩٥٥٥٠', `zyzzyva ${'x'.repeat(120)}`, 'zyzzyva&category=nowhere', '&&&'])
		await search(q);
	await site.get('/feed.atom?q=zyzzyvafeed');
	await site.get('/listings?q=zyzzyvapage&page=2');
	let filler = 0;
	await site.until(async () => {
		await search(`filler ${'abcdefghij'[++filler % 10].repeat(2 + Math.floor(filler / 10))}`);
		return (await site.sql("SELECT SUM(misses) FROM search_miss WHERE query IN ('zyzzyva epave', 'zyzzyva')")) === '4';
	}, 'all of them');
	assert.equal(await site.sql("SELECT misses FROM search_miss WHERE query = 'zyzzyva epave'"), '3');
	assert.equal(await site.sql("SELECT GROUP_CONCAT(query) FROM search_miss WHERE query LIKE '%example%' OR query LIKE '%555%' OR query LIKE '%feed%' OR query LIKE '%page%' OR query LIKE '%٧%'"), 'NULL');
});
