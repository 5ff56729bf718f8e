// Rows for tests of accounts that no page makes in the shape they need.

// A listing of nobody's, or of a member's, in any state; its id.
export async function makeListing(site, { email, state = 0, member = null }) {
	const out = await site.sql(`INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency,
		contact_name, contact_email, content_hash, created_at, updated_at, search_text, member_id)
		SELECT ${state}, c.id, c.id, p.id, p.id, 'A dory', 'a-dory', 'A dory', 'A dory with oars', 100, 'CAD', 'Rita', '${email}', RANDOM_BYTES(32),
		UTC_TIMESTAMP(), UTC_TIMESTAMP(), '', ${member ?? 'NULL'} FROM category c, place p LIMIT 1; SELECT LAST_INSERT_ID();`);
	return Number(out);
}
