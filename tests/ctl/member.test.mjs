// The sysadmin's commands about members.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { site } from './tool.mjs';

let s;
before(() => { s = site('ctl_member'); });
after(() => s.dispose());

const refuse = (status, text, ...args) => {
	const result = s.run(...args);
	assert.match(result.stderr, text);
	assert.equal(result.status, status);
	assert.equal(result.stdout, '');
};
const session = id => s.sql(`INSERT INTO session (token_hash, member_id, kind, scopes, created_at, last_seen_at, expires_at)
	VALUES (RANDOM_BYTES(32), ${id}, 0, 31, UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2099-01-01'), (RANDOM_BYTES(32), ${id}, 2, 1, UTC_TIMESTAMP(), UTC_TIMESTAMP(), '2099-01-01')`);
const sessions = id => s.one(`SELECT COUNT(*) FROM session WHERE member_id = ${id}`);
const last = () => s.sql('SELECT action, member_id, COALESCE(moderator_id, 0), reason FROM moderation_entry ORDER BY id DESC LIMIT 1')[0].join(' ');

test('add prints a link, and nobody can sign in before it is used', () => {
	const out = s.ok('member', 'add', 'Elsie Wareham', 'Elsie@Example.com', '--role', 'admin');
	assert.match(out, /^https:\/\/example\.com\/reset\/[\w-]{43}\n$/);
	assert.equal(s.one("SELECT CONCAT(email, ' ', role, ' ', state, ' ', password_hash) FROM member"), 'elsie@example.com 2 1 ');
	assert.equal(s.one('SELECT COUNT(*) FROM token WHERE kind = 1 AND subject_id = 1'), '1');
	assert.equal(s.one(`SELECT COUNT(*) FROM token WHERE LOCATE('${/[\w-]{43}/.exec(out)[0]}', token_hash) > 0`), '0');
	assert.match(s.ok('member', 'add', 'Léo Pike', 'leo@example.com', '--lang', 'fr'), /^https:\/\/example\.com\/fr\/reset\//);
	refuse(1, /leo@example.com has an account already/, 'member', 'add', 'Leo', 'LEO@example.com');
	refuse(2, /email: Enter an e-mail address/, 'member', 'add', 'Leo', 'nowhere');
	refuse(2, /there is no such role/, 'member', 'add', 'Leo', 'x@example.com', '--role', 'king');
	refuse(2, /--lang: en or fr/, 'member', 'add', 'Leo', 'x@example.com', '--lang', 'de');
});

test('list and show, as a table and as JSON', () => {
	assert.match(s.ok('member', 'list'), /^ID +E-MAIL +NAME +ROLE +STATE +TRUST +LAST SIGN-IN\n2 +leo@example\.com +Léo Pike +member +active +new/);
	assert.deepEqual(s.json('member', 'list', '--role', 'admin').map(m => m.email), ['elsie@example.com']);
	assert.deepEqual(s.json('member', 'list', '--before', '2').map(m => m.id), [1]);
	assert.equal(s.json('member', 'show', '2').email, 'leo@example.com');
	assert.equal(s.json('member', 'show', 'LEO@example.com').id, 2);
	assert.match(s.ok('member', 'show', 'leo@example.com'), /Second factor +off/);
	refuse(1, /there is no member "99"/, 'member', 'show', '99');
	refuse(1, /there is no member "x@example.com"/, 'member', 'show', 'x@example.com');
});

test('a role is a change of rights: sessions and tokens end, and it is logged', () => {
	session(2);
	assert.match(s.ok('member', 'role', 'leo@example.com', 'moderator'), /is moderator now, and signed out everywhere/);
	assert.equal(sessions(2), '0');
	assert.equal(last(), '13 2 0 moderator');
	refuse(2, /there is no such role/, 'member', 'role', '2', 'king');
});

test('the only admin stays one, and stays enabled', () => {
	refuse(1, /is the only admin there is/, 'member', 'role', '1', 'member');
	refuse(1, /the only admin there is/, 'member', 'disable', '1', '--reason', 'a mistake');
	s.ok('member', 'role', '2', 'admin');
	s.ok('member', 'role', '1', 'member');
	refuse(1, /is the only admin there is/, 'member', 'role', '2', 'moderator');
	assert.equal(s.one('SELECT role FROM member WHERE id = 2'), '2');
});

test('disable ends the sessions at once and tells why; enable lets in again', () => {
	session(1);
	refuse(2, /--reason: Fill this in/, 'member', 'disable', '1');
	s.ok('member', 'disable', '1', '--reason', 'Sells what is not theirs');
	assert.equal(sessions(1), '0');
	assert.equal(s.one('SELECT CONCAT(state, state_reason) FROM member WHERE id = 1'), '2Sells what is not theirs');
	assert.equal(last(), '16 1 0 Sells what is not theirs');
	const mail = JSON.parse(s.one('SELECT payload FROM outbox ORDER BY id DESC LIMIT 1'));
	assert.deepEqual([mail.mail, mail.to, mail.args[0]], ['disabled', 'elsie@example.com', 'Sells what is not theirs']);
	refuse(1, /not active/, 'member', 'disable', '1', '--reason', 'once more');
	refuse(1, /is disabled/, 'member', 'reset-link', '1');
	s.ok('member', 'enable', '1');
	assert.equal(s.one('SELECT CONCAT(state, state_reason) FROM member WHERE id = 1'), '1');
	refuse(1, /is not disabled/, 'member', 'enable', '1');
});

test('trust, and a link for a new password that ends the one before', () => {
	s.ok('member', 'trust', '1', 'trusted');
	assert.equal(s.json('member', 'show', '1').trust, 'trusted');
	refuse(2, /trust is new, trusted or never/, 'member', 'trust', '1', 'much');
	s.ok('member', 'reset-link', '1');
	assert.match(s.ok('member', 'reset-link', 'elsie@example.com'), /^https:\/\/example\.com\/reset\/[\w-]{43}\n$/);
	assert.equal(s.one('SELECT COUNT(*) FROM token WHERE kind = 1 AND subject_id = 1'), '1');
});

test('whoever has lost phone and recovery codes gets in by the password again', () => {
	refuse(1, /has no second factor/, 'member', 'totp-off', '2');
	s.sql("UPDATE member SET totp_secret = 'sealed' WHERE id = 2; INSERT INTO recovery_code (member_id, code_hash) VALUES (2, REPEAT('c', 32))");
	session(2);
	s.ok('member', 'totp-off', 'leo@example.com');
	assert.equal(s.one('SELECT COUNT(totp_secret) + (SELECT COUNT(*) FROM recovery_code WHERE member_id = 2) FROM member WHERE id = 2'), '0');
	assert.equal(s.one('SELECT COUNT(*) FROM session WHERE member_id = 2 AND kind <> 2'), '0');
	const mail = JSON.parse(s.one('SELECT payload FROM outbox ORDER BY id DESC LIMIT 1'));
	assert.deepEqual([mail.mail, mail.to, mail.args[0]], ['totp-off', 'leo@example.com', 'https://example.com/fr/account/security']);
});
