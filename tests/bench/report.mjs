// The benchmark's results as Markdown tables and as a chart.
const names = { outport: 'Outport', bare: 'bare responder', php: 'php-fpm', flask: 'gunicorn + Flask', node: 'Node + fastify' };
const round = (x, digits = 0) => x.toLocaleString('en-CA', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const table = (head, rows) => [head, head.map((_, i) => (i ? '--:' : '---')), ...rows].map((r) => `| ${r.join(' | ')} |\n`).join('');
const total = (cpu) => Object.values(cpu).reduce((a, b) => a + b, 0);

function jobTable(results, memory) {
	const us = results.get('outport');
	return table(['', 'requests/s', 'Outport is', 'p50 ms', 'p99 ms', 'CPU µs a request: program', 'database', 'nginx', 'errors', ...(memory ? ['memory MiB'] : [])],
		[...results].map(([name, r]) => [names[name], round(r.rps), name === 'outport' ? '' : `${round(us.rps / r.rps, 2)}×`, round(r.p50, 1), round(r.p99, 1),
			round(r.cpu.worker), round(r.cpu.database), round(r.cpu.nginx), r.errors, ...(memory ? [round(memory.get(name).memory)] : [])]));
}

// What being signed in costs, as lines of the verdicts.
function sessionLines(s) {
	const lines = [];
	for (const [name, { statements, cpu }] of s.pages) {
		const more = statements.with - statements.without, ratio = total(cpu.get('with').cpu) / total(cpu.get('without').cpu);
		// Beyond one by less than a statement in ten requests: what workers remember is read anew now and then.
		lines.push([`${name}: statements of a page with a session beyond one without`, round(more, 2), 'at most 1', more < 1.1 ? 'yes' : '**no**']);
		lines.push([`${name}: CPU of a page with a session against one without`, `${round(ratio, 2)}×`, 'at most 1.6', ratio <= 1.6 ? 'yes' : '**no**']);
	}
	const ratio = s.signIn / s.bare;
	lines.push(["signing in: program's CPU against one Argon2id by itself", `${round(ratio, 2)}×`, 'at most 1.1', ratio <= 1.1 ? 'yes' : '**no**']);
	return lines;
}

export const sessionVerdicts = (s) => table(['what', 'measured', 'wanted', 'reached'], sessionLines(s));

function verdicts(results) {
	const lines = [];
	const say = (what, value, bound, good) => lines.push([what, `${round(value, 2)}×`, bound, good ? 'yes' : '**no**']);
	for (const job of ['json', 'html']) {
		const r = results[job], us = r.get('outport'), at = (k) => r.get(k);
		say(`${job}: program's CPU against the bare responder`, us.cpu.worker / at('bare').cpu.worker, 'at most 1.3', us.cpu.worker / at('bare').cpu.worker <= 1.3);
		say(`${job}: throughput against the bare responder`, us.rps / at('bare').rps, 'at least 0.85', us.rps / at('bare').rps >= 0.85);
		say(`${job}: throughput against Flask`, us.rps / at('flask').rps, 'at least 3', us.rps / at('flask').rps >= 3);
		say(`${job}: throughput against php-fpm`, us.rps / at('php').rps, 'at least 1.8', us.rps / at('php').rps >= 1.8);
	}
	const memory = (k) => results.json.get(k).memory;
	say("memory against php-fpm's pool", memory('outport') / memory('php'), 'below 1', memory('outport') < memory('php'));
	say("memory against gunicorn's pool", memory('outport') / memory('flask'), 'below 1', memory('outport') < memory('flask'));
	const c = results.cache, d = results.depth, g = [...results.growth.values()];
	say('a cached page against a static file of its size', c.get('cached').rps / c.get('static').rps, 'at least 0.8', c.get('cached').rps / c.get('static').rps >= 0.8);
	say("CPU of the deep page against the first's", total(d.get('deep').cpu) / total(d.get('first').cpu), 'at most 1.2', total(d.get('deep').cpu) / total(d.get('first').cpu) <= 1.2);
	say('CPU a request with the most listings against the fewest', total(g.at(-1).cpu) / total(g[0].cpu), 'at most 1.3', total(g.at(-1).cpu) / total(g[0].cpu) <= 1.3);
	lines.push(...sessionLines(results.sessions));
	return table(['what', 'measured', 'wanted', 'reached'], lines);
}

// Bars of requests a second, both jobs.
function chart(results) {
	const rows = ['json', 'html'].flatMap((job) => [...results[job]].map(([name, r]) => ({ job, name, rps: r.rps })));
	const most = Math.max(...rows.map((r) => r.rps)), height = 28, top = 56, left = 190, wide = 420;
	const bar = (r, i) => {
		const y = top + i * height + (r.job === 'html' ? 34 : 0), w = Math.max(2, (r.rps / most) * wide);
		return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${names[r.name]}</text><rect x="${left}" y="${y + 3}" width="${w.toFixed(1)}" height="18" rx="2" class="${r.name === 'outport' ? 'us' : 'peer'}"/>`
			+ `<text x="${(left + w + 8).toFixed(1)}" y="${y + 16}">${round(r.rps)}</text>`;
	};
	const total = top + rows.length * height + 50;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${total}" role="img" aria-label="Requests a second of Outport and five others">
<style>text{font:14px system-ui,sans-serif;fill:#1c2b36}.h{font-weight:600}.us{fill:#1f5f8b}.peer{fill:#9fb3c0}@media(prefers-color-scheme:dark){text{fill:#e6edf2}.us{fill:#6fb3de}.peer{fill:#4d6270}}</style>
<text x="10" y="24" class="h">Requests a second behind the same nginx, 64 connections (more is better)</text>
<text x="10" y="${top - 8}" class="h">JSON list</text>
<text x="10" y="${top + 5 * height + 26}" class="h">HTML list</text>
${rows.map(bar).join('\n')}
</svg>
`;
}

export function report(results, o) {
	const growth = table(['listings', 'requests/s', 'CPU µs a request: program', 'database'],
		[...results.growth].map(([n, r]) => [round(Number(n)), round(r.rps), round(r.cpu.worker), round(r.cpu.database)]));
	const depth = table(['page', 'requests/s', 'CPU µs a request: program', 'database'],
		[...results.depth].map(([k, r]) => [k === 'first' ? 'first' : `${round(o.deep)} deep`, round(r.rps), round(r.cpu.worker), round(r.cpu.database)]));
	const cache = table(['', 'requests/s', 'p99 ms'], [...results.cache].map(([k, r]) => [k === 'cached' ? 'cached page' : 'static file of its size', round(r.rps), round(r.p99, 1)]));
	const markdown = `\n${o.cores} cores, ${round(o.listings)} listings, ${o.rounds} interleaved rounds of ${o.seconds} s each; medians. The machine is shared: read the ratios.\n\n`
		+ `${verdicts(results)}\n### The JSON list\n\n${jobTable(results.json, results.json)}\n### The HTML list\n\n${jobTable(results.html)}\n`
		+ `### Cache, depth, growth\n\n${cache}\n${depth}\n${growth}\n`;
	return { markdown, chart: chart(results) };
}
