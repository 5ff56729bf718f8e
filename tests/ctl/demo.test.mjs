// Demo data: the same for the same seed, and nothing twice.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { ended, site, until } from './tool.mjs';

const sites = [];
const make = name => { const s = site(name); sites.push(s); return s; };
after(() => { for (const s of sites) s.dispose(); });

const asOf = ['--as-of', '2026-06-01T00:00:00Z'];
const checksum = s => s.one(`SELECT MD5(GROUP_CONCAT(MD5(CONCAT_WS('|', l.id, c.slug, p.slug, l.title, l.slug, l.description, l.price_minor, l.stock, l.contact_name,
	l.contact_email, l.published_at)) ORDER BY l.id SEPARATOR '')) FROM listing l JOIN category c ON c.id = l.category_id JOIN place p ON p.id = l.place_id`.replace('SELECT', 'SET SESSION group_concat_max_len = 100000000; SELECT'));

test('the same seed makes the same listings, however they come in', () => {
	const whole = make('ctl_demo_whole'), parts = make('ctl_demo_parts'), other = make('ctl_demo_other');
	whole.ok('demo-data', '--listings', '2500', '--seed', '7', ...asOf);
	parts.ok('demo-data', '--listings', '2500', '--seed', '7', ...asOf);
	other.ok('demo-data', '--listings', '2500', '--seed', '8', ...asOf);
	assert.equal(checksum(parts), checksum(whole));
	assert.notEqual(checksum(other), checksum(whole));
	assert.equal(whole.one('SELECT COUNT(*) FROM listing WHERE published_at > \'2026-06-01\' OR published_at < \'2026-06-01\' - INTERVAL 60 DAY'), '0');
	assert.equal(whole.one('SELECT COUNT(*) FROM listing_facet'), String(9 * 2500));
	assert.equal(whole.one('SELECT COUNT(*) FROM listing WHERE contact_email NOT LIKE \'%@example.com\''), '0');
	assert.ok(Number(whole.one('SELECT COUNT(DISTINCT description) FROM listing')) > 2400);
	assert.ok(Number(whole.one('SELECT COUNT(DISTINCT price_minor) FROM listing')) > 200);
	// the capital has far more than any village, as it has people
	assert.ok(Number(whole.one("SELECT COUNT(*) FROM listing l JOIN place p ON p.id = l.place_id WHERE p.slug = 'st-johns'")) > 300);
});

test('run again: nothing twice, up to N, or more with --append', () => {
	const s = make('ctl_demo_again');
	assert.match(s.ok('demo-data', '--listings', '30'), /Categories: \d\d added[^]*Resources: 8 added[^]*Listings: 30 added/);
	const content = () => ['category', 'place', 'resource', 'listing'].map(table => Number(s.one(`SELECT COUNT(*) FROM ${table}`)));
	const first = content();
	assert.match(s.ok('demo-data', '--listings', '30'), /Categories: 0 added[^]*Resources: 0 added[^]*there are 30 already, none added/);
	assert.deepEqual(content(), first);
	assert.match(s.ok('demo-data', '--listings', '50'), /there are 30 already\.\nListings: 20 added/);
	assert.match(s.ok('demo-data', '--listings', '10', '--append'), /Listings: 10 added/);
	assert.equal(s.one('SELECT COUNT(*) FROM listing'), '60');
	assert.equal(s.one('SELECT COUNT(DISTINCT title, description, contact_email) FROM listing'), '60');
	s.ok('demo-data', '--listings', '0');
});

test('what the owner changed stays, what is missing comes back', () => {
	const s = make('ctl_demo_owner');
	s.ok('demo-data', '--listings', '0');
	s.ok('category', 'edit', 'boats', '--name-en', 'Our boats');
	s.ok('resource', 'edit', 'renting', '--title-en', 'Our renting');
	s.ok('place', 'remove', 'nain');
	assert.match(s.ok('demo-data', '--listings', '0'), /Places: 1 added/);
	assert.equal(s.json('category', 'show', 'boats').name_en, 'Our boats');
	assert.equal(s.json('resource', 'show', 'renting').title_en, 'Our renting');
	assert.equal(s.json('place', 'show', 'nain').region, 'labrador');
});

test('a bar on a terminal, plain lines elsewhere', () => {
	const s = make('ctl_demo_bar');
	const shown = spawnSync('script', ['-qec', `'${s.program}' demo-data --listings 3000`, '/dev/null'], { encoding: 'utf8', env: { ...process.env, OUTPORT_CONFIG: s.conf } });
	assert.equal(shown.status, 0);
	assert.match(shown.stdout, /\r\[#{30}\] 100 % {2}3000 of 3000 listings, \d+\/s/);
	const plain = s.run('demo-data', '--listings', '4000');
	assert.doesNotMatch(plain.stderr, /\r|#/);
});

test('killed half-way it goes on to exactly N', async () => {
	const s = make('ctl_demo_killed');
	const child = s.start('demo-data', '--listings', '15000');
	const end = ended(child);
	await until(child, () => s.one('SELECT COUNT(*) FROM listing') !== '0');
	child.kill('SIGKILL');
	assert.equal((await end).signal, 'SIGKILL');
	const there = Number(s.one('SELECT COUNT(*) FROM listing'));
	assert.ok(there > 0 && there < 15000, String(there));
	s.ok('demo-data', '--listings', '15000');
	assert.equal(s.one('SELECT COUNT(*) FROM listing'), '15000');
	assert.equal(s.one('SELECT COUNT(*) FROM listing_facet'), String(9 * 15000));
});

test('mistakes', () => {
	const s = make('ctl_demo_mistakes');
	for (const [args, text] of [
		[['--listings', 'many'], /--listings: a whole number from 0 to 10000000 is needed/],
		[['--listings', '10000001'], /--listings: a whole number/],
		[['--seed', '-1'], /--seed: a whole number/],
		[['--as-of', 'soon'], /--as-of: a time such as/],
	]) {
		const result = s.run('demo-data', ...args);
		assert.equal(result.status, 2);
		assert.match(result.stderr, text);
	}
	assert.equal(s.one('SELECT COUNT(*) FROM category'), '0');
});
