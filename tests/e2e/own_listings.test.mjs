// Listings of one's own: drafts, edits, ends; what a visitor submits and manages by links; and that nobody touches another's.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mailbox } from '../support/mail.mjs';
import { makeMember } from '../support/members.mjs';
import { openSite } from './visitor.mjs';

const site = await openSite();
const mails = mailbox(site);
const json = text => JSON.parse(text);
const [category, otherCategory] = json((await site.get('/api/v1/categories')).body).categories.filter(c => c.parent !== null).map(c => c.slug);
const [location, otherLocation] = json((await site.get('/api/v1/places')).body).places.filter(p => p.parent !== null).map(p => p.slug);
const [elsie, other, trusted, moderator] = await Promise.all([{ trust: 'never' /* however many are approved here */ }, {}, { trust: 'trusted', name: 'Trusted Tom' }, { role: 'moderator' }].map(o => makeMember(site.sql, o)));

let serial = 0;
const item = (more = {}) => ({
	title: `Killick number ${++serial} of ${process.pid}`, description: `A stone anchor in a frame of wood, the ${serial}th I have made.`, category, price: '45', location, stock: '2', ...more,
});
const as = (member, more = {}) => ({ ...(member ? { Cookie: member.cookie } : {}), 'Sec-Fetch-Site': 'same-origin', ...more });
const get = (path, member) => site.get(path, as(member));
const age = () => site.formAge();
const post = async (path, fields, member) =>
	site.post(path, new URLSearchParams({ ...fields, _age: await age() }).toString(), as(member, { 'Content-Type': 'application/x-www-form-urlencoded' }));
const press = (path, member) => site.post(path, '', as(member, { 'Content-Type': 'application/x-www-form-urlencoded' }));
const api = (method, path, member, value) => site.request(method, path, {
	headers: { ...(member ? { Authorization: member.bearer } : {}), 'Content-Type': 'application/json', ...(value ? { 'Content-Length': Buffer.byteLength(JSON.stringify(value)) } : { 'Content-Length': 0 }) },
	body: value ? JSON.stringify(value) : undefined });
const idOf = async title => Number(await site.sql(`SELECT id FROM listing WHERE title = '${title}'`));
const stateOf = async id => (await site.sql(`SELECT state FROM listing WHERE id = ${id}`));
const facetsOf = async id => Number(await site.sql(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`));
const version = async id => (await site.sql(`SELECT version FROM listing WHERE id = ${id}`));
const state = { pending: '0', published: '1', rejected: '2', removed: '3', draft: '4', held: '5', expired: '6', sold: '7', withdrawn: '8', unconfirmed: '9' };
const put = (id, name) => site.sql(`UPDATE listing SET state = ${state[name]} WHERE id = ${id}`);

// A listing of a member's, published.
async function published(member, more = {}) {
	const fields = item(more);
	const r = await post('/account/listings/new', fields, member);
	assert.equal(r.status, 303, r.body);
	const id = await idOf(fields.title);
	if (await stateOf(id) === state.pending) await site.ctl('listing', 'approve', String(id));
	assert.equal(await stateOf(id), state.published);
	return { id, fields };
}

test('a draft is the author’s alone, is sent in, waits, appears', async () => {
	const fields = { ...item(), description: '' };
	const r = await post('/account/listings/new', { ...fields, _draft: '1' }, elsie);
	assert.equal(r.status, 303, r.body);
	const id = await idOf(fields.title);
	assert.equal(r.headers.location, `/listings/${id}/photos?done=draft`, 'photos come next');
	assert.match((await get(r.headers.location, elsie)).body, /The draft is saved\. Nobody else sees it\. Now add photos/);
	assert.equal(await stateOf(id), state.draft);
	const list = (await get('/account/listings?done=draft', elsie)).body;
	assert.match(list, /The draft is saved/);
	assert.ok(list.includes(fields.title));
	for (const who of [null, other, moderator]) assert.equal((await get(`/listings/${id}`, who)).status, 404);
	const form = (await get(`/account/listings/${id}/edit`, elsie)).body;
	assert.match(form, /name="_draft"/);
	assert.match(form, /name="version" value="0"/);
	const short = await post(`/account/listings/${id}/edit`, { ...fields, version: '0' }, elsie);
	assert.equal(short.status, 422);
	assert.match(short.body, /id="e-description"/);
	const sent = await post(`/account/listings/${id}/edit`, { ...fields, description: 'Now there is enough of a description.', version: '0' }, elsie);
	assert.equal(sent.headers.location, '/account/listings?done=review', sent.body);
	assert.equal(await stateOf(id), state.pending);
	assert.match(await site.ctl('listing', 'pending'), new RegExp(fields.title));
	await site.ctl('listing', 'approve', String(id));
	await site.until(async () => (await get(`/listings/${id}`)).status === 301, 'the approved listing');
	assert.match(await site.sql(`SELECT DATEDIFF(expires_at, published_at) FROM listing WHERE id = ${id}`), /^60$/);
	assert.equal(await site.sql(`SELECT contact_email FROM listing WHERE id = ${id}`), elsie.email);
});

test('a trusted member’s goes live at once, others’ wait; /submit and the API likewise', async () => {
	for (const [who, done, status] of [[elsie, 'review', 'pending'], [trusted, 'live', 'published']]) {
		for (const path of ['/account/listings/new', '/submit']) {
			const fields = item(), r = await post(path, fields, who);
			const id = await idOf(fields.title);
			assert.equal(r.headers.location, `/listings/${id}/photos?done=${done}`, r.body);
			assert.equal(await stateOf(id), state[status]);
		}
		const r = await api('POST', '/api/v1/listings', who, { ...item(), stock: 1 });
		assert.equal(r.status, 202, r.body);
		assert.deepEqual({ ...json(r.body), id: 0 }, { id: 0, status, confirm_email: false });
		const stranger = await api('POST', '/api/v1/listings', who, { ...item(), stock: 1, contact_email: 'stranger@example.com' });
		assert.equal(stranger.status, 422);
		assert.equal(json(stranger.body).errors[0].field, 'contact_email');
	}
});

test('other words go back to review, another price does not', async () => {
	const { id, fields } = await published(elsie);
	assert.equal(await facetsOf(id), 9);
	let r = await post(`/account/listings/${id}/edit`, { ...fields, price: '44.50', location: otherLocation, version: await version(id) }, elsie);
	assert.equal(r.headers.location, '/account/listings?done=edit', r.body);
	assert.equal(await stateOf(id), state.published);
	assert.equal(await facetsOf(id), 9);
	assert.equal(json((await site.get(`/api/v1/listings/${id}`)).body).price_cents, 4450);
	for (const change of [{ title: `${fields.title}, larger` }, { description: `${fields.description} Larger.` }, { category: otherCategory }]) {
		r = await post(`/account/listings/${id}/edit`, { ...fields, ...change, version: await version(id) }, elsie);
		assert.equal(r.headers.location, '/account/listings?done=review', r.body);
		assert.equal(await stateOf(id), state.pending);
		assert.equal(await facetsOf(id), 0);
		await site.ctl('listing', 'approve', String(id));
		await post(`/account/listings/${id}/edit`, { ...fields, version: await version(id) }, elsie);
		await site.ctl('listing', 'approve', String(id));
	}
	const own = await published(trusted);
	r = await post(`/account/listings/${own.id}/edit`, { ...own.fields, title: `${own.fields.title}, better`, version: await version(own.id) }, trusted);
	assert.equal(r.headers.location, '/account/listings?done=edit');
	assert.equal(await stateOf(own.id), state.published);
});

test('a change that somebody else was quicker with comes back, and nothing typed is lost', async () => {
	const { id, fields } = await published(elsie);
	const was = await version(id);
	await site.ctl('listing', 'edit', String(id), '--price', '77');
	const r = await post(`/account/listings/${id}/edit`, { ...fields, price: '12', version: was }, elsie);
	assert.equal(r.status, 409);
	assert.match(r.body, /Somebody changed this listing/);
	assert.match(r.body, /value="12"/);
	assert.match(r.body, new RegExp(`name="version" value="${await version(id)}"`));
	assert.equal(json((await site.get(`/api/v1/listings/${id}`)).body).price_cents, 7700);
	const again = await post(`/account/listings/${id}/edit`, { ...fields, price: '12', version: await version(id) }, elsie);
	assert.equal(again.status, 303, again.body);
	const late = await api('PATCH', `/api/v1/listings/${id}`, elsie, { price: '13', version: Number(was) });
	assert.equal(late.status, 409);
});

test('what each state allows', async () => {
	const acts = { renew: ['published', 'expired'], sold: ['published', 'expired'], withdraw: ['pending', 'published'], again: ['sold', 'withdrawn'], delete: ['draft'] };
	const edit = ['draft', 'pending', 'published', 'rejected', 'expired', 'sold', 'withdrawn'];
	const { id } = await published(elsie);
	for (const name of Object.keys(state).filter(s => s !== 'unconfirmed' && s !== 'draft')) {
		await put(id, name);
		const page = (await get('/account/listings', elsie)).body.split('<li>').find(part => part.includes(`/listings/${id}/`));
		for (const [act, from] of Object.entries(acts))
			assert.equal(page.includes(`/account/listings/${id}/${act}"`), from.includes(name), `${act} of ${name}`);
		assert.equal(page.includes(`/account/listings/${id}/edit"`), edit.includes(name), `edit of ${name}`);
		assert.equal((await get(`/account/listings/${id}/edit`, elsie)).status, edit.includes(name) ? 200 : 303, `form of ${name}`);
		for (const [act, from] of Object.entries(acts)) {
			if (from.includes(name)) continue;
			assert.equal((await press(`/account/listings/${id}/${act}`, elsie)).headers.location, '/account/listings?done=late', `${act} of ${name}`);
			assert.equal(await stateOf(id), state[name]);
			if (['renew', 'sold', 'withdraw'].includes(act)) assert.equal((await api('POST', `/api/v1/listings/${id}/${act}`, elsie)).status, 409);
		}
	}
});

test('sold, offered again, withdrawn, renewed, ended', async () => {
	const { id } = await published(elsie);
	assert.equal((await press(`/account/listings/${id}/sold`, elsie)).headers.location, '/account/listings?done=sold');
	assert.equal(await facetsOf(id), 0);
	await site.until(async () => (await get(`/listings/${id}`)).status === 410, 'sold is gone for others');
	const own = await get(`/listings/${id}`, elsie);
	assert.equal(own.status, 301);
	assert.match((await get(own.headers.location, elsie)).body, /<strong>Sold<\/strong>/);
	assert.equal((await press(`/account/listings/${id}/again`, elsie)).headers.location, '/account/listings?done=again');
	assert.equal(await stateOf(id), state.published);
	assert.equal((await press(`/account/listings/${id}/withdraw`, elsie)).headers.location, '/account/listings?done=withdraw');
	assert.equal((await press(`/account/listings/${id}/again`, elsie)).headers.location, '/account/listings?done=review', 'nobody knows what was changed');
	await site.ctl('listing', 'approve', String(id));
	await site.sql(`UPDATE listing SET state = 6, expires_at = NOW() - INTERVAL 1 DAY WHERE id = ${id}; DELETE FROM listing_facet WHERE listing_id = ${id}`);
	const page = (await get(`/account/listings/${id}/renew`, elsie)).body;
	assert.match(page, new RegExp(`<form[^>]*action="/account/listings/${id}/renew"`));
	assert.equal(await stateOf(id), state.expired, 'looking changes nothing');
	assert.equal((await press(`/account/listings/${id}/renew`, elsie)).headers.location, '/account/listings?done=renew');
	assert.equal(await site.sql(`SELECT state, DATEDIFF(expires_at, UTC_TIMESTAMP()) FROM listing WHERE id = ${id}`), '1\t60');
	assert.equal(await facetsOf(id), 9);
});

test('pages of many, in both languages', async () => {
	const many = await makeMember(site.sql);
	await site.sql(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, contact_name, contact_email, content_hash, created_at, updated_at, search_text, member_id)
		SELECT 4, category_id, category_top_id, place_id, region_id, CONCAT('Draft of many ', id), slug, summary, description, price_minor, currency, contact_name, contact_email, content_hash, created_at, updated_at, search_text, ${many.id} FROM listing ORDER BY id LIMIT 45`);
	for (const prefix of ['', '/fr']) {
		const seen = [];
		for (let path = `${prefix}/account/listings`; path;) {
			const r = await get(path, many);
			assert.equal(r.status, 200);
			seen.push(...[...r.body.matchAll(/Draft of many (\d+)<\/a>/g)].map(m => m[1]));
			path = /<a rel="next" href="([^"]+)"/.exec(r.body)?.[1];
		}
		assert.equal(new Set(seen).size, 45);
		assert.equal(seen.length, 45);
	}
	assert.equal((await get('/account/listings?cursor=abc', many)).status, 301);
	const all = [];
	for (let cursor = ''; cursor !== null;) {
		const page = json((await api('GET', `/api/v1/me/listings?limit=20${cursor && `&cursor=${cursor}`}`, many)).body);
		all.push(...page.listings);
		cursor = page.next_cursor;
	}
	assert.equal(all.length, 45);
	assert.ok(all.every(l => l.state === 'draft'));
	for (const query of ['limit=0', 'limit=101', 'cursor=x', 'other=1']) assert.equal((await api('GET', `/api/v1/me/listings?${query}`, many)).status, 400, query);
});

test('the API changes what is given and names what is wrong', async () => {
	const { id, fields } = await published(elsie);
	const r = await api('PATCH', `/api/v1/listings/${id}`, elsie, { price: '99.95', stock: 3 });
	assert.equal(r.status, 200, r.body);
	const l = json(r.body);
	assert.deepEqual([l.id, l.state, l.price_cents, l.stock, l.title, l.description], [id, 'published', 9995, 3, fields.title, fields.description]);
	for (const [field, value] of [['title', 'x'], ['description', ''], ['price', '1,5'], ['category', 'none-such'], ['location', ''], ['stock', 0], ['contact_email', 'a@b.ca'], ['state', 'sold'], ['version', -1]]) {
		const bad = await api('PATCH', `/api/v1/listings/${id}`, elsie, { [field]: value });
		assert.equal(bad.status, 422, `${field}: ${bad.body}`);
		assert.ok(json(bad.body).errors.some(e => e.field === field), `${field}: ${bad.body}`);
	}
	assert.equal(json((await api('POST', `/api/v1/listings/${id}/sold`, elsie)).body).state, 'sold');
	assert.equal(json((await api('PATCH', `/api/v1/listings/${id}`, elsie, { description: `${fields.description} It is back.` })).body).state, 'pending');
	assert.equal(json((await api('POST', `/api/v1/listings/${id}/withdraw`, elsie)).body).state, 'withdrawn');
	const reader = await makeMember(site.sql, { scopes: 1 });
	await site.sql(`UPDATE session SET kind = 2 WHERE member_id = ${reader.id}`);
	assert.equal((await api('GET', '/api/v1/me/listings', reader)).status, 200);
	assert.equal((await api('POST', '/api/v1/listings', reader, item())).status, 403);
	assert.equal((await api('PATCH', `/api/v1/listings/${id}`, reader, { stock: 1 })).status, 403);
});

// Every route on one listing × everybody whose it is not.
const routes = [
	['GET', '/account/listings/{id}/edit'], ['POST', '/account/listings/{id}/edit'], ['GET', '/account/listings/{id}/renew'], ['POST', '/account/listings/{id}/renew'],
	['POST', '/account/listings/{id}/sold'], ['POST', '/account/listings/{id}/withdraw'], ['POST', '/account/listings/{id}/again'], ['POST', '/account/listings/{id}/delete'],
	['PATCH', '/api/v1/listings/{id}'], ['POST', '/api/v1/listings/{id}/renew'], ['POST', '/api/v1/listings/{id}/sold'], ['POST', '/api/v1/listings/{id}/withdraw'],
];

test('ASVS 8.2.2: somebody else’s listing is as good as none, on every route and for every role', async () => {
	const { id, fields } = await published(elsie);
	const before = await site.sql(`SELECT * FROM listing WHERE id = ${id}`);
	const admin = await makeMember(site.sql, { role: 'admin' });
	for (const [method, pattern] of routes)
		for (const [who, member] of Object.entries({ visitor: null, other, trusted, moderator, admin })) {
			const path = pattern.replace('{id}', id), isApi = path.startsWith('/api');
			const r = isApi ? await api(method, path, member, method === 'PATCH' ? { price: '1' } : undefined)
				: method === 'GET' ? await get(path, member) : await post(path, { ...fields, title: 'Taken over', price: '1', version: '1' }, member);
			const expected = member ? 404 : method === 'GET' ? 303 : 401; // a form sent without a session comes back with the sign-in page
			assert.equal(r.status, expected, `${method} ${path} as ${who}`);
			if (expected === 303) assert.match(r.headers.location, /^\/login\?next=/);
			assert.ok(!r.body.includes(fields.title), `${method} ${path} as ${who}`);
		}
	assert.equal(await site.sql(`SELECT * FROM listing WHERE id = ${id}`), before);
	for (const member of [null, other]) {
		assert.equal((await get(`/listings/${id}`, member)).status, 301, 'published, it is everybody’s to read');
	}
	await put(id, 'pending');
	await site.until(async () => (await get(`/listings/${id}`)).status === 404, 'out of nginx’s cache');
	for (const [member, status] of [[null, 404], [other, 404], [elsie, 301], [moderator, 301]]) assert.equal((await get(`/listings/${id}`, member)).status, status);
});

test('what a visitor submits is nowhere before the link was followed, and the link works once', async () => {
	const fields = { ...item(), contact_name: 'Marie Tremblay', contact_email: `marie${process.pid}@Example.com` };
	const r = await post('/fr/submit', fields);
	assert.equal(r.headers.location, '/fr/submit/received', r.body);
	const id = await idOf(fields.title);
	assert.equal(await stateOf(id), state.unconfirmed);
	assert.doesNotMatch(await site.ctl('listing', 'pending'), new RegExp(fields.title));
	for (const who of [null, other, moderator]) assert.equal((await get(`/listings/${id}`, who)).status, 404);
	const mail = await mails.wait({ to: `marie${process.pid}@example.com` });
	const link = mails.link(mail, '/confirm/');
	assert.match(link, /^\/fr\/confirm\//);
	const page = await get(link);
	assert.equal(page.status, 200);
	assert.match(page.body, /<form[^>]*method="post"/);
	assert.equal(await stateOf(id), state.unconfirmed, 'looking changes nothing');
	const answers = await Promise.all([1, 2, 3, 4].map(() => press(link)));
	assert.deepEqual(answers.map(a => a.status).sort(), [303, 410, 410, 410], 'of confirmations at once one counts');
	assert.equal(await stateOf(id), state.pending);
	assert.equal((await get(link)).status, 410);
	assert.equal((await get('/confirm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).status, 410);
	assert.equal((await get('/confirm/short')).status, 404);
	const managing = await mails.wait({ to: `marie${process.pid}@example.com`, link: '/manage/' });
	const manage = mails.link(managing, '/manage/');
	const shown = await get(manage);
	assert.equal(shown.status, 200);
	assert.match(shown.body, /En attente de lecture/);
	await site.ctl('listing', 'approve', String(id));
	assert.equal((await press(`${manage}/sold`)).headers.location, `${manage}?done=sold`);
	assert.equal((await press(`${manage}/again`)).headers.location, `${manage}?done=again`);
	const edited = await post(`${manage}/edit`, { ...fields, contact_email: undefined, price: '5', version: await version(id) });
	assert.equal(edited.status, 422, 'the address is not to be changed');
	const { contact_email, ...rest } = fields;
	assert.equal((await post(`${manage}/edit`, { ...rest, price: '5', version: await version(id) })).headers.location, `${manage}?done=edit`);
	assert.equal((await press(`${manage}/renew`)).headers.location, `${manage}?done=renew`);
	assert.equal((await press(`${manage}/delete`)).status, 404);
	assert.equal((await press(`${manage}/withdraw`)).headers.location, `${manage}?done=withdraw`);
	for (const token of ['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'short', manage.split('/').at(-1).slice(0, -1) + '!'])
		for (const [method, tail] of [['GET', ''], ['GET', '/edit'], ['POST', '/edit'], ['POST', '/sold'], ['POST', '/renew']])
			assert.equal((await site.request(method, `/manage/${token}${tail}`, { headers: as(null) })).status, 404, `${method} ${tail}`);
	await site.sql(`UPDATE listing SET member_id = ${elsie.id} WHERE id = ${id}`);
	assert.equal((await get(manage)).status, 404, 'claimed, it is the member’s alone');
	assert.equal((await get(`/account/listings/${id}/edit`, elsie)).status, 200);
});

test('a link confirms a member’s listing into the account', async () => {
	const fields = { ...item(), contact_name: 'Elsie', contact_email: other.email };
	assert.equal((await post('/submit', fields)).status, 303);
	const id = await idOf(fields.title);
	assert.equal(await site.sql(`SELECT COALESCE(member_id, 0) FROM listing WHERE id = ${id}`), '0');
	const mail = await mails.wait({ to: other.email, link: '/confirm/' });
	assert.equal((await press(mails.link(mail, '/confirm/'))).headers.location, '/submit/confirmed');
	assert.equal(await site.sql(`SELECT member_id FROM listing WHERE id = ${id}`), String(other.id));
	assert.ok((await get('/account/listings', other)).body.includes(fields.title));
	await mails.wait({ to: other.email, link: '/account/listings' });
});

test('views count people, not robots, owners or looks ahead', async () => {
	const { id } = await published(elsie);
	const path = (await get(`/listings/${id}`)).headers.location;
	const browser = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0';
	const look = (agent, member) => site.get(path, { 'User-Agent': agent, ...(member ? { Cookie: member.cookie } : {}) });
	await look('Googlebot/2.1 (+http://www.google.com/bot.html)');
	await look('');
	await look(browser, elsie);
	await site.request('HEAD', path, { headers: { 'User-Agent': browser, Cookie: other.cookie } });
	for (let i = 0; i < 3; i++) await look(browser, other);
	await site.until(async () => await site.sql(`SELECT views FROM listing_view WHERE listing_id = ${id}`) === '3', 'three views');
	assert.match((await get('/account/listings', elsie)).body, /3 views/);
});
