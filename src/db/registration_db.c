#include "db/registration_db.h"

#include "db/conversation_db.h"
#include "db/member_db.h"
#include "db/own_listing_db.h"
#include "db/session_db.h"
#include "db/site_db.h"
#include "db/token_db.h"
#include "model/mail.h"

#define COLUMNS "email, name, password_hash, lang, created_at, expires_at"

static const struct db_sql sql_add = {
	"INSERT INTO registration (token_hash, email, name, password_hash, lang, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_find = {"SELECT " COLUMNS " FROM registration WHERE token_hash = ? AND expires_at > ?", true};
static const struct db_sql sql_remove = {"DELETE FROM registration WHERE email = ?", false};

struct adding {
	const uint8_t *hash;
	const struct registration *registration;
	const char *mail;
};

static enum err add(struct db *db, void *ctx)
{
	const struct adding *a = ctx;
	const struct registration *r = a->registration;
	enum err e = db_exec(db, &sql_add, DB_ARGS(db_blob(a->hash, TOKEN_HASH), db_text(r->email), db_text(r->name), db_text(r->password_hash),
	                                           db_text(r->lang), db_time(r->created_at), db_time(r->expires_at)), NULL);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, 0, a->mail) : e;
}

enum err registration_db_add(struct db *db, const uint8_t hash[static TOKEN_HASH], const struct registration *r, const char *mail)
{
	struct adding a = {hash, r, mail};
	return mail != NULL ? db_transaction(db, add, &a) : ERR_NOMEM;
}

enum err registration_db_find(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, struct registration *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_find, DB_ARGS(db_blob(hash, TOKEN_HASH), db_time(now)), a, 1, &r);
	if (e != ERR_OK || r.n == 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	const struct db_value *v = db_cell(&r, 0, 0);
	*out = (struct registration){
		.email = v[0].s, .name = v[1].s, .password_hash = v[2].s, .lang = v[3].s, .created_at = v[4].i, .expires_at = v[5].i,
	};
	return ERR_OK;
}

struct confirming {
	struct arena *arena;
	const uint8_t *hash;
	int64_t now, member_id;
};

static enum err confirm(struct db *db, void *ctx)
{
	struct confirming *c = ctx;
	struct registration r;
	enum err e = registration_db_find(db, c->arena, c->hash, c->now, &r);
	if (e != ERR_OK)
		return e;
	struct member m = {.email = r.email, .name = r.name, .password_hash = r.password_hash, .lang = r.lang};
	/* Of two clicks, or two registrations of an address, the unique key lets one pass. Nothing is locked before it: two that hold each
	 * other's registration would wait for each other. */
	e = member_db_add(db, &m, c->now);
	if (e == ERR_OK)
		e = own_listing_db_claim(db, c->arena, m.id, m.email);
	if (e == ERR_OK)
		e = conversation_db_claim(db, m.id, m.email);
	if (e == ERR_OK)
		e = db_exec(db, &sql_remove, DB_ARGS(db_text(m.email)), NULL);
	c->member_id = m.id;
	return e;
}

enum err registration_db_confirm(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, int64_t *member_id)
{
	struct confirming c = {.arena = a, .hash = hash, .now = now};
	enum err e = db_transaction(db, confirm, &c);
	*member_id = c.member_id;
	return e;
}

struct resetting {
	const uint8_t *hash;
	int64_t member_id, time;
	const char *password_hash, *mail;
};

static enum err offer(struct db *db, void *ctx)
{
	const struct resetting *r = ctx;
	enum err e = token_db_add(db, TOKEN_RESET, r->hash, r->member_id, NULL, r->time);
	if (e != ERR_OK)
		return e;
	if (r->member_id != 0)
		return outbox_db_add(db, OUTBOX_MAIL, r->member_id, r->mail);
	char text[TOKEN_TEXT + 1];
	uint8_t second[TOKEN_HASH];
	token_make(text, second);
	return token_db_add(db, TOKEN_RESET, second, 0, NULL, r->time);
}

enum err reset_db_add(struct db *db, const uint8_t hash[static TOKEN_HASH], int64_t member_id, int64_t expires_at, const char *mail)
{
	struct resetting r = {.hash = hash, .member_id = member_id, .time = expires_at, .mail = mail};
	return member_id != 0 && mail == NULL ? ERR_NOMEM : db_transaction(db, offer, &r);
}

static enum err use(struct db *db, void *ctx)
{
	const struct resetting *r = ctx;
	enum err e = token_db_use(db, TOKEN_RESET, r->hash, r->time);
	if (e == ERR_OK)
		e = member_db_set_password(db, r->member_id, r->password_hash);
	if (e == ERR_OK)
		e = session_db_end_all(db, r->member_id, 0, true);
	static const enum token_kind kinds[] = {TOKEN_RESET, TOKEN_EMAIL_NEW, TOKEN_EMAIL_OLD};
	for (size_t i = 0; e == ERR_OK && i < sizeof kinds / sizeof *kinds; i++)
		e = token_db_revoke(db, kinds[i], r->member_id);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, r->member_id, r->mail) : e;
}

enum err reset_db_use(struct db *db, const uint8_t hash[static TOKEN_HASH], int64_t member_id, const char *password_hash, int64_t now, const char *mail)
{
	struct resetting r = {.hash = hash, .member_id = member_id, .time = now, .password_hash = password_hash, .mail = mail};
	return mail != NULL ? db_transaction(db, use, &r) : ERR_NOMEM;
}
