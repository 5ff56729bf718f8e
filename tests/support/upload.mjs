// Uploads as browsers and programs send them, and slow ones.
import crypto from 'node:crypto';
import net from 'node:net';

const types = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp', heic: 'image/heic' };

// files: [{ name, data, type?, field? }]; alts: texts. { body, headers }
export function multipart(files, alts = []) {
	const boundary = `----outport${crypto.randomBytes(9).toString('hex')}`, parts = [];
	for (const { name, data, type = types[name.split('.').pop()] ?? 'application/octet-stream', field = 'photo' } of files)
		parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`, data, '\r\n');
	for (const alt of alts)
		parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="alt"\r\n\r\n${alt}\r\n`);
	const body = Buffer.concat([...parts, `--${boundary}--\r\n`].map(part => Buffer.from(part)));
	return { body, headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length } };
}

// A request whose body comes when the test says so: { send(bytes), answer, close() }; answer: what came up to its end or to the connection's.
export function slowUpload(port, path, { headers = {}, length, from, method = 'POST' } = {}) {
	const socket = net.connect({ port, host: '127.0.0.1', localAddress: from });
	let text = '';
	const answer = new Promise((resolve, reject) => {
		const whole = () => {
			const end = text.indexOf('\r\n\r\n'), n = /^content-length: (\d+)/im.exec(text);
			return end >= 0 && n && Buffer.byteLength(text.slice(end + 4)) >= Number(n[1]);
		};
		const done = () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text });
		socket.on('data', data => {
			text += data;
			if (whole())
				done();
		});
		socket.on('close', () => (text === '' ? reject(new Error('closed without an answer')) : done()));
		socket.on('error', error => (text === '' ? reject(error) : done()));
		socket.setTimeout(60000, () => socket.destroy(new Error('no answer in 60 s')));
	});
	answer.catch(() => {});
	const lines = Object.entries({ Host: `127.0.0.1:${port}`, 'Content-Length': length, ...headers }).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
	return { answer, send: bytes => new Promise(resolve => socket.write(bytes, resolve)), close: () => socket.destroy() };
}
