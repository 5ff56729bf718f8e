// Plain HTTP for tests: one request, nothing followed, nothing retried; and bytes as they are for what no client sends.
import http from 'node:http';
import net from 'node:net';

// { status, headers, body } of one request. from: the address it comes from (127.0.0.1 is exempt from limits).
export function request(url, { method = 'GET', headers = {}, body, from } = {}) {
	return new Promise((resolve, reject) => {
		const [, host, port, path] = /^http:\/\/([^:/]+):(\d+)(.*)$/.exec(url); // as it is: a URL object would tidy "/../" away
		const req = http.request({ host, port, path: path || '/', method, headers, localAddress: from, agent: false }, res => {
			const parts = [];
			res.on('data', chunk => parts.push(chunk));
			res.once('error', reject);
			res.once('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts).toString() }));
		});
		req.once('error', reject);
		req.setTimeout(60000, () => req.destroy(new Error(`${method} ${url}: no answer in 60 s`)));
		req.end(body);
	});
}

// Sends text as it is and gives all that comes back until the other side closes.
export function raw(port, text) {
	return new Promise((resolve, reject) => {
		const parts = [];
		const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
		socket.on('data', chunk => parts.push(chunk));
		socket.once('end', () => socket.end());
		socket.once('close', () => resolve(Buffer.concat(parts).toString()));
		socket.once('error', error => (parts.length > 0 ? resolve(Buffer.concat(parts).toString()) : reject(error)));
		socket.setTimeout(60000, () => socket.destroy(new Error('no answer in 60 s')));
	});
}
