#include "db/job_db.h"

/* Names are the server's: the database's own name keeps sites apart. Not a read: a lock taken on a connection that is then lost is none. */
static const struct db_sql sql_lock = {"SELECT GET_LOCK(CONCAT(LEFT(DATABASE(), 30), '.job.', ?), 0)", false};
static const struct db_sql sql_unlock = {"SELECT RELEASE_LOCK(CONCAT(LEFT(DATABASE(), 30), '.job.', ?))", false};

static const struct db_sql sql_sessions = {"DELETE FROM session WHERE expires_at < ? ORDER BY expires_at LIMIT ?", false};
static const struct db_sql sql_registrations = {"DELETE FROM registration WHERE expires_at < ? ORDER BY expires_at LIMIT ?", false};
static const struct db_sql sql_tokens = {"DELETE FROM token WHERE expires_at < ? ORDER BY expires_at LIMIT ?", false};
/* A decided report keeps what was said, not who said it. */
static const struct db_sql sql_reporters = {
	"UPDATE flag SET reporter = CONCAT('gone:', id) WHERE state <> 0 AND decided_at < ? AND reporter NOT LIKE 'gone:%' ORDER BY id LIMIT ?", false};
static const struct db_sql sql_rates = {"DELETE FROM rate_count WHERE expires_at < ? ORDER BY expires_at LIMIT ?", false};

enum err job_db_lock(struct db *db, struct arena *a, const char *name, bool *mine)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_lock, DB_ARGS(db_text(name)), a, 1, &r);
	*mine = e == ERR_OK && r.n == 1 && db_cell(&r, 0, 0)->i == 1;
	return e;
}

enum err job_db_unlock(struct db *db, struct arena *a, const char *name)
{
	struct db_rows r;
	return db_query(db, &sql_unlock, DB_ARGS(db_text(name)), a, 1, &r);
}

static enum err forget(struct db *db, const struct db_sql *sql, struct db_value before, int64_t limit, int64_t *n)
{
	struct db_result result = {0};
	enum err e = db_exec(db, sql, DB_ARGS(before, db_int(limit)), &result);
	*n = (int64_t)result.affected;
	return e;
}

enum err job_db_forget_sessions(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	return forget(db, &sql_sessions, db_time(before), limit, n);
}

enum err job_db_forget_registrations(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	return forget(db, &sql_registrations, db_time(before), limit, n);
}

enum err job_db_forget_tokens(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	return forget(db, &sql_tokens, db_time(before), limit, n);
}

/* A rate's end is a number of seconds. */
enum err job_db_forget_rates(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	return forget(db, &sql_rates, db_int(before), limit, n);
}

enum err job_db_forget_reporters(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	return forget(db, &sql_reporters, db_time(before), limit, n);
}
