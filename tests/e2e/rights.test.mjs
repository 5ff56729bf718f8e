// Every route × everybody who may ask. What is expected follows from the route table (outport.fcgi --routes) and, where a path names
// somebody's thing, from the table below. Nothing that is refused, and no GET at all, changes a row.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { openSite } from './visitor.mjs';
import { listingStates, makeCast, makeObjects } from '../support/rights.mjs';

const site = await openSite({ listings: 60, jobs: false });
const routes = execFileSync(path.join(process.env.top_builddir, 'outport.fcgi'), ['--routes'], { encoding: 'utf8' }).split('\n').filter(Boolean).map(line => {
	const [call, kind, access, scope, origin] = line.split('\t');
	const [method, pattern] = call.split(' ');
	return { call, method, pattern, kind, access, scope, origin, writes: method !== 'GET' };
});
const everybody = ['visitor', 'owner', 'buyer', 'other', 'moderator', 'admin'], members = everybody.slice(1), staff = ['moderator', 'admin'];
const madeUp = 'A'.repeat(43);
const one = (may, make) => async made => [{ value: await make(made), may }];
const listings = (seen, may, unseen = []) => async made => Promise.all(Object.keys(listingStates)
	.map(async state => ({ what: `a ${state} listing`, value: await made.listing(state), may: seen.includes(state) ? may : unseen })));
const link = (...kinds) => async made => [
	...await Promise.all(kinds.map(async kind => ({ what: `the ${kind} link`, value: await made.link(kind), may: everybody }))),
	{ what: 'a made-up link', value: madeUp, may: [] },
	{ what: "another kind's link", value: await made.link(kinds.includes('reset') ? 'manage' : 'reset'), may: [] },
];
const shown = listings(['published'], everybody);
// A page that says the same whatever the listing is.
const unsaid = listings(Object.keys(listingStates), everybody);
const slug = (await site.sql('SELECT slug FROM resource LIMIT 1')), sitemap = /sitemap-(\d+)\.xml/.exec((await site.get('/sitemap.xml')).body)[1];
const own = make => one(['owner'], make);

// What a path with a placeholder opens, and for whom: { value, may, what? } each, value in the placeholder's place. Who is let through to it but may
// not have it gets 404, 410 or 403. The longest entry that begins the call, or the path, counts.
const objects = {
	'/listings/{id}': shown,
	'/listings/{id}/contact/received': unsaid,
	'/listings/{id}/report/received': unsaid,
	'/listings/{id}/report/known': unsaid,
	'POST /listings/{id}/favourite': listings(['published'], members),
	'/resources/{slug}': one(everybody, async () => slug),
	'/sitemap-{n}.xml': one(everybody, async () => sitemap),
	'/verify/{token}': async made => [{ what: 'the link', value: await made.registration(), may: everybody }, { what: 'a made-up link', value: madeUp, may: [] }],
	'/reset/{token}': link('reset'),
	// It tells nobody whether there was anything to end.
	'/unsubscribe/{token}': one(everybody, async () => madeUp),
	'/account/email/{token}': link('emailNew', 'emailOld'),
	'/account/searches/{id}': own(made => made.savedSearch()),
	'/account/messages/{id}': one(['owner', 'buyer'], made => made.conversation()),
	'/conversations/t/{token}': link('buyer', 'seller'),
	'/api/v1/listings/{id}': shown,
	'/api/v1/resources/{slug}': one(everybody, async () => slug),
	'PUT /api/v1/me/favourites/{id}': listings(['published'], members),
	// Not to keep what one never kept is done at once, whatever it is.
	'DELETE /api/v1/me/favourites/{id}': listings(Object.keys(listingStates), members),
	'/api/v1/me/searches/{id}': own(made => made.savedSearch()),
	'/api/v1/me/conversations/{id}': one(['owner', 'buyer'], made => made.conversation()),
};
// What is sent, where an empty form or object would not reach the thing it names.
const bodies = { 'POST /listings/{id}/favourite': 'keep=yes' };

const objectsOf = route => Object.entries(objects).filter(([key]) => (key.startsWith('/') ? route.pattern : route.call).startsWith(key))
	.sort(([a], [b]) => b.replace(/^\w+ /, '').length - a.replace(/^\w+ /, '').length || b.length - a.length)[0]?.[1];
const ranks = { anyone: [null, 'owner', 'buyer', 'other', 'moderator', 'admin'], member: members, moderator: staff, admin: ['admin'] };

// The guard's answer, from what the route declares: 'pass', or a status.
function guard(route, actor) {
	if (route.kind === 'fragment')
		return 404; // nginx asks for them itself
	if (['feed', 'operation', 'internal'].includes(route.kind))
		return 'pass'; // the same for all
	if (route.writes && route.origin === 'same' && actor.foreign)
		return 403;
	if (actor.person === null && (route.access !== 'anyone' || actor.bearer))
		return route.kind === 'api' || actor.bearer || route.writes ? 401 : 303;
	if (!ranks[route.access].includes(actor.person))
		return 403;
	if (actor.scope === undefined || (route.access === 'anyone' && route.scope === '-'))
		return 'pass';
	return route.scope !== '-' && actor.scope === route.scope ? 'pass' : 403;
}

const ignored = ['rate_count', 'listing_view', 'search_miss', 'schema_migration'];
const tables = (await site.sql(`SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`))
	.split('\n').filter(name => !ignored.includes(name)).sort();
// session.last_seen_at may move: all of today's sessions here were seen a moment ago, so that it does not.
const state = () => site.sql(`CHECKSUM TABLE ${tables.join(', ')}`);
async function changedSince(before) {
	const now = (await state()).split('\n'), old = before.split('\n');
	return tables.filter((_, i) => now[i] !== old[i]);
}

const formAge = await site.formAge();
function ask(route, value, actor) {
	const api = route.kind === 'api', body = !route.writes || ['PUT', 'DELETE'].includes(route.method) ? undefined
		: api ? '{}' : `_age=${encodeURIComponent(formAge)}&${bodies[route.call] ?? ''}`.replace(/&$/, '');
	const where = route.pattern.replace(/\{(id|n|token)\}/, value).replace('{slug}', route.pattern.includes('{id}') ? 'somebodys-dory' : value);
	return site.request(route.method, where, { body, headers: { ...actor.headers, ...(body !== undefined && {
		'Content-Type': api ? 'application/json' : 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }) } });
}

const toLogin = r => r.status === 303 && /^\/login\?next=/.test(r.headers.location ?? '');
const cast = await makeCast(site.sql);

for (const route of routes) {
	test(`${route.call}: ${route.access}${route.scope === '-' ? '' : `, a token for ${route.scope}`}`, async () => {
		const make = route.pattern.includes('{') ? objectsOf(route) : async () => [{ may: everybody }];
		assert.ok(make, `no test knows what ${route.call} opens: add an entry to "objects" in tests/e2e/rights.test.mjs that makes it and says who may have it`);
		const { actors, ids } = cast, made = makeObjects(site.sql, ids), things = await make(made);
		const may = (thing, actor) => guard(route, actor) === 'pass' && thing.may.includes(actor.person ?? 'visitor');
		const before = await state();
		// refused: by the guard with what the route declares, by the handler with the answer for what is not there
		for (const thing of things) {
			await Promise.all(actors.filter(actor => !may(thing, actor)).map(async actor => {
				const r = await ask(route, thing.value, actor), expected = guard(route, actor), name = `${actor.name} on ${thing.what ?? 'it'}: ${r.status} ${r.headers.location ?? ''}`;
				if (expected === 303)
					assert.ok(toLogin(r), name);
				else if (expected === 'pass')
					assert.ok([403, 404, 410].includes(r.status), name);
				else
					assert.equal(r.status, expected, name);
			}));
		}
		assert.deepEqual(await changedSince(before), [], 'what is refused changes nothing');
		// let through: never "not you", "not there" or a failure; what else may be wrong with an empty form is of other tests
		let own = cast;
		for (const [i, thing] of things.entries()) {
			for (let n = 0; n < own.actors.length; n++) {
				if (!may(thing, own.actors[n]))
					continue;
				// What no personal token may is what may end a session or an account.
				if (route.writes && (own === cast || route.scope === '-'))
					own = await makeCast(site.sql);
				const actor = own.actors[n], value = route.writes && route.pattern.includes('{') ? (await make(makeObjects(site.sql, own.ids)))[i].value : thing.value;
				const r = await ask(route, value, actor);
				const name = `${actor.name} on ${thing.what ?? 'it'}: ${r.status} ${r.headers.location ?? ''} ${r.body.slice(0, 300)}`;
				assert.ok(r.status < 500 && ![400, 401, 403, 404, 405, 410, 415].includes(r.status) && !toLogin(r), name);
			}
		}
		if (!route.writes)
			assert.deepEqual(await changedSince(before), [], 'a GET changes nothing (ASVS 3.5.3)');
	});
}
