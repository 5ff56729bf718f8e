#include "db/account_admin_db.h"

#include "db/account_end_db.h"
#include "db/member_db.h"
#include "db/moderation_db.h"
#include "db/site_db.h"
#include "db/token_db.h"
#include "model/mail.h"

static const struct db_sql sql_list = {
	"SELECT id, email, name, role, state, trust, lang, totp_secret IS NOT NULL, created_at, signed_in_at, delete_at FROM member"
	" WHERE (? < 0 OR role = ?) AND (? = 0 OR id < ?) AND state <> 4 ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_lock = {"SELECT state FROM member WHERE id = ? FOR UPDATE", false};

static void read_member(const struct db_value *v, size_t columns, void *item)
{
	(void)columns;
	*(struct member *)item = (struct member){
		.id = v[0].i, .email = v[1].s, .name = v[2].s, .role = (enum member_role)v[3].i, .state = (enum member_state)v[4].i,
		.trust = (enum member_trust)v[5].i, .lang = v[6].s, .totp = v[7].i != 0, .created_at = v[8].i, .signed_in_at = v[9].i, .delete_at = v[10].i,
	};
}

enum err account_db_list(struct db *db, struct arena *a, int role, int64_t before, unsigned limit, struct member **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct member), read_member};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_list, DB_ARGS(db_int(role), db_int(role), db_int(before), db_int(before), db_int(limit)), a, limit, &kind, &items, n);
	*out = items;
	return e;
}

/* One change of one member, as a transaction. */
struct change {
	int64_t id, now;
	enum moderation_action action;
	enum member_role role;
	enum member_trust trust;
	const char *reason, *mail;
};

static enum err log_change(struct db *db, const struct change *c, const char *words)
{
	return moderation_db_log(db, &(struct moderation_entry){.action = c->action, .member_id = c->id, .reason = words, .waited_seconds = -1, .created_at = c->now});
}

static bool keep_state(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(int64_t *)ctx = row[0].i;
	return true;
}

/* The member's row stays locked. ERR_CONFLICT: in another state; ERR_NOT_FOUND. */
static enum err locked_in(struct db *db, int64_t id, enum member_state state)
{
	int64_t is = 0;
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(id)), keep_state, &is);
	return e != ERR_OK ? e : is == 0 ? ERR_NOT_FOUND : is == (int64_t)state ? ERR_OK : ERR_CONFLICT;
}

struct addition {
	struct member *member;
	const uint8_t *token;
	int64_t expires_at, now;
};

static enum err add_body(struct db *db, void *ctx)
{
	struct addition *x = ctx;
	enum err e = member_db_add(db, x->member, x->now);
	if (e == ERR_OK)
		e = token_db_add(db, TOKEN_RESET, x->token, x->member->id, "", x->expires_at);
	const struct change c = {.id = x->member->id, .now = x->now, .action = MODERATION_ROLE};
	return e == ERR_OK && x->member->role != ROLE_MEMBER ? log_change(db, &c, member_role_name(x->member->role)) : e;
}

enum err account_db_add(struct db *db, struct member *m, const uint8_t token[static TOKEN_HASH], int64_t expires_at, int64_t now)
{
	struct addition x = {.member = m, .token = token, .expires_at = expires_at, .now = now};
	/* no password fits it */
	m->password_hash = "";
	return db_transaction(db, add_body, &x);
}

struct link {
	int64_t id, expires_at;
	const uint8_t *token;
};

static enum err link_body(struct db *db, void *ctx)
{
	const struct link *x = ctx;
	enum err e = token_db_revoke(db, TOKEN_RESET, x->id);
	return e == ERR_OK ? token_db_add(db, TOKEN_RESET, x->token, x->id, "", x->expires_at) : e;
}

enum err account_db_reset_link(struct db *db, int64_t member_id, const uint8_t token[static TOKEN_HASH], int64_t expires_at)
{
	struct link x = {.id = member_id, .expires_at = expires_at, .token = token};
	return db_transaction(db, link_body, &x);
}

static enum err role_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum err e = c->role != ROLE_ADMIN ? account_db_not_last_admin(db, c->id) : ERR_OK;
	if (e == ERR_OK)
		e = member_db_set_role(db, c->id, c->role);
	return e == ERR_OK ? log_change(db, c, member_role_name(c->role)) : e;
}

enum err account_db_set_role(struct db *db, int64_t member_id, enum member_role role, int64_t now)
{
	struct change c = {.id = member_id, .now = now, .action = MODERATION_ROLE, .role = role};
	return db_transaction(db, role_body, &c);
}

static enum err trust_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum err e = member_db_set_trust(db, c->id, c->trust);
	return e == ERR_OK ? log_change(db, c, "") : e;
}

enum err account_db_set_trust(struct db *db, int64_t member_id, enum member_trust trust, int64_t now)
{
	static const enum moderation_action actions[] = {
		[TRUST_NEW] = MODERATION_FORGET_TRUST, [TRUST_TRUSTED] = MODERATION_TRUST, [TRUST_NEVER] = MODERATION_NEVER_TRUST,
	};
	struct change c = {.id = member_id, .now = now, .action = actions[trust], .trust = trust};
	return db_transaction(db, trust_body, &c);
}

static enum err disable_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum err e = account_db_not_last_admin(db, c->id);
	if (e == ERR_OK)
		e = locked_in(db, c->id, MEMBER_ACTIVE);
	if (e == ERR_OK)
		e = member_db_set_state(db, c->id, MEMBER_DISABLED, c->reason, 0);
	if (e == ERR_OK)
		e = log_change(db, c, c->reason);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, c->id, c->mail) : e;
}

enum err account_db_disable(struct db *db, int64_t member_id, const char *reason, int64_t now, const char *mail)
{
	struct change c = {.id = member_id, .now = now, .action = MODERATION_DISABLE, .reason = reason, .mail = mail};
	return mail != NULL ? db_transaction(db, disable_body, &c) : ERR_NOMEM;
}

static enum err enable_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum err e = locked_in(db, c->id, MEMBER_DISABLED);
	if (e == ERR_OK)
		e = member_db_set_state(db, c->id, MEMBER_ACTIVE, "", 0);
	return e == ERR_OK ? log_change(db, c, "") : e;
}

enum err account_db_enable(struct db *db, int64_t member_id, int64_t now)
{
	struct change c = {.id = member_id, .now = now, .action = MODERATION_ENABLE};
	return db_transaction(db, enable_body, &c);
}
