// What a worker does with requests, whole and broken, and with peers that are neither quick nor honest.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Peer, fetch, request, begin, params, environment, record, stdin, PARAMS, STDIN, ABORT, GET_VALUES } from '../support/fastcgi.mjs';
import { startWorker } from '../support/worker.mjs';

const text = answer => answer.body.toString();

async function metric(socket, pattern) {
	const body = text(await fetch(socket, '/metrics'));
	const line = body.split('\n').find(l => !l.startsWith('#') && pattern.test(l));
	assert.ok(line, `no metric ${pattern} in\n${body}`);
	return Number(line.split(' ').pop());
}

test('a request is answered with its length, and logged in one line without its query', async t => {
	const worker = await startWorker(t);
	const id = '0123456789abcdef0123456789abcdef';
	const answer = await fetch(worker.socket, '/size?n=100000&secret=hunter2', { headers: { REQUEST_ID: id } });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['content-length'], '100000');
	assert.equal(answer.body.length, 100000);
	const line = await worker.log.seen(l => l.event === 'request');
	assert.equal(line.request_id, id);
	assert.equal(line.path, '/size');
	assert.equal(line.route, '/size');
	assert.equal(line.method, 'GET');
	assert.equal(line.status, 200);
	assert.equal(line.bytes, 100000);
	assert.ok(Number.isInteger(line.us) && Number.isInteger(line.db_us) && line.db_queries === 0);
	assert.ok(!JSON.stringify(worker.log.list).includes('hunter2'));
});

test('answers of several records come whole', async t => {
	const { socket } = await startWorker(t);
	for (const n of [0, 1, 65527, 65528, 65529, 200000, 3000000]) {
		const answer = await fetch(socket, `/size?n=${n}`);
		assert.equal(answer.body.length, n);
		assert.equal(answer.headers['content-length'], String(n));
	}
});

test('HEAD has the length and no body; 204 has neither', async t => {
	const { socket } = await startWorker(t);
	const head = await fetch(socket, '/size?n=5000', { method: 'HEAD' });
	assert.equal(head.headers['content-length'], '5000');
	assert.equal(head.body.length, 0);
	const nothing = await fetch(socket, '/nothing');
	assert.equal(nothing.status, 204);
	assert.equal(nothing.headers['content-length'], undefined);
});

test('one kept connection serves a thousand requests', async t => {
	const { socket } = await startWorker(t);
	const peer = await Peer.connect(socket);
	for (let i = 0; i < 1000; i++) {
		const answer = await peer.ask(`/size?n=${i}`, { keep: true, id: 1 + i % 7 });
		assert.equal(answer.body.length, i);
	}
	assert.equal(await metric(socket, /connections_opened/), 2);
	peer.close();
});

test('a kept connection takes bodies too, and stays in step', async t => {
	const { socket } = await startWorker(t);
	const peer = await Peer.connect(socket);
	for (const n of [1, 10, 8192, 100000, 0, 256 * 1024]) {
		const body = 'x'.repeat(n);
		assert.equal(text(await peer.ask('/echo', { method: 'POST', keep: true, body })), body);
	}
	peer.close();
});

test('without keep the worker closes after the answer', async t => {
	const { socket } = await startWorker(t);
	const peer = await Peer.connect(socket);
	await peer.ask('/ids');
	await peer.closed;
});

test('a request in small pieces is put together', async t => {
	const { socket } = await startWorker(t);
	for (const size of [7, 64, 1000]) {
		const peer = await Peer.connect(socket);
		const answer = peer.answer();
		await peer.sendPieces(request('/echo', { method: 'POST', body: 'y'.repeat(1500), headers: { PADDING: 'p'.repeat(300) } }), size);
		assert.equal(text(await answer), 'y'.repeat(1500));
		peer.close();
	}
});

test('parameters cut across padded records are put together', async t => {
	const { socket } = await startWorker(t);
	const whole = params(environment('/size?n=3')).subarray(8, -8);
	const pieces = [];
	for (let at = 0; at < whole.length; at += 5)
		pieces.push(record(PARAMS, whole.subarray(at, at + 5), { padding: at % 8 }));
	const peer = await Peer.connect(socket);
	peer.send(begin(), ...pieces, record(PARAMS), record(STDIN));
	assert.equal((await peer.answer()).body.length, 3);
	peer.close();
});

test('a body over the limit is answered without being read, and its rest is no request', async t => {
	const { socket } = await startWorker(t);
	const peer = await Peer.connect(socket);
	const evil = Buffer.concat([record(STDIN), request('/size?n=66', { keep: true })]);
	peer.send(begin({ keep: true }), params(environment('/echo', { method: 'POST', body: { length: 10 ** 6 } })), stdin('z'.repeat(300000)), evil);
	assert.equal((await peer.answer()).status, 413);
	await peer.closed;
	assert.equal(peer.records.length, 0);
});

test('a route that takes no body refuses one', async t => {
	const { socket } = await startWorker(t);
	assert.equal((await fetch(socket, '/ids', { method: 'POST', body: 'x' })).status, 413);
});

const broken = [
	['fewer bytes than announced', { length: 20 }, stdin('only ten..'), 400, 'short'],
	['more bytes than announced', { length: 5 }, stdin('only ten..'), 400, 'bad length'],
	['a body that was not announced', { length: 0 }, stdin('only ten..'), 400, 'bad length'],
	['a length that is no number', { length: '1e3' }, stdin('only ten..'), 400, 'bad length'],
	['a length too large to hold', { length: '99999999999999999999999' }, stdin('only ten..'), 413, 'too large'],
	['an abort in the body', { length: 20 }, Buffer.concat([record(STDIN, Buffer.from('abc')), record(ABORT)]), 400, 'short'],
	['an abort in place of the body\'s end', { length: 3 }, Buffer.concat([record(STDIN, Buffer.from('abc')), record(ABORT)]), 400, 'short'],
	['an early end of the body', { length: 20 }, Buffer.concat([record(STDIN, Buffer.from('abc')), record(STDIN)]), 400, 'short'],
];
for (const [name, body, bytes, status, word] of broken) {
	test(`${name}: ${status}, and the connection ends`, async t => {
		const { socket } = await startWorker(t);
		const peer = await Peer.connect(socket);
		peer.send(begin({ keep: true }), params(environment('/echo', { method: 'POST', body })), bytes);
		const answer = await peer.answer();
		assert.equal(answer.status, status);
		assert.equal(text(answer), word);
		await peer.closed;
		assert.ok(await metric(socket, /bad_requests/) >= 1);
	});
}

test('a body that stops coming is short after the read timeout; half of it is never taken for the whole', async t => {
	const { socket } = await startWorker(t, { threads: 1, 'read-timeout': 500 });
	const peer = await Peer.connect(socket);
	peer.send(begin(), params(environment('/echo', { method: 'POST', body: { length: 100 } })), record(STDIN, Buffer.from('half')));
	assert.equal(text(await peer.answer()), 'short');
	peer.close();
	assert.equal((await fetch(socket, '/ids')).status, 200);
});

test('a body that drips is cut off as a whole, however lively the drip', async t => {
	const { socket, log } = await startWorker(t, { threads: 1, 'read-timeout': 500 });
	const peer = await Peer.connect(socket);
	peer.send(begin(), params(environment('/echo', { method: 'POST', body: { length: 100000 } })));
	const drip = setInterval(() => peer.send(record(STDIN, Buffer.from('.'))), 20);
	t.after(() => clearInterval(drip));
	const line = await log.seen(l => l.event === 'request');
	assert.equal(line.status, 400);
	assert.equal(line.note, 'short');
	assert.equal((await fetch(socket, '/ids')).status, 200);
});

const garbage = {
	'an HTTP request': Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
	'zeroes': Buffer.alloc(4096),
	'ones': Buffer.alloc(4096, 255),
	'a version from the future': record(1, Buffer.alloc(8), { version: 2 }),
	'an unknown record type': record(77, Buffer.alloc(8)),
	'an unknown management record': record(77, Buffer.alloc(8), { id: 0 }),
	'a query for values, repeated': record(GET_VALUES, Buffer.concat(Array(40).fill(Buffer.from('\x0e\0FCGI_MAX_CONNS', 'latin1'))), { id: 0 }),
	'parameters before a request': params({ A: 'b' }),
	'a role that is not ours': Buffer.concat([begin({ role: 2 }), params({ A: 'b' }), record(STDIN)]),
	'request number zero': Buffer.concat([begin({ id: 0 }), params({ A: 'b' }, 0)]),
	'a body inside the parameters': Buffer.concat([begin(), record(STDIN, Buffer.from('x'))]),
	'a second request inside the first': Buffer.concat([begin(), begin({ id: 2 })]),
	'an abort inside the parameters': Buffer.concat([begin(), record(ABORT)]),
	'a pair cut short': Buffer.concat([begin(), record(PARAMS, Buffer.from([9, 9, 65])), record(PARAMS), record(STDIN)]),
	'a length cut short': Buffer.concat([begin(), record(PARAMS, Buffer.from([0x80, 0])), record(PARAMS), record(STDIN)]),
};
for (const [name, bytes] of Object.entries(garbage)) {
	test(`${name}: the connection is closed and the worker lives`, async t => {
		const { socket } = await startWorker(t, { threads: 1 });
		const peer = await Peer.connect(socket);
		peer.send(bytes);
		await peer.closed;
		assert.equal((await fetch(socket, '/ids')).status, 200);
		assert.equal(await metric(socket, /bad_requests/), 1);
	});
}

const huge = {
	'a name of 2 GB': Buffer.from([0xff, 0xff, 0xff, 0xff, 1]),
	'a name and a value whose sum overflows': Buffer.from([0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe]),
	'a value of 1 MB': Buffer.from([1, 0x80, 0x10, 0, 0]),
};
for (const [name, bytes] of Object.entries(huge)) {
	test(`${name}, claimed, is refused before libfcgi believes it`, async t => {
		const { socket } = await startWorker(t, { threads: 1 });
		const peer = await Peer.connect(socket);
		peer.send(begin({ keep: true }), record(PARAMS, bytes));
		assert.equal((await peer.answer()).status, 431);
		await peer.closed;
		assert.equal((await fetch(socket, '/ids')).status, 200);
	});
}

test('64 KB of headers and more is 431', async t => {
	const { socket } = await startWorker(t);
	assert.equal((await fetch(socket, '/ids', { headers: { HTTP_COOKIE: 'c'.repeat(70000) } })).status, 431);
	assert.equal((await fetch(socket, '/ids', { headers: { HTTP_A: 'c'.repeat(40000) } })).status, 200);
});

test('a pipelined request is not answered in place of the next: the connection ends after the first', async t => {
	const { socket } = await startWorker(t);
	const peer = await Peer.connect(socket);
	peer.send(request('/size?n=1', { keep: true }), request('/size?n=2', { keep: true }));
	assert.equal((await peer.answer()).body.length, 1);
	await peer.closed;
});
