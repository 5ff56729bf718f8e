// AWS's front door for tests: checks the signature of each request, notes what was asked for, and hands it to the service behind, or misbehaves as it is told.
import crypto from 'node:crypto';
import http from 'node:http';
import zlib from 'node:zlib';
import { errorAnswer, jsonAnswer, refusalOf, requestId, ServiceError } from './answers.mjs';
import { parseForm } from './cloudwatch.mjs';
import { startServer } from './server.mjs';
import { checkSignature, claimOf, foldHeaders, makeSigner, parseQuery, SignatureError } from './signature.mjs';

// The name that a service signs with: what it is called in policies, and how it speaks.
const services = {
	s3: { prefix: 's3', protocol: 's3' },
	kms: { prefix: 'kms', protocol: 'json-1.1' },
	ssm: { prefix: 'ssm', protocol: 'json-1.1' },
	secretsmanager: { prefix: 'secretsmanager', protocol: 'json-1.1' },
	dynamodb: { prefix: 'dynamodb', protocol: 'json-1.0' },
	ses: { prefix: 'ses', protocol: 'rest-json' },
	monitoring: { prefix: 'cloudwatch', protocol: 'query' },
};

// What a policy calls it, by Amazon's "Required permissions for Amazon S3 API operations".
function s3Action({ method, path, query, body }) {
	const [, bucket, key = ''] = /^\/([^/]*)\/?(.*)$/.exec(path);
	const resource = `arn:aws:s3:::${bucket}`;
	if (method === 'POST' && 'delete' in query)
		return { action: 'DeleteObject', resource: [...body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(one => `${resource}/${one[1]}`) };
	if (key === '')
		return { action: { PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method] ?? (bucket === '' ? 'ListAllMyBuckets' : 'ListBucket'), resource };
	return { action: { PUT: 'PutObject', DELETE: 'DeleteObject' }[method] ?? 'GetObject', resource: `${resource}/${decodeURIComponent(key)}` };
}

function read(request, service) {
	const { headers, body } = request;
	if (service === 's3')
		return { ...s3Action(request), input: null };
	const bytes = headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(body) : body;
	const target = headers['x-amz-target']?.split('.')[1];
	if (service === 'monitoring' && !target) {
		const input = parseForm(bytes.toString());
		return { action: input.Action ?? '', input };
	}
	let input = {};
	try {
		input = JSON.parse(bytes.toString() || '{}');
	} catch {
		return { action: target ?? '', input: {}, broken: true };
	}
	if (service === 'ses')
		return { action: 'SendEmail', granted: input.Content?.Raw ? 'SendRawEmail' : 'SendEmail', input };
	return { action: target ?? '', input };
}

// Bodies that no client should die of.
const deep = '['.repeat(20000);
const garbage = {
	json: [() => '{"broken": [1, {"a":', () => '', () => 'null', () => '[]', () => '"text"', () => '{"__type": 5, "message": {"a": []}}', () => deep,
		() => '{"CiphertextBlob": "%%%", "Plaintext": 3, "Parameter": [], "SecretString": {}, "Item": "x", "Items": {}, "Count": "many"}',
		() => '{"Plaintext": "\\ud800", "a": 1e999, "a": "\\u0000"}', () => 'not json at all'],
	xml: [() => '<Error><Code>Broken', () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Error><Code>&c;</Code></Error>',
		() => '<a>'.repeat(20000), () => '<Error/>', () => '<ListBucketResult><Contents/></ListBucketResult>',
		() => '<Error><Code></Code><Message>\u0001</Message></Error>', () => '<!DOCTYPE x SYSTEM "file:///etc/passwd"><Error><Code>a</Code></Error>'],
	binary: [() => crypto.randomBytes(4096)],
	huge: [() => Buffer.from(`{"message": "${'x'.repeat(8 << 20)}"}`)],
};

// What the service behind answers: { status, headers, body }.
function forward(request, port, headers) {
	return new Promise((resolve, reject) => {
		const req = http.request({ host: '127.0.0.1', port, method: request.method, path: request.url, headers, setHost: false, agent: false }, res => {
			const parts = [];
			res.on('data', part => parts.push(part));
			res.once('error', reject);
			res.once('end', () => {
				const kept = foldHeaders(res.rawHeaders);
				for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'date'])
					delete kept[name];
				resolve({ status: res.statusCode, headers: kept, body: Buffer.concat(parts) });
			});
		});
		req.once('error', reject);
		req.end(request.body);
	});
}

// backends: by signing name, a port, or a fake: { call({ action, method, path, input, now, bytes }), resource({ input }) }.
export async function startVerifier({ region, account, keys, backends }) {
	const verifier = { calls: [], rules: [], skewed: 0, backendKey: null };
	const now = () => Date.now() + verifier.skewed * 1000;

	// A backend that checks signatures by its own clock cannot take what was signed by ours when they differ: it gets one of its own.
	async function headersFor(request, service) {
		const headers = { ...request.headers };
		if (service !== 's3' || Math.abs(verifier.skewed) < 600 || request.claim.presigned)
			return headers;
		for (const name of ['authorization', 'x-amz-date', 'x-amz-security-token'])
			delete headers[name];
		const signer = makeSigner({ service, region, credentials: verifier.backendKey });
		const done = await signer.sign({ method: request.method, protocol: 'http:', hostname: headers.host, path: request.path, query: request.query, headers, body: request.body });
		return done.headers;
	}

	async function perform(request, service, what, protocol) {
		const backend = backends[service];
		if (backend === undefined)
			return errorAnswer(service, protocol, 400, 'UnknownOperationException', `the test has no ${service}`);
		if (typeof backend === 'number')
			return forward(request, backend, await headersFor(request, service));
		if (what.broken)
			return errorAnswer(service, protocol, 400, 'SerializationException');
		try {
			const value = await backend.call({ action: what.action, method: request.method, path: request.path, input: what.input, now: now(), bytes: request.body.length });
			const xml = `<${what.action}Response><ResponseMetadata><RequestId>${requestId()}</RequestId></ResponseMetadata></${what.action}Response>`;
			return protocol === 'query' ? { status: 200, headers: { 'content-type': 'text/xml' }, body: xml } : jsonAnswer(protocol, value);
		} catch (error) {
			if (!(error instanceof ServiceError))
				throw error;
			return errorAnswer(service, protocol, error.status, error.code, error.message);
		}
	}

	async function check(request, call) {
		if (!request.claim)
			throw new SignatureError('not signed', 'The request is not signed.');
		await checkSignature(request, request.claim, { keys, region, now: now() });
		if (call.service === 's3' && request.headers['transfer-encoding'] !== undefined)
			return { status: 411, code: 'MissingContentLength', message: 'You must provide the Content-Length HTTP header.' };
		return null;
	}

	// The answer cut off: nothing of it, half of its headers, or half of its body.
	function cut(how, answer, res) {
		if (how !== 'before' && res.socket) {
			const length = Buffer.byteLength(answer.body ?? '');
			const head = `HTTP/1.1 ${answer.status} Cut\r\nContent-Type: ${answer.headers['content-type'] ?? 'text/plain'}\r\nContent-Length: ${length + 10}\r\n`;
			res.socket.write(how === 'headers' ? head.slice(0, -20) : `${head}\r\n`);
			if (how === 'body')
				res.socket.write(Buffer.from(answer.body ?? '').subarray(0, Math.ceil(length / 2)));
		}
		res.socket?.destroySoon();
		return null;
	}

	async function handle(request) {
		const began = Date.now();
		let answer;
		const call = { method: request.method, path: request.path, query: request.text, headers: request.headers, n: request.body.length, service: '', action: '', status: 0, error: '' };
		verifier.calls.push(call);
		const finish = () => {
			call.status = answer?.status ?? 0;
			call.ms = Date.now() - began;
			if (!answer)
				return null;
			answer.headers = { ...answer.headers, date: new Date(now()).toUTCString() };
			if (request.method !== 'HEAD' && answer.status !== 204)
				answer.headers['content-length'] = Buffer.byteLength(answer.body ?? '');
			return answer;
		};
		let service = 's3', protocol = 's3', what;
		try {
			request.query = parseQuery(request.text);
			request.claim = claimOf(request);
			service = call.service = request.claim?.service ?? (request.headers['x-amz-target'] ? 'kms' : 's3');
			if (!services[service])
				throw new SignatureError('malformed', `no service signs as ${service}`);
			protocol = service === 'monitoring' && request.headers['x-amz-target'] ? 'json-1.0' : services[service].protocol;
			const bad = await check(request, call);
			if (bad) {
				call.error = bad.code;
				answer = errorAnswer(service, protocol, bad.status, bad.code, bad.message);
				return finish();
			}
			what = read(request, service);
		} catch (error) {
			const known = error instanceof SignatureError ? error : new SignatureError('malformed', String(error.message));
			const { status, code } = refusalOf(service, protocol, known.kind);
			call.error = known.kind;
			answer = errorAnswer(service, protocol, status, code, known.message);
			return finish();
		}
		call.input = what.input;
		call.action = `${services[service].prefix}:${what.action}`;
		call.granted = `${services[service].prefix}:${what.granted ?? what.action}`;
		call.resources = [what.resource ?? backends[service]?.resource?.({ input: what.input }) ?? resourceOf(service, what.input)].flat();
		[call.resource] = call.resources;
		const rule = verifier.rules.find(one => one.times > 0 && one.match.test(call.action));
		if (rule) {
			rule.times--;
			rule.seen++;
			if (rule.kill)
				await rule.kill(call);
			if (rule.slow_ms)
				await new Promise(resolve => setTimeout(resolve, rule.slow_ms));
			const done = (rule.done ?? ['headers', 'body'].includes(rule.cut)) ? await perform(request, service, what, protocol) : null;
			if (rule.cut)
				return cut(rule.cut, answer = done ?? { status: 200, headers: {}, body: '' }, request.res), finish(), null;
			if (rule.garbage) {
				const kinds = garbage[rule.garbage];
				const type = rule.garbage === 'xml' ? 'application/xml' : 'application/json';
				answer = { status: rule.status ?? 200, headers: { 'content-type': type }, body: kinds[(rule.seen - 1) % kinds.length]() };
				return finish();
			}
			if (rule.status) {
				call.error = rule.code ?? '';
				answer = errorAnswer(service, protocol, rule.status, rule.code ?? 'InternalFailure', rule.message ?? '');
				return finish();
			}
			if (done)
				answer = done;
		}
		answer ??= await perform(request, service, what, protocol);
		return finish();
	}

	function resourceOf(service, input) {
		if (service !== 'dynamodb')
			return '*';
		const table = `arn:aws:dynamodb:${region}:${account}:table/${input.TableName}`;
		return input.IndexName ? `${table}/index/${input.IndexName}` : table;
	}

	const server = await startServer(handle);
	return Object.assign(verifier, {
		port: server.port, url: server.url, down: server.down, up: server.up, stop: server.stop,
		// rule: { match: a RegExp of "s3:PutObject", or that itself, times = 1, slow_ms, status and code (and message), garbage: "json" | "xml" | "binary" | "huge"
		// (with status), cut: "before" | "headers" | "body", kill: called with the call when all of the request is there (a process's end, a rotation), done: the
		// service does it all the same }. Gives the rule: its seen counts.
		misbehave(rule) {
			const match = rule.match instanceof RegExp ? rule.match : new RegExp(rule.match ? `^${rule.match}$` : '');
			const made = { times: 1, ...rule, match, seen: 0 };
			verifier.rules.push(made);
			return made;
		},
		behave: () => verifier.rules.splice(0),
		skew(seconds) {
			verifier.skewed = seconds;
		},
	});
}
