// make bench: the JSON list and the HTML list of listings, answered by Outport and by five others doing the same job behind the same
// nginx, in interleaved rounds of one go; then the cache, the deep page and the growth of the data. Ratios count: see docs/performance.md.
//   node run.mjs [--rounds 5] [--seconds 4] [--listings 100000] [--million] [--write FILE], or with --sessions only what being signed in costs
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Database, Peers, run, startNginx, stopAll } from './stage.mjs';
import { cpuOf, load, median, memoryOf } from './measure.mjs';
import { report, sessionVerdicts } from './report.mjs';
import { sessions } from './sessions.mjs';

const { values: o } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' }, listings: { type: 'string', default: '100000' },
		million: { type: 'boolean', default: false }, sessions: { type: 'boolean', default: false }, write: { type: 'string' },
	},
});
const rounds = Number(o.rounds), seconds = Number(o.seconds), listings = Number(o.listings);
const here = path.dirname(fileURLToPath(import.meta.url));
const source = process.env.top_srcdir ?? path.join(here, '../..');
const build = process.env.top_builddir;
const dir = path.join(build, 'bench-run');
const say = (text) => process.stderr.write(`${text}\n`);

async function get(url) {
	const r = await fetch(url, { headers: { 'Accept-Encoding': 'identity' } });
	if (r.status !== 200) throw new Error(`${url}: ${r.status}: ${(await r.text()).slice(0, 300)}`);
	return r.text();
}

// What is not a card of the page: every peer prints it as it is, so that all answer the same bytes.
function frame(html) {
	const first = html.indexOf('<li class="card');
	const end = '</li>\n';
	const last = html.lastIndexOf(end, html.indexOf('</ul>', html.lastIndexOf('<li class="card'))) + end.length;
	writeFileSync(path.join(dir, 'frame-head.html'), html.slice(0, first));
	writeFileSync(path.join(dir, 'frame-tail.html'), html.slice(last));
	writeFileSync(path.join(dir, 'static.html'), html);
}

// A peer that does another job than the others is no peer.
async function compare(url, name) {
	const want = JSON.parse(await get(`${url}/outport/json`)).listings, got = JSON.parse(await get(`${url}/${name}/json`)).listings;
	if (JSON.stringify(want) !== JSON.stringify(got)) throw new Error(`${name}: another JSON\n${JSON.stringify(want[0])}\n${JSON.stringify(got[0])}`);
	const strip = (html) => html.replace(/<time.*?<\/time>/g, '').replaceAll('&quot;', '"').replaceAll(/&#(0?39|34);|&apos;/g, "'");
	const a = strip(await get(`${url}/outport/html`)), b = strip(await get(`${url}/${name}/html`));
	if (a !== b) {
		const at = [...a].findIndex((c, i) => c !== b[i]);
		throw new Error(`${name}: another page at ${at}: ${JSON.stringify(a.slice(at - 40, at + 60))} is ${JSON.stringify(b.slice(at - 40, at + 60))}`);
	}
}

// One target under load: requests a second, latency, and CPU a request by group of processes.
async function measure(url, groups, headers) {
	const before = groups.map((g) => cpuOf(g.pids()));
	const r = await load(url, seconds, headers);
	const cpu = Object.fromEntries(groups.map((g, i) => [g.name, ((cpuOf(g.pids()) - before[i]) * 1e6) / r.requests]));
	return { ...r, cpu };
}

async function rounds_of(targets) {
	const all = new Map(targets.map((t) => [t.key, []]));
	for (let i = 0; i < rounds; i++) {
		for (const t of i % 2 ? [...targets].reverse() : targets) all.get(t.key).push(await measure(t.url, t.groups, t.headers));
		say(`  round ${i + 1} of ${rounds}`);
	}
	return new Map([...all].map(([key, list]) => [key, {
		rps: median(list.map((x) => x.rps)), p50: median(list.map((x) => x.p50)), p99: median(list.map((x) => x.p99)),
		errors: list.reduce((s, x) => s + x.errors, 0),
		cpu: Object.fromEntries(Object.keys(list[0].cpu).map((g) => [g, median(list.map((x) => x.cpu[g]))])),
	}]));
}

// The cursor of the page `deep` pages behind the first.
async function cursorAt(url, deep) {
	let cursor = '';
	for (let i = 0; i < deep; i++) {
		const r = JSON.parse(await get(`${url}/outport/api?limit=20${cursor && `&cursor=${cursor}`}`));
		if (r.next_cursor === null) throw new Error(`only ${i} pages`);
		cursor = r.next_cursor;
	}
	return cursor;
}

async function grown(database, peers, nginx) {
	const sizes = o.million ? [1000, listings, 1000000] : [1000, listings];
	const targets = [];
	for (const n of sizes) {
		if (n !== listings) {
			say(`  ${n} listings`);
			database.fill(`bench_${n}`, n);
			await peers.outport(`grown-${n}`, `bench_${n}`);
		}
		const name = n === listings ? 'outport' : `grown-${n}`;
		targets.push({ key: n, url: `${nginx.url}/${name}/json`, groups: [peers.group(name), database.group] });
	}
	nginx.reload();
	return rounds_of(targets);
}

async function main() {
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	say(`database with ${listings} listings`);
	const database = await Database.start(dir, build, source);
	database.fill('bench', listings);
	const peers = new Peers({ dir, build, source, here, database });
	await peers.outport('outport', 'bench');
	const nginx = await startNginx(dir, source);
	const signedIn = () => sessions({ database, peers, nginx, build, rounds, roundsOf: rounds_of });
	if (o.sessions) {
		process.stdout.write(sessionVerdicts(await signedIn()));
		return;
	}
	frame(await get(`${nginx.url}/outport/html`));
	say('peers');
	for (const start of [peers.bare, peers.php, peers.flask, peers.node]) await start.call(peers, 'bench');
	const names = ['outport', 'bare', 'php', 'flask', 'node'];
	for (const name of names.slice(1)) await compare(nginx.url, name);

	const groupsOf = (name) => [peers.group(name), database.group, nginx.group];
	const results = {};
	for (const job of ['json', 'html']) {
		say(`the ${job} job`);
		const targets = names.map((name) => ({ key: name, url: `${nginx.url}/${name}/${job}`, groups: groupsOf(name) }));
		for (const t of targets) await load(t.url, 1);
		results[job] = await rounds_of(targets);
	}
	for (const name of names) results.json.get(name).memory = memoryOf(peers.group(name).pids());
	say('a cached page and a static file');
	results.cache = await rounds_of(['cached', 'static'].map((k) => ({ key: k, url: `${nginx.url}/${k}`, groups: [nginx.group] })));
	say('the first page and the page 1,000 deep');
	const deep = Math.min(1000, Math.floor(listings / 20) - 2);
	const cursor = await cursorAt(nginx.url, deep);
	results.depth = await rounds_of([['first', '?limit=20'], ['deep', `?limit=20&cursor=${cursor}`]].map(([k, q]) => (
		{ key: k, url: `${nginx.url}/outport/api${q}`, groups: [peers.group('outport'), database.group] })));
	say('with a session, and signing in');
	results.sessions = await signedIn();
	say('as the data grows');
	results.growth = await grown(database, peers, nginx);
	const text = report(results, { rounds, seconds, listings, deep, cores: run('nproc', []).trim() });
	process.stdout.write(text.markdown);
	if (o.write) {
		const file = path.join(source, o.write);
		const page = readFileSync(file, 'utf8');
		writeFileSync(file, page.replace(/<!-- bench -->[\s\S]*<!-- \/bench -->/, () => `<!-- bench -->\n${text.markdown}<!-- /bench -->`));
		writeFileSync(file.replace(/\.md$/, '.svg'), text.chart);
	}
}

try {
	await main();
} catch (e) {
	say(`bench: ${e.stack}`);
	process.exitCode = 1;
} finally {
	await stopAll();
}
