// A whole private site for a test: MariaDB, migrations, demo data, two workers, one for photos, the jobs (mail: see mail.mjs) and nginx, on a free port, below a folder of its
// own. startSite() gives a test a site it may break; sharedSite() gives the one that OUTPORT_TEST_URL names, when there is one.
// As a program (`node site.mjs`): serves until its standard input ends, prints one JSON line { url, dir, s3 } when it is ready; s3: for sharedRadosgw(), null where there is none to start.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { hasTime } from './aws/needs.mjs';
import { hasRadosgw, startRadosgw } from './aws/radosgw.mjs';
import { request } from './http.mjs';
import { mailFolder } from './mail.mjs';
import { startNginx, stopChild, topSrc, until } from './nginx.mjs';

const run = promisify(execFile);
export const buildDir = path.resolve(process.env.top_builddir ?? path.join(topSrc, 'build'));
const outportctl = path.join(buildDir, 'outportctl');

// with-mariadb ends the server and takes its files away when our end of the pipe closes, however this process ends. args: more options of the server's.
export async function startDatabase({ args = [] } = {}) {
	const env = { ...process.env, OUTPORT_TEST_SERVER_ARGS: args.join(' ') };
	const child = spawn(path.join(topSrc, 'tests/support/with-mariadb'),
		['/bin/sh', '-c', 'printf "%s\\n" "$OUTPORT_TEST_SOCKET" "$OUTPORT_TEST_PID" "$OUTPORT_TEST_START"; exec cat <&3 >/dev/null'],
		{ env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
	let out = '', problems = '';
	child.stdout.on('data', chunk => { out += chunk; });
	child.stderr.on('data', chunk => { problems += chunk; });
	await until(() => {
		if (child.exitCode !== null)
			throw new Error(`MariaDB did not start: ${problems}`);
		return out.split('\n').length > 3;
	}, () => `MariaDB: ${problems}`, 60000);
	const [socket, pidFile, start] = out.split('\n');
	return {
		socket,
		// As a crash would.
		async kill() {
			const pid = Number(fs.readFileSync(pidFile, 'utf8'));
			process.kill(pid, 'SIGKILL');
			await until(() => {
				try {
					return /^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
				} catch {
					return true;
				}
			}, () => 'MariaDB did not end');
		},
		sql: (text, database) => sqlOn(socket, text, database),
		// other: options instead of the first ones.
		async start(other = args) {
			await run(start, { env: { ...env, OUTPORT_TEST_SERVER_ARGS: other.join(' ') }, stdio: 'ignore' });
		},
		async stop() {
			const gone = new Promise(resolve => child.once('exit', resolve));
			child.stdio[3].end();
			if (child.exitCode === null)
				await gone;
		},
	};
}

async function sqlOn(socket, text, database = 'outport') {
	const { stdout } = await run('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4', '--batch', '--skip-column-names', '-e', text, database],
		{ maxBuffer: 64 << 20 });
	return stdout.trim();
}

function writeConfiguration(site, settings) {
	const sections = {
		site: { name: 'Outport', url: site.url, contact_email: 'harbourmaster@outport.example' },
		database: { socket: site.database.socket, name: 'outport', user: 'outport', password: `file:${path.join(site.dir, 'password')}` },
		worker: { runtime_dir: path.join(site.dir, 'metrics'), client_dir: path.join(topSrc, 'client') },
		mail: { folder: mailFolder(site) },
		media: { photos: path.join(site.dir, 'photos') },
		limits: { submit_per_hour: 100000, contact_per_hour: 100000, report_per_hour: 100000, address_per_hour: 100000, photo_per_hour: 100000, register_per_hour: 100000, sign_in_per_address: 100000, form_min_seconds: 0 },
	};
	for (const [section, keys] of Object.entries(settings))
		sections[section] = { ...sections[section], ...keys };
	fs.writeFileSync(site.conf, Object.entries(sections).map(([section, keys]) =>
		`[${section}]\n${Object.entries(keys).map(([key, value]) => `${key} = ${value}\n`).join('')}`).join(''));
}

// The pool of a site: start(), stop() (drains), replace() (a rolling restart), kill() (one worker, as a crash would).
function makePool(site, workers, { program = 'outport.fcgi', name = 'pool', socket = path.join(site.dir, 'outport.sock') } = {}) {
	const log = path.join(site.dir, `log/${name}.log`);
	let child = null;
	const pids = async () => (await run('ps', ['-o', 'pid=', '--ppid', String(child.pid)])).stdout.trim().split(/\s+/).map(Number);
	return {
		socket, log, pids,
		async start() {
			const out = fs.openSync(log, 'a');
			const [command, ...args] = [...site.through, path.join(buildDir, 'outport-pool'), socket, String(workers), path.join(buildDir, program), '--config', site.conf];
			child = spawn(command, args, { env: site.env, stdio: ['ignore', out, out] });
			fs.closeSync(out);
			await until(() => {
				if (child.exitCode !== null)
					throw new Error(`the ${name} ended: ${fs.readFileSync(log, 'utf8').slice(-2000)}`);
				return fs.existsSync(socket);
			}, () => `the ${name}`);
		},
		stop: () => stopChild(child, 'SIGTERM'),
		replace: () => child.kill('SIGHUP'),
		async kill() {
			const [pid] = await pids();
			process.kill(pid, 'SIGKILL');
			return pid;
		},
	};
}

// The runner of a site's jobs: mail is delivered while it runs. start() may be called again after stop() or kill().
function makeJobs(site) {
	const log = path.join(site.dir, 'log/jobs.log');
	let child = null;
	const stop = () => (child ? stopChild(child, 'SIGTERM') : undefined);
	return {
		log, stop,
		pid: () => child.pid,
		async start() {
			await stop(); // those that a failed test left
			const out = fs.openSync(log, 'a'), before = fs.fstatSync(out).size;
			const [command, ...args] = [...site.through, outportctl, '--config', site.conf, 'jobs'];
			child = spawn(command, args, { env: site.env, stdio: ['ignore', out, out] });
			fs.closeSync(out);
			await until(() => {
				if (child.exitCode !== null)
					throw new Error(`the jobs ended: ${fs.readFileSync(log, 'utf8').slice(-2000)}`);
				// or killed by a test, at the first thing they did
				return child.signalCode === 'SIGKILL' || fs.readFileSync(log, 'utf8').slice(before).includes('"jobs_ready"');
			}, () => 'the jobs');
		},
		kill: () => stopChild(child, 'SIGKILL'),
		lines: () => fs.readFileSync(log, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line)),
	};
}

// jobs: false leaves the mail in the outbox until site.jobs.start() or site.ctl('jobs', '--once').
// settings: { section: { key: value } } over the test's defaults (no limits per hour, forms may come back at once); site.configure(settings) writes them anew for
// programs that start from then on. database: what startDatabase() gave; it is the caller's to stop. env: beside the environment, for all programs; through: the words of
// a command that they are run by. bucket: the origin of photos kept in one (with settings.media).
export async function startSite({ listings = 500, workers = 2, settings = {}, database, jobs = true, env = {}, through = [], bucket } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-site-'));
	for (const sub of ['log', 'metrics', 'photos'])
		fs.mkdirSync(path.join(dir, sub));
	const site = { dir, conf: path.join(dir, 'outport.conf'), get env() { return { ...process.env, ...env }; }, through };
	const undo = [() => fs.rmSync(dir, { recursive: true, force: true })];
	site.stop = async () => {
		for (const one of undo.splice(0).reverse())
			await one();
	};
	try {
		site.database = database ?? await startDatabase();
		if (!database)
			undo.push(site.database.stop);
		site.pool = makePool(site, workers);
		site.media = makePool(site, 1, { program: 'outport-media.fcgi', name: 'media', socket: path.join(site.dir, 'outport-media.sock') });
		const nginx = await startNginx({ dir, client: path.join(topSrc, 'client'), socket: site.pool.socket, mediaSocket: site.media.socket, bucket });
		undo.push(nginx.stop);
		Object.assign(site, { url: nginx.url, port: nginx.port, accessLog: nginx.accessLog, errorLog: nginx.errorLog });
		site.sql = text => sqlOn(site.database.socket, text);
		site.ctl = (...args) => {
			const [command, ...words] = [...site.through, outportctl, '--config', site.conf, ...args];
			return run(command, words, { env: site.env, maxBuffer: 64 << 20 });
		};
		site.configure = other => writeConfiguration(site, other);
		site.configure(settings);
		await site.ctl('setup', '--admin-socket', site.database.socket, '--sql', path.join(topSrc, 'sql'));
		if (listings > 0) {
			await site.ctl('demo-data', '--listings', String(listings));
			// A search that meets the server writing out its full-text cache may miss a row: it is written out before the tests search.
			await site.sql('SET GLOBAL innodb_optimize_fulltext_only = 1; OPTIMIZE TABLE listing');
		}
		await site.pool.start();
		undo.push(site.pool.stop);
		await site.media.start();
		undo.push(site.media.stop);
		site.jobs = makeJobs(site);
		undo.push(site.jobs.stop);
		if (jobs)
			await site.jobs.start();
		await until(async () => (await request(`${site.url}/readyz`)).status === 200, () => `the site: ${fs.readFileSync(site.pool.log, 'utf8').slice(-2000)}`);
		return site;
	} catch (error) {
		await site.stop();
		throw error;
	}
}

// A site for tests that only look and post: { url, dir, ctl(), sql(), stop() }. One for the whole run when quickstart started it.
export async function sharedSite() {
	const { OUTPORT_TEST_URL: url, OUTPORT_TEST_DIR: dir } = process.env;
	if (!url)
		return startSite({ listings: 2000 });
	const conf = path.join(dir, 'outport.conf');
	const socket = /^socket = (.*)$/m.exec(fs.readFileSync(conf, 'utf8'))[1];
	return {
		url, dir, conf, port: Number(new URL(url).port), accessLog: path.join(dir, 'log/access.log'),
		sql: text => sqlOn(socket, text),
		ctl: (...args) => run(outportctl, ['--config', conf, ...args], { maxBuffer: 64 << 20 }),
		stop: async () => {},
	};
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	// Where the S3 does not start its tests try for themselves, and say what is wrong with it; the others go on.
	const s3Started = hasTime && hasRadosgw() ? startRadosgw().catch(error => console.error(error.message)) : null;
	const [site, s3] = await Promise.all([startSite({ listings: Number(process.env.LISTINGS ?? 2000) }), s3Started]);
	console.log(JSON.stringify({ url: site.url, dir: site.dir, s3: s3 ? { port: s3.port, keyId: s3.keyId, secret: s3.secret } : null }));
	const ended = new Promise(resolve => {
		process.stdin.on('end', resolve).resume();
		process.once('SIGTERM', resolve).once('SIGINT', resolve);
	});
	await ended;
	await s3?.stop();
	await site.stop();
	process.exit(0);
}
