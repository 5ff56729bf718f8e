// What a visitor sends: a listing, messages, reports; and what robots and broken programs send.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mailbox } from '../support/mail.mjs';
import { openSite, roomInWindow } from './visitor.mjs';

const site = await openSite();
const mails = mailbox(site);
const json = (text) => JSON.parse(text);
const catalog = async () => ({
	category: json((await site.get('/api/v1/categories')).body).categories.find((c) => c.parent !== null).slug,
	location: json((await site.get('/api/v1/places')).body).places.find((p) => p.parent !== null).slug,
});
let serial = 0;
const listing = async (more = {}) => ({
	title: `Cedar dory number ${++serial} of ${process.pid}`, description: 'Sixteen feet, oars included, painted last spring. Pick up only.',
	...(await catalog()), price: '1,250.50', stock: '1', contact_name: 'Marie Tremblay', contact_email: `marie.${serial}@example.com`, ...more,
});
// Every form page is taken as a browser takes it: with the age it carries, old enough to be a person's.
const age = async () => site.formAge();
const send = async (path, fields, headers = {}) =>
	site.post(path, new URLSearchParams(fields).toString(), { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', ...headers });
const sendJson = (path, value, headers = {}) => site.post(path, typeof value === 'string' ? value : JSON.stringify(value), { 'Content-Type': 'application/json', ...headers });

test('a submitted listing waits, is approved and then found', async () => {
	const fields = await listing({ title: `Blåbär & "quotes" <b>${process.pid}</b>` });
	const r = await send('/submit', { ...fields, website: '', _age: await age() });
	assert.equal(r.status, 303, r.body);
	assert.match(r.headers.location, /\/submit\/received$/);
	assert.equal((await site.get('/submit/received')).status, 200);
	// Nothing waits for a moderator until the address has proved itself.
	assert.ok(!(await site.ctl('listing', 'pending')).includes('Blåbär'));
	const link = mails.link(await mails.wait({ to: fields.contact_email }), '/confirm/');
	assert.equal((await site.post(link, '', { 'Sec-Fetch-Site': 'same-origin' })).headers.location, '/submit/confirmed');
	const pending = await site.ctl('listing', 'pending');
	const id = Number(pending.split('\n').find((l) => l.includes(String(process.pid)) && l.includes('Blåbär')).match(/\d+/)[0]);
	assert.equal((await site.get(`/listings/${id}`)).status, 404, 'not public yet');
	await site.ctl('listing', 'approve', String(id));
	await site.until(async () => (await site.get(`/listings/${id}`)).status === 301, 'the approved listing');
	const l = json((await site.get(`/api/v1/listings/${id}`)).body);
	assert.equal(l.price_cents, 125050);
	const html = (await site.get(l.url)).body;
	assert.match(html, /Blåbär &amp; (&quot;|")quotes(&quot;|") &lt;b&gt;/);
	assert.doesNotMatch(html, /<b>\d+<\/b>/);
	assert.doesNotMatch(html, /marie\.\d+@example/);
});

test('French money is read exactly', async () => {
	const r = await send('/fr/submit', { ...(await listing({ price: '1 250,50' })), _age: await age() });
	assert.equal(r.status, 303, r.body);
	assert.match(r.headers.location, /\/fr\/submit\/received$/);
});

test('mistakes come back with the field named and everything typed kept', async () => {
	const good = await listing();
	for (const [field, value] of [
		['title', ''], ['title', 'abc'], ['title', 'x'.repeat(121)], ['description', 'short'], ['category', 'nothing-such'], ['category', ''], ['price', 'ten'],
		['price', '-5'], ['price', '1.234.5'], ['location', 'atlantis'], ['stock', '0'], ['stock', '1.5'], ['stock', '10000'], ['contact_name', ''], ['contact_email', 'no-at-sign'],
		['contact_email', 'a@b'], ['title', 'bell\u0007'],
	]) {
		const r = await send('/submit', { ...good, [field]: value, _age: await age() });
		assert.equal(r.status, 422, `${field}=${value}: ${r.status}`);
		assert.match(r.body, new RegExp(`id="e-${field}"`), `${field}=${value}`);
		assert.match(r.body, /role="alert"/);
		assert.ok(r.body.includes('oars included') || field === 'description', 'the description is kept');
		const api = await sendJson('/api/v1/listings', { ...good, stock: 1, price: '1250.50', [field]: field === 'stock' ? Number(value) : value });
		assert.equal(api.status, 422, `API ${field}=${value}: ${api.body}`);
		assert.ok(json(api.body).errors.some((e) => e.field === field), api.body);
	}
});

test('robots: the honeypot, a form sent at once, a form too old', async () => {
	const fields = await listing();
	const trap = await send('/submit', { ...fields, website: 'https://spam.example', _age: await age() });
	assert.equal(trap.status, 422);
	for (const bad of ['', 'x', '1.AAAA', (await age()).replace(/^..../, 'BBBB')]) {
		const r = await send('/submit', { ...fields, _age: bad });
		assert.equal(r.status, 422, bad);
		assert.match(r.body, /oars included/);
	}
});

test('the same listing twice is refused', async () => {
	const fields = await listing();
	assert.equal((await send('/submit', { ...fields, _age: await age() })).status, 303);
	assert.equal((await send('/submit', { ...fields, _age: await age() })).status, 422);
	const api = await sendJson('/api/v1/listings', { ...fields, stock: 1, price: '1250.50' });
	assert.equal(api.status, 409, api.body);
});

test('messages: to the site, to a seller', async () => {
	const { listings } = json((await site.get('/api/v1/listings?limit=1')).body);
	const { id } = listings[0];
	const person = { name: 'Gérard Ó Dálaigh', email: 'gerard@example.com' };
	for (const [path, fields, to] of [
		['/contact', { ...person, message: `Is the site run from Burin? ${process.pid}` }, '/contact/received'],
		[`/listings/${id}/contact`, { ...person, message: `Is it still there? ${process.pid}` }, `/listings/${id}/contact/received`],
	]) {
		const r = await send(path, { ...fields, _age: await age() });
		assert.equal(r.status, 303, `${path}: ${r.body}`);
		assert.ok(r.headers.location.endsWith(to), r.headers.location);
		assert.equal((await site.get(to)).status, 200);
		const bad = await send(path, { ...fields, email: 'not an address', _age: await age() });
		assert.equal(bad.status, 422, path);
		assert.match(bad.body, /id="e-email"/);
		const twice = await send(path, { ...fields, _age: await age() });
		assert.equal(twice.status, 422, `${path} twice`);
	}
	const text = await site.ctl('message', 'list');
	assert.match(text, /Gérard/);
	assert.equal((await sendJson('/api/v1/contact', { ...person, message: `By program ${process.pid}`, listing_id: id })).status, 202);
	assert.equal((await sendJson('/api/v1/contact', { ...person, message: `By program ${process.pid}`, listing_id: 99999999 })).status, 422);
	assert.equal((await site.get('/listings/99999999/contact')).status, 404);
});

test('who may write: same origin, or a program without a session', async () => {
	const fields = { ...(await listing()), _age: await age() };
	for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' },
		{ 'Sec-Fetch-Site': '', Origin: 'null' }, { 'Sec-Fetch-Site': '', Cookie: '__Host-outport=abc' }])
		assert.equal((await send('/submit', fields, headers)).status, 403, JSON.stringify(headers));
	assert.equal((await send('/submit', fields, { 'Sec-Fetch-Site': '', Origin: site.origin })).status, 303);
});

test('bodies that are no form and no JSON', async () => {
	const form = (body, type = 'application/x-www-form-urlencoded') => site.post('/contact', body, { 'Content-Type': type, 'Sec-Fetch-Site': 'same-origin' });
	assert.equal((await form('{}', 'application/json')).status, 415);
	assert.equal((await form('x', 'text/plain')).status, 415);
	assert.equal((await form('name=%zz')).status, 400);
	assert.equal((await form('name=%00')).status, 400);
	assert.equal((await form('name=%c0%80')).status, 400);
	assert.equal((await form('a=1&'.repeat(10000))).status, 413);
	assert.equal((await form(`message=${'x'.repeat(140000)}`)).status, 413);
	assert.equal((await form(`message=${'x'.repeat(2_000_000)}`)).status, 413);
	const api = (body, type = 'application/json') => site.post('/api/v1/contact', body, { 'Content-Type': type });
	for (const [body, status] of [['{', 400], ['[]', 400], ['null', 400], ['{"name":1e999}', 422], ['{"name":{"a":1}}', 422], ['{"name":"a","name":"b"}', 422], ['', 400],
		['{"name":"\\u0000"}', 400], ['['.repeat(5000), 413], ['{"name":"\\ud800"}', 400], ['{"colour":"red"}', 422], [`{"message":"${'x'.repeat(140000)}"}`, 413]]) {
		const r = await api(body);
		assert.equal(r.status, status, `${body.slice(0, 40)}: ${r.body}`);
		assert.match(r.headers['content-type'], /problem\+json/);
		if (status === 422) assert.ok(json(r.body).errors.length > 0, body);
	}
	assert.equal((await api('a=b', 'application/x-www-form-urlencoded')).status, 415);
});

test('a form sent faster than a person types is sent back, whole', async () => {
	const slow = await openSite({ listings: 50, settings: { limits: { form_min_seconds: 30 } } });
	const r = await slow.post('/contact', new URLSearchParams({ name: 'A', email: 'a@example.com', message: 'much too quick to be true', _age: await slow.formAge() }).toString(),
		{ 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' });
	assert.equal(r.status, 422);
	assert.match(r.body, /much too quick to be true/);
	assert.equal(await slow.sql('SELECT COUNT(*) FROM message'), '0');
});

test('limits are per address, shared by the pool, and say when to come back', async () => {
	const strict = await openSite({ listings: 50, settings: { limits: { contact_per_hour: 5, submit_per_hour: 2 } } });
	const send = (i, from) => strict.post('/api/v1/contact', JSON.stringify({ name: 'A', email: 'a@example.com', message: `message number ${i} of many` }),
		{ 'Content-Type': 'application/json' }, from);
	const statuses = [];
	await roomInWindow(3600);
	for (let i = 0; i < 8; i++) statuses.push((await send(i)).status);
	assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429, 429, 429]);
	assert.ok(Number((await send(9)).headers['retry-after']) > 0);
	assert.equal(await strict.sql('SELECT COUNT(*) FROM message'), '5');
	assert.equal((await send(10, '127.0.0.9')).status, 202, 'another address is not limited');
	// A person over the limit gets the form back with what was typed.
	const form = await strict.post('/contact', new URLSearchParams({ name: 'Marie', email: 'a@example.com', message: 'typed with care and kept', _age: await strict.formAge() }).toString(),
		{ 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' });
	assert.equal(form.status, 429);
	assert.match(form.body, /typed with care and kept/);
	// A mailbox is asked to confirm only so often, from wherever and in whatever letters.
	const submitted = [];
	for (const [i, contact_email] of ['target@example.com', 'Target@example.com', 'TARGET@example.com'].entries())
		submitted.push((await strict.post('/api/v1/listings', JSON.stringify({ ...await listing(), stock: 1, price: '5', contact_email }), { 'Content-Type': 'application/json' }, `127.0.0.${20 + i}`)).status);
	assert.deepEqual(submitted, [202, 202, 429]);
});

test("the site's own address is on the contact and privacy pages, and on a form sent back", async () => {
	const mail = '<a href="mailto:harbourmaster@outport.example">harbourmaster@outport.example</a>';
	for (const path of ['/contact', '/fr/contact', '/privacy', '/fr/privacy'])
		assert.ok((await site.get(path)).body.includes(mail), path);
	assert.ok((await send('/contact', { name: '', _age: await age() })).body.includes(mail));
	const { id } = json((await site.get('/api/v1/listings?limit=1')).body).listings[0];
	assert.ok(!(await site.get(`/listings/${id}/contact`)).body.includes('mailto:'));
});

test('the longest description arrives, however many bytes its letters take', async () => {
	for (const letter of ['ᐃ', '🚤']) {
		const fields = await listing({ description: letter.repeat(10000) });
		const r = await send('/submit', { ...fields, _age: await age() });
		assert.equal(r.status, 303, letter);
		const ascii = await sendJson('/api/v1/listings', JSON.stringify({ ...fields, title: `${fields.title} again`, stock: 1, price: '5', description: letter.repeat(9999) })
			.replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
		assert.equal(ascii.status, 202, letter);
		const longer = await send('/submit', { ...fields, description: letter.repeat(10001), _age: await age() });
		assert.equal(longer.status, 422, letter);
		assert.match(longer.body, /id="e-description"/);
	}
});
