/* outport-pool: keeps N workers on one listening socket where no systemd does: for quickstart and the tests. Each
 * worker gets the socket as systemd gives it (fd 3, LISTEN_FDS); one that ends is started again after half a second.
 * SIGTERM, SIGINT: all workers drain, then it ends. SIGHUP: they are replaced one after the other. Not installed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MAX = 32, PASSED_FD = 3, BACKLOG = 4096, RESTART_MS = 500 };

struct pool {
	int socket;
	char **command;
	int workers;
	pid_t pid[WORKERS_MAX]; /* 0: to be started */
	int replacing;          /* the worker a SIGHUP is at; workers when none */
	sigset_t inherited;     /* the signal mask a worker starts with */
};

static int listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	bool taken = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
	if (taken) {
		close(fd);
		errno = EADDRINUSE;
		return -1;
	}
	unlink(path);
	mode_t mask = umask(0117);
	bool good = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0;
	umask(mask);
	if (good)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* In the child: becomes the worker, or ends. */
static _Noreturn void become_worker(const struct pool *p, pid_t parent)
{
	char pid[16];
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	bool good = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
	if (p->socket == PASSED_FD)
		good = good && fcntl(PASSED_FD, F_SETFD, 0) == 0;
	else
		good = good && dup2(p->socket, PASSED_FD) == PASSED_FD;
	good = good && setenv("LISTEN_FDS", "1", 1) == 0 && setenv("LISTEN_PID", pid, 1) == 0 &&
	       sigprocmask(SIG_SETMASK, &p->inherited, NULL) == 0;
	if (good)
		execv(p->command[0], p->command);
	fprintf(stderr, "outport-pool: cannot start %s: %s\n", p->command[0], strerror(errno));
	_exit(127);
}

static void start_missing(struct pool *p)
{
	pid_t self = getpid();
	for (int i = 0; i < p->workers; i++) {
		if (p->pid[i] != 0)
			continue;
		pid_t pid = fork();
		if (pid == 0)
			become_worker(p, self);
		if (pid > 0)
			p->pid[i] = pid;
	}
}

/* Takes note of the ended; true when a worker is missing. */
static bool reap(struct pool *p, bool stopping)
{
	int status;
	pid_t pid;
	bool missing = false;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < p->workers; i++)
			if (p->pid[i] == pid)
				p->pid[i] = 0;
		if (!stopping && WIFSIGNALED(status))
			fprintf(stderr, "outport-pool: worker %d was ended by signal %d\n", (int)pid, WTERMSIG(status));
	}
	for (int i = 0; i < p->workers; i++)
		missing = missing || p->pid[i] == 0;
	return missing;
}

static void replace_next(struct pool *p)
{
	if (p->replacing < p->workers && p->pid[p->replacing] != 0)
		kill(p->pid[p->replacing], SIGTERM);
}

/* Until the signal to stop. A replaced worker starts at once, one that ended by itself half a second later. */
static void keep(struct pool *p, const sigset_t *signals)
{
	const struct timespec restart = { .tv_nsec = RESTART_MS * 1000000L };
	start_missing(p);
	bool missing = reap(p, false);
	for (;;) {
		int signal = missing ? sigtimedwait(signals, NULL, &restart) : sigwaitinfo(signals, NULL);
		if (signal == SIGTERM || signal == SIGINT)
			return;
		if (signal == SIGHUP && p->replacing == p->workers) {
			p->replacing = 0;
			replace_next(p);
		}
		bool was_replaced = false;
		if (signal == SIGCHLD) {
			missing = reap(p, false);
			was_replaced = p->replacing < p->workers && p->pid[p->replacing] == 0;
		}
		if (was_replaced || (signal < 0 && errno == EAGAIN)) {
			start_missing(p);
			missing = reap(p, false);
		}
		if (was_replaced) {
			p->replacing++;
			replace_next(p);
		}
	}
}

static void stop(struct pool *p, const sigset_t *signals)
{
	for (int i = 0; i < p->workers; i++)
		if (p->pid[i] != 0)
			kill(p->pid[i], SIGTERM);
	for (;;) {
		int running = 0;
		reap(p, true);
		for (int i = 0; i < p->workers; i++)
			running += p->pid[i] != 0;
		if (running == 0)
			return;
		sigwaitinfo(signals, NULL);
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: outport-pool SOCKET WORKERS PROGRAM [ARGUMENT…]\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct pool p = { .command = argv + 3 };
	char *end;
	if (argc < 4)
		return usage();
	long workers = strtol(argv[2], &end, 10);
	if (*end != '\0' || workers < 1 || workers > WORKERS_MAX)
		return usage();
	p.workers = p.replacing = (int)workers;
	p.socket = listen_on(argv[1]);
	if (p.socket < 0) {
		fprintf(stderr, "outport-pool: cannot listen on %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &signals, &p.inherited) != 0)
		return 1;
	keep(&p, &signals);
	stop(&p, &signals);
	unlink(argv[1]);
	return 0;
}
