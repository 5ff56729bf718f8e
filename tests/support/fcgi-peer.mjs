// A FastCGI responder that says what a test tells it to say, in the worker's place: the composition of nginx is tested
// against it, with answers no healthy worker gives.
import net from 'node:net';

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, id, content) {
	const head = Buffer.alloc(8);
	head[0] = 1;
	head[1] = type;
	head.writeUInt16BE(id, 2);
	head.writeUInt16BE(content.length, 4);
	return Buffer.concat([head, content]);
}

function params(data) {
	const out = {};
	let at = 0;
	const length = () => {
		if (data[at] < 128)
			return data[at++];
		const n = data.readUInt32BE(at) & 0x7fffffff;
		at += 4;
		return n;
	};
	while (at < data.length) {
		const names = length(), values = length();
		out[data.toString('utf8', at, at + names)] = data.toString('utf8', at + names, at + names + values);
		at += names + values;
	}
	return out;
}

function answer(socket, id, keep, { status = 200, headers = {}, body = '' }) {
	const lines = [`Status: ${status}`, ...Object.entries({ 'Content-Type': 'text/html; charset=utf-8', ...headers })
		.map(([name, value]) => `${name}: ${value}`)];
	let out = Buffer.from(lines.join('\r\n') + '\r\n\r\n' + body);
	const parts = [];
	for (; out.length > 0; out = out.subarray(60000))
		parts.push(record(STDOUT, id, out.subarray(0, 60000)));
	parts.push(record(STDOUT, id, Buffer.alloc(0)), record(END, id, Buffer.alloc(8)));
	socket.write(Buffer.concat(parts));
	if (!keep)
		socket.end();
}

// handler({ params, body, connection }) gives { status, headers, body }, a promise of it, or null to hang up without an
// answer. connection counts up, so that a test sees which requests shared one.
export async function startPeer(path, handler) {
	let connections = 0;
	const open = new Set();
	const server = net.createServer(socket => {
		const connection = ++connections;
		const requests = new Map();
		let pending = Buffer.alloc(0);
		open.add(socket);
		socket.on('close', () => open.delete(socket));
		socket.on('error', () => socket.destroy());
		const take = async (type, id, content) => {
			if (type === BEGIN) {
				requests.set(id, { keep: (content[2] & 1) === 1, params: [], body: [] });
				return;
			}
			const request = requests.get(id);
			if (!request)
				return;
			if (type === PARAMS && content.length > 0)
				request.params.push(content);
			if (type !== STDIN)
				return;
			if (content.length > 0) {
				request.body.push(content);
				return;
			}
			requests.delete(id);
			const reply = await handler({
				params: params(Buffer.concat(request.params)), body: Buffer.concat(request.body).toString(), connection, keep: request.keep,
			});
			if (reply === null)
				socket.destroy();
			else if (!socket.destroyed)
				answer(socket, id, request.keep, reply);
		};
		socket.on('data', chunk => {
			pending = Buffer.concat([pending, chunk]);
			while (pending.length >= 8) {
				const length = pending.readUInt16BE(4), total = 8 + length + pending[6];
				if (pending.length < total)
					return;
				take(pending[1], pending.readUInt16BE(2), Buffer.from(pending.subarray(8, 8 + length)));
				pending = pending.subarray(total);
			}
		});
	});
	await new Promise((resolve, reject) => server.once('error', reject).listen(path, resolve));
	return {
		async stop() {
			for (const socket of open)
				socket.destroy();
			await new Promise(resolve => server.close(resolve));
		},
	};
}
