#include <string.h>
#include <time.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/clock.h"

static const struct {
	int64_t t;
	const char *rfc3339, *http;
} points[] = {
	{0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
	{-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
	{784111777, "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110, section 5.6.7 */
	{951782400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
	{1709251199, "2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59 GMT"},
	{1769860800, "2026-01-31T12:00:00Z", "Sat, 31 Jan 2026 12:00:00 GMT"},
	{2147483648, "2038-01-19T03:14:08Z", "Tue, 19 Jan 2038 03:14:08 GMT"},
	{4107542400, "2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 GMT"},
	{253402300799, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
	{-62135596800, "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT"},
	/* Beyond four digits of a year: the nearest that can be said. */
	{INT64_MAX, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
	{INT64_MIN, "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT"},
};

START_TEST(a_point_in_time_has_its_texts)
{
	char text[40];
	clock_rfc3339(points[_i].t, text);
	ck_assert_str_eq(text, points[_i].rfc3339);
	clock_http_date(points[_i].t, text);
	ck_assert_str_eq(text, points[_i].http);
}
END_TEST

static const struct {
	const char *text;
	bool good;
	int64_t t;
} parsed[] = {
	{"1970-01-01T00:00:00Z", true, 0},
	{"2026-01-31T12:00:00Z", true, 1769860800},
	{"2026-01-31t12:00:00z", true, 1769860800},
	{"2026-01-31T12:00:00.999Z", true, 1769860800},
	{"2026-01-31T08:30:00-03:30", true, 1769860800}, /* Newfoundland */
	{"2026-02-01T00:00:00+12:00", true, 1769860800},
	{"2026-01-31T12:00:00+00:00", true, 1769860800},
	{"2026-01-31T12:00:00-00:00", true, 1769860800},
	{"2026-01-31", true, 1769817600},
	{"2024-02-29", true, 1709164800},
	{"2000-02-29", true, 951782400},
	{"1990-12-31T23:59:60Z", true, 662688000}, /* a leap second, RFC 3339, section 5.8 */
	{"1990-12-31T15:59:60-08:00", true, 662688000},
	{"1990-12-31T22:59:60Z", false, 0},
	{"2026-02-29", false, 0},
	{"2100-02-29", false, 0},
	{"2026-04-31", false, 0},
	{"2026-13-01", false, 0},
	{"2026-00-01", false, 0},
	{"2026-01-00", false, 0},
	{"0000-01-01", false, 0},
	{"0001-01-01T00:00:00+00:01", false, 0},
	{"9999-12-31T23:59:59-00:01", false, 0},
	{"2026-01-31T24:00:00Z", false, 0},
	{"2026-01-31T12:60:00Z", false, 0},
	{"2026-01-31T12:00:61Z", false, 0},
	{"2026-01-31T12:00:00", false, 0},
	{"2026-01-31T12:00Z", false, 0},
	{"2026-01-31T12:00:00.Z", false, 0},
	{"2026-01-31T12:00:00+0330", false, 0},
	{"2026-01-31T12:00:00+24:00", false, 0},
	{"2026-01-31T12:00:00+03:60", false, 0},
	{"2026-01-31T12:00:00Zjunk", false, 0},
	{"2026-01-31 12:00:00Z", false, 0},
	{" 2026-01-31", false, 0},
	{"2026-01-31 ", false, 0},
	{"26-01-31", false, 0},
	{"2026-1-31", false, 0},
	{"+026-01-31", false, 0},
	{"2026/01/31", false, 0},
	{"", false, 0},
	{"now", false, 0},
};

START_TEST(a_text_is_a_point_in_time_or_none)
{
	int64_t t = 4711;
	ck_assert_msg(clock_parse(parsed[_i].text, &t) == parsed[_i].good, "%s", parsed[_i].text);
	ck_assert_int_eq(t, parsed[_i].good ? parsed[_i].t : 4711);
}
END_TEST

/* Against the C library, across centuries, at odd steps. */
START_TEST(dates_agree_with_the_c_library)
{
	for (int64_t t = -30000000000; t < 60000000000; t += 86399 * 997) {
		int year, month, day, hour, minute, second;
		time_t as_time = (time_t)t;
		struct tm tm;
		gmtime_r(&as_time, &tm);
		clock_civil(t, &year, &month, &day, &hour, &minute, &second);
		ck_assert_int_eq(year, tm.tm_year + 1900);
		ck_assert_int_eq(month, tm.tm_mon + 1);
		ck_assert_int_eq(day, tm.tm_mday);
		ck_assert_int_eq(hour * 3600 + minute * 60 + second, tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
		ck_assert_int_eq(clock_from_civil(year, month, day, hour, minute, second), t);
	}
}
END_TEST

START_TEST(clocks_go_forward)
{
	int64_t s = clock_unix(), ms = clock_unix_ms();
	ck_assert_int_gt(s, 1700000000);
	ck_assert_int_le(s, ms / 1000);
	uint64_t us = clock_mono_us();
	ck_assert_uint_le(us, clock_mono_us());
}
END_TEST

Suite *suite_clock(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");
	tcase_add_loop_test(t, a_point_in_time_has_its_texts, 0, sizeof points / sizeof *points);
	tcase_add_loop_test(t, a_text_is_a_point_in_time_or_none, 0, sizeof parsed / sizeof *parsed);
	tcase_add_test(t, dates_agree_with_the_c_library);
	tcase_add_test(t, clocks_go_forward);
	suite_add_tcase(s, t);
	return s;
}
