#include "db/account_end_db.h"

#include <stdio.h>
#include <string.h>

#include "db/conversation_db.h"
#include "db/photo_db.h"
#include "db/session_db.h"
#include "db/site_db.h"
#include "model/mail.h"

enum { PURGE_MAX = 1000 };

static const struct db_sql sql_admins = {"SELECT id FROM member WHERE role = 2 AND state = 1 ORDER BY id FOR UPDATE", false};
static const struct db_sql sql_leave = {"UPDATE member SET state = 3, delete_at = ? WHERE id = ? AND state = 1", false};
/* The rows first, then the facets: in the order in which every change of a listing locks them. */
static const struct db_sql sql_listings_lock = {"SELECT id FROM listing WHERE member_id = ? ORDER BY id FOR UPDATE", false};
static const struct db_sql sql_facets_end = {
	"DELETE f FROM listing l JOIN listing_facet f ON f.category_node IN (0, l.category_top_id, l.category_id)"
	" AND f.place_node IN (0, l.region_id, l.place_id) AND f.published_at = l.published_at AND f.listing_id = l.id"
	" WHERE l.member_id = ? AND l.state = 1", false};
/* Not what is held: offered again, it would go live without the moderator that it waits for. */
static const struct db_sql sql_withdraw = {
	"UPDATE listing SET state = 8, version = version + 1, updated_at = ? WHERE member_id = ? AND state IN (0, 1, 6)", false};
static const struct db_sql sql_keep = {"UPDATE member SET state = 1, delete_at = NULL WHERE id = ? AND state = 3", false};

static const struct db_sql sql_due = {"SELECT id FROM member WHERE state = 3 AND delete_at <= ? ORDER BY delete_at, id LIMIT ?", true};
static const struct db_sql sql_gone_lock = {"SELECT email FROM member WHERE id = ? AND state = 3 AND delete_at <= ? FOR UPDATE", false};
static const struct db_sql sql_gone = {
	"UPDATE member SET email = CONCAT('gone-', id), name = '', password_hash = '', role = 0, state = 4, trust = 0, lang = 'en', place_id = NULL, about = '',"
	" address_name = '', address_line1 = '', address_line2 = '', address_city = '', address_region = '', address_postal_code = '', address_country = '',"
	" totp_secret = NULL, totp_pending = NULL, totp_last_step = 0, state_reason = '', signed_in_at = NULL, delete_at = NULL WHERE id = ?", false};

/* Listings under the address that nobody claimed are theirs as well. */
static const struct db_sql sql_claim = {"UPDATE listing SET member_id = ? WHERE contact_email = ? AND member_id IS NULL", false};

/* What else is theirs, in this order. Each takes the member's id or the address they had. */
enum of { OF_ID, OF_EMAIL };
static const struct {
	enum of of;
	struct db_sql sql;
} endings[] = {
	{OF_ID, {"DELETE FROM session WHERE member_id = ?", false}},
	{OF_ID, {"DELETE FROM recovery_code WHERE member_id = ?", false}},
	{OF_ID, {"DELETE FROM favourite WHERE member_id = ?", false}},
	{OF_ID, {"DELETE FROM saved_search WHERE member_id = ?", false}},
	{OF_ID, {"DELETE FROM token WHERE kind IN (1, 2, 3, 6) AND subject_id = ?", false}},
	{OF_ID, {"DELETE t FROM listing l JOIN token t ON t.kind IN (4, 5) AND t.subject_id = l.id WHERE l.member_id = ?", false}},
	{OF_EMAIL, {"DELETE FROM token WHERE data = ?", false}},
	{OF_EMAIL, {"DELETE FROM registration WHERE email = ?", false}},
	{OF_EMAIL, {"DELETE FROM message WHERE email = ?", false}},
	{OF_EMAIL, {"DELETE FROM outbox WHERE LOCATE(CONCAT('\"', ?, '\"'), payload) > 0", false}},
	{OF_EMAIL, {"DELETE FROM rate_count WHERE LOCATE(?, rate_key) > 0", false}},
	{OF_ID, {"DELETE f FROM listing l JOIN favourite f ON f.listing_id = l.id WHERE l.member_id = ?", false}},
	{OF_ID, {"DELETE v FROM listing l JOIN listing_view v ON v.listing_id = l.id WHERE l.member_id = ?", false}},
	{OF_ID, {"UPDATE flag SET body = '' WHERE reporter = CONCAT('m:', ?)", false}},
	{OF_ID, {"UPDATE listing SET state = 3, title = '–', slug = 'gone', summary = '', description = '', search_text = '', contact_name = '',"
	         " contact_email = CONCAT('gone-', member_id), content_hash = UNHEX(SHA2(CONCAT('gone-', id), 256)), reject_reason = '', held_reason = '',"
	         " expires_at = NULL, version = version + 1 WHERE member_id = ?", false}},
};
enum { ENDINGS = sizeof endings / sizeof *endings };

struct admins {
	int64_t but, others;
	bool is;
};

static bool count_admin(void *ctx, const struct db_value *row, size_t columns)
{
	struct admins *a = ctx;
	(void)columns;
	if (row[0].i == a->but)
		a->is = true;
	else
		a->others++;
	return true;
}

enum err account_db_not_last_admin(struct db *db, int64_t member_id)
{
	struct admins a = {.but = member_id};
	enum err e = db_each(db, &sql_admins, DB_NO_ARGS, count_admin, &a);
	return e != ERR_OK ? e : a.is && a.others == 0 ? ERR_CONFLICT : ERR_OK;
}

static bool seen(void *ctx, const struct db_value *row, size_t columns)
{
	(void)ctx, (void)row, (void)columns;
	return true;
}

static enum err listings_hide(struct db *db, int64_t member_id)
{
	enum err e = db_each(db, &sql_listings_lock, DB_ARGS(db_int(member_id)), seen, NULL);
	return e == ERR_OK ? db_exec(db, &sql_facets_end, DB_ARGS(db_int(member_id)), NULL) : e;
}

static enum err leave_body(struct db *db, void *ctx)
{
	const struct account_leaving *l = ctx;
	enum err e = account_db_not_last_admin(db, l->member_id);
	if (e == ERR_OK)
		e = db_exec_one(db, &sql_leave, DB_ARGS(db_time(l->delete_at), db_int(l->member_id)), ERR_EXISTS);
	if (e == ERR_OK)
		e = listings_hide(db, l->member_id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_withdraw, DB_ARGS(db_time(l->now), db_int(l->member_id)), NULL);
	if (e == ERR_OK)
		e = session_db_end_all(db, l->member_id, 0, true);
	if (e == ERR_OK)
		e = token_db_revoke(db, TOKEN_ACCOUNT_KEEP, l->member_id);
	if (e == ERR_OK)
		e = token_db_add(db, TOKEN_ACCOUNT_KEEP, l->token, l->member_id, "", l->delete_at);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, l->member_id, l->mail) : e;
}

enum err account_db_leave(struct db *db, const struct account_leaving *l)
{
	struct account_leaving copy = *l;
	return l->mail != NULL ? db_transaction(db, leave_body, &copy) : ERR_NOMEM;
}

struct keeping {
	int64_t member_id, now;
	const uint8_t *token;
};

static enum err keep_body(struct db *db, void *ctx)
{
	const struct keeping *k = ctx;
	enum err e = db_exec_one(db, &sql_keep, DB_ARGS(db_int(k->member_id)), ERR_CONFLICT);
	if (e == ERR_OK && k->token != NULL)
		e = token_db_use(db, TOKEN_ACCOUNT_KEEP, k->token, k->now);
	return e == ERR_OK ? token_db_revoke(db, TOKEN_ACCOUNT_KEEP, k->member_id) : e;
}

enum err account_db_keep(struct db *db, int64_t member_id, const uint8_t *token, int64_t now)
{
	struct keeping k = {.member_id = member_id, .now = now, .token = token};
	return db_transaction(db, keep_body, &k);
}

struct purging {
	int64_t member_id, now;
	char email[256];
	bool done;
};

static bool keep_email(void *ctx, const struct db_value *row, size_t columns)
{
	struct purging *p = ctx;
	(void)columns;
	snprintf(p->email, sizeof p->email, "%s", row[0].s);
	p->done = true;
	return true;
}

static enum err purge_body(struct db *db, void *ctx)
{
	struct purging *p = ctx;
	p->done = false;
	/* somebody may have taken it back a moment ago */
	enum err e = db_each(db, &sql_gone_lock, DB_ARGS(db_int(p->member_id), db_time(p->now)), keep_email, p);
	if (e != ERR_OK || !p->done)
		return e;
	e = db_exec(db, &sql_claim, DB_ARGS(db_int(p->member_id), db_text(p->email)), NULL);
	if (e == ERR_OK)
		e = listings_hide(db, p->member_id);
	if (e == ERR_OK)
		e = conversation_db_forget_member(db, p->member_id, p->email);
	for (size_t i = 0; e == ERR_OK && i < ENDINGS; i++)
		e = db_exec(db, &endings[i].sql, DB_ARGS(endings[i].of == OF_ID ? db_int(p->member_id) : db_text(p->email)), NULL);
	if (e == ERR_OK)
		e = photo_db_end_of_member(db, p->member_id);
	return e == ERR_OK ? db_exec(db, &sql_gone, DB_ARGS(db_int(p->member_id)), NULL) : e;
}

enum err account_db_purge(struct db *db, struct arena *a, int64_t now, int64_t limit, int64_t *n)
{
	struct db_rows r;
	*n = 0;
	if (limit > PURGE_MAX)
		limit = PURGE_MAX;
	enum err e = db_query(db, &sql_due, DB_ARGS(db_time(now), db_int(limit)), a, PURGE_MAX, &r);
	for (size_t i = 0; e == ERR_OK && i < r.n; i++) {
		struct purging p = {.member_id = db_cell(&r, i, 0)->i, .now = now};
		e = db_transaction(db, purge_body, &p);
		if (e == ERR_OK && p.done)
			(*n)++;
	}
	return e;
}

static const struct {
	enum of of;
	const char *name;
	const char *const *columns;
	struct db_sql sql;
} tables[] = {
	{OF_ID, "sessions", (const char *const[]){"id", "kind", "name", "scopes", "user_agent", "address", "created_at", "last_seen_at", "expires_at", NULL},
	 {"SELECT id, kind, name, scopes, user_agent, address, created_at, last_seen_at, expires_at FROM session WHERE member_id = ? ORDER BY id", true}},
	{OF_ID, "recovery_codes", (const char *const[]){"used_at", NULL}, {"SELECT used_at FROM recovery_code WHERE member_id = ?", true}},
	{OF_ID, "links_in_mails", (const char *const[]){"kind", "data", "created_at", "expires_at", "used_at", NULL},
	 {"SELECT kind, data, created_at, expires_at, used_at FROM token WHERE kind IN (1, 2, 3, 6) AND subject_id = ? ORDER BY created_at", true}},
	{OF_ID, "listings",
	 (const char *const[]){"id", "state", "title", "description", "category", "place", "price_minor", "currency", "stock", "contact_name", "contact_email", "lang",
	                       "reject_reason", "held_reason", "created_at", "updated_at", "submitted_at", "published_at", "expires_at", "views", NULL},
	 {"SELECT l.id, l.state, l.title, l.description, c.slug, p.slug, l.price_minor, l.currency, l.stock, l.contact_name, l.contact_email, l.lang, l.reject_reason,"
	  " l.held_reason, l.created_at, l.updated_at, l.submitted_at, l.published_at, l.expires_at, COALESCE(v.views, 0)"
	  " FROM listing l LEFT JOIN category c ON c.id = l.category_id LEFT JOIN place p ON p.id = l.place_id LEFT JOIN listing_view v ON v.listing_id = l.id"
	  " WHERE l.member_id = ? ORDER BY l.id", true}},
	{OF_ID, "photos", (const char *const[]){"id", "listing_id", "position", "alt", "type", "bytes", "key", "width", "height", "created_at", NULL},
	 {"SELECT p.id, p.listing_id, p.position, p.alt, p.type, p.bytes, LOWER(HEX(p.hash)), o.width, o.height, p.created_at"
	  " FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.member_id = ? ORDER BY p.id", true}},
	{OF_ID, "picture", (const char *const[]){"key", "width", "height", NULL},
	 {"SELECT LOWER(HEX(o.hash)), o.width, o.height FROM member m JOIN photo_object o ON o.hash = m.picture WHERE m.id = ?", true}},
	{OF_ID, "favourites", (const char *const[]){"listing_id", "title", "created_at", NULL},
	 {"SELECT f.listing_id, l.title, f.created_at FROM favourite f JOIN listing l ON l.id = f.listing_id WHERE f.member_id = ? ORDER BY f.created_at", true}},
	{OF_ID, "saved_searches", (const char *const[]){"id", "name", "query", "frequency", "created_at", NULL},
	 {"SELECT id, name, query, frequency, created_at FROM saved_search WHERE member_id = ? ORDER BY id", true}},
	{OF_ID, "saved_search_mails", (const char *const[]){"saved_search_id", "listing_id", "sent_at", NULL},
	 {"SELECT x.saved_search_id, x.listing_id, x.sent_at FROM saved_search s JOIN saved_search_sent x ON x.saved_search_id = s.id WHERE s.member_id = ?"
	  " ORDER BY x.sent_at", true}},
	{OF_ID, "conversations_as_seller", (const char *const[]){"id", "listing_id", "with", "state", "created_at", "last_message_at", "expires_at", NULL},
	 {"SELECT id, listing_id, buyer_name, state, created_at, last_message_at, expires_at FROM conversation WHERE seller_member_id = ? ORDER BY id", true}},
	{OF_ID, "conversations_as_buyer", (const char *const[]){"id", "listing_id", "name", "email", "state", "created_at", "last_message_at", "expires_at", NULL},
	 {"SELECT id, listing_id, buyer_name, buyer_email, state, created_at, last_message_at, expires_at FROM conversation WHERE buyer_member_id = ? ORDER BY id", true}},
	{OF_ID, "messages_as_seller", (const char *const[]){"conversation_id", "from_seller", "body", "created_at", NULL},
	 {"SELECT m.conversation_id, m.from_seller, m.body, m.created_at FROM conversation c JOIN conversation_message m ON m.conversation_id = c.id"
	  " WHERE c.seller_member_id = ? AND (m.held = 0 OR m.from_seller = 1) ORDER BY m.id", true}},
	{OF_ID, "messages_as_buyer", (const char *const[]){"conversation_id", "from_seller", "body", "created_at", NULL},
	 {"SELECT m.conversation_id, m.from_seller, m.body, m.created_at FROM conversation c JOIN conversation_message m ON m.conversation_id = c.id"
	  " WHERE c.buyer_member_id = ? AND (m.held = 0 OR m.from_seller = 0) ORDER BY m.id", true}},
	{OF_EMAIL, "messages_to_the_site", (const char *const[]){"kind", "listing_id", "name", "email", "body", "created_at", NULL},
	 {"SELECT kind, listing_id, name, email, body, created_at FROM message WHERE email = ? ORDER BY id", true}},
	{OF_ID, "flags_made", (const char *const[]){"listing_id", "conversation_id", "reason", "body", "state", "created_at", "decided_at", NULL},
	 {"SELECT listing_id, conversation_id, reason, body, state, created_at, decided_at FROM flag WHERE reporter = CONCAT('m:', ?) ORDER BY id", true}},
	{OF_ID, "moderation_of_the_member", (const char *const[]){"action", "listing_id", "reason", "created_at", NULL},
	 {"SELECT action, listing_id, reason, created_at FROM moderation_entry WHERE member_id = ? ORDER BY id", true}},
	{OF_ID, "moderation_of_the_listings", (const char *const[]){"action", "listing_id", "reason", "created_at", NULL},
	 {"SELECT e.action, e.listing_id, e.reason, e.created_at FROM listing l JOIN moderation_entry e ON e.listing_id = l.id WHERE l.member_id = ? ORDER BY e.id", true}},
	{OF_ID, "moderation_by_the_member", (const char *const[]){"action", "listing_id", "member_id", "reason", "created_at", NULL},
	 {"SELECT action, listing_id, member_id, reason, created_at FROM moderation_entry WHERE moderator_id = ? ORDER BY id", true}},
	{OF_EMAIL, "bans", (const char *const[]){"reason", "created_at", "expires_at", NULL},
	 {"SELECT reason, created_at, expires_at FROM ban WHERE kind = 0 AND value = ?", true}},
	{OF_EMAIL, "registrations", (const char *const[]){"name", "lang", "created_at", "expires_at", NULL},
	 {"SELECT name, lang, created_at, expires_at FROM registration WHERE email = ? ORDER BY created_at", true}},
	{OF_EMAIL, "mails_waiting", (const char *const[]){"created_at", "attempts", "last_error", NULL},
	 {"SELECT created_at, attempts, last_error FROM outbox WHERE kind = 'mail' AND state <> 1 AND LOCATE(CONCAT('\"', ?, '\"'), payload) > 0 ORDER BY id", true}},
};

enum err account_db_export(struct db *db, struct arena *a, int64_t member_id, const char *email, size_t i, struct account_table *out)
{
	if (i >= sizeof tables / sizeof *tables)
		return ERR_RANGE;
	out->name = tables[i].name;
	out->columns = tables[i].columns;
	return db_query(db, &tables[i].sql, DB_ARGS(tables[i].of == OF_ID ? db_int(member_id) : db_text(email)), a, ACCOUNT_ROWS_MAX, &out->rows);
}
