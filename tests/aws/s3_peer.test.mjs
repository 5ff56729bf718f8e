// The S3 that the tests stand on, behind the verifier: keys of all kinds, signatures checked twice, links, a clock that is wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { needRadosgw, sharedRadosgw } from '../support/aws/radosgw.mjs';

needRadosgw();
const { startAws } = await import('../support/aws/aws.mjs');
const { makeSigner } = await import('../support/aws/signature.mjs');

let aws, bucket;
before(async () => {
	const s3 = await sharedRadosgw();
	aws = await startAws({ services: ['s3'], s3 });
	bucket = await s3.createBucket();
});
after(async () => {
	await aws.stop();
	await aws.s3.stop();
});

const signer = secret => makeSigner({ service: 's3', region: aws.region, credentials: { accessKeyId: aws.keyId, secretAccessKey: secret ?? aws.s3.secret } });
const encode = key => key.split('/').map(part => encodeURIComponent(part).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)).join('/');

async function call(method, key, { body, at, port } = {}) {
	const host = `127.0.0.1:${port ?? new URL(aws.url).port}`;
	const signed = await signer().sign({ method, protocol: 'http:', hostname: host, path: `/${bucket}/${encode(key)}`, query: {}, headers: { host }, body: body ?? '' }, { signingDate: at });
	delete signed.headers.host;
	const answer = await fetch(`http://${host}/${bucket}/${encode(key)}`, { method, body, headers: signed.headers });
	return { status: answer.status, date: answer.headers.get('date'), body: Buffer.from(await answer.arrayBuffer()).toString() };
}

test('objects go in, come out and are gone, whatever their keys', async () => {
	for (const key of ['plain', 'a b', 'é à/ü', 'a+b', '100%', "it's (a) *key*!", 'a//b', '~-_.', 'q?x=1&y#z']) {
		assert.deepEqual([(await call('PUT', key, { body: `of ${key}` })).status, (await call('GET', key)).body], [200, `of ${key}`], key);
		assert.equal((await aws.s3.call('GET', `/${bucket}/${encode(key)}`)).body.toString(), `of ${key}`, `${key} past the verifier`);
		assert.deepEqual([(await call('DELETE', key)).status, (await call('GET', key)).status], [204, 404], key);
	}
	assert.deepEqual(aws.actions().slice(-4), ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:GetObject']);
	assert.equal(aws.calls.at(-1).resource, `arn:aws:s3:::${bucket}/q?x=1&y#z`);
});

test('radosgw refuses a wrong signature itself', async () => {
	const answer = await fetch(`http://127.0.0.1:${aws.s3.port}/${bucket}/plain`, { headers: { ...(await signer('wrong').sign(
		{ method: 'GET', protocol: 'http:', hostname: 'x', path: `/${bucket}/plain`, query: {}, headers: { host: `127.0.0.1:${aws.s3.port}` } })).headers, host: undefined } });
	assert.match(await answer.text(), /SignatureDoesNotMatch/);
});

test('a link works without credentials until it expires', async () => {
	await call('PUT', 'a link', { body: 'here' });
	const link = async options => {
		const host = new URL(aws.url).host;
		const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
		const { query } = await signer().presign({ method: 'GET', protocol: 'http:', hostname: host, path: `/${bucket}/a%20link`, query: {}, headers }, options);
		const answer = await fetch(`${aws.url}/${bucket}/a%20link?${new URLSearchParams(query)}`);
		return [answer.status, await answer.text()];
	};
	assert.deepEqual(await link({ expiresIn: 60 }), [200, 'here']);
	const [status, text] = await link({ expiresIn: 60, signingDate: new Date(Date.now() - 120000) });
	assert.deepEqual([status, /Request has expired/.test(text)], [403, true]);
});

test('with a clock that is an hour off, what is signed by the service\'s own date goes through', async () => {
	aws.skew(3600);
	const late = await call('PUT', 'skewed', { body: 'x' });
	assert.match(late.body, /RequestTimeTooSkewed/);
	assert.equal((await call('PUT', 'skewed', { body: 'x', at: new Date(late.date) })).status, 200);
	aws.skew(0);
	assert.equal((await call('GET', 'skewed')).body, 'x');
});
