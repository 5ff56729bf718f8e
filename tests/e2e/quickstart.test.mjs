// quickstart's refusals: one clear sentence, exit status 1, nothing left running and nothing written outside build/.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { topSrc, until } from '../support/nginx.mjs';

const TOOLS = ['bash', 'cat', 'comm', 'dirname', 'env', 'flock', 'grep', 'id', 'mkdir', 'mv', 'rm', 'sed', 'sort', 'stat', 'tail', 'tr'];
let dir;

// A clone of only what is looked at before anything is built.
function clone(name) {
	const top = path.join(dir, name);
	fs.mkdirSync(path.join(top, 'tests'), { recursive: true });
	fs.copyFileSync(path.join(topSrc, 'quickstart'), path.join(top, 'quickstart'));
	fs.chmodSync(path.join(top, 'quickstart'), 0o755);
	fs.copyFileSync(path.join(topSrc, 'tests/check.sh'), path.join(top, 'tests/check.sh'));
	return top;
}

// A PATH of its own with the programs of every Debian, and stand-ins.
function bin(name, standIns) {
	const folder = path.join(dir, name);
	fs.mkdirSync(folder);
	for (const tool of TOOLS.filter(one => !(one in standIns))) // a stand-in written through a link would replace the system's own program
		fs.symlinkSync(spawnSync('bash', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim(), path.join(folder, tool));
	for (const [tool, script] of Object.entries(standIns))
		fs.writeFileSync(path.join(folder, tool), `#!/bin/bash\n${script}\n`, { mode: 0o755, flag: 'wx' });
	return folder;
}

function quickstart(top, args, env = {}) {
	return spawnSync(path.join(top, 'quickstart'), args, { encoding: 'utf8', env: { ...process.env, PORT: '', LISTINGS: '', ...env }, timeout: 60000 });
}

function refused(answer, sentence) {
	assert.equal(answer.status, 1, answer.stderr);
	const said = answer.stderr.trim().split('\n').filter(line => line.startsWith('quickstart: '));
	assert.equal(said.length, 1, answer.stderr);
	assert.match(said[0], sentence);
}

before(() => {
	dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-quickstart-'));
});
after(() => fs.rmSync(dir, { recursive: true, force: true }));

test('a wrong command, option, port or number is refused', () => {
	const top = clone('arguments');
	for (const [args, env, sentence] of [
		[['serve'], {}, /'serve' is no command/], [['run', '--quick'], {}, /run does not know '--quick'/],
		[['run', '--detach', 'x'], {}, /one option/], [['check', '--some'], {}, /check does not know '--some'/], [['stop', 'now'], {}, /no arguments/],
		[['run'], { PORT: '0' }, /PORT=0 is no port/], [['run'], { PORT: '65536' }, /is no port/], [['run'], { PORT: '80a' }, /is no port/],
		[['run'], { LISTINGS: '-1' }, /LISTINGS=-1/], [['run'], { LISTINGS: '1e3' }, /LISTINGS=1e3/],
	])
		refused(quickstart(top, args, env), sentence);
	const nothing = quickstart(top, []);
	assert.equal(nothing.status, 1);
	assert.match(nothing.stderr, /^Usage:/);
	assert.equal(quickstart(top, ['help']).status, 0);
});

test('a folder that autotools cannot build in, or too deep for sockets, is refused', () => {
	refused(quickstart(clone('with blanks'), ['run']), /blank/);
	refused(quickstart(clone('d/'.repeat(40) + 'deep'), ['run']), /too deep/);
	const configured = clone('configured');
	fs.writeFileSync(path.join(configured, 'config.status'), '');
	refused(quickstart(configured, ['run']), /make distclean/);
});

test('a port in use is refused before anything is installed or built', async () => {
	const server = net.createServer();
	await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
	const top = clone('port');
	const child = spawn(path.join(top, 'quickstart'), ['run'], { env: { ...process.env, PORT: String(server.address().port), LISTINGS: '' } });
	let stderr = '';
	child.stderr.on('data', chunk => { stderr += chunk; });
	const status = await new Promise(resolve => child.once('close', resolve));
	server.close();
	refused({ status, stderr }, /port \d+ is in use by another program/);
	assert.ok(!fs.existsSync(path.join(top, 'configure')));
});

test('no Debian, no apt-get, no network: each is said', () => {
	const top = clone('packages');
	const env = folder => ({ PATH: folder, PORT: '64999' });
	refused(quickstart(top, ['run'], env(bin('none', { 'dpkg-query': 'exit 1', id: '[ "$1" = -u ] && echo 0 || echo root' }))), /apt-get is not here/);
	refused(quickstart(top, ['run'], env(bin('offline', { 'dpkg-query': 'exit 1', 'apt-get': 'echo "E: no such host"; exit 100', id: '[ "$1" = -u ] && echo 0 || echo root' }))),
		/could not install .*is there a network/);
	refused(quickstart(top, ['run'], env(bin('nobody', { 'dpkg-query': 'exit 1', 'apt-get': 'exit 0', id: '[ "$1" = -u ] && echo 1000 || echo root' }))),
		/no sudo .*run as root: apt-get install/);
});

test('two at a time in one folder are one too many', async () => {
	const top = clone('twice');
	const folder = bin('slow', { 'dpkg-query': 'exit 1', 'apt-get': 'echo slow >"$HOLD"; exec tail -f /dev/null', id: '[ "$1" = -u ] && echo 0 || echo root' });
	const hold = path.join(dir, 'hold');
	const first = spawn(path.join(top, 'quickstart'), ['run'], { env: { PATH: folder, PORT: '64998', HOLD: hold }, stdio: 'ignore', detached: true });
	await until(() => fs.existsSync(hold), () => 'the first one');
	refused(quickstart(top, ['run'], { PORT: '64998' }), /another quickstart is at work/);
	const gone = new Promise(resolve => first.once('exit', resolve));
	process.kill(-first.pid, 'SIGTERM');
	await gone;
});
