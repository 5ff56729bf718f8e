#include "db_test.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/catalog_db.h"
#include "db/migrate.h"
#include "db/moderation_db.h"

static const char *need(const char *name)
{
	const char *v = getenv(name);
	ck_assert_msg(v != NULL, "%s is not set: run the suites through tests/support/with-mariadb", name);
	return v;
}

const char *db_test_sql_dir(void)
{
	static char dir[1024];
	const char *top = getenv("top_srcdir");
	snprintf(dir, sizeof dir, "%s/sql", top == NULL ? "." : top);
	return dir;
}

void db_test_conf(struct conf *c, const char *database)
{
	conf_defaults(c);
	snprintf(c->database.socket, sizeof c->database.socket, "%s", need("OUTPORT_TEST_SOCKET"));
	snprintf(c->database.user, sizeof c->database.user, "root");
	snprintf(c->database.name, sizeof c->database.name, "%s", database);
	c->database.host[0] = '\0';
	c->database.statement_timeout_ms = 0;
}

struct db *db_test_open(const struct conf *c)
{
	struct db *db = NULL;
	ck_assert_err(db_new(c, NULL, NULL, -1, &db), ERR_OK);
	return db;
}

bool db_test_mariadb(void)
{
	static int is = -1;
	if (is < 0) {
		struct conf c;
		db_test_conf(&c, "");
		struct db *db = db_test_open(&c);
		is = db_test_number(db, "SELECT VERSION() LIKE '%MariaDB%'") == 1;
		db_free(db);
	}
	return is == 1;
}

enum err db_test_new(const struct conf *c, const char *password, struct db **out)
{
	enum err e = db_new(c, NULL, NULL, -1, out);
	return e == ERR_OK ? db_set_password(*out, password) : e;
}

void db_test_run(struct db *db, const char *sql)
{
	enum err e = db_run_script(db, sql);
	ck_assert_msg(e == ERR_OK, "%s: %s", sql, db_error_text(db));
}

void db_test_admin(const char *sql)
{
	struct conf c;
	db_test_conf(&c, "");
	struct db *db = db_test_open(&c);
	db_test_run(db, sql);
	db_free(db);
}

static bool keep_number(void *ctx, const struct db_value *row, size_t columns)
{
	ck_assert_uint_ge(columns, 1);
	if (row[columns - 1].type == DB_INT)
		*(int64_t *)ctx = row[columns - 1].i;
	else if (row[columns - 1].s != NULL)
		*(int64_t *)ctx = strtoll(row[columns - 1].s, NULL, 10);
	return true;
}

/* A connection knows a statement by its address, so a text keeps the one it got first. */
static const struct db_sql *declared(const char *sql)
{
	static struct db_sql known[256];
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].sql == NULL)
			known[i].sql = sql;
		if (strcmp(known[i].sql, sql) == 0)
			return &known[i];
	}
	ck_abort_msg("more statements than the table holds");
}

int64_t db_test_number(struct db *db, const char *sql)
{
	int64_t n = -1;
	enum err e = db_each(db, declared(sql), DB_NO_ARGS, keep_number, &n);
	ck_assert_msg(e == ERR_OK, "%s: %s", sql, db_error_text(db));
	return n;
}

/* Making the tables takes longer than most tests: a schema that is there already is emptied. */
static bool empty_schema(struct db_fixture *f)
{
	static const char empty[] =
		"DELETE FROM photo;\nDELETE FROM photo_object;\nDELETE FROM address_seen;\nDELETE FROM flag;\nDELETE FROM moderation_entry;\nDELETE FROM ban;\nDELETE FROM content_rule;\nDELETE FROM conversation;\nDELETE FROM search_miss;\n"
		"DELETE FROM listing_view;\nDELETE FROM token;\nDELETE FROM registration;\nDELETE FROM member;\n"
		"DELETE FROM listing_facet;\nDELETE FROM message;\nDELETE FROM listing;\nDELETE FROM import_batch;\nDELETE FROM outbox;\nDELETE FROM rate_count;\n"
		"DELETE FROM resource;\nDELETE FROM category WHERE parent_id IS NOT NULL;\nDELETE FROM category;\nDELETE FROM place WHERE parent_id IS NOT NULL;\n"
		"DELETE FROM place";
	if (db_ping(f->db) != ERR_OK)
		return false;
	db_test_run(f->db, empty);
	return true;
}

void db_fixture_make(struct db_fixture *f, const char *database)
{
	*f = (struct db_fixture){.arena = arena_new(256 * 1024 * 1024)};
	ck_assert_ptr_nonnull(f->arena);
	db_test_conf(&f->conf, database);
	f->db = db_test_open(&f->conf);
	if (!empty_schema(f)) {
		char sql[128];
		snprintf(sql, sizeof sql, "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", database);
		db_test_admin(sql);
	}
	struct migration_report report;
	enum err e = migrate_run(f->db, db_test_sql_dir(), false, NULL, NULL, &report);
	ck_assert_msg(e == ERR_OK, "%s", report.problem);
}

void db_fixture_catalog(struct db_fixture *f, int tops, int regions)
{
	for (int i = 0; i < tops * 5; i++) {
		static int64_t top;
		struct category c = {.parent_id = i % 5 == 0 ? 0 : top, .colour = i / 5 % 12 + 1, .position = i};
		snprintf(c.slug, sizeof c.slug, i % 5 == 0 ? "top-%d" : "category-%d", i);
		snprintf(c.name[0], sizeof c.name[0], i % 5 == 0 ? "Boats %d" : "Dories %d", i);
		snprintf(c.name[1], sizeof c.name[1], i % 5 == 0 ? "Bateaux %d" : "Doris %d", i);
		ck_assert_err(category_db_add(f->db, &c), ERR_OK);
		if (i % 5 == 0)
			top = c.id;
	}
	for (int i = 0; i < regions * 6; i++) {
		static int64_t region;
		struct place p = {.parent_id = i % 6 == 0 ? 0 : region};
		snprintf(p.slug, sizeof p.slug, i % 6 == 0 ? "region-%d" : "place-%d", i);
		snprintf(p.name[0], sizeof p.name[0], i % 6 == 0 ? "Avalon %d" : "Bonavista %d", i);
		snprintf(p.name[1], sizeof p.name[1], "%s", p.name[0]);
		ck_assert_err(place_db_add(f->db, &p), ERR_OK);
		if (i % 6 == 0)
			region = p.id;
	}
	ck_assert_err(catalog_db_load(f->db, &f->catalog), ERR_OK);
}

static const char *const adjectives[] = {"old", "new", "blue", "sturdy", "wooden", "small", "rusty", "fine", "strong", "yellow", "warm"};
static const char *const things[] = {"dory", "skiff", "quad", "cod trap", "lobster pot", "wool sweater", "wood stove", "snowshoes", "kayak", "guitar", "table saw", "crib", "hat"};

struct listing *db_fixture_listings(struct db_fixture *f, int first, size_t n)
{
	enum { TEXT = 600 };
	struct listing *list = arena_array(f->arena, n, sizeof *list);
	ck_assert_ptr_nonnull(list);
	for (size_t i = 0; i < n; i++) {
		size_t k = (size_t)first + i;
		char *title = arena_alloc(f->arena, 128), *text = arena_alloc(f->arena, TEXT), *email = arena_alloc(f->arena, 64);
		ck_assert(title != NULL && text != NULL && email != NULL);
		const char *thing = things[k * 7 % 13], *adjective = adjectives[k * 5 % 11];
		snprintf(title, 128, "%s %s number %zu", adjective, thing, k);
		snprintf(text, TEXT, "A %s %s that served three generations in the bay. It was kept in the shed every winter, painted each spring and never once let us down. "
		         "Comes with spare parts, %s rope and the manual. Can be seen on weekends; the kettle is always on. Reference %zu.", adjective, thing, adjectives[k % 11], k);
		snprintf(email, 64, "seller%zu@example.org", k % 500);
		list[i] = (struct listing){
			.state = LISTING_PUBLISHED, .title = title, .description = text, .contact_name = "Somebody", .contact_email = email, .currency = "CAD", .stock = 1,
			.category_id = f->catalog->categories[k * 31 % f->catalog->category_count].id,
			.place_id = f->catalog->places[k * 17 % f->catalog->place_count].id,
			.price_minor = (int64_t)(k * k % 97) * 500,
			.published_at = 1700000000 + (int64_t)(k / 3),
		};
	}
	return list;
}

enum err db_fixture_decide(const struct db_fixture *f, struct db *db, struct arena *a, int64_t id, enum decision_kind kind, const char *reason, int64_t now)
{
	struct decision d = {.kind = kind, .listing_id = id, .words = reason, .reason = reason, .now = now};
	return moderation_db_decide(db, a, f->catalog, &d);
}

void db_fixture_end(struct db_fixture *f)
{
	catalog_free(f->catalog);
	db_free(f->db);
	arena_free(f->arena);
}

static pid_t server_pid(void)
{
	FILE *in = fopen(need("OUTPORT_TEST_PID"), "re");
	ck_assert_ptr_nonnull(in);
	char line[32] = "";
	ck_assert_ptr_nonnull(fgets(line, sizeof line, in));
	fclose(in);
	return (pid_t)strtol(line, NULL, 10);
}

void db_test_server_kill(int signal)
{
	pid_t pid = server_pid();
	ck_assert_int_eq(kill(pid, signal), 0);
	for (int i = 0; i < 2000 && kill(pid, 0) == 0; i++) {
		waitpid(pid, NULL, WNOHANG);
		nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
	}
	ck_assert_int_eq(kill(pid, 0), -1);
}

void db_test_server_start(void)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		setsid();
		execl(need("OUTPORT_TEST_START"), "start", (char *)NULL);
		_exit(127);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(status, 0);
}

struct thread_start {
	int number;
	void (*body)(int number, void *ctx);
	void *ctx;
	pthread_barrier_t *barrier;
};

static void *thread_main(void *arg)
{
	struct thread_start *s = arg;
	pthread_barrier_wait(s->barrier);
	s->body(s->number, s->ctx);
	return NULL;
}

void db_test_threads(int n, void (*body)(int number, void *ctx), void *ctx)
{
	enum { MOST = 32 };
	pthread_t threads[MOST];
	struct thread_start starts[MOST];
	pthread_barrier_t barrier;
	ck_assert_int_le(n, MOST);
	ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, (unsigned)n), 0);
	for (int i = 0; i < n; i++) {
		starts[i] = (struct thread_start){i, body, ctx, &barrier};
		ck_assert_int_eq(pthread_create(&threads[i], NULL, thread_main, &starts[i]), 0);
	}
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	pthread_barrier_destroy(&barrier);
}

void db_test_reads_reset(struct db *db)
{
	db_test_run(db, "FLUSH STATUS");
}

static bool add_up(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(int64_t *)ctx += strtoll(row[1].s, NULL, 10);
	return true;
}

int64_t db_test_reads(struct db *db)
{
	static const struct db_sql sql = {"SHOW SESSION STATUS LIKE 'Handler_read%'", false};
	int64_t n = 0;
	ck_assert_err(db_each(db, &sql, DB_NO_ARGS, add_up, &n), ERR_OK);
	return n;
}
