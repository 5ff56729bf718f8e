#include "jobs/jobs.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "db/job_db.h"
#include "jobs/delivery.h"
#include "jobs/job.h"
#include "util/clock.h"
#include "util/log.h"

static const struct job table[] = {
	{"alerts", 15, job_alerts, false},
	{"expiry", 300, job_expiry, false},
	{"purge", 900, job_purge, false},
	{"cleanup", 600, job_cleanup, false},
	{"reports", 300, job_reports, false},
	{"photos", 600, job_photos, false},
	{"metrics", 60, job_metrics, true},
};

enum {
	JOBS = sizeof table / sizeof *table,
	ARENA_BYTES = 16 << 20, JOB_STATEMENT_MS = 30000, JOB_READ_SECONDS = 60,
	POLL_MS = 500, TICK_MS = 250, JOB_TICK_MS = 1000, DB_PAUSE_MS = 2000, PATIENCE_US = 90 * 1000000,
	SIDES = DELIVERY_OTHERS + 1, BEATS = SIDES + 1 /* of each side's delivery, and of the table */,
};

struct jobs {
	const struct jobs_setup *set_up;
	struct conf long_conf;   /* the same with more patience for the database */
	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	_Atomic uint64_t beats_us[BEATS];
};

struct job_thread {
	struct jobs *jobs;
};

static void beat(void *ctx)
{
	_Atomic uint64_t *us = ctx;
	atomic_store(us, clock_mono_us());
}

bool job_go_on(struct job_context *c)
{
	struct jobs *j = c->thread->jobs;
	beat(&j->beats_us[SIDES]);
	return !atomic_load(&j->stop);
}

static void sleep_ms(struct jobs *j, long ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&j->lock);
	while (!atomic_load(&j->stop) && pthread_cond_timedwait(&j->wake, &j->lock, &until) == 0)
		;
	pthread_mutex_unlock(&j->lock);
}

static void jobs_init(struct jobs *j, const struct jobs_setup *s)
{
	pthread_condattr_t monotonic;
	*j = (struct jobs){.set_up = s, .long_conf = *s->conf};
	if (j->long_conf.database.read_timeout < JOB_READ_SECONDS)
		j->long_conf.database.read_timeout = JOB_READ_SECONDS;
	for (int i = 0; i < BEATS; i++)
		beat(&j->beats_us[i]);
	pthread_mutex_init(&j->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&j->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void jobs_end(struct jobs *j)
{
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
	explicit_bzero(&j->long_conf, sizeof j->long_conf);
}

/* ---- The outbox ---- */

static void delivery_close(struct delivery *d)
{
	mail_close(d->carrier);
	photo_store_close(d->photos);
	db_free(d->db);
	arena_free(d->arena);
}

static enum err delivery_open(struct jobs *j, enum delivery_side side, struct delivery *d, char why[static MAIL_WHY_MAX])
{
	const struct jobs_setup *s = j->set_up;
	*d = (struct delivery){.conf = s->conf, .cloud = s->cloud, .side = side, .stop = &j->stop, .beat = {beat, &j->beats_us[side]}};
	delivery_init(d);
	const struct mail_means with = {.cloud = s->cloud, .beat = &d->beat};
	enum err e = side == DELIVERY_MAIL ? mail_open(s->conf, &with, &d->carrier, why) : ERR_OK;
	if (e == ERR_OK)
		e = db_new(&j->long_conf, &s->login, NULL, JOB_STATEMENT_MS, &d->db);
	if (e == ERR_OK && (d->arena = arena_new(ARENA_BYTES)) == NULL)
		e = ERR_NOMEM;
	if (e != ERR_OK)
		delivery_close(d);
	return e;
}

struct delivery_thread {
	struct jobs *jobs;
	struct delivery delivery;
};

static void sides_close(struct delivery_thread *sides, int n)
{
	while (n > 0)
		delivery_close(&sides[--n].delivery);
}

/* Both or none. */
static enum err sides_open(struct jobs *j, struct delivery_thread sides[static SIDES], char why[static MAIL_WHY_MAX])
{
	for (int i = 0; i < SIDES; i++) {
		sides[i].jobs = j;
		enum err e = delivery_open(j, (enum delivery_side)i, &sides[i].delivery, why);
		if (e != ERR_OK) {
			sides_close(sides, i);
			return e;
		}
	}
	return ERR_OK;
}

static void *delivery_thread(void *arg)
{
	struct delivery_thread *t = arg;
	struct jobs *j = t->jobs;
	while (!atomic_load(&j->stop)) {
		enum err e = delivery_round(&t->delivery);
		long ms = POLL_MS;
		if (e != ERR_OK) {
			LOG_ERROR("outbox_failed", LOG_S("error", err_text(e)), LOG_S("database", db_error_text(t->delivery.db)));
			ms = DB_PAUSE_MS;
		}
		for (; ms > 0 && !atomic_load(&j->stop); ms -= JOB_TICK_MS) {
			delivery_beat(&t->delivery);
			sleep_ms(j, ms < JOB_TICK_MS ? ms : JOB_TICK_MS);
		}
	}
	return NULL;
}

/* ---- The table ---- */

static enum err run_locked(const struct job *job, struct job_context *c, int64_t *done)
{
	bool mine;
	enum err e = job_db_lock(c->db, c->arena, job->name, &mine);
	if (e != ERR_OK || !mine)
		return e;
	e = job->run(c, done);
	enum err unlocked = job_db_unlock(c->db, c->arena, job->name);
	return e != ERR_OK ? e : unlocked;
}

static enum err run_job(const struct job *job, struct job_context *c)
{
	int64_t done = 0;
	uint64_t began = clock_mono_us();
	arena_reset(c->arena);
	c->now = clock_unix();
	enum err e = job->everywhere ? job->run(c, &done) : run_locked(job, c, &done);
	if (e != ERR_OK)
		LOG_ERROR("job_failed", LOG_S("job", job->name), LOG_S("error", err_text(e)), LOG_S("database", db_error_text(c->db)));
	else if (done > 0)
		LOG_INFO("job_done", LOG_S("job", job->name), LOG_I("done", done), LOG_I("ms", (clock_mono_us() - began) / 1000));
	return e;
}

static void job_close(struct job_context *c)
{
	db_free(c->db);
	arena_free(c->arena);
}

static enum err job_open(struct jobs *j, struct job_thread *t, struct job_context *c)
{
	*c = (struct job_context){.conf = j->set_up->conf, .cloud = j->set_up->cloud, .thread = t};
	enum err e = db_new(&j->long_conf, &j->set_up->login, NULL, JOB_STATEMENT_MS, &c->db);
	if (e == ERR_OK && (c->arena = arena_new(ARENA_BYTES)) == NULL)
		e = ERR_NOMEM;
	if (e != ERR_OK)
		job_close(c);
	return e;
}

struct table_thread {
	struct job_thread thread;
	struct job_context context;
};

static void *table_thread(void *arg)
{
	struct table_thread *t = arg;
	struct jobs *j = t->thread.jobs;
	uint64_t due[JOBS] = {0};
	while (job_go_on(&t->context)) {
		for (size_t i = 0; i < JOBS && job_go_on(&t->context); i++) {
			if (clock_mono_us() < due[i])
				continue;
			enum err e = run_job(&table[i], &t->context);
			int64_t wait = e == ERR_OK || table[i].every < 60 ? table[i].every : 60;
			due[i] = clock_mono_us() + (uint64_t)wait * 1000000;
		}
		sleep_ms(j, JOB_TICK_MS);
	}
	return NULL;
}

/* ---- The process ---- */

static bool alive(const struct jobs *j, uint64_t now, uint64_t patience)
{
	for (int i = 0; i < BEATS; i++) {
		uint64_t last = atomic_load(&j->beats_us[i]);
		if (now >= last && now - last >= patience)
			return false;
	}
	return true;
}

static void attend(struct jobs *j, const sigset_t *signals)
{
	uint64_t watchdog_us = 0, next = 0;
	if (sd_watchdog_enabled(0, &watchdog_us) <= 0)
		watchdog_us = 0;
	sd_notify(0, "READY=1\nSTATUS=delivers mail");
	LOG_INFO("jobs_ready", LOG_S("transport", j->set_up->conf->mail.transport), LOG_I("jobs", JOBS));
	for (;;) {
		int number = sigtimedwait(signals, NULL, &(struct timespec){.tv_nsec = TICK_MS * 1000000L});
		uint64_t now = clock_mono_us();
		if (number > 0)
			LOG_INFO("signal", LOG_S("name", sigabbrev_np(number)));
		if (number == SIGTERM || number == SIGINT)
			return;
		if (watchdog_us > 0 && now >= next && alive(j, now, watchdog_us > PATIENCE_US ? PATIENCE_US : watchdog_us)) {
			sd_notify(0, "WATCHDOG=1");
			next = now + watchdog_us / 4;
		}
	}
}

static void stop(struct jobs *j)
{
	sd_notify(0, "STOPPING=1");
	pthread_mutex_lock(&j->lock);
	atomic_store(&j->stop, true);
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->lock);
}

/* Those that could be started run until told to stop. */
static enum err run_threads(struct jobs *j, struct delivery_thread sides[static SIDES], struct table_thread *rows)
{
	sigset_t signals;
	pthread_t threads[BEATS];
	int n = 0;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0)
		return ERR_INTERNAL;
	while (n < SIDES && pthread_create(&threads[n], NULL, delivery_thread, &sides[n]) == 0)
		n++;
	n += n == SIDES && pthread_create(&threads[n], NULL, table_thread, rows) == 0;
	if (n == BEATS)
		attend(j, &signals);
	stop(j);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	LOG_INFO("jobs_stop", LOG_I("sent", sides[DELIVERY_MAIL].delivery.sent));
	return n == BEATS ? ERR_OK : ERR_INTERNAL;
}

enum err jobs_run(const struct jobs_setup *s, char why[static 512])
{
	struct jobs j;
	jobs_init(&j, s);
	struct delivery_thread sides[SIDES];
	struct table_thread rows = {.thread = {&j}};
	enum err e = sides_open(&j, sides, why);
	if (e == ERR_OK) {
		e = job_open(&j, &rows.thread, &rows.context);
		if (e == ERR_OK) {
			e = run_threads(&j, sides, &rows);
			job_close(&rows.context);
		}
		sides_close(sides, SIDES);
	}
	jobs_end(&j);
	return e;
}

static enum err table_once(struct jobs *j, struct jobs_tally *out)
{
	struct job_thread thread = {j};
	struct job_context c;
	enum err e = job_open(j, &thread, &c);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < JOBS; i++)
		out->failed += run_job(&table[i], &c) != ERR_OK;
	job_close(&c);
	return ERR_OK;
}

static enum err side_once(struct delivery *d, struct jobs_tally *out)
{
	enum err e = delivery_round(d);
	const char *database = db_error_text(d->db);
	out->sent += d->sent;
	out->later += d->later;
	out->dead += d->dead;
	if (e != ERR_OK)
		snprintf(out->why, sizeof out->why, "%s", database != NULL ? database : "");
	else if (out->away == NULL)
		snprintf(out->why, sizeof out->why, "%s", d->why);
	out->away = out->away != NULL ? out->away : d->away;
	return e;
}

enum err jobs_once(const struct jobs_setup *s, struct jobs_tally *out)
{
	struct jobs j;
	struct delivery_thread sides[SIDES];
	*out = (struct jobs_tally){0};
	jobs_init(&j, s);
	enum err e = sides_open(&j, sides, out->why);
	if (e == ERR_OK) {
		/* the jobs first: what they order goes out with the rest */
		e = table_once(&j, out);
		for (int i = 0; e == ERR_OK && i < SIDES; i++)
			e = side_once(&sides[i].delivery, out);
		sides_close(sides, SIDES);
	}
	jobs_end(&j);
	return e;
}
