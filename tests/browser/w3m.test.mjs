// The site in w3m, a browser for text: everything that matters is there, in an order that makes sense.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../support/nginx.mjs';
import { sharedSite } from '../support/site.mjs';

const run = promisify(execFile);
let site, home;

before(async () => {
	site = await sharedSite();
	home = mkdtempSync(path.join(tmpdir(), 'outport-w3m-'));
});
after(async () => {
	await site?.stop();
	rmSync(home, { recursive: true, force: true });
});

const dump = async address => (await run('w3m', ['-dump', '-cols', '80', '-O', 'UTF-8', '-I', 'UTF-8', '-o', 'display_link_number=1',
	`${site.url}${address}`], { env: { ...process.env, HOME: home, LC_ALL: 'C.UTF-8', http_proxy: '', no_proxy: '127.0.0.1' }, timeout: 20000 })).stdout;
// The lines, with w3m's link numbers taken out and counted.
const read = async address => {
	const said = await dump(address);
	return { links: (said.match(/^\s*\[\d+\] http/gm) ?? []).length, text: said.replace(/\[\d+\]/g, ''), lines: said.replace(/\[\d+\]/g, '').split('\n').map(line => line.trim()).filter(Boolean) };
};
// Each is found, below the one before it.
const inOrder = (text, parts) => {
	let from = 0;
	for (const part of parts) {
		const at = text.indexOf(part, from);
		assert.ok(at >= 0, `“${part}” is not ${text.includes(part) ? 'where it belongs' : 'there'}:\n${text.slice(0, 3000)}`);
		from = at + part.length;
	}
};
const listings = async (sort = 'newest') => JSON.parse(await (await fetch(`${site.url}/api/v1/listings?limit=20&sort=${sort}`)).text()).listings;
// A page and, of the same moment, the newest listings, of which it shows n: others add some meanwhile.
async function readWithNewest(address, n) {
	let page, all;
	await until(async () => {
		page = await read(address);
		all = await listings();
		return all.slice(0, n).every(({ title }) => page.text.includes(title.slice(0, 40)));
	}, () => `${n} of ${all.map(({ title }) => title).join(', ')} on ${address}:\n${page.text.slice(0, 3000)}`);
	return { ...page, all };
}

test('the front page', async () => {
	const { text, links, all: [newest] } = await readWithNewest('/', 1);
	inOrder(text, ['Skip to the content', 'Outport', 'Listings', 'Submit a listing', 'The noticeboard of Newfoundland and Labrador', 'Search the listings',
		'Browse by category', 'Newest listings', newest.title, 'Browse all listings', 'Français', 'Privacy']);
	assert.ok(links > 25, `${links} links`);
	assert.match(text, /\$\d/);
});

test('the listings: title, price, then where and when, one below the other', async () => {
	const { text, lines, links, all } = await readWithNewest('/listings', 20);
	assert.equal(all.length, 20);
	inOrder(text, ['Skip to the content', 'Category', 'Price', ...all.map(({ title }) => title.slice(0, 40)), 'Next', 'Privacy']);
	const first = lines.findIndex(line => line.includes(all[0].title.slice(0, 40)));
	assert.ok(first > 0);
	assert.match(lines.slice(first + 1, first + 4).join('\n'), /^(\$[\d,.]+|Free)$/m);
	assert.match(lines.slice(first + 1, first + 5).join('\n'), /ago|just now|20\d\d/);
	assert.ok(links > 30, `${links} links`);
	assert.deepEqual(lines.slice(0, lines.indexOf('References:')).filter(line => line.length > 80), [], 'within the terminal');
});

test('a listing', async () => {
	const [{ id, title, url }] = await listings('price_desc');
	const { description } = JSON.parse(await (await fetch(`${site.url}/api/v1/listings/${id}`)).text());
	const { text } = await read(url);
	inOrder(text, ['Skip to the content', title.slice(0, 60), 'Place', 'Category', 'Description', description.split(/\s+/).slice(0, 4).join(' '), 'Write to the seller', 'Similar listings']);
});
