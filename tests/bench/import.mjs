// How long an import takes, and that its memory does not grow with the file:
//   tests/support/with-mariadb node tests/bench/import.mjs [ROWS]
// makes a file of ROWS listings (1,000,000 unless said), imports it, and prints times, rows per second and the peak of the
// tool's memory (VmHWM), beside that of a file a hundredth as long.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { once } from 'node:events';
import { site, sql } from '../ctl/tool.mjs';

const total = Number(process.argv[2] ?? 1000000);
const s = site('bench_import');
s.ok('category', 'add', 'boats', '--name-en', 'Boats', '--name-fr', 'Bateaux');
s.ok('place', 'add', 'nain', '--name-en', 'Nain', '--name-fr', 'Nain');

async function write(file, n) {
	const out = fs.createWriteStream(file);
	out.write('title,description,category,price,location,contact_name,contact_email\n');
	for (let i = 1; i <= n; i++) {
		const text = `Dory number ${i},"A good dory, the ${i}th of many. It was built in Winterton, kept dry, and painted every spring; comes with oars.",boats,${i % 9000}.50,nain,Leo Pike,leo${i}@example.com\n`;
		if (!out.write(text)) await once(out, 'drain');
	}
	out.end();
	await once(out, 'finish');
}

function peak(pid) {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}

async function measure(file, n) {
	await write(file, n);
	const began = Date.now();
	const child = spawn(s.program, ['import', file, '--publish'], { env: { ...process.env, OUTPORT_CONFIG: s.conf }, stdio: ['ignore', 'inherit', 'inherit'] });
	let kilobytes = 0;
	const timer = setInterval(() => { kilobytes = Math.max(kilobytes, peak(child.pid)); }, 20);
	const [status] = await once(child, 'exit');
	clearInterval(timer);
	if (status !== 0) throw new Error(`status ${status}`);
	const seconds = (Date.now() - began) / 1000;
	const size = fs.statSync(file).size;
	fs.unlinkSync(file);
	console.log(`${n} rows, ${(size / 1e6).toFixed(1)} MB: ${seconds.toFixed(1)} s, ${Math.round(n / seconds)} rows/s, peak ${(kilobytes / 1024).toFixed(1)} MB`);
}

try {
	await measure(`${s.dir}/small.csv`, Math.max(1, Math.round(total / 100)));
	await measure(`${s.dir}/big.csv`, total);
	console.log(`${s.one('SELECT COUNT(*) FROM listing')} listings in the database, server ${sql(null, 'SELECT VERSION()')[0][0]}`);
} finally {
	s.dispose();
}
