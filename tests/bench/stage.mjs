// The benchmark's stage: a database, the programs that are compared, and the one nginx before them all.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const started = [];
export const run = (program, args, options = {}) => execFileSync(program, args, { encoding: 'utf8', ...options });

export function spawnLogged(dir, name, program, args, options = {}) {
	const log = openSync(path.join(dir, `${name}.log`), 'a');
	const child = spawn(program, args, { stdio: ['ignore', log, log], ...options });
	started.push(child);
	return child;
}

export async function stopAll() {
	for (const child of started.reverse()) {
		if (child.exitCode !== null || child.signalCode !== null) continue;
		const ended = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGTERM');
		const hard = setTimeout(() => child.kill('SIGKILL'), 15000);
		await ended;
		clearTimeout(hard);
	}
}

async function until(what, test) {
	for (let i = 0; i < 600; i++) {
		if (await test()) return;
		await new Promise((r) => setTimeout(r, 100));
	}
	throw new Error(`${what} did not come up`);
}
const answers = (socket) => new Promise((resolve) => {
	const c = net.connect(socket, () => { c.destroy(); resolve(true); });
	c.on('error', () => resolve(false));
});

// A process and all below it.
export function tree(root) {
	const parents = new Map();
	for (const pid of readdirSync('/proc').filter((d) => /^\d+$/.test(d))) {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
		} catch { /* it has ended */ }
	}
	const all = [root];
	for (let i = 0; i < all.length; i++) for (const [pid, parent] of parents) if (parent === all[i]) all.push(pid);
	return all;
}

export class Database {
	static async start(dir, build, source) {
		const d = Object.assign(new Database(), { dir, build, source, socket: path.join(dir, 'db.sock') });
		const user = process.getuid() === 0 ? ['--user=root'] : [];
		const data = path.join(dir, 'data');
		const options = { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } };
		run('mariadb-install-db', ['--no-defaults', ...user, `--datadir=${data}`, `--tmpdir=${dir}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--force'], { ...options, stdio: 'ignore' });
		const child = spawnLogged(dir, 'mariadbd', 'mariadbd', ['--no-defaults', ...user, `--datadir=${data}`, `--socket=${d.socket}`, `--tmpdir=${dir}`, '--skip-networking',
			'--innodb-buffer-pool-size=1G', '--innodb-log-file-size=256M', '--innodb-flush-log-at-trx-commit=2', '--performance-schema=0', '--skip-log-bin',
			'--max-connections=200'], options);
		d.group = { name: 'database', pids: () => [child.pid] };
		await until('the database', () => answers(d.socket));
		return d;
	}

	// A schema of its own with n demo listings, and the configuration for it.
	fill(name, n) {
		run('mariadb', ['--no-defaults', '-S', this.socket, '-u', 'root', '-e', `CREATE DATABASE ${name} CHARACTER SET utf8mb4`]);
		const file = this.config(name);
		writeFileSync(file, `[site]\nname = Outport\nurl = http://127.0.0.1:8080\ncontact_email = hello@example.com\n[database]\nsocket = ${this.socket}\nname = ${name}\nuser = root\n`
			+ `[worker]\nthreads = 4\nruntime_dir = ${this.dir}\nclient_dir = ${path.join(this.source, 'client')}\n[log]\nlevel = warning\n`);
		const ctl = path.join(this.build, 'outportctl');
		run(ctl, ['--config', file, 'migrate', '--sql', path.join(this.source, 'sql')]);
		run(ctl, ['--config', file, 'demo-data', '--listings', String(n)], { stdio: ['ignore', 'ignore', 'inherit'] });
	}

	config(name) {
		return path.join(this.dir, `${name}.conf`);
	}
}

// All get two processes' worth of workers: two cores.
export class Peers {
	constructor(o) {
		Object.assign(this, o, { groups: {} });
		this.env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, BENCH_DIR: this.dir, BENCH_SOCKET: this.database.socket, BENCH_DATABASE: 'bench', BENCH_USER: 'root', BENCH_PASSWORD: '' };
	}

	group(name) {
		return { name: 'worker', pids: () => tree(this.groups[name]) };
	}

	socket(name) {
		return path.join(this.dir, `${name}.sock`);
	}

	async up(name, child) {
		this.groups[name] = child.pid;
		await until(name, () => answers(this.socket(name)));
		appendFileSync(path.join(this.dir, 'peers'), `${name}\n`);
	}

	async outport(name, database) {
		const config = this.database.config(database);
		await this.up(name, spawnLogged(this.dir, name, path.join(this.build, 'outport-pool'), [this.socket(name), '2', path.join(this.build, 'outport.fcgi'), '--config', config], { env: this.env }));
	}

	async bare(database) {
		const config = this.database.config(database);
		await this.up('bare', spawnLogged(this.dir, 'bare', path.join(this.build, 'outport-pool'),
			[this.socket('bare'), '2', path.join(this.build, 'bench-bare'), config, '', this.dir], { env: this.env }));
	}

	async php() {
		const conf = path.join(this.dir, 'php-fpm.conf');
		const root = process.getuid() === 0 ? 'user = root\ngroup = root\n' : '';
		writeFileSync(conf, `[global]\nerror_log = ${this.dir}/php-error.log\ndaemonize = no\n[bench]\n${root}listen = ${this.socket('php')}\nlisten.backlog = 4096\n`
			+ 'pm = static\npm.max_children = 8\nclear_env = no\n');
		const fpm = ['/usr/sbin/php-fpm8.2', '/usr/sbin/php-fpm8.4'].find((f) => existsSync(f)) ?? 'php-fpm';
		await this.up('php', spawnLogged(this.dir, 'php', fpm, ['-y', conf, ...(root ? ['-R'] : [])], { env: this.env }));
	}

	async flask() {
		await this.up('flask', spawnLogged(this.dir, 'flask', 'gunicorn', ['--bind', `unix:${this.socket('flask')}`, '--workers', '2', '--threads', '4', '--backlog', '4096',
			'--worker-class', 'gthread', '--keep-alive', '60', '--chdir', path.join(this.here, 'peers'), 'peer:app'], { env: { ...this.env, PYTHONDONTWRITEBYTECODE: '1' } }));
	}

	async node() {
		const modules = path.join(this.build, 'bench-modules');
		mkdirSync(modules, { recursive: true });
		for (const f of ['package.json', 'package-lock.json']) writeFileSync(path.join(modules, f), readFileSync(path.join(this.here, 'peers', f)));
		if (!existsSync(path.join(modules, 'node_modules', 'fastify'))) run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: modules, stdio: ['ignore', 'ignore', 'inherit'] });
		await this.up('node', spawnLogged(this.dir, 'node', process.execPath, [path.join(this.here, 'peers/peer.mjs')], { env: { ...this.env, BENCH_MODULES: modules, BENCH_LISTEN: this.socket('node') } }));
	}
}

function freePort() {
	return new Promise((resolve) => {
		const s = net.createServer().listen(0, '127.0.0.1', () => {
			const { port } = s.address();
			s.close(() => resolve(port));
		});
	});
}

const fastcgi = (name, route, more = '') => `include fastcgi_params.bench; fastcgi_param DOCUMENT_URI ${route}; fastcgi_pass ${name}; fastcgi_keep_conn on; ${more}`;

function nginxConf(dir, port) {
	const sockets = (name) => `upstream ${name} { server unix:${dir}/${name}.sock; keepalive 64; }\n`;
	const grown = (readFileSync(path.join(dir, 'peers'), 'utf8').match(/^grown-\d+$/gm) ?? []);
	const php = (job) => `include fastcgi_params.bench; fastcgi_param SCRIPT_FILENAME $bench_php; fastcgi_param BENCH_JOB ${job}; fastcgi_pass php; fastcgi_keep_conn on;`;
	return `worker_processes 1; daemon off; pid ${dir}/nginx.pid; error_log ${dir}/nginx-error.log;${process.getuid() === 0 ? ' user root;' : ''}
events { worker_connections 1024; }
http {
access_log off; include /etc/nginx/mime.types; keepalive_requests 1000000; sendfile on; tcp_nopush on; open_file_cache max=1000 inactive=60s; open_file_cache_valid 2s;
client_body_temp_path ${dir}/t1; proxy_temp_path ${dir}/t2; fastcgi_temp_path ${dir}/t3; uwsgi_temp_path ${dir}/t4; scgi_temp_path ${dir}/t5;
fastcgi_buffers 16 16k; fastcgi_buffer_size 16k; proxy_buffers 16 16k; proxy_buffer_size 16k;
fastcgi_cache_path ${dir}/cache keys_zone=bench:1m;
${['outport', 'bare', 'php', 'flask', 'node', ...grown].map(sockets).join('')}
server {
listen 127.0.0.1:${port} backlog=4096;
set $bench_php ${path.join(process.env.top_srcdir, 'tests/bench/peers/peer.php')};
location = /outport/json { ${fastcgi('outport', '/api/v1/listings')} }
location = /outport/api { ${fastcgi('outport', '/api/v1/listings')} }
location = /outport/html { ${fastcgi('outport', '/listings')} }
location ~ ^/outport/site(?<route>/.*)$ { ${fastcgi('outport', '$route')} }
location = /bare/json { ${fastcgi('bare', '/json')} }
location = /bare/html { ${fastcgi('bare', '/html')} }
location = /php/json { ${php('json')} }
location = /php/html { ${php('html')} }
${['flask', 'node'].map((n) => `location /${n}/ { proxy_pass http://${n}/; proxy_http_version 1.1; proxy_set_header Connection ""; }`).join('\n')}
${grown.map((n) => `location = /${n}/json { ${fastcgi(n, '/api/v1/listings')} }`).join('\n')}
location = /cached { ${fastcgi('outport', '/listings', 'fastcgi_cache bench; fastcgi_cache_key $uri; fastcgi_cache_valid 1s; fastcgi_cache_lock on; fastcgi_cache_use_stale updating;')} }
location = /static { alias ${dir}/static.html; default_type text/html; }
}
}
`;
}

export async function startNginx(dir) {
	const port = await freePort();
	const params = ['QUERY_STRING $query_string', 'REQUEST_METHOD $request_method', 'CONTENT_TYPE $content_type', 'CONTENT_LENGTH $content_length', 'REQUEST_URI $request_uri',
		'SERVER_PROTOCOL $server_protocol', 'REMOTE_ADDR $remote_addr', 'SERVER_NAME $server_name', 'REQUEST_ID $request_id'];
	writeFileSync(path.join(dir, 'fastcgi_params.bench'), params.map((p) => `fastcgi_param ${p};\n`).join(''));
	const file = path.join(dir, 'nginx.conf');
	writeFileSync(file, nginxConf(dir, port));
	const child = spawnLogged(dir, 'nginx', '/usr/sbin/nginx', ['-c', file, '-p', dir, '-e', path.join(dir, 'nginx-error.log')]);
	const url = `http://127.0.0.1:${port}`;
	await until('nginx', () => fetch(`${url}/static`).then(() => true, () => false));
	return {
		url, group: { name: 'nginx', pids: () => tree(child.pid) },
		reload() {
			writeFileSync(file, nginxConf(dir, port));
			child.kill('SIGHUP');
		},
	};
}
