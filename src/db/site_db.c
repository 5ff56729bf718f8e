#include "db/site_db.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"

enum { RATE_ATTEMPTS = 4 };

static const struct db_sql sql_key = {"SELECT value FROM site_key WHERE name = ?", true};
/* LAST_INSERT_ID(…) brings the new count back with the answer: counting and asking are one step. */
static const struct db_sql sql_rate_count = {
	"INSERT INTO rate_count (rate_key, window_start, attempts, expires_at) VALUES (?, ?, 1, ?)"
	" ON DUPLICATE KEY UPDATE attempts = LAST_INSERT_ID(attempts + 1)", false};
static const struct db_sql sql_rate_attempts = {"SELECT attempts FROM rate_count WHERE rate_key = ? AND window_start = ?", true};
static const struct db_sql sql_rate_forgive = {
	"UPDATE rate_count SET attempts = attempts - 1 WHERE rate_key = ? AND window_start = ? AND attempts > 0", false};
static const struct db_sql sql_rate_forget = {"DELETE FROM rate_count WHERE expires_at < ? ORDER BY expires_at LIMIT 10", false};
static const struct db_sql sql_outbox_add = {
	"INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES (?, ?, ?, ?, ?)", false};
static const struct db_sql sql_ready = {"SELECT MAX(version) FROM schema_migration", true};

enum err site_db_key(struct db *db, struct arena *a, const char *name, uint8_t out[static SITE_KEY_BYTES])
{
	struct db_rows r;
	enum err e = db_query(db, &sql_key, DB_ARGS(db_text(name)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0 || db_cell(&r, 0, 0)->n != SITE_KEY_BYTES)
		return ERR_NOT_FOUND;
	memcpy(out, db_cell(&r, 0, 0)->s, SITE_KEY_BYTES);
	return ERR_OK;
}

enum err rate_db_count(struct db *db, const char *key, int64_t now, int64_t window, int64_t limit)
{
	int64_t start = now - now % window;
	struct db_result result = {0};
	enum err e = ERR_DB_RETRY;
	/* Two first attempts of a window at once may end in a deadlock, which has counted nothing. */
	for (int i = 0; e == ERR_DB_RETRY && i < RATE_ATTEMPTS; i++)
		e = db_exec(db, &sql_rate_count, DB_ARGS(db_text(key), db_int(start), db_int(start + window)), &result);
	if (e != ERR_OK)
		return e;
	bool first = result.affected == 1;
	if (first) {
		e = db_exec(db, &sql_rate_forget, DB_ARGS(db_int(now)), NULL);
		if (e != ERR_OK && e != ERR_DB_RETRY)
			return e;
	}
	return (first ? 1 : (int64_t)result.insert_id) > limit ? ERR_LIMITED : ERR_OK;
}

enum err rate_db_attempts(struct db *db, struct arena *a, const char *key, int64_t now, int64_t window, int64_t *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_rate_attempts, DB_ARGS(db_text(key), db_int(now - now % window)), a, 1, &r);
	if (e == ERR_OK)
		*out = r.n > 0 ? db_cell(&r, 0, 0)->i : 0;
	return e;
}

enum err rate_db_forgive(struct db *db, const char *key, int64_t now, int64_t window)
{
	return db_exec(db, &sql_rate_forgive, DB_ARGS(db_text(key), db_int(now - now % window)), NULL);
}

void rate_key(const char *kind, const char *address, char out[static 96])
{
	unsigned char v6[16];
	struct in_addr v4;
	char text[INET6_ADDRSTRLEN] = "?";
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	if (inet_pton(AF_INET, address, &v4) == 1) {
		inet_ntop(AF_INET, &v4, text, sizeof text);
	} else if (inet_pton(AF_INET6, address, v6) == 1 && memcmp(v6, mapped, sizeof mapped) == 0) {
		inet_ntop(AF_INET, v6 + 12, text, sizeof text);
	} else if (inet_pton(AF_INET6, address, v6) == 1) {
		/* A household has a /64 to pick addresses from. */
		memset(v6 + 8, 0, 8);
		inet_ntop(AF_INET6, v6, text, sizeof text);
	}
	snprintf(out, 96, "%.40s:%s", kind, text);
}

enum err outbox_db_add(struct db *db, const char *kind, int64_t subject_id, const char *payload)
{
	int64_t now = clock_unix();
	return db_exec(db, &sql_outbox_add, DB_ARGS(db_text(kind), db_int(subject_id), db_text(payload), db_time(now), db_time(now)), NULL);
}

enum err site_db_ready(struct db *db, struct arena *a, int64_t *schema)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_ready, DB_NO_ARGS, a, 1, &r);
	if (e == ERR_OK)
		*schema = db_cell(&r, 0, 0)->i;
	return e;
}
