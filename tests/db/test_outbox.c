#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "db/job_db.h"
#include "db/outbox_db.h"
#include "db/site_db.h"
#include "db_test.h"

Suite *suite_outbox(void);

static struct db_fixture fixture;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_outbox");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

static int64_t add(void)
{
	ck_assert_err(outbox_db_add(fixture.db, "mail", 7, "{\"secret\":1}"), ERR_OK);
	return db_test_number(fixture.db, "SELECT MAX(id) FROM outbox");
}

static struct outbox_row get(int64_t id)
{
	struct outbox_row row;
	ck_assert_err(outbox_db_get(fixture.db, fixture.arena, id, &row), ERR_OK);
	return row;
}

START_TEST(a_row_is_claimed_done_and_wiped)
{
	int64_t id = add(), *ids;
	size_t n;
	struct outbox_row row;
	ck_assert_err(outbox_db_due(fixture.db, fixture.arena, "mail", 10, &ids, &n), ERR_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(ids[0], id);
	ck_assert_err(outbox_db_due(fixture.db, fixture.arena, "mai", 10, &ids, &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_assert_err(outbox_db_due_other(fixture.db, fixture.arena, "photos,mail", 10, &ids, &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_assert_err(outbox_db_due_other(fixture.db, fixture.arena, "photos,mails", 10, &ids, &n), ERR_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(ids[0], id);
	ck_assert_err(outbox_db_claim(fixture.db, fixture.arena, id, "a", 300, &row), ERR_OK);
	ck_assert_str_eq(row.payload, "{\"secret\":1}");
	ck_assert_int_eq(row.attempts, 1);
	ck_assert_err(outbox_db_claim(fixture.db, fixture.arena, id, "b", 300, &row), ERR_CONFLICT);
	ck_assert_err(outbox_db_due(fixture.db, fixture.arena, "mail", 10, &ids, &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_assert_err(outbox_db_done(fixture.db, id, "b"), ERR_CONFLICT);
	ck_assert_err(outbox_db_done(fixture.db, id, "a"), ERR_OK);
	row = get(id);
	ck_assert_int_eq(row.state, OUTBOX_DONE);
	ck_assert_str_eq(row.payload, "");
	ck_assert_int_ne(row.done_at, 0);
	ck_assert_err(outbox_db_done(fixture.db, id, "a"), ERR_CONFLICT);
	ck_assert_err(outbox_db_retry(fixture.db, id), ERR_CONFLICT);
}
END_TEST

START_TEST(who_lost_the_row_cannot_end_it)
{
	int64_t id = add();
	struct outbox_row row;
	ck_assert_err(outbox_db_claim(fixture.db, fixture.arena, id, "a", 300, &row), ERR_OK);
	db_test_run(fixture.db, "UPDATE outbox SET claimed_until = UTC_TIMESTAMP() - INTERVAL 1 SECOND");
	ck_assert_err(outbox_db_claim(fixture.db, fixture.arena, id, "b", 300, &row), ERR_OK);
	ck_assert_int_eq(row.attempts, 2);
	ck_assert_err(outbox_db_later(fixture.db, id, "a", 60, "late"), ERR_CONFLICT);
	ck_assert_err(outbox_db_dead(fixture.db, id, "a", "late"), ERR_CONFLICT);
	ck_assert_err(outbox_db_later(fixture.db, id, "b", 60, "not now"), ERR_OK);
	row = get(id);
	ck_assert_str_eq(row.last_error, "not now");
	ck_assert_int_eq(row.claimed_until, 0);
	ck_assert_int_ge(row.due_at - row.created_at, 60);
	ck_assert_err(outbox_db_claim(fixture.db, fixture.arena, id, "c", 300, &row), ERR_CONFLICT); /* not due */
	ck_assert_err(outbox_db_retry(fixture.db, id), ERR_OK);
	ck_assert_err(outbox_db_claim(fixture.db, fixture.arena, id, "c", 300, &row), ERR_OK);
	ck_assert_err(outbox_db_dead(fixture.db, id, "c", "no such box"), ERR_OK);
	ck_assert_int_eq(get(id).state, OUTBOX_DEAD);
	struct outbox_counts counts;
	ck_assert_err(outbox_db_count(fixture.db, fixture.arena, &counts), ERR_OK);
	ck_assert_int_eq(counts.waiting, 0);
	ck_assert_int_eq(counts.dead, 1);
	ck_assert_int_eq(counts.oldest_seconds, 0);
	ck_assert_err(outbox_db_drop(fixture.db, id), ERR_OK);
	ck_assert_err(outbox_db_drop(fixture.db, id), ERR_NOT_FOUND);
	ck_assert_err(outbox_db_retry(fixture.db, id), ERR_NOT_FOUND);
}
END_TEST

enum { THREADS = 8, ROWS = 60 };
static atomic_int taken[ROWS + 1];
static int64_t first_id;

static void thread_takes(int number, void *ctx)
{
	(void)ctx;
	struct db *own = NULL;
	struct arena *a = arena_new(1024 * 1024);
	char name[16];
	snprintf(name, sizeof name, "runner %d", number);
	if (a != NULL && db_new(&fixture.conf, NULL, NULL, -1, &own) == ERR_OK)
		for (int i = 0; i < ROWS; i++) {
			struct outbox_row row;
			arena_reset(a);
			if (outbox_db_claim(own, a, first_id + i, name, 300, &row) == ERR_OK)
				atomic_fetch_add(&taken[i], 1);
		}
	db_free(own);
	arena_free(a);
}

START_TEST(of_many_runners_one_gets_a_row)
{
	for (int i = 0; i < ROWS; i++) {
		int64_t id = add();
		first_id = i == 0 ? id : first_id;
	}
	db_test_threads(THREADS, thread_takes, NULL);
	for (int i = 0; i < ROWS; i++)
		ck_assert_int_eq(taken[i], 1);
}
END_TEST

START_TEST(a_job_s_lock_is_one_connection_s)
{
	struct db *other = NULL;
	bool mine;
	ck_assert_err(db_new(&fixture.conf, NULL, NULL, -1, &other), ERR_OK);
	ck_assert_err(job_db_lock(fixture.db, fixture.arena, "cleanup", &mine), ERR_OK);
	ck_assert(mine);
	ck_assert_err(job_db_lock(other, fixture.arena, "cleanup", &mine), ERR_OK);
	ck_assert(!mine);
	ck_assert_err(job_db_lock(other, fixture.arena, "expiry", &mine), ERR_OK);
	ck_assert(mine);
	ck_assert_err(job_db_unlock(fixture.db, fixture.arena, "cleanup"), ERR_OK);
	ck_assert_err(job_db_lock(other, fixture.arena, "cleanup", &mine), ERR_OK);
	ck_assert(mine);
	db_free(other);
	time_t end = time(NULL) + 60;
	do // the server ends a connection's locks when it sees that the connection has gone
		ck_assert_err(job_db_lock(fixture.db, fixture.arena, "expiry", &mine), ERR_OK);
	while (!mine && time(NULL) < end);
	ck_assert(mine);
}
END_TEST

Suite *suite_outbox(void)
{
	Suite *s = suite_create("outbox");
	TCase *t = tcase_create("outbox");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_row_is_claimed_done_and_wiped);
	tcase_add_test(t, who_lost_the_row_cannot_end_it);
	tcase_add_test(t, of_many_runners_one_gets_a_row);
	tcase_add_test(t, a_job_s_lock_is_one_connection_s);
	suite_add_tcase(s, t);
	return s;
}
