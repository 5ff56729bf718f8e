// Mail over SMTP, to a real server: verified TLS or nothing, and what each refusal makes of the outbox's row.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseMail } from '../support/mail.mjs';
import { startSite } from '../support/site.mjs';
import { makeAuthority, startSmtp } from '../support/smtp.mjs';
import { configure, order, rowOf, tool } from './mails.mjs';

let site, ours, other, named;
before(async () => {
	site = await startSite({ listings: 0, workers: 1, jobs: false });
	ours = makeAuthority(path.join(site.dir, 'ca'));
	other = makeAuthority(path.join(site.dir, 'other-ca'));
	named = makeAuthority(path.join(site.dir, 'named-ca'), 'mail.elsewhere.example');
	fs.writeFileSync(path.join(site.dir, 'smtp-password'), 'a stage-head secret\n');
});
after(() => site.stop());

const settings = (server, more = {}) => ({ transport: 'smtp', from: 'outport@outport.example', smtp_url: `smtp://localhost:${server.port}`, smtp_tls_ca: ours.ca, ...more });
const signIn = () => ({ smtp_user: 'outport', smtp_password: `file:${path.join(site.dir, 'smtp-password')}` });

// A server, an order, one run of the jobs: { server, id, row, result }.
async function deliver(t, { server: options = {}, mail = {}, orders = {}, run = true } = {}) {
	await site.sql('DELETE FROM outbox');
	const server = await startSmtp({ authority: ours, ...options });
	t.after(() => server.stop());
	const id = await order(site, orders);
	const conf = configure(site, settings(server, mail));
	const again = () => tool(conf, 'jobs', '--once');
	const result = run ? await again() : null;
	return { server, id, conf, result, again, row: await rowOf(site, id) };
}

for (const method of ['PLAIN', 'LOGIN']) {
	test(`a mail goes out over STARTTLS, signed in by ${method}`, async t => {
		const { server, row, result, id } = await deliver(t, { server: { user: 'outport', password: 'a stage-head secret', authMethods: [method] }, mail: signIn(),
			orders: { name: 'Zoë Étoile', lang: 'fr' } });
		assert.equal(result.status, 0, result.stderr);
		assert.equal(server.mails.length, 1);
		const [mail] = server.mails;
		assert.deepEqual([mail.secure, mail.user, mail.from, mail.to], [true, 'outport', 'outport@outport.example', ['anna@example.org']]);
		const message = parseMail(mail.raw);
		assert.equal(message.headers.to, 'Zoë Étoile <anna@example.org>');
		assert.match(message.headers['message-id'], new RegExp(`^<outbox-${id}\\.\\d+@outport\\.example>$`));
		assert.deepEqual([row.state, row.payload, row.attempts, row.claimed], [1, '', 1, '']);
		const [line] = result.log.filter(one => one.event === 'mail_sent');
		assert.deepEqual([line.outbox, line.mail, line.attempts], [id, 'reset', 1]);
		assert.ok(!/anna|secret|reset\/x/.test(result.stderr), result.stderr);
	});
}

test('a mail goes out over TLS from the start (smtps)', async t => {
	const { server, row } = await deliver(t, { server: { secure: true }, run: false });
	const result = await tool(configure(site, settings(server, { smtp_url: `smtps://localhost:${server.port}` })), 'jobs', '--once');
	assert.equal(result.status, 0, result.stderr);
	assert.equal(server.mails.length, 1);
	assert.equal(row.state, 0);
});

test('several mails share one connection', async t => {
	const { server, again } = await deliver(t, { run: false });
	await order(site, { count: 4 });
	let connections = 0;
	server.sockets.add = (add => socket => { connections++; return add.call(server.sockets, socket); })(server.sockets.add);
	const result = await again();
	assert.equal(result.status, 0, result.stderr);
	assert.equal(server.mails.length, 5);
	assert.equal(connections, 1);
});

// Nothing of the mail, nor a password, may cross the wire; the row waits.
const refusedSessions = [
	['a certificate of another authority', () => ({ mail: { smtp_tls_ca: other.ca } }), /certificate/i],
	['a certificate for another name', () => ({ server: { authority: named }, mail: { smtp_tls_ca: named.ca } }), /mail\.elsewhere\.example|does not match|no alternative/i],
	['a server without STARTTLS', () => ({ server: { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] } }), /SSL|TLS/],
	['a wrong password', () => ({ server: { user: 'outport', password: 'another' }, mail: signIn() }), /login|denied|535/i],
	['a server that wants a sign-in', () => ({ server: { user: 'outport', password: 'another' } }), /530|authentication/i],
];
for (const [name, how, why] of refusedSessions) {
	test(`${name}: nothing is sent, the mail waits`, async t => {
		const { server, row, result } = await deliver(t, how());
		assert.equal(server.mails.length, 0);
		assert.equal(server.started, 0);
		assert.equal(row.state, 0);
		assert.equal(row.attempts, 1);
		assert.match(row.error, why);
		assert.ok(row.wait >= 20 && row.wait <= 72, `${row.wait} s`);
		assert.ok(row.payload.includes('anna@example.org'));
		assert.equal(result.status, 1);
		assert.match(result.stderr, /no mail can be delivered/);
		assert.ok(!/secret/.test(result.stderr + row.error));
	});
}

test('a server that cannot be reached leaves the mails behind the first untouched', async t => {
	const { server, conf, id } = await deliver(t, { run: false });
	await server.stop();
	const second = await order(site);
	const result = await tool(conf, 'jobs', '--once');
	assert.equal(result.status, 1);
	const [first, next] = [await rowOf(site, id), await rowOf(site, second)];
	assert.deepEqual([first.state, first.attempts, next.state, next.attempts, next.error], [0, 1, 0, 0, '']);
});

// A server's word about one mail: [where, code, what becomes of the row, the word]. Of policy (5.7) is what a relay says of everybody's mails.
const words = [
	['rcpt', 451, 'waits'], ['rcpt', 530, 'waits'], ['rcpt', 554, 'waits', '5.7.1 relay access denied'], ['rcpt', 550, 'dead'], ['rcpt', 553, 'dead'], ['data', 451, 'waits'], ['data', 552, 'dead'], ['data', 554, 'dead'],
];
for (const [where, code, fate, text = 'not now, not here'] of words) {
	test(`${code} ${text} ${where === 'rcpt' ? 'to the recipient' : 'after the content'}: the mail ${fate === 'dead' ? 'is given up at once' : 'waits, and goes out the next time'}`, async t => {
		let refuse = true;
		const decide = (what, session) => (refuse && session.envelope.rcptTo.every(one => one.address === 'anna@example.org') && !String(what).includes('bert@') ? [code, text] : undefined);
		const { server, id, result, row, again } = await deliver(t, { server: { [where]: decide }, run: true });
		const next = await order(site, { to: 'bert@example.org' });
		assert.equal(server.mails.length, 0);
		assert.match(row.error, new RegExp(`${code} ${text}`));
		assert.ok(!result.stderr.includes(text), 'what a server says of a recipient is not for the log');
		assert.equal(result.status, 0, 'other mails are not held up');
		assert.equal(row.state, fate === 'dead' ? 2 : 0);
		assert.ok(row.payload.length > 0);
		refuse = false;
		if (fate === 'waits')
			await site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP() WHERE id = ${id}`);
		assert.equal((await again()).status, 0);
		assert.deepEqual(server.mails.map(mail => mail.to[0]).sort(), fate === 'dead' ? ['bert@example.org'] : ['anna@example.org', 'bert@example.org']);
		assert.equal((await rowOf(site, next)).state, 1);
		if (fate === 'dead') {
			assert.match((await tool(site.conf, 'outbox', 'retry', String(id))).stdout, /due at once/);
			assert.equal((await again()).status, 0);
			assert.equal((await rowOf(site, id)).state, 1);
		}
	});
}

test('a server that dies in the middle of a content: the mail waits, and its repeat is the same message', async t => {
	let kill = true;
	const taken = [];
	const { server, id, row, again } = await deliver(t, { server: { data: (raw, session, number) => {
		taken.push(raw);
		if (kill) {
			for (const socket of server.sockets)
				socket.destroy();
		}
	} }, run: false });
	const first = await again();
	assert.equal(row.state, 0);
	assert.equal((await rowOf(site, id)).state, 0, first.stderr);
	kill = false;
	await site.sql(`UPDATE outbox SET due_at = UTC_TIMESTAMP() WHERE id = ${id}`);
	assert.equal((await again()).status, 0);
	assert.equal((await rowOf(site, id)).state, 1);
	assert.equal(taken.length, 2);
	assert.equal(taken[0], taken[1]);
});

test('a server that says nothing more is given up after smtp_timeout', async t => {
	const { row, result } = await deliver(t, { server: { rcpt: () => new Promise(() => {}) }, mail: { smtp_timeout: 10 } });
	assert.equal(row.state, 0);
	assert.match(row.error, /timed out/i);
	assert.equal(result.status, 0);
});

test('smtp without a server or a sender is refused with a sentence', async () => {
	for (const [mail, word] of [[{ transport: 'smtp', from: 'a@b.example' }, /smtp_url/], [{ transport: 'smtp', smtp_url: 'smtp://localhost:1' }, /from/]]) {
		for (const command of [['jobs', '--once'], ['jobs'], ['check-config']]) {
			const result = await tool(configure(site, mail), ...command);
			assert.equal(result.status, 1);
			assert.match(result.stderr, word);
		}
	}
	const lost = await tool(configure(site, { transport: 'smtp', from: 'a@b.example', smtp_url: 'smtp://localhost:1', smtp_password: 'file:/nowhere' }), 'check-config');
	assert.match(lost.stderr, /smtp_password = file:\/nowhere cannot be read/);
	const result = await tool(configure(site, { transport: 'smtp', smtp_url: 'http://localhost' }), 'jobs', '--once');
	assert.match(result.stderr, /smtp_url.*smtp:\/\/ or smtps:\/\//);
});
