#include "../support/suites.h"

#include "text/format.h"

#include "util/clock.h"

#define SP "\u00a0"
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	int64_t minor;
	const char *currency, *en, *fr;
} amounts[] = {
	{0, "CAD", "Free", "Gratuit"},
	{1, "CAD", "$0.01", "0,01" SP "$"},
	{5, "CAD", "$0.05", "0,05" SP "$"},
	{100, "CAD", "$1", "1" SP "$"},
	{99999, "CAD", "$999.99", "999,99" SP "$"},
	{100000, "CAD", "$1,000", "1" SP "000" SP "$"},
	{1250050, "CAD", "$12,500.50", "12" SP "500,50" SP "$"},
	{100000005, "CAD", "$1,000,000.05", "1" SP "000" SP "000,05" SP "$"},
	{99999999999, "CAD", "$999,999,999.99", "999" SP "999" SP "999,99" SP "$"},
	{1250, "USD", "US$12.50", "12,50" SP "$" SP "US"},
	{1250, "EUR", "€12.50", "12,50" SP "€"},
	{1250, "JPY", "1,250" SP "JPY", "1" SP "250" SP "JPY"},
	{1250500, "KWD", "1,250.500" SP "KWD", "1" SP "250,500" SP "KWD"},
	{1250, "CHF", "12.50" SP "CHF", "12,50" SP "CHF"},
	{-1250, "CAD", "−$12.50", "−12,50" SP "$"},
};

START_TEST(money_is_written_as_each_language_does)
{
	struct buf b;
	buf_init(&b, 256);
	format_money(&b, LANG_EN, amounts[_i].minor, amounts[_i].currency);
	ck_assert_str_eq(buf_str(&b), amounts[_i].en);
	buf_reset(&b);
	format_money(&b, LANG_FR, amounts[_i].minor, amounts[_i].currency);
	ck_assert_str_eq(buf_str(&b), amounts[_i].fr);
	buf_free(&b);
}
END_TEST

static const struct {
	int64_t n;
	const char *en, *fr;
} counts[] = {
	{0, "0", "0"},
	{7, "7", "7"},
	{999, "999", "999"},
	{1000, "1,000", "1" SP "000"},
	{12345, "12,345", "12" SP "345"},
	{1000000, "1,000,000", "1" SP "000" SP "000"},
	{INT64_MAX, "9,223,372,036,854,775,807", "9" SP "223" SP "372" SP "036" SP "854" SP "775" SP "807"},
	{INT64_MIN, "−9,223,372,036,854,775,808", "−9" SP "223" SP "372" SP "036" SP "854" SP "775" SP "808"},
};

START_TEST(counts_are_grouped)
{
	struct buf b;
	buf_init(&b, 256);
	format_count(&b, LANG_EN, counts[_i].n);
	ck_assert_str_eq(buf_str(&b), counts[_i].en);
	buf_reset(&b);
	format_count(&b, LANG_FR, counts[_i].n);
	ck_assert_str_eq(buf_str(&b), counts[_i].fr);
	buf_free(&b);
}
END_TEST

static const struct {
	int64_t bytes;
	const char *en, *fr;
} sizes[] = {
	{-1, "0 MB", "0" SP "Mo"}, {0, "0 MB", "0" SP "Mo"}, {1, "0.1 MB", "0,1" SP "Mo"}, {1 << 20, "1 MB", "1" SP "Mo"}, {(1 << 20) + 1, "1.1 MB", "1,1" SP "Mo"},
	{15 << 20, "15 MB", "15" SP "Mo"}, {19083034, "18.2 MB", "18,2" SP "Mo"}, {INT64_C(1200) << 20, "1,200 MB", "1" SP "200" SP "Mo"},
};

START_TEST(megabytes_are_rounded_up)
{
	struct buf b;
	buf_init(&b, 256);
	format_megabytes(&b, LANG_EN, sizes[_i].bytes);
	ck_assert_str_eq(buf_str(&b), sizes[_i].en);
	buf_reset(&b);
	format_megabytes(&b, LANG_FR, sizes[_i].bytes);
	ck_assert_str_eq(buf_str(&b), sizes[_i].fr);
	buf_free(&b);
}
END_TEST

static const struct {
	int year, month, day;
	const char *en, *fr;
} dates[] = {
	{2026, 1, 31, "January 31, 2026", "31 janvier 2026"},
	{2026, 8, 1, "August 1, 2026", "1er août 2026"},
	{2024, 2, 29, "February 29, 2024", "29 février 2024"},
	{1999, 12, 31, "December 31, 1999", "31 décembre 1999"},
};

START_TEST(dates_are_written_out)
{
	int64_t t = clock_from_civil(dates[_i].year, dates[_i].month, dates[_i].day, 23, 59, 59);
	struct buf b;
	buf_init(&b, 256);
	format_date(&b, LANG_EN, t);
	ck_assert_str_eq(buf_str(&b), dates[_i].en);
	buf_reset(&b);
	format_date(&b, LANG_FR, t);
	ck_assert_str_eq(buf_str(&b), dates[_i].fr);
	buf_free(&b);
}
END_TEST

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

static const struct {
	int64_t age;
	const char *en, *fr;
} ages[] = {
	{-HOUR, "just now", "à l’instant"},
	{0, "just now", "à l’instant"},
	{59, "just now", "à l’instant"},
	{MINUTE, "1 minute ago", "il y a 1" SP "minute"},
	{2 * MINUTE - 1, "1 minute ago", "il y a 1" SP "minute"},
	{2 * MINUTE, "2 minutes ago", "il y a 2" SP "minutes"},
	{HOUR - 1, "59 minutes ago", "il y a 59" SP "minutes"},
	{HOUR, "1 hour ago", "il y a 1" SP "heure"},
	{DAY - 1, "23 hours ago", "il y a 23" SP "heures"},
	{DAY, "1 day ago", "il y a 1" SP "jour"},
	{30 * DAY, "30 days ago", "il y a 30" SP "jours"},
	{31 * DAY - 1, "30 days ago", "il y a 30" SP "jours"},
	{31 * DAY, "January 1, 2026", "1er janvier 2026"},
};

START_TEST(ages_are_in_words)
{
	int64_t t = clock_from_civil(2026, 1, 1, 12, 0, 0);
	struct buf b;
	buf_init(&b, 256);
	format_age(&b, LANG_EN, t, t + ages[_i].age);
	ck_assert_str_eq(buf_str(&b), ages[_i].en);
	buf_reset(&b);
	format_age(&b, LANG_FR, t, t + ages[_i].age);
	ck_assert_str_eq(buf_str(&b), ages[_i].fr);
	buf_free(&b);
}
END_TEST

Suite *suite_format(void);
Suite *suite_format(void)
{
	Suite *s = suite_create("format");
	TCase *t = tcase_create("format");
	tcase_add_loop_test(t, money_is_written_as_each_language_does, 0, COUNT_OF(amounts));
	tcase_add_loop_test(t, counts_are_grouped, 0, COUNT_OF(counts));
	tcase_add_loop_test(t, megabytes_are_rounded_up, 0, COUNT_OF(sizes));
	tcase_add_loop_test(t, dates_are_written_out, 0, COUNT_OF(dates));
	tcase_add_loop_test(t, ages_are_in_words, 0, COUNT_OF(ages));
	suite_add_tcase(s, t);
	return s;
}
