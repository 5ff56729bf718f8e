#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/migrate.h"
#include "db_test.h"

Suite *suite_migrate(void);

#define LISTING_CALLED(slug) \
	"INSERT INTO listing (category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor, currency, contact_name, contact_email," \
	" content_hash, created_at, updated_at, search_text) VALUES (1, 1, 1, 1, 'T', '" slug "', '', '', 1, 'CAD', 'N', 'n@outport.example', REPEAT('x', 32), UTC_TIMESTAMP(), UTC_TIMESTAMP(), '')"

static struct conf conf;
static struct db *db;
static char dir[64];

static void put(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static void take_away(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	ck_assert_int_eq(unlink(path), 0);
}

static void set_up(void)
{
	db_test_admin("DROP DATABASE IF EXISTS op_migrate;\nCREATE DATABASE op_migrate CHARACTER SET utf8mb4");
	db_test_conf(&conf, "op_migrate");
	db = db_test_open(&conf);
	snprintf(dir, sizeof dir, "/tmp/outport-migrate.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	put("0001_one.sql", "CREATE TABLE IF NOT EXISTS one (id INT PRIMARY KEY);\nINSERT IGNORE INTO one VALUES (1);\n");
	put("0002_two.sql", "-- two\nCREATE TABLE IF NOT EXISTS two (id INT PRIMARY KEY AUTO_INCREMENT);\n");
	put("README", "no migration");
}

static void tear_down(void)
{
	char command[128];
	db_free(db);
	snprintf(command, sizeof command, "%s", dir);
	pid_t child = fork();
	if (child == 0) {
		execlp("rm", "rm", "-rf", command, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

struct noted {
	int calls;
	char last[64];
	bool applied;
};

static void note(void *ctx, const char *name, bool applied)
{
	struct noted *n = ctx;
	n->calls++;
	n->applied = applied;
	snprintf(n->last, sizeof n->last, "%s", name);
}

START_TEST(files_are_applied_once)
{
	struct migration_report r;
	struct noted n = {0};
	ck_assert_err(migrate_run(db, dir, true, note, &n, &r), ERR_OK);
	ck_assert_int_eq(r.pending, 2);
	ck_assert_int_eq(r.applied, 0);
	ck_assert_int_eq(n.calls, 2);
	ck_assert(!n.applied);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'op_migrate'"), 0);
	n = (struct noted){0};
	ck_assert_err(migrate_run(db, dir, false, note, &n, &r), ERR_OK);
	ck_assert_int_eq(r.applied, 2);
	ck_assert_int_eq(r.known, 2);
	ck_assert_str_eq(r.problem, "");
	ck_assert(n.applied);
	ck_assert_str_eq(n.last, "0002_two.sql");
	n = (struct noted){0};
	ck_assert_err(migrate_run(db, dir, false, note, &n, &r), ERR_OK);
	ck_assert_int_eq(r.applied, 0);
	ck_assert_int_eq(n.calls, 0);
	put("0003_three.sql", "INSERT IGNORE INTO one VALUES (3);\n");
	ck_assert_err(migrate_run(db, dir, false, note, &n, &r), ERR_OK);
	ck_assert_int_eq(r.applied, 1);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM one"), 2);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM schema_migration"), 3);
}
END_TEST

static void change_one(void)
{
	put("0001_one.sql", "CREATE TABLE IF NOT EXISTS one (id BIGINT PRIMARY KEY);\n");
}

static void lose_two(void)
{
	take_away("0002_two.sql");
}

static void twice_two(void)
{
	put("0002_too.sql", "SELECT 1;\n");
}

static void skip_three(void)
{
	put("0004_four.sql", "SELECT 1;\n");
}

static void lose_a_row(void)
{
	db_test_run(db, "DELETE FROM schema_migration WHERE version = 1");
}

static void lose_all(void)
{
	take_away("0001_one.sql");
	take_away("0002_two.sql");
}

static const struct {
	void (*spoil)(void);
	const char *says;
} spoilt[] = {
	{change_one, "0001_one.sql: was changed after it was applied"},
	{lose_two, "0002_two.sql: is in the database and not here: the schema is newer"},
	{twice_two, "0002_two.sql: the numbers"},
	{skip_three, "0004_four.sql: the numbers"},
	{lose_a_row, "0002_two.sql: one before it was never applied"},
	{lose_all, "no migrations here"},
};

START_TEST(what_does_not_fit_is_refused)
{
	struct migration_report r;
	ck_assert_err(migrate_run(db, dir, false, NULL, NULL, &r), ERR_OK);
	int64_t tables = db_test_number(db, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'op_migrate'");
	spoilt[_i].spoil();
	ck_assert_err(migrate_run(db, dir, false, NULL, NULL, &r), ERR_CONFLICT);
	ck_assert_msg(strstr(r.problem, spoilt[_i].says) != NULL, "%s", r.problem);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'op_migrate'"), tables);
}
END_TEST

START_TEST(a_file_that_fails_is_named_and_not_recorded)
{
	struct migration_report r;
	put("0003_bad.sql", "INSERT INTO one VALUES (5);\nNONSENSE;\n");
	ck_assert_err(migrate_run(db, dir, false, NULL, NULL, &r), ERR_DB);
	ck_assert_int_eq(r.applied, 2);
	ck_assert_msg(strncmp(r.problem, "0003_bad.sql: ", 14) == 0 && strstr(r.problem, "NONSENSE") != NULL, "%s", r.problem);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM schema_migration"), 2);
	ck_assert_int_eq(db_test_number(db, "SELECT IS_FREE_LOCK(CONCAT('outport.migrate.', LEFT(SHA2('op_migrate', 256), 32)))"), 1);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
	struct migration_report r;
	ck_assert_err(migrate_run(db, "/nonexistent/sql", false, NULL, NULL, &r), ERR_IO);
	ck_assert_ptr_nonnull(strstr(r.problem, "/nonexistent/sql"));
}
END_TEST

static int applied_by[8];

static void migrate_thread(int number, void *ctx)
{
	(void)ctx;
	struct db *own = NULL;
	struct migration_report r;
	enum err e = db_new(&conf, NULL, NULL, 0, &own);
	if (e == ERR_OK)
		e = migrate_run(own, db_test_sql_dir(), false, NULL, NULL, &r);
	if (e != ERR_OK)
		fprintf(stderr, "thread %d: %s: %s\n", number, err_text(e), own != NULL ? db_error_text(own) : "no memory");
	applied_by[number] = e == ERR_OK ? r.applied : -1000;
	db_free(own);
}

START_TEST(several_hosts_at_once_apply_every_file_once)
{
	db_test_threads(4, migrate_thread, NULL);
	int sum = 0;
	for (int i = 0; i < 4; i++)
		sum += applied_by[i];
	struct migration_report r;
	ck_assert_err(migrate_run(db, db_test_sql_dir(), true, NULL, NULL, &r), ERR_OK);
	ck_assert_int_eq(sum, r.known);
	ck_assert_int_eq(r.pending, 0);
}
END_TEST

static atomic_bool finished;

static void migrate_or_watch(int number, void *ctx)
{
	struct db *watcher = ctx;
	if (number == 0) {
		migrate_thread(0, NULL);
		atomic_store(&finished, true);
		return;
	}
	/* It asks for the lock, and asks again, and has done nothing meanwhile. */
	const char *asking = db_test_mariadb() ? "SELECT COALESCE(MAX(query_id), 0) FROM information_schema.processlist WHERE info LIKE 'SELECT GET_LOCK%'"
	                                       : "SELECT COALESCE(MAX(statement_id), 0) FROM performance_schema.events_statements_current WHERE sql_text LIKE 'SELECT GET_LOCK%'";
	int64_t first = 0, again = 0;
	while (first == 0 && !atomic_load(&finished))
		first = db_test_number(watcher, asking);
	while (again <= first && !atomic_load(&finished))
		again = db_test_number(watcher, asking);
	applied_by[1] = (int)db_test_number(watcher, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'op_migrate'");
	applied_by[2] = atomic_load(&finished);
	db_test_number(watcher, "SELECT RELEASE_LOCK(CONCAT('outport.migrate.', LEFT(SHA2('op_migrate', 256), 32)))");
}

START_TEST(a_host_waits_while_another_migrates)
{
	ck_assert_int_eq(db_test_number(db, "SELECT GET_LOCK(CONCAT('outport.migrate.', LEFT(SHA2('op_migrate', 256), 32)), 0)"), 1);
	db_test_threads(2, migrate_or_watch, db);
	ck_assert_int_eq(applied_by[2], 0);
	ck_assert_int_eq(applied_by[1], 0);
	ck_assert_int_ge(applied_by[0], 3);
}
END_TEST

/* A child migrates and is killed while its last statement runs; the next run finishes the work. */
START_TEST(a_run_that_was_killed_is_taken_up_again)
{
	put("0003_slow.sql", "INSERT IGNORE INTO one VALUES (7);\nCREATE TABLE IF NOT EXISTS started (id INT);\nSELECT SLEEP(1000);\nINSERT IGNORE INTO one VALUES (8);\n");
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct db *own = NULL;
		struct migration_report r;
		if (db_new(&conf, NULL, NULL, 0, &own) == ERR_OK && migrate_run(own, dir, false, NULL, NULL, &r) == ERR_OK)
			_exit(0);
		_exit(1);
	}
	while (db_test_number(db, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'op_migrate' AND table_name = 'started'") == 0)
		ck_assert_int_eq(waitpid(child, NULL, WNOHANG), 0);
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM schema_migration"), 2);
	put("0003_slow.sql", "INSERT IGNORE INTO one VALUES (7);\nCREATE TABLE IF NOT EXISTS started (id INT);\nSELECT 1 FROM one LIMIT 0;\nINSERT IGNORE INTO one VALUES (8);\n");
	struct migration_report r;
	ck_assert_err(migrate_run(db, dir, false, NULL, NULL, &r), ERR_OK);
	ck_assert_int_eq(r.applied, 1);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM one"), 3);
}
END_TEST

START_TEST(every_statement_of_every_file_may_run_twice)
{
	struct migration_report r;
	ck_assert_err(migrate_run(db, db_test_sql_dir(), false, NULL, NULL, &r), ERR_OK);
	db_test_run(db, "DELETE FROM schema_migration");
	ck_assert_err(migrate_run(db, db_test_sql_dir(), false, NULL, NULL, &r), ERR_OK);
	ck_assert_int_eq(r.applied, r.known);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM site_key"), 5);
}
END_TEST

/* From before there was a page at that address. */
START_TEST(a_listing_called_photos_moves_aside)
{
	struct migration_report r;
	ck_assert_err(migrate_run(db, db_test_sql_dir(), false, NULL, NULL, &r), ERR_OK);
	db_test_run(db, "SET foreign_key_checks = 0");
	for (int i = 0; i < 2; i++)
		db_test_run(db, i == 0 ? LISTING_CALLED("photos") : LISTING_CALLED("photos-of-dories"));
	db_test_run(db, "DELETE FROM schema_migration WHERE version >= 11");
	ck_assert_err(migrate_run(db, db_test_sql_dir(), false, NULL, NULL, &r), ERR_OK);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM listing WHERE slug = 'photos-listing'"), 1);
	ck_assert_int_eq(db_test_number(db, "SELECT COUNT(*) FROM listing WHERE slug = 'photos-of-dories'"), 1);
}
END_TEST

Suite *suite_migrate(void)
{
	Suite *s = suite_create("migrate");
	TCase *t = tcase_create("migrate");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, files_are_applied_once);
	tcase_add_loop_test(t, what_does_not_fit_is_refused, 0, sizeof spoilt / sizeof spoilt[0]);
	tcase_add_test(t, a_file_that_fails_is_named_and_not_recorded);
	tcase_add_test(t, a_missing_folder_is_named);
	tcase_add_test(t, several_hosts_at_once_apply_every_file_once);
	tcase_add_test(t, a_host_waits_while_another_migrates);
	tcase_add_test(t, a_run_that_was_killed_is_taken_up_again);
	tcase_add_test(t, every_statement_of_every_file_may_run_twice);
	tcase_add_test(t, a_listing_called_photos_moves_aside);
	suite_add_tcase(s, t);
	return s;
}
