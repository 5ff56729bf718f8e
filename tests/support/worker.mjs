// Starts the worker's probe and reads its log, line by line.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const program = path.resolve(process.env.top_builddir ?? 'build/dev', 'worker_probe');
const children = new Set();
const LONGEST_MS = 600000;

// A worker that hangs fails its tests; nothing that was started outlives them.
setTimeout(() => {
	console.error(`not ok - still waiting after ${LONGEST_MS} ms`);
	process.exit(1);
}, LONGEST_MS).unref();
process.on('exit', () => children.forEach(child => child.kill('SIGKILL')));

export function temporaryFolder(t) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return folder;
}

// A child whose lines can be waited for: what came before counts too, each line once per call of seen().
export class Lines {
	constructor(stream, parse) {
		this.list = [];
		this.wanted = new Set();
		this.ended = false;
		const reader = createInterface({ input: stream });
		reader.on('line', line => {
			this.list.push(parse(line));
			this.look();
		});
		reader.on('close', () => {
			this.ended = true;
			this.look();
		});
	}

	look() {
		for (const w of this.wanted) {
			const hits = this.list.filter(w.test);
			if (hits.length >= w.count)
				w.resolve(hits[w.count - 1]);
			else if (this.ended)
				w.reject(new Error(`the program ended; its lines: ${JSON.stringify(this.list.slice(-10))}`));
			else
				continue;
			this.wanted.delete(w);
		}
	}

	// The count-th line that passes the test.
	seen(test, count = 1) {
		return new Promise((resolve, reject) => {
			this.wanted.add({ test, count, resolve, reject });
			this.look();
		});
	}
}

function parseLog(line) {
	try {
		return JSON.parse(line);
	} catch {
		return { event: 'text', text: line };
	}
}

export function start(t, args, { env = {}, shell } = {}) {
	const all = { ...process.env, ...env };
	const child = shell
		? spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, program, ...args], { env: all, stdio: ['ignore', 'pipe', 'pipe'] })
		: spawn(program, args, { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
	children.add(child);
	const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
	t.after(async () => {
		child.kill('SIGKILL');
		await exited;
		children.delete(child);
	});
	return { child, exited, log: new Lines(child.stderr, parseLog), out: new Lines(child.stdout, line => line) };
}

// A worker that serves: { socket, child, exited, log }. options are the probe's, by their long names.
export async function startWorker(t, options = {}, { env, shell, passOn = false, twins = false } = {}) {
	const socket = options.socket ?? path.join(temporaryFolder(t), 'worker.sock');
	const args = passOn ? [twins ? '--twins' : '--pass-on', socket] : ['--socket', socket];
	for (const [name, value] of Object.entries(options))
		if (name !== 'socket')
			args.push(`--${name}`, String(value));
	const worker = { socket, ...start(t, args, { env, shell }) };
	await worker.log.seen(line => line.event === 'worker_ready');
	return worker;
}

// Holds a request in its handler: { uri, release() }.
export function latch(t) {
	const file = path.join(temporaryFolder(t), 'go');
	return { uri: `/wait?for=${encodeURIComponent(file)}`, release: () => fs.writeFileSync(file, '') };
}

// Stands in for systemd's notification socket: { env, messages }.
export async function startNotify(t) {
	const socket = path.join(temporaryFolder(t), 'notify.sock');
	const { out } = start(t, ['--notify', socket]);
	await out.seen(line => line === 'listening');
	return { env: { NOTIFY_SOCKET: socket }, messages: out };
}

export function runCgi(env, input = '') {
	return new Promise((resolve, reject) => {
		const child = spawn(program, ['--cgi'], { env: { PATH: process.env.PATH, GATEWAY_INTERFACE: 'CGI/1.1', ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
		const out = [], log = [];
		child.on('error', reject);
		child.stdin.on('error', () => {});
		child.stdout.on('data', data => out.push(data));
		child.stderr.on('data', data => log.push(data));
		child.on('close', code => resolve({ code, out: Buffer.concat(out), log: Buffer.concat(log).toString() }));
		if (input !== null)
			child.stdin.end(input);
	});
}
