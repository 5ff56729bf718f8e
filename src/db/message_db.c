#include "db/message_db.h"

#include <stdio.h>
#include <string.h>

#include "db/site_db.h"
#include "model/mail.h"
#include "util/clock.h"
#include "util/mac.h"

enum { SAME_CONTENT_SECONDS = 24 * 3600, CONTENT_LOCK_SECONDS = 3600, LIST_MAX = 1000, HASHED_BYTES_MAX = 64 * 1024 };

#define COLUMNS "id, kind, COALESCE(listing_id, 0), name, email, body, lang, created_at, read_at"

static const struct db_sql sql_insert = {
	"INSERT INTO message (kind, listing_id, name, email, body, lang, content_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", false};
/* Equal messages queue up here: READ COMMITTED has no lock for a row that is not there yet. */
static const struct db_sql sql_content_lock = {
	"INSERT INTO rate_count (rate_key, window_start, attempts, expires_at) VALUES (CONCAT('message:', HEX(?)), 0, 1, ?)"
	" ON DUPLICATE KEY UPDATE attempts = attempts + 1, expires_at = VALUES(expires_at)", false};
static const struct db_sql sql_content_known = {"SELECT 1 FROM message WHERE content_hash = ? AND created_at > ? LIMIT 1", true};
static const struct db_sql sql_list = {"SELECT " COLUMNS " FROM message WHERE id < ? ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_list_kind = {"SELECT " COLUMNS " FROM message WHERE kind = ? AND id < ? ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_get = {"SELECT " COLUMNS " FROM message WHERE id = ?", true};
static const struct db_sql sql_mark_read = {"UPDATE message SET read_at = COALESCE(read_at, ?) WHERE id = ?", false};
static const struct db_sql sql_remove = {"DELETE FROM message WHERE id = ?", false};

static void read_row(const struct db_value *row, struct message *m)
{
	*m = (struct message){
		.id = row[0].i, .kind = (enum message_kind)row[1].i, .listing_id = row[2].i, .name = row[3].s, .email = row[4].s,
		.body = row[5].s, .lang = row[6].s, .created_at = row[7].i, .read_at = row[8].i,
	};
}

struct adding {
	struct arena *arena;
	struct message *message;
	const char *mail;
	uint8_t content_hash[32];
};

static enum err hash_content(struct adding *a)
{
	const struct message *m = a->message;
	struct buf b;
	buf_init(&b, HASHED_BYTES_MAX);
	buf_i64(&b, m->kind);
	buf_putc(&b, '\n');
	buf_i64(&b, m->listing_id);
	buf_putc(&b, '\n');
	for (const char *p = m->email; *p != '\0'; p++)
		buf_putc(&b, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
	buf_putc(&b, '\n');
	buf_puts(&b, m->body);
	mac_sha256(b.data, b.len, a->content_hash);
	enum err e = b.error;
	buf_free(&b);
	return e;
}

static enum err is_known(struct db *db, const struct adding *a, bool *out)
{
	struct db_rows r;
	struct db_value hash = db_blob(a->content_hash, sizeof a->content_hash);
	int64_t now = a->message->created_at;
	enum err e = db_exec(db, &sql_content_lock, DB_ARGS(hash, db_int(now + CONTENT_LOCK_SECONDS)), NULL);
	if (e == ERR_OK)
		e = db_query(db, &sql_content_known, DB_ARGS(hash, db_time(now - SAME_CONTENT_SECONDS)), a->arena, 1, &r);
	*out = e == ERR_OK && r.n > 0;
	return e;
}

static enum err add(struct db *db, void *ctx)
{
	struct adding *a = ctx;
	struct message *m = a->message;
	bool known;
	enum err e = is_known(db, a, &known);
	if (e != ERR_OK || known)
		return e != ERR_OK ? e : ERR_EXISTS;
	struct db_result result;
	e = db_exec(db, &sql_insert,
	            DB_ARGS(db_int(m->kind), m->listing_id == 0 ? db_null() : db_int(m->listing_id), db_text(m->name), db_text(m->email), db_text(m->body),
	                    db_text(m->lang), db_blob(a->content_hash, sizeof a->content_hash), db_time(m->created_at)), &result);
	if (e != ERR_OK)
		return e;
	m->id = (int64_t)result.insert_id;
	return a->mail != NULL ? outbox_db_add(db, OUTBOX_MAIL, m->id, a->mail) : ERR_OK;
}

enum err message_db_add(struct db *db, struct arena *a, struct message *m, const char *mail)
{
	struct adding adding = {.arena = a, .message = m, .mail = mail};
	if (m->created_at == 0)
		m->created_at = clock_unix();
	enum err e = hash_content(&adding);
	if (e == ERR_OK)
		e = db_transaction(db, add, &adding);
	if (e != ERR_OK)
		m->id = 0;
	return e;
}

enum err message_db_list(struct db *db, struct arena *a, int kind, int64_t before_id, unsigned limit, struct message **out, size_t *n)
{
	struct db_rows r;
	struct db_value before = db_int(before_id == 0 ? INT64_MAX : before_id);
	unsigned most = limit > LIST_MAX ? LIST_MAX : limit;
	*n = 0;
	enum err e = kind < 0 ? db_query(db, &sql_list, DB_ARGS(before, db_int(most)), a, most, &r)
	                      : db_query(db, &sql_list_kind, DB_ARGS(db_int(kind), before, db_int(most)), a, most, &r);
	if (e != ERR_OK)
		return e;
	*out = arena_array(a, r.n, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++)
		read_row(db_cell(&r, i, 0), &(*out)[i]);
	*n = r.n;
	return ERR_OK;
}

enum err message_db_get(struct db *db, struct arena *a, int64_t id, struct message *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_get, DB_ARGS(db_int(id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	read_row(db_cell(&r, 0, 0), out);
	return ERR_OK;
}

static enum err change_one(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n)
{
	struct db_result result;
	enum err e = db_exec(db, sql, args, n, &result);
	return e != ERR_OK ? e : result.affected == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err message_db_mark_read(struct db *db, int64_t id)
{
	return change_one(db, &sql_mark_read, DB_ARGS(db_time(clock_unix()), db_int(id)));
}

enum err message_db_remove(struct db *db, int64_t id)
{
	return change_one(db, &sql_remove, DB_ARGS(db_int(id)));
}
