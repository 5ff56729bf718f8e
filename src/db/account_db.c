#include "db/account_db.h"

#include "db/member_db.h"
#include "db/session_db.h"
#include "db/site_db.h"
#include "model/mail.h"

static const struct db_sql sql_profile = {
	"UPDATE member SET name = ?, lang = ?, place_id = ?, about = ?, address_name = ?, address_line1 = ?, address_line2 = ?, address_city = ?,"
	" address_region = ?, address_postal_code = ?, address_country = ? WHERE id = ?", false};
static const struct db_sql sql_lock = {"SELECT id FROM member WHERE id = ? AND state IN (1, 3) FOR UPDATE", false};
static const struct db_sql sql_confirmed = {
	"SELECT COUNT(*) FROM token WHERE kind = ? AND subject_id = ? AND data = ? AND used_at IS NOT NULL AND expires_at > ?", false};
static const struct db_sql sql_wish_over = {"DELETE FROM token WHERE kind IN (2, 3) AND subject_id = ?", false};
static const struct db_sql sql_listings_email = {"UPDATE listing SET contact_email = ? WHERE member_id = ?", false};
static const struct db_sql sql_totp = {"SELECT totp_secret, totp_pending, totp_last_step FROM member WHERE id = ?", true};
static const struct db_sql sql_totp_use = {"UPDATE member SET totp_last_step = ? WHERE id = ? AND totp_last_step < ? AND totp_secret IS NOT NULL", false};
static const struct db_sql sql_totp_pend = {"UPDATE member SET totp_pending = ? WHERE id = ? AND totp_secret IS NULL", false};
static const struct db_sql sql_totp_on = {
	"UPDATE member SET totp_secret = totp_pending, totp_pending = NULL, totp_last_step = ? WHERE id = ? AND totp_secret IS NULL AND totp_pending = ?", false};
static const struct db_sql sql_totp_off = {
	"UPDATE member SET totp_secret = NULL, totp_pending = NULL WHERE id = ? AND totp_secret IS NOT NULL", false};
static const struct db_sql sql_totp_is_on = {"SELECT id FROM member WHERE id = ? AND totp_secret IS NOT NULL FOR UPDATE", false};
static const struct db_sql sql_recovery_end = {"DELETE FROM recovery_code WHERE member_id = ?", false};
static const struct db_sql sql_recovery_add = {"INSERT INTO recovery_code (member_id, code_hash) VALUES (?, ?)", false};
static const struct db_sql sql_recovery_left = {"SELECT COUNT(*) FROM recovery_code WHERE member_id = ? AND used_at IS NULL", true};
static const struct db_sql sql_recovery_use = {
	"UPDATE recovery_code SET used_at = ? WHERE member_id = ? AND code_hash = ? AND used_at IS NULL", false};

static bool keep_number(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(int64_t *)ctx = row[0].i;
	return true;
}

/* The number a locking read gives, none when it gives no row. */
static enum err locked_number(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n, enum err none)
{
	int64_t id = 0;
	enum err e = db_each(db, sql, args, n, keep_number, &id);
	return e != ERR_OK ? e : id != 0 ? ERR_OK : none;
}

enum err account_db_profile(struct db *db, const struct member *m)
{
	const struct postal_address *p = &m->address;
	return db_exec_one(db, &sql_profile,
	                   DB_ARGS(db_text(m->name), db_text(m->lang), m->place_id != 0 ? db_int(m->place_id) : db_null(), db_text(m->about), db_text(p->name),
	                           db_text(p->line1), db_text(p->line2), db_text(p->city), db_text(p->region), db_text(p->postal_code), db_text(p->country),
	                           db_int(m->id)), ERR_NOT_FOUND);
}

struct password_change {
	int64_t member_id, keep;
	const char *hash, *mail;
};

static enum err password_body(struct db *db, void *ctx)
{
	const struct password_change *x = ctx;
	enum err e = member_db_set_password(db, x->member_id, x->hash);
	if (e == ERR_OK)
		e = session_db_end_all(db, x->member_id, x->keep, false);
	if (e == ERR_OK)
		e = token_db_revoke(db, TOKEN_RESET, x->member_id);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, x->member_id, x->mail) : e;
}

enum err account_db_password(struct db *db, int64_t member_id, const char *password_hash, int64_t keep, const char *mail)
{
	struct password_change x = {.member_id = member_id, .keep = keep, .hash = password_hash, .mail = mail};
	return mail != NULL ? db_transaction(db, password_body, &x) : ERR_NOMEM;
}

static enum err ask_body(struct db *db, void *ctx)
{
	const struct email_wish *w = ctx;
	enum err e = locked_number(db, &sql_lock, DB_ARGS(db_int(w->member_id)), ERR_NOT_FOUND);
	if (e == ERR_OK)
		e = db_exec(db, &sql_wish_over, DB_ARGS(db_int(w->member_id)), NULL);
	if (e == ERR_OK)
		e = token_db_add(db, TOKEN_EMAIL_OLD, w->to_old, w->member_id, w->email, w->expires_at);
	if (e == ERR_OK)
		e = token_db_add(db, TOKEN_EMAIL_NEW, w->to_new, w->member_id, w->email, w->expires_at);
	if (e == ERR_OK)
		e = outbox_db_add(db, OUTBOX_MAIL, w->member_id, w->mail_old);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, w->member_id, w->mail_new) : e;
}

enum err account_db_email_ask(struct db *db, const struct email_wish *w)
{
	struct email_wish copy = *w;
	return w->mail_old != NULL && w->mail_new != NULL ? db_transaction(db, ask_body, &copy) : ERR_NOMEM;
}

/* Both have said yes. */
static enum err email_change(struct db *db, const struct email_confirmation *x)
{
	enum err e = member_db_set_email(db, x->member_id, x->email);
	if (e == ERR_OK)
		e = db_exec(db, &sql_listings_email, DB_ARGS(db_text(x->email), db_int(x->member_id)), NULL);
	if (e == ERR_OK)
		e = session_db_end_all(db, x->member_id, x->keep, false);
	if (e == ERR_OK)
		e = db_exec(db, &sql_wish_over, DB_ARGS(db_int(x->member_id)), NULL);
	/* a link to reset the password lies in the old mailbox */
	if (e == ERR_OK)
		e = token_db_revoke(db, TOKEN_RESET, x->member_id);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, x->member_id, x->mail) : e;
}

static enum err confirm_body(struct db *db, void *ctx)
{
	struct email_confirmation *x = ctx;
	int64_t other = 0;
	x->changed = false;
	/* The member's row first: of two ends at once the second sees what the first said. */
	enum err e = locked_number(db, &sql_lock, DB_ARGS(db_int(x->member_id)), ERR_CONFLICT);
	if (e == ERR_OK)
		e = token_db_use(db, x->kind, x->hash, x->now);
	if (e == ERR_OK)
		e = db_each(db, &sql_confirmed, DB_ARGS(db_int(x->kind == TOKEN_EMAIL_OLD ? TOKEN_EMAIL_NEW : TOKEN_EMAIL_OLD), db_int(x->member_id),
		                                        db_text(x->email), db_time(x->now)), keep_number, &other);
	if (e != ERR_OK || other == 0)
		return e;
	x->changed = true;
	return email_change(db, x);
}

enum err account_db_email_confirm(struct db *db, struct email_confirmation *x)
{
	enum err e = x->mail != NULL ? db_transaction(db, confirm_body, x) : ERR_NOMEM;
	if (e != ERR_OK)
		x->changed = false;
	if (e != ERR_EXISTS)
		return e;
	enum err over = db_exec(db, &sql_wish_over, DB_ARGS(db_int(x->member_id)), NULL);
	return over != ERR_OK ? over : e;
}

enum err account_db_totp(struct db *db, struct arena *a, int64_t member_id, struct totp_state *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_totp, DB_ARGS(db_int(member_id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	const struct db_value *v = db_cell(&r, 0, 0);
	*out = (struct totp_state){
		.secret = v[0].type == DB_NULL ? NULL : v[0].s, .secret_n = v[0].n,
		.pending = v[1].type == DB_NULL ? NULL : v[1].s, .pending_n = v[1].n, .last_step = v[2].i,
	};
	return ERR_OK;
}

enum err account_db_totp_use(struct db *db, int64_t member_id, int64_t step)
{
	return db_exec_one(db, &sql_totp_use, DB_ARGS(db_int(step), db_int(member_id), db_int(step)), ERR_CONFLICT);
}

enum err account_db_totp_pend(struct db *db, int64_t member_id, const void *sealed, size_t n)
{
	return db_exec_one(db, &sql_totp_pend, DB_ARGS(db_blob(sealed, n), db_int(member_id)), ERR_CONFLICT);
}

static enum err codes_replace(struct db *db, int64_t member_id, uint8_t (*codes)[RECOVERY_CODE_HASH])
{
	enum err e = db_exec(db, &sql_recovery_end, DB_ARGS(db_int(member_id)), NULL);
	for (int i = 0; e == ERR_OK && i < RECOVERY_CODES; i++)
		e = db_exec(db, &sql_recovery_add, DB_ARGS(db_int(member_id), db_blob(codes[i], RECOVERY_CODE_HASH)), NULL);
	return e;
}

static enum err switch_done(struct db *db, const struct totp_switch *s)
{
	enum err e = session_db_end_all(db, s->member_id, s->keep, false);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, s->member_id, s->mail) : e;
}

static enum err on_body(struct db *db, void *ctx)
{
	const struct totp_switch *s = ctx;
	enum err e = db_exec_one(db, &sql_totp_on, DB_ARGS(db_int(s->step), db_int(s->member_id), db_blob(s->pending, s->pending_n)), ERR_CONFLICT);
	if (e == ERR_OK)
		e = codes_replace(db, s->member_id, s->codes);
	return e == ERR_OK ? switch_done(db, s) : e;
}

enum err account_db_totp_on(struct db *db, const struct totp_switch *s)
{
	struct totp_switch copy = *s;
	return s->mail != NULL ? db_transaction(db, on_body, &copy) : ERR_NOMEM;
}

static enum err off_body(struct db *db, void *ctx)
{
	const struct totp_switch *s = ctx;
	enum err e = db_exec_one(db, &sql_totp_off, DB_ARGS(db_int(s->member_id)), ERR_CONFLICT);
	if (e == ERR_OK)
		e = db_exec(db, &sql_recovery_end, DB_ARGS(db_int(s->member_id)), NULL);
	return e == ERR_OK ? switch_done(db, s) : e;
}

enum err account_db_totp_off(struct db *db, const struct totp_switch *s)
{
	struct totp_switch copy = *s;
	return s->mail != NULL ? db_transaction(db, off_body, &copy) : ERR_NOMEM;
}

struct renewal {
	int64_t member_id;
	uint8_t (*codes)[RECOVERY_CODE_HASH];
};

static enum err renew_body(struct db *db, void *ctx)
{
	const struct renewal *r = ctx;
	enum err e = locked_number(db, &sql_totp_is_on, DB_ARGS(db_int(r->member_id)), ERR_CONFLICT);
	return e == ERR_OK ? codes_replace(db, r->member_id, r->codes) : e;
}

enum err account_db_recovery_renew(struct db *db, int64_t member_id, uint8_t (*codes)[RECOVERY_CODE_HASH])
{
	struct renewal r = {.member_id = member_id, .codes = codes};
	return db_transaction(db, renew_body, &r);
}

enum err account_db_recovery_left(struct db *db, struct arena *a, int64_t member_id, int64_t *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_recovery_left, DB_ARGS(db_int(member_id)), a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i;
	return e;
}

enum err account_db_recovery_use(struct db *db, int64_t member_id, const uint8_t hash[static RECOVERY_CODE_HASH], int64_t now)
{
	return db_exec_one(db, &sql_recovery_use, DB_ARGS(db_time(now), db_int(member_id), db_blob(hash, RECOVERY_CODE_HASH)), ERR_CONFLICT);
}
