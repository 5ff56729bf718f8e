/* What moderators decide about members: bans and trust, each in one transaction with its entry in the log. */
#include <string.h>

#include "db/ban_db.h"
#include "db/listing_internal.h"
#include "db/member_db.h"
#include "db/moderation_db.h"
#include "db/site_db.h"
#include "model/mail.h"

static const struct db_sql sql_lock = {"SELECT email, role, state, trust FROM member WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_email = {"SELECT id FROM member WHERE email = ? FOR UPDATE", false};
/* Two admins who ban each other at once queue up here. */
static const struct db_sql sql_admins = {"SELECT id FROM member WHERE role = 2 AND state = 1 ORDER BY id FOR UPDATE", false};
static const struct db_sql sql_addresses = {
	"SELECT address FROM session WHERE member_id = ? AND address <> '' GROUP BY address ORDER BY MAX(last_seen_at) DESC LIMIT ?", true};
static const struct db_sql sql_listings = {"SELECT id FROM listing WHERE member_id = ? AND state = 1 ORDER BY id LIMIT ? FOR UPDATE", false};
static const struct db_sql sql_ban = {"SELECT kind, COALESCE(member_id, 0) FROM ban WHERE id = ?", true};

enum { ADMINS_MAX = 1000, HOLD_BATCH = 100 };

struct acting {
	struct arena *arena;
	const struct member_ban *ban;
	int64_t id, by, now, expires_at;
	const char *value, *words;
	enum member_trust trust;
	size_t held; /* by the last batch */
};

struct locked_member {
	const char *email;
	enum member_role role;
	enum member_state state;
	enum member_trust trust;
};

static enum err lock_member(struct db *db, struct arena *a, int64_t id, struct locked_member *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_lock, DB_ARGS(db_int(id)), a, 1, &r);
	if (e != ERR_OK || r.n == 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	const struct db_value *v = db_cell(&r, 0, 0);
	*out = (struct locked_member){.email = v[0].s, .role = (enum member_role)v[1].i, .state = (enum member_state)v[2].i, .trust = (enum member_trust)v[3].i};
	return ERR_OK;
}

static enum err ban_allowed(struct db *db, const struct acting *x, const struct locked_member *m)
{
	struct db_rows r;
	const struct member_ban *b = x->ban;
	if (m->state == MEMBER_DISABLED || m->state == MEMBER_GONE)
		return ERR_CONFLICT;
	if (b->by == b->member_id || (m->role >= ROLE_MODERATOR && !b->by_admin))
		return ERR_RANGE;
	if (m->role != ROLE_ADMIN)
		return ERR_OK;
	enum err e = db_query(db, &sql_admins, DB_NO_ARGS, x->arena, ADMINS_MAX, &r);
	return e == ERR_OK && r.n < 2 ? ERR_RANGE : e;
}

static enum err ban_addresses(struct db *db, const struct acting *x)
{
	struct db_rows r;
	const struct member_ban *b = x->ban;
	enum err e = db_query(db, &sql_addresses, DB_ARGS(db_int(b->member_id), db_int(BAN_ADDRESSES_MAX)), x->arena, BAN_ADDRESSES_MAX, &r);
	for (size_t i = 0; e == ERR_OK && i < r.n; i++) {
		const struct ban ban = {
			.kind = BAN_ADDRESS, .value = db_cell(&r, i, 0)->s, .member_id = b->member_id, .reason = b->words, .created_by = b->by, .created_at = b->now,
			.expires_at = b->now + BAN_ADDRESS_DAYS * INT64_C(86400),
		};
		e = ban_db_add(db, &ban);
		if (e == ERR_INVALID)
			e = ERR_OK;
	}
	return e;
}

/* What they offer is out of sight until a moderator has decided about each. *n: how many were found, at most HOLD_BATCH. */
static enum err hold_listings(struct db *db, const struct acting *x, size_t *n)
{
	struct db_rows r;
	const struct member_ban *b = x->ban;
	enum err e = db_query(db, &sql_listings, DB_ARGS(db_int(b->member_id), db_int(HOLD_BATCH)), x->arena, HOLD_BATCH, &r);
	*n = e == ERR_OK ? r.n : 0;
	for (size_t i = 0; e == ERR_OK && i < r.n; i++) {
		struct listing_change change = {.from = LISTING_IN(LISTING_PUBLISHED), .to = LISTING_HELD, .reason = b->reason, .now = b->now};
		int64_t id = db_cell(&r, i, 0)->i;
		e = listing_change_within(db, NULL, id, &change);
		if (e == ERR_OK)
			e = moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_HOLD, .moderator_id = b->by, .listing_id = id, .member_id = b->member_id, .waited_seconds = -1, .created_at = b->now});
	}
	return e;
}

static enum err hold_batch(struct db *db, void *ctx)
{
	struct acting *x = ctx;
	struct locked_member m;
	enum err e = lock_member(db, x->arena, x->ban->member_id, &m);
	if (e == ERR_OK)
		e = ban_allowed(db, x, &m);
	return e == ERR_OK ? hold_listings(db, x, &x->held) : e;
}

static enum err ban_member(struct db *db, void *ctx)
{
	const struct acting *x = ctx;
	const struct member_ban *b = x->ban;
	struct locked_member m;
	enum err e = lock_member(db, x->arena, b->member_id, &m);
	if (e == ERR_OK)
		e = ban_allowed(db, x, &m);
	if (e == ERR_OK)
		e = ban_db_add(db, &(struct ban){.kind = BAN_EMAIL, .value = m.email, .member_id = b->member_id, .reason = b->words, .created_by = b->by, .created_at = b->now});
	if (e == ERR_OK && b->addresses)
		e = ban_addresses(db, x);
	/* What was published since the batches before. */
	for (size_t n = HOLD_BATCH; e == ERR_OK && n == HOLD_BATCH;)
		e = hold_listings(db, x, &n);
	/* Last, for it ends the sessions that the addresses are read from. */
	if (e == ERR_OK)
		e = member_db_set_state(db, b->member_id, MEMBER_DISABLED, b->reason != NULL ? b->reason : "", 0);
	if (e == ERR_OK)
		e = moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_BAN, .moderator_id = b->by, .member_id = b->member_id, .code = b->code, .reason = b->words,
		                                                      .waited_seconds = -1, .created_at = b->now});
	return e == ERR_OK && b->mail != NULL ? outbox_db_add(db, OUTBOX_MAIL, b->member_id, b->mail) : e;
}

enum err moderation_db_ban(struct db *db, struct arena *a, const struct member_ban *b)
{
	struct acting x = {.arena = a, .ban = b, .held = HOLD_BATCH};
	enum err e = ERR_OK;
	/* Whoever offers thousands: a batch a transaction. A ban that breaks off here is asked for again, and goes on where it was. */
	while (e == ERR_OK && x.held == HOLD_BATCH)
		e = db_transaction(db, hold_batch, &x);
	return e == ERR_OK ? db_transaction(db, ban_member, &x) : e;
}

static enum err ban_value(struct db *db, void *ctx)
{
	const struct acting *x = ctx;
	struct db_rows r;
	char value[BAN_VALUE_SIZE];
	bool email = strchr(x->value, '@') != NULL;
	if (email ? !ban_email(x->value, value) : !ban_address(x->value, value))
		return ERR_INVALID;
	enum err e = ERR_OK;
	if (email) {
		e = db_query(db, &sql_email, DB_ARGS(db_text(value)), x->arena, 1, &r);
		if (e == ERR_OK && r.n > 0)
			e = ERR_EXISTS;
	}
	if (e == ERR_OK)
		e = ban_db_add(db, &(struct ban){.kind = email ? BAN_EMAIL : BAN_ADDRESS, .value = value, .reason = x->words, .created_by = x->by, .created_at = x->now,
		                                 .expires_at = x->expires_at});
	return e == ERR_OK ? moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_BAN, .moderator_id = x->by, .reason = x->words, .waited_seconds = -1, .created_at = x->now}) : e;
}

enum err moderation_db_ban_address(struct db *db, struct arena *a, const char *value, const char *words, int64_t by, int64_t expires_at, int64_t now)
{
	struct acting x = {.arena = a, .value = value, .words = words, .by = by, .expires_at = expires_at, .now = now};
	return db_transaction(db, ban_value, &x);
}

static enum err unban(struct db *db, void *ctx)
{
	const struct acting *x = ctx;
	struct db_rows r;
	struct locked_member m;
	int64_t member_id = 0;
	enum err e = db_query(db, &sql_ban, DB_ARGS(db_int(x->id)), x->arena, 1, &r);
	bool email = e == ERR_OK && r.n > 0 && db_cell(&r, 0, 0)->i == BAN_EMAIL;
	/* The member before the ban, as banning does. */
	if (e == ERR_OK && r.n > 0 && db_cell(&r, 0, 1)->i != 0) {
		member_id = db_cell(&r, 0, 1)->i;
		e = lock_member(db, x->arena, member_id, &m);
		if (e == ERR_OK && email && m.state == MEMBER_DISABLED)
			e = member_db_set_state(db, member_id, MEMBER_ACTIVE, "", 0);
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	int64_t of = 0;
	if (e == ERR_OK)
		e = ban_db_remove(db, x->arena, x->id, &of);
	return e == ERR_OK ? moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_UNBAN, .moderator_id = x->by, .member_id = member_id, .waited_seconds = -1, .created_at = x->now}) : e;
}

enum err moderation_db_unban(struct db *db, struct arena *a, int64_t ban_id, int64_t by, int64_t now)
{
	struct acting x = {.arena = a, .id = ban_id, .by = by, .now = now};
	return db_transaction(db, unban, &x);
}

static enum err change_trust(struct db *db, void *ctx)
{
	const struct acting *x = ctx;
	static const enum moderation_action actions[] = {
		[TRUST_NEW] = MODERATION_FORGET_TRUST, [TRUST_TRUSTED] = MODERATION_TRUST, [TRUST_NEVER] = MODERATION_NEVER_TRUST,
	};
	struct locked_member m;
	enum err e = lock_member(db, x->arena, x->id, &m);
	if (e == ERR_OK && m.trust == x->trust)
		e = ERR_CONFLICT;
	if (e == ERR_OK)
		e = member_db_set_trust(db, x->id, x->trust);
	return e == ERR_OK ? moderation_db_log(db, &(struct moderation_entry){.action = actions[x->trust], .moderator_id = x->by, .member_id = x->id, .waited_seconds = -1, .created_at = x->now}) : e;
}

enum err moderation_db_trust(struct db *db, struct arena *a, int64_t member_id, enum member_trust trust, int64_t by, int64_t now)
{
	struct acting x = {.arena = a, .id = member_id, .by = by, .now = now, .trust = trust};
	return db_transaction(db, change_trust, &x);
}
