#include "http/worker_internal.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/clock.h"

/* Connections above the limit that are taken only to be told 503. */
enum { RESERVE = 64 };

static const uint32_t conn_events = EPOLLIN | EPOLLRDHUP | EPOLLET;

enum err conn_table_init(struct conn_table *t, unsigned limit)
{
	t->limit = limit;
	t->size = limit + RESERVE;
	t->list = calloc(t->size, sizeof *t->list);
	if (t->list == NULL)
		return ERR_NOMEM;
	pthread_mutex_init(&t->lock, NULL);
	for (unsigned i = t->size; i-- > 0;) {
		t->list[i].fd = -1;
		t->list[i].next_free = t->free;
		t->free = &t->list[i];
	}
	return ERR_OK;
}

void conn_table_free(struct conn_table *t)
{
	if (t->list == NULL)
		return;
	for (unsigned i = 0; i < t->size; i++)
		if (t->list[i].fd >= 0)
			close(t->list[i].fd);
	pthread_mutex_destroy(&t->lock);
	free(t->list);
	t->list = NULL;
}

struct conn *conn_open(struct worker *w, int fd)
{
	struct conn_table *t = &w->conns;
	pthread_mutex_lock(&t->lock);
	struct conn *c = t->free;
	if (c != NULL) {
		t->free = c->next_free;
		c->fd = fd;
		c->registered = false;
		c->refused = atomic_fetch_add(&t->open, 1) >= t->limit;
		c->cut = false;
		c->served = 0;
		c->phase = CONN_HEAD;
		c->deadline_us = clock_mono_us() + w->read_timeout_us;
		atomic_store(&c->state, CONN_BUSY);
	}
	pthread_mutex_unlock(&t->lock);
	if (c == NULL)
		close(fd);
	return c;
}

static void close_locked(struct conn_table *t, struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->deadline_us = 0;
	atomic_store(&c->state, CONN_FREE);
	c->next_free = t->free;
	t->free = c;
	atomic_fetch_sub(&t->open, 1);
}

void conn_close(struct worker *w, struct conn *c)
{
	pthread_mutex_lock(&w->conns.lock);
	close_locked(&w->conns, c);
	pthread_mutex_unlock(&w->conns.lock);
	if (atomic_load(&w->draining) && atomic_load(&w->conns.open) == 0)
		worker_wake(w);
}

void conn_forget_fd(struct worker *w, struct conn *c)
{
	pthread_mutex_lock(&w->conns.lock);
	c->fd = -1;
	pthread_mutex_unlock(&w->conns.lock);
}

bool conn_register(struct worker *w, struct conn *c)
{
	if (c->registered)
		return true;
	struct epoll_event ev = {.events = conn_events, .data.ptr = c};
	c->registered = epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) == 0;
	return c->registered;
}

bool conn_take(struct conn *c)
{
	for (;;) {
		int was = CONN_IDLE;
		if (atomic_compare_exchange_strong(&c->state, &was, CONN_BUSY))
			return true;
		if (was == CONN_IDLE)
			continue;
		if (was != CONN_BUSY || atomic_compare_exchange_strong(&c->state, &was, CONN_AGAIN))
			return false;
	}
}

bool conn_rest(struct conn *c)
{
	int was = CONN_BUSY;
	if (atomic_compare_exchange_strong(&c->state, &was, CONN_IDLE))
		return true;
	atomic_store(&c->state, CONN_BUSY);
	return false;
}

/* Only for taking from outside: never turns BUSY into AGAIN. */
static bool take_if_idle(struct conn *c)
{
	int was = CONN_IDLE;
	return atomic_compare_exchange_strong(&c->state, &was, CONN_BUSY);
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0) > 0;
}

static void sweep_one(struct worker *w, struct conn *c, uint64_t now_us)
{
	uint64_t deadline = atomic_load(&c->deadline_us);
	bool late = deadline != 0 && now_us > deadline;
	if (late && atomic_load(&c->phase) == CONN_BODY && c->fd >= 0) {
		/* Its thread waits in read(2): the body ends here, short. */
		atomic_store(&c->cut, true);
		shutdown(c->fd, SHUT_RD);
		return;
	}
	bool spare = atomic_load(&w->draining) && deadline == 0 && atomic_load(&c->served) > 0;
	if ((!late && !spare) || !take_if_idle(c))
		return;
	if (late && atomic_load(&c->phase) == CONN_HEAD)
		metrics_add(w->set_up->metrics, METRIC_BAD_REQUESTS, 1);
	if (!late && readable(c->fd)) {
		/* A request is there already. A hint about it may have come while it was ours: ask for it again. */
		atomic_store(&c->state, CONN_IDLE);
		struct epoll_event ev = {.events = conn_events, .data.ptr = c};
		epoll_ctl(w->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev);
		return;
	}
	close_locked(&w->conns, c);
}

void conn_sweep(struct worker *w, uint64_t now_us)
{
	struct conn_table *t = &w->conns;
	if (atomic_load(&t->open) == 0)
		return;
	pthread_mutex_lock(&t->lock);
	for (unsigned i = 0; i < t->size; i++)
		if (atomic_load(&t->list[i].state) != CONN_FREE)
			sweep_one(w, &t->list[i], now_us);
	pthread_mutex_unlock(&t->lock);
}

void conn_shutdown_all(struct worker *w)
{
	pthread_mutex_lock(&w->conns.lock);
	for (unsigned i = 0; i < w->conns.size; i++)
		if (w->conns.list[i].fd >= 0)
			shutdown(w->conns.list[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&w->conns.lock);
}
