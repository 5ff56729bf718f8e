#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/photo_sandbox.h"
#include "suites_photo.h"

enum { MEMORY = 64 << 20 };

static pid_t parent;
static char victim[64]; /* in the parent and, at the same address, in the child */
static char path[64], made[80]; /* of this test alone: others may run beside it */

/* Each tries one thing. 0: it could; else errno. What the filter kills for does not return. */
static int answer(long result)
{
	return result < 0 ? errno : 0;
}

static int open_read(void) { return answer(open("/etc/passwd", O_RDONLY)); }
static int open_write(void) { return answer(open(path, O_WRONLY)); }
static int open_new(void) { return answer(open(made, O_WRONLY | O_CREAT, 0600)); }
static int open_self(void) { return answer(open("/proc/self/mem", O_RDWR)); }
static int open_temporary(void) { return answer(open("/tmp", O_TMPFILE | O_RDWR, 0600)); }
static int open_memory(void) { return answer(memfd_create("x", 0)); }
static int see_file(void) { struct stat s; return answer(stat("/etc/passwd", &s)); }
static int list_folder(void) { return answer(open("/", O_RDONLY | O_DIRECTORY)); }
static int remove_path(void) { return answer(unlink(path)); }
static int rename_path(void) { return answer(rename(path, made)); }
static int make_folder(void) { return answer(mkdir(made, 0700)); }
static int change_mode(void) { return answer(chmod(path, 0600)); }
static int make_link(void) { return answer(symlink(path, made)); }
static int truncate_path(void) { return answer(truncate(path, 1)); }
static int socket_net(void) { return answer(socket(AF_INET, SOCK_STREAM, 0)); }
static int socket_local(void) { return answer(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int socket_pair(void) { int fds[2]; return answer(socketpair(AF_UNIX, SOCK_STREAM, 0, fds)); }
static int make_pipe(void) { int fds[2]; return answer(pipe2(fds, 0)); }
static int execute(void) { return answer(execl("/bin/true", "true", (char *)NULL)); }
static int execute_fd(void) { return answer(syscall(SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0)); }
static int signal_parent(void) { return answer(kill(parent, 0)); }
static int signal_thread(void) { return answer(syscall(SYS_tgkill, parent, parent, 0)); }
static int trace_parent(void) { return answer(ptrace(PTRACE_SEIZE, parent, NULL, NULL)); }
static int parent_limits(void) { struct rlimit l; return answer(prlimit(parent, RLIMIT_NOFILE, NULL, &l)); }
static int new_namespace(void) { return answer(unshare(CLONE_NEWNS)); }
static int be_dumpable(void) { return answer(prctl(PR_SET_DUMPABLE, 1)); }
static int raise_limit(void) { struct rlimit l = {RLIM_INFINITY, RLIM_INFINITY}; return answer(setrlimit(RLIMIT_DATA, &l)); }
static int be_urgent(void) { return answer(setpriority(PRIO_PROCESS, 0, 1)); }
static int ask_ring(void) { struct io_uring_params p = {0}; return answer(syscall(SYS_io_uring_setup, 4, &p)); }

static int fork_one(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return answer(pid);
}

static int write_parent(void)
{
	struct iovec here = {"overwritten", 11}, there = {victim, 11};
	return answer(process_vm_writev(parent, &here, 1, &there, 1, 0));
}

static int map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}

static int make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? 0 : answer(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

/* In pieces, touched: what is resident counts. */
static int eat(size_t piece, int kind)
{
	for (size_t had = 0; had < (size_t)4 * MEMORY; had += piece) {
		void *p = mmap(NULL, piece, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return errno;
		memset(p, 1, piece);
	}
	return 0;
}

static int eat_pieces(void) { return eat(1 << 20, MAP_PRIVATE); }
static int eat_at_once(void) { return eat((size_t)4 * MEMORY, MAP_PRIVATE); }
static int eat_shared(void) { return eat(1 << 20, MAP_SHARED); }
static int eat_growing(void) { return eat(1 << 20, MAP_PRIVATE | MAP_GROWSDOWN); }

static int eat_heap(void)
{
	for (size_t had = 0; had < (size_t)4 * MEMORY; had += 1 << 16) {
		char *p = malloc(1 << 16);
		if (p == NULL)
			return errno;
		memset(p, 1, 1 << 16);
	}
	return 0;
}

static int spin(void)
{
	for (volatile uint64_t i = 0; clock() < (clock_t)4 * CLOCKS_PER_SEC; i++)
		;
	return 0;
}

#if defined(__x86_64__)
/* The call of another architecture, whose numbers the filter does not read: 20 is getpid of i386. */
static int other_calls(void)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "cc");
	return result < 0 ? (int)-result : 0;
}
#endif

static const struct {
	const char *name;
	int (*attempt)(void);
	bool free_works; /* without the sandbox it can be done, whoever runs the test and wherever */
} attempts[] = {
	{"open to read", open_read, true}, {"open to write", open_write, true}, {"open a new file", open_new, true}, {"open its own memory", open_self, true},
	{"open without a name", open_temporary, false}, {"open in memory", open_memory, true}, {"look at a file", see_file, true},
	{"look into a folder", list_folder, true},
	{"remove", remove_path, true}, {"rename", rename_path, true}, {"make a folder", make_folder, true}, {"change a mode", change_mode, true},
	{"make a link", make_link, true}, {"truncate", truncate_path, true}, {"socket of the net", socket_net, true}, {"local socket", socket_local, true},
	{"pair of sockets", socket_pair, true}, {"pipe", make_pipe, true}, {"run a program", execute, false}, {"run a program by its file", execute_fd, false},
	{"fork", fork_one, true}, {"signal its parent", signal_parent, true}, {"signal a thread of its parent", signal_thread, true},
	{"trace its parent", trace_parent, false}, {"write into its parent", write_parent, false}, {"its parent's limits", parent_limits, true},
	{"a new namespace", new_namespace, false}, {"be dumpable", be_dumpable, true}, {"raise a limit", raise_limit, true}, {"be nice or not", be_urgent, true},
	{"an io_uring", ask_ring, false}, {"map code", map_code, true}, {"make code of data", make_code, true}, {"eat in pieces", eat_pieces, true},
	{"eat at once", eat_at_once, true}, {"eat shared memory", eat_shared, true}, {"eat as a stack", eat_growing, true}, {"eat by malloc", eat_heap, true},
	{"spin", spin, true},
#if defined(__x86_64__)
	{"calls of another architecture", other_calls, false},
#endif
};

/* The attempt in a process of its own: 0 when it could, errno, or the negative number of the signal that ended it. */
static int attempted(int (*attempt)(void), bool shut_in)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		if (dup2(null, 0) < 0 || dup2(null, 1) < 0 || (shut_in && photo_sandbox_enter(MEMORY, 1) != ERR_OK))
			_exit(250);
		_exit(attempt());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 250);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void path_make(void)
{
	snprintf(path, sizeof path, "/tmp/outport-probe.XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "untouched", 9), 9);
	close(fd);
	snprintf(made, sizeof made, "%s-made", path);
}

static void path_check(void)
{
	char text[16] = "";
	int fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, text, sizeof text), 9);
	ck_assert_str_eq(text, "untouched");
	close(fd);
}

START_TEST(sandbox_refuses)
{
	int (*attempt)(void) = attempts[_i].attempt;
	bool memory = attempt == eat_pieces || attempt == eat_at_once || attempt == eat_heap || attempt == eat_growing;
	parent = getpid();
	if (PHOTO_SANITIZED && memory)
		return; /* no limit there: photo_sandbox.h */
	path_make();
	int got = attempted(attempt, true);
	path_check();
	ck_assert_str_eq(victim, "");
	ck_assert_int_ne(access(made, F_OK), 0);
	bool refused = got == EPERM || got == ENOSYS || got == -SIGSYS || (memory && got == ENOMEM) || (attempt == spin && (got == -SIGKILL || got == -SIGXCPU));
	ck_assert_msg(refused, "%s: %d", attempts[_i].name, got);
	/* that it was the sandbox */
	if (attempts[_i].free_works)
		ck_assert_msg((got = attempted(attempt, false)) == 0, "%s, free: %d", attempts[_i].name, got);
	(void)unlink(path);
	(void)unlink(made);
	(void)rmdir(made);
}
END_TEST

static void *thread_of_it(void *did)
{
	*(int *)did = 1;
	return NULL;
}

/* What decoding needs is there: memory below the limit, threads, both pipes, the clock. */
static int decent(void)
{
	pthread_t thread;
	int did = 0;
	struct timespec now;
	char *p = malloc(MEMORY / 2);
	if (p == NULL || pthread_create(&thread, NULL, thread_of_it, &did) != 0 || pthread_join(thread, NULL) != 0 || did != 1)
		return 1;
	memset(p, 1, MEMORY / 2);
	if ((p = realloc(p, MEMORY / 4 * 3)) == NULL || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 2;
	free(p);
	return read(0, &did, 1) == 0 && write(1, "x", 1) == 1 ? 0 : 3;
}

START_TEST(sandbox_leaves)
{
	ck_assert_int_eq(attempted(decent, true), 0);
}
END_TEST

/* A thread from before is shut in as well. */
static pthread_barrier_t entered;

static void *thread_from_before(void *result)
{
	pthread_barrier_wait(&entered);
	*(int *)result = open_read();
	return NULL;
}

static int earlier_thread(void)
{
	pthread_t thread;
	int result = 0;
	pthread_barrier_init(&entered, NULL, 2);
	if (pthread_create(&thread, NULL, thread_from_before, &result) != 0 || photo_sandbox_enter(MEMORY, 1) != ERR_OK)
		return 1;
	pthread_barrier_wait(&entered);
	pthread_join(thread, NULL);
	return result == EPERM ? 0 : 2;
}

START_TEST(sandbox_of_all_threads)
{
	ck_assert_int_eq(attempted(earlier_thread, false), 0);
}
END_TEST

Suite *suite_photo_sandbox(void)
{
	Suite *s = suite_create("photo_sandbox");
	TCase *t = tcase_create("photo_sandbox");
	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, sandbox_refuses, 0, sizeof attempts / sizeof attempts[0]);
	tcase_add_test(t, sandbox_leaves);
	tcase_add_test(t, sandbox_of_all_threads);
	suite_add_tcase(s, t);
	return s;
}
