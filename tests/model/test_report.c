#include <check.h>

#include "model/report.h"
#include "suites_model.h"
#include "util/clock.h"

static int64_t at(const char *text)
{
	int64_t t;
	ck_assert(clock_parse(text, &t));
	return t;
}

static const struct {
	enum report_period period;
	const char *t, *starts, *next, *before;
} cases[] = {
	{REPORT_DAY, "2026-03-01T00:00:00Z", "2026-03-01", "2026-03-02", "2026-02-28"},
	{REPORT_DAY, "2024-02-29T23:59:59Z", "2024-02-29", "2024-03-01", "2024-02-28"},
	{REPORT_WEEK, "2026-01-01T12:00:00Z", "2025-12-29", "2026-01-05", "2025-12-22"},
	{REPORT_WEEK, "2026-11-22T23:59:59Z", "2026-11-16", "2026-11-23", "2026-11-09"},
	{REPORT_WEEK, "2026-11-23T00:00:00Z", "2026-11-23", "2026-11-30", "2026-11-16"},
	{REPORT_MONTH, "2026-12-31T23:59:59Z", "2026-12-01", "2027-01-01", "2026-11-01"},
	{REPORT_MONTH, "2026-01-15T00:00:00Z", "2026-01-01", "2026-02-01", "2025-12-01"},
};

START_TEST(periods_begin_and_end_in_utc)
{
	int64_t start = report_start(cases[_i].period, at(cases[_i].t));
	ck_assert_int_eq(start, at(cases[_i].starts));
	ck_assert_int_eq(report_start(cases[_i].period, start), start);
	ck_assert_int_eq(report_shift(cases[_i].period, start, 1), at(cases[_i].next));
	ck_assert_int_eq(report_shift(cases[_i].period, start, -1), at(cases[_i].before));
	ck_assert_int_eq(report_shift(cases[_i].period, report_shift(cases[_i].period, start, -23), 23), start);
}
END_TEST

START_TEST(every_series_stands_in_one_report)
{
	int seen[REPORT_SERIES] = {0};
	for (size_t i = 0; i < REPORTS; i++) {
		ck_assert_ptr_eq(report_find(reports[i].name), &reports[i]);
		for (size_t k = 0; k < reports[i].n; k++)
			seen[reports[i].series[k]]++;
	}
	for (int s = 0; s < REPORT_SERIES; s++)
		ck_assert_int_eq(seen[s], 1);
	ck_assert_ptr_null(report_find("none"));
	enum report_period p;
	ck_assert(report_period_parse("week", &p) && p == REPORT_WEEK);
	ck_assert(!report_period_parse("year", &p));
	for (int i = 0; i < REPORT_PERIODS; i++)
		ck_assert_uint_le(report_points((enum report_period)i), REPORT_POINTS_MAX);
}
END_TEST

Suite *suite_report(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");
	tcase_add_loop_test(t, periods_begin_and_end_in_utc, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, every_series_stands_in_one_report);
	suite_add_tcase(s, t);
	return s;
}
