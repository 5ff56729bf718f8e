// The same program as plain CGI (RFC 3875): one request from the environment and standard input.
import test from 'node:test';
import assert from 'node:assert/strict';
import { environment, parseAnswer } from '../support/fastcgi.mjs';
import { runCgi } from '../support/worker.mjs';

async function cgi(uri, options = {}, input = options.body) {
	const { code, out, log } = await runCgi(environment(uri, options), input);
	return { code, log, ...parseAnswer(out) };
}

test('GET is answered with Status, headers and body', async () => {
	const answer = await cgi('/size?n=300000');
	assert.equal(answer.code, 0);
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['content-length'], '300000');
	assert.equal(answer.body.length, 300000);
});

test('HEAD has no body', async () => {
	const answer = await cgi('/size?n=300', { method: 'HEAD' });
	assert.equal(answer.headers['content-length'], '300');
	assert.equal(answer.body.length, 0);
});

test('POST reads its body, and no further than it was announced', async () => {
	const body = 'q'.repeat(150000);
	assert.equal((await cgi('/echo', { method: 'POST', body })).body.toString(), body);
	assert.equal((await cgi('/echo', { method: 'POST', body: '12345' }, '1234567890')).body.toString(), '12345');
});

test('standard input that stays open is not waited for', async () => {
	assert.equal((await cgi('/ids', {}, null)).status, 200);
});

test('a short body is 400, one over the limit 413, a bad length 400', async () => {
	assert.equal((await cgi('/echo', { method: 'POST', body: { length: 50 } }, 'short')).status, 400);
	assert.equal((await cgi('/echo', { method: 'POST', body: { length: 10 ** 9 } }, 'x')).status, 413);
	assert.equal((await cgi('/echo', { method: 'POST', body: { length: '-1' } }, 'x')).status, 400);
});

test('the log goes to standard error, the query string nowhere', async () => {
	const { log } = await cgi('/ids?token=hunter2');
	const line = JSON.parse(log.split('\n').find(l => l.includes('"request"')));
	assert.equal(line.status, 200);
	assert.ok(!log.includes('hunter2'));
});
