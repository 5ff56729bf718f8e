// Rows for tests of accounts that no page makes in the shape they need.
import crypto from 'node:crypto';
import { makeMember } from './members.mjs';

// What mails lead to: { verify, reset }, local paths that work, and a member who is asked for a code.
export async function makeLinks(sql) {
	const [verify, reset] = [0, 1].map(() => crypto.randomBytes(32).toString('base64url'));
	const member = await makeMember(sql), guarded = await makeMember(sql);
	await sql(`INSERT INTO registration (token_hash, email, name, password_hash, lang, created_at, expires_at)
		SELECT UNHEX(SHA2('${verify}', 256)), 'new.${member.email}', 'Rita Noseworthy', password_hash, 'en', UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 DAY
		FROM member WHERE id = ${member.id};
		INSERT INTO token (token_hash, kind, subject_id, created_at, expires_at)
		VALUES (UNHEX(SHA2('${reset}', 256)), 1, ${member.id}, UTC_TIMESTAMP(), UTC_TIMESTAMP() + INTERVAL 1 HOUR);
		UPDATE member SET totp_secret = 'sealed' WHERE id = ${guarded.id}`);
	return { verify: `/verify/${verify}`, reset: `/reset/${reset}`, guarded };
}

// A listing of nobody's, or of a member's, in any state; its id.
export async function makeListing(site, { email, state = 0, member = null }) {
	const out = await site.sql(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency,
		contact_name, contact_email, content_hash, created_at, updated_at, search_text, member_id)
		SELECT ${state}, c.id, c.id, p.id, p.id, 'A dory', 'a-dory', 'A dory', 'A dory with oars', 100, 'CAD', 'Rita', '${email}', RANDOM_BYTES(32),
		UTC_TIMESTAMP(), UTC_TIMESTAMP(), '', ${member ?? 'NULL'} FROM category c, place p LIMIT 1; SELECT LAST_INSERT_ID();`);
	return Number(out);
}

// What an authenticator app shows for a secret in base32 (RFC 6238).
export function totpCode(secret, time = Date.now()) {
	const bits = [...secret.replaceAll(' ', '')].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(time / 30000)));
	const mac = crypto.createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)))).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
