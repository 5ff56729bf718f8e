// /reverse-ip and /api/v1/addresses: whose address is shown and kept, whatever the request's head claims; and who may see what was kept.
import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { openSite, roomInWindow } from './visitor.mjs';
import { makeMember } from '../support/members.mjs';

// nginx is on 127.0.0.1, and so is who asks it: a proxy that is trusted. 127.0.0.2 is none.
const trusted = '127.0.0.1, 10.0.0.0/8, fd00::/8';
const PER_HOUR = 4;
const site = await openSite({ listings: 0, workers: 2, jobs: false, settings: { worker: { trusted_proxies: trusted }, limits: { address_per_hour: PER_HOUR }, address: { keep_days: 30 } } });
const stranger = '127.0.0.2';
const json = text => JSON.parse(text);
const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
const page = (headers, { from, path = '/reverse-ip' } = {}) => site.request('GET', path, { headers, from });
const shown = body => [.../<dd><code>([^<]*)<\/code><\/dd>/g[Symbol.matchAll](body)].map(([, value]) => value);
const ageOf = body => /name="_age" value="([^"]+)"/.exec(body)?.[1];
const rows = async () => (await site.sql('SELECT ip FROM address_seen ORDER BY id')).split('\n').filter(Boolean);
const api = (headers = {}, body = '', from = undefined) => site.post('/api/v1/addresses', body, { 'X-Forwarded-For': '198.51.100.1', ...(body && { 'Content-Type': 'application/json' }), ...headers }, from);
const submit = async (headers = {}, { path = '/reverse-ip', age } = {}) =>
	site.post(path, new URLSearchParams({ _age: age ?? ageOf((await page(headers, { path })).body) }).toString(), { ...form, ...headers });
const reversed6 = '8.b.d.0.1.0.0.2';

test('through trusted proxies the address is read from the right', async () => {
	const long = `203.0.113.9, ${'10.1.2.3, '.repeat(600)}10.9.9.9`, forged = `${'1.1.1.1,'.repeat(700)}203.0.113.9`;
	for (const [forwarded, ip, reversed] of [
		['203.0.113.7', '203.0.113.7', '7.113.0.203'],
		['1.2.3.4, 203.0.113.7', '203.0.113.7'],
		['127.0.0.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
		['  203.0.113.7\t,  10.1.2.3  ', '203.0.113.7'],
		['203.0.113.7:4711', '203.0.113.7'],
		['2001:db8::7', '2001:db8::7', `7${'.0'.repeat(23)}.${reversed6}`],
		['2001:DB8:0:0::7', '2001:db8::7'],
		['[2001:db8::7]:443, fd00::1', '2001:db8::7'],
		['::ffff:203.0.113.7', '203.0.113.7', '7.113.0.203'],
		['10.0.0.1, 10.0.0.2', '10.0.0.1'],
		[long, '203.0.113.9'],
		[forged, '203.0.113.9'],
		// What is no address ends the walk at the last one that was sure.
		['203.0.113.7, unknown', '127.0.0.1', '1.0.0.127'],
		['203.0.113.7, fe80::1%eth0, 10.0.0.4', '10.0.0.4'],
		['203.0.113.7,', '127.0.0.1'],
		['203.0.113.256', '127.0.0.1'],
		['<script>alert(1)</script>', '127.0.0.1'],
		['"203.0.113.7"', '127.0.0.1'],
		['0x7f000001', '127.0.0.1'],
		['203.0.113.7\xff', '127.0.0.1'],
	]) {
		const answer = await page({ 'X-Forwarded-For': forwarded }), name = forwarded.slice(0, 60);
		assert.equal(answer.status, 200, name);
		assert.equal(shown(answer.body)[0], ip, name);
		if (reversed)
			assert.equal(shown(answer.body)[1], reversed, name);
		assert.doesNotMatch(answer.body, /<script>alert/);
	}
	assert.equal((await page({ 'X-Forwarded-For': '1.1.1.1,'.repeat(5000) })).status, 431, 'more than nginx reads');
});

test('several headers are one list, in their order', async () => {
	for (const [lines, ip] of [[['1.2.3.4', '203.0.113.7'], '203.0.113.7'], [['203.0.113.7', '10.1.2.3'], '203.0.113.7'], [['203.0.113.7', ''], '203.0.113.7'], [['203.0.113.7', ','], '127.0.0.1']])
		assert.equal(shown((await page({ 'X-Forwarded-For': lines })).body)[0], ip, lines.join(' + '));
});

test('who is no proxy of ours says what it likes, and other headers say nothing to anybody', async () => {
	assert.deepEqual(shown((await page({ 'X-Forwarded-For': '203.0.113.7' }, { from: stranger })).body), [stranger, '2.0.0.127']);
	assert.equal((await api({ 'X-Forwarded-For': '203.0.113.7' }, '', stranger)).body, (await site.sql(`SELECT CONCAT('{"ip":"${stranger}","reversed":"2.0.0.127","stored_at":"', DATE_FORMAT(MAX(stored_at), '%Y-%m-%dT%H:%i:%sZ'), '"}') FROM address_seen`)));
	for (const name of ['Forwarded', 'X-Real-IP', 'Client-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X-Forwarded', 'Forwarded-For', 'X-Cluster-Client-IP', 'X_Forwarded_For', 'Remote-Addr'])
		for (const value of ['203.0.113.7', 'for=203.0.113.7'])
			assert.equal(shown((await page({ [name]: value })).body)[0], '127.0.0.1', `${name}: ${value}`);
});

test('two visitors never see each other’s page, and nothing keeps it', async () => {
	for (const path of ['/reverse-ip', '/fr/reverse-ip'])
		for (let round = 0; round < 3; round++)
			await Promise.all(['203.0.113.7', '2001:db8::8', '192.0.2.9'].map(async ip => {
				for (const method of ['GET', 'HEAD']) {
					const answer = await site.request(method, path, { headers: { 'X-Forwarded-For': ip } });
					assert.equal(answer.status, 200);
					assert.equal(answer.headers['cache-control'], 'no-store');
					assert.ok(!['HIT', 'STALE', 'UPDATING', 'REVALIDATED'].includes(answer.headers['x-cache']), answer.headers['x-cache']);
					assert.equal(answer.headers.etag, undefined);
					if (method === 'GET')
						assert.equal(shown(answer.body)[0], ip);
				}
			}));
});

test('the page says what it does, in both languages, and is left out of search engines’ lists', async () => {
	for (const [path, words, privacy] of [['/reverse-ip', /for 30 days/, '/privacy'], ['/fr/reverse-ip', /pendant 30\u00a0jours/, '/fr/privacy']]) {
		const { body } = await page({}, { path });
		assert.match(body, words);
		assert.match(body, /<meta name="robots" content="noindex">/);
		assert.ok(body.includes(`<a href="${privacy}">`), path);
		assert.ok(body.includes(`<form action="${path}" method="post"`), path);
	}
	assert.doesNotMatch((await site.get('/sitemap.xml')).body, /reverse-ip/);
	assert.equal((await page({}, { path: '/reverse-ip?a=1' })).headers.location, '/reverse-ip');
	assert.match((await site.get('/privacy')).body, /href="\/reverse-ip"/);
	assert.match((await site.get('/fr/privacy')).body, /href="\/fr\/reverse-ip"/);
});

test('looking keeps nothing, the button keeps the address that was shown', async () => {
	const before = await rows();
	for (const [path, ip, words] of [['/reverse-ip', '203.0.113.20', /We have kept your address, on \w+ \d+, \d{4} at \d\d:\d\d UTC\. After 30 days it is deleted\./],
		['/fr/reverse-ip', '2001:db8::20', /Nous avons gardé votre adresse, le .+ à \d\d:\d\d UTC\. Après 30\u00a0jours, elle sera effacée\./]]) {
		const seen = await page({ 'X-Forwarded-For': ip }, { path });
		assert.deepEqual(await rows(), before, 'looking');
		const answer = await submit({ 'X-Forwarded-For': ip }, { path, age: ageOf(seen.body) });
		assert.equal(answer.status, 200, answer.body);
		assert.equal(answer.headers['cache-control'], 'no-store');
		assert.match(answer.body, words);
		assert.deepEqual(shown(answer.body), shown(seen.body));
		assert.doesNotMatch(answer.body, /<button class="button primary"/, 'nothing to press twice');
		before.push(ip);
		assert.deepEqual(await rows(), before);
	}
});

test('a form that is not ours keeps nothing', async () => {
	const before = await rows(), ip = { 'X-Forwarded-For': '203.0.113.30' }, age = ageOf((await page(ip)).body), body = `_age=${encodeURIComponent(age)}`;
	for (const [status, headers, sent] of [
		[403, { ...form, 'Sec-Fetch-Site': 'cross-site' }, body],
		[403, { 'Content-Type': form['Content-Type'], Origin: 'https://evil.example' }, body],
		[403, { 'Content-Type': form['Content-Type'], Cookie: '__Host-outport=somebody' }, body],
		[422, form, '_age=made-up'], [422, form, ''], [422, form, `${body}&website=filled`], [422, form, `${body}&ip=1.2.3.4`],
		[415, { ...form, 'Content-Type': 'text/plain' }, body], [413, form, `${body}&a=${'a'.repeat(5000)}`],
	]) {
		const answer = await site.post('/reverse-ip', sent, { ...ip, ...headers });
		assert.equal(answer.status, status, `${JSON.stringify(headers)} ${sent.slice(0, 60)}`);
		if (status === 422) {
			assert.match(answer.body, /class="errors" role="alert"/);
			assert.equal(shown(answer.body)[0], '203.0.113.30');
			assert.ok(ageOf(answer.body), 'with its button, to try again');
		}
	}
	for (const method of ['PUT', 'PATCH', 'DELETE'])
		assert.equal((await site.request(method, '/reverse-ip', { headers: form })).status, 405, method);
	assert.deepEqual(await rows(), before);
});

test('a program leaves its address by an empty body or an empty object, and nothing else', async () => {
	for (const body of ['', '{}', ' { } ']) {
		const answer = await api({ 'X-Forwarded-For': `203.0.113.4${body.length}` }, body), kept = json(answer.body);
		assert.equal(answer.status, 201, answer.body);
		assert.deepEqual(Object.keys(kept), ['ip', 'reversed', 'stored_at']);
		assert.equal(kept.ip, `203.0.113.4${body.length}`);
		assert.equal(kept.reversed, `4${body.length}.113.0.203`);
		assert.match(kept.stored_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
		assert.ok(Math.abs(Date.now() - Date.parse(kept.stored_at)) < 120000);
		assert.equal(answer.headers['cache-control'], 'no-store');
		assert.equal((await rows()).at(-1), kept.ip);
	}
	const before = await rows();
	for (const [status, body, field] of [[422, '{"ip":"1.2.3.4"}', 'ip'], [422, '{"ip":{}}', 'ip'], [422, '{"stored_at":null,"reversed":"x"}', 'reversed'], [400, '[]'], [400, '{'], [400, 'null'], [400, '"1.2.3.4"'],
		[413, `{"a":"${'a'.repeat(5000)}"}`]]) {
		const answer = await api({}, body), problem = json(answer.body);
		assert.equal(answer.status, status, body.slice(0, 40));
		assert.equal(answer.headers['content-type'], 'application/problem+json');
		assert.equal(problem.errors?.[0].field, field, body.slice(0, 40));
	}
	assert.equal((await api({ 'Content-Type': 'text/plain' }, '{}')).status, 415);
	assert.equal((await api({ 'Sec-Fetch-Site': 'cross-site' })).status, 403);
	assert.equal((await site.request('DELETE', '/api/v1/addresses')).headers.allow, 'POST, GET, HEAD');
	assert.deepEqual(await rows(), before);
});

test('admins alone see what was kept, newest first', async () => {
	const [admin, moderator, member] = await Promise.all(['admin', 'moderator', 'member'].map(role => makeMember(site.sql, { role })));
	const list = (headers, query = '') => site.get(`/api/v1/addresses${query}`, headers);
	await site.sql(`INSERT INTO address_seen (ip, stored_at) SELECT CONCAT('192.0.2.', seq), UTC_TIMESTAMP() FROM seq_1_to_120`);
	for (const headers of [{ Authorization: admin.bearer }, { Cookie: admin.cookie }]) {
		const answer = await list(headers), { addresses } = json(answer.body);
		assert.equal(answer.status, 200);
		assert.equal(answer.headers['cache-control'], 'no-store');
		assert.deepEqual(addresses.map(a => a.ip), Array.from({ length: 20 }, (_, i) => `192.0.2.${120 - i}`));
		assert.equal(addresses[0].reversed, '120.2.0.192');
		assert.match(addresses[0].stored_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	}
	assert.equal(json((await list({ Authorization: admin.bearer }, '?limit=1')).body).addresses.length, 1);
	assert.equal(json((await list({ Authorization: admin.bearer }, '?limit=100')).body).addresses.length, 100);
	for (const query of ['?limit=0', '?limit=101', '?limit=x', '?limit=', '?limit=-1', '?limit=01', '?limit=1&limit=1', '?cursor=1']) {
		const answer = await list({ Authorization: admin.bearer }, query);
		assert.equal(answer.status, 400, query);
		assert.equal(json(answer.body).errors[0].field, /\w+/.exec(query)[0], query);
	}
	for (const [who, status] of [[{}, 401], [{ Authorization: 'Bearer made-up' }, 401], [{ Cookie: '__Host-outport=made-up' }, 401], [{ Authorization: member.bearer }, 403], [{ Cookie: member.cookie }, 403],
		[{ Authorization: moderator.bearer }, 403], [{ Cookie: moderator.cookie }, 403]]) {
		const answer = await list(who);
		assert.equal(answer.status, status, JSON.stringify(who));
		assert.doesNotMatch(answer.body, /192\.0\.2/);
	}
});

test('an address may leave itself so often in an hour, an IPv6 /64 likewise, by the page and the API together', async () => {
	await roomInWindow(3600);
	for (const [one, other, free] of [['203.0.113.50', '203.0.113.50', '203.0.113.51'], ['2001:db8:5::1', '2001:db8:5::ffff', '2001:db8:5:1::1']]) {
		for (let i = 0; i < PER_HOUR; i++)
			assert.equal(i % 2 ? (await submit({ 'X-Forwarded-For': one })).status : (await api({ 'X-Forwarded-For': one })).status, i % 2 ? 200 : 201);
		const before = await rows(), refused = await api({ 'X-Forwarded-For': other }), shownAgain = await submit({ 'X-Forwarded-For': other });
		assert.equal(refused.status, 429);
		assert.equal(refused.headers['retry-after'], '3600');
		assert.equal(json(refused.body).status, 429);
		assert.equal(shownAgain.status, 429);
		assert.match(shownAgain.body, /class="errors" role="alert"/);
		assert.deepEqual(await rows(), before);
		assert.equal((await api({ 'X-Forwarded-For': free })).status, 201, 'a neighbour');
	}
});

test('what is old is forgotten by the jobs', async () => {
	await site.sql(`DELETE FROM address_seen; INSERT INTO address_seen (ip, stored_at) SELECT '192.0.2.1', UTC_TIMESTAMP() - INTERVAL 721 HOUR FROM seq_1_to_1200;
		INSERT INTO address_seen (ip, stored_at) VALUES ('192.0.2.2', UTC_TIMESTAMP() - INTERVAL 719 HOUR), ('192.0.2.3', UTC_TIMESTAMP())`);
	await site.ctl('jobs', '--once');
	assert.deepEqual(await rows(), ['192.0.2.2', '192.0.2.3']);
});

test('with no trusted proxy nobody’s word is taken', async () => {
	fs.writeFileSync(site.conf, fs.readFileSync(site.conf, 'utf8').replace(/^trusted_proxies = .*\n/m, ''));
	site.replace();
	await site.until(async () => shown((await page({ 'X-Forwarded-For': '203.0.113.7' })).body)[0] === '127.0.0.1', 'workers that trust nobody');
	// the last of the old ones may answer yet: each is asked until a round of questions has met none
	await site.until(async () => (await Promise.all(Array.from({ length: 20 }, () => page({ 'X-Forwarded-For': '203.0.113.7' })))).every(({ body }) => shown(body)[0] === '127.0.0.1'), 'no old worker');
	for (const from of ['127.0.0.1', stranger])
		assert.deepEqual(shown((await page({ 'X-Forwarded-For': ['203.0.113.7', '10.0.0.1'] }, { from })).body)[0], from);
	assert.equal(json((await api({ 'X-Forwarded-For': '203.0.113.7' })).body).ip, '127.0.0.1');
});
