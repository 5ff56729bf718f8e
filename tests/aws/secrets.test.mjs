// Secrets by reference: the file that KMS opens, parameters, Secrets Manager; what is told when one cannot be read, and that none is told to anybody else.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { configure as withMail, order, rowOf } from '../jobs/mails.mjs';
import { startAws } from '../support/aws/aws.mjs';
import { stopChild, until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';
import { makeAuthority, startSmtp } from '../support/smtp.mjs';

const program = path.join(process.env.top_builddir ?? path.resolve(import.meta.dirname ?? '.', '../../build/dev'), 'outportctl');
const password = 'pass-é-"quoted\\-{never told}';
const whole = { username: 'outport', password, host: 'db.example', port: 3307, database: 'site' };
let aws, dir;

before(async () => {
	aws = await startAws({ services: ['kms', 'ssm', 'secretsmanager', 'imds', 'container'] });
	dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-secrets-'));
});
beforeEach(async () => {
	await aws.up();
	aws.behave();
	aws.calls.splice(0);
});
after(async () => {
	await aws.stop();
	fs.rmSync(dir, { recursive: true, force: true });
});

// A configuration with these values of [database] and [mail]; its name.
function configure({ region, mail = {}, media = {}, ...database } = {}) {
	const section = (name, values) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)];
	const file = path.join(dir, 'outport.conf');
	fs.writeFileSync(file, ['[site]', 'url = https://example.ca', 'contact_email = owner@example.ca', ...section('database', database), ...section('mail', mail), ...section('media', media),
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

test('a password alone, and what a database’s own secret has beside, are taken; what holds no password is not', async () => {
	assert.match((await encrypt('alone.kms', `${password}\n`)).stdout, /alone\.kms holds password \(/);
	assert.deepEqual(JSON.parse((await decrypt('alone.kms', '--show')).stdout), { password });
	await encrypt('rds.kms', { username: 'admin', password, engine: 'mysql', host: 'h', port: '3306', dbname: 'd', dbInstanceIdentifier: 'x' });
	assert.deepEqual(JSON.parse((await decrypt('rds.kms', '--show')).stdout), { username: 'admin', password, host: 'h', port: 3306, database: 'd' });
	const seen = aws.calls.length;
	for (const [input, why] of [['', /no password in it/], ['\n', /no password in it/], ['{"username":"u"}', /no password in it/], ['{"pasword":"hidden"}', /none of username, password/], ['{"password":"hidden"', /begins as a JSON object/],
		['{"password":"hidden","port":"x"}', /port is no whole number/], ['h'.repeat(600), /longer than any password/], [`{"password":"${'h'.repeat(5000)}"}`, /at most 4096 bytes/], ['hid\0den', /zero byte/]]) {
		const result = await ctl(['secrets', 'encrypt', '--key-id', 'alias/outport', '--out', file('none.kms')], { input });
		assert.equal(result.status, 1, input);
		assert.match(result.stderr, why);
		assert.ok(!result.all.includes('hidden'), result.all);
		assert.ok(!fs.existsSync(file('none.kms')));
	}
	assert.equal(aws.calls.length, seen, 'nothing of it was sent');
});

test('a file is replaced only when told to, and given to a group', async () => {
	await encrypt('kept.kms', 'the first');
	const before = fs.readFileSync(file('kept.kms'), 'utf8'), seen = aws.calls.length;
	const again = await ctl(['secrets', 'encrypt', '--key-id', 'alias/outport', '--out', file('kept.kms')], { input: 'the second' });
	assert.equal(again.status, 1);
	assert.match(again.stderr, /kept\.kms is there already: --force replaces it/);
	assert.equal(fs.readFileSync(file('kept.kms'), 'utf8'), before);
	assert.equal(aws.calls.length, seen);
	const group = fs.readFileSync('/etc/group', 'utf8').split('\n').map(line => line.split(':')).find(([name, , id]) => (process.getgid() === 0 ? name === 'daemon' : Number(id) === process.getgid()));
	assert.match((await encrypt('kept.kms', 'the second', ['--force', '--group', group[0]])).stdout, /mode 0640/);
	const stat = fs.statSync(file('kept.kms'));
	assert.deepEqual([stat.mode & 0o7777, stat.gid], [0o640, Number(group[2])]);
	assert.deepEqual(JSON.parse((await decrypt('kept.kms', '--show')).stdout), { password: 'the second' });
	for (const [args, why] of [[['--out', file('x.kms'), '--group', 'no_such_group'], /--group: there is no group "no_such_group"/], [['--out', '/nowhere/x.kms'], /\/nowhere\/x\.kms cannot be made: No such file/]]) {
		const result = await ctl(['secrets', 'encrypt', '--key-id', 'alias/outport', ...args], { input: 'x' });
		assert.equal(result.status, 1);
		assert.match(result.stderr, why);
	}
	assert.equal((await ctl(['secrets', 'encrypt', '--out', file('x.kms')])).status, 2);
	assert.equal((await ctl(['secrets', 'encrypt', '--key-id', 'alias/outport'])).status, 2);
});

test('at a terminal it asks, and the password is not shown', async () => {
	// script(1) gives it a terminal, which echoes what is typed unless it is told not to.
	const line = [program, '--config', configure(), 'secrets', 'encrypt', '--key-id', 'alias/outport', '--out', file('asked.kms')].join(' ');
	const run = answers => new Promise(resolve => {
		const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...process.env, ...aws.env }, stdio: ['pipe', 'pipe', 'inherit'] });
		let text = '', at = 0;
		child.stdout.setEncoding('utf8').on('data', more => {
			text += more;
			for (let end; (end = /(?:nothing|shown\)|again): /.exec(text.slice(at))) !== null; at += end.index + end[0].length)
				child.stdin.write(`${answers.shift()}\n`);
		});
		child.once('close', status => resolve({ status, text }));
	});
	const bad = await run(['outport', 'hidden one', 'hidden two']);
	assert.notEqual(bad.status, 0);
	assert.match(bad.text, /the two passwords differ/);
	const good = await run(['outport', 'hidden one', 'hidden one', '', '3307', '']);
	assert.equal(good.status, 0, good.text);
	assert.ok(!(bad.text + good.text).includes('hidden') && good.text.includes('3307'), good.text);
	assert.deepEqual(JSON.parse((await decrypt('asked.kms', '--show')).stdout), { username: 'outport', password: 'hidden one', port: 3307 });
});

// A file of ours with a ciphertext of the test's own.
const sealed = (name, plain, context = { application: 'outport', purpose: 'credentials' }) => {
	const { CiphertextBlob } = aws.kms.encrypt({ KeyId: 'alias/outport', Plaintext: Buffer.from(plain).toString('base64'), EncryptionContext: context });
	fs.writeFileSync(file(name), `outport secret, KMS, version 1\n${CiphertextBlob}\n`);
};

test('a file that is damaged, of another use, or none of ours is refused with its reason', async () => {
	await encrypt('good.kms');
	const text = fs.readFileSync(file('good.kms'), 'utf8');
	const damage = at => `${text.slice(0, -at)}${text.at(-at) === 'A' ? 'B' : 'A'}${text.slice(-at + 1)}`;
	const cases = [
		['another use', () => sealed('bad.kms', JSON.stringify(whole), { application: 'outport', purpose: 'something else' }), /damaged, or was not made for this use/],
		['no use', () => sealed('bad.kms', JSON.stringify(whole), {}), /damaged, or was not made for this use/],
		['a changed letter', () => fs.writeFileSync(file('bad.kms'), damage(20)), /damaged, or was not made for this use/],
		['cut', () => fs.writeFileSync(file('bad.kms'), text.slice(0, -9)), /is damaged: make it again/],
		['cut to its first line', () => fs.writeFileSync(file('bad.kms'), text.slice(0, 31)), /is damaged: make it again/],
		['no base64', () => fs.writeFileSync(file('bad.kms'), damage(20).replace(/.$/m, '%')), /is no file of outportctl secrets encrypt|is damaged/],
		['lines behind', () => fs.writeFileSync(file('bad.kms'), `${text}more\n`), /is damaged/],
		['too long', () => fs.writeFileSync(file('bad.kms'), `${text.slice(0, 31)}${'A'.repeat(100000)}\n`), /is damaged/],
		['something else', () => fs.writeFileSync(file('bad.kms'), 'hidden\n'), /is no file of outportctl secrets encrypt/],
		['empty', () => fs.writeFileSync(file('bad.kms'), ''), /is no file of outportctl secrets encrypt/],
		['not there', () => fs.rmSync(file('bad.kms')), /No such file or directory/],
		['a folder', () => fs.mkdirSync(file('bad.kms')), /Is a directory/],
		['a broken object inside', () => { fs.rmdirSync(file('bad.kms')); sealed('bad.kms', '{"password":"hidden'); }, /begins as a JSON object/],
		['bytes inside', () => sealed('bad.kms', Buffer.from('hid\0den')), /zero byte/],
	];
	for (const [name, make, why] of cases) {
		make();
		const result = await decrypt('bad.kms', '--show');
		assert.equal(result.status, 1, name);
		assert.equal(result.stdout, '', name);
		assert.match(result.stderr, why, name);
		assert.ok(!result.stderr.includes('hidden') && !result.stderr.includes('pass-'), name);
	}
	sealed('bad.kms', `${password}\n`);
	assert.deepEqual(JSON.parse((await decrypt('bad.kms', '--show')).stdout), { password }, 'a password alone is one');
});

test('a key that is away, disabled or not ours is told from one that is wrong', async () => {
	await encrypt('good.kms', whole, ['--force']);
	const reference = `kms:${file('good.kms')}`;
	aws.kms.setEnabled('alias/outport', false);
	let result = await show({ password: reference });
	assert.match(result.stdout, /cannot be read: the key is disabled/);
	result = await ctl(['secrets', 'encrypt', '--key-id', 'alias/outport', '--out', file('new.kms')], { input: 'hidden' });
	assert.match(result.stderr, /nothing was encrypted by alias\/outport: the key is disabled/);
	aws.kms.setEnabled('alias/outport', true);
	result = await ctl(['secrets', 'encrypt', '--key-id', 'alias/nobody', '--out', file('new.kms')], { input: 'hidden' });
	assert.match(result.stderr, /nothing was encrypted by alias\/nobody: there is no such key/);
	assert.ok(!fs.existsSync(file('new.kms')) && !result.all.includes('hidden'));
	// [what the service does, what is said, whether it may pass]
	for (const [rule, why, away] of [
		[{ status: 400, code: 'AccessDeniedException', message: 'User: arn:aws:iam::1:role/x is not authorized to perform: kms:Decrypt' }, /AccessDeniedException/, false],
		[{ status: 400, code: 'ThrottlingException', times: 9 }, /ThrottlingException/, true],
		[{ status: 500, code: 'KMSInternalException', times: 9 }, /KMSInternalException/, true],
		[{ cut: 'body', times: 9 }, /kms/i, true],
	]) {
		aws.behave();
		aws.misbehave({ match: 'kms:Decrypt', ...rule });
		const { status, stdout } = await show({ password: reference });
		assert.equal(status, 1);
		assert.match(stdout, why);
		assert.equal(/cannot be read for now/.test(stdout), away, stdout);
	}
	aws.behave();
	await aws.down();
	result = await show({ password: reference });
	await aws.up();
	assert.match(result.stdout, /cannot be read for now/);
	aws.misbehave({ match: 'kms:Decrypt', slow_ms: 1500 });
	assert.equal((await show({ password: reference })).status, 0, 'slow is not away');
	aws.kms.deleteKey('alias/outport');
	assert.match((await decrypt('good.kms')).stderr, /there is no such key/);
	aws.kms.createKey({ alias: 'outport' });
});

test('answers that are none end in a sentence', async () => {
	sealed('good.kms', JSON.stringify(whole));
	const secrets = [['kms:Decrypt', `kms:${file('good.kms')}`], ['ssm:GetParameter', 'ssm:/outport/db'], ['secretsmanager:GetSecretValue', 'secretsmanager:site']];
	aws.ssm.set('/outport/db', password);
	aws.secrets.put('site', JSON.stringify(whole));
	for (const [match, reference] of secrets) {
		for (const [garbage, times] of [['json', 10], ['binary', 1], ['huge', 1]]) {
			aws.behave();
			const rule = aws.misbehave({ match, garbage, times });
			while (rule.seen < times) {
				const { status, stdout, stderr } = await show({ password: reference });
				assert.equal(status, 1, stdout);
				assert.match(stdout, /cannot be read: .*(answer|secret)/, stdout);
				assert.equal(stderr, '');
			}
		}
		aws.behave();
		assert.equal((await show({ password: reference })).status, 0);
	}
});

test('parameters and secrets: as JSON or as a text, by name or ARN, the current version', async () => {
	aws.ssm.set('/outport/db', `${password}\n`);
	assert.match((await show({ password: 'ssm:/outport/db' })).stdout, /can be read: tells password\n\[mail\]/);
	aws.ssm.set('/outport/db', JSON.stringify(whole));
	assert.match((await show({ password: 'ssm:/outport/db', user: 'ssm:/outport/db' })).stdout, /\[database\] user = ssm:\/outport\/db\n  can be read: tells username, password, host, port, database\n\[database\] password/);
	assert.match((await show({ password: 'ssm:/outport/other' })).stdout, /cannot be read: .*ParameterNotFound/);
	const arn = aws.secrets.put('site', 'an old one');
	aws.secrets.put('site', JSON.stringify({ username: 'admin', password, engine: 'mysql' }));
	for (const id of ['site', arn])
		assert.match((await show({ password: `secretsmanager:${id}` })).stdout, /can be read: tells username, password\n  what it tells beside the password goes before the file's own values\n\[mail\]/);
	aws.secrets.put('bytes', Buffer.from([1, 2, 3]));
	assert.match((await show({ password: 'secretsmanager:bytes' })).stdout, /cannot be read: the secret is of bytes/);
	assert.match((await show({ password: 'secretsmanager:nobody' })).stdout, /cannot be read: .*ResourceNotFoundException/);
	aws.secrets.remove('bytes');
	assert.match((await show({ password: 'secretsmanager:bytes' })).stdout, /cannot be read: .*marked for deletion/);
	aws.secrets.put('nothing', '{"username":"u"}');
	const lacks = await show({ password: 'secretsmanager:nothing' });
	assert.equal(lacks.status, 1);
	assert.match(lacks.stdout, /tells username, but no password/);
	assert.ok(aws.calls.every(call => call.action !== 'ssm:GetParameter' || call.input.WithDecryption === true));
});

test('where the secrets and the credentials come from', async () => {
	aws.ssm.set('/outport/db', password);
	fs.writeFileSync(file('plain'), `${password}\n`);
	const local = await show({ password: `file:${file('plain')}`, user: 'env:WHO', mail: { smtp_password: 'env:NOT_SET' } }, { env: { WHO: 'outport' } });
	assert.equal(local.status, 1);
	assert.match(local.stdout, /\[database\] host: none\n\[database\] user = env:WHO\n  can be read: tells the value itself\n\[database\] password = file:.*plain\n  can be read: tells password\n\[mail\] smtp_password = env:NOT_SET\n  cannot be read: the environment has no such variable\nAWS: not used\n/);
	for (const [env, from] of [[aws.env, 'environment'], [aws.imds.env, 'instance'], [aws.container.env, 'container']]) {
		const result = await show({ password: 'ssm:/outport/db' }, { env });
		assert.equal(result.status, 0, result.all);
		assert.match(result.stdout, new RegExp(`\nAWS: credentials from the ${from}\n$`));
		assert.ok(!result.all.includes('pass-') && !Object.entries(env).some(([name, value]) => /KEY|TOKEN/.test(name) && result.all.includes(value)));
	}
	const seen = aws.calls.length;
	const nobody = await show({ password: 'ssm:/outport/db' }, { env: aws.endpoints });
	assert.equal(nobody.status, 1);
	assert.match(nobody.stdout, /cannot be read: .*\nAWS: no credentials: /s);
	assert.equal(aws.calls.length, seen, 'nothing went out unsigned');
	const nowhere = await show({ password: 'ssm:/outport/db' }, { env: { ...aws.env, AWS_REGION: '' } });
	assert.match(nowhere.stdout, /cannot be read: there is no region/);
	assert.equal((await show({ password: 'ssm:/outport/db', region: aws.region }, { env: { ...aws.env, AWS_REGION: '' } })).status, 0);
});

test('check-config looks as far as it can without asking AWS', async () => {
	sealed('good.kms', JSON.stringify(whole));
	fs.writeFileSync(file('bad.kms'), 'x');
	const check = (database, env = aws.env) => ctl(['check-config'], { conf: configure(database), env });
	for (const reference of [`kms:${file('good.kms')}`, 'ssm:/outport/db', 'secretsmanager:site']) {
		const result = await check({ password: reference, host: reference });
		assert.equal(result.status, 0, result.stderr);
		assert.match(result.stdout, /\[database\] password = .*: AWS was not asked; "outportctl secrets show-source" asks\.\n/);
		assert.match((await check({ password: reference }, {})).stderr, /cannot be read: there is no region/);
	}
	for (const [database, why] of [[{ password: 'kms:/nowhere' }, /\[database\] password = kms:\/nowhere cannot be read: \/nowhere: No such file/], [{ user: `kms:${file('bad.kms')}` }, /\[database\] user = .* is no file of outportctl/],
		[{ host: 'file:/nowhere' }, /\[database\] host = file:\/nowhere cannot be read/], [{ mail: { smtp_password: 'env:NOT_SET' } }, /\[mail\] smtp_password = env:NOT_SET cannot be read: the environment has no such variable/],
		[{ password: 'vault:x' }, /must say where the secret is kept/], [{ tls_ca: '/nowhere.pem' }, /\[database\] tls_ca = \/nowhere\.pem: No such file/],
		[{ media: { store: 's3' } }, /\[media\] store = s3 needs bucket/], [{ media: { store: 's3', bucket: 'My_Bucket' } }, /\[media\] bucket: /],
		[{ media: { store: 's3', bucket: 'photos', prefix: '../photos/' } }, /\[media\] prefix: /], [{ media: { store: 's3', bucket: 'photos', prefix: 'photos' } }, /\[media\] prefix: /]]) {
		const result = await check(database);
		assert.equal(result.status, 1);
		assert.match(result.stderr, why);
	}
	assert.equal(aws.calls.length, 0);
});

test('no secret is written anywhere but where it was asked for', async () => {
	const trace = file('trace');
	const under = ['strace', '-f', '-s', '100000', '-xx', '-e', 'trace=write,writev,pwrite64,sendto,sendmsg,execve', '-o', trace];
	const hex = text => [...Buffer.from(text)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
	aws.ssm.set('/outport/db', JSON.stringify(whole));
	const conf = configure({ password: 'ssm:/outport/db', mail: { smtp_password: `kms:${file('traced.kms')}` } });
	const written = async (args, input) => {
		// the leak checker does not work under a tracer
		const result = await ctl(args, { conf, under, input, env: { ...aws.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` } });
		assert.equal(result.status, 0, result.stderr);
		const text = fs.readFileSync(trace, 'latin1');
		assert.ok(text.includes('execve(') && text.split('\n').length > 3, 'the trace is there');
		return text;
	};
	const sealing = await written(['secrets', 'encrypt', '--key-id', 'alias/outport', '--out', file('traced.kms')], JSON.stringify({ password }));
	assert.ok(sealing.includes(hex('outport secret, KMS')) && !sealing.includes(hex('pass-')));
	for (const args of [['secrets', 'decrypt', file('traced.kms')], ['secrets', 'show-source'], ['check-config']]) {
		const text = await written(args);
		assert.ok(!text.includes(hex('pass-')) && !text.includes(hex(Buffer.from('pass-é').toString('base64').slice(0, 8))), args.join(' '));
		assert.ok(!text.includes(hex(aws.env.AWS_SECRET_ACCESS_KEY)));
	}
	assert.ok((await written(['secrets', 'decrypt', file('traced.kms'), '--show'])).includes(hex('pass-')), 'it would have been seen');
});

test('the mail server’s password: waited for while AWS is away, read again when the server refuses it, without a restart', async t => {
	aws.secrets.put('smtp', JSON.stringify({ username: 'outport', password: 'hidden first' }));
	const site = await startSite({ listings: 0, workers: 1, jobs: false });
	t.after(() => site.stop());
	const authority = makeAuthority(path.join(site.dir, 'ca'));
	let good = 'hidden first';
	const signIns = [];
	const server = await startSmtp({ authority, user: 'outport', onAuth(auth, session, done) {
		signIns.push(auth.password);
		done(auth.username === 'outport' && auth.password === good ? null : Object.assign(new Error('not known here'), { responseCode: 535 }), { user: 'outport' });
	} });
	t.after(() => server.stop());
	const conf = withMail(site, { transport: 'smtp', from: 'outport@outport.example', smtp_url: `smtp://localhost:${server.port}`, smtp_tls_ca: authority.ca, smtp_user: 'outport', smtp_password: 'secretsmanager:smtp' });
	const send = async to => {
		const id = await order(site, { to });
		return { id, arrived: () => until(async () => server.mails.some(mail => mail.to[0] === to), () => `the mail to ${to}: ${log}`) };
	};
	let log = '';
	const seen = word => until(async () => log.includes(word), () => `${word}: ${log}`);
	aws.misbehave({ match: 'secretsmanager:GetSecretValue', status: 400, code: 'AccessDeniedException' });
	const first = await send('anna@example.org');
	const refused = await ctl(['jobs', '--once'], { conf });
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /no mail can be delivered: \[mail\] smtp_password = secretsmanager:smtp cannot be read: /);
	assert.match((await rowOf(site, first.id)).error, /\[mail\] smtp_password = secretsmanager:smtp cannot be read: .*AccessDeniedException/);
	assert.equal(signIns.length, 0, 'nobody signs in without it');
	await site.sql('UPDATE outbox SET due_at = UTC_TIMESTAMP()');
	const jobs = spawn(program, ['--config', conf, 'jobs'], { env: { ...process.env, ...aws.env }, stdio: ['ignore', 'ignore', 'pipe'] });
	t.after(() => stopChild(jobs));
	jobs.stderr.setEncoding('utf8').on('data', text => { log += text; });
	await first.arrived();
	// rotated: what is kept is refused once, and the mail goes out all the same
	good = 'hidden second';
	aws.secrets.put('smtp', JSON.stringify({ username: 'outport', password: good }));
	for (const socket of server.sockets)
		socket.destroy();
	const second = await send('bert@example.org');
	await second.arrived();
	await seen('smtp_password_changed');
	assert.deepEqual([...new Set(signIns)], ['hidden first', 'hidden second']);
	await until(async () => (await rowOf(site, second.id)).state === 1, () => 'the row');
	assert.equal((await rowOf(site, second.id)).attempts, 1);
	// changed at the server alone: the same is read again, and the mail waits
	good = 'hidden third';
	for (const socket of server.sockets)
		socket.destroy();
	const before = aws.calls.length;
	const third = await send('carl@example.org');
	await until(async () => (await rowOf(site, third.id)).attempts === 1 && (await rowOf(site, third.id)).error !== '', () => 'the third mail');
	assert.equal(aws.calls.length, before + 1);
	assert.ok(!log.includes('hidden') && !(await rowOf(site, third.id)).error.includes('hidden'), log);
});
