/* The worker's main thread: signals, systemd, deadlines, the watchdog and the drain. It serves no request itself. */
#include "http/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "http/worker_internal.h"
#include "util/clock.h"
#include "util/log.h"

enum { TICK_MIN_MS = 20, TICK_MAX_MS = 500, DRAIN_TICK_MS = 50, BEAT_MAX_MS = 1000, SPARE_FDS = 64, LAST_GRACE_US = 1000000 };

struct clockwork {
	int tick_ms;
	uint64_t watchdog_us; /* 0: nobody watches */
	uint64_t next_notify_us;
	uint64_t counted_us;     /* threads' time until then is in the metrics */
};

static const int handled_signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};

static void signals_fill(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof handled_signals / sizeof *handled_signals; i++)
		sigaddset(set, handled_signals[i]);
}

/* libfcgi's FCGX_Init installs handlers without SA_RESTART that would cut a request in half: signals are blocked before the
 * threads are made, and its handlers taken back. */
static enum err signals_take(struct worker *w)
{
	sigset_t set;
	signals_fill(&set);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 || FCGX_Init() != 0)
		return ERR_INTERNAL;
	for (size_t i = 0; i < sizeof handled_signals / sizeof *handled_signals; i++)
		signal(handled_signals[i], SIG_DFL);
	/* Ignored and not blocked: a blocked one would come back by the descriptor, and naming it in a log whose reader is gone
	 * would raise the next. */
	signal(SIGPIPE, SIG_IGN);
	w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return w->signal_fd >= 0 ? ERR_OK : ERR_IO;
}

/* SIGTERM or SIGINT came. Others are taken and named, nothing more. */
static bool told_to_stop(const struct worker *w)
{
	struct signalfd_siginfo info;
	bool stop = false;
	while (read(w->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		int number = (int)info.ssi_signo;
		stop = stop || number == SIGTERM || number == SIGINT;
		LOG_INFO("signal", LOG_S("name", sigabbrev_np(number)));
	}
	return stop;
}

/* Sleeps until a signal, a wake-up or the tick. */
static bool wait_tick(const struct worker *w, int ms)
{
	struct pollfd p[] = {{.fd = w->signal_fd, .events = POLLIN}, {.fd = w->wake_fd, .events = POLLIN}};
	if (poll(p, 2, ms) <= 0)
		return false;
	uint64_t count;
	if (p[1].revents != 0 && read(w->wake_fd, &count, sizeof count) < 0 && errno != EAGAIN)
		LOG_WARN("wake", LOG_I("errno", errno));
	return p[0].revents != 0 && told_to_stop(w);
}

static void raise_descriptor_limit(const struct worker *w)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)w->conns.size + w->thread_count + SPARE_FDS;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		LOG_WARN("descriptor_limit", LOG_I("limit", limit.rlim_cur), LOG_I("wanted", wanted));
}

static enum err worker_open(struct worker *w, const struct http_worker *set_up)
{
	const struct conf *conf = set_up->conf;
	w->set_up = set_up;
	w->read_timeout_us = (uint64_t)conf->worker.read_timeout_ms * 1000;
	w->thread_count = (unsigned)conf->worker.threads;
	enum err e = conn_table_init(&w->conns, (unsigned)conf->worker.max_connections);
	if (e != ERR_OK)
		return e;
	raise_descriptor_limit(w);
	int flags = fcntl(set_up->listen_fd, F_GETFL);
	if (flags < 0 || fcntl(set_up->listen_fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return ERR_IO;
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->epoll_fd < 0 || w->stop_fd < 0 || w->wake_fd < 0)
		return ERR_IO;
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = w};
	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->stop_fd, &ev) == 0 ? ERR_OK : ERR_IO;
}

/* Only with no thread left. */
static void worker_close(struct worker *w)
{
	conn_table_free(&w->conns);
	for (unsigned i = 0; w->threads != NULL && i < w->thread_count; i++) {
		arena_free(w->threads[i].arena);
		free(w->threads[i].peek);
		buf_free(&w->threads[i].head);
		buf_free(&w->threads[i].res.body);
	}
	free(w->threads);
	int fds[] = {w->epoll_fd, w->stop_fd, w->wake_fd, w->signal_fd};
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(w);
}

static struct clockwork clockwork_new(struct worker *w)
{
	struct clockwork c = {.counted_us = clock_mono_us()};
	uint64_t tick_ms = w->read_timeout_us / 4000;
	if (sd_watchdog_enabled(0, &c.watchdog_us) <= 0)
		c.watchdog_us = 0;
	if (c.watchdog_us > 0 && c.watchdog_us / 4000 < tick_ms)
		tick_ms = c.watchdog_us / 4000;
	tick_ms = tick_ms < TICK_MIN_MS ? TICK_MIN_MS : tick_ms > TICK_MAX_MS ? TICK_MAX_MS : tick_ms;
	c.tick_ms = (int)tick_ms;
	w->beat_ms = c.watchdog_us > 0 && c.watchdog_us / 8000 < BEAT_MAX_MS ? (int)(c.watchdog_us / 8000) + 1 : BEAT_MAX_MS;
	return c;
}

/* systemd hears of us only while every thread has come round within half its patience. */
static void watchdog(const struct worker *w, struct clockwork *c, uint64_t now)
{
	if (c->watchdog_us == 0 || now < c->next_notify_us)
		return;
	for (unsigned i = 0; i < w->thread_count; i++) {
		uint64_t beat = atomic_load(&w->threads[i].beat_us);
		if (now > beat && now - beat > c->watchdog_us / 2) {
			LOG_ERROR("thread_stuck", LOG_I("thread", i), LOG_I("ms", (now - beat) / 1000));
			c->next_notify_us = now + c->watchdog_us / 4;
			return;
		}
	}
	sd_notify(0, "WATCHDOG=1");
	c->next_notify_us = now + c->watchdog_us / 4;
}

static void count_threads(const struct worker *w, struct clockwork *c, uint64_t now)
{
	if (!w->set_up->apart)
		metrics_add(w->set_up->metrics, METRIC_THREAD_US, (now - c->counted_us) * atomic_load(&w->running));
	c->counted_us = now;
}

static void tick(struct worker *w, struct clockwork *c)
{
	uint64_t now = clock_mono_us();
	count_threads(w, c, now);
	conn_sweep(w, now);
	watchdog(w, c, now);
	if (!atomic_load(&w->draining) && atomic_exchange(&w->paused, false) && worker_listener_add(w) != ERR_OK)
		LOG_ERROR("listener", LOG_I("errno", errno));
}

static void serve(struct worker *w, struct clockwork *c)
{
	sd_notifyf(0, "READY=1\nSTATUS=%u threads serve", w->thread_count);
	LOG_INFO("worker_ready", LOG_I("pid", getpid()), LOG_I("threads", w->thread_count), LOG_I("max_connections", w->conns.limit));
	while (!wait_tick(w, c->tick_ms))
		tick(w, c);
}

/* No new connection; idle ones closed; what is in flight has until the deadline. */
static enum err drain(struct worker *w, struct clockwork *c)
{
	int64_t seconds = w->set_up->conf->worker.drain_seconds;
	if (seconds < w->set_up->drain_seconds)
		seconds = w->set_up->drain_seconds;
	uint64_t end = clock_mono_us() + (uint64_t)seconds * 1000000;
	sd_notify(0, "STOPPING=1");
	atomic_store(&w->draining, true);
	LOG_INFO("worker_drains", LOG_I("pid", getpid()), LOG_I("seconds", seconds));
	if (!atomic_load(&w->paused))
		epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, w->set_up->listen_fd, NULL);
	for (;;) {
		tick(w, c);
		unsigned open = atomic_load(&w->conns.open);
		if (open == 0)
			return ERR_OK;
		if (clock_mono_us() > end) {
			LOG_ERROR("drain_cut", LOG_I("connections", open));
			conn_shutdown_all(w);
			return ERR_TIMEOUT;
		}
		wait_tick(w, DRAIN_TICK_MS);
	}
}

/* False when a thread is stuck in the program's code: it and what it uses must be left alone. */
static bool threads_stop(struct worker *w)
{
	uint64_t one = 1, end = clock_mono_us() + LAST_GRACE_US;
	atomic_store(&w->stop, true);
	if (write(w->stop_fd, &one, sizeof one) < 0)
		LOG_ERROR("stop", LOG_I("errno", errno));
	while (atomic_load(&w->running) > 0 && clock_mono_us() < end)
		wait_tick(w, DRAIN_TICK_MS);
	if (atomic_load(&w->running) > 0)
		return false;
	for (unsigned i = 0; i < w->started; i++)
		pthread_join(w->threads[i].id, NULL);
	return true;
}

static enum err threads_ready(struct worker *w)
{
	while (atomic_load(&w->ready) < w->thread_count)
		if (wait_tick(w, BEAT_MAX_MS))
			return ERR_CLOSED;
	return atomic_load(&w->failed) ? ERR_INTERNAL : ERR_OK;
}

enum err http_worker_run(const struct http_worker *set_up)
{
	struct worker *w = calloc(1, sizeof *w);
	if (w == NULL)
		return ERR_NOMEM;
	w->epoll_fd = w->stop_fd = w->wake_fd = w->signal_fd = -1;
	enum err e = signals_take(w);
	if (e == ERR_OK)
		e = worker_open(w, set_up);
	if (e != ERR_OK)
		goto out;
	struct clockwork c = clockwork_new(w);
	e = worker_threads_start(w);
	if (e == ERR_OK)
		e = threads_ready(w);
	if (e == ERR_OK)
		e = worker_listener_add(w);
	if (e == ERR_OK) {
		serve(w, &c);
		e = drain(w, &c);
	}
	if (e == ERR_CLOSED)
		e = ERR_OK; /* told to stop before it served */
	LOG_INFO("worker_stops", LOG_S("result", err_text(e)));
	if (!threads_stop(w)) {
		LOG_ERROR("thread_abandoned", LOG_I("threads", atomic_load(&w->running)));
		return ERR_TIMEOUT;
	}
out:
	worker_close(w);
	return e;
}
