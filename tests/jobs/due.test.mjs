// What falls due without anybody asking: listings that end, members who have left; and the mails that come of it and of the contact page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailbox } from '../support/mail.mjs';
import { makeMember } from '../support/members.mjs';
import { startSite } from '../support/site.mjs';
import { tool } from './mails.mjs';

let site, box;
before(async () => {
	site = await startSite({ listings: 50, workers: 1, jobs: false });
	box = mailbox(site);
});
after(() => site.stop());

const once = async () => {
	const result = await tool(site.conf, 'jobs', '--once');
	assert.equal(result.status, 0, result.stderr);
	return result;
};

test('a listing near its end is written about once, and again when it has ended; then it is gone from the site', async () => {
	const [near, over] = (await site.sql('SELECT id FROM listing WHERE state = 1 ORDER BY id LIMIT 2')).split('\n').map(Number);
	await site.sql(`UPDATE listing SET contact_email = 'near@example.org', title = 'A dory', lang = 'fr', expiry_warned_at = NULL, expires_at = UTC_TIMESTAMP() + INTERVAL 3 DAY WHERE id = ${near};
		UPDATE listing SET contact_email = 'over@example.org', title = 'A skiff', lang = 'en', expires_at = UTC_TIMESTAMP() - INTERVAL 1 MINUTE WHERE id = ${over}`);
	await once();
	await once();
	assert.deepEqual(box.to('near@example.org').map(mail => mail.subject.replace(/le .* 20\d\d/, 'le …')), ['Votre annonce prend fin le …\u00a0: A dory']);
	assert.deepEqual(box.to('over@example.org').map(mail => mail.subject), ['Your listing has ended: A skiff']);
	assert.match(box.link(box.to('near@example.org')[0], '/manage/'), /^\/fr\/manage\/[\w-]{43}$/);
	assert.equal(await site.sql(`SELECT state FROM listing WHERE id = ${over}`), '6');
	assert.equal((await fetch(`${site.url}/api/v1/listings/${over}`)).status === 200, false);
});

test('an account whose time has come is ended', async () => {
	const gone = await makeMember(site.sql), stays = await makeMember(site.sql);
	await site.sql(`UPDATE member SET state = 3, delete_at = UTC_TIMESTAMP() - INTERVAL 1 MINUTE WHERE id = ${gone.id}; UPDATE member SET state = 3, delete_at = UTC_TIMESTAMP() + INTERVAL 1 DAY WHERE id = ${stays.id}`);
	await once();
	assert.equal(await site.sql(`SELECT GROUP_CONCAT(state ORDER BY id) FROM member WHERE id IN (${gone.id}, ${stays.id})`), '4,3');
});

test('a message by the contact page reaches the site\'s owner', async () => {
	const answer = await fetch(`${site.url}/api/v1/contact`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ name: 'Zoë "Z" <b>', email: 'zoe@example.org', message: 'Est-ce ouvert le dimanche ?\n\nMerci — Zoë' }) });
	assert.equal(answer.status, 202, await answer.text());
	await once();
	const [mail] = box.to('harbourmaster@outport.example');
	assert.equal(mail.subject, 'Message from Zoë "Z" <b> to Outport');
	assert.match(mail.text, /\(zoe@example\.org\) wrote by the contact page:/);
	assert.match(mail.text, /^> Est-ce ouvert le dimanche \?$/m);
	assert.match(mail.html, /Zoë &quot;Z&quot; &lt;b&gt;|Zoë "Z" &lt;b&gt;/);
	assert.equal(mail.headers['reply-to'], 'Outport <harbourmaster@outport.example>');
});

test('what has ended goes, and what has not stays', async () => {
	const who = await makeMember(site.sql);
	const ago = days => `UTC_TIMESTAMP() - INTERVAL ${days} DAY`, ahead = 'UTC_TIMESTAMP() + INTERVAL 1 DAY';
	const both = (table, columns, old, young) => site.sql(`INSERT INTO ${table} (${columns}) VALUES ${old}, ${young}`);
	await both('session', 'token_hash, member_id, kind, scopes, created_at, last_seen_at, expires_at',
		`(REPEAT('a', 32), ${who.id}, 0, 31, ${ago(100)}, ${ago(100)}, ${ago(1)})`, `(REPEAT('b', 32), ${who.id}, 0, 31, ${ago(1)}, ${ago(1)}, ${ahead})`);
	await both('registration', 'token_hash, email, name, password_hash, lang, created_at, expires_at',
		`(REPEAT('a', 32), 'old@example.org', 'Old', '', 'en', ${ago(9)}, ${ago(8)})`, `(REPEAT('b', 32), 'new@example.org', 'New', '', 'en', ${ago(2)}, ${ago(1)})`);
	await both('token', 'token_hash, kind, subject_id, created_at, expires_at', `(REPEAT('a', 32), 1, ${who.id}, ${ago(9)}, ${ago(8)})`, `(REPEAT('b', 32), 1, ${who.id}, ${ago(9)}, ${ago(1)})`);
	await both('outbox', 'kind, subject_id, payload, created_at, due_at, state, done_at', `('old', 1, '', ${ago(40)}, ${ago(40)}, 1, ${ago(31)})`, `('new', 1, '', ${ago(40)}, ${ago(40)}, 1, ${ago(29)})`);
	await both('flag', 'listing_id, reporter, reason, state, created_at, decided_at',
		`(1, 'a:203.0.113.1', 0, 2, ${ago(99)}, ${ago(91)})`, `(1, 'a:203.0.113.2', 0, 2, ${ago(99)}, ${ago(89)}), (1, 'a:203.0.113.3', 0, 0, ${ago(99)}, NULL)`);
	await once();
	for (const table of ['session', 'registration', 'token'])
		assert.equal(await site.sql(`SELECT GROUP_CONCAT(LEFT(token_hash, 1)) FROM ${table} WHERE token_hash IN (REPEAT('a', 32), REPEAT('b', 32))`), 'b', table);
	assert.equal(await site.sql("SELECT GROUP_CONCAT(kind) FROM outbox WHERE kind IN ('old', 'new')"), 'new');
	assert.equal(await site.sql("SELECT GROUP_CONCAT(IF(reporter LIKE 'gone:%', 'gone', reporter) ORDER BY id) FROM flag"), 'gone,a:203.0.113.2,a:203.0.113.3');
	await once();
	assert.equal(await site.sql("SELECT COUNT(*) FROM flag WHERE reporter LIKE 'gone:%'"), '1');
});
