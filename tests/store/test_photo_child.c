#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seccomp.h>

#include "photo_samples.h"
#include "store/photo_decode_internal.h"
#include "store/photo_sandbox.h"
#include "suites_photo.h"

enum { LONG = 600, SHORT = 8 }; /* seconds */

/* What the next child does. */
enum mode { DECENT, CRASH, ABORT, FAIL, SILENT, HANG, STOP, SPIN, EAT, FLOOD, HALF, NO_SANDBOX, TELL, COUNT, WAIT, STARVE, NO_CODE, MODES };

static const struct {
	const char *name;
	enum photo_problem problem;
	int signal; /* that ended it, 0: none */
} faults[MODES] = {
	[CRASH] = {"crashes", PHOTO_TOO_HARD, SIGSEGV},
	[ABORT] = {"aborts", PHOTO_TOO_HARD, SIGABRT},
	[FAIL] = {"fails", PHOTO_TOO_HARD, 0},
	[SILENT] = {"says nothing", PHOTO_TOO_HARD, 0},
	[HANG] = {"hangs", PHOTO_TOO_HARD, SIGKILL},
	[STOP] = {"stops itself", PHOTO_TOO_HARD, SIGKILL},
	[SPIN] = {"spins", PHOTO_TOO_HARD, SIGKILL},
	[EAT] = {"eats memory", PHOTO_TOO_HARD, SIGABRT},
	[FLOOD] = {"says too much", PHOTO_TOO_HARD, SIGPIPE},
	[HALF] = {"ends in the middle of its reply", PHOTO_TOO_HARD, 0},
	[NO_SANDBOX] = {"has no sandbox", PHOTO_AWAY, 0},
};

/* Seen by the helper and its children, which are forks of the test. */
static struct shared {
	enum mode mode;
	int running, most;
	char told[4096];
	pid_t helper, child;
	cpu_set_t busy;
} *shared;
static struct photo_decoder *decoder;
/* Where variables of the test's environment are, and of its children's, forks as they are. */
static const char *in_memory[2];

/* What a child holds as it begins, in words. */
static void tell(void)
{
	char *at = shared->told, *end = shared->told + sizeof shared->told;
	DIR *d = opendir("/proc/self/fd");
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		char link[300], to[200] = "";
		if (e->d_name[0] == '.' || strtol(e->d_name, NULL, 10) == dirfd(d))
			continue;
		snprintf(link, sizeof link, "/proc/self/fd/%s", e->d_name);
		if (readlink(link, to, sizeof to - 1) <= 0)
			continue;
		if (strncmp(to, "pipe:", 5) == 0)
			to[4] = '\0';
		at += snprintf(at, (size_t)(end - at), "%s=%s ", e->d_name, to);
	}
	if (d != NULL)
		closedir(d);
	at += snprintf(at, (size_t)(end - at), "nice=%d ", getpriority(PRIO_PROCESS, 0));
	for (char **e = environ; e != NULL && *e != NULL; e++)
		at += snprintf(at, (size_t)(end - at), "%s ", *e);
	for (size_t i = 0; i < sizeof in_memory / sizeof *in_memory; i++)
		at += snprintf(at, (size_t)(end - at), "%s", in_memory[i] != NULL ? in_memory[i] : "");
}

static void eat(void)
{
	for (;;) {
		char *p = malloc(1 << 20);
		if (p == NULL)
			abort();
		memset(p, 1, 1 << 20);
	}
}

static void flood(void)
{
	static const char much[1 << 16];
	while (write(STDOUT_FILENO, much, sizeof much) > 0)
		;
}

static int counted(enum photo_type type, size_t length)
{
	int n = __atomic_add_fetch(&shared->running, 1, __ATOMIC_SEQ_CST);
	if (n > shared->most)
		shared->most = n;
	/* until two are seen, and long enough that a fourth would be */
	for (int i = 0; i < 1000 && __atomic_load_n(&shared->most, __ATOMIC_SEQ_CST) < 2; i++)
		usleep(10000);
	usleep(200000);
	__atomic_sub_fetch(&shared->running, 1, __ATOMIC_SEQ_CST);
	return photo_decode_child(type, length);
}

/* On the one processor that the test keeps busy, behind it. */
static void get_in_line(void)
{
	if (sched_setaffinity(0, sizeof shared->busy, &shared->busy) != 0 || sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){.sched_priority = 0}) != 0)
		abort();
}

/* Where nothing can be made executable at all: as on a system that forbids it. */
static int without_code(enum photo_type type, size_t length)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	if (f == NULL || seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) != 0 || seccomp_load(f) != 0)
		abort();
	seccomp_release(f);
	return photo_decode_child(type, length);
}

static int faulty(enum mode mode)
{
	volatile int *volatile nowhere = (volatile int *)8;
	struct photo_reply half = {.mark = PHOTO_REPLY_MARK, .width = 100, .height = 100, .files = 2, .bytes = {1000, 1000}};
	if (mode == STARVE)
		get_in_line();
	if (photo_sandbox_enter(64 << 20, 1) != ERR_OK)
		return CHILD_NO_SANDBOX;
	switch (mode) {
	case CRASH: signal(SIGSEGV, SIG_DFL); *nowhere = 1; break;
	case ABORT: abort();
	case FAIL: return 1;
	case HANG: for (;;) poll(NULL, 0, 1000); break;
	case SPIN: case STARVE: while (__atomic_load_n(&shared->mode, __ATOMIC_SEQ_CST) != MODES) ; break;
	case EAT: eat(); break;
	case FLOOD: flood(); break;
	case HALF: return write(STDOUT_FILENO, &half, sizeof half - 10) < 0;
	default: break;
	}
	return CHILD_REPLIED;
}

static int test_child(enum photo_type type, size_t length)
{
	enum mode mode = length == 0 ? DECENT : shared->mode;
	shared->helper = getppid();
	shared->child = getpid();
	switch (mode) {
	case DECENT: return photo_decode_child(type, length);
	case TELL: tell(); return photo_decode_child(type, length);
	case COUNT: return counted(type, length);
	case NO_CODE: return without_code(type, length);
	case WAIT: for (;;) pause();
	case STOP: raise(SIGSTOP); return CHILD_REPLIED;
	case NO_SANDBOX: return CHILD_NO_SANDBOX;
	default: return faulty(mode);
	}
}

static void start(unsigned at_once, unsigned wall_seconds, int nice)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	struct photo_decoder_set_up set_up = {.at_once = at_once, .wall_seconds = wall_seconds, .nice = nice, .child = test_child};
	ck_assert_int_eq(photo_decoder_start_as(&set_up, &decoder), ERR_OK);
}

static enum photo_problem with(enum mode mode, struct photo_decoded *out)
{
	shared->mode = mode;
	return decode_sample(decoder, "large.jpg", out);
}

/* One bad child takes one photo. */
START_TEST(child_fault)
{
	struct photo_decoded p;
	if (faults[_i].name == NULL || (PHOTO_SANITIZED && (_i == EAT || _i == CRASH)))
		return;
	start(1, _i == HANG || _i == STOP ? SHORT : LONG, 0);
	enum photo_problem problem = with((enum mode)_i, &p);
	ck_assert_msg(problem == faults[_i].problem, "a child that %s: %d", faults[_i].name, (int)problem);
	int ended_by = WIFSIGNALED(p.child_status) ? WTERMSIG(p.child_status) : 0;
	ck_assert_msg(ended_by == faults[_i].signal, "a child that %s: status %x", faults[_i].name, p.child_status);
	ck_assert_uint_eq(p.n, 0);
	ck_assert_ptr_null(p.memory);
	ck_assert_int_eq(decode_sample(decoder, "animated.gif", &p), PHOTO_NOT_KNOWN);
	shared->mode = DECENT;
	/* away: it had no processor for half of its short time */
	problem = PHOTO_AWAY;
	for (int i = 0; i < 10 && problem == PHOTO_AWAY; i++)
		problem = decode_sample(decoder, "plain.jpg", &p);
	ck_assert_int_eq(problem, PHOTO_GOOD);
	photo_decoded_free(&p);
	photo_decoder_stop(decoder);
}
END_TEST

/* One that hardly ran is no photo's fault: send it again. */
START_TEST(child_starved)
{
	struct photo_decoded p;
	cpu_set_t all;
	size_t first = 0;
	start(1, SHORT, PHOTO_CHILD_NICE);
	ck_assert_int_eq(sched_getaffinity(0, sizeof all, &all), 0);
	while (!CPU_ISSET(first, &all))
		first++;
	CPU_ZERO(&shared->busy);
	CPU_SET(first, &shared->busy);
	pid_t busy = fork();
	if (busy == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && sched_setaffinity(0, sizeof shared->busy, &shared->busy) == 0)
			for (volatile int on = 1; on;)
				;
		_exit(1);
	}
	enum photo_problem problem = with(STARVE, &p);
	ck_assert_int_eq(kill(busy, SIGKILL), 0);
	ck_assert_int_eq(waitpid(busy, NULL, 0), busy);
	ck_assert(WIFSIGNALED(p.child_status) && WTERMSIG(p.child_status) == SIGKILL);
	ck_assert_int_eq(problem, PHOTO_AWAY);
	photo_decoder_stop(decoder);
}
END_TEST

/* libvips' fast way to shrink is not to be had: the photo is kept all the same. */
START_TEST(child_without_code)
{
	struct photo_decoded p;
	start(1, LONG, 0);
	ck_assert_int_eq(with(NO_CODE, &p), PHOTO_GOOD);
	photo_decoded_free(&p);
	photo_decoder_stop(decoder);
}
END_TEST

/* Its two pipes, and nothing that the program had. */
START_TEST(child_holds_nothing)
{
	struct photo_decoded p;
	ck_assert_int_eq(setenv("OUTPORT_SECRET", "not for a child", 1), 0);
	in_memory[0] = getenv("OUTPORT_SECRET");
	in_memory[1] = getenv("PATH"); /* as the kernel laid it down */
	ck_assert(in_memory[0] != NULL && in_memory[1] != NULL);
	int secret = open("/dev/zero", O_RDONLY);
	ck_assert_int_ge(secret, 0);
	start(1, LONG, PHOTO_CHILD_NICE);
	ck_assert_int_eq(with(TELL, &p), PHOTO_GOOD);
	photo_decoded_free(&p);
	if (!PHOTO_SANITIZED)
		ck_assert_str_eq(shared->told, "0=pipe 1=pipe 2=/dev/null nice=19 ");
	ck_assert_ptr_null(strstr(shared->told, "SECRET"));
	ck_assert_ptr_null(strstr(shared->told, "not for a child"));
	ck_assert_ptr_null(strstr(shared->told, in_memory[1]));
	ck_assert_ptr_null(strstr(shared->told, "zero"));
	photo_decoder_stop(decoder);
	close(secret);
}
END_TEST

static void *decode_in_thread(void *problem)
{
	struct photo_decoded p;
	*(enum photo_problem *)problem = decode_sample(decoder, "plain.jpg", &p);
	photo_decoded_free(&p);
	return NULL;
}

/* Eight threads, at most three children. */
START_TEST(child_at_once)
{
	pthread_t threads[8];
	enum photo_problem problems[8];
	start(3, LONG, 0);
	shared->mode = COUNT;
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, decode_in_thread, &problems[i]), 0);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(problems[i], PHOTO_GOOD);
	}
	ck_assert_int_ge(shared->most, 2);
	ck_assert_int_le(shared->most, 3);
	photo_decoder_stop(decoder);
}
END_TEST

static bool gone(pid_t pid)
{
	for (int i = 0; i < 6000; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (kill(pid, 0) != 0 && errno == ESRCH)
			return true;
		usleep(10000);
	}
	return false;
}

static void until_set(const pid_t *pid)
{
	for (int i = 0; i < 6000 && __atomic_load_n(pid, __ATOMIC_SEQ_CST) == 0; i++)
		usleep(10000);
	ck_assert_int_gt(*pid, 0);
}

/* A helper that is gone is said to be; what it forked goes with it. */
START_TEST(helper_killed)
{
	pthread_t thread;
	enum photo_problem problem;
	struct photo_decoded p;
	start(1, LONG, 0);
	shared->mode = WAIT;
	shared->child = 0;
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, decode_in_thread, &problem), 0);
	until_set(&shared->child);
	pid_t child = shared->child;
	ck_assert_int_eq(kill(shared->helper, SIGKILL), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(problem, PHOTO_AWAY);
	ck_assert(gone(child));
	ck_assert_int_eq(decode_sample(decoder, "plain.jpg", &p), PHOTO_AWAY);
	photo_decoder_stop(decoder);
}
END_TEST

/* Told to end with its service it sees the photo through. */
START_TEST(helper_told_to_end)
{
	struct photo_decoded p;
	start(1, LONG, 0);
	ck_assert_int_eq(kill(shared->helper, SIGTERM), 0);
	ck_assert_int_eq(kill(shared->helper, SIGINT), 0);
	ck_assert_int_eq(kill(shared->helper, SIGHUP), 0);
	ck_assert_int_eq(decode_sample(decoder, "plain.jpg", &p), PHOTO_GOOD);
	photo_decoded_free(&p);
	pid_t helper = shared->helper;
	photo_decoder_stop(decoder);
	ck_assert(gone(helper));
}
END_TEST

/* A program that is killed leaves neither its helper nor a child. */
START_TEST(program_killed)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct shared *seen = shared;
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid_t program = fork();
	if (program == 0) {
		struct photo_decoded p;
		struct photo_decoder_set_up set_up = {.at_once = 1, .wall_seconds = LONG, .child = test_child};
		if (photo_decoder_start_as(&set_up, &decoder) != ERR_OK)
			_exit(1);
		shared->child = 0;
		shared->mode = WAIT;
		decode_sample(decoder, "plain.jpg", &p);
		_exit(1);
	}
	while (__atomic_load_n(&seen->mode, __ATOMIC_SEQ_CST) != WAIT)
		usleep(10000);
	until_set(&seen->child);
	pid_t child = seen->child, helper = seen->helper;
	ck_assert_int_eq(kill(program, SIGKILL), 0);
	ck_assert(gone(child));
	ck_assert(gone(helper));
}
END_TEST

/* Whatever the program does about SIGPIPE: a child that is gone does not end it. */
START_TEST(child_gone_while_fed)
{
	struct photo_decoded p;
	uint8_t *much = calloc(1, PHOTO_BYTES_MAX);
	start(1, LONG, 0);
	signal(SIGPIPE, SIG_DFL);
	shared->mode = FAIL;
	ck_assert_int_eq(decode_bytes_as(decoder, much, PHOTO_BYTES_MAX, PHOTO_JPEG, &p), PHOTO_TOO_HARD);
	shared->mode = DECENT;
	ck_assert_int_eq(decode_bytes_as(decoder, much, PHOTO_BYTES_MAX, PHOTO_JPEG, &p), PHOTO_DAMAGED);
	photo_decoder_stop(decoder);
	free(much);
}
END_TEST

Suite *suite_photo_child(void)
{
	Suite *s = suite_create("photo_child");
	TCase *t = tcase_create("photo_child");
	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, child_fault, 0, MODES);
	tcase_add_test(t, child_starved);
	tcase_add_test(t, child_without_code);
	tcase_add_test(t, child_holds_nothing);
	tcase_add_test(t, child_at_once);
	tcase_add_test(t, helper_killed);
	tcase_add_test(t, helper_told_to_end);
	tcase_add_test(t, program_killed);
	tcase_add_test(t, child_gone_while_fed);
	suite_add_tcase(s, t);
	return s;
}
