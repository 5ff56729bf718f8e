// Mail by Amazon SES and numbers for CloudWatch: what arrives, and what becomes of both when the services refuse, throttle, stay away, answer nonsense or are too slow, and
// when outport-jobs dies in the middle.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { configure, order, quoted, rowOf, tool } from '../jobs/mails.mjs';
import { startAws } from '../support/aws/aws.mjs';
import { request } from '../support/http.mjs';
import { parseMail } from '../support/mail.mjs';
import { topSrc, until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';

const namespace = 'Outport/Test';
const ses = { transport: 'ses', from: 'outport@outport.example', ses_configuration_set: 'outport' };
let site, aws;
before(async () => {
	aws = await startAws({ services: ['ses', 'cloudwatch'] });
	Object.assign(process.env, aws.env);
	site = await startSite({ listings: 0, workers: 2, jobs: false, settings: { mail: ses, monitor: { cloudwatch_namespace: namespace } } });
});
after(async () => {
	await site?.stop();
	await aws?.stop();
});
beforeEach(async () => {
	await aws.up();
	aws.behave();
	aws.ses.mails.length = aws.cloudwatch.metrics.length = aws.calls.length = aws.cloudwatch.puts = 0;
	await site.sql('DELETE FROM outbox');
	fs.rmSync(path.join(site.dir, 'metrics/cloudwatch.minutes'), { force: true });
});

const once = (conf = site.conf) => tool(conf, 'jobs', '--once');
const callsOf = action => aws.calls.filter(call => call.action === action);
const again = (id, more = '') => site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP(), claimed_until = NULL${more} WHERE id = ${id}`);

// ---- Mail ----

test('a mail arrives whole: the bytes that the folder gets, its headers as they stand, in the configuration set', async () => {
	const link = 'https://outport.example/unsubscribe/7.x', args = ['Dories', 'A dory\t$1\tTorbay\thttps://outport.example/listings/1/a\n', 'https://outport.example/listings?q=dory', 'https://outport.example/account/searches/7', link];
	const id = await order(site, { mail: 'alert', name: 'Zoë Étoile', lang: 'fr', args });
	const payload = (await rowOf(site, id)).payload;
	const result = await once();
	assert.equal(result.status, 0, result.stderr);
	assert.equal(aws.ses.mails.length, 1);
	const [mail] = aws.ses.mails;
	assert.deepEqual([mail.from, mail.to, mail.set], ['outport@outport.example', ['anna@example.org'], 'outport']);
	const { headers } = parseMail(mail.raw);
	assert.equal(headers['list-unsubscribe'], `<${link}>`);
	assert.equal(headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click');
	assert.equal(headers.to, 'Zoë Étoile <anna@example.org>');
	const [line] = result.log.filter(one => one.event === 'mail_at_ses');
	assert.deepEqual([line.outbox, line.message_id], [id, mail.id]);
	assert.ok(!/anna@|unsubscribe\/7/.test(result.stderr), result.stderr);
	assert.deepEqual([(await rowOf(site, id)).state, (await rowOf(site, id)).attempts], [1, 1]);

	const folder = path.join(site.dir, 'compare');
	await again(id, `, state = 0, payload = ${quoted(payload)}`);
	await once(configure(site, { folder, from: ses.from }, 'folder.conf'));
	assert.equal(fs.readFileSync(path.join(folder, `${String(id).padStart(10, '0')}.eml`), 'latin1'), mail.raw);
});

// [status, code, message]: what becomes of the row, and whether all mail waits.
const refusals = [
	[400, 'MessageRejected', 'Message failed security checks for anna@example.org.', { dead: true }],
	[400, 'MessageRejected', 'Email address is not verified. The following identities failed the check: outport@outport.example', { away: true }],
	[400, 'BadRequestException', 'Local address contains control or whitespace', { dead: true }],
	[400, 'BadRequestException', 'Expected a string', {}],
	[400, 'MailFromDomainNotVerifiedException', '', { away: true }],
	[400, 'AccountSuspendedException', '', { away: true }],
	[400, 'SendingPausedException', '', { away: true }],
	[400, 'LimitExceededException', '', { away: true, calls: 3 }],
	[404, 'NotFoundException', 'Configuration set <outport> does not exist.', { away: true }],
	[429, 'TooManyRequestsException', 'Maximum sending rate exceeded.', { away: true, calls: 3 }],
	[403, 'AccessDeniedException', 'not authorized to perform ses:SendRawEmail', { away: true }],
	[500, 'InternalServiceErrorException', '', { away: true }],
	[503, 'ServiceUnavailable', '', { away: true }],
	[418, 'SomethingNewException', '', {}],
];
test('each refusal is the mail\'s fault, or everybody\'s, or for another time', async () => {
	for (const [status, code, message, { dead = false, away = false, calls = 1 }] of refusals) {
		aws.calls.length = 0;
		const id = await order(site);
		aws.misbehave({ match: 'ses:SendEmail', status, code, message, times: 10 });
		const result = await once();
		const row = await rowOf(site, id), what = `${code} ${message}`;
		assert.deepEqual([row.state, row.attempts], [dead ? 2 : 0, 1], what);
		assert.equal(result.status, away ? 1 : 0, `${what}: ${result.stderr}`);
		assert.ok(row.error.includes(code), row.error);
		assert.equal(callsOf('ses:SendEmail').length, calls, what);
		assert.ok(!result.stderr.split('\n').some(line => line.startsWith('{') && line.includes('anna@')), result.stderr);
		aws.behave();
	}
	await site.sql('UPDATE outbox SET due_at = UTC_TIMESTAMP()');
	assert.equal((await once()).status, 0);
	const dead = refusals.filter(one => one[3].dead).length;
	assert.equal(await site.sql('SELECT GROUP_CONCAT(n ORDER BY state) FROM (SELECT state, COUNT(*) n FROM outbox GROUP BY state) x'), `${refusals.length - dead},${dead}`);
	assert.equal(aws.ses.mails.length, refusals.length - dead);
});

test('throttled for a moment, it goes out at the first try', async () => {
	const id = await order(site);
	aws.misbehave({ match: 'ses:SendEmail', status: 429, code: 'TooManyRequestsException', times: 1 });
	assert.equal((await once()).status, 0);
	assert.deepEqual([(await rowOf(site, id)).state, (await rowOf(site, id)).attempts], [1, 1]);
	assert.equal(aws.ses.mails.length, 1);
});

test('without credentials nothing is sent, and everything kept', async () => {
	await once();
	const id = await order(site), key = process.env.AWS_ACCESS_KEY_ID;
	delete process.env.AWS_ACCESS_KEY_ID;
	aws.calls.length = 0;
	const result = await once();
	process.env.AWS_ACCESS_KEY_ID = key;
	assert.equal(aws.calls.length, 0);
	assert.match(result.stderr, /no mail can be delivered: .*credentials/);
	assert.equal((await rowOf(site, id)).state, 0);
	assert.ok(result.log.some(line => line.event === 'metrics_kept'), result.stderr);
	await again(id);
	assert.equal((await once()).status, 0);
	assert.deepEqual([aws.ses.mails.length, told('Requests').length], [1, 2]);
});

test('with SES down, mails are kept, and go out once when it is back', async () => {
	const id = await order(site, { count: 3 });
	await aws.down();
	const result = await once();
	assert.equal(result.status, 1);
	assert.match(result.stdout, /^0 sent, 1 put off, 0 given up/);
	await aws.up();
	await again(id);
	assert.equal((await once()).status, 0);
	assert.equal(await site.sql('SELECT GROUP_CONCAT(DISTINCT state) FROM outbox'), '1');
	assert.deepEqual(aws.ses.mails.map(mail => parseMail(mail.raw).headers['message-id'].split('.')[0]).sort(), [0, 1, 2].map(n => `<outbox-${id + n}`));
});

test('an answer that breaks off, or is none of SES\'s, is no delivery: the mail goes out again, the same', async () => {
	const rules = [{ cut: 'before', done: true }, { cut: 'headers' }, { cut: 'body' }, { garbage: 'json' }, { garbage: 'xml' }, { garbage: 'binary' }, { garbage: 'huge' }, { garbage: 'json', status: 400 }];
	for (const rule of rules) {
		aws.calls.length = 0;
		const id = await order(site);
		aws.misbehave({ match: 'ses:SendEmail', ...rule });
		assert.equal((await once()).status, 1, JSON.stringify(rule));
		assert.equal((await rowOf(site, id)).state, 0);
		assert.equal(callsOf('ses:SendEmail').length, 1, JSON.stringify(rule));
	}
	const twice = aws.ses.mails.map(mail => mail.raw);
	assert.equal(twice.length, 3);
	await site.sql('UPDATE outbox SET due_at = UTC_TIMESTAMP()');
	assert.equal((await once()).status, 0);
	assert.equal(await site.sql('SELECT GROUP_CONCAT(DISTINCT state) FROM outbox'), '1');
	const sent = aws.ses.mails.slice(3).map(mail => mail.raw);
	assert.equal(sent.length, rules.length);
	assert.ok(twice.every(raw => sent.includes(raw)));
});

test('killed while SES has the mail, outport-jobs sends it again when the row is free', async () => {
	for (const done of [false, true]) {
		await site.sql('DELETE FROM outbox');
		aws.ses.mails.length = 0;
		const rule = aws.misbehave({ match: 'ses:SendEmail', kill: () => site.jobs.kill(), cut: 'before', done });
		const id = await order(site);
		await site.jobs.start();
		await until(() => rule.seen > 0 && callsOf('ses:SendEmail').at(-1).ms !== undefined, () => 'the call');
		assert.equal((await rowOf(site, id)).state, 0);
		await again(id);
		assert.equal((await once()).status, 0);
		assert.equal(aws.ses.mails.length, done ? 2 : 1);
		assert.equal((await rowOf(site, id)).state, 1);
	}
});

// ---- Numbers ----

const dimension = (metric, key) => metric.dimensions[key];
const told = name => aws.cloudwatch.metrics.filter(metric => metric.name === name);
const siteWide = name => told(name).filter(metric => dimension(metric, 'Host') === undefined);
const total = name => siteWide(name).reduce((sum, metric) => sum + metric.value, 0);

// What /metrics shows: { requests, errors, buckets: { "0.001": n, …, "+Inf": n }, db, workers, threads (seconds) }, each request counted in one bucket.
async function shown() {
	const { body } = await request(`${site.url}/metrics`);
	const number = name => Number(new RegExp(`^${name.replace(/[{}"+]/g, '\\$&')} (.*)$`, 'm').exec(body)[1]);
	let before = 0;
	const buckets = Object.fromEntries([...body.matchAll(/_bucket\{le="([^"]+)"\} (\d+)/g)].map(([, le, n]) => [le, Number(n) - before + 0 * (before = Number(n))]));
	return { requests: number('outport_request_duration_seconds_count'), errors: number('outport_requests_total{class="5xx"}'), db: number('outport_db_errors_total'), workers: number('outport_workers'), threads: number('outport_thread_seconds_total'), buckets };
}

let visits = 0; // each with an address of its own: none comes from nginx's cache
async function visit(n) {
	for (let i = 0; i < n; i++)
		await request(`${site.url}/api/v1/listings?min_price=${++visits}`);
}

test('the numbers are those of /metrics, once, for the site and for this host', async () => {
	assert.equal((await once()).status, 0);
	assert.equal(aws.cloudwatch.puts, 0); // nothing to compare with yet
	const from = await shown();
	assert.equal((await once()).status, 0);
	aws.cloudwatch.metrics.length = 0;
	const id = await order(site, { count: 2 });
	await site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP() + INTERVAL 1 HOUR WHERE id = ${id}; DELETE FROM rate_count WHERE rate_key = 'metrics'`);
	await visit(15);
	await site.sql('RENAME TABLE listing TO listing_gone');
	for (let i = 0; i < 3; i++)
		await request(`${site.url}/api/v1/listings/${++visits}`);
	await site.sql('RENAME TABLE listing_gone TO listing');
	const { threads } = await shown();
	await until(async () => (await shown()).threads > threads, () => 'the main thread\'s next round');
	const to = await shown();
	const began = Math.floor(Date.now() / 1000);
	assert.equal((await once()).status, 0);
	assert.ok(to.errors - from.errors >= 3 && to.db - from.db >= 3, JSON.stringify([from, to]));
	assert.equal(aws.cloudwatch.puts, 2);
	assert.deepEqual([total('Requests'), total('ServerErrors'), total('DatabaseErrors'), total('ConnectionsRefused')], [to.requests - from.requests, to.errors - from.errors, to.db - from.db, 0]);
	assert.equal(told('Requests').length, 1);
	const [latency] = told('RequestLatency');
	assert.equal(latency.unit, 'Milliseconds');
	const counted = Object.fromEntries(latency.values.map((value, i) => [value, latency.counts[i]]));
	// the answer to /metrics itself is in the next numbers: a request more in some bucket now, one less before
	const bounds = Object.keys(to.buckets), extra = {};
	for (const le of bounds) {
		const ms = le === '+Inf' ? 5000 : Number(le) * 1000, n = (counted[ms] ?? 0) - (to.buckets[le] - from.buckets[le]);
		if (n !== 0)
			extra[le] = n;
	}
	assert.ok(Object.values(extra).every(n => Math.abs(n) === 1) && Object.values(extra).reduce((a, b) => a + b, 0) === 0 && Object.keys(extra).length <= 2, JSON.stringify(extra));
	assert.deepEqual([siteWide('Workers')[0].value, told('Workers').length], [to.workers, 2]);
	const busy = told('PoolBusy');
	assert.deepEqual(busy.map(metric => Object.keys(metric.dimensions)), [['Site'], ['Site', 'Host']]);
	assert.ok(busy[0].value >= 0 && busy[0].value <= 100 && busy[0].unit === 'Percent', JSON.stringify(busy));
	assert.deepEqual([total('OutboxWaiting'), total('OutboxDead')], [2, 0]);
	const named = /^## Watching$([^]*?)^### /m.exec(fs.readFileSync(path.join(topSrc, 'docs/aws.md'), 'utf8'))[1].split('\n').filter(line => /^\| `/.test(line))
		.flatMap(line => [...line.split('|')[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
	assert.deepEqual([...new Set(aws.cloudwatch.metrics.map(metric => metric.name))].sort(), named.sort());
	for (const metric of aws.cloudwatch.metrics) {
		assert.equal(metric.namespace, namespace);
		assert.equal(dimension(metric, 'Site'), '127.0.0.1');
		assert.ok(metric.at / 1000 >= began - 1 && metric.at <= Date.now(), JSON.stringify(metric));
	}
	assert.ok(aws.calls.every(call => call.error === ''), JSON.stringify(aws.calls.find(call => call.error)));
});

test('threads that wait are counted as waiting, those for photos not at all', async () => {
	const seconds = async () => (await request(`${site.url}/metrics`)).body.match(/^outport_thread_(?:idle_)?seconds_total (.*)$/mg).map(line => Number(line.split(' ')[1]));
	const began = Date.now(), [there, idle] = await seconds();
	let now;
	await until(async () => (now = await seconds())[1] - idle > 24, () => `threads that wait: ${now}`);
	const passed = (Date.now() - began) / 1000, counted = now[0] - there;
	// eight threads of two workers; each comes round once a second at the latest, and the main thread counts twice a second
	assert.ok(counted > 6 && counted < 8 * (passed + 1.5), `${counted} s in ${passed} s`);
	assert.ok(now[1] - idle < counted + 8 * 2.5, `${now[1] - idle} s of ${counted} s`);
});

test('of several runners on several hosts, each minute of a host is told by one, and how the outbox stands by one of all', async () => {
	const other = path.join(site.dir, 'other-host');
	fs.mkdirSync(other, { recursive: true });
	const conf = path.join(site.dir, 'other-host.conf');
	fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(/^runtime_dir = .*$/m, `runtime_dir = ${other}`));
	await Promise.all([once(), once(conf)]);
	const minute = () => Math.floor(Date.now() / 60000);
	let began, from, to;
	do {
		await once();
		from = await shown();
		await visit(5);
		aws.cloudwatch.metrics.length = 0;
		began = minute();
		await site.sql("DELETE FROM rate_count WHERE rate_key = 'metrics'");
		await Promise.all([once(), once(), once(), once(conf), once(conf)]);
		to = await shown();
		await once();
	} while (minute() !== began);
	assert.equal(told('OutboxWaiting').length, 1);
	// the other host has no pool
	assert.equal(told('Workers').filter(metric => dimension(metric, 'Host')).length, told('Requests').length);
	assert.equal(total('Requests'), to.requests - from.requests + 1);
});

test('workers that restart, die and come anew make the numbers neither less nor more', async () => {
	await once();
	const from = await shown();
	await visit(10);
	await once();
	await site.pool.kill();
	await visit(10);
	site.pool.replace();
	await visit(10);
	await once();
	await visit(5);
	const to = await shown();
	await once();
	// the first answer to /metrics is counted after it was written, the last one too
	assert.equal(total('Requests'), to.requests - from.requests + 1);
	assert.ok(aws.cloudwatch.metrics.every(metric => (metric.value ?? 0) >= 0 && (metric.counts ?? []).every(n => n > 0)));
});

test('with CloudWatch down, throttling or talking nonsense, minutes are kept with their times and sent later, once; mail goes out meanwhile', async () => {
	await once();
	const from = await shown();
	const trouble = [{ status: 500 }, { status: 400, code: 'ThrottlingException', times: 9 }, { garbage: 'json' }, { garbage: 'xml' }, { garbage: 'huge' }, { status: 403, code: 'AccessDenied' }, { garbage: 'json', status: 400 }];
	for (const rule of trouble) {
		aws.behave();
		aws.misbehave({ match: 'cloudwatch:PutMetricData', ...rule });
		await visit(3);
		const id = await order(site);
		const result = await once();
		assert.equal(result.status, 1, JSON.stringify(rule));
		assert.ok(result.log.some(line => line.event === 'metrics_kept'), JSON.stringify(rule));
		assert.equal((await rowOf(site, id)).state, 1);
	}
	assert.equal(aws.cloudwatch.metrics.length, 0);
	aws.behave();
	const to = await shown();
	const result = await once();
	assert.equal(result.status, 0, result.stderr);
	assert.deepEqual(result.log.filter(line => line.event === 'metrics_caught_up').map(line => line.minutes), [trouble.length + 1]);
	assert.deepEqual([aws.cloudwatch.puts, told('Requests').length, total('Requests')], [1, trouble.length + 1, to.requests - from.requests + 1]);
	const times = told('Requests').map(metric => metric.at);
	assert.deepEqual(times, [...times].sort((a, b) => a - b));
});

test('what CloudWatch refuses for good is said and forgotten', async () => {
	await once();
	aws.misbehave({ match: 'cloudwatch:PutMetricData', status: 400, code: 'InvalidParameterValue', message: 'no' });
	const result = await once();
	assert.ok(result.log.some(line => line.event === 'metrics_refused' && line.why.includes('InvalidParameterValue')), result.stderr);
	await once();
	assert.equal(told('Requests').length, 1);
});

test('a runner killed while it sends leaves a gap, nothing that counts twice', async () => {
	await once();
	await visit(4);
	const rule = aws.misbehave({ match: 'cloudwatch:PutMetricData', kill: () => site.jobs.kill(), cut: 'before', done: true });
	await site.jobs.start();
	await until(() => rule.seen > 0 && callsOf('cloudwatch:PutMetricData').at(-1).ms !== undefined, () => 'the call');
	const sent = total('Requests');
	assert.ok(sent >= 4);
	await visit(2);
	const result = await once();
	assert.deepEqual(result.log.filter(line => line.event === 'metrics_left_out').map(line => line.minutes), [1]);
	assert.equal(total('Requests') - sent, 2);
});

test('a CloudWatch that does not answer is left after five seconds, and no mail waits for it', async () => {
	await once();
	let release;
	const held = new Promise(resolve => { release = resolve; });
	const rule = aws.misbehave({ match: 'cloudwatch:PutMetricData', kill: () => held, cut: 'before' });
	try {
		await site.jobs.start();
		await until(() => rule.seen > 0, () => 'the call');
		const id = await order(site);
		await until(() => aws.ses.mails.length === 1, () => 'the mail');
		await until(() => site.jobs.lines().some(line => line.event === 'metrics_kept'), () => 'the end of its patience');
		await until(async () => (await rowOf(site, id)).state === 1, () => 'the mark');
		assert.ok(callsOf('cloudwatch:PutMetricData').every(call => call.ms === undefined), 'CloudWatch has not answered yet');
	} finally {
		release();
		await site.jobs.stop();
	}
});

test('while the database is away the pool\'s numbers are told all the same', async () => {
	await once();
	await visit(2);
	await site.database.kill();
	try {
		const result = await once();
		assert.notEqual(result.status, 0);
		assert.ok(total('Requests') >= 2, result.stderr);
		assert.equal(told('OutboxWaiting').length, 0);
	} finally {
		await site.database.start();
	}
	await until(async () => (await request(`${site.url}/readyz`)).status === 200, () => 'the database');
});

// ---- Configuration and logs ----

test('check-config says what SES and CloudWatch lack', async () => {
	const region = process.env.AWS_REGION;
	const check = async (mail, want, env = region) => {
		process.env.AWS_REGION = env;
		const result = await tool(configure(site, { transport: 'ses', from: 'a@b.example', ...mail }, 'check.conf'), 'check-config');
		process.env.AWS_REGION = region;
		assert.match(result.stdout + result.stderr, want);
		return result.status;
	};
	assert.equal(await check({}, /is good\.\n$/), 0);
	assert.equal(await check({ from: '' }, /\[mail\] transport = ses needs from/), 1);
	assert.equal(await check({ ses_configuration_set: 'a b' }, /ses_configuration_set is no such name/), 1);
	assert.equal(await check({}, /there is no region/, ''), 1);
	assert.equal(await check({ transport: 'folder' }, /cloudwatch_namespace: there is no region/, ''), 1);
	const conf = path.join(site.dir, 'namespace.conf');
	fs.writeFileSync(conf, fs.readFileSync(site.conf, 'utf8').replace(namespace, 'AWS/EC2'));
	const result = await tool(conf, 'check-config');
	assert.equal(result.status, 1);
	assert.match(result.stderr, /begin with "AWS\/"/);
});

test('the CloudWatch agent\'s configuration names the files that are written, and reads their times', async () => {
	const file = 'docs/amazon-cloudwatch-agent.json', agent = JSON.parse(fs.readFileSync(path.join(topSrc, file), 'utf8'));
	const list = agent.logs.logs_collected.files.collect_list, by = Object.fromEntries(list.map(one => [one.file_path, one]));
	const text = name => fs.readFileSync(path.join(topSrc, name), 'utf8');
	const logDir = /\| `@LOG_DIR@` \| `([^`]+)` \|/.exec(text('docs/install.md'))[1];
	const written = new Set();
	for (const name of ['nginx/outport-server.conf.in', 'nginx/outport-media-host.conf.in'])
		written.add(/^access_log @LOG_DIR@\/(\S+) outport;/m.exec(text(name).replace(/^\s+/gm, ''))[1]);
	assert.deepEqual([...written], ['access.log']);
	const ours = [...text('docs/aws.md').matchAll(/^StandardError=append:(\S+)$/gm)].map(([, name]) => name);
	assert.deepEqual(Object.keys(by).sort(), [`${logDir}/access.log`, `${logDir}/error.log`, ...new Set(ours)].sort());
	// The agent's own reading of a format: translator/translate/logs/…/ruleTimestampFormat.go of aws/amazon-cloudwatch-agent.
	const parts = { '%Y': '\\d{4}', '%m': '\\s{0,1}\\d{1,2}', '%d': '\\s{0,1}\\d{1,2}', '%H': '\\d{2}', '%M': '\\d{2}', '%S': '\\d{2}' };
	const timeIn = (one, line) => new RegExp(one.timestamp_format.replace(/%./g, code => parts[code] ?? assert.fail(code))).exec(line)?.[0];
	await order(site);
	const { log: [line] } = await once();
	assert.equal(timeIn(by[ours[0]], JSON.stringify(line)), line.time.slice(0, 19));
	assert.equal(by[ours[0]].timezone, 'UTC');
	assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	await visit(1);
	const access = fs.readFileSync(site.accessLog, 'utf8').trim().split('\n').at(-1);
	assert.equal(timeIn(by[`${logDir}/access.log`], access), JSON.parse(access).time.slice(0, 19));
	assert.equal(by[`${logDir}/access.log`].timezone, 'Local');
	const error = '2026/01/31 12:00:00 [error] 1#1: *1 connect() failed';
	assert.equal(timeIn(by[`${logDir}/error.log`], error), error.slice(0, 19));
});
