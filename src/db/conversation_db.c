/* Writing conversations; reading them is in conversation_read_db.c. */
#include "db/conversation_db.h"

#include <string.h>

#include "db/site_db.h"
#include "db/token_db.h"
#include "model/mail.h"
#include "util/mac.h"

enum { SAME_CONTENT_SECONDS = 24 * 3600, PAIR_BYTES = 32, PAIR_TEXT_MAX = 512, HELD_BATCH = 20 };

/* Whoever takes the listing from sight waits until the message is in, or is waited for: after that nothing more comes. */
static const struct db_sql sql_listing_lock = {"SELECT state, member_id FROM listing WHERE id = ? LOCK IN SHARE MODE", true};
/* Of two first messages at once the second finds the first one's row and waits for it. */
static const struct db_sql sql_begin = {
	"INSERT INTO conversation (listing_id, pair, seller_member_id, buyer_member_id, buyer_name, buyer_email, buyer_lang, created_at, last_message_at, expires_at)"
	" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	" ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), buyer_lang = VALUES(buyer_lang)", false};
/* What a member wrote before there was an account goes on as well. */
static const struct db_sql sql_mine = {"SELECT id FROM conversation WHERE listing_id = ? AND buyer_member_id = ? ORDER BY id DESC LIMIT 1", true};
static const struct db_sql sql_lock = {"SELECT state, expires_at FROM conversation WHERE id = ? AND listing_id = ? FOR UPDATE", true};
static const struct db_sql sql_known = {
	"SELECT 1 FROM conversation_message WHERE conversation_id = ? AND from_seller = ? AND content_hash = ? AND created_at > ? LIMIT 1", true};
static const struct db_sql sql_add = {
	"INSERT INTO conversation_message (conversation_id, from_seller, held, body, content_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)", false};
/* Whoever answers has read. */
static const struct db_sql sql_from_buyer = {
	"UPDATE conversation SET last_buyer_id = ?, buyer_read_id = last_seller_id, last_message_at = ?, expires_at = ?, buyer_lang = COALESCE(?, buyer_lang)"
	" WHERE id = ?", false};
static const struct db_sql sql_from_seller = {
	"UPDATE conversation SET last_seller_id = ?, seller_read_id = last_buyer_id, last_message_at = ?, expires_at = ? WHERE id = ?", false};
/* A buyer who has followed the link owns the address: whoever types it into the form later, and may be anybody, begins a conversation of their own. */
static const struct db_sql sql_seal = {
	"UPDATE conversation SET pair = UNHEX(SHA2(CONCAT('c:', id), 256)) WHERE id = ? AND buyer_member_id IS NULL", false};
static const struct db_sql sql_hold = {"UPDATE conversation SET state = 2 WHERE id = ? AND state <> 1", false};
static const struct db_sql sql_open = {"UPDATE conversation SET state = 0 WHERE id = ? AND state = 2", false};
static const struct db_sql sql_read_by_buyer = {"UPDATE conversation SET buyer_read_id = last_seller_id WHERE id = ?", false};
static const struct db_sql sql_read_by_seller = {"UPDATE conversation SET seller_read_id = last_buyer_id WHERE id = ?", false};
static const struct db_sql sql_held = {
	"SELECT id, from_seller, body, created_at FROM conversation_message WHERE conversation_id = ? AND held = 1 ORDER BY id LIMIT ? FOR UPDATE", false};
static const struct db_sql sql_release = {"UPDATE conversation_message SET held = 0 WHERE id = ?", false};
static const struct db_sql sql_release_buyer = {
	"UPDATE conversation SET last_buyer_id = GREATEST(last_buyer_id, ?), last_message_at = ?, expires_at = ? WHERE id = ?", false};
static const struct db_sql sql_release_seller = {
	"UPDATE conversation SET last_seller_id = GREATEST(last_seller_id, ?), last_message_at = ?, expires_at = ? WHERE id = ?", false};
static const struct db_sql sql_claim_buyer = {
	"UPDATE conversation SET buyer_member_id = ?, pair = UNHEX(SHA2(CONCAT('c:', id), 256)) WHERE buyer_email = ? AND buyer_member_id IS NULL", false};
static const struct db_sql sql_claim_seller = {
	"UPDATE conversation c JOIN listing l ON l.id = c.listing_id SET c.seller_member_id = l.member_id"
	" WHERE l.member_id = ? AND c.seller_member_id IS NULL", false};
#define FORGET_BUYER "UPDATE conversation SET state = 1, buyer_name = '', buyer_email = '', pair = UNHEX(SHA2(CONCAT('c:', id), 256)) WHERE "
/* The links first: they are found by what is wiped after them. */
static const struct db_sql forget_by_id[] = {
	{"DELETE t FROM conversation c JOIN token t ON t.kind = 7 AND t.subject_id = c.id WHERE c.buyer_member_id = ?", false},
	{"DELETE t FROM conversation c JOIN token t ON t.kind = 8 AND t.subject_id = c.id WHERE c.seller_member_id = ?", false},
	{"DELETE t FROM listing l JOIN conversation c ON c.listing_id = l.id JOIN token t ON t.kind = 8 AND t.subject_id = c.id WHERE l.member_id = ?", false},
	{FORGET_BUYER "buyer_member_id = ?", false},
	{"UPDATE conversation SET state = 1 WHERE seller_member_id = ?", false},
	{"UPDATE listing l JOIN conversation c ON c.listing_id = l.id SET c.state = 1 WHERE l.member_id = ?", false},
};
static const struct db_sql forget_by_email[] = {
	{"DELETE t FROM conversation c JOIN token t ON t.kind = 7 AND t.subject_id = c.id WHERE c.buyer_email = ?", false},
	{FORGET_BUYER "buyer_email = ?", false},
};
/* Where a moderator finds what a rule kept back: beside what people reported. */
static const struct db_sql sql_flag = {
	"INSERT INTO flag (listing_id, conversation_id, reporter, reason, body, created_at) VALUES (?, ?, CONCAT('rule:', ?), 4, ?, ?)", false};

struct writing {
	struct arena *arena;
	struct conversation_writing *w;
	bool held; /* as it was asked for, however often the transaction runs */
};

static enum err pair_make(const struct conversation_writing *w, uint8_t out[static PAIR_BYTES])
{
	struct buf b;
	buf_init(&b, PAIR_TEXT_MAX);
	buf_puts(&b, w->buyer_member_id != 0 ? "m:" : "v:");
	buf_i64(&b, w->listing_id);
	buf_putc(&b, ':');
	if (w->buyer_member_id != 0)
		buf_i64(&b, w->buyer_member_id);
	else
		buf_puts(&b, w->buyer_email);
	mac_sha256(b.data, b.len, out);
	enum err e = b.error;
	buf_free(&b);
	return e;
}

static enum err listing_lock(struct db *db, struct arena *a, int64_t id, struct db_value *member_id)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_listing_lock, DB_ARGS(db_int(id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0 || db_cell(&r, 0, 0)->i != 1)
		return ERR_NOT_FOUND;
	*member_id = *db_cell(&r, 0, 1);
	return ERR_OK;
}

static enum err lock(struct db *db, const struct writing *x, enum conversation_state *state, int64_t *expires_at)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_lock, DB_ARGS(db_int(x->w->id), db_int(x->w->listing_id)), x->arena, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	*state = (enum conversation_state)db_cell(&r, 0, 0)->i;
	*expires_at = db_cell(&r, 0, 1)->i;
	return ERR_OK;
}

/* The mail to the other side and what opens its link. */
static enum err tell(struct db *db, int64_t id, enum conversation_side from, const char *mail, const uint8_t *hash, int64_t now)
{
	if (mail == NULL)
		return ERR_NOMEM;
	enum token_kind kind = from == SIDE_SELLER ? TOKEN_CONVERSATION_BUYER : TOKEN_CONVERSATION_SELLER;
	enum err e = token_db_add(db, kind, hash, id, NULL, now + CONVERSATION_SECONDS);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, id, mail) : e;
}

static enum err hold(struct db *db, const struct conversation_writing *w)
{
	enum err e = db_exec(db, &sql_hold, DB_ARGS(db_int(w->id)), NULL);
	if (e != ERR_OK || w->held_by == NULL)
		return e;
	return db_exec(db, &sql_flag, DB_ARGS(db_int(w->listing_id), db_int(w->id), db_int(w->message_id), db_text(w->held_by), db_time(w->now)), NULL);
}

static enum err add(struct db *db, const struct writing *x)
{
	struct conversation_writing *w = x->w;
	uint8_t hash[32];
	struct db_rows r;
	mac_sha256(w->body, strlen(w->body), hash);
	enum err e = db_query(db, &sql_known, DB_ARGS(db_int(w->id), db_int(w->from), db_blob(hash, sizeof hash), db_time(w->now - SAME_CONTENT_SECONDS)), x->arena, 1, &r);
	if (e != ERR_OK || r.n > 0)
		return e != ERR_OK ? e : ERR_EXISTS;
	struct db_result result;
	e = db_exec(db, &sql_add, DB_ARGS(db_int(w->id), db_int(w->from), db_int(w->held), db_text(w->body), db_blob(hash, sizeof hash), db_time(w->now)), &result);
	if (e != ERR_OK)
		return e;
	w->message_id = (int64_t)result.insert_id;
	if (w->held)
		return hold(db, w);
	struct db_value id = db_int(w->message_id), now = db_time(w->now), end = db_time(w->now + CONVERSATION_SECONDS);
	e = w->from == SIDE_BUYER ? db_exec(db, &sql_from_buyer, DB_ARGS(id, now, end, db_text(w->buyer_lang), db_int(w->id)), NULL)
	                          : db_exec(db, &sql_from_seller, DB_ARGS(id, now, end, db_int(w->id)), NULL);
	return e == ERR_OK ? tell(db, w->id, w->from, w->mail, w->token_hash, w->now) : e;
}

static enum err pair_find(struct db *db, struct arena *a, struct conversation_writing *w, const struct db_value *seller)
{
	uint8_t pair[PAIR_BYTES];
	struct db_rows r = {.n = 0};
	struct db_result result;
	struct db_value now = db_time(w->now), member = w->buyer_member_id != 0 ? db_int(w->buyer_member_id) : db_null();
	enum err e = w->buyer_member_id != 0 ? db_query(db, &sql_mine, DB_ARGS(db_int(w->listing_id), member), a, 1, &r) : ERR_OK;
	if (e == ERR_OK && r.n > 0) {
		w->id = db_cell(&r, 0, 0)->i;
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = pair_make(w, pair);
	if (e == ERR_OK)
		e = db_exec(db, &sql_begin, DB_ARGS(db_int(w->listing_id), db_blob(pair, sizeof pair), *seller, member, db_text(w->buyer_name),
		                                    db_text(w->buyer_member_id != 0 ? "" : w->buyer_email), db_text(w->buyer_lang), now, now,
		                                    db_time(w->now + CONVERSATION_SECONDS)), &result);
	if (e == ERR_OK)
		w->id = (int64_t)result.insert_id;
	return e;
}

static enum err begin(struct db *db, void *ctx)
{
	const struct writing *x = ctx;
	struct conversation_writing *w = x->w;
	struct db_value seller;
	enum conversation_state state = CONVERSATION_OPEN;
	int64_t expires_at;
	enum err e = listing_lock(db, x->arena, w->listing_id, &seller);
	if (e == ERR_OK)
		e = pair_find(db, x->arena, w, &seller);
	if (e == ERR_OK)
		e = lock(db, x, &state, &expires_at);
	if (e != ERR_OK)
		return e;
	if (state == CONVERSATION_ENDED)
		return ERR_GONE;
	w->held = x->held || state == CONVERSATION_HELD;
	return add(db, x);
}

enum err conversation_db_begin(struct db *db, struct arena *a, struct conversation_writing *w)
{
	return db_transaction(db, begin, &(struct writing){a, w, w->held});
}

static enum err answer(struct db *db, void *ctx)
{
	const struct writing *x = ctx;
	enum conversation_state state;
	struct db_value seller;
	int64_t expires_at;
	enum err e = listing_lock(db, x->arena, x->w->listing_id, &seller);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_GONE : e;
	e = lock(db, x, &state, &expires_at);
	if (e != ERR_OK)
		return e;
	if (state == CONVERSATION_ENDED || expires_at <= x->w->now)
		return ERR_GONE;
	if (state == CONVERSATION_HELD)
		return ERR_CONFLICT;
	e = add(db, x);
	return e == ERR_OK && x->w->from == SIDE_BUYER ? db_exec(db, &sql_seal, DB_ARGS(db_int(x->w->id)), NULL) : e;
}

enum err conversation_db_answer(struct db *db, struct arena *a, struct conversation_writing *w)
{
	return db_transaction(db, answer, &(struct writing){a, w, w->held});
}

enum err conversation_db_mark_read(struct db *db, int64_t id, enum conversation_side side)
{
	return db_exec(db, side == SIDE_BUYER ? &sql_read_by_buyer : &sql_read_by_seller, DB_ARGS(db_int(id)), NULL);
}

static enum err release_one(struct db *db, int64_t id, const struct db_value *v, const struct conversation_mail *mail, int64_t now)
{
	uint8_t hash[TOKEN_HASH];
	const struct conversation_message m = {.id = v[0].i, .from = v[1].i != 0 ? SIDE_SELLER : SIDE_BUYER, .held = true, .body = v[2].s, .created_at = v[3].i};
	const char *text = mail->make(mail->ctx, &m, hash);
	enum err e = db_exec(db, &sql_release, DB_ARGS(db_int(m.id)), NULL);
	if (e == ERR_OK)
		e = db_exec(db, m.from == SIDE_BUYER ? &sql_release_buyer : &sql_release_seller,
		            DB_ARGS(db_int(m.id), db_time(now), db_time(now + CONVERSATION_SECONDS), db_int(id)), NULL);
	return e == ERR_OK ? tell(db, id, m.from, text, hash, now) : e;
}

enum err conversation_db_release(struct db *db, int64_t id, const struct conversation_mail *mail, int64_t now)
{
	enum err e = ERR_OK;
	for (size_t n = HELD_BATCH; e == ERR_OK && mail != NULL && n == HELD_BATCH;) {
		struct db_rows r;
		e = db_query(db, &sql_held, DB_ARGS(db_int(id), db_int(HELD_BATCH)), mail->scratch, HELD_BATCH, &r);
		n = e == ERR_OK ? r.n : 0;
		for (size_t i = 0; e == ERR_OK && i < n; i++)
			e = release_one(db, id, db_cell(&r, i, 0), mail, now);
		arena_reset(mail->scratch);
	}
	return e == ERR_OK ? db_exec(db, &sql_open, DB_ARGS(db_int(id)), NULL) : e;
}

enum err conversation_db_claim(struct db *db, int64_t member_id, const char *email)
{
	enum err e = db_exec(db, &sql_claim_buyer, DB_ARGS(db_int(member_id), db_text(email)), NULL);
	return e == ERR_OK ? db_exec(db, &sql_claim_seller, DB_ARGS(db_int(member_id)), NULL) : e;
}

enum err conversation_db_forget_member(struct db *db, int64_t member_id, const char *email)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < sizeof forget_by_id / sizeof *forget_by_id; i++)
		e = db_exec(db, &forget_by_id[i], DB_ARGS(db_int(member_id)), NULL);
	for (size_t i = 0; e == ERR_OK && i < sizeof forget_by_email / sizeof *forget_by_email; i++)
		e = db_exec(db, &forget_by_email[i], DB_ARGS(db_text(email)), NULL);
	return e;
}
