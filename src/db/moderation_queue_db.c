#include "db/moderation_queue_db.h"

#include "db/listing_db.h"

#define AFTER(since, id) since " >= ? AND (" since " > ? OR " id " > ?)"

/* Each of the three is a range of an index, as long as a page. The flag that counts is a listing's oldest open one. */
static const struct db_sql sql_places = {
	"(SELECT l.submitted_at AS since, l.id AS id FROM listing l FORCE INDEX (listing_queue) WHERE l.state = 0 AND " AFTER("l.submitted_at", "l.id")
	"  ORDER BY l.submitted_at, l.id LIMIT ?)"
	" UNION ALL (SELECT l.submitted_at, l.id FROM listing l FORCE INDEX (listing_queue) WHERE l.state = 5 AND " AFTER("l.submitted_at", "l.id")
	"  ORDER BY l.submitted_at, l.id LIMIT ?)"
	" UNION ALL (SELECT STRAIGHT_JOIN f.created_at, f.listing_id FROM flag f FORCE INDEX (flag_queue) JOIN listing l ON l.id = f.listing_id"
	"  WHERE f.state = 0 AND " AFTER("f.created_at", "f.listing_id") " AND l.state NOT IN (0, 5) AND (l.state = 1 OR f.conversation_id <> 0)"
	"  AND NOT EXISTS (SELECT 1 FROM flag o WHERE o.state = 0 AND o.listing_id = f.listing_id AND o.id < f.id AND (l.state = 1 OR o.conversation_id <> 0))"
	"  ORDER BY f.created_at, f.listing_id LIMIT ?)"
	" ORDER BY since, id LIMIT ?", true};
/* COUNT(*) of the older ones reads an index alone. */
static const struct db_sql sql_member = {
	"SELECT m.name, m.email, m.created_at, m.trust, m.role, m.state, (SELECT COUNT(*) FROM listing b WHERE b.member_id = m.id AND b.id < ?) FROM member m WHERE m.id = ?", true};
static const struct db_sql sql_before = {"SELECT COUNT(*) FROM listing WHERE contact_email = ? AND id < ?", true};
static const struct db_sql sql_last_entry = {"SELECT COALESCE(MAX(id), 0) FROM moderation_entry WHERE listing_id = ?", true};
static const struct db_sql sql_conversation = {
	"SELECT from_seller, body, created_at FROM conversation_message WHERE conversation_id = ? ORDER BY id DESC LIMIT ?", true};

static enum err who_load(struct db *db, struct arena *a, const struct listing *l, struct queue_who *out)
{
	struct db_rows r;
	*out = (struct queue_who){.name = l->contact_name, .email = l->contact_email};
	enum err e = ERR_OK;
	if (l->member_id != 0) {
		e = db_query(db, &sql_member, DB_ARGS(db_int(l->id), db_int(l->member_id)), a, 1, &r);
		if (e != ERR_OK || r.n == 0)
			return e;
		const struct db_value *v = db_cell(&r, 0, 0);
		*out = (struct queue_who){
			.name = v[0].s, .email = v[1].s, .member_id = l->member_id, .member_since = v[2].i, .trust = (enum member_trust)v[3].i,
			.role = (enum member_role)v[4].i, .state = (enum member_state)v[5].i, .before = v[6].i,
		};
		return ERR_OK;
	}
	e = db_query(db, &sql_before, DB_ARGS(db_text(l->contact_email), db_int(l->id)), a, 1, &r);
	if (e == ERR_OK)
		out->before = db_cell(&r, 0, 0)->i;
	return e;
}

enum err moderation_queue_db_entry(struct db *db, struct arena *a, int64_t listing_id, struct queue_entry *out)
{
	struct db_rows r;
	*out = (struct queue_entry){.since = 0};
	enum err e = listing_db_get(db, a, listing_id, &out->listing);
	if (e == ERR_OK)
		e = who_load(db, a, &out->listing, &out->who);
	if (e == ERR_OK)
		e = flag_db_open(db, a, listing_id, &out->flags, &out->flag_count);
	if (e == ERR_OK)
		e = db_query(db, &sql_last_entry, DB_ARGS(db_int(listing_id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	out->last_entry = db_cell(&r, 0, 0)->i;
	bool waits = out->listing.state == LISTING_PENDING || out->listing.state == LISTING_HELD;
	out->since = !waits && out->flag_count > 0 ? out->flags[0].created_at : out->listing.submitted_at;
	return ERR_OK;
}

enum err moderation_queue_db_page(struct db *db, struct arena *a, struct queue_place after, unsigned limit, struct queue_entry **out, size_t *n, bool *more)
{
	struct db_rows r;
	/* The first second there is: 0 would be no time at all. */
	struct db_value since = db_time(after.since > 0 ? after.since : 1), id = db_int(after.id), most = db_int(limit + 1);
	*n = 0;
	*more = false;
	enum err e = db_query(db, &sql_places, DB_ARGS(since, since, id, most, since, since, id, most, since, since, id, most, most), a, limit + 1, &r);
	if (e != ERR_OK)
		return e;
	*more = r.n > limit;
	size_t rows = *more ? limit : r.n;
	*out = arena_array(a, rows + 1, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < rows; i++) {
		e = moderation_queue_db_entry(db, a, db_cell(&r, i, 1)->i, &(*out)[*n]);
		if (e == ERR_NOT_FOUND)
			continue;
		if (e != ERR_OK)
			return e;
		(*out)[(*n)++].since = db_cell(&r, i, 0)->i;
	}
	return ERR_OK;
}

enum err moderation_queue_db_conversation(struct db *db, struct arena *a, int64_t conversation_id, struct conversation_line **out, size_t *n)
{
	struct db_rows r;
	*n = 0;
	enum err e = db_query(db, &sql_conversation, DB_ARGS(db_int(conversation_id), db_int(CONVERSATION_LINES)), a, CONVERSATION_LINES, &r);
	if (e != ERR_OK)
		return e;
	*out = arena_array(a, r.n + 1, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++) {
		const struct db_value *v = db_cell(&r, r.n - 1 - i, 0);
		(*out)[i] = (struct conversation_line){.from_seller = v[0].i != 0, .body = v[1].s, .created_at = v[2].i};
	}
	*n = r.n;
	return ERR_OK;
}
