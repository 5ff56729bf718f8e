// An HTTP server on 127.0.0.1 that can go and come back on the same port.
import http from 'node:http';
import { foldHeaders } from './signature.mjs';

// handle({ method, path, text (of the query), headers, rawHeaders, body, req, res }) gives { status, headers, body }, or null when it has answered itself.
export async function startServer(handle) {
	const sockets = new Set();
	let server, port = 0;
	const listener = async (req, res) => {
		const parts = [];
		req.on('error', () => {});
		res.on('error', () => {});
		try {
			for await (const part of req)
				parts.push(part);
		} catch {
			return; // whoever asked has gone
		}
		const at = req.url.indexOf('?');
		const request = {
			method: req.method, url: req.url, path: at < 0 ? req.url : req.url.slice(0, at), text: at < 0 ? '' : req.url.slice(at + 1), headers: foldHeaders(req.rawHeaders), rawHeaders: req.rawHeaders,
			body: Buffer.concat(parts), req, res,
		};
		const answer = await handle(request).catch(error => ({ status: 500, headers: { 'content-type': 'text/plain' }, body: `the test's server: ${error.stack}` }));
		if (answer && !res.destroyed) {
			res.writeHead(answer.status, answer.headers);
			res.end(req.method === 'HEAD' ? undefined : answer.body);
		}
	};
	const up = async () => server?.listening || new Promise((resolve, reject) => {
		server = http.createServer({ keepAliveTimeout: 60000, requestTimeout: 0 }, listener);
		server.on('connection', socket => {
			sockets.add(socket);
			socket.on('error', () => {});
			socket.once('close', () => sockets.delete(socket));
		});
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			({ port } = server.address());
			resolve();
		});
	});
	const down = () => new Promise(resolve => {
		server.close(() => resolve());
		for (const socket of sockets)
			socket.destroy();
	});
	await up();
	return { port, url: `http://127.0.0.1:${port}`, up, down, stop: () => (server.listening ? down() : undefined) };
}
