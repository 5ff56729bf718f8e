// Members for tests, put straight into the database: without mail, hashing or the pages that have tests of their own.
import crypto from 'node:crypto';

export const password = 'a harbour full of dories';
// Argon2id of that password (libsodium, m=19456, t=2, p=1), so that a test can sign in by the form as well.
const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$QvcR8l2x/VudTmaIaPHYEQ$0Ry78TKntYZ/Qu/zr05WDxmCBonmydp+K+fPdWfJsJM';

const quoted = text => `'${String(text).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
const roles = { member: 0, moderator: 1, admin: 2 };
const trusts = { new: 0, trusted: 1, never: 2 };

// A member and a browser's session. cookie: the header's value; bearer: the Authorization header's value for a program's session.
export async function makeMember(sql, { email, name = 'Elsie Wareham', role = 'member', trust = 'new', lang = 'en', scopes = 31 } = {}) {
	email ??= `${crypto.randomBytes(6).toString('hex')}@member.example`;
	const cookieToken = crypto.randomBytes(32).toString('base64url'), bearerToken = crypto.randomBytes(32).toString('base64url');
	const hash = token => `UNHEX('${crypto.createHash('sha256').update(token).digest('hex')}')`;
	const session = (token, kind) => `INSERT INTO session (token_hash, member_id, kind, scopes, created_at, last_seen_at, expires_at)
		VALUES (${hash(token)}, @id, ${kind}, ${scopes}, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 30 DAY);`;
	const out = await sql(`INSERT INTO member (email, name, password_hash, role, trust, lang, created_at)
		VALUES (${quoted(email)}, ${quoted(name)}, ${quoted(passwordHash)}, ${roles[role]}, ${trusts[trust]}, ${quoted(lang)}, UTC_TIMESTAMP());
		SET @id = LAST_INSERT_ID(); ${session(cookieToken, 0)} ${session(bearerToken, 1)} SELECT @id;`);
	return { id: Number(out), email, name, role, password, token: cookieToken, cookie: `__Host-outport=${cookieToken}`, bearer: `Bearer ${bearerToken}` };
}

// Signs a page of Playwright's in as that member: a __Host- cookie names no domain, which addCookies() would give it.
export async function browserSignIn(page, url, member) {
	const session = await page.context().newCDPSession(page);
	const { success } = await session.send('Network.setCookie', {
		name: '__Host-outport', value: member.token, url: url.replace(/^http:/, 'https:'), path: '/', secure: true, httpOnly: true, sameSite: 'Lax',
	});
	await session.detach();
	if (success === false)
		throw new Error('the browser does not take the cookie');
}
