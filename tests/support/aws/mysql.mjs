// A real MySQL server for tests, beside Debian's MariaDB: from Debian's unstable suite, unpacked below build/mysql (OUTPORT_MYSQL: elsewhere) and run from there by its own loader.
// As a program (`node mysql.mjs`): makes that folder when it is not there (a minute, and 400 MB).
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { freePort, stopChild, topSrc, until } from '../nginx.mjs';
import { onceIsEnough, needTime } from './needs.mjs';

const run = promisify(execFile);
const tree = process.env.OUTPORT_MYSQL ?? path.join(topSrc, 'build/mysql');
const user = process.getuid() === 0 ? ['--user=root'] : [];

function server(root) {
	const usr = path.join(root, 'usr');
	const find = (folder, name) => fs.existsSync(path.join(usr, folder)) && fs.readdirSync(path.join(usr, folder)).filter(one => name.test(one)).map(one => path.join(usr, folder, one))[0];
	const loader = find('lib64', /^ld-linux-.*\.so/) || find('lib', /^ld-linux-.*\.so/);
	return [loader, '--library-path', find('lib', /-linux-gnu$/), path.join(usr, 'sbin/mysqld'), '--no-defaults', ...user, `--basedir=${usr}`];
}

// Call it before there is anything to be taken down. Passes by even where everything else has to be there: on some days the unstable suite cannot be installed, and that is
// no fault of ours. `check --all` says so at its end.
export function needMysql() {
	needTime();
	onceIsEnough();
	if (!fs.existsSync(path.join(tree, 'data'))) {
		console.log(`no MySQL in ${tree}: node tests/support/aws/mysql.mjs puts it there, or says why it cannot`);
		process.exit(77);
	}
}

async function makeTree() {
	if (fs.existsSync(path.join(tree, 'data')))
		return;
	const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Label: Debian']);
	const mirror = stdout.split('\n')[0];
	if (!mirror)
		throw new Error('apt knows no Debian mirror');
	const half = `${tree}.half`;
	fs.rmSync(half, { recursive: true, force: true });
	fs.mkdirSync(path.dirname(tree), { recursive: true });
	await run('mmdebstrap', ['--variant=extract', '--aptopt=Acquire::Check-Valid-Until "false"', '--include=mysql-server-core', 'unstable', half, mirror], { maxBuffer: 16 << 20, timeout: 600000 });
	for (const folder of ['usr/bin', 'usr/share/doc', 'var'])
		fs.rmSync(path.join(half, folder), { recursive: true, force: true });
	const [loader, ...args] = server(half);
	await run(loader, [...args, '--initialize-insecure', `--datadir=${path.join(half, 'data.half')}`]);
	fs.renameSync(path.join(half, 'data.half'), path.join(half, 'data'));
	fs.renameSync(half, tree);
}

// args: more options. User root has no password and comes by the socket only. Gives { port, address, socket, dir, log, sql(text, database), restart(args): with
// these options instead, kill(): as a crash would, start(), stop() }. The server offers TLS with a certificate of its own making unless args say otherwise.
export async function startMysql({ args = [], address = '127.0.0.1', port } = {}) {
	port ??= await freePort();
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-mysql.'));
	const socket = path.join(dir, 'sock'), log = path.join(dir, 'log');
	await run('cp', ['-r', path.join(tree, 'data'), path.join(dir, 'data')]);
	let child, options = args;
	const client = ['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4', '--batch', '--skip-column-names'];
	const sql = async (text, database) => (await run('mariadb', [...client, '-e', text, ...(database ? [database] : [])], { maxBuffer: 64 << 20 })).stdout.trim();
	const mysql = {
		port, address, socket, dir, log, sql,
		async start() {
			const out = fs.openSync(log, 'a');
			child = spawn('setpriv', ['--pdeathsig', 'KILL', ...server(tree), `--datadir=${dir}/data`, `--socket=${socket}`, `--pid-file=${dir}/pid`, `--port=${port}`, `--bind-address=${address}`,
				'--mysqlx=OFF', '--secure-file-priv=NULL', '--innodb-buffer-pool-size=64M', '--innodb-flush-log-at-trx-commit=2', '--innodb-doublewrite=0', '--performance-schema=0', '--skip-log-bin',
				'--max-connections=100', ...options], { stdio: ['ignore', out, out] });
			fs.closeSync(out);
			await until(() => {
				if (child.exitCode !== null || child.signalCode !== null)
					throw new Error(`MySQL did not start: ${fs.readFileSync(log, 'utf8').slice(-3000)}`);
				return sql('SELECT 1').then(() => true, () => false);
			}, () => `MySQL: ${fs.readFileSync(log, 'utf8').slice(-3000)}`);
		},
		async restart(more = []) {
			await stopChild(child);
			options = more;
			await mysql.start();
		},
		kill: () => stopChild(child, 'SIGKILL'),
		async stop() {
			await stopChild(child, 'SIGKILL');
			fs.rmSync(dir, { recursive: true, force: true });
		},
	};
	try {
		await mysql.start();
	} catch (error) {
		await mysql.stop();
		throw error;
	}
	return mysql;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
	await makeTree().catch(error => {
		console.error(`MySQL could not be had: ${error.message}`);
		process.exitCode = 1;
	});
