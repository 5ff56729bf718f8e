// Who asks, and what they ask for: rows for a test of rights, put straight into the database. Each maker writes with one call of the client.
import crypto from 'node:crypto';

const hex = token => `UNHEX('${crypto.createHash('sha256').update(token).digest('hex')}')`;
const newToken = () => crypto.randomBytes(32).toString('base64url');
const words = () => crypto.randomBytes(6).toString('hex');
export const pictureKey = 'abcdef0123456789abcdef0123456789';
export const scopeBits = { read: 1, listings: 2, messages: 4, account: 8, moderation: 16 };
export const listingStates = { pending: 0, published: 1, rejected: 2, removed: 3, draft: 4, held: 5, expired: 6, sold: 7, withdrawn: 8, unconfirmed: 9 };
const tokenKinds = { reset: 1, emailNew: 2, emailOld: 3, confirm: 4, manage: 5, keep: 6, buyer: 7, seller: 8 };

const memberSql = (name, { role = 0, state = 1, trust = 1 } = {}) => `INSERT INTO member (email, name, password_hash, role, state, trust, created_at, delete_at)
	VALUES ('${name}.${words()}@rights.example', '${name}', '$argon2id$v=19$m=19456,t=2,p=1$none$none', ${role}, ${state}, ${trust}, UTC_TIMESTAMP(),
		${state === 3 ? 'UTC_TIMESTAMP() + INTERVAL 9 DAY' : 'NULL'}); SET @${name} = LAST_INSERT_ID();`;
const sessionSql = (who, token, { kind = 0, scopes = 31, seen = '0 SECOND', ends = '30 DAY' } = {}) =>
	`INSERT INTO session (token_hash, member_id, kind, scopes, name, created_at, last_seen_at, expires_at) VALUES (${hex(token)}, @${who}, ${kind}, ${scopes},
		'${kind === 2 ? 'script' : ''}', UTC_TIMESTAMP() - INTERVAL ${seen}, UTC_TIMESTAMP() - INTERVAL ${seen}, UTC_TIMESTAMP() + INTERVAL ${ends});`;

// Everybody who may come, each with { name, person, headers, scope }: person, whose rights they have, is null for nobody's; scope: undefined for a
// sign-in, else what their personal token may. ids: the persons' members.
export async function makeCast(sql) {
	const actors = [], statements = [];
	const persons = { owner: {}, buyer: {}, other: {}, leaving: { state: 3 }, disabled: { state: 2 }, moderator: { role: 1 }, admin: { role: 2 } };
	for (const [name, more] of Object.entries(persons))
		statements.push(memberSql(name, more));
	const add = (name, person, who, { bearer = false, scope, headers, ...more } = {}) => {
		const token = newToken();
		statements.push(sessionSql(who, token, { kind: scope !== undefined ? 2 : bearer ? 1 : 0, scopes: scope === undefined ? 31 : scopeBits[scope] ?? 0, ...more }));
		actors.push({ name, person, scope, bearer: bearer || scope !== undefined,
			headers: { ...(bearer || scope !== undefined ? { Authorization: `Bearer ${token}` } : { Cookie: `__Host-outport=${token}`, 'Sec-Fetch-Site': 'same-origin' }), ...headers } });
	};
	actors.push({ name: 'a visitor', person: null, headers: { 'Sec-Fetch-Site': 'same-origin' } });
	actors.push({ name: 'a made-up cookie', person: null, headers: { Cookie: `__Host-outport=${newToken()}`, 'Sec-Fetch-Site': 'same-origin' } });
	actors.push({ name: 'a made-up bearer token', person: null, bearer: true, headers: { Authorization: `Bearer ${newToken()}` } });
	for (const who of ['buyer', 'other', 'moderator', 'admin'])
		add(`${who}'s cookie`, who, who);
	add('the cookie of who is leaving', 'other', 'leaving');
	add("a disabled member's cookie", null, 'disabled');
	add("a disabled member's program", null, 'disabled', { bearer: true });
	add('an expired session', null, 'owner', { ends: '-1 SECOND' });
	add('a session idle for 15 days', null, 'owner', { seen: '15 DAY' });
	add("a program's expired session", null, 'owner', { bearer: true, ends: '-1 SECOND' });
	add('an expired personal token', null, 'owner', { scope: 'account', ends: '-1 SECOND' });
	for (const [name, headers] of Object.entries({
		'the cookie from another site': { 'Sec-Fetch-Site': 'cross-site' }, 'the cookie from a sister site': { 'Sec-Fetch-Site': 'same-site' },
		'the cookie with a strange Origin': { 'Sec-Fetch-Site': undefined, Origin: 'https://evil.example' }, 'the cookie with Origin: null': { 'Sec-Fetch-Site': undefined, Origin: 'null' },
		'the cookie and no word of where from': { 'Sec-Fetch-Site': undefined } })) {
		add(name, 'admin', 'admin', { headers });
		const actor = actors.at(-1);
		actor.foreign = true;
		actor.headers = Object.fromEntries(Object.entries(actor.headers).filter(([, value]) => value !== undefined));
	}
	for (const who of ['owner', 'admin'])
		for (const scope of ['none', ...Object.keys(scopeBits)])
			add(`${who}'s token for ${scope}`, who, who, { scope });
	add("the owner's program", 'owner', 'owner', { bearer: true });
	add("the owner's cookie", 'owner', 'owner');
	const out = await sql(`${statements.join('\n')} SELECT ${Object.keys(persons).map(name => `@${name}`).join(', ')};`);
	const ids = Object.fromEntries(out.split('\t').map((id, i) => [Object.keys(persons)[i], Number(id)]));
	return { actors, ids };
}

// Rows that belong to somebody. Each gives what a path needs of it.
export function makeObjects(sql, ids) {
	const put = async text => Number(await sql(`${text} SELECT @made;`));
	const tokenSql = (token, kind, subject, data = '') => `INSERT INTO token (token_hash, kind, subject_id, data, created_at, expires_at)
		VALUES (${hex(token)}, ${tokenKinds[kind]}, ${subject}, '${data}', UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY);`;
	const listingSql = (state, owner) => `INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor,
		currency, contact_name, contact_email, content_hash, created_at, updated_at, published_at, submitted_at, expires_at, search_text, member_id, held_reason, held_from)
		SELECT ${listingStates[state]}, c.id, IFNULL(c.parent_id, c.id), p.id, IFNULL(p.parent_id, p.id), 'Somebody’s dory', 'somebodys-dory', 'A dory', 'A dory with two oars and a bailer',
		100, 'CAD', 'Rita', 'rights.${words()}@mail.example', RANDOM_BYTES(32), UTC_TIMESTAMP(), UTC_TIMESTAMP(),
		${['published', 'held', 'expired', 'sold'].includes(state) ? 'UTC_TIMESTAMP()' : 'NULL'}, UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 5 DAY, '', ${owner},
		${state === 'held' ? "'flags', 1" : "'', 0"} FROM category c, place p WHERE c.parent_id IS NOT NULL AND p.parent_id IS NOT NULL LIMIT 1; SET @made = LAST_INSERT_ID();`;
	const conversationSql = `${listingSql('published', ids.owner)} SET @listing = @made;
		INSERT INTO conversation (listing_id, pair, seller_member_id, buyer_member_id, buyer_name, buyer_email, buyer_lang, created_at, last_message_at, expires_at)
		VALUES (@listing, RANDOM_BYTES(32), ${ids.owner}, ${ids.buyer}, 'Buyer', '', 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 30 DAY);
		SET @made = LAST_INSERT_ID(); INSERT INTO conversation_message (conversation_id, from_seller, body, content_hash, created_at)
		VALUES (@made, 0, 'Is it still there?', RANDOM_BYTES(32), UTC_TIMESTAMP()); UPDATE conversation SET last_buyer_id = LAST_INSERT_ID() WHERE id = @made;`;
	const made = {
		listing: (state = 'published', owner = ids.owner) => put(listingSql(state, owner)),
		// The listing's and the photo's numbers.
		async photo(state = 'published') {
			const hash = `UNHEX('${crypto.randomBytes(16).toString('hex')}')`;
			const listing = await put(`${listingSql(state, ids.owner)} INSERT INTO photo_object (hash, width, height, bytes, placeholder, refs, created_at)
				VALUES (${hash}, 320, 240, 9000, REPEAT('a0b0c0', 6), 1, UTC_TIMESTAMP()); UPDATE listing SET photos = 1 WHERE id = @made;
				INSERT INTO photo (listing_id, member_id, hash, position, type, bytes, created_at) VALUES (@made, ${ids.owner}, ${hash}, 0, 1, 9000, UTC_TIMESTAMP());`);
			return [listing, Number(await sql(`SELECT id FROM photo WHERE listing_id = ${listing}`))];
		},
		conversation: () => put(conversationSql),
		savedSearch: () => put(`INSERT INTO saved_search (member_id, name, query, frequency, seen_at, due_at, created_at)
			VALUES (${ids.owner}, 'Dories', 'q=${words()}', 1, UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP()); SET @made = LAST_INSERT_ID();`),
		session: kind => put(`SET @owner = ${ids.owner}; ${sessionSql('owner', newToken(), { kind })} SET @made = LAST_INSERT_ID();`),
		member: async () => ids.owner,
		// A member who has a picture.
		picture: () => put(`INSERT INTO photo_object (hash, width, height, bytes, placeholder, refs, created_at)
			VALUES (UNHEX('${pictureKey}'), 320, 240, 9000, REPEAT('a0b0c0', 6), 1, UTC_TIMESTAMP()) ON DUPLICATE KEY UPDATE refs = refs + 1, unreferenced_at = NULL;
			UPDATE member SET picture = UNHEX('${pictureKey}') WHERE id = ${ids.owner}; SET @made = ${ids.owner};`),
		flag: async () => {
			const listing = await made.listing();
			return put(`INSERT INTO flag (listing_id, reporter, reason, created_at) VALUES (${listing}, 'a:192.0.2.1', 1, UTC_TIMESTAMP()); SET @made = ${listing};`);
		},
		ban: () => put(`INSERT INTO ban (kind, value, created_at) VALUES (0, '${words()}@banned.example', UTC_TIMESTAMP()); SET @made = LAST_INSERT_ID();`),
		rule: () => put(`INSERT INTO content_rule (kind, pattern, action, created_at) VALUES (0, '${words()}', 0, UTC_TIMESTAMP()); SET @made = LAST_INSERT_ID();`),
		async registration() {
			const token = newToken();
			await put(`INSERT INTO registration (token_hash, email, name, password_hash, lang, created_at, expires_at)
				VALUES (${hex(token)}, '${words()}@rights.example', 'Newcomer', '$argon2id$v=19$m=19456,t=2,p=1$none$none', 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY); SET @made = 0;`);
			return token;
		},
		// A mail's link. kind: of tokenKinds; the subject is made along.
		async link(kind) {
			const token = newToken(), state = { confirm: 'unconfirmed', manage: 'published' }[kind];
			if (state)
				await put(listingSql(state, 'NULL') + tokenSql(token, kind, '@made'));
			else if (kind === 'buyer' || kind === 'seller')
				await put(conversationSql + tokenSql(token, kind, '@made'));
			else
				await put(tokenSql(token, kind, kind === 'keep' ? ids.leaving : ids.owner, kind.startsWith('email') ? `${words()}@rights.example` : '') + 'SET @made = 0;');
			return token;
		},
	};
	return made;
}
