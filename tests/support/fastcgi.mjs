// A raw FastCGI client (FastCGI 1.0): requests whole or in any pieces a test wants, and what comes back, record by record.
import net from 'node:net';
import { once } from 'node:events';

export const BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7, GET_VALUES = 9;

export function record(type, content = Buffer.alloc(0), { id = 1, version = 1, padding = 0, length = content.length } = {}) {
	const head = Buffer.alloc(8);
	head[0] = version;
	head[1] = type;
	head.writeUInt16BE(id, 2);
	head.writeUInt16BE(length, 4);
	head[6] = padding;
	return Buffer.concat([head, content, Buffer.alloc(padding)]);
}

export function begin({ id = 1, role = 1, keep = false } = {}) {
	return record(BEGIN, Buffer.from([role >> 8, role & 255, keep ? 1 : 0, 0, 0, 0, 0, 0]), { id });
}

function length(n) {
	if (n < 128)
		return Buffer.from([n]);
	const out = Buffer.alloc(4);
	out.writeUInt32BE((n | 0x80000000) >>> 0);
	return out;
}

export function pairs(params) {
	return Buffer.concat(Object.entries(params).flatMap(([name, value]) => {
		const a = Buffer.from(name), b = Buffer.from(String(value));
		return [length(a.length), length(b.length), a, b];
	}));
}

export function params(values, id = 1) {
	const all = pairs(values), out = [];
	for (let at = 0; at < all.length; at += 65535)
		out.push(record(PARAMS, all.subarray(at, at + 65535), { id }));
	return Buffer.concat([...out, record(PARAMS, undefined, { id })]);
}

export function stdin(body, id = 1) {
	const all = Buffer.from(body), out = [];
	for (let at = 0; at < all.length; at += 65535)
		out.push(record(STDIN, all.subarray(at, at + 65535), { id }));
	return Buffer.concat([...out, record(STDIN, undefined, { id })]);
}

// What nginx's fastcgi_params would say of such a request.
export function environment(uri, { method = 'GET', body = '', headers = {} } = {}) {
	const [path, query = ''] = uri.split('?');
	return { REQUEST_METHOD: method, DOCUMENT_URI: path, REQUEST_URI: uri, QUERY_STRING: query, CONTENT_LENGTH: body.length || '',
		SERVER_PROTOCOL: 'HTTP/1.1', REMOTE_ADDR: '127.0.0.1', HTTP_HOST: 'localhost', ...headers };
}

export function request(uri, { keep = false, id = 1, body = '', ...rest } = {}) {
	const bytes = Buffer.from(body);
	return Buffer.concat([begin({ id, keep }), params(environment(uri, { body: bytes, ...rest }), id), stdin(bytes, id)]);
}

// The answer's head and body out of the STDOUT stream.
export function parseAnswer(out) {
	const at = out.indexOf('\r\n\r\n');
	const lines = out.toString('latin1', 0, at).split('\r\n').map(line => line.split(/: (.*)/s));
	const headers = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
	return { status: parseInt(headers.status, 10), headers, body: out.subarray(at + 4) };
}

export class Peer {
	constructor(socket) {
		this.socket = socket;
		this.pending = Buffer.alloc(0);
		this.records = [];
		this.received = 0;
		this.waiting = [];
		this.closed = new Promise(resolve => socket.once('close', resolve));
		this.closed.then(() => this.settle());
		socket.on('error', () => {});
		socket.on('data', data => this.take(data));
	}

	static async connect(path) {
		const socket = net.connect({ path });
		await once(socket, 'connect');
		return new Peer(socket);
	}

	take(data) {
		this.received += data.length;
		this.pending = Buffer.concat([this.pending, data]);
		while (this.pending.length >= 8) {
			const size = this.pending.readUInt16BE(4), all = 8 + size + this.pending[6];
			if (this.pending.length < all)
				break;
			this.records.push({ type: this.pending[1], id: this.pending.readUInt16BE(2), content: this.pending.subarray(8, 8 + size) });
			this.pending = this.pending.subarray(all);
		}
		this.settle();
	}

	settle() {
		while (this.waiting.length > 0) {
			const end = this.records.findIndex(r => r.type === END);
			if (end >= 0) {
				const mine = this.records.splice(0, end + 1);
				this.waiting.shift().resolve(parseAnswer(Buffer.concat(mine.filter(r => r.type === STDOUT).map(r => r.content))));
			} else if (this.socket.destroyed) {
				this.waiting.shift().reject(new Error(`closed after ${this.received} bytes, without an answer`));
			} else {
				break;
			}
		}
	}

	// The next whole answer; rejects when the connection closes without one.
	answer() {
		return new Promise((resolve, reject) => {
			this.waiting.push({ resolve, reject });
			this.settle();
		});
	}

	send(...pieces) {
		this.socket.write(Buffer.concat(pieces));
	}

	// Each piece in a write of its own, handed to the kernel before the next.
	async sendPieces(bytes, size) {
		for (let at = 0; at < bytes.length; at += size)
			await new Promise(resolve => this.socket.write(bytes.subarray(at, at + size), resolve));
	}

	ask(uri, options) {
		this.send(request(uri, options));
		return this.answer();
	}

	close() {
		this.socket.destroy();
	}
}

// One request on a connection of its own.
export async function fetch(path, uri, options) {
	const peer = await Peer.connect(path);
	try {
		return await peer.ask(uri, options);
	} finally {
		peer.close();
	}
}
