// Answers as each service gives them: errors in XML for S3 and the query protocol, in JSON for the others, each with its own spelling.
import crypto from 'node:crypto';

const escape = text => String(text).replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
export const requestId = () => crypto.randomUUID();

// The words of each service for a signature that it does not take: [status, code].
const refusals = {
	s3: {
		'not signed': [403, 'AccessDenied'], malformed: [400, 'AuthorizationHeaderMalformed'], 'unknown key': [403, 'InvalidAccessKeyId'], 'wrong token': [400, 'InvalidToken'],
		'expired token': [400, 'ExpiredToken'], skewed: [403, 'RequestTimeTooSkewed'], 'link expired': [403, 'AccessDenied'], 'no hash': [400, 'InvalidRequest'],
		'wrong hash': [400, 'XAmzContentSHA256Mismatch'], 'header not signed': [403, 'AccessDenied'], mismatch: [403, 'SignatureDoesNotMatch'],
	},
	json: {
		'not signed': [400, 'MissingAuthenticationTokenException'], malformed: [400, 'IncompleteSignatureException'], 'unknown key': [400, 'UnrecognizedClientException'],
		'wrong token': [400, 'UnrecognizedClientException'], 'expired token': [400, 'ExpiredTokenException'],
	},
	query: {
		'not signed': [403, 'MissingAuthenticationToken'], malformed: [400, 'IncompleteSignature'], 'unknown key': [403, 'InvalidClientTokenId'], 'wrong token': [403, 'InvalidClientTokenId'],
		'expired token': [403, 'ExpiredToken'],
	},
};

export function refusalOf(service, protocol, kind) {
	const table = service === 's3' ? refusals.s3 : refusals[protocol === 'query' ? 'query' : 'json'];
	const [status, code] = table[kind] ?? (protocol === 'query' ? [403, 'SignatureDoesNotMatch'] : [400, 'InvalidSignatureException']);
	return { status: protocol === 'rest-json' ? 403 : status, code };
}

// protocol: "s3", "query", "rest-json" (SES), "json-1.0", "json-1.1".
export function errorAnswer(service, protocol, status, code, message = '') {
	const id = requestId();
	if (protocol === 's3') {
		return { status, headers: { 'content-type': 'application/xml', 'x-amz-request-id': id }, body:
			`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escape(code)}</Code><Message>${escape(message)}</Message><RequestId>${id}</RequestId><HostId>host</HostId></Error>` };
	}
	if (protocol === 'query') {
		return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body:
			`<ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${escape(code)}</Code>\n` +
			`    <Message>${escape(message)}</Message>\n  </Error>\n  <RequestId>${id}</RequestId>\n</ErrorResponse>\n` };
	}
	if (protocol === 'rest-json')
		return { status, headers: { 'content-type': 'application/json', 'x-amzn-requestid': id, 'x-amzn-errortype': code }, body: JSON.stringify({ message }) };
	const type = service === 'dynamodb' ? `com.amazonaws.dynamodb.v20120810#${code}` : code;
	const said = message === '' ? {} : { [service === 'secretsmanager' ? 'Message' : 'message']: message };
	return { status, headers: { 'content-type': `application/x-amz-${protocol}`, 'x-amzn-requestid': id }, body: JSON.stringify({ __type: type, ...said }) };
}

export function jsonAnswer(protocol, value) {
	const type = protocol === 'rest-json' ? 'application/json' : `application/x-amz-${protocol}`;
	return { status: 200, headers: { 'content-type': type, 'x-amzn-requestid': requestId() }, body: JSON.stringify(value) };
}

// A fake's own error.
export class ServiceError extends Error {
	constructor(status, code, message = '') {
		super(message);
		this.status = status;
		this.code = code;
	}
}
