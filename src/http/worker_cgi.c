/* The same program as plain CGI (RFC 3875): one request from the environment and standard input. */
#include "http/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "http/cgi_message.h"
#include "util/clock.h"

enum { HEAD_CAP = 32 << 10 };

static const char cannot_start[] = "Status: 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                   "Retry-After: 30\r\n\r\nThe program could not start.\n";

struct input {
	int timeout_ms;
};

static size_t read_input(void *from, char *to, size_t n)
{
	const struct input *in = from;
	size_t got = 0;
	while (got < n) {
		struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
		int ready = poll(&p, 1, in->timeout_ms);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			break;
		ssize_t step = read(STDIN_FILENO, to + got, n - got);
		if (step < 0 && errno == EINTR)
			continue;
		if (step <= 0)
			break;
		got += (size_t)step;
	}
	return got;
}

static enum err write_all(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t step = write(STDOUT_FILENO, p, n);
		if (step < 0 && errno == EINTR)
			continue;
		if (step < 0)
			return errno == EPIPE ? ERR_CLOSED : ERR_IO;
		p += step;
		n -= (size_t)step;
	}
	return ERR_OK;
}

static enum err answer(const struct http_worker *w, void *thread, struct http_request *req, struct http_response *res)
{
	struct input in = {.timeout_ms = (int)w->conf->worker.read_timeout_ms};
	struct cgi_source source = {.read = read_input, .from = &in};
	struct buf head;
	buf_init(&head, HEAD_CAP);
	cgi_body_take(req, &w->app, thread, &source);
	w->app.handle(thread, req, res);
	cgi_head_write(res, &head);
	size_t bytes = cgi_body_length(req, res);
	enum err e = head.error;
	if (e == ERR_OK)
		e = write_all(head.data, head.len);
	if (e == ERR_OK)
		e = write_all(res->body.data, bytes);
	uint64_t us = clock_mono_us() - req->started_us;
	metrics_observe_request(w->metrics, res->status, us);
	cgi_request_log(req, res, res->status, bytes, us);
	cgi_body_close(req);
	buf_free(&head);
	return e;
}

enum err http_worker_cgi(const struct http_worker *w, char *const *envp)
{
	signal(SIGPIPE, SIG_IGN);
	struct http_request req = {.body_fd = -1};
	struct http_response res = {0};
	void *thread = NULL;
	uint64_t started = clock_mono_us();
	buf_init(&res.body, HTTP_BODY_CAP);
	http_response_reset(&res);
	struct arena *arena = arena_new((size_t)w->conf->worker.arena_kb << 10);
	enum err e = ERR_NOMEM;
	if (arena == NULL)
		goto out;
	e = http_request_parse(arena, envp, w->conf->worker.trusted_proxies, &req);
	if (e != ERR_OK)
		goto out;
	req.started_us = started;
	thread = w->app.thread_start(w->app.app, 0);
	e = thread != NULL ? answer(w, thread, &req, &res) : ERR_INTERNAL;
out:
	if (thread != NULL)
		w->app.thread_stop(thread);
	else if (write_all(cannot_start, sizeof cannot_start - 1) != ERR_OK)
		e = ERR_IO;
	buf_free(&res.body);
	arena_free(arena);
	return e;
}
