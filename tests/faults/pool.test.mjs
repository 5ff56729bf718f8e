// Many connections at once, silent ones, abandoned ones, and a process that runs out of descriptors: nobody waits for somebody
// else's fault.
import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { once } from 'node:events';
import { Peer, fetch, request, begin, params, environment } from '../support/fastcgi.mjs';
import { latch, startWorker } from '../support/worker.mjs';

const isRequest = status => line => line.event === 'request' && line.status === status;
const handling = path => line => line.event === 'handling' && line.path === path;

async function connections(socket, n) {
	return Promise.all(Array.from({ length: n }, () => Peer.connect(socket)));
}

test('a burst of 1,000 connections is answered, every one', async t => {
	const { socket } = await startWorker(t);
	const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => fetch(socket, `/size?n=${i}`)));
	answers.forEach((answer, i) => assert.equal(answer.body.length, i));
});

test('a burst finds every place in the backlog while all threads are busy', async t => {
	const worker = await startWorker(t, { threads: 1 });
	const { uri, release } = latch(t);
	const busy = fetch(worker.socket, uri);
	await worker.log.seen(handling('/wait'));
	const peers = await connections(worker.socket, 1000);
	const answers = peers.map(peer => peer.ask('/ids'));
	release();
	assert.ok((await Promise.all(answers)).every(answer => answer.status === 200));
	assert.equal((await busy).status, 200);
});

test('200 idle kept connections pin no thread', async t => {
	const { socket } = await startWorker(t, { threads: 2 });
	const kept = await connections(socket, 200);
	for (const peer of kept)
		assert.equal((await peer.ask('/ids', { keep: true })).status, 200);
	for (let i = 0; i < 50; i++)
		assert.equal((await fetch(socket, '/ids')).status, 200);
	for (const peer of kept)
		assert.equal((await peer.ask('/ids', { keep: true })).status, 200);
	kept.forEach(peer => peer.close());
});

test('silent peers and halves of parameters hold up nobody, and are cut off', async t => {
	const worker = await startWorker(t, { threads: 1, 'read-timeout': 2000 });
	const silent = await connections(worker.socket, 20);
	const partial = await connections(worker.socket, 20);
	const half = Buffer.concat([begin(), params(environment('/ids'))]).subarray(0, 60);
	partial.forEach(peer => peer.send(half));
	for (let i = 0; i < 20; i++)
		assert.equal((await fetch(worker.socket, '/ids')).status, 200);
	assert.ok([...silent, ...partial].every(peer => !peer.socket.destroyed), 'the timeout passed before the others were served');
	await Promise.all([...silent, ...partial].map(peer => peer.closed));
});

test('parameters without the mark of a body are waited for without a thread', async t => {
	const { socket } = await startWorker(t, { threads: 1 });
	const peer = await Peer.connect(socket);
	const bytes = request('/ids');
	peer.send(bytes.subarray(0, -8));
	assert.equal((await fetch(socket, '/ids')).status, 200);
	peer.send(bytes.subarray(-8));
	assert.equal((await peer.answer()).status, 200);
});

test('40 slow requests whose clients have gone are not worked on', async t => {
	const worker = await startWorker(t, { threads: 1 });
	const { uri, release } = latch(t);
	const busy = fetch(worker.socket, uri);
	await worker.log.seen(handling('/wait'));
	const gone = await connections(worker.socket, 40);
	await Promise.all(gone.map(peer => new Promise(resolve => peer.socket.end(request('/wait?for=never'), resolve))));
	gone.forEach(peer => peer.close());
	await Promise.all(gone.map(peer => peer.closed));
	const next = fetch(worker.socket, '/ids');
	release();
	assert.equal((await next).status, 200);
	assert.equal((await busy).status, 200);
	await worker.log.seen(isRequest(499), 40);
	assert.equal(worker.log.list.filter(handling('/wait')).length, 1);
	assert.match((await fetch(worker.socket, '/metrics')).body.toString(), /client_gone\S* 40\n/);
});

test('a client that goes between two requests of a kept connection, and one that goes during the work', async t => {
	const worker = await startWorker(t, { threads: 1 });
	const kept = await Peer.connect(worker.socket);
	await kept.ask('/ids', { keep: true });
	kept.close();
	const during = await Peer.connect(worker.socket);
	const { uri, release } = latch(t);
	during.send(request(uri));
	await worker.log.seen(handling('/wait'));
	during.close();
	await during.closed;
	release();
	assert.equal((await fetch(worker.socket, '/ids')).status, 200);
});

test('above max_connections the answer is 503 with Retry-After; a place that is free again is used', async t => {
	const worker = await startWorker(t, { connections: 16 });
	const kept = await connections(worker.socket, 16);
	for (const peer of kept)
		assert.equal((await peer.ask('/ids', { keep: true })).status, 200);
	const refused = await Promise.all(Array.from({ length: 20 }, () => fetch(worker.socket, '/ids')));
	for (const answer of refused) {
		assert.equal(answer.status, 503);
		assert.equal(answer.headers['retry-after'], '1');
	}
	assert.match((await kept[0].ask('/metrics', { keep: true })).body.toString(), /connections_refused\S* 20\n/);
	kept.forEach(peer => peer.close());
	let answer;
	do
		answer = await fetch(worker.socket, '/ids');
	while (answer.status === 503);
	assert.equal(answer.status, 200);
});

test('out of descriptors, the worker waits without spinning and serves when some are free', async t => {
	const worker = await startWorker(t, { threads: 2 }, { shell: 'ulimit -n 40' });
	const cpu = () => {
		const fields = fs.readFileSync(`/proc/${worker.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
		return Number(fields[11]) + Number(fields[12]);
	};
	const kept = [];
	const paused = worker.log.seen(line => line.event === 'accept_paused', 3);
	const before = cpu();
	for (let i = 0; i < 60; i++)
		kept.push(await Peer.connect(worker.socket));
	await paused;
	assert.ok(cpu() - before < 30, 'three rounds of waiting cost 0.3 s of processor time');
	kept.slice(0, 40).forEach(peer => peer.close());
	assert.equal((await fetch(worker.socket, '/ids')).status, 200);
	kept.forEach(peer => peer.close());
});

test('a peer that never reads its answer holds its thread no longer than the timeout', async t => {
	const { socket } = await startWorker(t, { threads: 1, 'read-timeout': 500 });
	const peer = await Peer.connect(socket);
	peer.socket.pause();
	peer.send(request('/size?n=4000000'));
	assert.equal((await fetch(socket, '/ids')).status, 200);
	peer.close();
	await once(peer.socket, 'close').catch(() => {});
});
