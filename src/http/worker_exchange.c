#include "http/worker_internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "http/cgi_message.h"
#include "http/fcgi_head.h"
#include "http/fcgi_reply.h"
#include "util/clock.h"
#include "util/log.h"

/* How long and how much is read of a peer that has its answer but still sends. */
enum { LINGER_US = 2000000, LINGER_READS = 64, STATUS_CLIENT_GONE = 499, RESPONSE_KEEP = 1 << 20 };

struct body_reader {
	struct worker_thread *thread;
	struct conn *conn;
};

/* Each piece has its time: a long body takes longer than one that fits one piece. */
static size_t read_stdin(void *from, char *to, size_t n)
{
	const struct body_reader *r = from;
	atomic_store(&r->conn->deadline_us, clock_mono_us() + r->thread->worker->read_timeout_us);
	worker_thread_beat(r->thread);
	int got = FCGX_GetStr(to, (int)n, r->thread->request.in);
	return got > 0 ? (size_t)got : 0;
}

/* events: what epoll just said of the connection; 0: not known, or too long ago. */
static bool client_gone(const struct conn *c, uint32_t events)
{
	if (events != 0)
		return (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	if (atomic_load(&c->cut))
		return false;
	struct pollfd p = {.fd = c->fd, .events = POLLRDHUP};
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* Edge-triggered, so it reads until nothing is there; a peer that never stops is cut off. */
static enum exchange_next linger_read(struct worker_thread *t, struct conn *c)
{
	for (int i = 0; i < LINGER_READS; i++) {
		ssize_t n = recv(c->fd, t->peek, FCGI_HEAD_MAX, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return EXCHANGE_WAIT;
		if (n <= 0)
			break;
	}
	return EXCHANGE_CLOSE;
}

static enum exchange_next linger(struct worker_thread *t, struct conn *c)
{
	shutdown(c->fd, SHUT_WR);
	atomic_store(&c->deadline_us, clock_mono_us() + LINGER_US);
	atomic_store(&c->phase, CONN_LINGER);
	return linger_read(t, c);
}

static enum exchange_next refuse(struct worker_thread *t, struct conn *c, unsigned request_id, int status, const char *text)
{
	enum metric counter = status == 503 ? METRIC_CONNECTIONS_REFUSED : METRIC_BAD_REQUESTS;
	metrics_add(t->worker->set_up->metrics, counter, 1);
	LOG_WARN("refused", LOG_I("status", status), LOG_S("why", text));
	enum err e = fcgi_reply_plain(c->fd, request_id, status, text);
	return e == ERR_OK ? linger(t, c) : EXCHANGE_CLOSE;
}

static enum exchange_next bad(const struct worker_thread *t, const char *why)
{
	metrics_add(t->worker->set_up->metrics, METRIC_BAD_REQUESTS, 1);
	LOG_WARN("bad_fastcgi", LOG_S("why", why));
	return EXCHANGE_CLOSE;
}

/* One large answer does not stay in memory for all the small ones after it. */
static void shrink(struct buf *body)
{
	if (body->size <= RESPONSE_KEEP)
		return;
	buf_free(body);
	buf_init(body, HTTP_BODY_CAP);
}

/* FCGX_Free without the connection: the worker wrote the answer and owns the descriptor. */
static void release(FCGX_Request *r)
{
	r->ipcFd = -1;
	FCGX_Free(r, 0);
}

static enum err send_answer(struct worker_thread *t, const struct conn *c, const struct http_request *req, size_t *bytes)
{
	buf_reset(&t->head);
	cgi_head_write(&t->res, &t->head);
	if (t->head.error != ERR_OK)
		return t->head.error;
	*bytes = cgi_body_length(req, &t->res);
	return fcgi_reply_send(c->fd, (unsigned)t->request.requestId, t->head.data, t->head.len, t->res.body.data, *bytes);
}

static void observe(struct worker_thread *t, const struct http_request *req, size_t bytes, enum err sent)
{
	struct metrics *m = t->worker->set_up->metrics;
	uint64_t us = clock_mono_us() - req->started_us;
	metrics_observe_request(m, t->res.status, us);
	if (req->body_state != HTTP_BODY_NONE && req->body_state != HTTP_BODY_WHOLE)
		metrics_add(m, METRIC_BAD_REQUESTS, 1);
	if (sent == ERR_CLOSED)
		metrics_add(m, METRIC_CLIENT_GONE, 1);
	if (sent != ERR_OK && t->res.note == NULL)
		t->res.note = err_text(sent);
	cgi_request_log(req, &t->res, t->res.status, bytes, us);
}

static void read_body(struct worker_thread *t, struct conn *c, struct http_request *req)
{
	const struct http_app *app = &t->worker->set_up->app;
	struct body_reader reader = {.thread = t, .conn = c};
	struct cgi_source source = {.read = read_stdin, .from = &reader, .framed = true};
	atomic_store(&c->deadline_us, clock_mono_us() + t->worker->read_timeout_us);
	atomic_store(&c->phase, CONN_BODY);
	cgi_body_take(req, app, t->app_thread, &source);
	if (!cgi_body_unread(req) && FCGX_GetError(t->request.in) != 0)
		req->body_state = HTTP_BODY_SHORT;
	atomic_store(&c->phase, CONN_WORK);
	atomic_store(&c->deadline_us, 0);
	worker_thread_beat(t);
}

static enum exchange_next answer(struct worker_thread *t, struct conn *c, struct http_request *req, bool keep)
{
	const struct http_worker *set_up = t->worker->set_up;
	size_t bytes = 0;
	set_up->app.handle(t->app_thread, req, &t->res);
	worker_thread_beat(t);
	enum err sent = send_answer(t, c, req, &bytes);
	observe(t, req, bytes, sent);
	if (sent != ERR_OK)
		return EXCHANGE_CLOSE;
	if (cgi_body_unread(req))
		return linger(t, c);
	keep = keep && req->body_state != HTTP_BODY_SHORT && !atomic_load(&t->worker->draining);
	return keep ? EXCHANGE_KEEP : EXCHANGE_CLOSE;
}

static void handler_alive(void *of)
{
	worker_thread_beat(of);
}

/* libfcgi parses the request whose head is known to be whole, so none of this waits but for the body. */
static enum exchange_next exchange(struct worker_thread *t, struct conn *c, const struct fcgi_head *head, uint32_t events)
{
	const struct http_worker *set_up = t->worker->set_up;
	struct http_request req = {.body_fd = -1};
	uint64_t started = clock_mono_us();
	FCGX_Request *r = &t->request;
	FCGX_InitRequest(r, -1, 0);
	r->ipcFd = c->fd;
	r->keepConnection = 1; /* or FCGX_Accept_r would begin by closing the descriptor */
	r->detached = 1;       /* and on a fault would wait 2 s for the peer to close */
	if (FCGX_Accept_r(r) != 0) {
		conn_forget_fd(t->worker, c);
		return bad(t, "libfcgi refused the request's head");
	}
	/* Parameters that end in a fault are no error to FCGX_Accept_r: they are just fewer. */
	if (FCGX_GetError(r->in) != 0) {
		release(r);
		return bad(t, "the parameters broke off");
	}
	bool keep = r->keepConnection != 0 && !head->more;
	arena_reset(t->arena);
	http_response_reset(&t->res);
	enum err e = http_request_parse(t->arena, r->envp, set_up->conf->worker.trusted_proxies, &req);
	if (e != ERR_OK) {
		release(r);
		return refuse(t, c, head->request_id, 503, "No memory for this request.\n");
	}
	req.started_us = started;
	req.alive = handler_alive;
	req.alive_of = t;
	req.stopping = &t->worker->draining;
	read_body(t, c, &req);
	enum exchange_next next = EXCHANGE_CLOSE;
	if (client_gone(c, head->body ? 0 : events)) {
		metrics_add(set_up->metrics, METRIC_CLIENT_GONE, 1);
		cgi_request_log(&req, &t->res, STATUS_CLIENT_GONE, 0, clock_mono_us() - started);
	} else {
		next = answer(t, c, &req, keep);
	}
	cgi_body_close(&req);
	release(r);
	shrink(&t->res.body);
	return next;
}

/* The head is not all there: nobody waits for it but the sweep's clock. */
static enum exchange_next wait_for_head(const struct worker *w, struct conn *c, uint32_t events)
{
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		return EXCHANGE_CLOSE;
	if (atomic_load(&c->deadline_us) == 0)
		atomic_store(&c->deadline_us, clock_mono_us() + w->read_timeout_us);
	return EXCHANGE_WAIT;
}

enum exchange_next exchange_serve(struct worker_thread *t, struct conn *c, uint32_t events)
{
	if (atomic_load(&c->phase) == CONN_LINGER)
		return linger_read(t, c);
	ssize_t n = recv(c->fd, t->peek, FCGI_HEAD_MAX, MSG_PEEK | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return EXCHANGE_WAIT;
	if (n <= 0)
		return EXCHANGE_CLOSE;
	struct fcgi_head head;
	enum exchange_next next = EXCHANGE_CLOSE;
	switch (fcgi_head_scan(t->peek, (size_t)n, &head)) {
	case FCGI_HEAD_PARTIAL:
		return wait_for_head(t->worker, c, events);
	case FCGI_HEAD_TOO_LARGE:
		return refuse(t, c, head.request_id, 431, "The request's headers are too large.\n");
	case FCGI_HEAD_BAD:
		return bad(t, "what came is no FastCGI request this worker takes");
	case FCGI_HEAD_WHOLE:
		if (c->refused)
			return refuse(t, c, head.request_id, 503, "The site is busy. Please try again in a moment.\n");
		next = exchange(t, c, &head, events);
		break;
	}
	if (next == EXCHANGE_KEEP) {
		atomic_fetch_add(&c->served, 1);
		atomic_store(&c->phase, CONN_HEAD);
		atomic_store(&c->deadline_us, 0);
	}
	return next;
}
