#include "db/outbox_db.h"

#include <string.h>

enum { LIST_MAX = 1000, DUE_MAX = 500 };

#define COLUMNS "id, kind, subject_id, payload, state, created_at, due_at, done_at, attempts, last_error, claimed_by, claimed_until"
#define FREE "(claimed_until IS NULL OR claimed_until <= UTC_TIMESTAMP())"
#define MINE "id = ? AND state = 0 AND claimed_by = ?"

static const struct db_sql sql_due_other = {
	"SELECT id FROM outbox WHERE FIND_IN_SET(kind, ?) = 0 AND state = 0 AND due_at <= UTC_TIMESTAMP() AND " FREE " ORDER BY due_at, id LIMIT ?", true};
static const struct db_sql sql_due = {
	"SELECT id FROM outbox WHERE kind = ? AND state = 0 AND due_at <= UTC_TIMESTAMP() AND " FREE " ORDER BY due_at, id LIMIT ?", true};
static const struct db_sql sql_claim = {
	"UPDATE outbox SET claimed_by = ?, claimed_until = UTC_TIMESTAMP() + INTERVAL ? SECOND, attempts = attempts + 1"
	" WHERE id = ? AND state = 0 AND due_at <= UTC_TIMESTAMP() AND " FREE, false};
static const struct db_sql sql_done = {
	"UPDATE outbox SET state = 1, payload = '', last_error = '', done_at = UTC_TIMESTAMP(), claimed_by = '', claimed_until = NULL WHERE " MINE, false};
static const struct db_sql sql_later = {
	"UPDATE outbox SET due_at = UTC_TIMESTAMP() + INTERVAL ? SECOND, last_error = ?, claimed_by = '', claimed_until = NULL WHERE " MINE, false};
static const struct db_sql sql_dead = {
	"UPDATE outbox SET state = 2, done_at = UTC_TIMESTAMP(), last_error = ?, claimed_by = '', claimed_until = NULL WHERE " MINE, false};
static const struct db_sql sql_list = {"SELECT " COLUMNS " FROM outbox WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_list_open = {"SELECT " COLUMNS " FROM outbox WHERE state <> 1 AND id < ? ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_get = {"SELECT " COLUMNS " FROM outbox WHERE id = ?", true};
static const struct db_sql sql_retry = {
	"UPDATE outbox SET state = 0, attempts = 0, due_at = UTC_TIMESTAMP(), done_at = NULL, claimed_by = '', claimed_until = NULL"
	" WHERE id = ? AND state <> 1 AND " FREE, false};
static const struct db_sql sql_drop = {"DELETE FROM outbox WHERE id = ? AND " FREE, false};
static const struct db_sql sql_known = {"SELECT 1 FROM outbox WHERE id = ?", true};
static const struct db_sql sql_count = {
	"SELECT (SELECT COUNT(*) FROM outbox WHERE state = 0), (SELECT COUNT(*) FROM outbox WHERE state = 2),"
	" COALESCE((SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, MIN(due_at), UTC_TIMESTAMP())) FROM outbox WHERE state = 0), 0)", true};
static const struct db_sql sql_forget = {"DELETE FROM outbox WHERE state = ? AND done_at < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY done_at LIMIT ?", false};

static void read_row(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct outbox_row *)item = (struct outbox_row){
		.id = row[0].i, .kind = row[1].s, .subject_id = row[2].i, .payload = row[3].s, .state = (enum outbox_state)row[4].i,
		.created_at = row[5].i, .due_at = row[6].i, .done_at = row[7].i, .attempts = row[8].i, .last_error = row[9].s,
		.claimed_by = row[10].s, .claimed_until = row[11].i,
	};
}

static const struct db_item row_item = {sizeof(struct outbox_row), read_row};

static enum err read_due(struct db *db, struct arena *a, const struct db_sql *sql, const char *kinds, unsigned limit, int64_t **ids, size_t *n)
{
	struct db_rows r;
	unsigned most = limit > DUE_MAX ? DUE_MAX : limit;
	*n = 0;
	enum err e = db_query(db, sql, DB_ARGS(db_text(kinds), db_int(most)), a, most, &r);
	if (e != ERR_OK)
		return e;
	*ids = arena_array(a, r.n, sizeof **ids);
	if (*ids == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++)
		(*ids)[i] = db_cell(&r, i, 0)->i;
	*n = r.n;
	return ERR_OK;
}

enum err outbox_db_due(struct db *db, struct arena *a, const char *kind, unsigned limit, int64_t **ids, size_t *n)
{
	return read_due(db, a, &sql_due, kind, limit, ids, n);
}

enum err outbox_db_due_other(struct db *db, struct arena *a, const char *kinds, unsigned limit, int64_t **ids, size_t *n)
{
	return read_due(db, a, &sql_due_other, kinds, limit, ids, n);
}

static enum err change(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n)
{
	struct db_result result;
	enum err e = db_exec(db, sql, args, n, &result);
	return e != ERR_OK ? e : result.affected == 0 ? ERR_CONFLICT : ERR_OK;
}

enum err outbox_db_claim(struct db *db, struct arena *a, int64_t id, const char *owner, int64_t seconds, struct outbox_row *out)
{
	enum err e = change(db, &sql_claim, DB_ARGS(db_text(owner), db_int(seconds), db_int(id)));
	return e != ERR_OK ? e : outbox_db_get(db, a, id, out);
}

enum err outbox_db_done(struct db *db, int64_t id, const char *owner)
{
	return change(db, &sql_done, DB_ARGS(db_int(id), db_text(owner)));
}

enum err outbox_db_later(struct db *db, int64_t id, const char *owner, int64_t seconds, const char *why)
{
	return change(db, &sql_later, DB_ARGS(db_int(seconds), db_text(why), db_int(id), db_text(owner)));
}

enum err outbox_db_dead(struct db *db, int64_t id, const char *owner, const char *why)
{
	return change(db, &sql_dead, DB_ARGS(db_text(why), db_int(id), db_text(owner)));
}

enum err outbox_db_list(struct db *db, struct arena *a, int state, int64_t before_id, unsigned limit, struct outbox_row **out, size_t *n)
{
	struct db_value before = db_int(before_id == 0 ? INT64_MAX : before_id);
	unsigned most = limit > LIST_MAX ? LIST_MAX : limit;
	if (state < 0)
		return db_query_items(db, &sql_list_open, DB_ARGS(before, db_int(most)), a, most, &row_item, (void **)out, n);
	return db_query_items(db, &sql_list, DB_ARGS(db_int(state), before, db_int(most)), a, most, &row_item, (void **)out, n);
}

enum err outbox_db_get(struct db *db, struct arena *a, int64_t id, struct outbox_row *out)
{
	struct outbox_row *row;
	size_t n;
	enum err e = db_query_items(db, &sql_get, DB_ARGS(db_int(id)), a, 1, &row_item, (void **)&row, &n);
	if (e != ERR_OK)
		return e;
	if (n == 0)
		return ERR_NOT_FOUND;
	*out = *row;
	return ERR_OK;
}

/* A change that found no row: because there is none, or because of its state. */
static enum err explained(struct db *db, int64_t id, enum err e)
{
	if (e != ERR_CONFLICT)
		return e;
	struct arena *a = arena_new(64 << 10);
	struct db_rows r;
	e = a != NULL ? db_query(db, &sql_known, DB_ARGS(db_int(id)), a, 1, &r) : ERR_NOMEM;
	if (e == ERR_OK)
		e = r.n == 0 ? ERR_NOT_FOUND : ERR_CONFLICT;
	arena_free(a);
	return e;
}

enum err outbox_db_retry(struct db *db, int64_t id)
{
	return explained(db, id, change(db, &sql_retry, DB_ARGS(db_int(id))));
}

enum err outbox_db_drop(struct db *db, int64_t id)
{
	return explained(db, id, change(db, &sql_drop, DB_ARGS(db_int(id))));
}

enum err outbox_db_count(struct db *db, struct arena *a, struct outbox_counts *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_count, DB_NO_ARGS, a, 1, &r);
	if (e == ERR_OK)
		*out = (struct outbox_counts){.waiting = db_cell(&r, 0, 0)->i, .dead = db_cell(&r, 0, 1)->i, .oldest_seconds = db_cell(&r, 0, 2)->i};
	return e;
}

enum err outbox_db_forget(struct db *db, enum outbox_state state, int64_t days, int64_t limit, int64_t *n)
{
	struct db_result result = {0};
	enum err e = db_exec(db, &sql_forget, DB_ARGS(db_int(state), db_int(days), db_int(limit)), &result);
	*n = (int64_t)result.affected;
	return e;
}
