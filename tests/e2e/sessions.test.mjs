// What a session costs, and where its token is: one statement more, and nowhere.
import test from 'node:test';
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { openSite } from './visitor.mjs';
import { mailbox } from '../support/mail.mjs';
import { makeMember, password } from '../support/members.mjs';

const site = await openSite({ listings: 200 });
const lines = () => fs.readFileSync(site.poolLog, 'utf8').split('\n').filter(line => /^{.*"db_queries".*}$/.test(line)).map(line => JSON.parse(line));

let serial = 0;
// The statements behind one page, its fragments included: the least of several loads, for a worker's thread reads categories and keys once. A host
// of its own passes by nginx's cache. All lines are there when every load has as many.
async function statements(path, headers = {}) {
	const ids = [];
	for (let i = 0; i < 8; i++) {
		const r = await site.get(path, { Host: `cost${++serial}.localhost`, ...headers });
		assert.equal(r.status, 200, path);
		ids.push(r.headers['x-request-id']);
	}
	let pages;
	await site.until(() => {
		const all = lines();
		pages = ids.map(id => all.filter(line => line.request_id === id));
		return pages.every(page => page.length > 0 && page.length === pages[0].length);
	}, `the log of ${path}`);
	return pages.map(page => ({ sum: page.reduce((sum, line) => sum + line.db_queries, 0), requests: page.map(line => `${line.route} ${line.db_queries}`) }))
		.reduce((least, page) => (page.sum < least.sum ? page : least));
}

test('a page with a session costs at most one statement more than without', async () => {
	const who = await makeMember(site.sql), listing = JSON.parse((await site.get('/api/v1/listings?limit=1')).body).listings[0];
	const slug = await site.sql('SELECT slug FROM resource LIMIT 1');
	for (const path of ['/', '/fr/', '/listings', '/listings?category=boats', '/listings?q=boat', listing.url, `/listings/${listing.id}/contact`, '/resources',
		`/resources/${slug}`, '/submit', '/contact']) {
		const without = await statements(path), withSession = await statements(path, { Cookie: who.cookie });
		assert.ok(withSession.sum <= without.sum + 1, `${path}: ${without.sum} statements for a visitor, for a member ${withSession.requests.join(', ')}`);
		if (!/listings|resources\//.test(path))
			assert.equal(withSession.sum, without.sum, `${path}: a static page's pieces are the same for all`);
	}
});

// Every value of every table that could hold a text, and binary columns in hexadecimal.
async function everything() {
	const columns = (await site.sql(`SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = DATABASE()
		AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json', 'binary', 'varbinary', 'blob', 'mediumblob', 'longblob')`)).split('\n').map(line => line.split('\t'));
	const dump = await Promise.all(columns.map(async ([table, column, type]) => [`${table}.${column}`,
		await site.sql(`SELECT ${/binary|blob/.test(type) ? `HEX(\`${column}\`)` : `\`${column}\``} FROM \`${table}\``)]));
	return dump;
}

test('no token that opens anything is anywhere in the database once its mail has gone: hashes only (ASVS 7.2.3)', async () => {
	const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
	const age = await site.formAge(), mails = mailbox({ dir: path.dirname(site.conf) });
	const send = async (address, fields, headers = {}, status = 303) => {
		const r = await site.post(address, new URLSearchParams({ _age: age, ...fields }).toString(), { ...form, ...headers });
		assert.equal(r.status, status, `${address} ${r.status} ${r.body}`);
		return r;
	};
	const cookie = r => /^__Host-outport=([^;]+)/.exec(r.headers['set-cookie'][0])[1], secrets = [];
	const links = mail => mail.links.flatMap(one => /[\w-]{32,}/g.exec(new URL(one).pathname) ?? []);

	const email = `newcomer.${process.pid}@mail.example`;
	await send('/register', { name: 'Rita Noseworthy', email, password });
	const verify = await mails.wait({ to: email });
	const cookieToken = cookie(await send(mails.link(verify, '/verify'), { password }));
	const member = { Cookie: `__Host-outport=${cookieToken}` };
	const json = JSON.stringify({ email, password });
	const bearer = JSON.parse((await site.post('/api/v1/session', json, { 'Content-Type': 'application/json' })).body).token;
	await send('/reset', { email });
	await send('/account/email', { email: `moved.${email}`, password }, member);
	const offer = { title: 'A cedar dory with oars', description: 'Sixteen feet, oars included, painted last spring.', category: 'fishing-boats', price: '1250.50', location: 'twillingate',
		stock: '1', contact_name: 'Leo Pike', contact_email: `seller.${email}` };
	await send('/submit', offer);
	const confirm = await mails.wait({ to: offer.contact_email });
	await send(mails.link(confirm, '/confirm'), {});
	const manage = await mails.wait({ to: offer.contact_email, link: '/manage/' });
	const id = await site.sql(`SELECT id FROM listing WHERE contact_email = '${offer.contact_email}'`);
	await site.ctl('listing', 'approve', id);
	await send(`/listings/${id}/contact`, { name: 'Gerald', email: `buyer.${email}`, message: 'Is it still there, and how heavy is it?' });
	const contact = await mails.wait({ to: offer.contact_email, link: '/conversations/' });
	await send(mails.link(contact, '/conversations/'), { message: 'It is, and two can lift it.' });
	await mails.wait({ to: `buyer.${email}` });
	await mails.wait({ to: `moved.${email}` });
	await mails.wait({ to: email, count: 2 });
	await site.until(async () => await site.sql("SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND state = 0") === '0', 'the outbox');

	for (const mail of mails.all())
		secrets.push(...links(mail).map(token => [`a link in "${mail.subject}"`, token]));
	secrets.push(['the cookie', cookieToken], ['the bearer token', bearer], ['the password', password]);
	assert.ok(secrets.length >= 11 && links(manage).length > 0, JSON.stringify(secrets));
	const dump = await everything();
	assert.ok(dump.some(([name, text]) => name === 'session.token_hash' && text.includes(crypto.createHash('sha256').update(cookieToken).digest('hex').toUpperCase())), 'the hash is there');
	for (const [what, secret] of secrets)
		for (const [name, text] of dump)
			for (const form of [secret, Buffer.from(secret).toString('hex').toUpperCase(), Buffer.from(secret, 'base64url').toString('hex').toUpperCase()])
				assert.ok(!text.includes(form), `${what} is in ${name}`);
});

test('a session ends by itself when it is not used, and however busy it is (ASVS 7.3.1, 7.3.2)', async () => {
	const who = await makeMember(site.sql), cookie = { Cookie: who.cookie };
	await site.sql(`UPDATE session SET last_seen_at = UTC_TIMESTAMP() - INTERVAL 15 DAY WHERE member_id = ${who.id} AND kind = 0`);
	assert.equal((await site.get('/account', cookie)).status, 303, 'idle');
	const other = await makeMember(site.sql);
	await site.sql(`UPDATE session SET expires_at = UTC_TIMESTAMP() WHERE member_id = ${other.id}`);
	assert.equal((await site.get('/account', { Cookie: other.cookie })).status, 303, 'however busy');
});
