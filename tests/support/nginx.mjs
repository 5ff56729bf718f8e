// nginx for a test: the project's own template below a folder of the test's, on a free port.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export const topSrc = path.resolve(process.env.top_srcdir ?? path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..'));
const isRoot = process.getuid() === 0;

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = net.createServer();
		server.once('error', reject).listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

// Fills in the @PLACEHOLDERS@ of nginx/*.in as quickstart does. mediaHost: the name of a host of its own for photos; bucket: the origin that photos in a bucket come from.
export function renderNginx({ dir, client, socket, mediaSocket = socket, mediaHost, bucket, listen }) {
	const conf = path.join(dir, 'nginx');
	const logs = path.join(dir, 'log');
	for (const sub of ['nginx', 'log', 'cache', 'tmp'])
		fs.mkdirSync(path.join(dir, sub), { recursive: true });
	const values = {
		NGINX_DIR: conf, LOG_DIR: logs, RUN_DIR: dir, CACHE_DIR: path.join(dir, 'cache'), CLIENT_DIR: client, SOCKET: socket,
		MEDIA_SOCKET: mediaSocket, PHOTO_DIR: path.join(dir, 'photos'), MEDIA_SOURCE: mediaHost ? ` http://${mediaHost}` : bucket ? ` ${bucket}` : '', MEDIA_ELSE: bucket ? '@media' : '=404',
		MEDIA_LISTEN: listen, MEDIA_SERVER_NAME: mediaHost ?? '',
		LISTEN: listen, SERVER_NAME: '_', USER_LINE: isRoot ? 'user root;' : '',
	};
	for (const file of fs.readdirSync(path.join(topSrc, 'nginx'))) {
		if (!/\.conf(\.in)?$/.test(file))
			continue;
		const text = fs.readFileSync(path.join(topSrc, 'nginx', file), 'utf8').replace(/@([A-Z_]+)@/g, (whole, name) => {
			if (!(name in values))
				throw new Error(`nginx/${file}: ${whole} is no placeholder we fill in`);
			return values[name];
		});
		fs.writeFileSync(path.join(conf, file.replace(/\.in$/, '')), text);
	}
	const main = path.join(conf, 'nginx-quickstart.conf');
	if (mediaHost)
		fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace(/^(\tinclude .*)outport\.conf;$/m, '$1outport.conf;\n$1outport-media-host.conf;'));
	return main;
}

export async function canConnect(port) {
	return new Promise(resolve => {
		const socket = net.connect(port, '127.0.0.1');
		socket.once('connect', () => { socket.destroy(); resolve(true); });
		socket.once('error', () => resolve(false));
	});
}

// Asks until yes() holds; fails with what() after the time-out.
export async function until(yes, what, ms = 60000) {
	const end = Date.now() + ms;
	while (!(await yes())) {
		if (Date.now() > end)
			throw new Error(`timed out: ${what()}`);
		await new Promise(resolve => setTimeout(resolve, 20));
	}
}

// Stops a child by its id and waits for its end.
export async function stopChild(child, signal = 'SIGTERM') {
	if (child.exitCode !== null || child.signalCode !== null)
		return;
	const gone = new Promise(resolve => child.once('exit', resolve));
	const hard = setTimeout(() => child.kill('SIGKILL'), 60000);
	child.kill(signal);
	await gone;
	clearTimeout(hard);
}

export async function startNginx({ dir, client, socket, mediaSocket, mediaHost, bucket, port }) {
	port ??= await freePort();
	const conf = renderNginx({ dir, client, socket, mediaSocket, mediaHost, bucket, listen: `127.0.0.1:${port}` });
	const log = path.join(dir, 'log/nginx-error.log');
	const child = spawn('nginx', ['-p', dir, '-e', log, '-c', conf, '-g', 'daemon off;'], {
		stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
	});
	let said = '';
	child.stderr.on('data', chunk => { said += chunk; });
	const ended = () => child.exitCode !== null || child.signalCode !== null;
	await until(async () => {
		if (ended())
			throw new Error(`nginx did not start: ${said}`);
		return canConnect(port);
	}, () => `nginx on port ${port}: ${said}`);
	return { port, url: `http://127.0.0.1:${port}`, accessLog: path.join(dir, 'log/access.log'), errorLog: log, stop: () => stopChild(child, 'SIGTERM') };
}
