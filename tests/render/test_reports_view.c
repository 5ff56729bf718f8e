#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/chart.h"
#include "render/favourite_view.h"
#include "render/reports_view.h"
#include "render/saved_search_view.h"

Suite *suite_reports_view(void);

enum { PAGE_CAP = 1 << 20 };

static void fill_lines(struct report_line *lines, enum report_period p)
{
	for (int s = 0; s < REPORT_SERIES; s++) {
		lines[s] = (struct report_line){.series = (enum report_series)s, .n = report_points(p)};
		for (size_t i = 0; i < lines[s].n; i++)
			lines[s].points[i] = (struct report_point){
				.starts = report_shift(p, report_start(p, FIXTURE_NOW), (int)i + 1 - (int)lines[s].n),
				.value = report_is_time((enum report_series)s) ? (int64_t)i * 3671 : (int64_t)(i * i) % 41 * (s + 1), .known = (i + (size_t)s) % 7 != 3};
	}
}

static void check_reports(const char *name, enum lang lang, enum report_period p)
{
	static struct report_line lines[REPORT_SERIES];
	static const struct report_miss misses[] = {{HOSTILE, 1200}, {"punt", 3}};
	fill_lines(lines, p);
	struct reports_view v = {.page = fixture_page(lang, "/reports"), .period = p, .lines = lines, .misses = misses, .miss_count = 2, .counted = true};
	v.page.title = tr(lang, MSG_REPORTS_TITLE);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	reports_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(name, &b);
	buf_free(&b);
}

START_TEST(reports_are_drawn)
{
	check_reports("reports-week-fr.html", LANG_FR, REPORT_WEEK);
}
END_TEST

START_TEST(a_report_as_csv)
{
	static struct report_line lines[REPORT_SERIES];
	struct buf b;
	buf_init(&b, PAGE_CAP);
	fill_lines(lines, REPORT_MONTH);
	reports_csv(&b, report_find("members"), lines);
	golden_check("reports-members.csv", &b);
	buf_free(&b);
}
END_TEST

static const struct {
	int64_t value;
	bool seconds;
	const char *en, *fr;
} values[] = {
	{0, false, "0", "0"}, {1250, false, "1,250", "1\u00a0250"}, {59, true, "59\u00a0s", "59\u00a0s"}, {60, true, "1\u00a0min", "1\u00a0min"},
	{3600, true, "1\u00a0h", "1\u00a0h"}, {9000, true, "2\u00a0h 30\u00a0min", "2\u00a0h 30\u00a0min"}, {86400, true, "24\u00a0h", "24\u00a0h"},
	{200000, true, "2\u00a0d 8\u00a0h", "2\u00a0j 8\u00a0h"}, {3599, true, "1\u00a0h", "1\u00a0h"},
};

START_TEST(values_as_people_say_them)
{
	struct buf b;
	buf_init(&b, 1000);
	chart_value(&b, LANG_EN, values[_i].value, values[_i].seconds);
	ck_assert_str_eq(buf_str(&b), values[_i].en);
	buf_reset(&b);
	chart_value(&b, LANG_FR, values[_i].value, values[_i].seconds);
	ck_assert_str_eq(buf_str(&b), values[_i].fr);
	buf_free(&b);
}
END_TEST

/* Nothing, one point, all gaps, and more than a scale can say. */
START_TEST(a_drawing_of_anything_stays_within_its_frame)
{
	static const struct chart_point none[] = {{"a", "a", 0, false}, {"b", "b", 0, false}}, one[] = {{"a", HOSTILE, INT64_MAX, true}},
	                                huge[] = {{"a", "a", INT64_MAX, true}, {"b", "b", 1, true}, {"c", "c", 0, true}};
	const struct chart charts[] = {
		{.id = "c", .title = "t", .description = "d", .points = none, .n = 2}, {.id = "c", .title = HOSTILE, .description = HOSTILE, .points = one, .n = 1, .line = true},
		{.id = "c", .title = "t", .description = "d", .points = huge, .n = 3, .seconds = true},
	};
	struct buf b;
	buf_init(&b, PAGE_CAP);
	for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
		chart_svg(&b, LANG_EN, &charts[i]);
	ck_assert_int_eq(b.error, ERR_OK);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>"));
	ck_assert_ptr_null(strstr(buf_str(&b), "=\"-"));
	buf_free(&b);
}
END_TEST

START_TEST(favourites_say_what_became_of_them)
{
	struct favourite list[3] = {{fixture_listings[0], FIXTURE_NOW}, {fixture_listings[1], FIXTURE_NOW - 60}, {fixture_listings[2], FIXTURE_NOW - 120}};
	list[1].listing.state = LISTING_SOLD;
	list[2].listing.state = LISTING_REMOVED;
	struct favourites_view v = {.page = fixture_page(LANG_FR, "/account/favourites"), .catalog = &fixture_catalog, .list = list, .n = 3, .now = FIXTURE_NOW,
	                            .first_href = "/fr/account/favourites", .next_href = "/fr/account/favourites?after=1-2"};
	v.page.title = tr(LANG_FR, MSG_FAVOURITES_TITLE);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	favourites_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "hors-bord"));
	golden_check("favourites-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(saved_searches_and_the_way_out)
{
	const struct saved_search list[] = {{1, HOSTILE, "q=a&category=b", ALERT_DAILY, FIXTURE_NOW, FIXTURE_NOW - 3600}, {2, "Doris", "q=doris", ALERT_NONE, FIXTURE_NOW, 0}};
	struct saved_searches_view v = {.page = fixture_page(LANG_EN, "/account/searches"), .list = list, .n = 2, .now = FIXTURE_NOW};
	struct unsubscribe_view out = {.page = fixture_page(LANG_FR, "/unsubscribe/AAAA")};
	v.page.title = tr(LANG_EN, MSG_SAVED_TITLE);
	out.page.title = tr(LANG_FR, MSG_UNSUBSCRIBE_TITLE);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	saved_searches_view(&b, &v);
	unsubscribe_view(&b, &out);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check("saved-searches.html", &b);
	buf_free(&b);
}
END_TEST

Suite *suite_reports_view(void)
{
	Suite *s = suite_create("reports_view");
	TCase *t = tcase_create("reports_view");
	tcase_add_test(t, reports_are_drawn);
	tcase_add_test(t, a_report_as_csv);
	tcase_add_loop_test(t, values_as_people_say_them, 0, sizeof values / sizeof *values);
	tcase_add_test(t, a_drawing_of_anything_stays_within_its_frame);
	tcase_add_test(t, favourites_say_what_became_of_them);
	tcase_add_test(t, saved_searches_and_the_way_out);
	suite_add_tcase(s, t);
	return s;
}
