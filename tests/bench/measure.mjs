// What the benchmark reads: CPU and memory of processes from /proc, load by wrk.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ticks = 100; // USER_HZ, fixed by Linux's ABI

// Seconds of CPU, user and system, of processes and of their children that have ended.
export function cpuOf(pids) {
	let total = 0;
	for (const pid of pids) {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			total += Number(f[11]) + Number(f[12]);
		} catch { /* it has ended */ }
	}
	return total / ticks;
}

// MiB of proportional set size: shared pages are counted once over all that share them.
export function memoryOf(pids) {
	let kib = 0;
	for (const pid of pids) kib += Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)?.[1] ?? 0);
	return kib / 1024;
}

const script = path.join(os.tmpdir(), `outport-wrk-${process.pid}.lua`);
writeFileSync(script, `done = function(s, l, r)
  io.write(string.format("RESULT %d %d %f %f %d\\n", s.requests, s.duration, l:percentile(50), l:percentile(99),
    s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout))
end
`);

// 64 kept connections for some seconds. rps a second, p50 and p99 in milliseconds.
export async function load(url, seconds, headers = {}) {
	const more = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
	const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c64', `-d${seconds}s`, '-s', script, ...more, url]);
	const [requests, us, p50, p99, errors] = stdout.match(/^RESULT (.*)$/m)[1].split(' ').map(Number);
	return { requests, rps: (requests * 1e6) / us, p50: p50 / 1000, p99: p99 / 1000, errors };
}

export function median(list) {
	const s = [...list].sort((a, b) => a - b);
	return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
}
