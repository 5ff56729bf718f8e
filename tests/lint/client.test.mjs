// Holds the static site together: every page whole, in both languages, with links that lead somewhere, light, readable and
// free of anything from elsewhere. Reads files only; what a browser does with them is tests/browser's business.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import vm from 'node:vm';

const top = process.env.top_srcdir || join(dirname(fileURLToPath(import.meta.url)), '../..');
const client = join(top, 'client');
const read = (name) => readFileSync(join(client, name), 'utf8');

function walk(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? walk(join(folder, entry.name)) : [posix.normalize(relative(client, join(folder, entry.name)))]);
}
const files = walk(client).sort();
const isPartial = (name) => name.includes('partials/');
const isError = (name) => name.includes('errors/');
const pages = files.filter((name) => name.endsWith('.html') && !isPartial(name));
const partials = files.filter(isPartial);
const english = (names) => names.filter((name) => !name.startsWith('fr/'));
const languageOf = (name) => (name.startsWith('fr/') ? 'fr' : 'en');

// ---- A small reader of our own markup: tags with their attributes, in order ----

function tags(html) {
	const found = [];
	const pattern = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g;
	for (const [, closing, name, rest] of html.matchAll(pattern)) {
		if (name === undefined) continue;
		const attributes = {};
		for (const [, key, value] of rest.matchAll(/([^\s=/"']+)(?:="([^"]*)")?/g)) attributes[key] = value ?? '';
		found.push({ name: name.toLowerCase(), closing: closing === '/', attributes });
	}
	return found;
}
const open = (html, name) => tags(html).filter((tag) => !tag.closing && tag.name === name);
const includes = (html) => [...html.matchAll(/<!--# include (file|virtual)="([^"]+)"(?: stub="([^"]+)")? -->/g)]
	.map(([, kind, address, stub]) => ({ kind, address, stub }));
const blocks = (html) => [...html.matchAll(/<!--# block name="([^"]+)" -->([\s\S]*?)<!--# endblock -->/g)]
	.map(([, name, content]) => ({ name, content }));
const textOf = (html) => html.replace(/<[^>]*>/g, ' ').replace(/[ \t\n]+/g, ' ').trim();

// A page as nginx sends it: blocks taken out, partials put in, fragments as given.
function assembled(html, fragment = () => '') {
	return html.replace(/<!--# block [\s\S]*?<!--# endblock -->/g, '')
		.replace(/<!--# include (file|virtual)="([^"]+)"(?: stub="[^"]+")? -->/g, (all, kind, address) =>
			(kind === 'file' ? read(address.slice(1).replace('$outport_header', 'header-out.html')) : fragment(address)));
}

// ---- Where links may lead ----

function workerRoutes() {
	const table = readFileSync(join(top, 'src/routes.c'), 'utf8');
	return [...table.matchAll(/\{\s*HTTP_(GET|POST),\s*"(\/[^"]*)"/g)].map(([, method, pattern]) => ({
		method,
		matches: new RegExp('^' + pattern.replace(/[.]/g, '\\.').replace(/\{[a-z]+\}/g, '[^/]+') + '$'),
	}));
}
const routes = workerRoutes();
const staticAddress = (path) => {
	const name = path === '/' ? 'index' : path.slice(1);
	return /^[a-z]+$/.test(name) ? name + '.html' : null;
};

function leadsSomewhere(address, method = 'GET') {
	const path = address.replace(/[?#].*$/, '');
	const bare = path.replace(/^\/fr(?=\/)/, '');
	const folder = bare === path ? '' : 'fr/';
	if (routes.some((route) => route.method === method && route.matches.test(bare))) return true;
	if (method !== 'GET') return false;
	const page = staticAddress(bare);
	return page !== null ? existsSync(join(client, folder + page)) : existsSync(join(client, path));
}

function checkLink(name, address, method) {
	if (address === '' || address.startsWith('#')) return;
	assert.doesNotMatch(address, /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i, `${name}: ${address} is not of this site`);
	const path = address.startsWith('/') ? address : posix.join('/', posix.dirname(name), address);
	assert.ok(leadsSomewhere(path, method), `${name}: ${address} leads nowhere`);
}

test('the routes were found', () => assert.ok(routes.length > 20, `${routes.length} routes in src/routes.c`));

for (const name of pages) {
	const source = read(name);
	const html = assembled(source);
	const lang = languageOf(name);

	test(`${name}: head, landmarks and one h1`, () => {
		assert.match(source, /^<!DOCTYPE html>\n/);
		assert.equal(open(html, 'html')[0]?.attributes.lang, lang);
		assert.match(html, /<title>[^<]*Outport[^<]*<\/title>/);
		const metas = open(html, 'meta').map((tag) => tag.attributes);
		assert.ok(metas.some((meta) => meta.charset === 'utf-8'), 'charset');
		assert.ok(metas.some((meta) => meta.name === 'viewport'), 'viewport');
		const hidden = metas.some((meta) => meta.name === 'robots' && meta.content === 'noindex');
		assert.ok(hidden || metas.some((meta) => meta.name === 'description' && meta.content.length > 40), 'description');
		assert.equal(open(html, 'h1').length, 1);
		for (const landmark of ['header', 'main', 'footer']) assert.equal(open(html, landmark).length, 1, landmark);
		for (const nav of open(html, 'nav')) assert.ok(nav.attributes['aria-label'], 'a nav without a name');
		const first = tags(html.slice(html.indexOf('<body'))).find((tag) => 'href' in tag.attributes);
		assert.deepEqual([first.attributes.class, first.attributes.href], ['skip', '#main']);
		assert.equal(open(html, 'main')[0].attributes.id, 'main');
	});

	test(`${name}: elements are closed, ids are single, references resolve`, () => {
		const lone = new Set(['meta', 'link', 'input', 'img', 'br', 'hr']);
		const stack = [];
		for (const tag of tags(html)) {
			if (lone.has(tag.name)) continue;
			if (!tag.closing) stack.push(tag.name);
			else assert.equal(stack.pop(), tag.name);
		}
		assert.deepEqual(stack, []);
		const attributes = tags(html).map((tag) => tag.attributes);
		const ids = attributes.map((a) => a.id).filter(Boolean);
		assert.equal(new Set(ids).size, ids.length, 'an id stands twice');
		for (const a of attributes) {
			for (const key of ['for', 'aria-describedby', 'aria-labelledby']) {
				for (const id of (a[key] ?? '').split(' ').filter(Boolean)) assert.ok(ids.includes(id), `${key}="${id}"`);
			}
			if (a.href?.startsWith('#')) assert.ok(ids.includes(a.href.slice(1)), a.href);
		}
	});

	test(`${name}: nothing inline, one stylesheet, one deferred script`, () => {
		for (const tag of tags(source)) {
			assert.notEqual(tag.name, 'style');
			for (const key of Object.keys(tag.attributes)) assert.doesNotMatch(key, /^(?:style$|on)/i);
		}
		const sheets = open(source, 'link').filter((tag) => tag.attributes.rel === 'stylesheet');
		assert.equal(sheets.length, 1);
		const scripts = open(source, 'script');
		assert.equal(scripts.length, isError(name) ? 0 : 1);
		for (const script of scripts) assert.ok(script.attributes.src && 'defer' in script.attributes && !('type' in script.attributes));
	});

	test(`${name}: every link leads somewhere on this site`, () => {
		for (const tag of tags(html)) {
			if (tag.attributes.href !== undefined) checkLink(name, tag.attributes.href);
			if (tag.attributes.src !== undefined) checkLink(name, tag.attributes.src);
			if (tag.name === 'form' && !tag.closing) checkLink(name, tag.attributes.action, tag.attributes.method.toUpperCase());
		}
		for (const { attributes } of open(source, 'a')) {
			const { href } = attributes;
			if (href.startsWith('/') && attributes.class !== 'lang') {
				assert.equal(href.startsWith('/fr/'), lang === 'fr', `${href} leaves the language`);
			}
		}
	});

	test(`${name}: pictures say what they show and keep their place`, () => {
		for (const { attributes } of [...open(source, 'img'), ...open(html, 'img')]) {
			assert.ok('alt' in attributes && attributes.width && attributes.height, attributes.src);
		}
	});

	test(`${name}: every include has its place and its words for when it is away`, () => {
		const stubs = new Map(blocks(source).map((block) => [block.name, block.content]));
		for (const { kind, address, stub } of includes(source)) {
			assert.equal(address.startsWith('/fr/'), lang === 'fr', address);
			// nginx chooses the header by the session: both have to be there
			for (const header of ['header-out.html', 'header-in.html']) checkLink(name, address.replace('$outport_header', header));
			if (kind === 'file') continue;
			assert.ok(stub && stubs.has(stub), `${address} has no stub`);
			assert.ok(textOf(stubs.get(stub)).length > 30, `${address}: the stub says too little`);
			assert.ok(source.indexOf(`block name="${stub}"`) < source.indexOf(`virtual="${address}"`), 'the stub comes before its include');
		}
		for (const block of stubs.keys()) assert.ok(source.includes(`stub="${block}"`), `the block ${block} is used`);
	});

	test(`${name}: forms carry a label for each field, the trap and their age`, () => {
		for (const form of open(html, 'form')) {
			if (form.attributes.method !== 'post') continue;
			assert.ok('data-once' in form.attributes && 'novalidate' in form.attributes);
			assert.ok(includes(source).some((include) => include.address.endsWith('/fragments/form-age')));
			const trap = open(html, 'input').find((tag) => tag.attributes.name === 'website');
			assert.deepEqual([trap.attributes.autocomplete, trap.attributes.tabindex], ['off', '-1']);
		}
		const labelled = new Set(open(html, 'label').map((tag) => tag.attributes.for));
		for (const field of [...open(html, 'input'), ...open(html, 'select'), ...open(html, 'textarea')]) {
			assert.ok(labelled.has(field.attributes.id), `${field.attributes.name} has a label`);
			assert.equal(field.attributes.id, 'f-' + field.attributes.name);
		}
	});
}

test('error pages and their partials say the same', () => {
	for (const name of pages.filter(isError)) {
		const folder = languageOf(name) === 'fr' ? 'fr/' : '';
		const source = read(name);
		assert.ok(source.includes(read(folder + 'partials/header-out.html')), `${name}: the header is not the partial's`);
		assert.ok(source.includes(read(folder + 'partials/footer.html')), `${name}: the footer is not the partial's`);
		assert.doesNotMatch(source, /<!--#/, `${name}: nginx sends error pages as they are`);
		for (const tag of tags(source)) {
			for (const key of ['href', 'src']) {
				assert.match(tag.attributes[key] ?? '/', /^(?:$|[/#])/, `${name} is shown at any address, so its links start with /`);
			}
		}
	}
});

test('there is a page for every error nginx answers by itself', () => {
	for (const status of [400, 403, 404, 405, 413, 414, 429, 431, 500, 502, 503, 504]) {
		assert.ok(files.includes(`errors/${status}.html`), String(status));
	}
});

test('partials hold no directives', () => {
	for (const name of partials) assert.doesNotMatch(read(name), /<!--#/, name);
});

// ---- Two languages, one site ----

// What has to be the same in both: the elements that act, and where they lead.
function skeleton(name) {
	const html = read(name);
	const neutral = (address) => address?.replace(/^\/fr(?=\/)/, '').replace(/^\.\.\//, '');
	return {
		includes: includes(html).map(({ kind, address, stub }) => [kind, neutral(address), stub]),
		elements: tags(html).filter((tag) => !tag.closing && tag.name !== 'i').map(({ name: tag, attributes: a }) =>
			[tag, a.class, a.id, a.name === 'description' || tag === 'html' ? '' : a.name, a.type, a.maxlength, 'required' in a,
				a.class === 'lang' ? '' : neutral(a.href ?? a.src ?? a.action)].join(' ')),
	};
}

test('every page exists in both languages, built alike', () => {
	const all = [...pages, ...partials];
	assert.deepEqual(english(all).map((name) => 'fr/' + name), all.filter((name) => name.startsWith('fr/')));
	for (const name of english(all)) assert.deepEqual(skeleton('fr/' + name), skeleton(name), name);
});

test('each page leads to itself in the other language', () => {
	for (const name of pages.filter((page) => !isError(page))) {
		const bare = name.replace(/^fr\//, '').replace(/\.html$/, '').replace(/^index$/, '');
		const other = languageOf(name) === 'fr' ? 'en' : 'fr';
		const [link] = open(read(name), 'a').filter((tag) => tag.attributes.class === 'lang');
		assert.deepEqual([link.attributes.hreflang, link.attributes.lang], [other, other], name);
		assert.equal(link.attributes.href, (other === 'fr' ? '/fr/' : '/') + bare, name);
	}
});

// The worker sends a form back with its mistakes: the visitor must find the same form.
test('static forms and the worker’s have the same fields', () => {
	const fields = (html) => tags(html).filter((tag) => !tag.closing && ['input', 'select', 'textarea'].includes(tag.name))
		.filter(({ attributes: a }) => a.type !== 'hidden')
		.map(({ name, attributes: a }) => [name, a.id, a.name, a.type, a.class, a.maxlength, a.inputmode, a.autocomplete, 'required' in a].join(' '));
	for (const [name, golden] of [['submit.html', 'submit-errors.html'], ['fr/submit.html', 'submit-errors-fr.html'], ['fr/contact.html', 'contact-errors-fr.html']]) {
		const sent = readFileSync(join(top, 'tests/render/golden', golden), 'utf8');
		assert.deepEqual(fields(read(name)), fields(sent), name);
		const words = (html) => [...html.matchAll(/<(?:legend|label|p class="hint")[^>]*>([^<]*)</g)].map(([, text]) => text);
		assert.deepEqual(words(read(name)), words(sent), name);
	}
});

test('French is set as French Canada sets it', () => {
	for (const name of files.filter((file) => file.startsWith('fr/'))) {
		const words = textOf(read(name).replace(/<!--[\s\S]*?-->/g, ' '));
		assert.doesNotMatch(words, /[a-zà-ÿ]'[a-zà-ÿ]/i, `${name}: a straight apostrophe`);
		assert.doesNotMatch(words, /(?<!\u00a0)[:»](?!\/\/)|«(?!\u00a0)/, `${name}: no-break space before a colon and inside « »`);
		assert.doesNotMatch(words, /[\s\u00a0][;?!]/, `${name}: no space before ; ? !`);
	}
});

// ---- The stylesheet ----

const css = read('styles.css');
const plainCss = css.replace(/\/\*[\s\S]*?\*\//g, '');

function palette(scheme) {
	const light = plainCss.match(/:root \{([^}]*)\}/)[1];
	const dark = plainCss.match(/@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/)[1];
	const colours = {};
	for (const [, name, value] of (light + (scheme === 'dark' ? dark : '')).matchAll(/--([a-z0-9-]+): (#[0-9a-f]{3,6});/g)) colours[name] = value;
	return colours;
}

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(hex) {
	const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
	const [r, g, b] = [1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16) / 255)
		.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
	const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (light + 0.05) / (dark + 0.05);
}

const TEXT = 4.5, SHAPE = 3;
const pairs = [
	...['ink', 'quiet', 'link', 'bad'].flatMap((text) => [[text, 'fog', TEXT], [text, 'paper', TEXT]]),
	['bad', 'bad-paper', TEXT], ['ink', 'bad-paper', TEXT], ['on-button', 'button', TEXT],
	['on-deep', 'deep', TEXT], ['on-deep-quiet', 'deep', TEXT],
	['edge', 'paper', SHAPE], ['edge', 'fog', SHAPE], ['button', 'paper', SHAPE], ['button', 'fog', SHAPE],
	['focus', 'paper', SHAPE], ['focus', 'fog', SHAPE], ['good', 'paper', SHAPE],
	...Array.from({ length: 12 }, (_, i) => [`c${i + 1}`, 'paper', SHAPE]),
];
for (const scheme of ['light', 'dark']) {
	test(`colours can be told apart, ${scheme}`, () => {
		const colours = palette(scheme);
		for (const [front, back, least] of pairs) {
			const ratio = contrast(colours[front], colours[back]);
			assert.ok(ratio >= least, `--${front} on --${back}: ${ratio.toFixed(2)}, at least ${least}`);
		}
	});
}

test('the stylesheet is whole and takes nothing from elsewhere', () => {
	assert.equal(plainCss.split('{').length, plainCss.split('}').length, 'braces');
	assert.doesNotMatch(plainCss, /@import|https?:|expression\(/);
	for (const [, address] of plainCss.matchAll(/url\(([^)]*)\)/g)) assert.ok(files.includes(address), address);
	const known = new Set([...plainCss.matchAll(/--([a-z0-9-]+):/g)].map(([, name]) => name));
	for (const [, name] of plainCss.matchAll(/var\(--([a-z0-9-]+)/g)) assert.ok(known.has(name), `--${name} is not defined`);
	for (let n = 1; n <= 12; n++) assert.ok(plainCss.includes(`.cat-${n} {`), `.cat-${n}`);
	assert.match(plainCss, /prefers-reduced-motion: reduce/);
});

// ---- The script and the pictures ----

test('scripts are classic, short and make no markup from text', () => {
	for (const name of files.filter((file) => file.endsWith('.js'))) {
		const script = read(name);
		assert.doesNotThrow(() => new vm.Script(script), name);
		assert.doesNotMatch(script, /innerHTML|outerHTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b|https?:/, name);
		assert.ok(gzipSync(script, { level: 5 }).length <= 8 * 1024, name);
	}
});

test('drawings hold no script and no style of their own', () => {
	for (const name of files.filter((file) => file.endsWith('.svg'))) {
		const drawing = read(name).replace('xmlns="http://www.w3.org/2000/svg"', '');
		assert.doesNotMatch(drawing, /<script|<style|style=|\son[a-z]+=|https?:|href=/i, name);
	}
});

// ---- Weight ----

// What a first visit to a page loads, in bytes as nginx sends them. A fragment is taken for a long one: eight cards, all places.
test('no page weighs more than 60 KB at first visit', () => {
	const longest = '<li class="card cat-10"><h3><a href="/listings/123456/a-title-of-the-usual-length">A title of the usual length</a></h3></li>\n'.repeat(60);
	const sent = (name) => {
		const bytes = readFileSync(join(client, name));
		return /\.(?:jpg|ico)$/.test(name) ? bytes.length : gzipSync(bytes, { level: 5 }).length;
	};
	const shared = ['styles.css', 'scripts.js', 'favicon.svg', 'row.svg', 'houses.svg', 'things.svg'];
	for (const name of pages) {
		const html = assembled(read(name), () => longest);
		const pictures = open(html, 'img').map((tag) => posix.basename(tag.attributes.src));
		const once = new Set([...shared, ...pictures]);
		const weight = gzipSync(html, { level: 5 }).length + [...once].reduce((sum, file) => sum + sent(file), 0);
		assert.ok(weight <= 60 * 1024, `${name}: ${weight} bytes`);
	}
	assert.ok(sent('newfoundland_cover.jpg') <= 35 * 1024, 'the cover');
});

test('the build installs every file of the site', () => {
	const list = read('Makefile.inc');
	for (const name of files.filter((file) => file !== 'Makefile.inc')) assert.ok(list.includes(`client/${name}`), name);
	for (const [name] of list.replace(/#.*/g, '').matchAll(/client\/\S+/g)) assert.ok(existsSync(join(top, name)), name);
});
