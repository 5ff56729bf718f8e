// From start to end: sockets taken over, signals, the drain, the watchdog.
import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Peer, fetch, request, begin, params, environment, stdin } from '../support/fastcgi.mjs';
import { latch, start, startNotify, startWorker, temporaryFolder } from '../support/worker.mjs';

const handling = path => line => line.event === 'handling' && line.path === path;
const signal = line => line.event === 'signal';

// Connections are accepted in their order: when a later one is answered, the earlier ones have left the backlog.
async function takenBy(worker) {
	assert.equal((await fetch(worker.socket, '/ids')).status, 200);
}

test('the socket is for its owner and group only', async t => {
	const { socket } = await startWorker(t);
	assert.equal(fs.statSync(socket).mode & 0o777, 0o660);
});

test('a stale socket is replaced', async t => {
	const socket = path.join(temporaryFolder(t), 'stale.sock');
	const first = await startWorker(t, { socket });
	first.child.kill('SIGKILL');
	await first.exited;
	assert.ok(fs.existsSync(socket));
	await startWorker(t, { socket });
	assert.equal((await fetch(socket, '/ids')).status, 200);
});

test('a live socket and a plain file are left alone', async t => {
	const { socket } = await startWorker(t);
	const second = start(t, ['--socket', socket]);
	assert.equal((await second.exited).code, 1);
	assert.match((await second.log.seen(l => l.event === 'text')).text, /^listen: /);
	assert.equal((await fetch(socket, '/ids')).status, 200);
	const file = path.join(path.dirname(socket), 'file');
	fs.writeFileSync(file, 'mine');
	assert.equal((await start(t, ['--socket', file]).exited).code, 1);
	assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
});

test('a path too long for a socket is refused', async t => {
	const worker = start(t, ['--socket', `/tmp/${'x'.repeat(200)}`]);
	assert.equal((await worker.exited).code, 1);
});

test('a socket from systemd (LISTEN_FDS) is served', async t => {
	const worker = await startWorker(t, {}, { passOn: true });
	assert.equal((await fetch(worker.socket, '/ids')).status, 200);
});

for (const name of ['SIGTERM', 'SIGINT']) {
	test(`${name}: the request in flight is answered, idle and new connections are not waited for`, async t => {
		const worker = await startWorker(t);
		const idle = await Peer.connect(worker.socket);
		await idle.ask('/ids', { keep: true });
		const busy = await Peer.connect(worker.socket);
		const { uri, release } = latch(t);
		busy.send(request(uri, { keep: true }));
		await worker.log.seen(handling('/wait'));
		worker.child.kill(name);
		await worker.log.seen(signal);
		await idle.closed;
		release();
		assert.equal((await busy.answer()).body.toString(), 'waited');
		await busy.closed;
		assert.deepEqual(await worker.exited, { code: 0, signal: null });
		assert.equal((await worker.log.seen(l => l.event === 'returned')).result, 'no error');
	});
}

test('SIGTERM while a request waits on a kept connection: it is answered too', async t => {
	const worker = await startWorker(t, { threads: 1 });
	const { uri, release } = latch(t);
	const kept = await Peer.connect(worker.socket);
	await kept.ask('/ids', { keep: true });
	const busy = fetch(worker.socket, uri);
	await worker.log.seen(handling('/wait'));
	await kept.sendPieces(request('/size?n=77', { keep: true }), 1000);
	const idle = await Peer.connect(worker.socket);
	worker.child.kill('SIGTERM');
	await worker.log.seen(signal);
	release();
	assert.equal((await busy).status, 200);
	assert.equal((await kept.answer()).body.length, 77);
	await Promise.all([kept.closed, idle.closed]);
	assert.equal((await worker.exited).code, 0);
});

test('SIGTERM in the middle of a body: the handler gets all of it', async t => {
	const worker = await startWorker(t);
	const peer = await Peer.connect(worker.socket);
	const body = 'b'.repeat(200000);
	peer.send(begin(), params(environment('/echo', { method: 'POST', body })));
	await peer.sendPieces(stdin(body).subarray(0, 100000), 100000);
	await takenBy(worker);
	worker.child.kill('SIGTERM');
	await worker.log.seen(signal);
	peer.send(stdin(body).subarray(100000));
	const answer = await peer.answer();
	assert.equal(answer.status, 200);
	assert.equal(answer.body.toString(), body);
	assert.equal((await worker.exited).code, 0);
});

test('SIGTERM in the middle of the parameters: none goes missing', async t => {
	const worker = await startWorker(t);
	const peer = await Peer.connect(worker.socket);
	const bytes = request('/size?n=12345', { method: 'POST', headers: { HTTP_FILLER: 'f'.repeat(3000) } });
	await peer.sendPieces(bytes.subarray(0, 1500), 1500);
	await takenBy(worker);
	worker.child.kill('SIGTERM');
	await worker.log.seen(signal);
	peer.send(bytes.subarray(1500));
	assert.equal((await peer.answer()).body.length, 12345);
	assert.equal((await worker.exited).code, 0);
});

test('other signals change nothing', async t => {
	const worker = await startWorker(t);
	const names = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'];
	for (const [i, name] of names.entries()) {
		worker.child.kill(name);
		if (name !== 'SIGPIPE')
			await worker.log.seen(signal, i + 1);
		assert.equal((await fetch(worker.socket, '/ids')).status, 200);
	}
});

test('the drain is bounded: a request that outlasts it is cut, and the exit status says so', async t => {
	const worker = await startWorker(t, { drain: 1 });
	const peer = await Peer.connect(worker.socket);
	peer.send(request('/hang'));
	await worker.log.seen(handling('/hang'));
	worker.child.kill('SIGTERM');
	await assert.rejects(peer.answer());
	assert.equal(peer.received, 0);
	assert.equal((await worker.exited).code, 1);
});

test('systemd is told READY, STOPPING, and WATCHDOG while all threads go round', async t => {
	const notify = await startNotify(t);
	const worker = await startWorker(t, {}, { env: { ...notify.env, WATCHDOG_USEC: '400000' } });
	await notify.messages.seen(m => m.startsWith('READY=1'));
	await notify.messages.seen(m => m === 'WATCHDOG=1', 5);
	worker.child.kill('SIGTERM');
	await notify.messages.seen(m => m === 'STOPPING=1');
	assert.equal((await worker.exited).code, 0);
});

test('one hung thread of four silences the watchdog, though the others still serve', async t => {
	const notify = await startNotify(t);
	const worker = await startWorker(t, { threads: 4 }, { env: { ...notify.env, WATCHDOG_USEC: '1000000' } });
	await notify.messages.seen(m => m === 'WATCHDOG=1', 2);
	const peer = await Peer.connect(worker.socket);
	peer.send(request('/hang'));
	await worker.log.seen(line => line.event === 'thread_stuck');
	const told = notify.messages.list.length;
	await worker.log.seen(line => line.event === 'thread_stuck', 5);
	assert.equal(notify.messages.list.length, told);
	assert.equal((await fetch(worker.socket, '/ids')).status, 200);
});

test('of two workers on one socket one leaves under load, and no request is lost', async t => {
	const worker = await startWorker(t, {}, { passOn: true, twins: true });
	await worker.log.seen(line => line.event === 'worker_ready', 2);
	const { pid: leaver } = worker.log.list.find(line => line.event === 'worker_ready' && line.pid !== worker.child.pid);
	let asked = 0, left = false;
	const load = async () => {
		while (!left) {
			assert.equal((await fetch(worker.socket, '/ids')).status, 200);
			asked++;
		}
	};
	const clients = Array.from({ length: 8 }, load);
	const returned = worker.log.seen(line => line.event === 'returned');
	process.kill(leaver, 'SIGTERM');
	await returned;
	left = true;
	await Promise.all(clients);
	assert.ok(asked > 0);
	assert.equal((await fetch(worker.socket, '/ids')).status, 200);
});

// The reader of the log is gone: its lines are lost, the worker serves on and does not wake itself with every one.
test('a log nobody reads costs its lines and nothing else', async t => {
	const worker = await startWorker(t);
	worker.child.stderr.destroy();
	for (let i = 0; i < 5; i++)
		assert.equal((await fetch(worker.socket, '/ids')).status, 200);
	const writes = () => Number(/^syscw: (\d+)/m.exec(fs.readFileSync(`/proc/${worker.child.pid}/io`, 'utf8'))[1]);
	const before = writes();
	worker.child.kill('SIGHUP'); // makes the main thread log
	for (let i = 0; i < 200; i++)
		assert.equal((await fetch(worker.socket, '/ids')).status, 200);
	const tried = writes() - before;
	assert.ok(tried < 5000, `${tried} writes for 200 requests: the worker answers its own signals`);
});
