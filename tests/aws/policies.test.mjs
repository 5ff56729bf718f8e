// docs/aws/policies: each feature is used for real, and its policy has to allow all that it asked of AWS, and nothing that it never did.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { order, program, tool } from '../jobs/mails.mjs';
import { needRadosgw, sharedRadosgw } from '../support/aws/radosgw.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { topSrc } from '../support/nginx.mjs';
import { makePhotoFile } from '../support/photos.mjs';
import { startSite } from '../support/site.mjs';
import { multipart } from '../support/upload.mjs';

needRadosgw();
const { startAws } = await import('../support/aws/aws.mjs');
const folder = path.join(topSrc, 'docs/aws/policies');
const tables = { photos: 'outport-photos', addresses: 'outport-addresses' };
const shown = new Set();
let aws, site, bucket, elsie, admin, listing;

before(async () => {
	const s3 = await sharedRadosgw();
	aws = await startAws({ services: ['s3', 'kms', 'ssm', 'secretsmanager', 'dynamodb', 'ses', 'cloudwatch'], s3 });
	bucket = await s3.createBucket();
	for (const name of Object.keys(tables))
		await aws.dynamodb.createTable(JSON.parse(fs.readFileSync(path.join(topSrc, `docs/dynamodb-${name}.json`))));
	Object.assign(process.env, aws.env);
	site = await startSite({ listings: 5, workers: 1, jobs: false, bucket: aws.url, settings: {
		media: { store: 's3', bucket, meta: 'dynamodb', meta_table: tables.photos }, address: { store: 'dynamodb', table: tables.addresses }, monitor: { cloudwatch_namespace: 'Outport' },
		mail: { transport: 'ses', from: 'outport@outport.example', ses_configuration_set: 'outport' },
	} });
	elsie = await makeMember(site.sql);
	admin = await makeMember(site.sql, { role: 'admin' });
	listing = Number(await site.sql('SELECT id FROM listing WHERE state = 1 ORDER BY id LIMIT 1'));
	await site.sql(`UPDATE listing SET member_id = ${elsie.id} WHERE id = ${listing}`);
});
after(async () => {
	await site?.stop();
	await aws?.stop();
	await aws?.s3.stop();
});

// The policy with this site's names in it.
function policyOf(name, more = {}) {
	const values = { REGION: aws.region, ACCOUNT: aws.account, BUCKET: bucket, DOMAIN: 'outport.example', SET: 'outport', KEY: aws.kms.find(aws.kms.key).id, ...more };
	const text = fs.readFileSync(path.join(folder, `${name}.json`), 'utf8').replace(/\b[A-Z]{3,}\b/g, word => values[word] ?? word);
	return JSON.parse(text).Statement.map(statement => {
		assert.equal(statement.Effect, 'Allow');
		return statement;
	});
}

const like = (pattern, text) => new RegExp(`^${pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's').test(text);

// What a condition's key is, of a call.
function contextOf(key, call) {
	if (key === 'cloudwatch:namespace')
		return call.input.Namespace;
	const context = /^kms:EncryptionContext:(.*)$/.exec(key);
	return context ? call.input.EncryptionContext?.[context[1]] : undefined;
}

const allows = (statement, call, resource) => statement.Action.includes(call.granted) && statement.Resource.some(pattern => like(pattern, resource)) &&
	Object.entries(statement.Condition ?? {}).every(([operator, wanted]) => operator === 'StringEquals' && Object.entries(wanted).every(([key, value]) => contextOf(key, call) === value));

// What the policy lacks of these calls, and what it grants that none of them needs.
function compare(statements, calls) {
	const asked = calls.flatMap(call => call.resources.map(resource => [call, resource]));
	const lacking = asked.filter(([call, resource]) => !statements.some(one => allows(one, call, resource))).map(([call, resource]) => `${call.granted} ${resource}`);
	const idle = statements.flatMap(one => [
		...one.Action.filter(action => !asked.some(([call, resource]) => call.granted === action && allows(one, call, resource))),
		...one.Resource.filter(pattern => !asked.some(([call, resource]) => like(pattern, resource) && allows(one, call, resource))),
	]);
	return { lacking: [...new Set(lacking)], idle };
}

function holds(name, calls, more) {
	shown.add(`${name}.json`);
	const statements = policyOf(name, more);
	assert.ok(calls.length > 0, `${name}: nothing was asked`);
	assert.deepEqual(compare(statements, calls), { lacking: [], idle: [] }, name);
	return statements;
}

const since = (from, prefix) => aws.calls.slice(from).filter(call => call.action.startsWith(`${prefix}:`));
const ok = async (...args) => {
	const result = await tool(site.conf, ...args);
	assert.equal(result.status, 0, `${args.join(' ')}: ${result.stderr}`);
	return result.stdout;
};

// What stands behind such a reference is asked for.
async function refer(reference) {
	const conf = path.join(site.dir, 'refer.conf');
	fs.writeFileSync(conf, `[site]\nurl = https://example.ca\ncontact_email = owner@example.ca\n[database]\npassword = ${reference}\n`);
	const from = aws.calls.length;
	const result = await tool(conf, 'secrets', 'show-source');
	assert.equal(result.status, 0, result.stderr);
	return aws.calls.slice(from);
}

test('secrets: KMS, and what makes its file', async () => {
	const file = path.join(site.dir, 'secret');
	const child = spawn(program, ['--config', site.conf, 'secrets', 'encrypt', '--key-id', aws.kms.key, '--out', file], { stdio: ['pipe', 'ignore', 'inherit'] });
	child.stdin.end('{"username":"outport","password":"a password"}');
	assert.equal(await new Promise(resolve => child.once('exit', resolve)), 0);
	holds('tool-secrets-encrypt', since(0, 'kms').filter(call => call.action === 'kms:Encrypt'));
	holds('secrets-kms', await refer(`kms:${file}`));
});

test('secrets: SSM and Secrets Manager', async () => {
	aws.ssm.set('/outport/database', 'a password');
	holds('secrets-ssm', await refer('ssm:/outport/database'));
	aws.secrets.put('outport/database', '{"username":"outport","password":"a password"}');
	const calls = await refer('secretsmanager:outport/database');
	const statements = holds('secrets-secretsmanager', calls);
	// The comparison itself: a policy that lacks an action or has one too many is found.
	assert.deepEqual(compare([{ ...statements[0], Action: ['secretsmanager:PutSecretValue'] }], calls).lacking.length, 1);
	assert.deepEqual(compare([{ ...statements[0], Resource: ['arn:aws:secretsmanager:REGION:ACCOUNT:secret:other/*'] }], calls).lacking.length, 1);
	assert.deepEqual(compare([{ ...statements[0], Action: [...statements[0].Action, 'secretsmanager:PutSecretValue'] }], calls).idle, ['secretsmanager:PutSecretValue']);
});

test('mail and numbers', async () => {
	const from = aws.calls.length;
	await ok('jobs', '--once'); // the numbers of a minute are what changed since the one before
	await order(site);
	await ok('jobs', '--once');
	holds('mail-ses', since(from, 'ses'));
	holds('watch-cloudwatch', since(from, 'cloudwatch'));
});

test('photos and their records', async () => {
	const from = aws.calls.length;
	const form = multipart([{ name: 'dory.jpg', data: await makePhotoFile({ width: 400, height: 300, hue: 30 }) }]);
	const sent = await request(`${site.url}/api/v1/listings/${listing}/photos`, { method: 'POST', body: form.body, headers: { Authorization: elsie.bearer, ...form.headers } });
	assert.equal(sent.status, 201, sent.body);
	await ok('jobs', '--once');
	const { photos: [photo] } = JSON.parse((await request(`${site.url}/api/v1/listings/${listing}/photos`, { headers: { Authorization: elsie.bearer } })).body);
	const link = await request(new URL(JSON.stringify(photo).match(/"([^"]*\/media\/[^"]*)"/)[1], site.url).href);
	assert.equal(link.status, 302, link.body);
	assert.equal((await fetch(link.headers.location)).status, 200); // a visitor's browser, by the worker's rights
	await ok('photos', 'check');
	await ok('photos', 'list', '--listing', listing);
	await ok('photos', 'list', '--owner', elsie.id);
	const before = since(from, 's3');
	const move = aws.calls.length;
	await ok('store', 'copy', '--from', 's3', '--to', 'folder');
	await aws.s3.call('DELETE', new URL(link.headers.location).pathname);
	await ok('store', 'copy', '--from', 'folder', '--to', 's3');
	holds('tool-store-copy', since(move, 's3'));
	const rest = aws.calls.length;
	const id = await site.sql(`SELECT id FROM photo WHERE listing_id = ${listing}`);
	assert.equal((await request(`${site.url}/api/v1/listings/${listing}/photos/${id}`, { method: 'DELETE', headers: { Authorization: elsie.bearer } })).status, 204);
	await site.sql('UPDATE photo_object SET unreferenced_at = unreferenced_at - INTERVAL 30 DAY WHERE refs = 0; DELETE FROM rate_count');
	await ok('jobs', '--once');
	await ok('photos', 'sweep');
	holds('photos-s3', [...before, ...since(rest, 's3')]);
	holds('photo-records-dynamodb', since(from, 'dynamodb').filter(call => call.input.TableName === tables.photos), { TABLE: tables.photos });
});

test('addresses', async () => {
	const from = aws.calls.length;
	assert.equal((await request(`${site.url}/api/v1/addresses`, { method: 'POST', headers: { 'X-Forwarded-For': '1.2.3.4' } })).status, 201);
	await ok('jobs', '--once');
	assert.equal((await request(`${site.url}/api/v1/addresses`, { headers: { Authorization: admin.bearer } })).status, 200);
	holds('addresses-dynamodb', since(from, 'dynamodb').filter(call => call.input.TableName === tables.addresses), { TABLE: tables.addresses });
});

test('every policy is one of these, and documented', () => {
	const files = fs.readdirSync(folder).sort();
	assert.deepEqual(files, [...shown].sort());
	const text = fs.readFileSync(path.join(topSrc, 'docs/aws.md'), 'utf8');
	assert.deepEqual(files.filter(file => !text.includes(`aws/policies/${file}`)), []);
});
