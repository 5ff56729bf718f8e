// The two jobs of the benchmark for Node + fastify: a pool of kept connections, prepared statements, template strings.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.BENCH_MODULES, 'x.js'));
const fastify = require('fastify');
const mysql = require('mysql2/promise');
const dir = process.env.BENCH_DIR;

if (cluster.isPrimary) {
	for (let i = 0; i < 2; i++) cluster.fork();
	process.on('SIGTERM', () => process.exit(0));
} else {
	const sql = readFileSync(new URL('./listings.sql', import.meta.url), 'utf8');
	const head = readFileSync(path.join(dir, 'frame-head.html'), 'utf8');
	const tail = readFileSync(path.join(dir, 'frame-tail.html'), 'utf8');
	const pool = mysql.createPool({
		socketPath: process.env.BENCH_SOCKET, database: process.env.BENCH_DATABASE, user: process.env.BENCH_USER, password: process.env.BENCH_PASSWORD,
		connectionLimit: 4, timezone: 'Z', charset: 'utf8mb4',
	});
	const rows = async () => (await pool.execute(sql))[0].slice(0, 20);
	const rfc3339 = (t) => t.toISOString().slice(0, 19) + 'Z';
	const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
	const e = (s) => s.replace(/[&<>"']/g, (c) => entities[c]);
	const number = new Intl.NumberFormat('en-CA', { minimumFractionDigits: 2 });
	const whole = new Intl.NumberFormat('en-CA');
	const money = (minor) => (minor === 0 ? 'Free' : '$' + (minor % 100 === 0 ? whole : number).format(minor / 100));
	const age = (t) => {
		const s = Math.floor((Date.now() - t) / 1000);
		const [n, unit] = s < 3600 ? [Math.floor(s / 60), 'minute'] : s < 86400 ? [Math.floor(s / 3600), 'hour'] : [Math.floor(s / 86400), 'day'];
		return `${n} ${unit}${n === 1 ? '' : 's'} ago`;
	};
	const card = (r) => `<li class="card cat-${r.colour} in-${e(r.top)}">
<span class="thumb" aria-hidden="true"></span>
<h2 class="card-title"><a class="card-link" href="/listings/${r.id}/${e(r.slug)}">${e(r.title)}</a></h2>
<p class="price">${e(money(r.price_minor))}</p>
<p class="meta"><span class="chip cat-${r.colour}">${e(r.category_name)}</span> <span class="place">${e(r.place_name)}</span> <time datetime="${rfc3339(r.published_at)}">${e(age(r.published_at))}</time></p>
</li>
`;
	const app = fastify();
	app.get('/json', async () => ({
		listings: (await rows()).map((r) => ({
			id: r.id, title: r.title, slug: r.slug, summary: r.summary, price_cents: r.price_minor, currency: r.currency, category: r.category, location: r.place,
			stock: r.stock, photo: null, published_at: rfc3339(r.published_at), url: `/listings/${r.id}/${r.slug}`,
		})), next_cursor: 'x',
	}));
	app.get('/html', async (request, reply) => {
		reply.type('text/html; charset=utf-8');
		return head + (await rows()).map(card).join('') + tail;
	});
	await app.listen({ path: process.env.BENCH_LISTEN });
}
