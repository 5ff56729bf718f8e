/* report: what the reports count, and the days, weeks and months they count by. Times are UTC throughout: a day begins at 00:00 UTC, a week on
 * Monday (ISO 8601), a month on its first. No I/O. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum report_period { REPORT_DAY = 0, REPORT_WEEK = 1, REPORT_MONTH = 2, REPORT_PERIODS };
enum { REPORT_DAYS = 30, REPORT_WEEKS = 26, REPORT_MONTHS = 24, REPORT_POINTS_MAX = 30 };

/* Values as stored. */
enum report_series {
	REPORT_SUBMITTED = 0,  /* listings, by when they were written */
	REPORT_PUBLISHED = 1,  /* by when they first appeared */
	REPORT_REJECTED = 2,
	REPORT_EXPIRED = 3,
	REPORT_SOLD = 4,
	REPORT_REGISTERED = 5, /* members */
	REPORT_ACTIVE = 6,     /* members seen on a day; of a week or month: the average of its days */
	REPORT_MESSAGES = 7,   /* between buyers and sellers */
	REPORT_MISSES = 8,     /* searches without result */
	REPORT_MEDIAN = 9,     /* seconds from submission to a moderator's decision */
	REPORT_NINETY = 10,    /* nine of ten decisions were quicker */
	REPORT_SERIES
};

/* What is told of together. */
struct report {
	const char *name;      /* "listings": also in the CSV's address */
	enum report_series series[5];
	size_t n;
};
enum { REPORTS = 5 };
extern const struct report reports[REPORTS];
/* NULL: there is none of that name. */
const struct report *report_find(const char *name);
/* "listings_submitted": a CSV's column. */
const char *report_series_name(enum report_series s);
/* Seconds, not a count. */
bool report_is_time(enum report_series s);

/* "day", "week", "month" */
const char *report_period_name(enum report_period p);
bool report_period_parse(const char *s, enum report_period *out);
/* How many of them are shown. */
size_t report_points(enum report_period p);
/* When the period that holds t begins, and the one n later (n < 0: before) than one that begins at start. */
int64_t report_start(enum report_period p, int64_t t);
int64_t report_shift(enum report_period p, int64_t start, int n);

/* A value of one period. */
struct report_point {
	int64_t starts, value;
	bool known;            /* was it counted, or is there anything to say? */
};
/* One series over the periods shown, the oldest first. */
struct report_line {
	enum report_series series;
	struct report_point points[REPORT_POINTS_MAX];
	size_t n;
};
/* A search that found nothing, and how often. */
struct report_miss {
	const char *query;
	int64_t misses;
};
