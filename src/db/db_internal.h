/* db_internal: what the files of the connection share. Nobody outside db_*.c includes it. */
#pragma once

#include <mysql.h>

#include "db/db.h"

enum { DB_STATEMENT_BUCKETS = 128, DB_ERROR_TEXT_MAX = DB_WHY_MAX };

struct db_statement;

struct db {
	const struct conf *conf;
	struct metrics *metrics;
	struct db_login_source source; /* read NULL: the login stays what it is */
	struct db_login *login;     /* in locked memory: what the last connection was tried with */
	bool is_replica;            /* of the connection that owns it: conf's replica_host instead of the login's host */
	struct db *replica;         /* made when the first late read may go there; NULL: not yet */
	bool may_lag;
	unsigned replica_failures;  /* reads that failed there in a row */
	uint64_t replica_at_us;     /* no read there before this point of the monotonic clock */
	int64_t statement_ms;
	bool tool;                  /* no statement limit was asked for by the caller: no read time-out either */
	MYSQL my;
	bool open;
	bool used;                  /* at least one statement succeeded on this connection */
	bool in_transaction;
	unsigned failures;          /* connects that failed in a row */
	uint64_t retry_at_us;       /* no connect before this point of the monotonic clock */
	uint64_t stat_us;
	unsigned stat_queries;
	unsigned error_number;
	char error_text[DB_ERROR_TEXT_MAX];
	struct db_statement *statements[DB_STATEMENT_BUCKETS];
};

/* Makes sure of a connection. ERR_DB_AWAY inside a transaction whose connection was lost. */
MUST_CHECK enum err db_connection_open(struct db *db);
/* Closes it at once, its statements with it. */
void db_connection_close(struct db *db);
/* Before what must not be sent twice: sees without a round trip whether the server hung up on an idle connection, and connects anew. */
MUST_CHECK enum err db_connection_check(struct db *db);

/* The connection that a statement's first try goes to: the replica's, or NULL for db itself. */
struct db *db_replica_for(struct db *db, const struct db_sql *sql);
/* Takes the outcome of a read there into account; false: the primary is to be asked. */
bool db_replica_answered(struct db *db, enum err e);

/* True for errors by which a server refuses the user or the password. */
bool db_error_is_refusal(unsigned number);
/* The error's class. */
enum err db_error_class(unsigned number);
/* True for errors after which the connection is of no use. */
bool db_error_is_fatal(unsigned number);
/* Remembers what went wrong for db_error_text, closes the connection when it is of no use, counts, and returns the class.
 * sql: for the log line of a defect; NULL for none. */
enum err db_error_take(struct db *db, unsigned number, const char *text, const char *sql);
enum err db_error_take_connection(struct db *db, const char *sql);

/* One plain statement without arguments or result, by the text protocol: START TRANSACTION and its like. */
MUST_CHECK enum err db_statement_plain(struct db *db, const char *sql, size_t n);
/* A prepared statement used once, with one number: SET … = ?. */
MUST_CHECK enum err db_statement_set(struct db *db, const char *sql, int64_t value);
void db_statements_free(struct db *db);
void db_count(struct db *db, uint64_t since_us);

/* An executed statement and its result, which must be ended. */
struct db_column {
	enum db_type type;
	long long number;
	MYSQL_TIME time;
	char *text;                 /* size bytes and room for a NUL */
	unsigned long size, length;
	my_bool is_null, error;
};

struct db_statement {
	struct db_statement *next;
	const struct db_sql *sql;
	MYSQL_STMT *stmt;
	unsigned params, columns;
	MYSQL_BIND *param;
	MYSQL_TIME *param_time;
	MYSQL_BIND *result;
	struct db_column *column;
	struct db_value *row;       /* the fetched row: points into column */
};

MUST_CHECK enum err db_statement_execute(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct db_statement **out);
/* ERR_OK with *more false at the end. */
MUST_CHECK enum err db_statement_fetch(struct db *db, struct db_statement *st, bool *more);
/* Reads away what is left of the result. */
void db_statement_end(struct db *db, struct db_statement *st);
