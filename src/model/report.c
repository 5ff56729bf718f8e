#include "model/report.h"

#include <string.h>

#include "util/clock.h"

enum { DAY = 86400, WEEK = 7 * DAY, FIRST_MONDAY = 4 * DAY }; /* 1970-01-05 */

const struct report reports[REPORTS] = {
	{"listings", {REPORT_SUBMITTED, REPORT_PUBLISHED, REPORT_REJECTED, REPORT_EXPIRED, REPORT_SOLD}, 5},
	{"members", {REPORT_REGISTERED, REPORT_ACTIVE}, 2},
	{"messages", {REPORT_MESSAGES}, 1},
	{"searches", {REPORT_MISSES}, 1},
	{"moderation", {REPORT_MEDIAN, REPORT_NINETY}, 2},
};

static const char *const series_names[REPORT_SERIES] = {
	"listings_submitted", "listings_published", "listings_rejected", "listings_expired", "listings_sold", "members_registered", "members_active",
	"messages", "searches_without_result", "decision_seconds_median", "decision_seconds_90th_percentile",
};

static const char *const period_names[REPORT_PERIODS] = {"day", "week", "month"};

const struct report *report_find(const char *name)
{
	for (size_t i = 0; i < REPORTS; i++)
		if (strcmp(reports[i].name, name) == 0)
			return &reports[i];
	return NULL;
}

const char *report_series_name(enum report_series s)
{
	return series_names[s];
}

bool report_is_time(enum report_series s)
{
	return s == REPORT_MEDIAN || s == REPORT_NINETY;
}

const char *report_period_name(enum report_period p)
{
	return period_names[p];
}

bool report_period_parse(const char *s, enum report_period *out)
{
	for (int i = 0; i < REPORT_PERIODS; i++) {
		if (strcmp(period_names[i], s) == 0) {
			*out = (enum report_period)i;
			return true;
		}
	}
	return false;
}

size_t report_points(enum report_period p)
{
	return p == REPORT_DAY ? REPORT_DAYS : p == REPORT_WEEK ? REPORT_WEEKS : REPORT_MONTHS;
}

static int64_t month_start(int64_t t, int shift)
{
	int year, month, day, hour, minute, second;
	clock_civil(t, &year, &month, &day, &hour, &minute, &second);
	int months = year * 12 + month - 1 + shift;
	return clock_from_civil(months / 12, months % 12 + 1, 1, 0, 0, 0);
}

int64_t report_start(enum report_period p, int64_t t)
{
	if (p == REPORT_MONTH)
		return month_start(t, 0);
	return p == REPORT_DAY ? t - t % DAY : t - (t - FIRST_MONDAY) % WEEK;
}

int64_t report_shift(enum report_period p, int64_t start, int n)
{
	return p == REPORT_MONTH ? month_start(start, n) : start + (int64_t)n * (p == REPORT_DAY ? DAY : WEEK);
}
