#include "http/worker_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "http/fcgi_head.h"
#include "util/clock.h"
#include "util/log.h"

enum { RESPONSE_HEAD_CAP = 32 << 10 };

void worker_wake(struct worker *w)
{
	uint64_t one = 1;
	if (write(w->wake_fd, &one, sizeof one) < 0)
		LOG_WARN("wake", LOG_I("errno", errno));
}

void worker_thread_beat(struct worker_thread *t)
{
	atomic_store(&t->beat_us, clock_mono_us());
}

/* The listener's events carry no pointer, the stop descriptor's the worker. EPOLLEXCLUSIVE: a new connection wakes one of
 * the processes that share the socket, not all. */
enum err worker_listener_add(struct worker *w)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = NULL};
	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->set_up->listen_fd, &ev) == 0 ? ERR_OK : ERR_IO;
}

/* Out of descriptors or memory, the listener stays readable and would be asked for ever: the main thread adds it again at
 * its next tick. */
static void listener_pause(struct worker *w, int error)
{
	if (atomic_exchange(&w->paused, true))
		return;
	epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, w->set_up->listen_fd, NULL);
	LOG_WARN("accept_paused", LOG_S("error", strerrordesc_np(error)), LOG_I("connections", atomic_load(&w->conns.open)));
}

static void set_timeouts(int fd, uint64_t us)
{
	struct timeval tv = {.tv_sec = (time_t)(us / 1000000), .tv_usec = (suseconds_t)(us % 1000000)};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

static struct conn *accept_one(struct worker *w)
{
	int fd = accept4(w->set_up->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED)
			listener_pause(w, errno);
		return NULL;
	}
	set_timeouts(fd, w->read_timeout_us);
	metrics_add(w->set_up->metrics, METRIC_CONNECTIONS_OPENED, 1);
	struct conn *c = conn_open(w, fd);
	if (c == NULL)
		metrics_add(w->set_up->metrics, METRIC_CONNECTIONS_REFUSED, 1);
	return c;
}

/* Serves a connection the thread owns until nothing is to be done about it. */
static void serve(struct worker_thread *t, struct conn *c, uint32_t events)
{
	for (;;) {
		enum exchange_next next = exchange_serve(t, c, events);
		worker_thread_beat(t);
		if (next == EXCHANGE_CLOSE || !conn_register(t->worker, c)) {
			conn_close(t->worker, c);
			return;
		}
		if (conn_rest(c))
			return;
		events = 0;
	}
}

/* Each wait ends within a beat, so what is counted is never far behind. */
static int wait_event(struct worker *w, struct epoll_event *ev)
{
	uint64_t began = clock_mono_us();
	int n = epoll_wait(w->epoll_fd, ev, 1, w->beat_ms);
	if (!w->set_up->apart)
		metrics_add(w->set_up->metrics, METRIC_IDLE_US, clock_mono_us() - began);
	return n;
}

static void *thread_run(void *arg)
{
	struct worker_thread *t = arg;
	struct worker *w = t->worker;
	const struct http_app *app = &w->set_up->app;
	t->app_thread = app->thread_start(app->app, t->index);
	if (t->app_thread == NULL)
		atomic_store(&w->failed, true);
	worker_thread_beat(t);
	atomic_fetch_add(&w->ready, 1);
	worker_wake(w);
	while (t->app_thread != NULL && !atomic_load(&w->stop)) {
		worker_thread_beat(t);
		if (app->rest != NULL)
			app->rest(t->app_thread);
		struct epoll_event ev;
		if (wait_event(w, &ev) <= 0)
			continue;
		struct conn *c = ev.data.ptr;
		if (ev.data.ptr == w)
			break;
		if (c == NULL) {
			c = atomic_load(&w->draining) ? NULL : accept_one(w);
			ev.events = 0;
		} else if (!conn_take(c)) {
			continue;
		}
		if (c != NULL)
			serve(t, c, ev.events);
	}
	if (t->app_thread != NULL)
		app->thread_stop(t->app_thread);
	atomic_fetch_sub(&w->running, 1);
	worker_wake(w);
	return NULL;
}

static enum err thread_init(struct worker *w, unsigned index)
{
	struct worker_thread *t = &w->threads[index];
	t->worker = w;
	t->index = index;
	t->arena = arena_new((size_t)w->set_up->conf->worker.arena_kb << 10);
	t->peek = malloc(FCGI_HEAD_MAX);
	buf_init(&t->head, RESPONSE_HEAD_CAP);
	buf_init(&t->res.body, HTTP_BODY_CAP);
	if (t->arena == NULL || t->peek == NULL)
		return ERR_NOMEM;
	atomic_fetch_add(&w->running, 1);
	if (pthread_create(&t->id, NULL, thread_run, t) != 0) {
		atomic_fetch_sub(&w->running, 1);
		return ERR_NOMEM;
	}
	w->started = index + 1;
	pthread_setname_np(t->id, "outport-thread");
	return ERR_OK;
}

enum err worker_threads_start(struct worker *w)
{
	w->threads = calloc(w->thread_count, sizeof *w->threads);
	if (w->threads == NULL)
		return ERR_NOMEM;
	for (unsigned i = 0; i < w->thread_count; i++) {
		enum err e = thread_init(w, i);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}
