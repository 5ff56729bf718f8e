/* worker: one process of the pool. Threads share one epoll set; an idle connection belongs to the set, not to a thread;
 * libfcgi parses what epoll says is readable. Signals are read by signalfd. See docs/worker.md. */
#pragma once

#include "http/request.h"
#include "http/response.h"
#include "util/conf.h"
#include "util/metrics.h"

/* What the program does with a request. thread_start runs in each thread before it serves, NULL means that the process cannot
 * serve; body_limit is asked with the head parsed, before the body is read (bytes; 0: no body accepted); body_open (NULL: all bodies come in memory)
 * then gives a new, empty file for a body that is to come in one, -1 for one that is to come in memory; handle always
 * leaves an answer in res, body_state being what it may. rest (NULL: nothing to do) runs in each thread between two requests and while there are
 * none: what it does keeps no answer waiting, but should be short. */
struct http_app {
	void *app;
	void *(*thread_start)(void *app, unsigned index);
	void (*thread_stop)(void *thread);
	size_t (*body_limit)(void *thread, const struct http_request *req);
	enum err (*body_open)(void *thread, const struct http_request *req, int *fd);
	void (*handle)(void *thread, struct http_request *req, struct http_response *res);
	void (*rest)(void *thread);
};

struct http_worker {
	int listen_fd;
	const struct conf *conf;
	struct metrics *metrics;
	struct http_app app;
	int64_t drain_seconds; /* where the configuration's are less */
	bool apart;            /* how busy its threads are says nothing of the pool's */
};

/* The listening socket: fd 3 when LISTEN_FDS names one for this process, else a Unix socket at path (mode 0660, backlog 4096;
 * a stale socket file is replaced, a live one is ERR_EXISTS). -1 with *e set. */
int http_worker_listen(const char *path, enum err *e);
/* Serves until SIGTERM or SIGINT, drains, returns. ERR_OK when every request in flight was answered. ERR_TIMEOUT: some took longer
 * than the drain; a thread may still run in the program's code, so free nothing it uses and leave by _exit(2). ERR_INTERNAL:
 * thread_start failed. The signals it handles stay blocked. */
MUST_CHECK enum err http_worker_run(const struct http_worker *w);
/* Answers the one plain CGI request in the environment and standard input. An error has been answered with 503. */
MUST_CHECK enum err http_worker_cgi(const struct http_worker *w, char *const *envp);
