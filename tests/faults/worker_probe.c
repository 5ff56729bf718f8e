/* worker_probe: the worker with an application just large enough to see what it does with faults. The tests in this folder
 * start it; nothing of it is installed.
 *
 *   worker_probe --socket PATH [--threads N] [--connections N] [--read-timeout MS] [--drain SECONDS] [--spool FOLDER]
 *   worker_probe --pass-on PATH …     binds PATH, then starts itself anew as systemd would, with the socket as fd 3
 *   worker_probe --twins PATH …       the same, as two processes on the one socket
 *   worker_probe --cgi                answers one plain CGI request
 *   worker_probe --notify PATH        stands in for systemd: prints each sd_notify message it is sent as a line */
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/worker.h"
#include "util/clock.h"
#include "util/log.h"

enum { BODY_LIMIT = 256 << 10, FILE_LIMIT = 32 << 20 };

struct probe {
	struct metrics *metrics;
	const char *spool; /* a folder, or /dev/full */
};

struct probe_thread {
	const struct probe *probe;
	unsigned index;
};

static void *probe_start(void *app, unsigned index)
{
	struct probe_thread *t = malloc(sizeof *t);
	if (t != NULL)
		*t = (struct probe_thread){.probe = app, .index = index};
	return t;
}

static void probe_stop(void *thread)
{
	free(thread);
}

static size_t probe_body_limit(void *thread, const struct http_request *req)
{
	(void)thread;
	return strcmp(req->path, "/echo") == 0 ? BODY_LIMIT : strcmp(req->path, "/file") == 0 ? FILE_LIMIT : 0;
}

static enum err probe_body_open(void *thread, const struct http_request *req, int *fd)
{
	const struct probe_thread *t = thread;
	if (strcmp(req->path, "/file") != 0)
		return ERR_OK;
	bool device = strncmp(t->probe->spool, "/dev/", 5) == 0;
	*fd = open(t->probe->spool, device ? O_WRONLY : O_TMPFILE | O_RDWR, 0600);
	return *fd >= 0 ? ERR_OK : ERR_IO;
}

/* How long it is, and a sum by which the test knows it again. */
static void file_answer(const struct http_request *req, struct http_response *res)
{
	unsigned char piece[4096];
	uint32_t sum = 0;
	off_t at = 0;
	for (ssize_t n; (n = pread(req->body_fd, piece, sizeof piece, at)) > 0; at += n)
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + piece[i];
	buf_printf(&res->body, "%lld %lld %u", (long long)req->body_len, (long long)at, sum);
}

static unsigned long number(const struct http_request *req, const char *name)
{
	const char *s = http_param_get(&req->query, name);
	return s != NULL ? strtoul(s, NULL, 10) : 0;
}

/* A handler that takes as long as the test likes. */
static void wait_for_file(const char *path)
{
	while (path != NULL && access(path, F_OK) != 0)
		poll(NULL, 0, 2);
}

static bool refuse_body(const struct http_request *req, struct http_response *res)
{
	static const char *const words[] = {
		[HTTP_BODY_TOO_LARGE] = "too large", [HTTP_BODY_SHORT] = "short", [HTTP_BODY_BAD_LENGTH] = "bad length", [HTTP_BODY_NO_SPACE] = "no space"};
	if (req->body_state == HTTP_BODY_NONE || req->body_state == HTTP_BODY_WHOLE)
		return false;
	res->status = req->body_state == HTTP_BODY_TOO_LARGE ? 413 : req->body_state == HTTP_BODY_NO_SPACE ? 503 : 400;
	res->note = words[req->body_state];
	buf_puts(&res->body, res->note);
	return true;
}

static void probe_handle(void *thread, struct http_request *req, struct http_response *res)
{
	const struct probe_thread *t = thread;
	LOG_INFO("handling", LOG_S("path", req->path));
	res->content_type = "text/plain; charset=utf-8";
	res->route = req->path;
	if (refuse_body(req, res))
		return;
	if (strcmp(req->path, "/echo") == 0) {
		buf_put(&res->body, req->body != NULL ? req->body : "", req->body_len);
	} else if (strcmp(req->path, "/file") == 0) {
		file_answer(req, res);
	} else if (strcmp(req->path, "/files") == 0) {
		int n = 0;
		for (int fd = 0; fd < 1024; fd++)
			n += fcntl(fd, F_GETFD) >= 0;
		buf_printf(&res->body, "%d", n);
	} else if (strcmp(req->path, "/wait") == 0) {
		wait_for_file(http_param_get(&req->query, "for"));
		buf_puts(&res->body, "waited");
	} else if (strcmp(req->path, "/size") == 0) {
		size_t n = number(req, "n");
		char *p = buf_reserve(&res->body, n);
		if (p != NULL) {
			memset(p, 'x', n);
			res->body.len += n;
		}
	} else if (strcmp(req->path, "/hang") == 0) {
		for (;;)
			pause();
	} else if (strcmp(req->path, "/ids") == 0) {
		buf_printf(&res->body, "{\"request_id\":\"%s\",\"thread\":%u}", req->request_id, t->index);
	} else if (strcmp(req->path, "/nothing") == 0) {
		res->status = 204;
	} else if (strcmp(req->path, "/metrics") == 0) {
		metrics_write(t->probe->metrics, &res->body);
	} else {
		res->status = 404;
		buf_puts(&res->body, "unknown");
	}
}

static int listen_for_notify(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char message[512];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || strlen(path) >= sizeof address.sun_path)
		return EXIT_FAILURE;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
		return EXIT_FAILURE;
	puts("listening");
	for (;;) {
		fflush(stdout);
		ssize_t n = recv(fd, message, sizeof message, 0);
		if (n < 0)
			return EXIT_FAILURE;
		for (ssize_t i = 0; i < n; i++)
			putchar(message[i] == '\n' ? ' ' : message[i]);
		putchar('\n');
	}
}

/* What systemd does between a socket unit and its service (sd_listen_fds(3)). */
static int pass_on(const char *path, char **argv, bool twins)
{
	enum err e;
	char pid[16];
	int fd = http_worker_listen(path, &e);
	if (fd < 0 || (fd != 3 && dup2(fd, 3) < 0))
		return EXIT_FAILURE;
	if (fd == 3 && (fd = dup(3)) >= 0)
		dup2(fd, 3); /* a copy is open across exec */
	close(fd);
	if (twins && fork() == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return EXIT_FAILURE;
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	execv("/proc/self/exe", argv);
	return EXIT_FAILURE;
}

static int run(struct http_worker *w, const char *path, char **envp)
{
	enum err e;
	if (path == NULL && getenv("LISTEN_FDS") == NULL)
		return http_worker_cgi(w, envp) == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
	w->listen_fd = http_worker_listen(path, &e);
	if (w->listen_fd < 0) {
		fprintf(stderr, "listen: %s\n", err_text(e));
		return EXIT_FAILURE;
	}
	e = http_worker_run(w);
	LOG_INFO("returned", LOG_S("result", err_text(e)));
	return e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv, char **envp)
{
	static const struct option options[] = {
		{"socket", required_argument, NULL, 's'}, {"threads", required_argument, NULL, 't'},
		{"connections", required_argument, NULL, 'c'}, {"read-timeout", required_argument, NULL, 'r'},
		{"drain", required_argument, NULL, 'd'}, {"spool", required_argument, NULL, 'f'}, {"twins", required_argument, NULL, '2'},
		{"pass-on", required_argument, NULL, 'p'},
		{"notify", required_argument, NULL, 'n'}, {"cgi", no_argument, NULL, 'g'}, {NULL, 0, NULL, 0}};
	struct conf conf;
	const char *path = NULL;
	struct probe probe = {.spool = "/tmp"};
	conf_defaults(&conf);
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		int64_t value = optarg != NULL ? strtoll(optarg, NULL, 10) : 0;
		switch (c) {
		case 's': path = optarg; break;
		case 't': conf.worker.threads = value; break;
		case 'c': conf.worker.max_connections = value; break;
		case 'r': conf.worker.read_timeout_ms = value; break;
		case 'd': conf.worker.drain_seconds = value; break;
		case 'f': probe.spool = optarg; break;
		case 'n': return listen_for_notify(optarg);
		case 'g': break;
		case 'p':
		case '2':
			/* The rest of the line is the new program's: its own name, then its options. */
			argv[optind - 1] = argv[0];
			return pass_on(optarg, argv + optind - 1, c == '2');
		default: return EXIT_FAILURE;
		}
	}
	if (metrics_open(NULL, &probe.metrics) != ERR_OK)
		return EXIT_FAILURE;
	struct http_worker w = {
		.listen_fd = -1, .conf = &conf, .metrics = probe.metrics,
		.app = {.app = &probe, .thread_start = probe_start, .thread_stop = probe_stop, 
			.body_limit = probe_body_limit, .body_open = probe_body_open, .handle = probe_handle}};
	int status = run(&w, path, envp);
	metrics_close(probe.metrics);
	return status;
}
