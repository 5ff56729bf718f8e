#include "db/listing_expiry_db.h"

#include <string.h>

#include "db/listing_db.h"
#include "db/site_db.h"
#include "db/token_db.h"
#include "model/mail.h"
#include "model/member.h"
#include "text/tr.h"
#include "util/clock.h"

enum { BATCH_MAX = 500, MANAGE_SECONDS = 3650 * 86400 };

/* Whom to write to: the member, as the account says now, or the visitor. */
#define WHO \
	"SELECT l.id, l.title, l.version, l.expires_at, COALESCE(m.email, l.contact_email), COALESCE(m.name, l.contact_name), COALESCE(m.lang, l.lang)," \
	" l.member_id, COALESCE(m.state, 1) FROM listing l "
static const struct db_sql sql_ending = {
	WHO "FORCE INDEX (listing_warned) LEFT JOIN member m ON m.id = l.member_id"
	" WHERE l.state = 1 AND l.expiry_warned_at IS NULL AND l.expires_at > ? AND l.expires_at <= ? ORDER BY l.expires_at, l.id LIMIT ?", true};
static const struct db_sql sql_ended = {
	WHO "FORCE INDEX (listing_expires) LEFT JOIN member m ON m.id = l.member_id WHERE l.state = 1 AND l.expires_at <= ? ORDER BY l.expires_at, l.id LIMIT ?", true};
static const struct db_sql sql_warned = {
	"UPDATE listing SET expiry_warned_at = ? WHERE id = ? AND state = 1 AND expires_at = ? AND expiry_warned_at IS NULL", false};
static const struct db_sql sql_unconfirmed = {
	"SELECT id FROM listing FORCE INDEX (listing_state) WHERE state = 9 AND created_at < ? ORDER BY id LIMIT ?", true};
static const struct db_sql sql_forget = {"DELETE FROM listing WHERE id = ? AND state = 9", false};

struct ending {
	int64_t id, version, expires_at, member_id;
	const char *title, *email, *name, *lang;
	bool reachable; /* a member who is gone is not written to */
};

static void read_ending(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct ending *)item = (struct ending){
		.id = row[0].i, .title = row[1].s, .version = row[2].i, .expires_at = row[3].i, .email = row[4].s, .name = row[5].s, .lang = row[6].s,
		.member_id = row[7].i, .reachable = row[8].i == MEMBER_ACTIVE || row[8].i == MEMBER_LEAVING,
	};
}
static const struct db_item ending_item = {sizeof(struct ending), read_ending};

/* What one listing's transaction works on. */
struct telling {
	struct arena *arena;
	const struct listing_expiry_run *run;
	const struct ending *of;
	enum mail_kind kind;
	uint8_t token[TOKEN_HASH]; /* of a visitor's link */
	const char *mail;
};

/* "https://site.example/fr/account/listings/7/renew", or the visitor's way to the same. */
static const char *renew_link(struct telling *t)
{
	struct buf b;
	buf_init(&b, 2048);
	buf_puts(&b, t->run->site_url);
	buf_puts(&b, strcmp(t->of->lang, "fr") == 0 ? lang_prefix(LANG_FR) : "");
	if (t->of->member_id != 0) {
		buf_puts(&b, "/account/listings/");
		buf_i64(&b, t->of->id);
		buf_puts(&b, "/renew");
	} else {
		char text[TOKEN_TEXT + 1];
		token_make(text, t->token);
		buf_puts(&b, "/manage/");
		buf_puts(&b, text);
	}
	const char *link = b.error == ERR_OK ? arena_strdup(t->arena, buf_str(&b)) : NULL;
	buf_free(&b);
	return link;
}

static enum err mail_make(struct telling *t)
{
	char *day = arena_alloc(t->arena, 32);
	const char *link = renew_link(t);
	if (day == NULL || link == NULL)
		return ERR_NOMEM;
	clock_rfc3339(t->of->expires_at, day);
	day[10] = '\0';
	const struct mail m = {
		.kind = t->kind, .to = t->of->email, .to_name = t->of->name, .lang = t->of->lang,
		.arg = {t->of->title, link, t->kind == MAIL_LISTING_EXPIRING ? day : NULL},
	};
	t->mail = mail_encode(t->arena, &m);
	return t->mail != NULL ? ERR_OK : ERR_NOMEM;
}

/* The mail, and the link of its own that a visitor finds in it: of the earlier ones only hashes are known. */
static enum err mail_order(struct db *db, void *ctx, int64_t id)
{
	struct telling *t = ctx;
	if (!t->of->reachable)
		return ERR_OK;
	enum err e = t->of->member_id != 0 ? ERR_OK : token_db_add(db, TOKEN_LISTING_MANAGE, t->token, id, NULL, t->run->now + MANAGE_SECONDS);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, id, t->mail) : e;
}

static enum err warn_one(struct db *db, void *ctx)
{
	struct telling *t = ctx;
	struct db_result result;
	enum err e = db_exec(db, &sql_warned, DB_ARGS(db_time(t->run->now), db_int(t->of->id), db_time(t->of->expires_at)), &result);
	if (e != ERR_OK || result.affected == 0)
		return e != ERR_OK ? e : ERR_CONFLICT;
	return mail_order(db, t, t->of->id);
}

static enum err expire_one(struct db *db, struct telling *t)
{
	struct listing_change change = {
		.from = LISTING_IN(LISTING_PUBLISHED), .to = LISTING_EXPIRED, .versioned = true, .version = t->of->version, .now = t->run->now,
		.also = mail_order, .also_ctx = t,
	};
	return listing_db_change_state(db, t->arena, t->run->catalog, t->of->id, &change);
}

/* Somebody was quicker with one: renewed it, sold it, or runs the same job. */
static enum err told(struct listing_expiry_run *run, enum err e)
{
	if (e == ERR_OK)
		run->done++;
	return e == ERR_CONFLICT || e == ERR_NOT_FOUND ? ERR_OK : e;
}

static unsigned batch(struct listing_expiry_run *run)
{
	run->looked_at = run->done = 0;
	return run->limit < 1 ? 1 : run->limit > BATCH_MAX ? BATCH_MAX : run->limit;
}

enum err listing_expiry_db_warn(struct db *db, struct arena *a, struct listing_expiry_run *run)
{
	unsigned limit = batch(run);
	void *items = NULL;
	enum err e = db_query_items(db, &sql_ending, DB_ARGS(db_time(run->now), db_time(run->now + LISTING_WARN_DAYS * 86400), db_int(limit)), a, limit,
	                            &ending_item, &items, &run->looked_at);
	const struct ending *list = items;
	for (size_t i = 0; e == ERR_OK && i < run->looked_at; i++) {
		struct telling t = {.arena = a, .run = run, .of = &list[i], .kind = MAIL_LISTING_EXPIRING};
		e = mail_make(&t);
		if (e == ERR_OK)
			e = told(run, db_transaction(db, warn_one, &t));
	}
	return e;
}

enum err listing_expiry_db_expire(struct db *db, struct arena *a, struct listing_expiry_run *run)
{
	unsigned limit = batch(run);
	void *items = NULL;
	enum err e = db_query_items(db, &sql_ended, DB_ARGS(db_time(run->now), db_int(limit)), a, limit, &ending_item, &items, &run->looked_at);
	const struct ending *list = items;
	for (size_t i = 0; e == ERR_OK && i < run->looked_at; i++) {
		struct telling t = {.arena = a, .run = run, .of = &list[i], .kind = MAIL_LISTING_EXPIRED};
		e = mail_make(&t);
		if (e == ERR_OK)
			e = told(run, expire_one(db, &t));
	}
	return e;
}

static enum err forget_one(struct db *db, void *ctx)
{
	int64_t id = *(int64_t *)ctx;
	struct db_result result;
	enum err e = db_exec(db, &sql_forget, DB_ARGS(db_int(id)), &result);
	if (e != ERR_OK || result.affected == 0)
		return e != ERR_OK ? e : ERR_CONFLICT;
	return token_db_revoke(db, TOKEN_LISTING_CONFIRM, id);
}

enum err listing_expiry_db_forget(struct db *db, struct arena *a, struct listing_expiry_run *run)
{
	unsigned limit = batch(run);
	struct db_rows r = {.n = 0};
	enum err e = db_query(db, &sql_unconfirmed, DB_ARGS(db_time(run->now - LISTING_UNCONFIRMED_SECONDS), db_int(limit)), a, limit, &r);
	run->looked_at = e == ERR_OK ? r.n : 0;
	for (size_t i = 0; e == ERR_OK && i < r.n; i++) {
		int64_t id = db_cell(&r, i, 0)->i;
		e = told(run, db_transaction(db, forget_one, &id));
	}
	return e;
}
