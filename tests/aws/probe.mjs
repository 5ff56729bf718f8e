// aws_probe, driven: one call after the other, in one process.
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { after } from 'node:test';

// Those that a failed test left.
const running = new Set();
after(() => running.forEach(child => child.kill('SIGKILL')));

// env: all that it has of AWS. Gives { pid, ask(call) → what came of it (of the last of several threads: all of them), log: its log lines, text(): all of its stderr, stop() }.
export function startProbe(env) {
	const { PATH, HOME, ASAN_OPTIONS, UBSAN_OPTIONS } = process.env;
	const child = spawn(path.join(process.env.top_builddir, 'aws_probe'), { env: Object.fromEntries(Object.entries({ PATH, HOME, ASAN_OPTIONS, UBSAN_OPTIONS, ...env }).filter(([, value]) => value !== undefined)) });
	const lines = [], waiting = [];
	let errors = '';
	child.stderr.on('data', part => errors += part);
	child.stdin.on('error', () => {});
	running.add(child);
	const ended = new Promise(resolve => child.once('close', (code, signal) => {
		running.delete(child);
		resolve({ code, signal });
	}));
	readline.createInterface({ input: child.stdout }).on('line', line => waiting.length ? waiting.shift()(JSON.parse(line)) : lines.push(JSON.parse(line)));
	const next = () => lines.length ? Promise.resolve(lines.shift()) :
		Promise.race([new Promise(resolve => waiting.push(resolve)), ended.then(({ code, signal }) => Promise.reject(new Error(`the probe ended: ${code} ${signal} ${errors}`)))]);
	return {
		pid: child.pid, ended,
		async ask(call) {
			child.stdin.write(`${JSON.stringify(call)}\n`);
			const all = [];
			for (let i = 0; i < (call.threads ?? 1); i++)
				all.push(await next());
			return call.threads ? all : all[0];
		},
		text: () => errors,
		log: () => errors.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line)),
		async stop() {
			child.stdin.end();
			const { code, signal } = await ended;
			if (code !== 0)
				throw new Error(`the probe ended: ${code} ${signal} ${errors}`);
		},
	};
}
