/* worker_internal: what the parts of the worker share. Not for anybody outside src/http.
 *
 * A connection is IDLE (it belongs to the epoll set) or BUSY (it belongs to the thread that took it). Its events are edge
 * triggered and only hints: one that comes while it is BUSY makes it AGAIN, and its owner looks once more before it lets go.
 * The structs are never freed while threads run, so a late hint about a closed connection is harmless. */
#pragma once

#include <fcgiapp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "http/worker.h"
#include "util/arena.h"
#include "util/buf.h"

enum conn_state { CONN_FREE, CONN_IDLE, CONN_BUSY, CONN_AGAIN };
enum conn_phase {
	CONN_HEAD,  /* waits for a request's head */
	CONN_BODY,  /* its thread reads a body */
	CONN_WORK,  /* its thread works and answers */
	CONN_LINGER /* answered without reading all: what still comes is thrown away */
};

struct conn {
	_Atomic int state;            /* enum conn_state */
	_Atomic int phase;            /* enum conn_phase */
	_Atomic uint64_t deadline_us; /* clock_mono_us(); 0: none */
	int fd;
	bool registered; /* in the epoll set */
	bool refused;    /* over max_connections: gets a 503 */
	_Atomic bool cut; /* its body took too long: our own SHUT_RD, not the peer's going */
	_Atomic unsigned served;
	struct conn *next_free;
};

struct conn_table {
	pthread_mutex_t lock; /* guards the free list, opening and closing */
	struct conn *list;
	unsigned size, limit;
	struct conn *free;
	_Atomic unsigned open;
};

struct worker_thread {
	struct worker *worker;
	unsigned index;
	pthread_t id;
	void *app_thread;
	FCGX_Request request;
	struct arena *arena;
	struct http_response res;
	struct buf head;
	unsigned char *peek; /* FCGI_HEAD_MAX bytes */
	_Atomic uint64_t beat_us;
};

struct worker {
	const struct http_worker *set_up;
	int epoll_fd, stop_fd, wake_fd, signal_fd;
	int beat_ms; /* longest a thread stays in epoll_wait */
	uint64_t read_timeout_us;
	struct conn_table conns;
	struct worker_thread *threads;
	unsigned thread_count, started;
	_Atomic unsigned ready, running;
	_Atomic bool failed, draining, stop, paused;
};

/* worker_conn.c */
MUST_CHECK enum err conn_table_init(struct conn_table *t, unsigned limit);
void conn_table_free(struct conn_table *t);
/* Takes over fd; the connection starts BUSY, the caller's. NULL (fd closed) when even the reserve for refusals is used up. */
struct conn *conn_open(struct worker *w, int fd);
/* The caller owns it. fd may be -1 already. */
void conn_close(struct worker *w, struct conn *c);
/* libfcgi has closed the descriptor. */
void conn_forget_fd(struct worker *w, struct conn *c);
/* Puts it into the epoll set, once. */
bool conn_register(struct worker *w, struct conn *c);
/* IDLE to BUSY: true when the caller now owns it. */
bool conn_take(struct conn *c);
/* BUSY to IDLE; false when something came meanwhile: still the caller's. */
bool conn_rest(struct conn *c);
/* Cuts off who is past the deadline; with the pool draining, closes idle connections on which nothing waits. */
void conn_sweep(struct worker *w, uint64_t now_us);
/* The drain is over: wakes every thread that reads or writes. */
void conn_shutdown_all(struct worker *w);

/* worker_exchange.c */
enum exchange_next { EXCHANGE_WAIT, EXCHANGE_KEEP, EXCHANGE_CLOSE };
/* What is to be done with a readable connection the thread owns: one request at most. events: epoll's, 0 when unknown. */
enum exchange_next exchange_serve(struct worker_thread *t, struct conn *c, uint32_t events);

/* worker_thread.c */
MUST_CHECK enum err worker_threads_start(struct worker *w);
void worker_thread_beat(struct worker_thread *t);
MUST_CHECK enum err worker_listener_add(struct worker *w);
void worker_wake(struct worker *w);
