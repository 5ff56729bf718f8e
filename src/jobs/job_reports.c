/* Counts what the reports show: today and yesterday again and again, days before them once. */
#include "db/report_db.h"
#include "jobs/job.h"

enum { DAY = 86400, DAYS_MAX = 800, DAYS_AT_ONCE = 100 };

struct counting {
	struct job_context *job;
	int64_t first, today;          /* days */
	int64_t touched[DAYS_AT_ONCE + 2];
	size_t n;
};

static enum err count_day(struct counting *c, int64_t day)
{
	bool seen = day == c->today;
	enum err e = report_db_count(c->job->db, c->job->arena, REPORT_DAY, day, seen);
	c->touched[c->n++] = day;
	return e;
}

/* Days that were never counted, the newest first: as many as a run has time for. */
static enum err count_missing(struct counting *c, int64_t *done)
{
	int64_t known[DAYS_MAX];
	size_t n = 0;
	enum err e = report_db_counted(c->job->db, c->job->arena, c->first, DAYS_MAX, known, &n);
	for (int64_t day = c->today - 2 * DAY; e == ERR_OK && day >= c->first && c->n < DAYS_AT_ONCE && job_go_on(c->job); day -= DAY) {
		while (n > 0 && known[n - 1] > day)
			n--;
		if (n > 0 && known[n - 1] == day)
			continue;
		(*done)++;
		e = count_day(c, day);
	}
	return e;
}

static enum err count_periods(const struct counting *c, enum report_period p)
{
	int64_t last = -1;
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < c->n && job_go_on(c->job); i++) {
		int64_t start = report_start(p, c->touched[i]);
		if (start != last)
			e = report_db_count(c->job->db, c->job->arena, p, start, false);
		last = start;
	}
	return e;
}

enum err job_reports(struct job_context *c, int64_t *done)
{
	struct counting r = {.job = c, .today = report_start(REPORT_DAY, c->now)};
	int64_t first = 0, oldest = report_shift(REPORT_MONTH, report_start(REPORT_MONTH, c->now), 1 - REPORT_MONTHS);
	enum err e = report_db_first(c->db, c->arena, &first);
	if (e != ERR_OK || first == 0)
		return e;
	first = report_start(REPORT_DAY, first);
	r.first = first < oldest ? oldest : first;
	e = count_day(&r, r.today);
	if (e == ERR_OK && r.today - DAY >= r.first)
		e = count_day(&r, r.today - DAY);
	if (e == ERR_OK)
		e = count_missing(&r, done);
	if (e == ERR_OK)
		e = count_periods(&r, REPORT_WEEK);
	return e == ERR_OK ? count_periods(&r, REPORT_MONTH) : e;
}
