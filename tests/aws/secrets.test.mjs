// Secrets by reference: the file that KMS opens, parameters, Secrets Manager; what is told when one cannot be read, and that none is told to anybody else.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { startAws } from '../support/aws/aws.mjs';

const program = path.join(process.env.top_builddir ?? path.resolve(import.meta.dirname ?? '.', '../../build/dev'), 'outportctl');
const password = 'pass-é-"quoted\\-{never told}';
const whole = { username: 'outport', password, host: 'db.example', port: 3307, database: 'site' };
let aws, dir;

before(async () => {
	aws = await startAws({ services: ['kms', 'ssm', 'secretsmanager', 'imds', 'container'] });
	dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-secrets-'));
});
beforeEach(() => {
	aws.behave();
	aws.calls.splice(0);
});
after(async () => {
	await aws.stop();
	fs.rmSync(dir, { recursive: true, force: true });
});

// A configuration with these values of [database] and [mail]; its name.
function configure({ region, mail = {}, ...database } = {}) {
	const section = (name, values) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)];
	const file = path.join(dir, 'outport.conf');
	fs.writeFileSync(file, ['[site]', 'url = https://example.ca', 'contact_email = owner@example.ca', ...section('database', database), ...section('mail', mail),
		...section('aws', region ? { region } : {}), ''].join('\n'));
	return file;
}

// outportctl with this on its standard input: { status, stdout, stderr }. The peers run in this process: it must not block.
function ctl(args, { input = '', env = aws.env, conf = configure(), under = [] } = {}) {
	const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
	const [first, ...rest] = [...under, program, '--config', conf, ...args];
	const child = spawn(first, rest, { env: { ...clean, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
	let stdout = '', stderr = '';
	child.stdout.setEncoding('utf8').on('data', text => { stdout += text; });
	child.stderr.setEncoding('utf8').on('data', text => { stderr += text; });
	child.stdin.on('error', () => {}).end(input);
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', status => resolve({ status, stdout, stderr, all: stdout + stderr }));
	});
}

const file = name => path.join(dir, name);
async function encrypt(name, secret = whole, more = []) {
	const result = await ctl(['secrets', 'encrypt', '--key-id', 'alias/outport', '--out', file(name), ...more], { input: typeof secret === 'string' ? secret : JSON.stringify(secret) });
	assert.equal(result.status, 0, result.stderr);
	return result;
}
const decrypt = (name, ...more) => ctl(['secrets', 'decrypt', file(name), ...more]);
const show = (database, more) => ctl(['secrets', 'show-source'], { ...more, conf: configure(database) });

test('what was encrypted is opened again, and its values are shown only on demand', async () => {
	const made = await encrypt('whole.kms');
	assert.match(made.stdout, /holds username, password, host, port, database \(mode 0600\)\.\nThe configuration names it by: kms:\/.*whole\.kms\n/);
	assert.equal(fs.statSync(file('whole.kms')).mode & 0o7777, 0o600);
	assert.match(fs.readFileSync(file('whole.kms'), 'utf8'), /^outport secret, KMS, version 1\n[A-Za-z0-9+/]+=*\n$/);
	assert.deepEqual(aws.calls.map(call => [call.action, call.input.EncryptionContext]), [['kms:Encrypt', { application: 'outport', purpose: 'credentials' }]]);
	const told = await decrypt('whole.kms');
	assert.equal(told.status, 0, told.stderr);
	assert.match(told.stdout, /holds username, password, host, port, database\. Its values are shown with --show only/);
	assert.ok(!(made.all + told.all).includes('pass-') && !told.all.includes('db.example'));
	assert.deepEqual(JSON.parse((await decrypt('whole.kms', '--show')).stdout), whole);
	assert.ok(!fs.readdirSync(dir).some(name => name.startsWith('whole.kms.')), 'nothing is left beside it');
});
