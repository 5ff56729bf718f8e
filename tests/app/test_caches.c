/* The database is played by site_db_key() below, which waits until every thread asks it at once. */
#include "app/caches.h"

#include <pthread.h>
#include <string.h>

#include "db/site_db.h"
#include "suites_app.h"

enum { THREADS = 3 };

static struct {
	pthread_barrier_t meeting;
	bool meet;
	enum err answer;
	int asked;
} database;

enum err site_db_key(struct db *db, struct arena *a, const char *name, uint8_t out[static SITE_KEY_BYTES])
{
	(void)db;
	(void)a;
	if (database.meet)
		pthread_barrier_wait(&database.meeting);
	else
		database.asked++;
	memset(out, name[0], SITE_KEY_BYTES);
	return database.answer;
}

static void *ask(void *keys)
{
	const uint8_t *key = NULL;
	enum err e = site_keys_get(keys, NULL, NULL, SITE_KEY_CURSOR, &key);
	return e == ERR_OK && key[0] == 'c' && key[SITE_KEY_BYTES - 1] == 'c' ? keys : NULL;
}

/* With the lock held during the question the threads would never meet, and the test would run into its limit of time. */
START_TEST(threads_do_not_queue_behind_a_slow_database)
{
	pthread_t threads[THREADS];
	struct site_keys *keys = site_keys_new();
	database.meet = true;
	ck_assert_int_eq(pthread_barrier_init(&database.meeting, NULL, THREADS), 0);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, keys), 0);
	for (int i = 0; i < THREADS; i++) {
		void *good = NULL;
		pthread_join(threads[i], &good);
		ck_assert_ptr_nonnull(good);
	}
	pthread_barrier_destroy(&database.meeting);
	site_keys_free(keys);
}
END_TEST

START_TEST(keys_are_asked_for_until_they_came_and_then_no_more)
{
	struct site_keys *keys = site_keys_new();
	const uint8_t *key = NULL;
	database.meet = false;
	database.asked = 0;
	database.answer = ERR_DB_AWAY;
	ck_assert_int_eq(site_keys_get(keys, NULL, NULL, SITE_KEY_FORM, &key), ERR_DB_AWAY);
	ck_assert_int_eq(database.asked, 1);
	database.answer = ERR_OK;
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(site_keys_get(keys, NULL, NULL, SITE_KEY_FORM, &key), ERR_OK);
		ck_assert_int_eq(key[0], 'f');
	}
	ck_assert_int_eq(database.asked, 1 + SITE_KEY_COUNT);
	site_keys_free(keys);
}
END_TEST

Suite *suite_caches(void)
{
	Suite *s = suite_create("caches");
	TCase *t = tcase_create("caches");
	tcase_set_timeout(t, 20);
	tcase_add_test(t, threads_do_not_queue_behind_a_slow_database);
	tcase_add_test(t, keys_are_asked_for_until_they_came_and_then_no_more);
	suite_add_tcase(s, t);
	return s;
}
