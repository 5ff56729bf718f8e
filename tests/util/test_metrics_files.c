/* What may lie in a pool's folder besides slots in good order. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/suites.h"
#include "metrics_fixture.h"
#include "suites_util.h"

static void slot_path(char *path, size_t size)
{
	DIR *d = opendir(metrics_dir);
	path[0] = '\0';
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (strncmp(e->d_name, "metrics-", 8) == 0)
			snprintf(path, size, "%s/%s", metrics_dir, e->d_name);
	closedir(d);
}

/* The folder died after the base was written and before the slot was removed: a copy put back looks like that. */
START_TEST(a_fold_cut_short_is_not_done_twice)
{
	char path[400], kept[400];
	metrics_live_and_die(5);
	slot_path(path, sizeof path);
	snprintf(kept, sizeof kept, "%s/kept", metrics_dir);
	ck_assert_int_eq(link(path, kept), 0);
	struct metrics *a = metrics_join();
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(rename(kept, path), 0);
	ck_assert_uint_eq(metrics_searches(a), 5);
	struct metrics *b = metrics_join();
	ck_assert_uint_eq(metrics_searches(a), 5);
	ck_assert_int_ne(access(path, F_OK), 0);
	metrics_close(b);
	metrics_close(a);
}
END_TEST

/* Writes n bytes of rubbish. */
static void write_rubbish(const char *name, size_t n)
{
	char path[400], bytes[4096];
	snprintf(path, sizeof path, "%s/%s", metrics_dir, name);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 131 + 7);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

static const struct {
	const char *name;
	size_t n;
} rubbish[] = {
	{"metrics-0000000000000001", 0},
	{"metrics-0000000000000001", 1},
	{"metrics-0000000000000001", 100},
	{"metrics-0000000000000001", 2071},
	{"metrics-0000000000000001", 2072},
	{"metrics-0000000000000001", 2073},
	{"metrics-0000000000000001", 4096},
	{"metrics-", 2072},
	{"metrics-with-a-name-much-longer-than-any-that-a-worker-would-give-to-its-own-slot-file", 2072},
	{"metrics.base", 0},
	{"metrics.base", 100},
	{"metrics.base", 2072},
	{"metrics.base.new", 2072},
	{"metrics.lock", 2072},
	{"unrelated", 2072},
};

START_TEST(rubbish_is_not_counted)
{
	struct metrics *first = metrics_join();
	metrics_add(first, METRIC_SEARCHES, 2);
	write_rubbish(rubbish[_i].name, rubbish[_i].n);
	ck_assert_uint_eq(metrics_searches(first), 2);
	struct metrics *second = metrics_join();
	metrics_add(second, METRIC_SEARCHES, 3);
	ck_assert_uint_eq(metrics_searches(first), 5);
	ck_assert_uint_eq(metrics_value(first, "outport_workers"), 2);
	ck_assert_int_eq(metrics_slots(), 2);
	metrics_close(second);
	ck_assert_uint_eq(metrics_searches(first), 5);
	metrics_close(first);
}
END_TEST

/* A slot that lost its end, as a full disk or an editor would leave it. */
START_TEST(a_slot_cut_short_is_not_counted)
{
	char path[400];
	metrics_live_and_die(5);
	slot_path(path, sizeof path);
	ck_assert_int_eq(truncate(path, 1000), 0);
	struct metrics *m = metrics_join();
	ck_assert_uint_eq(metrics_searches(m), 0);
	ck_assert_int_ne(access(path, F_OK), 0);
	metrics_close(m);
}
END_TEST

START_TEST(what_is_no_file_does_no_harm)
{
	char path[400];
	snprintf(path, sizeof path, "%s/metrics-pipe", metrics_dir);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(path, sizeof path, "%s/metrics-dir", metrics_dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/metrics-link", metrics_dir);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	metrics_live_and_die(5);
	struct metrics *m = metrics_join();
	ck_assert_uint_eq(metrics_searches(m), 5);
	metrics_close(m);
}
END_TEST

START_TEST(a_missing_folder_is_said)
{
	struct metrics *m = (struct metrics *)1;
	ck_assert_int_eq(metrics_open("/nonexistent/folder", &m), ERR_IO);
	ck_assert_ptr_null(m);
	ck_assert_int_eq(metrics_open("/etc/passwd", &m), ERR_IO);
	ck_assert_ptr_null(m);
}
END_TEST

/* No number is shown that would seem to fall. */
START_TEST(a_folder_that_goes_away_shows_no_numbers)
{
	struct metrics *m = metrics_join();
	struct buf b;
	metrics_add(m, METRIC_SEARCHES, 1);
	metrics_dir_remove();
	buf_init(&b, 1 << 16);
	metrics_write(m, &b);
	metrics_add(m, METRIC_SEARCHES, 1);
	ck_assert_str_eq(buf_str(&b), "# the pool's counters cannot be read now\n");
	buf_free(&b);
	metrics_close(m);
}
END_TEST

Suite *suite_metrics_files(void)
{
	Suite *s = suite_create("metrics files");
	TCase *t = tcase_create("files");
	tcase_add_checked_fixture(t, metrics_dir_make, metrics_dir_remove);
	tcase_add_test(t, a_fold_cut_short_is_not_done_twice);
	tcase_add_loop_test(t, rubbish_is_not_counted, 0, sizeof rubbish / sizeof *rubbish);
	tcase_add_test(t, a_slot_cut_short_is_not_counted);
	tcase_add_test(t, what_is_no_file_does_no_harm);
	tcase_add_test(t, a_missing_folder_is_said);
	tcase_add_test(t, a_folder_that_goes_away_shows_no_numbers);
	suite_add_tcase(s, t);
	return s;
}
