/* A pool of real processes that count, die and fold. */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/suites.h"
#include "metrics_fixture.h"
#include "suites_util.h"

START_TEST(a_pool_is_summed_by_any_of_its_workers)
{
	struct metrics *a = metrics_join(), *b = metrics_join();
	metrics_add(a, METRIC_SEARCHES, 3);
	metrics_add(b, METRIC_SEARCHES, 4);
	ck_assert_uint_eq(metrics_searches(a), 7);
	ck_assert_uint_eq(metrics_searches(b), 7);
	ck_assert_uint_eq(metrics_value(a, "outport_workers"), 2);
	metrics_close(b);
	ck_assert_uint_eq(metrics_searches(a), 7);
	ck_assert_uint_eq(metrics_value(a, "outport_workers"), 1);
	ck_assert_int_eq(metrics_slots(), 1);
	metrics_close(a);
	ck_assert_int_eq(metrics_slots(), 0);
	struct metrics *c = metrics_join();
	ck_assert_uint_eq(metrics_searches(c), 7);
	metrics_close(c);
}
END_TEST

START_TEST(the_dead_are_counted_before_and_after_they_are_folded)
{
	struct metrics *watcher = metrics_join();
	metrics_live_and_die(5);
	ck_assert_uint_eq(metrics_searches(watcher), 5);
	ck_assert_uint_eq(metrics_value(watcher, "outport_workers"), 1);
	ck_assert_int_eq(metrics_slots(), 2);
	struct metrics *next = metrics_join();
	ck_assert_int_eq(metrics_slots(), 2);
	ck_assert_uint_eq(metrics_searches(watcher), 5);
	ck_assert_uint_eq(metrics_searches(next), 5);
	metrics_close(next);
	metrics_close(watcher);
}
END_TEST

START_TEST(who_only_watches_is_no_worker)
{
	struct metrics *worker = metrics_join(), *watcher;
	struct metrics_sum sum;
	ck_assert_int_eq(metrics_watch(metrics_dir, &watcher), ERR_OK);
	metrics_add(worker, METRIC_SEARCHES, 3);
	metrics_observe_request(worker, 503, 1500);
	metrics_observe_request(worker, 200, 3600000000);
	ck_assert_int_eq(metrics_read(watcher, &sum), ERR_OK);
	ck_assert_uint_eq(sum.workers, 1);
	ck_assert_uint_eq(sum.metric[METRIC_SEARCHES], 3);
	ck_assert_uint_eq(sum.metric[METRIC_REQUESTS_5XX], 1);
	ck_assert_uint_eq(sum.bucket[1], 1);
	ck_assert_uint_eq(metrics_bucket_ms(1), 2);
	ck_assert_uint_eq(sum.bucket[METRIC_BUCKETS - 1], 1);
	ck_assert_uint_eq(metrics_bucket_ms(METRIC_BUCKETS - 1), 0);
	ck_assert_int_eq(metrics_slots(), 1);
	metrics_close(watcher);
	ck_assert_int_eq(metrics_slots(), 1);
	metrics_close(worker);
	ck_assert_int_eq(metrics_watch(metrics_dir, &watcher), ERR_OK);
	ck_assert_int_eq(metrics_read(watcher, &sum), ERR_OK);
	ck_assert_uint_eq(sum.workers, 0);
	ck_assert_uint_eq(sum.metric[METRIC_SEARCHES], 3);
	metrics_close(watcher);
	ck_assert_int_eq(metrics_watch("/nowhere", &watcher), ERR_IO);
	ck_assert_ptr_null(watcher);
}
END_TEST

enum { WORKERS = 4, ROUNDS = 60 };

/* What the workers have done, as they know it themselves. */
struct board {
	_Atomic uint64_t done[WORKERS];
	_Atomic int stop;
};

static pid_t start_worker(struct board *board, int i)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	struct metrics *m;
	if (metrics_open(metrics_dir, &m) != ERR_OK)
		_exit(1);
	while (atomic_load(&board->stop) == 0) {
		metrics_add(m, METRIC_SEARCHES, 1);
		atomic_fetch_add(&board->done[i], 1);
	}
	metrics_close(m);
	_exit(0);
}

static uint64_t done(struct board *board)
{
	uint64_t sum = 0;
	for (int i = 0; i < WORKERS; i++)
		sum += atomic_load(&board->done[i]);
	return sum;
}

/* Workers are killed while they count and others take their place; a watcher's sum never falls, and is never less
 * than what was done before it was taken. */
START_TEST(counters_never_fall)
{
	struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct metrics *watcher = metrics_join();
	pid_t pid[WORKERS];
	uint64_t last = 0, killed = 0;
	for (int i = 0; i < WORKERS; i++)
		pid[i] = start_worker(board, i);
	for (int round = 0; round < ROUNDS; round++) {
		int victim = round % WORKERS;
		uint64_t before = done(board), sum = metrics_searches(watcher);
		ck_assert_uint_ge(sum, last);
		ck_assert_uint_ge(sum, before);
		last = sum;
		if (round % 3 == 0) {
			kill(pid[victim], SIGKILL);
			waitpid(pid[victim], NULL, 0);
			killed++;
			pid[victim] = start_worker(board, victim);
		}
	}
	atomic_store(&board->stop, 1);
	for (int i = 0; i < WORKERS; i++) {
		int status;
		waitpid(pid[i], &status, 0);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	/* A worker killed between the two additions had counted one that it did not note. */
	uint64_t sum = metrics_searches(watcher), known = done(board);
	ck_assert_uint_ge(sum, known);
	ck_assert_uint_le(sum, known + killed);
	metrics_close(watcher);
	munmap(board, sizeof *board);
}
END_TEST

enum { DEAD = 12, STARTING = 6, DEAD_SUM = DEAD * (DEAD + 1) / 2 };

/* Leaves the slots of DEAD killed workers, who had counted 1, 2, 3 … */
static void leave_dead_slots(void)
{
	int ready[2];
	pid_t pid[DEAD];
	char byte;
	int before = metrics_slots();
	ck_assert_int_eq(pipe(ready), 0);
	for (int i = 0; i < DEAD; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			struct metrics *m;
			if (metrics_open(metrics_dir, &m) != ERR_OK)
				_exit(1);
			metrics_add(m, METRIC_SEARCHES, (uint64_t)i + 1);
			if (write(ready[1], "r", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
	}
	/* All live until the last is there: none folds another. */
	for (int i = 0; i < DEAD; i++)
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	for (int i = 0; i < DEAD; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	close(ready[0]);
	close(ready[1]);
	ck_assert_int_eq(metrics_slots(), before + DEAD);
}

/* Waits at the gate, joins, tells its sum, leaves. */
static void start_at_gate(const int gate[2], const int result[2])
{
	struct metrics *m;
	char byte;
	close(gate[1]);
	if (read(gate[0], &byte, 1) != 0 || metrics_open(metrics_dir, &m) != ERR_OK)
		_exit(1);
	uint64_t sum = metrics_searches(m);
	if (write(result[1], &sum, sizeof sum) != sizeof sum)
		_exit(1);
	metrics_close(m);
	_exit(0);
}

START_TEST(processes_that_fold_at_once_fold_once)
{
	int gate[2], result[2];
	uint64_t sum;
	leave_dead_slots();
	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(pipe(result), 0);
	for (int i = 0; i < STARTING; i++)
		if (fork() == 0)
			start_at_gate(gate, result);
	close(gate[0]);
	close(gate[1]); /* opens it */
	close(result[1]);
	for (int i = 0; i < STARTING; i++) {
		ck_assert_int_eq(read(result[0], &sum, sizeof sum), sizeof sum);
		ck_assert_uint_eq(sum, DEAD_SUM);
	}
	close(result[0]);
	while (wait(NULL) > 0)
		;
	ck_assert_int_eq(metrics_slots(), 0);
	struct metrics *m = metrics_join();
	ck_assert_uint_eq(metrics_searches(m), DEAD_SUM);
	metrics_close(m);
}
END_TEST

/* Sums until the gate closes; its exit status is 1 when a sum fell. Tells when it is under way. */
static pid_t start_reader(const int gate[2], const int ready[2])
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	struct metrics *m = metrics_join();
	struct pollfd p = {.fd = gate[0], .events = POLLIN};
	uint64_t last = 0;
	close(gate[1]);
	if (write(ready[1], "r", 1) != 1)
		_exit(2);
	while (poll(&p, 1, 0) == 0) {
		uint64_t sum = metrics_searches(m);
		if (sum < last)
			_exit(1);
		last = sum;
	}
	_exit(0);
}

START_TEST(a_sum_taken_during_a_fold_is_whole)
{
	enum { FOLDS = 10 };
	int gate[2], ready[2], status;
	char byte;
	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(pipe(ready), 0);
	pid_t reader = start_reader(gate, ready);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	for (uint64_t i = 1; i <= FOLDS; i++) {
		leave_dead_slots();
		struct metrics *m = metrics_join();
		ck_assert_uint_eq(metrics_searches(m), i * DEAD_SUM);
		metrics_close(m);
	}
	close(gate[0]);
	close(gate[1]);
	waitpid(reader, &status, 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *suite_metrics_pool(void)
{
	Suite *s = suite_create("metrics pool");
	TCase *t = tcase_create("pool");
	tcase_add_checked_fixture(t, metrics_dir_make, metrics_dir_remove);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_pool_is_summed_by_any_of_its_workers);
	tcase_add_test(t, the_dead_are_counted_before_and_after_they_are_folded);
	tcase_add_test(t, who_only_watches_is_no_worker);
	tcase_add_test(t, counters_never_fall);
	tcase_add_test(t, processes_that_fold_at_once_fold_once);
	tcase_add_test(t, a_sum_taken_during_a_fold_is_whole);
	suite_add_tcase(s, t);
	return s;
}
