// nginx's part alone: the project's template over a small site of fixtures and a peer that answers what each test says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { startPeer } from '../support/fcgi-peer.mjs';
import { raw, request } from '../support/http.mjs';
import { startNginx, topSrc } from '../support/nginx.mjs';

const CODES = [400, 401, 403, '403-photos', 404, 405, 413, '413-photos', 414, 429, 431, 500, 502, 503, 504];
const PAGES = ['index', 'contact', 'submit', 'resources', 'privacy', 'terms', 'listings'];
const HEADERS = {
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'same-origin',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
};
const PHOTO = `ab/${'0123456789abcdef'.repeat(2)}-800.webp`;
let dir, nginx, peer, media, seen, reply, gate;

function writeSite(client) {
	for (const [base, lang] of [['', 'en'], ['fr/', 'fr']]) {
		fs.mkdirSync(path.join(client, base, 'errors'), { recursive: true });
		fs.mkdirSync(path.join(client, base, 'partials'), { recursive: true });
		fs.writeFileSync(path.join(client, base, 'partials/footer.html'), `<footer>${lang}</footer>`);
		for (const name of PAGES)
			fs.writeFileSync(path.join(client, base, `${name}.html`), `<h1>${lang} ${name}</h1>\n<!--# block name="away" -->away<!--# endblock -->\n`
				+ `<!--# include virtual="/${base}fragments/newest" stub="away" -->\n<!--# include file="/${base}partials/footer.html" -->\n`);
		for (const code of CODES)
			fs.writeFileSync(path.join(client, base, `errors/${code}.html`), `<h1>${lang} page ${code}</h1>`);
	}
	fs.writeFileSync(path.join(client, 'styles.css'), `body{}\n${'/* long enough to be worth packing */\n'.repeat(40)}`);
	fs.writeFileSync(path.join(client, '.secret'), 'no');
}

before(async () => {
	dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-nginx-'));
	const client = path.join(dir, 'client');
	const socket = path.join(dir, 'peer.sock');
	writeSite(client);
	peer = await startPeer(socket, async question => {
		seen.push(question);
		return question.params.DOCUMENT_URI.startsWith('/upload/') ? gate(question) : reply(question);
	});
	const mediaSocket = path.join(dir, 'media.sock');
	media = await startPeer(mediaSocket, question => {
		seen.push({ ...question, media: true });
		return { body: `media ${question.params.REQUEST_METHOD} ${question.params.DOCUMENT_URI}` };
	});
	fs.mkdirSync(path.join(dir, 'photos/ab'), { recursive: true });
	fs.writeFileSync(path.join(dir, 'photos', PHOTO), 'a photo');
	nginx = await startNginx({ dir, client, socket, mediaSocket });
});
after(async () => {
	await nginx?.stop();
	await peer?.stop();
	await media?.stop();
	fs.rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
	seen = [];
	gate = () => ({ status: 204 });
	reply = ({ params }) => ({ body: `worker ${params.REQUEST_METHOD} ${params.DOCUMENT_URI}` });
});

const get = (address, options) => request(nginx.url + address, options);
// A host name of its own gives each test a cache of its own.
let hosts = 0;
const fresh = () => ({ Host: `test-${++hosts}.example` });

test('a static page comes with its fragment and its partial', async () => {
	const answer = await get('/', { headers: fresh() });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
	assert.match(answer.body, /<h1>en index<\/h1>[^]*worker GET \/fragments\/newest[^]*<footer>en<\/footer>/);
	assert.doesNotMatch(answer.body, /away/);
	assert.match((await get('/fr/', { headers: fresh() })).body, /fr index[^]*worker GET \/fr\/fragments\/newest[^]*<footer>fr/);
	assert.match((await get('/fr/contact', { headers: fresh() })).body, /fr contact/);
	assert.equal((await get('/fr')).headers.location, '/fr/');
});

test('a page under its file name moves to its address', async () => {
	for (const [from, to] of [['/index.html', '/'], ['/fr/index.html', '/fr/'], ['/contact.html?a=1', '/contact?a=1'], ['/fr/terms.html', '/fr/terms']]) {
		const answer = await get(from);
		assert.deepEqual([from, answer.status, answer.headers.location], [from, 301, to]);
	}
});

test('directives in a fragment and in a whole page stay text', async () => {
	reply = () => ({ body: '<!--# echo var="document_uri" -->' });
	assert.match((await get('/', { headers: fresh() })).body, /<!--# echo/);
	assert.match((await get('/listings', { headers: fresh() })).body, /<!--# echo/);
});

test('a fragment that fails gives way to the stub, and to the last good one once there was one', async () => {
	const headers = fresh();
	for (const bad of [{ status: 500, body: 'oops' }, { status: 503, body: 'oops' }, { status: 404, body: 'oops' }, null]) {
		reply = () => bad;
		const answer = await get('/', { headers });
		assert.equal(answer.status, 200);
		assert.match(answer.body, /\naway\n/);
		assert.doesNotMatch(answer.body, /oops|page \d/);
	}
	reply = () => ({ body: 'good one', headers: { 'X-Accel-Expires': '1' } });
	assert.match((await get('/', { headers })).body, /good one/);
	reply = () => ({ status: 503, body: 'oops' });
	await new Promise(resolve => setTimeout(resolve, 2100)); // the cache's clock counts whole seconds
	assert.match((await get('/', { headers })).body, /good one/);
});

test('a page that shows each visitor something else is never kept, whatever the worker says of it', async () => {
	const headers = fresh();
	for (const address of ['/reverse-ip', '/fr/reverse-ip'])
		for (const ip of ['192.0.2.1', '192.0.2.2']) {
			reply = () => ({ body: ip, headers: { 'X-Accel-Expires': '60' } });
			const answer = await get(address, { headers });
			assert.deepEqual([answer.body, answer.headers['x-cache']], [ip, undefined]);
		}
});

test('what is internal cannot be asked for', async () => {
	for (const address of ['/fragments/newest', '/fr/fragments/newest', '/partials/footer.html', '/errors/404.html', '/fr/errors/500.html',
		'/listings.html', '/problems/404.html', '/.secret', '/nothing.html', '/nothing.css', '/contact//', '//styles.css'])
		assert.equal((await get(address)).status, 404, address);
	assert.equal(seen.filter(({ params }) => !params.DOCUMENT_URI.endsWith('/')).length, 0);
});

test('every kind of answer carries the security headers once', async () => {
	reply = ({ params }) => (params.DOCUMENT_URI === '/gone' ? { status: 410, body: 'gone' } : params.DOCUMENT_URI === '/down' ? null : { body: 'ok' });
	const answers = {
		page: await get('/'), asset: await get('/styles.css'), 'missing asset': await get('/x.css'), worker: await get('/listings'),
		'error by the worker': await get('/gone'), 'pool away': await get('/down'), 'too large': await get('/contact', { method: 'POST', body: 'x'.repeat(140000) }),
		'long address': await get(`/${'x'.repeat(9000)}`), 'not allowed': await get('/', { method: 'DELETE' }), moved: await get('/index.html'),
		api: await get('/api/v1/listings'), 'api away': await get('/api/down'), 'NUL': await get('/a%00b'),
	};
	for (const [what, answer] of Object.entries(answers)) {
		for (const [name, value] of Object.entries(HEADERS))
			assert.equal(answer.headers[name], value, `${what}: ${name}`);
		const policy = answer.headers['content-security-policy'];
		for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "form-action 'self'",
			"base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'"])
			assert.ok(policy.split('; ').includes(part), `${what}: ${part}`);
		assert.doesNotMatch(policy, /unsafe|\*/, what);
		assert.match(answer.headers['permissions-policy'], /camera=\(\)/, what);
		assert.match(answer.headers['x-request-id'], /^[0-9a-f]{32}$/, what);
		assert.equal(answer.headers['strict-transport-security'], undefined, `${what}: over plain http`);
		assert.equal(answer.headers.server, 'nginx', `${what}: no version`);
	}
});

test('no location adds a header of its own, which would lose all the others', () => {
	const text = fs.readFileSync(path.join(topSrc, 'nginx/outport-server.conf.in'), 'utf8');
	for (const [block] of text.matchAll(/^location [^]*?^}/gm))
		assert.doesNotMatch(block, /add_header/);
});

test('only an answer with X-Accel-Expires is cached', async () => {
	for (const [headers, second] of [[{ 'X-Accel-Expires': '60' }, 'HIT'], [{}, 'MISS'], [{ 'X-Accel-Expires': '0' }, 'MISS'],
		[{ 'Cache-Control': 'max-age=600' }, 'MISS'], [{ Expires: 'Fri, 01 Jan 2100 00:00:00 GMT' }, 'MISS'],
		[{ 'X-Accel-Expires': '60', 'Set-Cookie': 'a=b' }, 'MISS']]) {
		reply = () => ({ body: 'x', headers });
		const host = fresh();
		assert.equal((await get('/listings', { headers: host })).headers['x-cache'], 'MISS');
		assert.equal((await get('/listings', { headers: host })).headers['x-cache'], second, JSON.stringify(headers));
	}
});

test('the key is method, host, path and the query as it is', async () => {
	reply = ({ params }) => ({ body: params.REQUEST_METHOD === 'HEAD' ? '' : `for ${params.QUERY_STRING}`, headers: { 'X-Accel-Expires': '60' } });
	const headers = fresh();
	await get('/listings?q=a', { method: 'HEAD', headers });
	assert.equal((await get('/listings?q=a', { headers })).body, 'for q=a');
	assert.equal((await get('/listings?Q=a', { headers })).body, 'for Q=a');
	assert.equal((await get('/listings?q=a&q=b', { headers })).body, 'for q=a&q=b');
	assert.equal((await get('/listings?q=a', { headers: fresh() })).headers['x-cache'], 'MISS');
	assert.equal((await get('/listings?q=a', { headers })).headers['x-cache'], 'HIT');
});

test('a session or a token passes by the cache, and leaves nothing in it', async () => {
	let n = 0;
	reply = () => ({ body: `${++n}`, headers: { 'X-Accel-Expires': '60' } });
	const headers = fresh();
	for (const extra of [{ Cookie: '__Host-outport=x' }, { Cookie: 'a=b; __Host-outport=x' }, { Authorization: 'Bearer x' }])
		assert.equal((await get('/listings', { headers: { ...headers, ...extra } })).headers['x-cache'], 'BYPASS');
	assert.equal((await get('/listings', { headers })).body, '4');
	assert.equal((await get('/listings', { headers: { ...headers, Cookie: 'x__Host-outport=1; other=2' } })).body, '4');
	assert.equal((await get('/listings', { headers: { ...headers, Cookie: '__Host-outport=x' } })).body, '5');
});

test('a stale page is better than none', async () => {
	const headers = fresh();
	reply = () => ({ body: 'good', headers: { 'X-Accel-Expires': '1' } });
	await get('/listings', { headers });
	await new Promise(resolve => setTimeout(resolve, 2100));
	for (const bad of [{ status: 503, body: 'x', headers: { 'Retry-After': '5' } }, { status: 500, body: 'x' }, null]) {
		reply = () => bad;
		const answer = await get('/listings', { headers });
		assert.deepEqual([answer.status, answer.body, answer.headers['x-cache']], [200, 'good', 'STALE']);
	}
	reply = () => ({ status: 503, body: 'the worker says so', headers: { 'Retry-After': '9' } });
	const answer = await get('/never-seen', { headers });
	assert.deepEqual([answer.status, answer.body, answer.headers['retry-after']], [503, 'the worker says so', '9']);
});

test('a hundred at once make one request of the pool', async () => {
	const headers = fresh();
	reply = async () => {
		await new Promise(resolve => setTimeout(resolve, 150));
		return { body: 'slow', headers: { 'X-Accel-Expires': '60' } };
	};
	const answers = await Promise.all(Array.from({ length: 100 }, () => get('/listings', { headers })));
	assert.ok(answers.every(answer => answer.body === 'slow'));
	assert.equal(seen.length, 1);
});

test('a whole page answers 304, also out of the cache', async () => {
	const headers = fresh();
	reply = () => ({ body: 'page', headers: { 'X-Accel-Expires': '60', ETag: '"abc"' } });
	assert.equal((await get('/listings', { headers })).headers.etag, '"abc"');
	const again = await get('/listings', { headers: { ...headers, 'If-None-Match': '"abc"' } });
	assert.deepEqual([again.status, again.body], [304, '']);
});

test('reads keep their connections, writes get one each', async () => {
	for (let i = 0; i < 6; i++)
		await get(`/read/${i}`);
	for (let i = 0; i < 3; i++)
		await get('/api/v1/listings', { method: 'POST', body: '{}' });
	const reads = seen.filter(({ params }) => params.REQUEST_METHOD === 'GET');
	const writes = seen.filter(({ params }) => params.REQUEST_METHOD === 'POST');
	assert.ok(new Set(reads.map(one => one.connection)).size <= 2, 'one kept connection per nginx process');
	assert.equal(new Set(writes.map(one => one.connection)).size, 3);
});

test('a read whose worker hangs up is tried on another, a write is not', async () => {
	let n = 0;
	reply = () => (++n === 1 ? null : { body: 'second' });
	assert.equal((await get('/listings', { headers: fresh() })).body, 'second');
	n = 0;
	assert.equal((await get('/api/v1/contact', { method: 'POST', body: '{}' })).status, 502);
	assert.equal(n, 1);
	n = 0;
	reply = () => (++n === 1 ? null : { body: 'at once after it' });
	assert.equal((await get('/other', { headers: fresh() })).body, 'at once after it');
});

test('a POST to a static page reaches the worker with its address', async () => {
	for (const address of ['/contact', '/submit', '/fr/contact', '/fr/submit']) {
		seen = [];
		const answer = await get(address, { method: 'POST', body: 'name=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
		assert.equal(answer.status, 200, address);
		assert.equal(answer.headers['cache-control'], undefined);
		assert.equal(seen.length, 1);
		const [{ params, body }] = seen;
		assert.deepEqual([params.OUTPORT_ROUTE, params.REQUEST_METHOD, params.CONTENT_LENGTH, body], [address, 'POST', '6', 'name=x']);
	}
	await get('/listings');
	assert.equal(seen.at(-1).params.OUTPORT_ROUTE, undefined);
});

test('no header of a request can pose as the route or the address', async () => {
	await get('/listings?x=1', { headers: { ...fresh(), OUTPORT_ROUTE: '/submit', 'Outport-Route': '/submit', Proxy: 'http://evil' } });
	const { params } = seen[0];
	assert.equal(params.OUTPORT_ROUTE, undefined);
	assert.equal(params.HTTP_PROXY ?? '', '');
	assert.deepEqual([params.DOCUMENT_URI, params.QUERY_STRING, params.REMOTE_ADDR], ['/listings', 'x=1', '127.0.0.1']);
	assert.match(params.REQUEST_ID, /^[0-9a-f]{32}$/);
});

test('a static page refuses the other methods and says which it takes', async () => {
	for (const address of ['/', '/resources', '/fr/terms', '/styles.css'])
		for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
			const answer = await get(address, { method });
			assert.deepEqual([address, method, answer.status, answer.headers.allow], [address, method, 405, 'GET, HEAD']);
			assert.match(answer.body, address.startsWith('/fr') ? /fr page 405/ : /en page 405/);
		}
	assert.equal((await get('/', { method: 'TRACE' })).status, 405);
	assert.equal(seen.length, 0);
	assert.equal((await get('/', { method: 'HEAD' })).status, 200);
});

test('what is too large is refused with the page for it', async () => {
	const cookie = `a=${'b'.repeat(9000)}`;
	for (const [status, answer] of [
		[413, await get('/submit', { method: 'POST', body: 'x'.repeat(131073) })],
		[413, await get('/submit', { method: 'POST', body: 'x'.repeat(131073), headers: { 'Transfer-Encoding': 'chunked' } })],
		[414, await get(`/listings?q=${'x'.repeat(9000)}`)],
		[431, await get('/listings', { headers: { Cookie: cookie } })],
	]) {
		assert.equal(answer.status, status);
		assert.match(answer.body, new RegExp(`en page ${status}`));
		assert.equal(answer.headers['cache-control'], 'no-store');
	}
	assert.equal(seen.length, 0);
});

test('an address that is none, or tries to leave the site, gets our page', async () => {
	for (const address of ['/a%00b', '/../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/a/%2e%2e%2f%2e%2e%2fetc/passwd', '/%zz']) {
		const answer = await get(address);
		assert.equal(answer.status, 400, address);
		assert.match(answer.body, /en page 400/, address);
	}
	for (const bytes of ['GET\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'NONSENSE\r\n\r\n'])
		assert.match(await raw(nginx.port, bytes), /400|en page 400/, JSON.stringify(bytes));
});

test('with the pool away every kind of address says so in its own way', async () => {
	reply = () => null;
	for (const [address, status, body] of [['/listings/1/x', 502, /en page 502/], ['/fr/listings/1/x', 502, /fr page 502/],
		['/listings?q=a', 502, /en listings/], ['/fr/listings', 502, /fr listings/]]) {
		const answer = await get(address, { headers: fresh() });
		assert.equal(answer.status, status, address);
		assert.match(answer.body, body);
		assert.equal(answer.headers['retry-after'], '5');
	}
	const sent = await get('/fr/submit', { method: 'POST', body: 'a=b' });
	assert.equal(sent.status, 502);
	assert.match(sent.body, /fr page 502/);
	const api = await get('/api/v1/listings', { headers: fresh() });
	assert.equal(api.headers['content-type'], 'application/problem+json');
	const problem = JSON.parse(api.body);
	assert.deepEqual([api.status, problem.status, problem.title], [502, 502, 'Bad Gateway']);
	assert.equal(problem.request_id, api.headers['x-request-id']);
	const large = await get('/api/v1/listings', { method: 'POST', body: 'x'.repeat(140000) });
	assert.deepEqual([large.status, JSON.parse(large.body).title], [413, 'Content Too Large']);
});

test('writes are limited by address, reads and this machine are not', async () => {
	const post = from => get('/submit', { method: 'POST', body: 'a=b', from });
	const statuses = await Promise.all(Array.from({ length: 60 }, () => post('127.0.0.2')));
	const refused = statuses.filter(({ status }) => status === 429);
	assert.ok(refused.length >= 30 && refused.length < 60, `${refused.length} of 60 refused`);
	assert.match(refused[0].body, /en page 429/);
	assert.equal(refused[0].headers['retry-after'], '60');
	assert.equal((await post('127.0.0.3')).status, 200, 'another address');
	assert.equal((await get('/listings', { from: '127.0.0.2', headers: fresh() })).status, 200, 'a read');
	const own = await Promise.all(Array.from({ length: 60 }, () => post('127.0.0.1')));
	assert.ok(own.every(({ status }) => status === 200));
});

test('searches are limited by address, browsing is not', async () => {
	const search = (i, from) => get(`/listings?q=word${i}`, { from, headers: fresh() });
	const statuses = await Promise.all(Array.from({ length: 80 }, (_, i) => search(i, '127.0.0.4')));
	const refused = statuses.filter(({ status }) => status === 429);
	assert.ok(refused.length >= 30 && refused.length < 80, `${refused.length} of 80 refused`);
	assert.equal((await search(1, '127.0.0.5')).status, 200, 'another address');
	assert.equal((await get('/listings', { from: '127.0.0.4', headers: fresh() })).status, 200, 'browsing');
	const own = await Promise.all(Array.from({ length: 60 }, (_, i) => search(i, '127.0.0.1')));
	assert.ok(own.every(({ status }) => status === 200));
});

test('the pool\'s numbers are for this machine only', async () => {
	assert.equal((await get('/metrics')).status, 200);
	const answer = await get('/metrics', { from: '127.0.0.2' });
	assert.equal(answer.status, 403);
	assert.match(answer.body, /en page 403/);
});

test('files: packed, with an ETag, kept for good under a version', async () => {
	const plain = await get('/styles.css');
	assert.equal(plain.headers['content-type'], 'text/css; charset=utf-8');
	assert.equal(plain.headers['cache-control'], 'public, max-age=600');
	assert.equal((await get('/styles.css?v=1')).headers['cache-control'], 'public, max-age=31536000, immutable');
	const packed = await get('/styles.css', { headers: { 'Accept-Encoding': 'gzip' } });
	assert.equal(packed.headers['content-encoding'], 'gzip');
	assert.equal((await get('/styles.css', { headers: { 'If-None-Match': plain.headers.etag } })).status, 304);
	assert.equal((await get('/nothing.css?v=1')).headers['cache-control'], 'no-store');
});

test('the access log is JSON, whatever is asked', async () => {
	await get('/listings?q="\\', { headers: { 'User-Agent': 'a "quoted" \\ agent', Referer: '\u00e9' } });
	await raw(nginx.port, 'GET\r\n\r\n');
	await raw(nginx.port, '\x16\x03\x01\x00\r\n\r\n');
	const lines = fs.readFileSync(nginx.accessLog, 'utf8').trim().split('\n').map(line => JSON.parse(line));
	const line = lines.find(one => one.agent === 'a "quoted" \\ agent');
	assert.deepEqual([line.status, line.method, line.uri, line.upstream_status], [200, 'GET', '/listings?q="\\', '200']);
	assert.match(line.id, /^[0-9a-f]{32}$/);
});

const uploads = [['/listings/7/photos', '/upload/listing'], ['/fr/listings/7/photos', '/upload/listing'], ['/api/v1/listings/7/photos', '/upload/listing'],
	['/account/picture', '/upload/picture'], ['/fr/account/picture', '/upload/picture']];

test('an upload goes to the pool for photos, once the site has said who sends it; the question has no body', async () => {
	for (const [address, question] of uploads) {
		seen = [];
		const body = 'x'.repeat(200000), answer = await get(address, { method: 'POST', body, headers: { Cookie: '__Host-outport=a', 'Content-Type': 'image/jpeg' } });
		assert.deepEqual([answer.status, answer.body], [200, `media POST ${address}`]);
		assert.deepEqual(seen.map(({ params }) => [params.DOCUMENT_URI, params.REQUEST_METHOD, params.CONTENT_LENGTH, params.HTTP_COOKIE]),
			[[question, 'GET', '', '__Host-outport=a'], [address, 'POST', '200000', '__Host-outport=a']]);
		assert.deepEqual(seen.map(({ body: came, media: by }) => [came.length, by === true]), [[0, false], [200000, true]]);
	}
	seen = [];
	const chunked = await get('/listings/7/photos', { method: 'POST', body: 'x'.repeat(200000), headers: { 'Transfer-Encoding': 'chunked' } });
	assert.equal(chunked.body, 'media POST /listings/7/photos');
	assert.deepEqual(seen.map(({ params, body }) => [params.CONTENT_LENGTH, body.length]), [['', 0], ['200000', 200000]]);
});

test('what brings no photo is the site’s, and nobody is asked', async () => {
	for (const [address] of uploads)
		for (const method of ['GET', 'PUT', 'DELETE']) {
			seen = [];
			assert.equal((await get(address, { method, headers: fresh() })).body, `worker ${method} ${address}`);
			assert.equal(seen.length, 1);
		}
	for (const address of ['/listings/7/photos/3/remove', '/listings/x/photos', '/account/picture/remove', '/de/listings/7/photos'])
		assert.equal((await get(address, { method: 'POST', body: 'a=b' })).body, `worker POST ${address}`);
	assert.equal(seen.filter(({ params }) => params.DOCUMENT_URI.startsWith('/upload/')).length, 0);
});

test('an upload that the site refuses never reaches the pool for photos', async () => {
	for (const [answer, status, pages] of [
		[{ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }, 401, ['en page 401', 'fr page 401', '"title":"Unauthorized","status":401']],
		[{ status: 403 }, 403, ['en page 403<', 'fr page 403<', '"title":"Forbidden","status":403,"request_id"']],
		[{ status: 403, headers: { 'X-Outport-Refused': 'limit' } }, 403, ['en page 403-photos', 'fr page 403-photos', '"status":403,"detail":"You have sent as many']],
		[{ status: 503 }, 503, ['en page 503', 'fr page 503', '"title":"Service Unavailable","status":503']],
		[{ status: 302, headers: { Location: '/login' } }, 503, ['en page 503', 'fr page 503', '"status":503']],
		[null, 503, ['en page 503', 'fr page 503', '"status":503']],
	]) {
		gate = () => answer;
		for (const [i, prefix] of ['', '/fr', '/api/v1'].entries()) {
			const got = await get(`${prefix}/listings/7/photos`, { method: 'POST', body: 'x'.repeat(200000) });
			assert.equal(got.status, status);
			assert.ok(got.body.includes(pages[i]), `${pages[i]}: ${got.body}`);
			assert.equal(got.headers['cache-control'], 'no-store');
			assert.equal(got.headers['retry-after'], status === 503 ? '5' : undefined);
			assert.equal(got.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
			assert.equal(got.headers['x-outport-refused'], undefined);
		}
	}
	assert.equal(seen.filter(({ media: by }) => by).length, 0);
});

test('a photo is served by its name only, with nothing it could do', async () => {
	const good = await get(`/media/${PHOTO}`), policy = good.headers['content-security-policy'];
	assert.deepEqual([good.status, good.body, good.headers['content-type']], [200, 'a photo', 'image/webp']);
	assert.equal(good.headers['cache-control'], 'public, max-age=31536000, immutable');
	assert.equal(good.headers['content-disposition'], 'inline');
	assert.equal(policy, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
	for (const [name, value] of Object.entries(HEADERS))
		assert.equal(good.headers[name], value);
	fs.writeFileSync(path.join(dir, 'photos/ab/x.webp'), 'no');
	for (const address of ['/media/', '/media/ab/', '/media/ab/x.webp', `/media/${PHOTO}x`, `/media/${PHOTO.replace('webp', 'svg')}`, `/media/${PHOTO.replace('ab/0', 'ab/1')}`, `/media/ab/${PHOTO}`]) {
		const answer = await get(address);
		assert.equal(answer.status, 404, address);
		assert.match(answer.body, /en page 404/);
		assert.equal(answer.headers['cache-control'], 'no-store');
		assert.equal(answer.headers['content-disposition'], undefined);
		assert.match(answer.headers['content-security-policy'], /style-src 'self'/);
	}
	assert.equal(seen.length, 0);
});

test('a host of its own for photos serves nothing else, to any site; pages may take pictures from there', async t => {
	const other = path.join(dir, 'with-host');
	fs.cpSync(path.join(dir, 'photos'), path.join(other, 'photos'), { recursive: true });
	const two = await startNginx({ dir: other, client: path.join(dir, 'client'), socket: path.join(dir, 'peer.sock'), mediaHost: 'photos.example' });
	t.after(() => two.stop());
	const from = (address, more = {}) => request(two.url + address, { ...more, headers: { Host: 'photos.example' } });
	const good = await from(`/${PHOTO}`);
	assert.deepEqual([good.status, good.body, good.headers['content-type']], [200, 'a photo', 'image/webp']);
	assert.equal(good.headers['cache-control'], 'public, max-age=31536000, immutable');
	assert.equal(good.headers['cross-origin-resource-policy'], 'cross-origin');
	assert.equal(good.headers['x-content-type-options'], 'nosniff');
	assert.equal(good.headers['content-disposition'], 'inline');
	assert.match(good.headers['content-security-policy'], /^default-src 'none';/);
	for (const address of ['/', '/listings', '/ab/x.webp', `/media/${PHOTO}`, '/styles.css', '/healthz', `/${PHOTO.replace('ab/0', 'ab/1')}`]) {
		const answer = await from(address);
		assert.deepEqual([address, answer.status, answer.headers['cache-control'], answer.headers['content-disposition']], [address, 404, 'no-store', undefined]);
	}
	assert.equal((await from(`/${PHOTO}`, { method: 'POST', body: 'x' })).status, 405);
	assert.equal(seen.length, 0);
	assert.match((await request(`${two.url}/`)).headers['content-security-policy'], /; img-src 'self' http:\/\/photos\.example; style-src/);
});
