/* The pool's numbers to Amazon CloudWatch, once a minute. Each host tells those of its own workers, whether the database answers or not; how the outbox stands is told by
 * whichever host comes first in a minute. What CloudWatch does not take now is kept for later, with its own time. */
#include "db/outbox_db.h"
#include "db/site_db.h"
#include "jobs/job.h"
#include "jobs/minutes.h"
#include "util/log.h"

enum { MINUTE = 60 };

static void add_outbox(struct job_context *c, struct monitor_minute *minute)
{
	struct outbox_counts n;
	if (rate_db_count(c->db, "metrics", c->now, MINUTE, 1) != ERR_OK || outbox_db_count(c->db, c->arena, &n) != ERR_OK)
		return;
	minute->waiting = n.waiting;
	minute->dead = n.dead;
	minute->late = n.oldest_seconds;
}

static enum err read_pool(const char *dir, struct metrics_sum *sum)
{
	struct metrics *pool;
	enum err e = metrics_watch(dir, &pool);
	if (e != ERR_OK)
		return e;
	e = metrics_read(pool, sum);
	metrics_close(pool);
	return e;
}

/* Only what is written down as being sent is sent: a runner that dies meanwhile leaves a gap, never a minute that counts twice. */
static enum err send_all(struct job_context *c, struct minutes *m)
{
	char why[MONITOR_WHY_MAX];
	size_t n;
	const struct monitor_minute *all = minutes_all(m, &n);
	enum err e = minutes_save(m, n > 0);
	if (e != ERR_OK || n == 0)
		return e;
	e = monitor_publish(c->cloud, c->conf, all, n, why);
	if (e == ERR_INVALID || e == ERR_TOO_LARGE)
		LOG_ERROR("metrics_refused", LOG_I("minutes", n), LOG_S("why", why));
	else if (e != ERR_OK)
		LOG_WARN("metrics_kept", LOG_I("minutes", n), LOG_S("error", err_text(e)), LOG_S("why", why));
	else if (n > 1)
		LOG_INFO("metrics_caught_up", LOG_I("minutes", n));
	if (e == ERR_OK || e == ERR_INVALID || e == ERR_TOO_LARGE)
		minutes_forget(m);
	enum err saved = minutes_save(m, false);
	return e != ERR_OK ? e : saved;
}

enum err job_metrics(struct job_context *c, int64_t *done)
{
	const char *dir = c->conf->worker.runtime_dir;
	struct metrics_sum sum;
	struct minutes *m;
	size_t lost;
	(void)done; /* it would be a line in the log a minute */
	if (c->conf->monitor.cloudwatch_namespace[0] == '\0' || dir[0] == '\0')
		return ERR_OK;
	enum err e = minutes_open(dir, &m, &lost);
	if (e == ERR_CONFLICT)
		return ERR_OK; /* another runner's */
	if (e != ERR_OK)
		return e;
	if (lost > 0)
		LOG_WARN("metrics_left_out", LOG_I("minutes", lost));
	e = read_pool(dir, &sum);
	if (e == ERR_OK) {
		struct monitor_minute *minute = minutes_add(m, &sum, c->now);
		if (minute != NULL)
			add_outbox(c, minute);
		if (job_go_on(c))
			e = send_all(c, m);
	}
	minutes_close(m);
	return e;
}
