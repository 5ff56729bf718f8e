/* db: one connection to MySQL or MariaDB with its prepared statements. Owned by one thread. Opened lazily, re-opened
 * with backoff and jitter after it was lost; never MYSQL_OPT_RECONNECT. Sessions are strict mode, utf8mb4, UTC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/conf.h"
#include "util/err.h"
#include "util/metrics.h"

struct db;

/* A read may be run again once on a fresh connection when the old one turned out dead; a write never is. A late read may also be answered by
 * the replica, some seconds behind, where db_may_lag lets it: what visitors look at, never what decides. */
enum db_read { DB_WRITES = false, DB_READS = true, DB_READS_LATE };
/* A statement is declared, never built: a static const struct whose address is its identity in the connection's cache. */
struct db_sql {
	const char *sql;
	enum db_read read;
};

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB, DB_TIME };

struct db_value {
	enum db_type type;
	int64_t i;       /* DB_INT; DB_TIME: UTC seconds */
	const char *s;   /* DB_TEXT, DB_BLOB: n bytes and a NUL */
	size_t n;
};

struct db_value db_int(int64_t v);
struct db_value db_text(const char *s);           /* NULL: SQL NULL */
struct db_value db_blob(const void *p, size_t n);
struct db_value db_time(int64_t t);               /* DATETIME in UTC; 0: SQL NULL */
struct db_value db_null(void);

struct db_rows {
	size_t n, columns;
	struct db_value *cells; /* n × columns, row after row, in the arena */
};

struct db_result {
	uint64_t affected;  /* rows inserted, deleted or found by an update, changed or not; 2 where ON DUPLICATE KEY UPDATE updated */
	uint64_t insert_id;
};

/* mysql_library_init; once, before threads. */
MUST_CHECK enum err db_library_init(void);
void db_library_end(void);

/* Where the primary is, and as whom to come. host "": the configuration's socket. Kept in locked memory. */
struct db_login {
	char host[256], user[128], password[512], name[65];
	int64_t port;
};

enum { DB_WHY_MAX = 768 };

/* Where a login comes from: asked before each connection is made, by any thread. again: the server refused *out, which was given last; ERR_OK is then
 * another login than that, and anything else: there is none. Else why is a sentence's end for the log, without the secret. */
struct db_login_source {
	enum err (*read)(void *ctx, bool again, struct db_login *out, char why[static DB_WHY_MAX]);
	void *ctx;
};

/* No connection is made yet. conf, and what the source's ctx points at, live as long as it. source NULL: the configuration's plain values, with no password
 * but that of db_set_password. m may be NULL. statement_timeout_ms < 0: the configuration's; 0: none, and no read time-out either: for
 * migrations and other long work of the tool. */
MUST_CHECK enum err db_new(const struct conf *conf, const struct db_login_source *source, struct metrics *m, int64_t statement_timeout_ms, struct db **out);
/* The password of a connection without a source, copied into locked memory; wiped by db_free. ERR_TOO_LARGE. */
MUST_CHECK enum err db_set_password(struct db *db, const char *password);
void db_free(struct db *db);
/* What it was made with. */
const struct conf *db_conf(const struct db *db);
/* Whether late reads may go to the replica from now on; off at first. Returns whether they could until now, false when there is none. */
bool db_may_lag(struct db *db, bool yes);
/* ERR_DB_AWAY when it does not answer, ERR_NOT_FOUND when there is none. */
MUST_CHECK enum err db_ping_replica(struct db *db);
/* Connects if need be. ERR_DB_AWAY while the backoff runs or the server is away. */
MUST_CHECK enum err db_ping(struct db *db);
/* What the server said last, for the log: never for a page. */
const char *db_error_text(const struct db *db);
unsigned db_error_number(const struct db *db);
/* Since the last call: time and number of statements, the replica's too, for the request's log line. */
void db_take_stats(struct db *db, uint64_t *us, unsigned *queries);

/* All rows, at most max_rows (ERR_TOO_LARGE beyond), into the arena. */
MUST_CHECK enum err db_query(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows, struct db_rows *out);
/* What a row becomes: size bytes, filled in by read. The row's texts are in the arena. */
struct db_item {
	size_t size;
	void (*read)(const struct db_value *row, size_t columns, void *item);
};
/* All rows as an array of items in the arena, at most max_rows (ERR_TOO_LARGE beyond). *items is NULL when there are none. */
MUST_CHECK enum err db_query_items(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows,
                                   const struct db_item *kind, void **items, size_t *n);
/* Rows one at a time, unbuffered, for exports; row's values live until the next row. each returns false to stop,
 * and runs no statement on db. */
MUST_CHECK enum err db_each(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args,
                            bool (*each)(void *ctx, const struct db_value *row, size_t columns), void *ctx);
MUST_CHECK enum err db_exec(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct db_result *out);
/* A change of exactly one row; none: what it is when there is no such row. */
MUST_CHECK enum err db_exec_one(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, enum err none);
#define DB_ARGS(...) (const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_ARGS NULL, 0

const struct db_value *db_cell(const struct db_rows *r, size_t row, size_t column);

/* A transaction runs body; commits when it returns ERR_OK, rolls back otherwise; deadlocks and lock waits are run again whole,
 * at most 4 times with jitter. A connection lost before COMMIT was sent is ERR_DB_AWAY; after it, ERR_DB with a log line. */
MUST_CHECK enum err db_transaction(struct db *db, enum err (*body)(struct db *db, void *ctx), void *ctx);

/* Text of one statement or of many, separated by ';' at line ends: migrations and setup only. */
MUST_CHECK enum err db_run_script(struct db *db, const char *sql);
