// A second client, Amazon's own: what it sends is taken by the verifier, what the fakes answer it understands, and the links that it makes are ours. And what wants
// a clock of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { needRadosgw, sharedRadosgw } from '../support/aws/radosgw.mjs';
import { needPrograms, onceIsEnough } from '../support/aws/needs.mjs';
import { startProbe } from './probe.mjs';

onceIsEnough();
needPrograms('aws', 'faketime');
needRadosgw();
const { startAws } = await import('../support/aws/aws.mjs');
const program = ['/usr/bin/aws'].find(file => fs.existsSync(file)) ?? 'aws';
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-awscli.'));
const libfaketime = '/usr/$LIB/faketime/libfaketime.so.1'; // the loader knows where $LIB is
let aws, bucket;
before(async () => {
	const s3 = await sharedRadosgw();
	aws = await startAws({ services: ['kms', 'ssm', 'secretsmanager', 'ses', 'cloudwatch', 'dynamodb', 's3', 'imds', 'container'], s3 });
	bucket = await s3.createBucket();
});
after(async () => {
	await aws.stop();
	await aws.s3.stop();
	fs.rmSync(dir, { recursive: true, force: true });
});

// { status, out, errors } of one call.
function cli(args, env = aws.env) {
	const { PATH } = process.env;
	return new Promise(resolve => execFile(program, ['--endpoint-url', aws.url, '--output', 'json', ...args], {
		encoding: 'utf8', env: { PATH, HOME: dir, AWS_PAGER: '', AWS_MAX_ATTEMPTS: '1', AWS_DEFAULT_REGION: aws.region, AWS_REGION: aws.region, ...env },
	}, (error, out, errors) => resolve({ status: error ? error.code : 0, out, errors })));
}

async function ok(args, env) {
	const { status, out, errors } = await cli(args, env);
	assert.equal(status, 0, `${args.join(' ')}: ${errors}`);
	return out.startsWith('{') ? JSON.parse(out) : out;
}

async function refused(args, code, env) {
	const { status, errors } = await cli(args, env);
	assert.notEqual(status, 0, args.join(' '));
	assert.match(errors, new RegExp(`An error occurred \\(${code}\\)`));
}

const file = (name, bytes) => {
	fs.writeFileSync(path.join(dir, name), bytes);
	return `fileb://${path.join(dir, name)}`;
};

test('a link of the program is the one that Amazon\'s client makes at the same second, and it works', async () => {
	const stopped = { LD_PRELOAD: libfaketime, FAKETIME: '2026-11-21 20:00:00', TZ: 'UTC' };
	const token = { AWS_SESSION_TOKEN: 'a/token+with=signs' };
	const sorted = text => { const url = new URL(text); return [url.origin + url.pathname, [...url.searchParams].sort()]; };
	const probes = await Promise.all([{ ...aws.env, ...stopped }, { ...aws.env, ...stopped, ...token }].map(startProbe));
	for (const [probe, key, more] of [[probes[0], "a b/é+100%~(it's).webp", {}], [probes[1], 'plain.webp', token]]) {
		const ours = await probe.ask({ presign: key, bucket, expires: 600 });
		const theirs = await ok(['s3', 'presign', `s3://${bucket}/${key}`, '--expires-in', '600'], { ...aws.env, ...stopped, ...more });
		assert.deepEqual(sorted(ours.url), sorted(theirs.trim()), key);
		await probe.stop();
	}
	const now = startProbe(aws.env);
	const key = "a b/é+100%~(it's).webp";
	await ok(['s3api', 'put-object', '--bucket', bucket, '--key', key, '--body', file('object', 'bytes').slice(8), '--content-type', 'image/webp']);
	const answer = await fetch((await now.ask({ presign: key, bucket, expires: 60 })).url);
	assert.deepEqual([answer.status, await answer.text(), answer.headers.get('content-type')], [200, 'bytes', 'image/webp']);
	await now.stop();
});

test('a program whose clock is off by an hour is corrected by what radosgw itself says', async () => {
	for (const off of ['-3600', '+3600']) {
		const probe = startProbe({ ...aws.env, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${aws.s3.port}`, LD_PRELOAD: libfaketime, FAKETIME: off, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
		const key = `clock ${off}`, put = { service: 's3', method: 'PUT', bucket, key, headers: { 'content-type': 'text/plain' }, body: off };
		const first = await probe.ask(put);
		assert.deepEqual([first.status, first.attempts], [200, 2], JSON.stringify(first));
		assert.equal((await probe.ask(put)).attempts, 1);
		assert.ok(probe.log().some(line => line.event === 'aws_clock' && Math.abs(line.seconds + Number(off)) < 60), probe.text());
		await probe.stop();
		assert.equal((await aws.s3.call('GET', `/${bucket}/${encodeURIComponent(key)}`)).body.toString(), off);
	}
});

test('KMS, SSM and Secrets Manager', async () => {
	const sealed = await ok(['kms', 'encrypt', '--key-id', 'alias/outport', '--plaintext', file('plain', 'secret'), '--encryption-context', 'purpose=outport']);
	const blob = file('blob', Buffer.from(sealed.CiphertextBlob, 'base64'));
	const opened = await ok(['kms', 'decrypt', '--ciphertext-blob', blob, '--encryption-context', 'purpose=outport']);
	assert.equal(Buffer.from(opened.Plaintext, 'base64').toString(), 'secret');
	await refused(['kms', 'decrypt', '--ciphertext-blob', blob, '--encryption-context', 'purpose=other'], 'InvalidCiphertextException');
	await refused(['ssm', 'get-parameter', '--name', '/none'], 'ParameterNotFound');
	aws.secrets.put('outport/db', '{"password":"of sm"}');
	assert.equal((await ok(['secretsmanager', 'get-secret-value', '--secret-id', 'outport/db'])).SecretString, '{"password":"of sm"}');
	await refused(['secretsmanager', 'get-secret-value', '--secret-id', 'none'], 'ResourceNotFoundException');
	await refused(['ssm', 'get-parameter', '--name', '/outport/db'], 'InvalidSignatureException', { ...aws.env, AWS_SECRET_ACCESS_KEY: 'wrong' });
});

test('SES, CloudWatch, DynamoDB', async () => {
	const raw = 'From: a@outport.example\r\nTo: b@example.com\r\nSubject: hello\r\n\r\nBody\r\n';
	fs.writeFileSync(path.join(dir, 'content'), JSON.stringify({ Raw: { Data: Buffer.from(raw).toString('base64') } }));
	const { MessageId: id } = await ok(['sesv2', 'send-email', '--content', `file://${dir}/content`, '--from-email-address', 'a@outport.example', '--destination', 'ToAddresses=b@example.com']);
	assert.deepEqual(aws.ses.mails.map(mail => [mail.id, mail.raw]), [[id, raw]]);
	aws.ses.refuse = () => 'TooManyRequestsException';
	await refused(['sesv2', 'send-email', '--content', `file://${dir}/content`], 'TooManyRequestsException');
	await ok(['cloudwatch', 'put-metric-data', '--namespace', 'Outport', '--metric-data', 'MetricName=Latency,Values=1,2,Counts=3,4,Unit=Milliseconds,Dimensions=[{Name=Site,Value=a}]']);
	assert.deepEqual(aws.cloudwatch.metrics.map(({ name, values, counts, dimensions }) => [name, values, counts, dimensions]), [['Latency', [1, 2], [3, 4], { Site: 'a' }]]);
	await refused(['cloudwatch', 'put-metric-data', '--namespace', 'AWS/x', '--metric-name', 'a', '--value', '1'], 'InvalidParameterValue');
	await aws.dynamodb.createTable({ TableName: 'cli', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] });
	const put = ['dynamodb', 'put-item', '--table-name', 'cli', '--item', '{"id":{"S":"a"}}', '--condition-expression', 'attribute_exists(id)'];
	await refused(put, 'ConditionalCheckFailedException');
});

test('credentials of an instance and of a container', async () => {
	aws.ssm.set('/outport/db', 'of ssm');
	const get = ['ssm', 'get-parameter', '--name', '/outport/db', '--with-decryption'];
	for (const [source, more] of [[aws.imds, { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${aws.imds.url}/` }], [aws.container, {}]]) {
		assert.equal((await ok(get, { ...source.env, ...more })).Parameter.Value, 'of ssm');
		assert.equal(aws.calls.at(-1).headers['x-amz-security-token'], source.issuer.now.token);
	}
});
