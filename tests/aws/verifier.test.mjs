// The peers that the tests of AWS stand on: the verifier takes what AWS's own signer signs and nothing else, and the fakes behind it refuse what the services refuse.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { startAws } from '../support/aws/aws.mjs';
import { makeSigner } from '../support/aws/signature.mjs';

let aws;
before(async () => { aws = await startAws({ services: ['kms', 'ssm', 'secretsmanager', 'ses', 'cloudwatch', 'dynamodb', 'imds', 'container'], token: true }); });
after(() => aws.stop());

const credentials = () => ({ accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY, sessionToken: aws.env.AWS_SESSION_TOKEN });

// Sends what is given as it is: { status, headers, body, text }.
function send({ method, url, headers, body, base = aws.url }) {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(base);
		const req = http.request({ host: hostname, port, method, path: url, headers, setHost: headers.host === undefined, agent: false }, res => {
			const parts = [];
			res.on('data', part => parts.push(part));
			res.once('error', reject);
			res.once('end', () => {
				const text = Buffer.concat(parts).toString();
				let json;
				try {
					json = JSON.parse(text);
				} catch {
					json = null;
				}
				const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? res.headers['x-amzn-errortype'] ?? json?.__type?.replace(/^.*#/, '');
				resolve({ status: res.statusCode, headers: res.headers, text, json, code });
			});
		});
		req.once('error', reject);
		req.end(body);
	});
}

const query = parts => Object.entries(parts).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort().join('&');

// A request signed by the official signer, not sent yet.
async function signed(service, { method = 'POST', path = '/', params = {}, headers = {}, body = '', by = credentials(), at = new Date(), region = aws.region } = {}) {
	const signer = makeSigner({ service, region, credentials: by });
	const done = await signer.sign({ method, protocol: 'http:', hostname: '127.0.0.1', path, query: params, headers: { host: new URL(aws.url).host, ...headers }, body }, { signingDate: at });
	const text = query(params);
	return { method, url: text ? `${path}?${text}` : path, headers: done.headers, body };
}

const target = { kms: 'TrentService', ssm: 'AmazonSSM', secretsmanager: 'secretsmanager', dynamodb: 'DynamoDB_20120810', monitoring: 'GraniteServiceVersion20100801' };
const json = (service, action, input, more = {}) => signed(service, {
	headers: { 'content-type': `application/x-amz-json-${['dynamodb', 'monitoring'].includes(service) ? '1.0' : '1.1'}`, 'x-amz-target': `${target[service]}.${action}` },
	body: JSON.stringify(input), ...more,
});
const call = async (service, action, input) => send(await json(service, action, input));
const b64 = text => Buffer.from(text).toString('base64');

test('what AWS\'s signer signs is taken, with a token, with odd paths and queries', async () => {
	const sealed = await call('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('secret') });
	assert.equal(sealed.status, 200, sealed.text);
	for (const path of ['/bucket/a%20b', '/bucket/%C3%A9%2B%25%27%28', '/bucket/a//b', '/bucket/a~b']) {
		const answer = await send(await signed('s3', { method: 'GET', path, params: { 'list-type': '2', prefix: 'a b/+é', marker: '' } }));
		assert.equal(answer.code, 'UnknownOperationException', `${path}: ${answer.text}`); // it is through: there is no S3 in this test
	}
	const presigned = await makeSigner({ service: 's3', region: aws.region, credentials: credentials() }).presign(
		{ method: 'GET', protocol: 'http:', hostname: 'x', path: '/bucket/k%20y', query: {}, headers: { host: new URL(aws.url).host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }, { expiresIn: 60 });
	const link = { method: 'GET', url: `/bucket/k%20y?${query(presigned.query)}`, headers: { host: new URL(aws.url).host }, body: '' };
	assert.equal((await send(link)).code, 'UnknownOperationException');
	for (const [from, to] of [[/k%20y/, 'k%20z'], [/Expires=60/, 'Expires=61'], [/Signature=./, 'Signature=g'], [/Token=./, 'Token=%21'], [/&X-Amz-Security-Token=[^&]*/, '']])
		assert.match((await send({ ...link, url: link.url.replace(from, to) })).code, /^(SignatureDoesNotMatch|InvalidToken|AuthorizationHeaderMalformed)$/, String(from));
	assert.equal((await send({ ...link, url: link.url.replace('k%20y?', 'k%20y?versionId=1&') })).code, 'SignatureDoesNotMatch');
});

test('each thing that is changed after signing is refused', async () => {
	const good = await json('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('secret') });
	const object = await signed('s3', { method: 'PUT', path: '/bucket/key', params: { b: '2', a: '1' }, headers: { 'content-type': 'image/webp' }, body: 'bytes' });
	const wrong = (request, change, code) => async () => {
		const copy = { ...request, headers: { ...request.headers } };
		change(copy);
		const answer = await send(copy);
		assert.equal(answer.code, code, `${change}: ${answer.text}`);
	};
	const mismatch = 'InvalidSignatureException';
	for (const one of [
		wrong(good, r => { r.url = '/other'; }, mismatch),
		wrong(good, r => { r.url = '/?a=1'; }, mismatch),
		wrong(good, r => { r.method = 'PUT'; }, mismatch),
		wrong(good, r => { r.body = r.body.replace('{', '{ '); }, mismatch),
		wrong(good, r => { r.headers['x-amz-target'] = 'TrentService.Decrypt'; }, mismatch),
		wrong(good, r => { r.headers['content-type'] = 'text/plain'; }, mismatch),
		wrong(good, r => { r.headers.host = 'elsewhere'; }, mismatch),
		wrong(good, r => { r.headers['x-amz-more'] = '1'; }, mismatch),
		wrong(good, r => { r.headers['x-amz-date'] = r.headers['x-amz-date'].replace(/\dZ/, d => `${(Number(d[0]) + 1) % 10}Z`); }, mismatch),
		wrong(good, r => { r.headers.authorization = r.headers.authorization.replace(/.$/, c => (c === '0' ? '1' : '0')); }, mismatch),
		wrong(good, r => { r.headers.authorization = r.headers.authorization.replace('content-type;', ''); }, mismatch),
		wrong(good, r => { r.headers.authorization = r.headers.authorization.replace('ca-central-1', 'us-east-1'); }, 'IncompleteSignatureException'),
		wrong(good, r => { r.headers.authorization = r.headers.authorization.replace(/AKIA./, 'AKIAx'); }, 'UnrecognizedClientException'),
		wrong(good, r => { r.headers['x-amz-security-token'] = 'x'; }, 'UnrecognizedClientException'),
		wrong(good, r => { delete r.headers['x-amz-security-token']; }, 'UnrecognizedClientException'),
		wrong(good, r => { delete r.headers.authorization; }, 'MissingAuthenticationTokenException'),
		wrong(object, r => { r.url = '/bucket/key2?a=1&b=2'; }, 'SignatureDoesNotMatch'),
		wrong(object, r => { r.url = '/bucket/key?a=2&b=1'; }, 'SignatureDoesNotMatch'),
		wrong(object, r => { r.url = '/bucket/key?a=1'; }, 'SignatureDoesNotMatch'),
		wrong(object, r => { r.body = 'other'; }, 'XAmzContentSHA256Mismatch'),
		wrong(object, r => { r.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'; }, 'SignatureDoesNotMatch'),
		wrong(object, r => { delete r.headers['x-amz-content-sha256']; }, 'InvalidRequest'),
		wrong(object, r => { r.headers['content-type'] = 'text/html'; }, 'SignatureDoesNotMatch'),
		wrong(object, r => { r.headers['x-amz-acl'] = 'public-read'; }, 'AccessDenied'),
		wrong(object, r => { delete r.headers.authorization; }, 'AccessDenied'),
	])
		await one();
	const other = { ...credentials(), secretAccessKey: 'another' };
	assert.equal((await send(await json('kms', 'Encrypt', {}, { by: other }))).code, mismatch);
	// The order of a query on the wire is not what is signed: AWS sorts it. Signed as it stands, unsorted, it is wrong.
	assert.equal((await send({ ...object, url: '/bucket/key?b=2&a=1' })).code, 'UnknownOperationException');
});

test('the clock: five minutes, fifteen for S3, with the service\'s own date to correct by', async () => {
	const ago = minutes => new Date(Date.now() - minutes * 60000);
	const kms = at => json('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('x') }, { at });
	assert.equal((await send(await kms(ago(4)))).status, 200);
	for (const minutes of [6, -6]) {
		const answer = await send(await kms(ago(minutes)));
		assert.equal(answer.code, 'InvalidSignatureException');
		assert.match(answer.json.message, minutes > 0 ? /^Signature expired/ : /^Signature not yet current/);
	}
	assert.equal((await send(await signed('s3', { method: 'GET', path: '/b/k', at: ago(16) }))).code, 'RequestTimeTooSkewed');
	aws.skew(-3600);
	const skewed = await send(await kms(new Date()));
	assert.equal(skewed.code, 'InvalidSignatureException');
	const its = new Date(skewed.headers.date);
	assert.ok(Math.abs(its - ago(60)) < 60000, skewed.headers.date);
	assert.equal((await send(await kms(its))).status, 200);
	aws.skew(0);
});

test('it misbehaves as it is told, so many times', async () => {
	const ask = () => call('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('x') });
	aws.misbehave({ match: 'kms:Encrypt', times: 2, status: 400, code: 'ThrottlingException' });
	assert.deepEqual([(await ask()).code, (await ask()).code, (await ask()).status], ['ThrottlingException', 'ThrottlingException', 200]);
	aws.misbehave({ match: /ssm/, status: 500 });
	assert.equal((await ask()).status, 200);
	for (const how of ['before', 'headers', 'body']) {
		aws.misbehave({ match: 'kms:Encrypt', cut: how });
		await assert.rejects(ask(), how);
	}
	for (const kind of ['json', 'xml', 'binary', 'huge']) {
		aws.misbehave({ match: 'kms:Encrypt', garbage: kind });
		const answer = await ask();
		assert.ok(answer.status === 200 && answer.json?.CiphertextBlob === undefined, kind);
	}
	let killed = '';
	aws.misbehave({ match: 'kms:Encrypt', kill: one => { killed = one.action; } });
	assert.equal((await ask()).status, 200);
	assert.equal(killed, 'kms:Encrypt');
	aws.behave();
	await aws.down();
	await assert.rejects(ask(), { code: 'ECONNREFUSED' });
	await aws.up();
	assert.equal((await ask()).status, 200);
});

test('KMS: the encryption context, the blob and the key have to be right', async () => {
	const context = { purpose: 'outport', site: 'a' };
	const { json: { CiphertextBlob: blob } } = await call('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('secret'), EncryptionContext: context });
	const opened = await call('kms', 'Decrypt', { CiphertextBlob: blob, EncryptionContext: { site: 'a', purpose: 'outport' } });
	assert.equal(Buffer.from(opened.json.Plaintext, 'base64').toString(), 'secret');
	const bytes = Buffer.from(blob, 'base64');
	const decrypt = async (CiphertextBlob, EncryptionContext = context, more = {}) => (await call('kms', 'Decrypt', { CiphertextBlob, EncryptionContext, ...more })).code;
	assert.equal(await decrypt(blob, { ...context, site: 'b' }), 'InvalidCiphertextException');
	assert.equal(await decrypt(blob, {}), 'InvalidCiphertextException');
	for (const at of [0, 40, 55, bytes.length - 1]) {
		const bad = Buffer.from(bytes);
		bad[at] ^= 1;
		assert.equal(await decrypt(bad.toString('base64')), 'InvalidCiphertextException', `byte ${at}`);
	}
	assert.equal(await decrypt(bytes.subarray(0, 50).toString('base64')), 'InvalidCiphertextException');
	assert.equal(await decrypt('!!'), 'SerializationException');
	assert.equal(await decrypt(blob, context, { KeyId: aws.kms.createKey() }), 'IncorrectKeyException');
	aws.kms.setEnabled('alias/outport', false);
	assert.equal(await decrypt(blob), 'DisabledException');
	aws.kms.setEnabled('alias/outport', true);
	assert.equal((await call('kms', 'Encrypt', { KeyId: 'alias/none', Plaintext: b64('x') })).code, 'NotFoundException');
	assert.equal((await call('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('x'.repeat(4097)) })).code, 'ValidationException');
});

test('SSM and Secrets Manager: what is there, what is not, what was rotated', async () => {
	aws.ssm.set('/outport/db', 'one');
	aws.ssm.set('/outport/db', 'two');
	const value = async (Name, WithDecryption = true) => (await call('ssm', 'GetParameter', { Name, WithDecryption })).json.Parameter?.Value;
	assert.equal(await value('/outport/db'), 'two');
	assert.equal(await value('/outport/db:1'), 'one');
	assert.notEqual(await value('/outport/db', false), 'two');
	assert.equal((await call('ssm', 'GetParameter', { Name: '/none' })).code, 'ParameterNotFound');

	const arn = aws.secrets.put('outport/db', '{"password":"one"}');
	const secret = async (SecretId, more = {}) => (await call('secretsmanager', 'GetSecretValue', { SecretId, ...more })).json;
	assert.equal((await secret('outport/db')).SecretString, '{"password":"one"}');
	aws.secrets.put('outport/db', '{"password":"two"}');
	assert.equal((await secret(arn)).SecretString, '{"password":"two"}');
	assert.equal((await secret(arn, { VersionStage: 'AWSPREVIOUS' })).SecretString, '{"password":"one"}');
	assert.equal((await secret('none')).__type, 'ResourceNotFoundException');
	aws.secrets.remove('outport/db');
	assert.equal((await secret('outport/db')).__type, 'InvalidRequestException');
});

test('SES keeps what is sent and refuses as SES does', async () => {
	const raw = 'From: a@outport.example\r\nTo: b@example.com\r\nSubject: hello\r\n\r\nBody\r\n';
	const mail = async (more = {}, data = b64(raw)) => send(await signed('ses', {
		path: '/v2/email/outbound-emails', headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ FromEmailAddress: 'Outport <a@outport.example>', Destination: { ToAddresses: ['b@example.com'] }, Content: { Raw: { Data: data } }, ...more }),
	}));
	const sent = await mail({ ConfigurationSetName: 'outport' });
	assert.equal(sent.status, 200, sent.text);
	assert.deepEqual([aws.ses.mails.length, aws.ses.mails[0].id, aws.ses.mails[0].raw], [1, sent.json.MessageId, raw]);
	assert.equal((await mail({}, 'no base64')).code, 'SerializationException');
	assert.equal((await mail({ ConfigurationSetName: 'other' })).code, 'NotFoundException');
	aws.ses.suppressed.push('b@example.com');
	assert.equal((await mail()).status, 200);
	assert.deepEqual([aws.ses.mails.length, aws.ses.dropped.length], [1, 1]);
	for (const [code, status] of [['MessageRejected', 400], ['AccountSuspendedException', 400], ['TooManyRequestsException', 429]]) {
		aws.ses.refuse = () => code;
		const answer = await mail();
		assert.deepEqual([answer.code, answer.status], [code, status]);
	}
	aws.ses.refuse = null;
	aws.ses.identities = ['example.org'];
	assert.equal((await mail()).code, 'MessageRejected');
});

test('CloudWatch takes both protocols and holds its limits', async () => {
	const form = 'Action=PutMetricData&Version=2010-08-01&Namespace=Outport&MetricData.member.1.MetricName=Requests&MetricData.member.1.Value=5&MetricData.member.1.Unit=Count' +
		'&MetricData.member.1.Dimensions.member.1.Name=Host&MetricData.member.1.Dimensions.member.1.Value=a';
	const posted = await send(await signed('monitoring', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form }));
	assert.equal(posted.status, 200, posted.text);
	const put = (data, more = {}) => call('monitoring', 'PutMetricData', { Namespace: 'Outport', MetricData: data, ...more });
	assert.equal((await put([{ MetricName: 'Latency', Values: [1, 2], Counts: [3, 4], Unit: 'Milliseconds' }])).status, 200);
	assert.deepEqual(aws.cloudwatch.metrics.map(({ name, value, values, dimensions }) => [name, value, values, dimensions]),
		[['Requests', 5, undefined, { Host: 'a' }], ['Latency', undefined, [1, 2], {}]]);
	const one = { MetricName: 'a', Value: 1 };
	for (const [data, code] of [[Array(1001).fill(one), 'InvalidParameterValue'], [[{ MetricName: 'a', Values: Array(151).fill(1) }], 'InvalidParameterValue'],
		[[{ MetricName: 'a', Value: 'NaN' }], 'InvalidParameterValue'], [[{ MetricName: 'a' }], 'InvalidParameterCombination'], [[{ ...one, Unit: 'Apples' }], 'InvalidParameterValue'], [[{ ...one, Timestamp: 1 }], 'InvalidParameterValue']])
		assert.equal((await put(data)).code, code);
	assert.equal((await put([one], { Namespace: 'AWS/Own' })).code, 'InvalidParameterValue');
	assert.equal(aws.cloudwatch.metrics.length, 2);
});

test('DynamoDB is behind it too, and what is asked for is noted as policies call it', async () => {
	await aws.dynamodb.createTable({ TableName: 'photos', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] });
	const item = { TableName: 'photos', Item: { id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(id)' };
	assert.equal((await call('dynamodb', 'PutItem', item)).status, 200);
	assert.equal((await call('dynamodb', 'PutItem', item)).code, 'ConditionalCheckFailedException');
	assert.deepEqual(aws.calls.slice(-2).map(one => [one.granted, one.resource, one.status]),
		[['dynamodb:PutItem', `arn:aws:dynamodb:ca-central-1:${aws.account}:table/photos`, 200], ['dynamodb:PutItem', `arn:aws:dynamodb:ca-central-1:${aws.account}:table/photos`, 400]]);
});

test('IMDSv2 wants its token, and gives credentials that work until they expire', async () => {
	const get = (path, headers = {}, method = 'GET') => send({ base: aws.imds.url, method, url: path, headers });
	const roles = '/latest/meta-data/iam/security-credentials/';
	assert.equal((await get(roles)).status, 401);
	assert.equal((await get('/latest/api/token', {}, 'PUT')).status, 400);
	assert.equal((await get('/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '21600', 'x-forwarded-for': '1.2.3.4' }, 'PUT')).status, 403);
	const token = { 'x-aws-ec2-metadata-token': (await get('/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' }, 'PUT')).text };
	assert.equal((await get(roles, token)).text, 'outport');
	const use = async ({ AccessKeyId, SecretAccessKey, Token }) => send(await json('kms', 'Encrypt', { KeyId: 'alias/outport', Plaintext: b64('x') },
		{ by: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } }));
	const { json: mine } = await get(`${roles}outport`, token);
	assert.equal((await use(mine)).status, 200);
	aws.imds.renew(-1);
	assert.equal((await use((await get(`${roles}outport`, token)).json)).code, 'ExpiredTokenException');
	aws.imds.code = 'Failed';
	const failed = await get(`${roles}outport`, token);
	assert.deepEqual([failed.status, failed.json.Code, failed.json.AccessKeyId], [200, 'Failed', undefined]);
	aws.imds.dropTokens();
	assert.equal((await get(roles, token)).status, 401);

	const container = new URL(aws.container.env.AWS_CONTAINER_CREDENTIALS_FULL_URI);
	const at = headers => send({ base: container.origin, method: 'GET', url: container.pathname, headers });
	assert.equal((await at({})).status, 401);
	assert.equal((await use((await at({ authorization: aws.container.token })).json)).status, 200);
});
