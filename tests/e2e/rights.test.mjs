// Every route × everybody who may ask. What is expected follows from the route tables (outport.fcgi and outport-media.fcgi --routes) and, where a path names
// somebody's thing, from the table below. Nothing that is refused, and no GET at all, changes a row.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { openSite } from './visitor.mjs';
import { makePhotoFile, storePhoto } from '../support/photos.mjs';
import { listingStates, makeCast, makeObjects, pictureKey } from '../support/rights.mjs';

const site = await openSite({ listings: 60, jobs: false });
const programs = ['outport.fcgi', 'outport-media.fcgi'];
const routes = programs.flatMap(program => execFileSync(path.join(process.env.top_builddir, program), ['--routes'], { encoding: 'utf8' }).split('\n').filter(Boolean).map(line => ({ program, line }))).map(({ program, line }) => {
	const [call, kind, access, scope, origin] = line.split('\t');
	const [method, pattern] = call.split(' ');
	return { call, method, pattern, kind, access, scope, origin, writes: method !== 'GET', takesPhotos: program === 'outport-media.fcgi' };
});
const everybody = ['visitor', 'owner', 'buyer', 'other', 'moderator', 'admin'], members = everybody.slice(1), staff = ['moderator', 'admin'];
const states = Object.keys(listingStates), madeUp = 'A'.repeat(43);
// Things to ask for: { what, make(made), may: whose rights open it, scope: what a personal token needs for it beyond the route's }.
const one = (may, make) => [{ what: 'it', may, make }];
const listings = (seen, may, others = []) => states.map(state => ({ what: `a ${state} listing`, make: made => made.listing(state), may: seen.includes(state) ? may : others }));
const link = (...kinds) => [
	...kinds.map(kind => ({ what: `the ${kind} link`, make: made => made.link(kind), may: everybody })),
	{ what: 'a made-up link', make: async () => madeUp, may: [] },
	{ what: "another kind's link", make: made => made.link(kinds.includes('reset') ? 'manage' : 'reset'), may: [] },
];
const shown = listings(['published'], everybody);
// Its page: the owner sees it in any state, moderators once it was sent in, their programs when they may read that.
const page = listings(['published'], everybody, ['owner', ...staff]).map(thing => (thing.may === everybody ? thing
	: { ...thing, may: /draft|unconfirmed/.test(thing.what) ? ['owner'] : thing.may, scope: { owner: 'read', moderator: 'moderation', admin: 'moderation' } }));
const ownListing = listings(states, ['owner']);
// A page that says the same whatever the listing is.
const unsaid = listings(states, everybody);
// A photo of such a listing; where its state lets nothing change it says so.
const photos = (may, of = states) => of.map(state => ({ what: `a photo of a ${state} listing`, make: made => made.photo(state), may }));
const slug = (await site.sql('SELECT slug FROM resource LIMIT 1')), sitemap = /sitemap-(\d+)\.xml/.exec((await site.get('/sitemap.xml')).body)[1];
const own = make => one(['owner'], make);
const { key: photoKey } = await storePhoto(site, { width: 300, height: 200, hue: 200 });

// What a path with a placeholder opens, and for whom. Who is let through to it but may not have it gets 404, 410 or 403. The longest entry that begins the call, or the path, counts.
const objects = {
	'/listings/{id}': shown,
	'GET /listings/{id}': page,
	'/listings/{id}/{slug}': page,
	'/listings/{id}/contact': shown,
	'/listings/{id}/report': shown,
	'/listings/{id}/contact/received': unsaid,
	'/listings/{id}/report/received': unsaid,
	'/listings/{id}/report/known': unsaid,
	'POST /listings/{id}/favourite': listings(['published'], members),
	'/listings/{id}/photos': photos(['owner']),
	'/resources/{slug}': one(everybody, async () => slug),
	'/media/{slug}/{slug}': one(everybody, async () => [photoKey.slice(0, 2), `${photoKey}-320`]),
	'/sitemap-{n}.xml': one(everybody, async () => sitemap),
	'/verify/{token}': [...one(everybody, made => made.registration()), ...link().filter(thing => thing.may !== everybody)],
	'/reset/{token}': link('reset'),
	// It tells nobody whether there was anything to end.
	'/unsubscribe/{token}': one(everybody, async () => madeUp),
	'/account/listings/{id}': ownListing,
	'/confirm/{token}': link('confirm'),
	'/manage/{token}': link('manage'),
	'/account/email/{token}': link('emailNew', 'emailOld'),
	'/account/searches/{id}': own(made => made.savedSearch()),
	'/account/keep/{token}': link('keep'),
	'/account/sessions/{id}': own(made => made.session(0)),
	'/account/tokens/{id}': own(made => made.session(2)),
	'/account/messages/{id}': one(['owner', 'buyer'], made => made.conversation()),
	'/moderation/listings/{id}': listings(states.filter(state => !['draft', 'unconfirmed'].includes(state)), staff),
	'/moderation/listings/{id}/photos': photos(staff, states.filter(state => !['draft', 'unconfirmed'].includes(state))),
	'/moderation/listings/{id}/edit': listings(states.filter(state => !['draft', 'unconfirmed', 'removed'].includes(state)), staff),
	'/moderation/conversations/{id}': one(staff, made => made.conversation()),
	'/moderation/members/{id}': one(staff, made => made.member()),
	'/moderation/members/{id}/picture': one(staff, made => made.picture()),
	'/moderation/bans/{id}': one(staff, made => made.ban()),
	'/moderation/rules/{id}': one(['admin'], made => made.rule()),
	'/reports/{slug}': one(['admin'], async () => 'listings'),
	'/conversations/t/{token}': link('buyer', 'seller'),
	'/api/v1/listings/{id}': ownListing,
	'/api/v1/listings/{id}/photos': photos(['owner']),
	'GET /api/v1/listings/{id}': shown,
	'/api/v1/moderation/listings/{id}': listings(states.filter(state => !['draft', 'unconfirmed'].includes(state)), staff),
	'/api/v1/resources/{slug}': one(everybody, async () => slug),
	'PUT /api/v1/me/favourites/{id}': listings(['published'], members),
	// Not to keep what one never kept is done at once, whatever it is.
	'DELETE /api/v1/me/favourites/{id}': listings(states, members),
	'/api/v1/me/searches/{id}': own(made => made.savedSearch()),
	'/api/v1/me/conversations/{id}': one(['owner', 'buyer'], made => made.conversation()),
};
// What is sent, where an empty form or object would not reach the thing it names.
const bodies = { 'POST /listings/{id}/favourite': 'keep=yes', 'POST /moderation/conversations/{id}': 'decision=dismiss', 'POST /moderation/members/{id}/trust': 'trust=trusted',
	'POST /moderation/members/{id}/picture/remove': `picture=${pictureKey}` };

const objectsOf = route => Object.entries(objects).filter(([key]) => (key.startsWith('/') ? route.pattern : route.call).startsWith(key))
	.sort(([a], [b]) => b.replace(/^\w+ /, '').length - a.replace(/^\w+ /, '').length || b.length - a.length)[0]?.[1];
const ranks = { anyone: [null, 'owner', 'buyer', 'other', 'moderator', 'admin'], member: members, moderator: staff, admin: ['admin'] };

// The guard's answer, from what the route declares: 'pass', or a status.
function guard(route, actor) {
	if (['fragment', 'gate'].includes(route.kind))
		return 404; // nginx asks for them itself
	if (['feed', 'operation', 'internal', 'file'].includes(route.kind))
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
const state = () => site.sql(`CHECKSUM TABLE ${tables.join(', ')}`);
async function changedSince(before) {
	const now = (await state()).split('\n'), old = before.split('\n');
	return tables.filter((_, i) => now[i] !== old[i]);
}

const formAge = await site.formAge();
const photo = Buffer.concat([Buffer.from('--part\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'),
	await makePhotoFile({ width: 40, height: 30, type: 'png' }), Buffer.from('\r\n--part--\r\n')]);
// nginx lets only some uploads in at the same time.
let upload = Promise.resolve();
function ask(route, value, actor) {
	return route.takesPhotos ? upload = upload.then(() => send(route, value, actor)) : send(route, value, actor);
}
function send(route, value, actor) {
	const api = route.kind === 'api', body = !route.writes || ['PUT', 'DELETE'].includes(route.method) ? undefined
		: route.takesPhotos ? photo : api ? '{}' : `_age=${encodeURIComponent(formAge)}&${bodies[route.call] ?? ''}`.replace(/&$/, '');
	const [first, second = first] = [value].flat();
	const where = route.pattern.replace(/\{(id|n|token)\}/, first).replace('{n}', second).replace('{slug}', route.pattern.includes('{id}') ? 'somebodys-dory' : first).replace('{slug}', second);
	return site.request(route.method, where, { body, headers: { ...actor.headers, ...(body !== undefined && {
		'Content-Type': route.takesPhotos ? 'multipart/form-data; boundary=part' : api ? 'application/json' : 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }) } });
}

// What was seen on the way, for the sums at the end.
const seen = { routes: 0, gets: 0, refused: 0, others: 0 };
const toLogin = r => r.status === 303 && /^\/login\?next=/.test(r.headers.location ?? '');
const cast = await makeCast(site.sql);

for (const route of routes) {
	test(`${route.call}: ${route.access}${route.scope === '-' ? '' : `, a token for ${route.scope}`}`, async () => {
		const things = route.pattern.includes('{') ? objectsOf(route) : [{ what: 'it', may: everybody }];
		assert.ok(things, `no test knows what ${route.call} opens: add an entry to "objects" in tests/e2e/rights.test.mjs that makes it and says who may have it`);
		const made = makeObjects(site.sql, cast.ids), values = await Promise.all(things.map(thing => thing.make?.(made)));
		const may = (thing, actor) => guard(route, actor) === 'pass' && thing.may.includes(actor.person ?? 'visitor') &&
			(actor.scope === undefined || thing.scope === undefined || actor.scope === thing.scope[actor.person]);
		// session.last_seen_at moves when a visit is minutes after the one before: all of today's sessions were seen just now, so that it does not.
		await site.sql('UPDATE session SET last_seen_at = UTC_TIMESTAMP() WHERE last_seen_at > UTC_TIMESTAMP() - INTERVAL 1 DAY');
		const before = await state();
		// refused: by the guard with what the route declares, by the handler with the answer for what is not there
		for (const [i, thing] of things.entries()) {
			await Promise.all(cast.actors.filter(actor => !may(thing, actor)).map(async actor => {
				const r = await ask(route, values[i], actor), expected = guard(route, actor), name = `${actor.name} on ${thing.what}: ${r.status} ${r.headers.location ?? ''}`;
				seen[expected === 'pass' ? 'others' : 'refused']++;
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
		const pass = async (thing, i, actor, ids) => {
			const value = route.writes && thing.make ? await thing.make(makeObjects(site.sql, ids)) : values[i], r = await ask(route, value, actor);
			const name = `${actor.name} on ${thing.what}: ${r.status} ${r.headers.location ?? ''} ${r.body.slice(0, 300)}`;
			assert.ok(r.status < 500 && ![400, 401, 403, 404, 405, 410, 415].includes(r.status) && !toLogin(r), name);
		};
		// What no personal token may is what may end a session or an account: each comes with their own.
		const once = /logout|keep/.test(route.pattern) || (route.access !== 'anyone' && route.scope === '-');
		let own = route.writes ? await makeCast(site.sql) : cast;
		for (const [i, thing] of things.entries()) {
			if (!route.writes || !once)
				await Promise.all(own.actors.filter(actor => may(thing, actor)).map(actor => pass(thing, i, actor, own.ids)));
			else
				for (const n of own.actors.keys())
					if (may(thing, own.actors[n])) {
						own = await makeCast(site.sql);
						await pass(thing, i, own.actors[n], own.ids);
					}
		}
		if (!route.writes)
			assert.deepEqual(await changedSince(before), [], 'a GET changes nothing (ASVS 3.5.3)');
		seen.routes++;
		seen.gets += route.writes ? 0 : 1;
	});
}

// Each route was held by its own test above: these say that none was passed by.
test('no GET, and nothing that is refused, changed a row (ASVS 3.5.3)', () => {
	assert.equal(seen.gets, routes.filter(route => !route.writes).length);
});
test('what is foreign, unsigned or too little is refused on every route (ASVS 3.5.1, 8.2.1)', () => {
	assert.equal(seen.routes, routes.length);
	assert.ok(seen.refused > 5 * routes.filter(route => route.writes).length, seen.refused);
});
test('somebody else’s is not there, on any route (ASVS 8.2.2)', () => {
	assert.ok(seen.others > 500, seen.others);
	for (const key of Object.keys(objects))
		assert.ok(routes.some(route => (key.startsWith('/') ? route.pattern : route.call).startsWith(key)), `no route is meant by ${key} any more`);
});
