#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/listing_db.h"
#include "db/message_db.h"
#include "db/migrate.h"
#include "db/site_db.h"
#include "db_test.h"

Suite *suite_site(void);

static struct db_fixture fixture;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_site");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

START_TEST(keys_are_made_once)
{
	uint8_t form[SITE_KEY_BYTES], cursor[SITE_KEY_BYTES], again[SITE_KEY_BYTES];
	ck_assert_err(site_db_key(fixture.db, fixture.arena, "form", form), ERR_OK);
	ck_assert_err(site_db_key(fixture.db, fixture.arena, "cursor", cursor), ERR_OK);
	ck_assert_mem_ne(form, cursor, SITE_KEY_BYTES);
	/* The file that makes them may run again after it was cut short. */
	struct migration_report report;
	db_test_run(fixture.db, "DELETE FROM schema_migration");
	ck_assert_err(migrate_run(fixture.db, db_test_sql_dir(), false, NULL, NULL, &report), ERR_OK);
	ck_assert_err(site_db_key(fixture.db, fixture.arena, "form", again), ERR_OK);
	ck_assert_mem_eq(form, again, SITE_KEY_BYTES);
	ck_assert_err(site_db_key(fixture.db, fixture.arena, "none", again), ERR_NOT_FOUND);
}
END_TEST

START_TEST(the_schema_s_number_is_told)
{
	int64_t schema;
	ck_assert_err(site_db_ready(fixture.db, fixture.arena, &schema), ERR_OK);
	ck_assert_int_eq(schema, db_test_number(fixture.db, "SELECT COUNT(*) FROM schema_migration"));
	ck_assert_int_ge(schema, 3);
}
END_TEST

START_TEST(a_window_takes_its_limit_and_the_next_begins_anew)
{
	const int64_t now = 1700000000 - 1700000000 % 3600;
	for (int i = 0; i < 5; i++)
		ck_assert_err(rate_db_count(fixture.db, "submit:192.0.2.1", now + i, 3600, 5), ERR_OK);
	ck_assert_err(rate_db_count(fixture.db, "submit:192.0.2.1", now + 3599, 3600, 5), ERR_LIMITED);
	ck_assert_err(rate_db_count(fixture.db, "submit:192.0.2.2", now, 3600, 5), ERR_OK);
	ck_assert_err(rate_db_count(fixture.db, "contact:192.0.2.1", now, 3600, 5), ERR_OK);
	ck_assert_err(rate_db_count(fixture.db, "submit:192.0.2.1", now + 3600, 3600, 5), ERR_OK);
	ck_assert_err(rate_db_count(fixture.db, "none:at-all", now, 3600, 0), ERR_LIMITED);
}
END_TEST

START_TEST(old_windows_are_forgotten_on_the_way)
{
	for (int i = 0; i < 40; i++) {
		char key[32];
		snprintf(key, sizeof key, "submit:192.0.2.%d", i);
		ck_assert_err(rate_db_count(fixture.db, key, 1000, 100, 5), ERR_OK);
	}
	for (int i = 0; i < 5; i++) {
		char key[32];
		snprintf(key, sizeof key, "submit:192.0.2.%d", i);
		ck_assert_err(rate_db_count(fixture.db, key, 100000, 100, 5), ERR_OK);
	}
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM rate_count"), 5);
}
END_TEST

enum { THREADS = 8, TRIES = 25, LIMIT = 60 };
static atomic_int outcome[ERR_COUNT];

static void thread_counts(int number, void *ctx)
{
	(void)number;
	(void)ctx;
	struct db *own = NULL;
	if (db_new(&fixture.conf, NULL, NULL, -1, &own) != ERR_OK)
		return;
	for (int i = 0; i < TRIES; i++)
		atomic_fetch_add(&outcome[rate_db_count(own, "submit:192.0.2.9", 1700000000, 3600, LIMIT)], 1);
	db_free(own);
}

START_TEST(a_limit_is_exact_for_the_whole_pool)
{
	db_test_threads(THREADS, thread_counts, NULL);
	ck_assert_int_eq(outcome[ERR_OK], LIMIT);
	ck_assert_int_eq(outcome[ERR_LIMITED], THREADS * TRIES - LIMIT);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT attempts FROM rate_count"), THREADS * TRIES);
}
END_TEST

static const struct {
	const char *address, *key;
} addresses[] = {
	{"192.0.2.7", "submit:192.0.2.7"},
	{"::ffff:192.0.2.7", "submit:192.0.2.7"},
	{"2001:db8:1:2:3:4:5:6", "submit:2001:db8:1:2::"},
	{"2001:DB8:1:2::1", "submit:2001:db8:1:2::"},
	{"2001:db8:1:3::1", "submit:2001:db8:1:3::"},
	{"::1", "submit:::"},
	{"", "submit:?"},
	{"unix:", "submit:?"},
	{"192.0.2.7; DROP TABLE listing", "submit:?"},
};

START_TEST(addresses_are_counted_by_household)
{
	char key[96];
	rate_key("submit", addresses[_i].address, key);
	ck_assert_str_eq(key, addresses[_i].key);
}
END_TEST

static struct message sample(void)
{
	return (struct message){.kind = MESSAGE_SITE, .name = "Anna", .email = "anna@example.org", .body = "Is it open on Sundays?", .lang = "en"};
}

START_TEST(a_message_is_kept_with_its_outbox_row)
{
	struct message m = sample(), got;
	ck_assert_err(message_db_add(fixture.db, fixture.arena, &m, "{\"mail\":1}"), ERR_OK);
	ck_assert_err(message_db_get(fixture.db, fixture.arena, m.id, &got), ERR_OK);
	ck_assert_str_eq(got.body, m.body);
	ck_assert_str_eq(got.lang, "en");
	ck_assert_int_eq(got.created_at, m.created_at);
	ck_assert_int_eq(got.read_at, 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND payload = '{\"mail\":1}'"), 1);
	ck_assert_err(message_db_mark_read(fixture.db, m.id), ERR_OK);
	ck_assert_err(message_db_get(fixture.db, fixture.arena, m.id, &got), ERR_OK);
	ck_assert_int_ne(got.read_at, 0);
	ck_assert_err(message_db_remove(fixture.db, m.id), ERR_OK);
	ck_assert_err(message_db_remove(fixture.db, m.id), ERR_NOT_FOUND);
	ck_assert_err(message_db_mark_read(fixture.db, m.id), ERR_NOT_FOUND);
	ck_assert_err(message_db_get(fixture.db, fixture.arena, m.id, &got), ERR_NOT_FOUND);
}
END_TEST

static void as_it_is(struct message *m)
{
	(void)m;
}

static void from_capitals(struct message *m)
{
	m->email = "ANNA@example.org";
}

static void from_another(struct message *m)
{
	m->email = "bert@example.org";
}

static void other_words(struct message *m)
{
	m->body = "Is it open on Mondays?";
}

static void a_day_ago(struct message *m)
{
	m->created_at = 1600000000;
}

static const struct {
	void (*first)(struct message *), (*second)(struct message *);
	enum err err;
} repeats[] = {
	{as_it_is, as_it_is, ERR_EXISTS}, {as_it_is, from_capitals, ERR_EXISTS}, {as_it_is, from_another, ERR_OK},
	{as_it_is, other_words, ERR_OK}, {a_day_ago, as_it_is, ERR_OK},
};

START_TEST(the_same_message_is_refused_for_a_day)
{
	struct message a = sample(), b = sample();
	repeats[_i].first(&a);
	repeats[_i].second(&b);
	ck_assert_err(message_db_add(fixture.db, fixture.arena, &a, NULL), ERR_OK);
	ck_assert_err(message_db_add(fixture.db, fixture.arena, &b, NULL), repeats[_i].err);
}
END_TEST

static void thread_sends(int number, void *ctx)
{
	(void)number;
	(void)ctx;
	struct db *own = NULL;
	struct arena *a = arena_new(1024 * 1024);
	struct message m = sample();
	enum err e = db_new(&fixture.conf, NULL, NULL, -1, &own);
	if (e == ERR_OK)
		e = message_db_add(own, a, &m, NULL);
	atomic_fetch_add(&outcome[e], 1);
	db_free(own);
	arena_free(a);
}

START_TEST(of_equal_messages_at_once_one_is_taken)
{
	db_test_threads(THREADS, thread_sends, NULL);
	ck_assert_int_eq(outcome[ERR_OK], 1);
	ck_assert_int_eq(outcome[ERR_EXISTS], THREADS - 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM message"), 1);
}
END_TEST

START_TEST(messages_are_listed_newest_first)
{
	db_fixture_catalog(&fixture, 1, 1);
	struct listing *l = db_fixture_listings(&fixture, 0, 1);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, l, 1, NULL), ERR_OK);
	char body[32];
	int64_t ids[9];
	for (int i = 0; i < 9; i++) {
		struct message m = sample();
		snprintf(body, sizeof body, "number %d", i);
		m.body = body;
		m.kind = (enum message_kind)(i % 3);
		m.listing_id = m.kind == MESSAGE_SITE ? 0 : l->id;
		ck_assert_err(message_db_add(fixture.db, fixture.arena, &m, NULL), ERR_OK);
		ids[i] = m.id;
	}
	struct message *list;
	size_t n;
	ck_assert_err(message_db_list(fixture.db, fixture.arena, -1, 0, 5, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(list[0].id, ids[8]);
	ck_assert_err(message_db_list(fixture.db, fixture.arena, -1, list[4].id, 5, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(list[3].id, ids[0]);
	ck_assert_err(message_db_list(fixture.db, fixture.arena, MESSAGE_REPORT, 0, 5, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(list[0].listing_id, l->id);
	ck_assert_str_eq(list[2].body, "number 2");
}
END_TEST

Suite *suite_site(void)
{
	Suite *s = suite_create("site");
	TCase *t = tcase_create("site");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, keys_are_made_once);
	tcase_add_test(t, the_schema_s_number_is_told);
	tcase_add_test(t, a_window_takes_its_limit_and_the_next_begins_anew);
	tcase_add_test(t, old_windows_are_forgotten_on_the_way);
	tcase_add_test(t, a_limit_is_exact_for_the_whole_pool);
	tcase_add_test(t, a_message_is_kept_with_its_outbox_row);
	tcase_add_loop_test(t, the_same_message_is_refused_for_a_day, 0, sizeof repeats / sizeof repeats[0]);
	tcase_add_test(t, of_equal_messages_at_once_one_is_taken);
	tcase_add_test(t, messages_are_listed_newest_first);
	suite_add_tcase(s, t);
	TCase *k = tcase_create("rate_key");
	tcase_add_loop_test(k, addresses_are_counted_by_household, 0, sizeof addresses / sizeof addresses[0]);
	suite_add_tcase(s, k);
	return s;
}
