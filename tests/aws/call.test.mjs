// Calls to AWS as they go over the wire: signed, tried again, corrected; where the credentials come from; what must not be sent, said or kept.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startAws } from '../support/aws/aws.mjs';
import { startServer } from '../support/aws/server.mjs';
import { until } from '../support/nginx.mjs';
import { makeAuthority } from '../support/smtp.mjs';
import { startProbe } from './probe.mjs';

let aws, dir;
before(async () => {
	aws = await startAws({ services: ['kms', 'ssm', 'ses', 'cloudwatch', 'imds', 'container'], token: true });
	dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-aws-'));
});
after(async () => {
	await aws.stop();
	fs.rmSync(dir, { recursive: true });
});

const kms = { service: 'kms', headers: { 'content-type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'TrentService.Encrypt' }, body: JSON.stringify({ KeyId: 'alias/outport', Plaintext: 'c2VjcmV0' }) };
const lastOf = list => list[list.length - 1];

// A probe with nothing of other tests in sight, ended with this one.
function probeOf(t, env = aws.env) {
	const probe = startProbe(env);
	t.after(async () => {
		aws.behave();
		aws.skew(0);
		await probe.stop();
	});
	aws.calls.length = 0;
	return probe;
}

// The verifier has recomputed the signature of each call that is there, from what arrived.
const allSigned = () => assert.deepEqual(aws.calls.filter(call => call.error !== '').map(call => [call.path, call.error]), []);

test('what is signed is what arrives: JSON, S3 with odd keys, large bodies, every method, a token', async t => {
	const probe = probeOf(t);
	const sealed = await probe.ask(kms);
	assert.deepEqual([sealed.err, sealed.status, sealed.attempts, sealed.source], ['no error', 200, 1, 'environment'], sealed.why);
	assert.match(sealed.request_id, /^[0-9a-f-]{36}$/);
	assert.ok(JSON.parse(sealed.body).CiphertextBlob);
	assert.equal(lastOf(aws.calls).headers['x-amz-security-token'], aws.env.AWS_SESSION_TOKEN);
	const keys = ['a b', 'été/雪 +%20&=?#\'()*!~', 'a%2Fb', 'a+b', '%', 'x'.repeat(1000), '🐙', 'a;b,c@d$e:f', '.well-known', 'a..b/c.'];
	for (const key of keys)
		for (const method of ['PUT', 'GET', 'HEAD', 'DELETE']) {
			const got = await probe.ask({ service: 's3', method, bucket: 'photos', key, headers: method === 'PUT' ? { 'x-amz-server-side-encryption': 'AES256', 'cache-control': 'public,  max-age=1' } : {}, ...(method === 'PUT' ? { body: 'é' } : {}) });
			const call = lastOf(aws.calls);
			assert.deepEqual([call.method, call.service, call.error, call.resource, got.attempts], [method, 's3', '', `arn:aws:s3:::photos/${key}`, 1], `${key}: ${got.why}`);
		}
	await probe.ask({ service: 's3', method: 'GET', bucket: 'photos', path: '/', query: { 'list-type': '2', prefix: 'a b/+é', delimiter: '/', acl: null, 'continuation-token': 'a==' } });
	await probe.ask({ service: 's3', method: 'PUT', bucket: 'photos', key: 'empty' });
	assert.deepEqual([lastOf(aws.calls).n, lastOf(aws.calls).headers['content-type']], [0, 'application/octet-stream']);
	for (const fill of [1, 1 << 20, 3000001]) {
		await probe.ask({ service: 's3', method: 'PUT', bucket: 'photos', key: 'large', fill });
		assert.equal(lastOf(aws.calls).n, fill);
	}
	const mail = await probe.ask({ service: 'ses', path: '/v2/email/outbound-emails', headers: { 'content-type': 'application/json' }, body: '{}' });
	assert.equal(mail.status, 400); // it is understood and refused
	await probe.ask({ service: 'cloudwatch', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=PutMetricData&Version=2010-08-01&Namespace=a+b' });
	assert.deepEqual([...new Set(aws.calls.map(call => call.service))], ['kms', 's3', 'ses', 'monitoring']);
	allSigned();
});

test('an address that is signed opens to who has no credentials, by the service\'s clock, and asks nobody', async t => {
	const probe = probeOf(t);
	for (const key of ['a b', 'été/雪 +%20&=?#\'()*!~', 'a;b,c@d$e:f']) {
		const { err, url, why } = await probe.ask({ presign: key, bucket: 'photos', expires: 60 });
		assert.equal(err, 'no error', why);
		await fetch(url);
		const call = lastOf(aws.calls);
		assert.deepEqual([call.error, call.action, call.resource], ['', 's3:GetObject', `arn:aws:s3:::photos/${key}`]);
	}
	const { url } = await probe.ask({ presign: 'a', bucket: 'photos', expires: 60 });
	await fetch(url.replace('/a?', '/b?'));
	assert.notEqual(lastOf(aws.calls).error, '');
	assert.equal(aws.calls.length, 4);
	aws.skew(7200);
	await probe.ask(kms);
	await fetch((await probe.ask({ presign: 'a', bucket: 'photos', expires: 60 })).url);
	assert.equal(lastOf(aws.calls).error, '');
	// it does not outlive the keys that it was made with
	aws.imds.issuer.renew(1500);
	const brief = await probeOf(t, aws.imds.env).ask({ presign: 'a', bucket: 'photos', expires: 7200 });
	assert.ok(brief.expires > 1200 && brief.expires <= 1500, JSON.stringify(brief));
	aws.imds.issuer.renew(6 * 3600);
	aws.imds.calls.length = 0;
	assert.equal(new URL(brief.url).searchParams.get('X-Amz-Expires'), String(brief.expires));
	for (const bad of [{ presign: 'a/../b' }, { presign: '' }, { presign: 'a', expires: 0 }, { presign: 'a', expires: 7 * 24 * 3600 + 1 }, { presign: 'a', bucket: 'B' }]) {
		const got = await probe.ask({ bucket: 'photos', expires: 60, ...bad });
		assert.ok(got.err !== 'no error' && got.why !== '', JSON.stringify(got));
	}
});

test('what cannot be signed so that every libcurl does it right is refused, and not sent', async t => {
	const probe = probeOf(t);
	for (const bad of [{ service: 's3', bucket: 'photos', path: '/a/../b' }, { service: 's3', bucket: 'photos', path: '/a b' }, { service: 's3', bucket: 'photos', path: 'a' }, { service: 's3', bucket: 'Photos', path: '/a' },
		{ service: 's3', path: '/a' }, { service: 'ses', path: '/v2/a%20b' }, { service: 'kms', bucket: 'photos' }, { headers: { 'X-Empty': '' } }, { headers: { 'X-Two': 'a\r\nX-Three: b' } }, { headers: { 'x-amz-date': 'now' } },
		{ headers: { 'x-amz-a': '1', 'x-amz-a-b': '2' } }, { raw_query: 'a b' }, { raw_query: 'a=1#' }]) {
		const got = await probe.ask(bad);
		assert.deepEqual([got.err, got.attempts], ['malformed', 0], JSON.stringify(bad));
		assert.notEqual(got.why, '');
	}
	assert.equal(aws.calls.length, 0);
});

test('without credentials nothing is sent', async t => {
	const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, ...none } = aws.env;
	for (const env of [none, { ...none, AWS_ACCESS_KEY_ID }, { ...none, AWS_SECRET_ACCESS_KEY }, { ...none, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN }, { ...none, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: 'x'.repeat(300) },
		{ ...none, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.1/credentials' }]) {
		const got = await probeOf(t, env).ask(kms);
		assert.deepEqual([got.err, got.status, got.attempts], ['not allowed', 0, 0], JSON.stringify(env));
		assert.match(got.why, /^kms: not sent, as there are no credentials: ./);
	}
	assert.equal(aws.calls.length, 0);
});

test('an instance: a token first, kept; dropped after a 401; an error in a 200; none without a role; nobody there', async t => {
	const { imds } = aws;
	const probe = probeOf(t, imds.env);
	imds.misbehave({ match: /^GET .*outport$/, times: 1, body: '{"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"}' });
	const failed = await probe.ask(kms);
	assert.deepEqual([failed.err, failed.attempts], ['the peer went away', 0]);
	assert.match(failed.why, /the answer is AssumeRoleUnauthorizedAccess/);
	// one a second: what comes before is told the same
	let got;
	await until(async () => (got = await probe.ask(kms)).status === 200, () => got.why);
	assert.equal(got.source, 'instance');
	const [put, ...gets] = imds.calls;
	assert.deepEqual([put.method, put.path, put.headers['x-aws-ec2-metadata-token-ttl-seconds']], ['PUT', '/latest/api/token', '21600']);
	assert.ok(gets.every(call => call.method === 'GET' && call.headers['x-aws-ec2-metadata-token']), 'one token for all');
	assert.equal(lastOf(aws.calls).headers['x-amz-security-token'], imds.issuer.now.token);

	// AWS says expired, the token is none any longer: both anew, in the same call
	const before = imds.calls.length;
	imds.issuer.now.expires = Date.now() - 1000;
	imds.renew();
	imds.dropTokens();
	got = await probe.ask(kms);
	assert.deepEqual([got.status, got.attempts], [200, 2], got.why);
	assert.deepEqual(imds.calls.slice(before).map(call => [call.method, call.status]), [['GET', 401], ['PUT', 200], ['GET', 200], ['GET', 200]]);
	assert.ok(probe.log().some(line => line.event === 'aws_retry' && /ExpiredToken/.test(line.error)), probe.text());

	// there are no others to be had: said so, after one more question
	imds.issuer.now.expires = Date.now() - 1000;
	got = await probe.ask(kms);
	assert.deepEqual([got.err, got.code, got.attempts], ['not allowed', 'ExpiredTokenException', 2]);
	imds.renew();

	imds.role = null;
	const without = await probeOf(t, imds.env).ask(kms);
	assert.match(without.why, /the instance has no role$/);
	imds.role = 'outport';
	await imds.down();
	const nobody = await probeOf(t, imds.env).ask(kms);
	assert.deepEqual([nobody.err, nobody.attempts], ['not allowed', 0]);
	assert.match(nobody.why, /the instance's metadata: no token: /);
	await imds.up();
	imds.misbehave({ match: /^PUT/, times: 1, status: 500 });
	assert.match((await probeOf(t, imds.env).ask(kms)).why, /no token: the answer is 500$/);
	for (const body of ['', 'null', '{"Code":"Success","AccessKeyId":"A"}', '{"AccessKeyId":"A\\u0000B","SecretAccessKey":"b"}', '<html>', '[['.repeat(9000), `{"a":"${'x'.repeat(100000)}"}`]) {
		imds.misbehave({ match: /^GET .*outport$/, times: 1, body });
		const odd = await probeOf(t, imds.env).ask(kms);
		assert.deepEqual([odd.err, odd.attempts], ['the peer went away', 0], body.slice(0, 60));
	}
	assert.equal(aws.calls.length, 0);
});

test('one question serves all who wait', async t => {
	const { imds } = aws;
	const probe = probeOf(t, imds.env);
	imds.calls.length = 0;
	imds.misbehave({ match: /^PUT/, times: 1, slow_ms: 300 });
	const all = await probe.ask({ ...kms, threads: 8, times: 2 });
	assert.deepEqual(all.map(got => got.status), Array(8).fill(200));
	assert.equal(imds.calls.length, 3);
	assert.equal(aws.calls.length, 16);
});

test('a container: its endpoint, with a token from the environment or a file, which is read each time', async t => {
	const { container } = aws;
	assert.equal((await probeOf(t, container.env).ask(kms)).source, 'container');
	const file = path.join(dir, 'token'), env = { ...aws.endpoints, ...container.useFile(file) };
	const probe = probeOf(t, env);
	assert.equal((await probe.ask(kms)).status, 200);
	container.issuer.now.expires = Date.now() - 1000;
	container.renew();
	container.token = 'a-new-one';
	fs.writeFileSync(file, 'a-new-one\n');
	const got = await probe.ask(kms);
	assert.deepEqual([got.status, got.attempts], [200, 2], got.why);
	fs.writeFileSync(file, 'a\r\nX-Y: b');
	assert.match((await probeOf(t, env).ask(kms)).why, /line's end/);
	assert.match((await probeOf(t, { ...container.env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'another' }).ask(kms)).why, /the container's endpoint: the answer is 401$/);
});

test('throttling and failures of the service: three attempts, each signed anew', async t => {
	const probe = probeOf(t);
	aws.misbehave({ match: 'kms:Encrypt', status: 400, code: 'ThrottlingException', message: 'Rate exceeded' });
	aws.misbehave({ match: 'kms:Encrypt', status: 503, code: 'ServiceUnavailable' });
	let got = await probe.ask(kms);
	assert.deepEqual([got.err, got.status, got.attempts, got.code], ['no error', 200, 3, '']);
	assert.deepEqual(probe.log().map(line => [line.event, line.level, line.attempt]), [['aws_retry', 'warning', 1], ['aws_retry', 'warning', 2]]);
	aws.misbehave({ match: 'kms:Encrypt', times: 3, status: 400, code: 'ThrottlingException', message: 'Rate exceeded' });
	got = await probe.ask(kms);
	assert.deepEqual([got.err, got.attempts, got.code, got.message], ['too many attempts', 3, 'ThrottlingException', 'Rate exceeded']);
	assert.match(got.why, /^kms: 400 ThrottlingException: Rate exceeded, request [0-9a-f-]{36}$/);
	for (const status of [500, 502, 503, 504]) {
		aws.misbehave({ match: 's3:GetObject', times: 3, status, code: 'InternalError' });
		got = await probe.ask({ service: 's3', method: 'GET', bucket: 'photos', key: 'a' });
		assert.deepEqual([got.err, got.status, got.attempts, got.code], ['the peer went away', status, 3, 'InternalError']);
	}
	assert.equal(lastOf(probe.log()).event, 'aws_failed');
});

test('what a refusal is called', async t => {
	const probe = probeOf(t);
	for (const [status, code, err] of [[400, 'AccessDeniedException', 'not allowed'], [403, 'AccessDenied', 'not allowed'], [400, 'ResourceNotFoundException', 'not found'], [400, 'ParameterNotFound', 'not found'],
		[404, 'NoSuchKey', 'not found'], [400, 'ConditionalCheckFailedException', 'changed by somebody else or not allowed in its present state'], [409, 'OperationAborted', 'changed by somebody else or not allowed in its present state'],
		[412, 'PreconditionFailed', 'changed by somebody else or not allowed in its present state'], [400, 'ValidationException', 'malformed'], [301, 'PermanentRedirect', 'malformed'], [413, '', 'malformed']])
		for (const call of [kms, { service: 's3', method: 'GET', bucket: 'photos', key: 'a' }]) {
			aws.misbehave({ status, code });
			const got = await probe.ask(call);
			assert.deepEqual([got.err, got.status, got.code, got.attempts], [err, status, code, 1]);
		}
});

test('slow, cut off, gone', async t => {
	const probe = probeOf(t);
	aws.misbehave({ match: 'kms:Encrypt', times: 1, slow_ms: 6000 });
	let got = await probe.ask({ ...kms, timeout_ms: 3000 });
	assert.deepEqual([got.status, got.attempts], [200, 2], got.why);
	for (const cut of ['before', 'headers', 'body']) {
		aws.misbehave({ match: 'kms:Encrypt', times: 1, cut });
		got = await probe.ask({ ...kms, take: true });
		assert.equal(got.status, 200, `${cut}: ${got.why}`);
		assert.ok(JSON.parse(got.body).CiphertextBlob, 'what had come before it broke off is not in it');
		assert.equal(got.restarts, cut === 'body' ? 1 : 0);
	}
	aws.misbehave({ match: 'kms:Encrypt', times: 9, cut: 'headers' });
	got = await probe.ask(kms);
	assert.deepEqual([got.err, got.status, got.attempts], ['the peer went away', 0, 3]);
	aws.behave();
	aws.misbehave({ match: 'kms:Encrypt', times: 3, slow_ms: 1500 });
	got = await probe.ask({ ...kms, timeout_ms: 300 });
	assert.deepEqual([got.err, got.status, got.attempts], ['timed out', 0, 3]);
	aws.behave();
	// what there is no time for is not begun, and what was begun ends in time
	aws.misbehave({ match: 'kms:Encrypt', times: 9, slow_ms: 3000 });
	got = await probe.ask({ ...kms, within_ms: 500 });
	assert.deepEqual([got.err, got.attempts], ['timed out', 1], got.why);
	aws.behave();
	aws.down();
	got = await probe.ask(kms);
	assert.deepEqual([got.err, got.status, got.attempts], ['the peer went away', 0, 3], got.why);
	await aws.up();
	assert.equal((await probe.ask(kms)).status, 200);
});

test('answers that make no sense do no harm', async t => {
	const probe = probeOf(t);
	for (const garbage of ['json', 'xml', 'binary', 'huge'])
		for (const status of [200, 400, 403]) {
			aws.misbehave({ match: 'kms:Encrypt', times: 10, garbage, status });
			for (let i = 0; i < (garbage === 'json' ? 10 : garbage === 'xml' ? 7 : 1); i++) {
				const got = await probe.ask(kms);
				assert.equal(got.err, status === 400 ? 'malformed' : status === 403 ? 'not allowed' : garbage === 'huge' ? 'too large' : 'no error', got.why);
				assert.match(got.code, /^[A-Za-z0-9._-]*$/);
			}
			aws.behave();
		}
	const raw = await startServer(async ({ res }) => (res.socket.end('220 mail.example.org ESMTP\r\n'), null));
	t.after(raw.stop);
	const other = probeOf(t, { ...aws.env, AWS_ENDPOINT_URL_KMS: raw.url });
	const got = await other.ask(kms);
	assert.deepEqual([got.err, got.status], ['malformed', 0], got.why);
});

test('a clock that is wrong is corrected by the service\'s, for all services, and back', async t => {
	const probe = probeOf(t);
	for (const seconds of [7200, -86400, 0]) {
		aws.skew(seconds);
		aws.calls.length = 0;
		let got = await probe.ask(kms);
		assert.deepEqual([got.status, got.attempts], [200, 2], got.why);
		assert.ok(Math.abs(lastOf(probe.log().filter(line => line.event === 'aws_clock')).seconds - seconds) < 60);
		for (const call of [kms, { service: 's3', method: 'PUT', bucket: 'photos', key: 'a b/é+%', fill: 2000000, headers: { 'x-amz-server-side-encryption': 'AES256', 'Cache-Control': 'a,   b' } },
			{ service: 's3', method: 'HEAD', bucket: 'photos', key: 'a' }, { service: 's3', method: 'GET', bucket: 'photos', path: '/', query: { prefix: 'a b', acl: null } }, { service: 'ses', path: '/v2/email/outbound-emails', body: '{}' }]) {
			got = await probe.ask(call);
			assert.deepEqual([got.attempts, lastOf(aws.calls).error], [1, ''], got.why);
		}
	}
});

test('a HEAD, which gives no reason, has the clock corrected too', async t => {
	const probe = probeOf(t);
	aws.skew(7200);
	const got = await probe.ask({ service: 's3', method: 'HEAD', bucket: 'photos', key: 'a' });
	assert.deepEqual([got.attempts, lastOf(aws.calls).error], [2, '']);
});

test('a wrong secret is not a wrong clock', async t => {
	const probe = probeOf(t, { ...aws.env, AWS_SECRET_ACCESS_KEY: 'another' });
	const got = await probe.ask(kms);
	assert.deepEqual([got.err, got.attempts], ['not allowed', 1], got.why);
	assert.ok(!got.message.includes('\n') && !probe.text().includes(aws.env.AWS_SESSION_TOKEN));
});

test('what may not be done twice is not repeated once it may have been seen', async t => {
	const probe = probeOf(t);
	const once = { ...kms, once: true };
	assert.equal((await probe.ask(once)).status, 200); // the connection is a kept one from here on
	for (const rule of [{ cut: 'before' }, { cut: 'body' }, { status: 500, code: 'InternalFailure' }, { status: 503, code: 'ServiceUnavailable' }]) {
		aws.calls.length = 0;
		aws.misbehave({ match: 'kms:Encrypt', times: 5, ...rule });
		const got = await probe.ask(once);
		aws.behave();
		assert.deepEqual([got.err, got.attempts, aws.calls.length], ['the peer went away', 1, 1], JSON.stringify(rule));
		assert.equal((await probe.ask(once)).status, 200);
	}
	aws.calls.length = 0;
	aws.misbehave({ match: 'kms:Encrypt', slow_ms: 1500 });
	assert.deepEqual((({ err, attempts }) => [err, attempts])(await probe.ask({ ...once, timeout_ms: 300 })), ['timed out', 1]);
	// it says itself that it did nothing
	aws.misbehave({ match: 'kms:Encrypt', status: 400, code: 'ThrottlingException' });
	assert.deepEqual((({ status, attempts }) => [status, attempts])(await probe.ask(once)), [200, 2]);
	aws.skew(7200);
	assert.deepEqual((({ status, attempts }) => [status, attempts])(await probe.ask(once)), [200, 2]);
	// nobody was there to see it
	aws.down();
	assert.equal((await probe.ask(once)).attempts, 3);
	await aws.up();
});

test('connections are kept; a redirect is not followed; headers and bodies have their bounds', async t => {
	const ports = [];
	const server = await startServer(async ({ path: at, req }) => {
		ports.push(req.socket.remotePort);
		if (at === '/photos/moved')
			return { status: 307, headers: { location: 'http://127.0.0.1:1/elsewhere' }, body: '' };
		return { status: 200, headers: { etag: `"${'e'.repeat(at === '/photos/long' ? 200 : 30)}"` }, body: 'x'.repeat(1000) };
	});
	t.after(server.stop);
	const probe = probeOf(t, { ...aws.env, AWS_ENDPOINT_URL: server.url, ...Object.fromEntries(Object.keys(aws.env).filter(name => name.startsWith('AWS_ENDPOINT_URL_')).map(name => [name, undefined])) });
	await probe.ask({ ...kms, times: 20 });
	await probe.ask({ service: 's3', method: 'GET', bucket: 'photos', key: 'a' });
	assert.deepEqual([ports.length, new Set(ports).size], [21, 1]);
	await probe.ask({ ...kms, threads: 4, times: 20 });
	assert.ok(new Set(ports).size <= 4);
	const get = { service: 's3', method: 'GET', bucket: 'photos', wanted: 'ETag' };
	assert.deepEqual((({ err, value }) => [err, value])(await probe.ask({ ...get, key: 'a' })), ['no error', `"${'e'.repeat(30)}"`]);
	assert.equal((await probe.ask({ ...get, key: 'long' })).err, 'too large');
	assert.equal((await probe.ask({ ...get, key: 'a', answer_max: 1000 })).length, 1000);
	assert.equal((await probe.ask({ ...get, key: 'a', answer_max: 999 })).err, 'too large');
	const before = ports.length, moved = await probe.ask({ ...get, key: 'moved' });
	assert.deepEqual([moved.err, moved.status, ports.length - before], ['malformed', 307, 1]);
});

test('TLS is verified', async t => {
	const authority = makeAuthority(path.join(dir, 'ca')), named = makeAuthority(path.join(dir, 'named'), 'elsewhere.example');
	let seen = 0;
	for (const [cert, ca, status] of [[authority, authority.ca, 200], [authority, named.ca, 0], [authority, undefined, 0], [named, named.ca, 0]]) {
		const server = https.createServer({ key: fs.readFileSync(cert.key), cert: fs.readFileSync(cert.cert) }, (req, res) => {
			seen++;
			res.end('{}');
		});
		await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
		t.after(() => {
			server.close();
			server.closeAllConnections();
		});
		const got = await probeOf(t, { ...aws.env, AWS_ENDPOINT_URL_KMS: `https://localhost:${server.address().port}`, AWS_CA_BUNDLE: ca }).ask(kms);
		assert.equal(got.status, status, got.why);
	}
	assert.equal(seen, 1);
});

// The pages of a process that a core dump has in it, as { from, to, bytes }: all that may be read but what is marked "dd" (do not dump) in /proc/PID/smaps.
function* dumped(pid) {
	const memory = fs.openSync(`/proc/${pid}/mem`, 'r');
	let range;
	for (const line of fs.readFileSync(`/proc/${pid}/smaps`, 'latin1').split('\n')) {
		const head = /^([0-9a-f]+)-([0-9a-f]+) (....) \S+ \S+ \S+\s*(.*)$/.exec(line);
		if (head)
			range = { from: parseInt(head[1], 16), to: parseInt(head[2], 16), readable: head[3].startsWith('rw'), name: head[4] };
		if (line.startsWith('VmFlags:') && range.readable && !/ dd( |$)/.test(line)) {
			const bytes = Buffer.alloc(range.to - range.from);
			fs.readSync(memory, bytes, 0, bytes.length, range.from);
			yield { ...range, bytes };
		}
	}
	fs.closeSync(memory);
}

test('secrets are in no log line, and between calls in nothing that a core dump has', async t => {
	const { imds } = aws;
	const probe = probeOf(t, imds.env);
	aws.skew(7200);
	assert.equal((await probe.ask({ ...kms, times: 2 })).status, 200);
	aws.skew(0);
	assert.equal((await probe.ask({ ...kms, times: 2, threads: 3 }))[0].status, 200);
	aws.misbehave({ match: 'kms:Encrypt', times: 3, status: 400, code: 'ThrottlingException' });
	await probe.ask(kms);
	const { secret, token, keyId } = imds.issuer.now;
	const found = { [secret]: 0, [token]: 0, 'ca-central-1': 0 };
	for (const one of dumped(probe.pid))
		for (const text of Object.keys(found))
			found[text] += one.bytes.includes(text) ? 1 : 0;
	assert.deepEqual([found[secret], found[token]], [0, 0]);
	assert.ok(found['ca-central-1'] > 0, 'what is no secret is there');
	assert.ok(probe.log().length > 2);
	for (const text of [secret, token, keyId])
		assert.ok(!probe.text().includes(text));
});
