#include "store/photo_decode_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/photo_sandbox.h"
#include "util/clock.h"

struct child {
	pid_t pid;
	int end_fd;         /* to say how it ended */
	uint64_t until_us;
	bool killed, starved;
};

struct helper {
	int socket, signals;
	struct photo_decoder_set_up set_up;
	unsigned n;
	struct child children[PHOTO_AT_ONCE_MAX];
};

/* The environment, its bytes too, for a secret may be among them, and what came with it: nobody's business here. */
static void forget_all(int keep)
{
	for (char **e = environ; e != NULL && *e != NULL; e++)
		explicit_bzero(*e, strlen(*e));
	clearenv();
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || (!PHOTO_SANITIZED && dup2(null, STDERR_FILENO) < 0))
		_exit(EXIT_FAILURE);
	if (keep > 3)
		syscall(SYS_close_range, 3, keep - 1, 0);
	syscall(SYS_close_range, keep + 1, ~0u, 0);
}

/* One that is told to end with its service must see the decoding through: it ends when the program does. */
static void signals_set(struct helper *h)
{
	static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM};
	sigset_t chld;
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_SETMASK, &chld, NULL);
	h->signals = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (h->signals < 0)
		_exit(EXIT_FAILURE);
}

/* In the child. Raising how likely the kernel is to take it when memory runs out needs no right. */
static _Noreturn void child_begin(const struct helper *h, pid_t parent, const struct photo_job *job, const int fds[static PHOTO_JOB_FDS])
{
	sigset_t none;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
	prctl(PR_SET_NAME, "outport-photo");
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (score >= 0 && write(score, "1000", 4) == 4)
		close(score);
	if (dup2(fds[0], STDIN_FILENO) < 0 || dup2(fds[1], STDOUT_FILENO) < 0)
		_exit(EXIT_FAILURE);
	syscall(SYS_close_range, 3, ~0u, 0);
	_exit(h->set_up.child((enum photo_type)job->type, job->length));
}

static void end_say(int fd, const struct photo_end *end)
{
	/* Fits a pipe's buffer whole; when nobody reads it nobody wants it. */
	if (write(fd, end, sizeof *end) < 0)
		errno = 0;
	close(fd);
}

static void job_begin(struct helper *h, const struct photo_job *job, int fds[static PHOTO_JOB_FDS])
{
	pid_t self = getpid(), pid = h->n < h->set_up.at_once ? fork() : -1;
	if (pid == 0)
		child_begin(h, self, job, fds);
	close(fds[0]);
	close(fds[1]);
	if (pid < 0)
		end_say(fds[2], &(struct photo_end){.not_begun = 1});
	else
		h->children[h->n++] = (struct child){.pid = pid, .end_fd = fds[2],
			.until_us = clock_mono_us() + h->set_up.wall_seconds * UINT64_C(1000000)};
}

/* False: the program has ended. */
static bool job_receive(struct helper *h)
{
	struct photo_job job;
	int fds[PHOTO_JOB_FDS];
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof fds)];
	} control;
	struct iovec part = {.iov_base = &job, .iov_len = sizeof job};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	ssize_t n = recvmsg(h->socket, &m, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n == 0)
		return false;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (n != sizeof job || c == NULL || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof fds))
		return false;
	memcpy(fds, CMSG_DATA(c), sizeof fds);
	job_begin(h, &job, fds);
	return true;
}

static void children_reap(struct helper *h)
{
	struct signalfd_siginfo info;
	struct rusage usage;
	int status;
	while (read(h->signals, &info, sizeof info) > 0)
		;
	for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, &usage)) > 0;)
		for (unsigned i = 0; i < h->n; i++)
			if (h->children[i].pid == pid) {
				end_say(h->children[i].end_fd, &(struct photo_end){.status = status, .starved = h->children[i].starved,
					.max_rss = usage.ru_maxrss});
				h->children[i] = h->children[--h->n];
				break;
			}
}

/* Nanoseconds for which threads of a process could have run while others did: the second number of /proc/PID/task/TID/schedstat. 0 where it is not told. */
static uint64_t waited_ns(pid_t pid)
{
	char path[64];
	uint64_t all = 0;
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	for (struct dirent *e; tasks != NULL && (e = readdir(tasks)) != NULL;) {
		char name[32];
		uint64_t waited;
		snprintf(name, sizeof name, "%.10s/schedstat", e->d_name);
		int fd = openat(dirfd(tasks), name, O_RDONLY | O_CLOEXEC);
		FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
		if (f != NULL && fscanf(f, "%*u %" SCNu64, &waited) == 1)
			all += waited;
		if (f != NULL)
			fclose(f);
	}
	if (tasks != NULL)
		closedir(tasks);
	return all;
}

/* Kills whose time is up. Milliseconds until the next one's is, -1: none. One that waited for a processor for half of its time did not hang. */
static int children_watch(struct helper *h)
{
	uint64_t now = clock_mono_us(), next = UINT64_MAX;
	for (unsigned i = 0; i < h->n; i++) {
		struct child *c = &h->children[i];
		if (c->until_us > now) {
			if (c->until_us < next)
				next = c->until_us;
		} else if (!c->killed) {
			c->starved = waited_ns(c->pid) >= h->set_up.wall_seconds * UINT64_C(500000000);
			c->killed = kill(c->pid, SIGKILL) == 0;
		}
	}
	return next == UINT64_MAX ? -1 : (int)((next - now) / 1000 + 1);
}

_Noreturn void photo_helper_run(int socket, const struct photo_decoder_set_up *set_up, pid_t program)
{
	static struct helper h;
	h = (struct helper){.socket = socket, .set_up = *set_up};
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != program)
		_exit(EXIT_FAILURE);
	forget_all(socket);
	signals_set(&h);
	prctl(PR_SET_NAME, "outport-photos");
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setpriority(PRIO_PROCESS, 0, h.set_up.nice);
	for (;;) {
		struct pollfd wait[] = {{.fd = h.socket, .events = POLLIN}, {.fd = h.signals, .events = POLLIN}};
		if (poll(wait, 2, children_watch(&h)) < 0 && errno != EINTR)
			break;
		children_reap(&h);
		if (wait[0].revents != 0 && !job_receive(&h))
			break;
	}
	for (unsigned i = 0; i < h.n; i++)
		kill(h.children[i].pid, SIGKILL);
	_exit(EXIT_SUCCESS);
}
