/* db_test: the real server behind the suites (tests/support/with-mariadb), a schema and connections. */
#pragma once

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "model/catalog.h"
#include "model/listing.h"
#include "model/moderation.h"

/* The socket's server, user root; the database's name as the second argument of db_test_conf. */
void db_test_conf(struct conf *c, const char *database);
/* A connection of its own; freed by db_free. conf lives as long as it. */
struct db *db_test_open(const struct conf *c);
/* Else it is MySQL. */
bool db_test_mariadb(void);
/* A derived table of the numbers 1 to 1000 as n. */
#define DB_TEST_TEN "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
#define DB_TEST_THOUSAND(alias) "(SELECT 100 * h.d + 10 * t.d + o.d + 1 AS n FROM " DB_TEST_TEN " h, " DB_TEST_TEN " t, " DB_TEST_TEN " o) " alias
/* The same with a password. */
enum err db_test_new(const struct conf *c, const char *password, struct db **out);

/* One schema of the suite, migrated from sql/; empty after every call. */
struct db_fixture {
	struct conf conf;
	struct db *db;
	struct arena *arena;
	struct catalog *catalog;
};
void db_fixture_make(struct db_fixture *f, const char *database);
/* Adds top categories of 4 children each and regions of 5 communities each, and loads f->catalog. */
void db_fixture_catalog(struct db_fixture *f, int tops, int regions);
/* n believable listings from number first on, in the arena: state published, a second apart in threes, prices from a few round ones. */
struct listing *db_fixture_listings(struct db_fixture *f, int first, size_t n);
/* As a moderator decides, by a connection and an arena that need not be the fixture's. */
enum err db_fixture_decide(const struct db_fixture *f, struct db *db, struct arena *a, int64_t id, enum decision_kind kind, const char *reason, int64_t now);
void db_fixture_end(struct db_fixture *f);

/* CREATE or DROP DATABASE and everything else that needs no database. */
void db_test_admin(const char *sql);
/* One number, by a statement without arguments. */
int64_t db_test_number(struct db *db, const char *sql);
void db_test_run(struct db *db, const char *sql);
/* The folder of the migrations. */
const char *db_test_sql_dir(void);
/* Stops the server with a signal, waits until it is gone. */
void db_test_server_kill(int signal);
void db_test_server_start(void);

/* Runs one function in n threads at once and joins them. Each gets its number. */
void db_test_threads(int n, void (*body)(int number, void *ctx), void *ctx);

/* The rows the session's statements have read since db_test_reads_reset: the sum of Handler_read_%. */
void db_test_reads_reset(struct db *db);
int64_t db_test_reads(struct db *db);

#define ck_assert_err(call, expected) ck_assert_int_eq((int)(call), (int)(expected))
