// S3 for tests: Ceph's own radosgw, with a monitor and an OSD that keeps all in memory, on free ports of 127.0.0.1. It checks signatures itself. It takes 15 s to start:
// sharedRadosgw() gives the one that OUTPORT_TEST_RADOSGW names, when there is one (site.mjs starts it), and each test makes a bucket of its own.
import { execFile, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, stopChild, until } from '../nginx.mjs';
import { request } from '../http.mjs';
import { hasProgram, needPrograms } from './needs.mjs';

const run = promisify(execFile);

const programs = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'];
export const hasRadosgw = () => programs.every(hasProgram);
export const needRadosgw = () => process.env.OUTPORT_TEST_RADOSGW || needPrograms(...programs);

const configuration = ({ dir, fsid, mon, port }) => `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${mon}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = ${dir}
crash dir = ${dir}
log file =
admin socket =
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 1
mon data avail crit = 1
paxos propose interval = 0.05
paxos min wait = 0.01
osd objectstore = memstore
memstore device bytes = 1073741824
[mon.a]
mon data = ${dir}/mon
[osd.0]
osd data = ${dir}/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw thread pool size = 32
rgw enable gc threads = false
rgw enable lc threads = false
rgw run sync thread = false
rgw crypt require ssl = false
rgw crypt default encryption key = ${crypto.randomBytes(32).toString('base64')}
`;

export async function startRadosgw() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-s3.'));
	const conf = path.join(dir, 'ceph.conf'), fsid = crypto.randomUUID();
	const mon = await freePort(), port = await freePort();
	fs.writeFileSync(conf, configuration({ dir, fsid, mon, port }));
	for (const folder of ['mon', 'osd'])
		fs.mkdirSync(path.join(dir, folder));
	const children = [];
	// They end with us, however we end.
	const start = (program, ...args) => {
		const log = fs.openSync(path.join(dir, `${program}.log`), 'a');
		children.push(spawn('setpriv', ['--pdeathsig', 'KILL', program, '-c', conf, '-f', ...args], { stdio: ['ignore', log, log] }));
		fs.closeSync(log);
	};
	const stop = async () => {
		for (const child of children.reverse())
			await stopChild(child, 'SIGKILL');
		fs.rmSync(dir, { recursive: true, force: true });
	};
	const logs = () => fs.readdirSync(dir).filter(name => name.endsWith('.log')).map(name => `${name}: ${fs.readFileSync(path.join(dir, name), 'utf8').slice(-1000)}`).join('\n');
	try {
		const map = path.join(dir, 'monmap');
		await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${mon}]`, map]);
		await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', map]);
		start('ceph-mon', '-i', 'a');
		const uuid = crypto.randomUUID();
		await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', uuid]);
		await run('ceph', ['-c', conf, 'osd', 'new', uuid]);
		start('ceph-osd', '-i', '0');
		start('radosgw', '-n', 'client.rgw');
		await until(() => {
			if (children.some(child => child.exitCode !== null || child.signalCode !== null))
				throw new Error('one of its programs ended');
			return request(`http://127.0.0.1:${port}/`).then(answer => answer.status === 200, () => false);
		}, () => 'radosgw', 180000);
		const keyId = `AKIA${crypto.randomBytes(8).toString('hex').toUpperCase()}`, secret = crypto.randomBytes(30).toString('base64');
		await run('radosgw-admin', ['-c', conf, '-n', 'client.rgw', 'user', 'create', '--uid=outport', '--display-name=outport', `--access-key=${keyId}`, `--secret-key=${secret}`]);
		return { port, keyId, secret, stop };
	} catch (error) {
		const said = logs();
		await stop();
		throw new Error(`radosgw did not start: ${error.message}\n${said}`);
	}
}

// Adds to where radosgw is what a test sets up and looks at, past the verifier: call(method, path, { body, headers, query }): { status, headers, body (a Buffer) };
// createBucket() gives a name of its own.
async function withCalls(s3) {
	const { makeSigner } = await import('./signature.mjs');
	const signer = makeSigner({ service: 's3', region: 'ca-central-1', credentials: { accessKeyId: s3.keyId, secretAccessKey: s3.secret } });
	s3.call = async (method, at, { body, headers = {}, query = {} } = {}) => {
		const signed = await signer.sign({ method, protocol: 'http:', hostname: '127.0.0.1', path: at, query, headers: { host: `127.0.0.1:${s3.port}`, ...headers }, body: body ?? '' });
		delete signed.headers.host; // fetch's own is the same
		const text = Object.entries(query).map(pair => pair.map(encodeURIComponent).join('=')).sort().join('&');
		const answer = await fetch(`http://127.0.0.1:${s3.port}${at}${text && `?${text}`}`, { method, body, headers: signed.headers });
		return { status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) };
	};
	s3.createBucket = async () => {
		const name = `outport-${crypto.randomBytes(6).toString('hex')}`;
		const answer = await s3.call('PUT', `/${name}`);
		if (answer.status !== 200)
			throw new Error(`bucket ${name}: ${answer.status} ${answer.body}`);
		return name;
	};
	return s3;
}

// For startAws({ services: ['s3', …], s3: await sharedRadosgw() }).
export async function sharedRadosgw() {
	const shared = process.env.OUTPORT_TEST_RADOSGW;
	return withCalls(shared ? { ...JSON.parse(shared), stop: async () => {} } : await startRadosgw());
}
