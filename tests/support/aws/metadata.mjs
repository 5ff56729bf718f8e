// Where credentials come from on AWS: an instance's metadata (IMDSv2) and a container's endpoint. What they give out, the verifier takes until it expires.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { startServer } from './server.mjs';

const iso = ms => new Date(ms).toISOString().replace(/\.\d+/, '');

// Temporary credentials, the same until renew().
function makeIssuer(keys, prefix) {
	const issuer = {
		seconds: 6 * 3600, // that the next ones live
		now: null,
		renew(seconds = issuer.seconds) {
			issuer.seconds = seconds;
			const random = (n, how) => crypto.randomBytes(n).toString(how);
			issuer.now = { keyId: `${prefix}${random(8, 'hex').toUpperCase()}`, secret: random(30, 'base64'), token: random(300, 'base64'), expires: Date.now() + seconds * 1000 };
			keys.set(issuer.now.keyId, issuer.now);
			return issuer.now;
		},
	};
	return issuer;
}

const json = value => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
const text = (status, body = '') => ({ status, headers: { 'content-type': 'text/plain' }, body });

// What is common: refusals on demand, calls to look at. answer: one for the next calls, instead of the real one: { status, body, slow_ms, times }.
async function startSource(handle, issuer) {
	const source = { calls: [], issuer, answers: [] };
	const server = await startServer(async request => {
		const call = { method: request.method, path: request.path, headers: request.headers };
		source.calls.push(call);
		const rule = source.answers.find(one => one.times > 0 && (!one.match || one.match.test(`${request.method} ${request.path}`)));
		if (rule) {
			rule.times--;
			if (rule.slow_ms)
				await new Promise(resolve => setTimeout(resolve, rule.slow_ms));
		}
		const answer = rule?.status || rule?.body !== undefined ? { status: rule.status ?? 200, headers: { 'content-type': 'text/plain' }, body: rule.body ?? '' } : handle(request);
		call.status = answer.status;
		return answer;
	});
	return Object.assign(source, {
		url: server.url, down: server.down, up: server.up, stop: server.stop,
		// rule: { match (of "GET /path"), times = 1, status, body, slow_ms }
		misbehave: rule => source.answers.push({ times: 1, ...rule }),
	});
}

// imds.role: the role's name, null for an instance that has none. imds.code: what it says instead of "Success". imds.dropTokens(): none of the tokens given out so far is good any longer.
export async function startImds({ keys }) {
	const tokens = new Map();
	const issuer = makeIssuer(keys, 'ASIAI');
	const base = '/latest/meta-data/iam/security-credentials/';
	const imds = await startSource(({ method, path, headers }) => {
		if (path === '/latest/api/token') {
			const seconds = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
			if (method !== 'PUT')
				return text(405);
			if (headers['x-forwarded-for'] !== undefined)
				return text(403);
			if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 21600))
				return text(400);
			const token = crypto.randomBytes(42).toString('base64');
			tokens.set(token, Date.now() + seconds * 1000);
			return { status: 200, headers: { 'content-type': 'text/plain', 'x-aws-ec2-metadata-token-ttl-seconds': String(seconds) }, body: token };
		}
		if (!((tokens.get(headers['x-aws-ec2-metadata-token']) ?? 0) > Date.now()))
			return text(401);
		if (method !== 'GET' || !path.startsWith(base) || !imds.role)
			return text(404);
		if (path === base)
			return text(200, imds.role);
		if (path !== base + imds.role)
			return text(404);
		if (imds.code)
			return json({ Code: imds.code, Message: 'the role cannot be assumed', LastUpdated: iso(Date.now()) });
		const { keyId, secret, token, expires } = issuer.now ?? issuer.renew();
		return json({ Code: 'Success', LastUpdated: iso(Date.now()), Type: 'AWS-HMAC', AccessKeyId: keyId, SecretAccessKey: secret, Token: token, Expiration: iso(expires) });
	}, issuer);
	return Object.assign(imds, {
		role: 'outport', code: null, renew: issuer.renew, dropTokens: () => tokens.clear(),
		env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url, AWS_EC2_METADATA_DISABLED: 'false' },
	});
}

// container.token: what the Authorization header has to be. container.useFile(path): the token is in a file.
export async function startContainer({ keys }) {
	const issuer = makeIssuer(keys, 'ASIAC');
	const token = crypto.randomBytes(30).toString('base64url');
	const container = await startSource(({ method, path, headers }) => {
		if (headers.authorization !== container.token)
			return text(401, 'no');
		if (method !== 'GET' || path !== '/v1/credentials')
			return text(404);
		const { keyId, secret, token: session, expires } = issuer.now ?? issuer.renew();
		return json({ AccessKeyId: keyId, SecretAccessKey: secret, Token: session, Expiration: iso(expires), RoleArn: 'arn:aws:iam::111122223333:role/outport' });
	}, issuer);
	const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v1/credentials`, AWS_EC2_METADATA_DISABLED: 'true' };
	return Object.assign(container, {
		token, renew: issuer.renew, env: { ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: token },
		useFile(file) {
			fs.writeFileSync(file, container.token);
			return { ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file };
		},
	});
}
