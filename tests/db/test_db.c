#include <check.h>
#include <pthread.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db_test.h"

Suite *suite_db(void);

static struct conf conf;
static struct db *db;
static struct arena *arena;

static void set_up(void)
{
	db_test_admin("CREATE DATABASE IF NOT EXISTS op_db CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
	db_test_conf(&conf, "op_db");
	db = db_test_open(&conf);
	arena = arena_new(16 * 1024 * 1024);
	db_test_run(db, "DROP TABLE IF EXISTS child, t;\n"
	                "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n BIGINT NULL, s VARCHAR(50) NULL, long_text MEDIUMTEXT NULL, b VARBINARY(300) NULL, at DATETIME NULL,"
	                " UNIQUE KEY t_s (s)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
}

static void tear_down(void)
{
	db_free(db);
	arena_free(arena);
}

static const struct db_sql sql_insert = {"INSERT INTO t (n, s, long_text, b, at) VALUES (?, ?, ?, ?, ?)", false};
static const struct db_sql sql_all = {"SELECT id, n, s, long_text, b, at FROM t ORDER BY id", true};
static const struct db_sql sql_one = {"SELECT 1", true};
static const struct db_sql sql_id = {"SELECT CONNECTION_ID()", true};

static int64_t connection_id(struct db *which)
{
	struct db_rows r;
	ck_assert_err(db_query(which, &sql_id, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	return db_cell(&r, 0, 0)->i;
}

START_TEST(values_come_back_as_they_went)
{
	char *big = malloc(300001);
	memset(big, 'x', 300000);
	big[300000] = '\0';
	static const char bytes[] = "a\0b\xff";
	struct db_result result;
	ck_assert_err(db_exec(db, &sql_insert, DB_ARGS(db_int(INT64_MIN), db_text("d\xc3\xa9j\xc3\xa0 \xf0\x9f\x9b\xb6"), db_text(big), db_blob(bytes, 4), db_time(951782399)), &result), ERR_OK);
	ck_assert_uint_eq(result.affected, 1);
	ck_assert_uint_eq(result.insert_id, 1);
	ck_assert_err(db_exec(db, &sql_insert, DB_ARGS(db_null(), db_text(""), db_text("short"), db_blob("", 0), db_time(0)), NULL), ERR_OK);
	ck_assert_err(db_exec(db, &sql_insert, DB_ARGS(db_int(INT64_MAX), db_text(NULL), db_text(big), db_null(), db_time(-1)), NULL), ERR_OK);
	struct db_rows r;
	ck_assert_err(db_query(db, &sql_all, DB_NO_ARGS, arena, 10, &r), ERR_OK);
	ck_assert_uint_eq(r.n, 3);
	ck_assert_uint_eq(r.columns, 6);
	ck_assert_int_eq(db_cell(&r, 0, 1)->i, INT64_MIN);
	ck_assert_str_eq(db_cell(&r, 0, 2)->s, "d\xc3\xa9j\xc3\xa0 \xf0\x9f\x9b\xb6");
	ck_assert_uint_eq(db_cell(&r, 0, 3)->n, 300000);
	ck_assert_str_eq(db_cell(&r, 0, 3)->s, big);
	ck_assert_int_eq(db_cell(&r, 0, 4)->type, DB_BLOB);
	ck_assert_uint_eq(db_cell(&r, 0, 4)->n, 4);
	ck_assert_mem_eq(db_cell(&r, 0, 4)->s, bytes, 4);
	ck_assert_int_eq(db_cell(&r, 0, 5)->i, 951782399);
	ck_assert_int_eq(db_cell(&r, 1, 1)->type, DB_NULL);
	ck_assert_str_eq(db_cell(&r, 1, 2)->s, "");
	ck_assert_str_eq(db_cell(&r, 1, 3)->s, "short");
	ck_assert_int_eq(db_cell(&r, 1, 5)->type, DB_NULL);
	ck_assert_int_eq(db_cell(&r, 2, 1)->i, INT64_MAX);
	ck_assert_int_eq(db_cell(&r, 2, 2)->type, DB_NULL);
	ck_assert_str_eq(db_cell(&r, 2, 3)->s, big);
	ck_assert_int_eq(db_cell(&r, 2, 5)->i, -1);
	static const struct db_sql decimals = {"SELECT SUM(id), COALESCE(CAST(4 AS UNSIGNED), -1), 2.5 FROM t", true};
	ck_assert_err(db_query(db, &decimals, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	ck_assert_int_eq(db_cell(&r, 0, 0)->i, 6);
	ck_assert_int_eq(db_cell(&r, 0, 1)->i, 4);
	ck_assert_str_eq(db_cell(&r, 0, 2)->s, "2.5");
	free(big);
}
END_TEST

START_TEST(the_session_is_strict_utc_and_read_committed)
{
	ck_assert_int_eq(db_test_number(db, "SELECT @@session.time_zone = '+00:00' AND @@session.sql_mode LIKE '%STRICT_TRANS_TABLES%'"
	                                    " AND @@character_set_connection = 'utf8mb4'"), 1);
	ck_assert_int_eq(db_test_number(db, db_test_mariadb() ? "SELECT @@tx_isolation = 'READ-COMMITTED'" : "SELECT @@transaction_isolation = 'READ-COMMITTED'"), 1);
	static const struct db_sql too_long = {"INSERT INTO t (s) VALUES (REPEAT('x', 60))", false};
	ck_assert_err(db_exec(db, &too_long, DB_NO_ARGS, NULL), ERR_DB);
	ck_assert_uint_eq(db_error_number(db), 1406);
	ck_assert_ptr_nonnull(strstr(db_error_text(db), "'s'"));
}
END_TEST

START_TEST(a_statement_has_its_time)
{
	struct conf limited = conf;
	limited.database.statement_timeout_ms = 100;
	struct db *short_time = db_test_open(&limited);
	static const struct db_sql slow = {"SELECT COUNT(*) FROM " DB_TEST_THOUSAND("a") ", " DB_TEST_THOUSAND("b") ", " DB_TEST_THOUSAND("c") ", " DB_TEST_THOUSAND("d"), true};
	struct db_rows r;
	ck_assert_err(db_query(short_time, &slow, DB_NO_ARGS, arena, 1, &r), ERR_TIMEOUT);
	ck_assert_err(db_query(short_time, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	db_free(short_time);
}
END_TEST

static const struct {
	const char *sql;
	enum err err;
} failures[] = {
	{"INSERT INTO t (s) VALUES ('twice'), ('twice')", ERR_EXISTS},
	{"INSERT INTO child VALUES (2, 99)", ERR_CONFLICT},
	{"DELETE FROM t WHERE id = 1000", ERR_CONFLICT},
	{"SELECT nothing FROM nowhere", ERR_DB},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1213", ERR_DB_RETRY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1205", ERR_DB_RETRY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1969", ERR_TIMEOUT},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 3024", ERR_TIMEOUT},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1290", ERR_DB_READ_ONLY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1792", ERR_DB_READ_ONLY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1836", ERR_DB_READ_ONLY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1040", ERR_DB_AWAY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1053", ERR_DB_AWAY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1161", ERR_DB_AWAY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1927", ERR_DB_AWAY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 3032", ERR_DB_AWAY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 3169", ERR_DB_AWAY},
	{"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 4031", ERR_DB_AWAY},
};

START_TEST(errors_have_their_class)
{
	db_test_run(db, "CREATE TABLE child (id INT PRIMARY KEY, t_id INT NOT NULL, FOREIGN KEY (t_id) REFERENCES t (id)) ENGINE=InnoDB;\n"
	                "INSERT INTO t (id, s) VALUES (1000, 'parent');\nINSERT INTO child VALUES (1, 1000)");
	ck_assert_err(db_run_script(db, failures[_i].sql), failures[_i].err);
	ck_assert_str_ne(db_error_text(db), "");
	ck_assert_err(db_ping(db), ERR_OK);
}
END_TEST

START_TEST(more_rows_than_asked_for_are_an_error)
{
	db_test_run(db, "INSERT INTO t (n) SELECT n FROM " DB_TEST_THOUSAND("k") " WHERE n <= 60 ORDER BY n");
	struct db_rows r;
	ck_assert_err(db_query(db, &sql_all, DB_NO_ARGS, arena, 59, &r), ERR_TOO_LARGE);
	ck_assert_err(db_query(db, &sql_all, DB_NO_ARGS, arena, 60, &r), ERR_OK);
	ck_assert_uint_eq(r.n, 60);
	for (size_t i = 0; i < r.n; i++)
		ck_assert_int_eq(db_cell(&r, i, 1)->i, (int64_t)i + 1);
	struct arena *small = arena_new(4096);
	ck_assert_err(db_query(db, &sql_all, DB_NO_ARGS, small, 60, &r), ERR_NOMEM);
	arena_free(small);
	ck_assert_err(db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_OK);
}
END_TEST

static bool count_to_five(void *ctx, const struct db_value *row, size_t columns)
{
	int *n = ctx;
	ck_assert_uint_eq(columns, 6);
	ck_assert_int_eq(row[1].i, *n + 1);
	return ++*n < 5;
}

START_TEST(each_stops_when_told_and_leaves_the_connection_usable)
{
	db_test_run(db, "INSERT INTO t (n) SELECT k.n FROM " DB_TEST_THOUSAND("k") ", " DB_TEST_THOUSAND("f") " WHERE f.n <= 5 ORDER BY f.n, k.n");
	int n = 0;
	int64_t before = connection_id(db);
	ck_assert_err(db_each(db, &sql_all, DB_NO_ARGS, count_to_five, &n), ERR_OK);
	ck_assert_int_eq(n, 5);
	ck_assert_int_eq(connection_id(db), before);
}
END_TEST

START_TEST(a_statement_is_prepared_once_per_connection)
{
	struct db_rows r;
	db_test_number(db, "SELECT 2");
	ck_assert_err(db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	int64_t before = db_test_number(db, "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'");
	for (int i = 0; i < 5; i++)
		ck_assert_err(db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	ck_assert_int_eq(db_test_number(db, "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'"), before);
	uint64_t us;
	unsigned queries;
	db_take_stats(db, &us, &queries);
	ck_assert_err(db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	db_take_stats(db, &us, &queries);
	ck_assert_uint_eq(queries, 1);
	db_take_stats(db, &us, &queries);
	ck_assert_uint_eq(queries, 0);
}
END_TEST

START_TEST(the_socket_is_not_inherited)
{
	ck_assert_err(db_ping(db), ERR_OK);
	int open = 0;
	for (int fd = 3; fd < 64; fd++) {
		char path[64], target[256];
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		ssize_t n = readlink(path, target, sizeof target - 1);
		if (n < 0 || strncmp(target, "socket:", 7) != 0)
			continue;
		open++;
		ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	}
	ck_assert_int_ge(open, 1);
}
END_TEST

START_TEST(a_wrong_number_of_arguments_is_refused)
{
	ck_assert_err(db_exec(db, &sql_insert, DB_ARGS(db_int(1)), NULL), ERR_DB);
}
END_TEST

struct steps {
	int runs;
	enum err (*step)(struct db *db, int run);
};

static enum err run_steps(struct db *which, void *ctx)
{
	struct steps *s = ctx;
	return s->step(which, ++s->runs);
}

static enum err add_row(struct db *which)
{
	return db_exec(which, &sql_insert, DB_ARGS(db_int(7), db_null(), db_null(), db_null(), db_null()), NULL);
}

static enum err step_good(struct db *which, int run)
{
	(void)run;
	return add_row(which);
}

static enum err step_refuses(struct db *which, int run)
{
	(void)run;
	enum err e = add_row(which);
	return e == ERR_OK ? ERR_LIMITED : e;
}

static enum err step_twice(struct db *which, int run)
{
	enum err e = add_row(which);
	return e == ERR_OK && run < 3 ? ERR_DB_RETRY : e;
}

static enum err step_always_again(struct db *which, int run)
{
	(void)run;
	enum err e = add_row(which);
	return e == ERR_OK ? ERR_DB_RETRY : e;
}

static enum err step_nested(struct db *which, int run)
{
	(void)run;
	struct steps inner = {.step = step_good};
	return db_transaction(which, run_steps, &inner);
}

static const struct {
	enum err (*step)(struct db *db, int run);
	enum err err;
	int runs, rows;
} transactions[] = {
	{step_good, ERR_OK, 1, 1},
	{step_refuses, ERR_LIMITED, 1, 0},
	{step_twice, ERR_OK, 3, 1},
	{step_always_again, ERR_DB_RETRY, 4, 0},
	{step_nested, ERR_DB, 1, 0},
};

START_TEST(a_transaction_is_all_or_nothing)
{
	struct steps s = {.step = transactions[_i].step};
	ck_assert_err(db_transaction(db, run_steps, &s), transactions[_i].err);
	ck_assert_int_eq(s.runs, transactions[_i].runs);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM t"), transactions[_i].rows);
	if (db_test_mariadb())
		ck_assert_int_eq(db_test_number(db, "SELECT @@in_transaction"), 0);
}
END_TEST

/* Two that take the same two rows in opposite order, each with its first when the other has its own. */
struct crossing {
	int number;
	pthread_barrier_t *both;
	int runs;
};

static enum err cross(struct db *which, void *ctx)
{
	static const struct db_sql up = {"UPDATE t SET n = n + 1 WHERE id = ?", false};
	struct crossing *c = ctx;
	enum err e = db_exec(which, &up, DB_ARGS(db_int(1 + c->number)), NULL);
	if (c->runs++ == 0)
		pthread_barrier_wait(c->both);
	return e == ERR_OK ? db_exec(which, &up, DB_ARGS(db_int(2 - c->number)), NULL) : e;
}

static struct crossing crossings[2];

static void thread_crosses(int number, void *ctx)
{
	struct db *own = db_test_open(&conf);
	crossings[number] = (struct crossing){.number = number, .both = ctx};
	ck_assert_err(db_transaction(own, cross, &crossings[number]), ERR_OK);
	db_free(own);
}

START_TEST(a_deadlock_is_run_again_by_whom_it_broke)
{
	pthread_barrier_t both;
	db_test_run(db, "INSERT INTO t (id, n) VALUES (1, 0), (2, 0)");
	ck_assert_int_eq(pthread_barrier_init(&both, NULL, 2), 0);
	db_test_threads(2, thread_crosses, &both);
	pthread_barrier_destroy(&both);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM t WHERE id IN (1, 2) AND n = 2"), 2);
	ck_assert_int_ge(crossings[0].runs + crossings[1].runs, 3);
}
END_TEST

START_TEST(scripts_are_cut_at_line_ends)
{
	ck_assert_err(db_run_script(db, "-- a comment; with a semicolon\nINSERT INTO t (s) VALUES ('a;b');  \n\n-- another\nINSERT INTO t (s) VALUES ('c')\n;\n-- the end\n"), ERR_OK);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM t WHERE s IN ('a;b', 'c')"), 2);
	ck_assert_err(db_run_script(db, ""), ERR_OK);
	ck_assert_err(db_run_script(db, "INSERT INTO t (s) VALUES ('d');\nNONSENSE;\nINSERT INTO t (s) VALUES ('e');"), ERR_DB);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM t WHERE s IN ('d', 'e')"), 1);
}
END_TEST

static void kill_connection(int64_t id)
{
	char sql[64];
	snprintf(sql, sizeof sql, "KILL CONNECTION %lld", (long long)id);
	db_test_admin(sql);
}

START_TEST(a_read_on_a_dead_connection_is_tried_again_once)
{
	int64_t id = connection_id(db);
	kill_connection(id);
	struct db_rows r;
	ck_assert_err(db_query(db, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_OK);
	ck_assert_int_ne(connection_id(db), id);
}
END_TEST

START_TEST(a_write_sees_an_idle_connection_that_was_hung_up)
{
	int64_t id = connection_id(db);
	kill_connection(id);
	/* The server has hung up when the process list no longer shows the connection. */
	struct db *other = db_test_open(&conf);
	char sql[128];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %lld", (long long)id);
	while (db_test_number(other, sql) != 0)
		continue;
	db_free(other);
	struct steps s = {.step = step_good};
	ck_assert_err(db_transaction(db, run_steps, &s), ERR_OK);
	ck_assert_int_eq(s.runs, 1);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM t"), 1);
}
END_TEST

static int64_t doomed;

static enum err step_dies(struct db *which, int run)
{
	(void)run;
	enum err e = add_row(which);
	if (e != ERR_OK)
		return e;
	kill_connection(doomed);
	struct db_rows r;
	ck_assert_err(db_query(which, &sql_one, DB_NO_ARGS, arena, 1, &r), ERR_DB_AWAY);
	/* A careless body: what follows must not reach the server outside the transaction. */
	ck_assert_err(add_row(which), ERR_DB_AWAY);
	return ERR_OK;
}

START_TEST(a_transaction_does_not_go_on_after_its_connection)
{
	doomed = connection_id(db);
	struct steps s = {.step = step_dies};
	ck_assert_err(db_transaction(db, run_steps, &s), ERR_DB_AWAY);
	ck_assert_int_eq(s.runs, 1);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM t"), 0);
}
END_TEST

Suite *suite_db(void)
{
	Suite *s = suite_create("db");
	TCase *t = tcase_create("connection");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, values_come_back_as_they_went);
	tcase_add_test(t, the_session_is_strict_utc_and_read_committed);
	tcase_add_test(t, a_statement_has_its_time);
	tcase_add_loop_test(t, errors_have_their_class, 0, sizeof failures / sizeof failures[0]);
	tcase_add_test(t, more_rows_than_asked_for_are_an_error);
	tcase_add_test(t, each_stops_when_told_and_leaves_the_connection_usable);
	tcase_add_test(t, a_statement_is_prepared_once_per_connection);
	tcase_add_test(t, the_socket_is_not_inherited);
	tcase_add_test(t, a_wrong_number_of_arguments_is_refused);
	tcase_add_loop_test(t, a_transaction_is_all_or_nothing, 0, sizeof transactions / sizeof transactions[0]);
	tcase_add_test(t, a_deadlock_is_run_again_by_whom_it_broke);
	tcase_add_test(t, scripts_are_cut_at_line_ends);
	tcase_add_test(t, a_read_on_a_dead_connection_is_tried_again_once);
	tcase_add_test(t, a_write_sees_an_idle_connection_that_was_hung_up);
	tcase_add_test(t, a_transaction_does_not_go_on_after_its_connection);
	suite_add_tcase(s, t);
	return s;
}
