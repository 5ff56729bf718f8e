// Whether a request is signed as AWS would have it (Signature Version 4): computed anew by AWS's own signer from what came over the wire, and compared.
import crypto from 'node:crypto';
import { tool } from '../npm.mjs';

class Sha256 {
	constructor(secret) {
		this.hash = secret === undefined ? crypto.createHash('sha256') : crypto.createHmac('sha256', secret);
	}

	update(bytes) {
		this.hash.update(bytes);
	}

	async digest() {
		return new Uint8Array(this.hash.digest());
	}
}

const module = await tool('@smithy/signature-v4');
const { SignatureV4 } = module.default ?? module;
const encode = text => encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const hex = bytes => crypto.createHash('sha256').update(bytes).digest('hex');
const unsigned = 'UNSIGNED-PAYLOAD';

export function makeSigner({ service, region, credentials }) {
	return new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: service === 's3', uriEscapePath: service !== 's3' });
}

// A refusal: kind is one of the words that answers.mjs has for each service.
export class SignatureError extends Error {
	constructor(kind, message) {
		super(message);
		this.kind = kind;
	}
}

const refuse = (kind, message) => { throw new SignatureError(kind, message); };

// Lower-case names with their values, of one that is sent more than once all of them.
export function foldHeaders(rawHeaders) {
	const out = {};
	for (let i = 0; i < rawHeaders.length; i += 2) {
		const name = rawHeaders[i].toLowerCase();
		out[name] = name in out ? `${out[name]},${rawHeaders[i + 1].trim()}` : rawHeaders[i + 1].trim();
	}
	return out;
}

// The query's parameters, decoded: a list for a name that is there more than once.
export function parseQuery(text) {
	const out = {};
	for (const part of text.split('&').filter(Boolean)) {
		const at = part.indexOf('=');
		const [name, value] = (at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]).map(decodeURIComponent);
		out[name] = name in out ? [out[name], value].flat() : value;
	}
	return out;
}

// Amazon's own form of a time, 20261121T203000Z, in milliseconds.
function parseDate(text) {
	const part = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
	return part ? Date.UTC(part[1], part[2] - 1, part[3], part[4], part[5], part[6]) : NaN;
}

function parseScope(text) {
	const parts = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(text ?? '');
	return parts && { keyId: parts[1], day: parts[2], region: parts[3], service: parts[4] };
}

// What the request says of its signature: { presigned, keyId, day, region, service, signed: [name], signature, date, expires, token }, or null when it is not signed at all.
export function claimOf({ headers, query }) {
	const presigned = 'X-Amz-Signature' in query || 'X-Amz-Credential' in query;
	if (!presigned && !headers.authorization)
		return null;
	const match = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '');
	const [credential, signed, signature] = presigned ? [query['X-Amz-Credential'], query['X-Amz-SignedHeaders'], query['X-Amz-Signature']] : match?.slice(1) ?? [];
	const scope = parseScope(credential);
	if (!scope || !signed || !signature || (presigned && query['X-Amz-Algorithm'] !== 'AWS4-HMAC-SHA256'))
		return { presigned, malformed: true, service: scope?.service };
	return {
		...scope, presigned, signed: signed.split(';'), signature, date: presigned ? query['X-Amz-Date'] : headers['x-amz-date'],
		expires: Number(query['X-Amz-Expires']), token: presigned ? query['X-Amz-Security-Token'] : headers['x-amz-security-token'],
	};
}

function checkTime(claim, now) {
	const at = parseDate(claim.date);
	if (Number.isNaN(at) || claim.date.slice(0, 8) !== claim.day)
		refuse('malformed', 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
	const minutes = claim.service === 's3' ? 15 : 5;
	if (claim.presigned) {
		if (!(claim.expires >= 1 && claim.expires <= 604800))
			refuse('malformed', 'X-Amz-Expires must be between 1 and 604800');
		if (now > at + claim.expires * 1000)
			refuse('link expired', 'Request has expired');
		if (at > now + minutes * 60000)
			refuse('link expired', 'Request is not valid yet');
	} else if (Math.abs(now - at) > minutes * 60000) {
		const its = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
		const what = at < now ? `Signature expired: ${claim.date} is now earlier than` : `Signature not yet current: ${claim.date} is still later than`;
		refuse('skewed', `${what} ${its} (${minutes} min.)`);
	}
	return new Date(at);
}

function checkPayload(claim, headers, body) {
	const said = headers['x-amz-content-sha256'];
	if (claim.service === 's3' && !claim.presigned && said === undefined)
		refuse('no hash', 'Missing required header for this request: x-amz-content-sha256');
	if (said !== undefined && said !== unsigned && said !== hex(body))
		refuse('wrong hash', "The provided 'x-amz-content-sha256' header does not match what was computed.");
	return said;
}

function checkKey(claim, keys, now) {
	const key = keys.get(claim.keyId);
	if (!key)
		refuse('unknown key', 'The AWS Access Key Id you provided does not exist in our records.');
	if ((key.token ?? '') !== (claim.token ?? ''))
		refuse('wrong token', 'The security token included in the request is invalid.');
	if (key.expires && key.expires <= now)
		refuse('expired token', 'The security token included in the request is expired');
	return { accessKeyId: claim.keyId, secretAccessKey: key.secret, sessionToken: key.token || undefined };
}

// What a presigned query has of its signature, beside what is asked for.
const claimed = /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$/;

// request: { method, path, query, headers (folded), body }, path as it came. keys: Map of { secret, token, expires (ms) } by id. Throws a SignatureError.
export async function checkSignature(request, claim, { keys, region, now }) {
	const { method, headers, body } = request;
	if (claim.malformed)
		refuse('malformed', 'The authorization that you provided is malformed');
	if (claim.region !== region)
		refuse('malformed', `Credential should be scoped to a valid region, not '${claim.region}'; expecting '${region}'`);
	const credentials = checkKey(claim, keys, now);
	const signingDate = checkTime(claim, now);
	const said = checkPayload(claim, headers, body);
	for (const name of Object.keys(headers)) {
		if ((name === 'host' || name.startsWith('x-amz-')) && !claim.signed.includes(name))
			refuse('header not signed', `There were headers present in the request which were not signed: ${name}`);
	}
	const own = {};
	for (const name of claim.signed) {
		if (!(name in headers))
			refuse('mismatch', `The signed header ${name} did not arrive`);
		own[name] = headers[name];
	}
	const signer = makeSigner({ service: claim.service, region, credentials });
	const signable = new Set(claim.signed);
	// A service computes the path of its own decoding, so that one which is signed as it was badly encoded does not match.
	const path = request.path.split('/').map(part => encode(decodeURIComponent(part))).join('/');
	const query = Object.fromEntries(Object.entries(request.query).filter(([name]) => !claim.presigned || !claimed.test(name)));
	const common = { method, protocol: 'http:', hostname: headers.host, path, query };
	let signature;
	if (claim.presigned) {
		const hash = said ?? (claim.service === 's3' ? unsigned : hex(body));
		const done = await signer.presign({ ...common, headers: { ...own, 'x-amz-content-sha256': hash } }, {
			signingDate, expiresIn: claim.expires, signableHeaders: signable, unsignableHeaders: new Set(['x-amz-content-sha256']),
			unhoistableHeaders: new Set([...claim.signed, 'x-amz-content-sha256']),
		});
		signature = done.query['X-Amz-Signature'];
	} else {
		// The signer would add what it thinks is missing: of a body without a hash of its own it is told the bytes.
		const done = await signer.sign({ ...common, headers: { ...own }, body }, { signingDate, signableHeaders: signable });
		const names = /SignedHeaders=([^,]+)/.exec(done.headers.authorization)[1];
		if (names !== claim.signed.join(';'))
			refuse('mismatch', `SignedHeaders are ${claim.signed.join(';')}; expecting ${names}`);
		signature = done.headers.authorization.slice(-64);
	}
	if (signature !== claim.signature)
		refuse('mismatch', 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.');
}
