// The owner's commands: categories, places, resources, listings, messages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { site } from './tool.mjs';

let s;
before(() => {
	s = site('ctl_content');
	s.ok('category', 'add', 'boats', '--name-en', 'Boats', '--name-fr', 'Bateaux', '--colour', '3', '--position', '2');
	s.ok('category', 'add', 'dories', '--name-en', 'Dories', '--name-fr', 'Doris', '--parent', 'boats');
	s.ok('category', 'add', 'cars', '--name-en', 'Cars', '--name-fr', 'Voitures', '--position', '1');
	s.ok('place', 'add', 'labrador', '--name-en', 'Labrador', '--name-fr', 'Labrador');
	s.ok('place', 'add', 'nain', '--name-en', 'Nain', '--name-fr', 'Nain', '--region', 'labrador');
});
after(() => s.dispose());

const refuse = (status, text, ...args) => {
	const result = s.run(...args);
	assert.match(result.stderr, text);
	assert.equal(result.status, status);
	assert.equal(result.stdout, '');
};

const dory = ['--title', 'Dory, 16 ft', '--description', 'A good dory, built in Winterton.', '--category', 'dories', '--price', '1,250.50',
	'--location', 'nain', '--contact-name', 'Leo Pike', '--contact-email', 'leo@EXAMPLE.com'];
let serial = 0;
const add = (...more) => Number(/Listing (\d+) added/.exec(s.ok('listing', 'add', ...dory.map(value => value.replace('Dory', `Dory ${++serial}`)), ...more))[1]);
const facets = id => s.one(`SELECT COUNT(*) FROM listing_facet WHERE listing_id = ${id}`);

test('categories: list and show', () => {
	assert.deepEqual(s.json('category', 'list').map(c => [c.slug, c.parent, c.colour]), [['cars', null, 1], ['boats', null, 3], ['dories', 'boats', 3]]);
	assert.match(s.ok('category', 'list'), /^SLUG +ENGLISH +FRENCH +COLOUR +POSITION\ncars .*\nboats .*\n {2}dories /);
	assert.equal(s.json('category', 'show', 'dories').name_fr, 'Doris');
	assert.match(s.ok('category', 'show', 'dories'), /Under +boats/);
});

test('categories: edit changes what is given and nothing else', () => {
	assert.match(s.ok('category', 'edit', 'dories', '--name-fr', 'Doris et canots'), /Category dories changed/);
	const c = s.json('category', 'show', 'dories');
	assert.deepEqual([c.name_en, c.name_fr, c.parent, c.colour], ['Dories', 'Doris et canots', 'boats', 3]);
	s.ok('category', 'edit', 'boats', '--colour', '5');
	assert.equal(s.json('category', 'show', 'dories').colour, 5);
});

test('categories: add, move, remove', () => {
	s.ok('category', 'add', 'odd', '--name-en', 'Odd & ends', '--name-fr', 'Divers');
	s.ok('category', 'edit', 'odd', '--parent', 'cars');
	assert.equal(s.json('category', 'show', 'odd').parent, 'cars');
	s.ok('category', 'edit', 'odd', '--parent', '');
	assert.equal(s.json('category', 'show', 'odd').parent, null);
	assert.match(s.ok('category', 'remove', 'odd'), /Category odd removed/);
	refuse(1, /there is no category "odd": see outportctl category list/, 'category', 'show', 'odd');
});

test('categories: mistakes', () => {
	const names = ['--name-en', 'A', '--name-fr', 'B'];
	refuse(1, /there is a category "boats" already/, 'category', 'add', 'boats', ...names);
	refuse(2, /"Boats!" is no slug: small letters/, 'category', 'add', 'Boats!', ...names);
	refuse(2, /--name-fr: Fill this in\./, 'category', 'add', 'x', '--name-en', 'A');
	refuse(2, /--name-en: Use 80 characters or fewer/, 'category', 'add', 'x', '--name-en', 'A'.repeat(81), '--name-fr', 'B');
	refuse(2, /--colour: Enter 12 or less/, 'category', 'add', 'x', ...names, '--colour', '13');
	refuse(2, /--position: Enter a whole number/, 'category', 'add', 'x', ...names, '--position', 'top');
	refuse(1, /there is no category "nothing"/, 'category', 'add', 'x', ...names, '--parent', 'nothing');
	refuse(1, /--parent: "dories" cannot hold categories: there are two levels/, 'category', 'add', 'x', ...names, '--parent', 'dories');
	refuse(2, /--colour: a category under another has the other's colour/, 'category', 'add', 'x', ...names, '--parent', 'boats', '--colour', '2');
	refuse(1, /category "boats" cannot be put under another: it holds categories itself/, 'category', 'edit', 'boats', '--parent', 'cars');
	refuse(1, /"boats" cannot hold categories/, 'category', 'edit', 'boats', '--parent', 'boats');
	refuse(1, /category "boats" holds listings or other categories/, 'category', 'remove', 'boats');
});

test('places: list, show, add, edit, remove', () => {
	assert.deepEqual(s.json('place', 'list').map(p => [p.slug, p.region]), [['labrador', null], ['nain', 'labrador']]);
	assert.match(s.ok('place', 'list'), /labrador .*\n {2}nain /);
	s.ok('place', 'add', 'hopedale', '--name-en', 'Hopedale', '--name-fr', 'Hopedale', '--region', 'labrador');
	s.ok('place', 'edit', 'hopedale', '--name-fr', 'Agvituk');
	assert.deepEqual(s.json('place', 'show', 'hopedale').name_fr, 'Agvituk');
	assert.match(s.ok('place', 'show', 'hopedale'), /Region +labrador/);
	s.ok('place', 'remove', 'hopedale');
	refuse(1, /there is no place "hopedale"/, 'place', 'show', 'hopedale');
});

test('places: mistakes', () => {
	const names = ['--name-en', 'A', '--name-fr', 'B'];
	refuse(1, /there is a place "nain" already/, 'place', 'add', 'nain', ...names);
	refuse(2, /is no slug/, 'place', 'add', 'a--b', ...names);
	refuse(2, /--name-en: Fill this in/, 'place', 'add', 'x', '--name-fr', 'B');
	refuse(1, /--region: "nain" is no region/, 'place', 'add', 'x', ...names, '--region', 'nain');
	refuse(1, /there is no place "gone"/, 'place', 'add', 'x', ...names, '--region', 'gone');
	refuse(1, /place "labrador" holds listings or other places/, 'place', 'remove', 'labrador');
	refuse(1, /place "labrador" cannot be put in a region|there is no place/, 'place', 'edit', 'labrador', '--region', 'avalon');
});

test('resources: the whole of their life', () => {
	const en = s.file('tires.en.md', '# Tires\n\nLook at the *date*.\n'), fr = s.file('tires.fr.md', '# Pneus\n\nRegardez la date.\n');
	const rest = ['--title-en', 'Winter tires', '--title-fr', "Pneus d'hiver", '--summary-en', 'What to look for.', '--summary-fr', 'Que regarder.'];
	assert.match(s.ok('resource', 'add', 'tires', ...rest, '--body-en', en, '--body-fr', fr, '--position', '4'), /Resource tires added/);
	const r = s.json('resource', 'show', 'tires');
	assert.deepEqual([r.title_fr, r.body_en, r.position], ["Pneus d'hiver", '# Tires\n\nLook at the *date*.', 4]);
	assert.match(s.ok('resource', 'show', 'tires'), /Look at the \*date\*/);
	assert.match(s.ok('resource', 'list'), /tires +\d{4}-\d\d-\d\d \d\d:\d\d +Winter tires/);
	assert.equal(s.json('resource', 'list').length, 1);
	s.ok('resource', 'edit', 'tires', '--title-en', 'Tires for winter');
	const edited = s.json('resource', 'show', 'tires');
	assert.deepEqual([edited.title_en, edited.title_fr, edited.body_fr, edited.position], ['Tires for winter', r.title_fr, r.body_fr, 4]);
	s.ok('resource', 'edit', 'tires', '--body-fr', en);
	assert.equal(s.json('resource', 'show', 'tires').body_fr, r.body_en);

	refuse(1, /there is a resource "tires" already/, 'resource', 'add', 'tires', ...rest, '--body-en', en, '--body-fr', fr);
	refuse(2, /--body-fr: Fill this in/, 'resource', 'add', 'x', ...rest, '--body-en', en);
	refuse(2, /--summary-fr: Fill this in/, 'resource', 'add', 'x', ...rest.slice(0, 6), '--body-en', en, '--body-fr', fr);
	refuse(1, /\/nowhere: No such file/, 'resource', 'add', 'x', ...rest, '--body-en', '/nowhere', '--body-fr', fr);
	refuse(1, /bytes\.md: not a text in UTF-8/, 'resource', 'add', 'x', ...rest, '--body-en', s.file('bytes.md', Buffer.from([0xff, 0xfe])), '--body-fr', fr);
	refuse(1, /long\.md: longer than 400000 bytes/, 'resource', 'add', 'x', ...rest, '--body-en', s.file('long.md', 'x'.repeat(400001)), '--body-fr', fr);
	refuse(1, /there is no resource "gone"/, 'resource', 'edit', 'gone', '--position', '1');

	assert.match(s.ok('resource', 'remove', 'tires'), /removed/);
	refuse(1, /there is no resource "tires"/, 'resource', 'show', 'tires');
	refuse(1, /there is no resource "tires"/, 'resource', 'remove', 'tires');
});

test('listings: pending, approved, edited, removed', () => {
	const id = add();
	assert.match(s.ok('listing', 'pending'), new RegExp(`\\n${id} +\\d{4}-.* 1250\\.50 CAD +dories +nain +Dory`));
	const l = s.json('listing', 'show', String(id));
	assert.deepEqual([l.state, l.price, l.category, l.location, l.stock, l.contact_email, l.published_at], ['pending', '1250.50', 'dories', 'nain', 1, 'leo@example.com', null]);
	assert.equal(facets(id), '0');
	assert.match(s.ok('listing', 'approve', String(id)), new RegExp(`Listing ${id} published: Dory`));
	assert.equal(facets(id), '9');
	assert.match(s.ok('listing', 'show', String(id)), /State +published\n/);
	refuse(1, new RegExp(`listing ${id} is published: it cannot be published`), 'listing', 'approve', String(id));

	s.ok('listing', 'edit', String(id), '--price', '99', '--category', 'boats', '--stock', '3');
	const edited = s.json('listing', 'show', String(id));
	assert.deepEqual([edited.price, edited.category, edited.stock, edited.title, edited.description], ['99.00', 'boats', 3, l.title, l.description]);
	assert.equal(facets(id), '6');
	s.ok('listing', 'edit', String(id), '--description-file', s.file('dory.txt', 'Another text,\non two lines.\n'));
	assert.equal(s.json('listing', 'show', String(id)).description, 'Another text,\non two lines.');

	assert.match(s.ok('listing', 'remove', String(id)), /removed/);
	assert.equal(facets(id), '0');
	assert.equal(s.json('listing', 'show', String(id)).state, 'removed');
	refuse(1, /cannot be removed/, 'listing', 'remove', String(id));
	refuse(1, new RegExp(`listing ${id} is removed: it cannot be rejected`), 'listing', 'reject', String(id));
	assert.equal(s.sql(`SELECT GROUP_CONCAT(action ORDER BY id) FROM moderation_entry WHERE listing_id = ${id} AND moderator_id IS NULL`)[0][0], '1,5');
	refuse(1, /has been removed/, 'listing', 'edit', String(id), '--price', '1');
	assert.ok(s.json('listing', 'list', '--state', 'removed').some(x => x.id === id));
});

test('listings: published at once, rejected with a reason', () => {
	const id = add('--publish');
	assert.equal(facets(id), '9');
	assert.equal(s.json('listing', 'list')[0].id, id);
	const other = add('--stock', '2');
	assert.match(s.ok('listing', 'reject', String(other), '--reason', 'Not for sale here'), /rejected/);
	assert.match(s.ok('listing', 'show', String(other)), /Reason +Not for sale here/);
	const told = JSON.parse(s.sql(`SELECT payload FROM outbox WHERE kind = 'mail' AND subject_id = ${other}`)[0][0]);
	assert.deepEqual([told.mail, told.args[1]], ['listing-rejected', 'Not for sale here']);
	assert.match(told.args[2], /\/manage\/[\w-]{43}\/edit$/);
	assert.ok(s.json('listing', 'list', '--state', 'rejected').some(x => x.id === other));
});

test('listings: by pages', () => {
	const ids = [add(), add(), add()].reverse();
	assert.deepEqual(s.json('listing', 'pending', '--limit', '2').map(l => l.id), ids.slice(0, 2));
	assert.match(s.ok('listing', 'pending', '--limit', '2'), new RegExp(`Older ones: --before ${ids[1]}`));
	assert.equal(s.json('listing', 'pending', '--before', String(ids[1]))[0].id, ids[2]);
});

test('listings: mistakes', () => {
	const without = name => dory.filter((_, i) => dory[i - i % 2] !== name);
	const but = (name, value) => [...without(name), name, value];
	const cases = [
		[2, /--title: Fill this in/, without('--title')],
		[2, /--title: Write at least 4/, but('--title', 'abc')],
		[2, /--description: Write at least 20/, but('--description', 'short')],
		[2, /--price: Enter an amount/, but('--price', 'much')],
		[2, /--price: Enter an amount|--price: Enter 0/, but('--price', '-5')],
		[2, /--contact-email: Enter an e-mail/, but('--contact-email', 'leo')],
		[2, /--stock: Enter 1 or more/, [...dory, '--stock', '0']],
		[1, /--category: there is no category "planes"/, but('--category', 'planes')],
		[1, /--location: there is no place "oslo"/, but('--location', 'oslo')],
		[2, /--description and --description-file: give one/, [...dory, '--description-file', '/dev/null']],
		[1, /\/nowhere: No such file/, [...without('--description'), '--description-file', '/nowhere']],
		[2, /--title: the text is not UTF-8|--title: Remove/, but('--title', 'a\u0007bell here')],
	];
	for (const [status, text, args] of cases) refuse(status, text, 'listing', 'add', ...args);
	s.ok('listing', 'add', ...dory);
	refuse(1, /this seller has a listing with the same text already/, 'listing', 'add', ...dory);
	refuse(1, /there is no listing 999999/, 'listing', 'show', '999999');
	refuse(1, /there is no listing 999999/, 'listing', 'approve', '999999');
	for (const id of ['0', '-1', 'x', '1.5', '99999999999999999999']) refuse(2, /an id is a whole number|options begin/, 'listing', 'show', id);
	refuse(2, /--state: pending, published, rejected, removed, draft, held, expired, sold, withdrawn or unconfirmed/, 'listing', 'list', '--state', 'gone');
	refuse(2, /--limit: a whole number from 1 to 1000/, 'listing', 'list', '--limit', '0');
});

test('messages: read, by kind, removed', () => {
	assert.match(s.ok('message', 'list'), /No messages/);
	s.sql(`INSERT INTO message (kind, listing_id, name, email, body, lang, content_hash, created_at) VALUES
		(0, NULL, 'Mary', 'mary@example.com', 'Good site.\nThank you.', 'en', REPEAT('a', 32), UTC_TIMESTAMP()),
		(2, 1, 'Denis', '', 'Une arnaque, je crois, et longue : ${'mot '.repeat(30)}', 'fr', REPEAT('b', 32), UTC_TIMESTAMP())`);
	const [report, note] = s.json('message', 'list');
	assert.deepEqual([report.kind, report.listing_id, note.kind, note.listing_id, note.read_at], ['report', 1, 'site', null, null]);
	assert.match(s.ok('message', 'list'), /new +.* site +Mary +Good site\. Thank you\./);
	assert.match(s.ok('message', 'list'), /…/);
	assert.deepEqual(s.json('message', 'list', '--kind', 'report').map(m => m.id), [report.id]);
	assert.match(s.ok('message', 'show', String(note.id)), /From +Mary\n[^]*Good site\.\n +Thank you\./);
	assert.notEqual(s.json('message', 'show', String(note.id)).read_at, null);
	assert.doesNotMatch(s.ok('message', 'list', '--kind', 'site'), /new/);
	assert.match(s.ok('message', 'list', '--limit', '1'), new RegExp(`Older ones: --before ${report.id}`));
	s.ok('message', 'remove', String(note.id));
	refuse(1, new RegExp(`there is no message ${note.id}`), 'message', 'show', String(note.id));
	refuse(1, /there is no message/, 'message', 'remove', String(note.id));
	refuse(2, /--kind: site, seller or report/, 'message', 'list', '--kind', 'spam');
});
