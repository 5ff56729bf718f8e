// Bodies that go into a file: whole, broken off, too large, slow, and with no space for them.
import test from 'node:test';
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Peer, fetch, begin, params, environment, record, stdin, STDIN } from '../support/fastcgi.mjs';
import { until } from '../support/nginx.mjs';
import { runCgi, startWorker, temporaryFolder } from '../support/worker.mjs';

const text = answer => answer.body.toString();
const said = bytes => `${bytes.length} ${bytes.length} ${bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 0)}`;
// CONTENT_LENGTH as it is given, whatever comes.
const head = (length, uri = '/file') => Buffer.concat([begin(), params({ ...environment(uri, { method: 'POST' }), CONTENT_LENGTH: length })]);
const open = async socket => Number(text(await fetch(socket, '/files')));
// A connection that was answered early lingers a while.
const settled = (socket, before) => until(async () => await open(socket) === before, () => 'the descriptors');

test('a body of any length arrives as it was sent, and leaves nothing behind', async t => {
	const spool = temporaryFolder(t), { socket } = await startWorker(t, { spool });
	const before = await open(socket);
	for (const n of [1, 65535, 65536, 65537, 300001, 3 << 20]) {
		const bytes = crypto.randomBytes(n), answer = await fetch(socket, '/file', { method: 'POST', body: bytes });
		assert.deepEqual([answer.status, text(answer)], [200, said(bytes)]);
	}
	assert.deepEqual(fs.readdirSync(spool), []);
	await settled(socket, before);
});

test('many at once keep to their own files', async t => {
	const { socket } = await startWorker(t, { spool: temporaryFolder(t), threads: 4 });
	await Promise.all(Array.from({ length: 12 }, async () => {
		const bytes = crypto.randomBytes(400000);
		assert.equal(text(await fetch(socket, '/file', { method: 'POST', body: bytes })), said(bytes));
	}));
});

for (const [what, length, body, status, words] of [
	['fewer bytes than announced', 300000, stdin(Buffer.alloc(200000)), 400, 'short'],
	['none of those announced', 300000, stdin(Buffer.alloc(0)), 400, 'short'],
	['more bytes than announced', 200000, stdin(Buffer.alloc(300000)), 400, 'bad length'],
	['a length that is no number', '300k', stdin(Buffer.alloc(300000)), 400, 'bad length'],
	['a length over the limit', (32 << 20) + 1, record(STDIN, Buffer.alloc(1000)), 413, 'too large'],
	['a length too large to hold', '99999999999999999999999', record(STDIN, Buffer.alloc(1000)), 413, 'too large'],
])
	test(`${what}: ${words}`, async t => {
		const { socket } = await startWorker(t, { spool: temporaryFolder(t) });
		const before = await open(socket), peer = await Peer.connect(socket);
		peer.send(head(length), body);
		const answer = await peer.answer();
		assert.deepEqual([answer.status, text(answer)], [status, words]);
		await peer.closed;
		await settled(socket, before);
	});

test('what is over the limit is answered before any of it has come', async t => {
	const { socket } = await startWorker(t, { spool: temporaryFolder(t) });
	const peer = await Peer.connect(socket);
	peer.send(head((32 << 20) + 1), record(STDIN, Buffer.alloc(1)));
	assert.equal((await peer.answer()).status, 413);
});

test('each piece has its own time; one that does not come ends the body', async t => {
	const { socket } = await startWorker(t, { spool: temporaryFolder(t), 'read-timeout': 3000 });
	const bytes = crypto.randomBytes(10 * 65535), slow = await Peer.connect(socket), began = Date.now();
	slow.send(head(bytes.length));
	for (let at = 0; at < bytes.length; at += 65535) {
		slow.send(record(STDIN, bytes.subarray(at, at + 65535)));
		await new Promise(resolve => setTimeout(resolve, 400));
	}
	slow.send(record(STDIN));
	assert.equal(text(await slow.answer()), said(bytes));
	assert.ok(Date.now() - began > 3000, 'all pieces together took longer than one may');
	const silent = await Peer.connect(socket);
	silent.send(head(bytes.length), record(STDIN, bytes.subarray(0, 65535)));
	assert.equal(text(await silent.answer()), 'short');
});

test('no space: all is read, so that the peer sees the answer; the next request is none the worse', async t => {
	const { socket, log } = await startWorker(t, { spool: '/dev/full' });
	const before = await open(socket);
	for (const n of [10, 5 << 20]) {
		const answer = await fetch(socket, '/file', { method: 'POST', body: Buffer.alloc(n) });
		assert.deepEqual([answer.status, text(answer)], [503, 'no space']);
	}
	assert.match((await log.seen(line => line.event === 'body_not_kept')).error, /No space left/);
	assert.equal(text(await fetch(socket, '/echo', { method: 'POST', body: 'memory' })), 'memory');
	await settled(socket, before);
});

test('no folder to put it in: the same', async t => {
	const { socket, log } = await startWorker(t, { spool: path.join(temporaryFolder(t), 'away') });
	const answer = await fetch(socket, '/file', { method: 'POST', body: Buffer.alloc(5 << 20) });
	assert.deepEqual([answer.status, text(answer)], [503, 'no space']);
	await log.seen(line => line.event === 'body_no_file');
	assert.equal((await fetch(socket, '/nothing')).status, 204);
});

test('a plain CGI program takes its body into a file as well', async () => {
	const bytes = crypto.randomBytes(200000);
	const { out } = await runCgi({ REQUEST_METHOD: 'POST', DOCUMENT_URI: '/file', CONTENT_LENGTH: String(bytes.length) }, bytes);
	assert.match(out.toString(), new RegExp(`\\r\\n\\r\\n${said(bytes)}$`));
});
