/* The pool's numbers, minute by minute: what is counted since the last one, over restarts of whoever counts and whoever reads. */
#include <fcntl.h>
#include <unistd.h>

#include "../support/suites.h"
#include "../util/metrics_fixture.h"
#include "jobs/minutes.h"

enum { NOON = 1769860800 };

static struct minutes *open_minutes(void)
{
	struct minutes *m;
	size_t lost;
	ck_assert_int_eq(minutes_open(metrics_dir, &m, &lost), ERR_OK);
	ck_assert_uint_eq(lost, 0);
	return m;
}

static struct metrics_sum sum_now(void)
{
	struct metrics *watcher;
	struct metrics_sum sum;
	ck_assert_int_eq(metrics_watch(metrics_dir, &watcher), ERR_OK);
	ck_assert_int_eq(metrics_read(watcher, &sum), ERR_OK);
	metrics_close(watcher);
	return sum;
}

/* A runner that lives for one minute: searches in it; -1: no minute came of it. */
static int64_t one_minute(int64_t now)
{
	struct minutes *m = open_minutes();
	struct metrics_sum sum = sum_now();
	const struct monitor_minute *minute = minutes_add(m, &sum, now);
	int64_t searches = minute != NULL ? (int64_t)minute->metric[METRIC_SEARCHES] : -1;
	ck_assert(minute == NULL || minute->at == now);
	ck_assert_int_eq(minutes_save(m, false), ERR_OK);
	minutes_close(m);
	return searches;
}

static size_t kept(void)
{
	size_t n;
	struct minutes *m = open_minutes();
	minutes_all(m, &n);
	minutes_close(m);
	return n;
}

START_TEST(a_minute_is_what_was_counted_in_it)
{
	struct metrics *worker = metrics_join();
	metrics_add(worker, METRIC_SEARCHES, 5);
	ck_assert_int_eq(one_minute(NOON), -1);
	metrics_add(worker, METRIC_SEARCHES, 3);
	ck_assert_int_eq(one_minute(NOON + 60), 3);
	ck_assert_int_eq(one_minute(NOON + 120), 0);
	metrics_close(worker);
	ck_assert_uint_eq(kept(), 2);
}
END_TEST

START_TEST(workers_that_come_go_and_die_make_it_neither_less_nor_more)
{
	struct metrics *worker = metrics_join();
	ck_assert_int_eq(one_minute(NOON), -1);
	metrics_add(worker, METRIC_SEARCHES, 3);
	metrics_close(worker);
	ck_assert_int_eq(one_minute(NOON + 60), 3);
	metrics_live_and_die(4);
	ck_assert_int_eq(one_minute(NOON + 120), 4);
	worker = metrics_join();
	metrics_add(worker, METRIC_SEARCHES, 2);
	ck_assert_int_eq(one_minute(NOON + 180), 2);
	metrics_close(worker);
	ck_assert_int_eq(one_minute(NOON + 240), 0);
}
END_TEST

START_TEST(a_folder_that_was_emptied_and_a_long_gap_begin_anew)
{
	struct metrics_sum less = {.bucket = {7}}, more = {.bucket = {9}};
	struct minutes *m = open_minutes();
	ck_assert_ptr_null(minutes_add(m, &more, NOON));
	ck_assert_ptr_null(minutes_add(m, &less, NOON + 60));
	ck_assert_uint_eq(minutes_add(m, &more, NOON + 120)->bucket[0], 2);
	ck_assert_ptr_null(minutes_add(m, &more, NOON + 120 + 3601));
	ck_assert_ptr_null(minutes_add(m, &more, NOON));
	ck_assert_ptr_nonnull(minutes_add(m, &more, NOON + 60));
	minutes_close(m);
}
END_TEST

START_TEST(an_hour_is_kept_and_the_oldest_goes_first)
{
	const struct metrics_sum sum = {.workers = 1};
	struct minutes *m = open_minutes();
	size_t n;
	for (int i = 0; i < 100; i++)
		minutes_add(m, &sum, NOON + i * 60);
	ck_assert_int_eq(minutes_save(m, false), ERR_OK);
	minutes_close(m);
	m = open_minutes();
	const struct monitor_minute *all = minutes_all(m, &n);
	ck_assert_uint_eq(n, MONITOR_MINUTES_MAX);
	ck_assert_int_eq(all[0].at, NOON + 40 * 60);
	ck_assert_int_eq(all[n - 1].at, NOON + 99 * 60);
	minutes_close(m);
}
END_TEST

START_TEST(what_a_dead_runner_was_sending_is_not_sent_again)
{
	const struct metrics_sum sum = {.workers = 1};
	struct minutes *m = open_minutes();
	size_t lost, n;
	minutes_add(m, &sum, NOON);
	minutes_add(m, &sum, NOON + 60);
	ck_assert_int_eq(minutes_save(m, true), ERR_OK);
	minutes_close(m);
	ck_assert_int_eq(minutes_open(metrics_dir, &m, &lost), ERR_OK);
	ck_assert_uint_eq(lost, 1);
	minutes_all(m, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_ptr_nonnull(minutes_add(m, &sum, NOON + 120));
	minutes_close(m);
}
END_TEST

START_TEST(a_minute_is_one_runners)
{
	struct minutes *m = open_minutes(), *other;
	size_t lost;
	ck_assert_int_eq(minutes_open(metrics_dir, &other, &lost), ERR_CONFLICT);
	minutes_close(m);
	minutes_close(open_minutes());
	ck_assert_int_eq(minutes_open("/nowhere", &other, &lost), ERR_IO);
}
END_TEST

START_TEST(a_file_that_is_none_counts_as_none)
{
	char path[128];
	const struct metrics_sum sum = {.workers = 1};
	snprintf(path, sizeof path, "%s/cloudwatch.minutes", metrics_dir);
	struct minutes *m = open_minutes();
	minutes_add(m, &sum, NOON);
	ck_assert_int_eq(minutes_save(m, false), ERR_OK);
	minutes_close(m);
	ck_assert_int_eq(truncate(path, 1000), 0);
	m = open_minutes();
	ck_assert_ptr_null(minutes_add(m, &sum, NOON + 60));
	minutes_close(m);
}
END_TEST

START_TEST(a_host_without_a_pool_tells_nothing_of_one)
{
	const struct metrics_sum none = {.workers = 0}, dead = {.metric[METRIC_THREAD_US] = 1};
	struct minutes *m = open_minutes();
	minutes_add(m, &none, NOON);
	ck_assert_int_eq(minutes_add(m, &none, NOON + 60)->workers, -1);
	ck_assert_int_eq(minutes_add(m, &dead, NOON + 120)->workers, 0);
	minutes_close(m);
}
END_TEST

/* ---- In CloudWatch's terms ---- */

START_TEST(latency_is_a_list_of_bounds_and_how_many_took_so_long)
{
	const struct monitor_minute m = {.bucket = {[0] = 3, [6] = 2, [METRIC_BUCKETS - 1] = 1}};
	double values[METRIC_BUCKETS], counts[METRIC_BUCKETS];
	static const double bounds[] = {1, 100, MONITOR_SLOW_MS}, times[] = {3, 2, 1};
	ck_assert_uint_eq(monitor_latency(&m, values, counts), 3);
	for (int i = 0; i < 3; i++) {
		ck_assert_double_eq(values[i], bounds[i]);
		ck_assert_double_eq(counts[i], times[i]);
	}
	ck_assert_uint_eq(monitor_latency(&(struct monitor_minute){.at = 0}, values, counts), 0);
}
END_TEST

START_TEST(busy_is_the_part_of_the_threads_time_in_which_they_did_not_wait)
{
	static const struct {
		uint64_t there, idle;
		double busy;
	} cases[] = {{0, 0, -1}, {240000000, 240000000, 0}, {240000000, 60000000, 75}, {240000000, 0, 100}, {240000000, 250000000, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct monitor_minute m = {.metric = {[METRIC_THREAD_US] = cases[i].there, [METRIC_IDLE_US] = cases[i].idle}};
		ck_assert_double_eq(monitor_busy(&m), cases[i].busy);
	}
}
END_TEST

static Suite *suite_minutes(void)
{
	Suite *s = suite_create("minutes");
	TCase *t = tcase_create("minutes");
	tcase_add_checked_fixture(t, metrics_dir_make, metrics_dir_remove);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_minute_is_what_was_counted_in_it);
	tcase_add_test(t, workers_that_come_go_and_die_make_it_neither_less_nor_more);
	tcase_add_test(t, a_folder_that_was_emptied_and_a_long_gap_begin_anew);
	tcase_add_test(t, an_hour_is_kept_and_the_oldest_goes_first);
	tcase_add_test(t, what_a_dead_runner_was_sending_is_not_sent_again);
	tcase_add_test(t, a_minute_is_one_runners);
	tcase_add_test(t, a_file_that_is_none_counts_as_none);
	tcase_add_test(t, a_host_without_a_pool_tells_nothing_of_one);
	tcase_add_test(t, latency_is_a_list_of_bounds_and_how_many_took_so_long);
	tcase_add_test(t, busy_is_the_part_of_the_threads_time_in_which_they_did_not_wait);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suites_run((suite_maker[]){suite_minutes, NULL});
}
