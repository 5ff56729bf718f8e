#include "render/reports_view.h"

#include "render/chart.h"
#include "text/format.h"
#include "util/clock.h"
#include "util/csv.h"

enum { LABEL_CAP = 64, NAME_CAP = 128, SENTENCE_CAP = 512, DATE_LENGTH = 10 };

static const struct {
	enum msg title, text;
} report_words[REPORTS] = {
	{MSG_REPORT_LISTINGS, MSG_REPORT_LISTINGS_TEXT}, {MSG_REPORT_MEMBERS, MSG_REPORT_MEMBERS_TEXT}, {MSG_REPORT_MESSAGES, MSG_REPORT_MESSAGES_TEXT},
	{MSG_REPORT_SEARCHES, MSG_REPORT_SEARCHES_TEXT}, {MSG_REPORT_MODERATION, MSG_REPORT_MODERATION_TEXT},
};

/* A colour per series: those of the categories' paint. */
static const struct {
	enum msg title;
	int colour;
} series_words[REPORT_SERIES] = {
	[REPORT_SUBMITTED] = {MSG_SERIES_SUBMITTED, 8}, [REPORT_PUBLISHED] = {MSG_SERIES_PUBLISHED, 5}, [REPORT_REJECTED] = {MSG_SERIES_REJECTED, 1},
	[REPORT_EXPIRED] = {MSG_SERIES_EXPIRED, 12}, [REPORT_SOLD] = {MSG_SERIES_SOLD, 2}, [REPORT_REGISTERED] = {MSG_SERIES_REGISTERED, 9},
	[REPORT_ACTIVE] = {MSG_SERIES_ACTIVE, 6}, [REPORT_MESSAGES] = {MSG_SERIES_MESSAGES, 7}, [REPORT_MISSES] = {MSG_SERIES_MISSES, 11},
	[REPORT_MEDIAN] = {MSG_SERIES_MEDIAN, 4}, [REPORT_NINETY] = {MSG_SERIES_NINETY, 10},
};

/* The periods' names, once for all drawings. */
struct names {
	struct buf labels[REPORT_POINTS_MAX], full[REPORT_POINTS_MAX];
	size_t n;
};

static void put_label(struct buf *b, enum lang lang, enum report_period p, int64_t starts)
{
	static const enum msg months[12] = {MSG_MON_1, MSG_MON_2, MSG_MON_3, MSG_MON_4, MSG_MON_5, MSG_MON_6,
	                                    MSG_MON_7, MSG_MON_8, MSG_MON_9, MSG_MON_10, MSG_MON_11, MSG_MON_12};
	int year, month, day, hour, minute, second;
	char number[I64_TEXT_SIZE];
	clock_civil(starts, &year, &month, &day, &hour, &minute, &second);
	i64_text(p == REPORT_MONTH ? year : day, number);
	tr_format(b, lang, p == REPORT_MONTH ? MSG_MONTH_AND_YEAR : MSG_DAY_AND_MONTH, (const char *const[]){tr(lang, months[month - 1]), number}, 2);
}

static void put_name(struct buf *b, enum lang lang, enum report_period p, int64_t starts)
{
	static const enum msg words[REPORT_PERIODS] = {MSG_PERIOD_DAY_OF, MSG_PERIOD_WEEK_OF, MSG_PERIOD_MONTH_OF};
	struct buf date;
	buf_init(&date, NAME_CAP);
	if (p == REPORT_MONTH)
		put_label(&date, lang, p, starts);
	else
		format_date(&date, lang, starts);
	tr_format(b, lang, words[p], (const char *const[]){buf_str(&date)}, 1);
	buf_free(&date);
}

static void names_make(struct names *names, const struct reports_view *v)
{
	const struct report_line *any = &v->lines[0];
	names->n = any->n;
	for (size_t i = 0; i < any->n; i++) {
		buf_init(&names->labels[i], LABEL_CAP);
		buf_init(&names->full[i], NAME_CAP);
		put_label(&names->labels[i], v->page.lang, v->period, any->points[i].starts);
		put_name(&names->full[i], v->page.lang, v->period, any->points[i].starts);
	}
}

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		buf_free(&names->labels[i]);
		buf_free(&names->full[i]);
	}
}

/* What the drawing says in a number: the sum of counts; of averages and durations, the last one known. */
static void put_figure(struct buf *b, enum lang lang, const struct report_line *l)
{
	bool last = report_is_time(l->series) || l->series == REPORT_ACTIVE;
	int64_t value = 0;
	bool known = false;
	for (size_t i = 0; i < l->n; i++) {
		if (!l->points[i].known)
			continue;
		value = last ? l->points[i].value : value + l->points[i].value;
		known = true;
	}
	if (known)
		chart_value(b, lang, value, report_is_time(l->series));
	else
		html_lit(b, "–");
}

static void put_chart(struct buf *b, const struct reports_view *v, struct names *names, const struct report_line *l)
{
	enum lang lang = v->page.lang;
	struct chart_point points[REPORT_POINTS_MAX];
	const char *title = tr(lang, series_words[l->series].title);
	struct buf said, figure, id;
	buf_init(&said, SENTENCE_CAP);
	buf_init(&figure, LABEL_CAP);
	buf_init(&id, LABEL_CAP);
	for (size_t i = 0; i < l->n; i++)
		points[i] = (struct chart_point){buf_str(&names->labels[i]), buf_str(&names->full[i]), l->points[i].value, l->points[i].known};
	put_figure(&figure, lang, l);
	tr_format(&said, lang, MSG_CHART_SAYS, (const char *const[]){buf_str(&names->full[0]), buf_str(&names->full[l->n - 1]), buf_str(&figure)}, 3);
	html_lit(&id, "chart-");
	html_int(&id, l->series);
	html_lit(b, "<figure class=\"chart cat-");
	html_int(b, series_words[l->series].colour);
	html_lit(b, "\">\n<figcaption>");
	html_text(b, title);
	html_lit(b, " <strong>");
	html_text(b, buf_str(&figure));
	html_lit(b, "</strong></figcaption>\n");
	const struct chart c = {.id = buf_str(&id), .title = title, .description = buf_str(&said), .points = points, .n = l->n,
	                        .line = report_is_time(l->series) || l->series == REPORT_ACTIVE, .seconds = report_is_time(l->series)};
	chart_svg(b, lang, &c);
	html_lit(b, "</figure>\n");
	buf_free(&said);
	buf_free(&figure);
	buf_free(&id);
}

static void put_table(struct buf *b, const struct reports_view *v, struct names *names, const struct report *r, enum msg title)
{
	enum lang lang = v->page.lang;
	static const enum msg periods[REPORT_PERIODS] = {MSG_PERIOD_DAY, MSG_PERIOD_WEEK, MSG_PERIOD_MONTH};
	html_lit(b, "<details class=\"numbers\">\n<summary>");
	html_tr1(b, lang, MSG_REPORT_TABLE, tr(lang, title));
	html_lit(b, "</summary>\n<table>\n<thead><tr><th scope=\"col\">");
	html_tr(b, lang, periods[v->period]);
	html_lit(b, "</th>");
	for (size_t s = 0; s < r->n; s++) {
		html_lit(b, "<th scope=\"col\">");
		html_tr(b, lang, series_words[r->series[s]].title);
		html_lit(b, "</th>");
	}
	html_lit(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = names->n; i-- > 0;) {
		html_lit(b, "<tr><th scope=\"row\">");
		html_text(b, buf_str(&names->full[i]));
		html_lit(b, "</th>");
		for (size_t s = 0; s < r->n; s++) {
			const struct report_point *p = &v->lines[r->series[s]].points[i];
			html_lit(b, "<td>");
			if (p->known)
				chart_value(b, lang, p->value, report_is_time(r->series[s]));
			else
				html_lit(b, "–");
			html_lit(b, "</td>");
		}
		html_lit(b, "</tr>\n");
	}
	html_lit(b, "</tbody>\n</table>\n</details>\n");
}

static void put_misses(struct buf *b, const struct reports_view *v)
{
	enum lang lang = v->page.lang;
	if (v->miss_count == 0)
		return;
	html_lit(b, "<h3>");
	html_tr(b, lang, MSG_REPORT_TOP_MISSES);
	html_lit(b, "</h3>\n<table>\n<thead><tr><th scope=\"col\">");
	html_tr(b, lang, MSG_REPORT_WORDS);
	html_lit(b, "</th><th scope=\"col\">");
	html_tr(b, lang, MSG_SERIES_MISSES);
	html_lit(b, "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->miss_count; i++) {
		html_lit(b, "<tr><th scope=\"row\">");
		html_text(b, v->misses[i].query);
		html_lit(b, "</th><td>");
		format_count(b, lang, v->misses[i].misses);
		html_lit(b, "</td></tr>\n");
	}
	html_lit(b, "</tbody>\n</table>\n");
}

static void put_periods(struct buf *b, const struct reports_view *v)
{
	enum lang lang = v->page.lang;
	static const enum msg words[REPORT_PERIODS] = {MSG_PER_DAY, MSG_PER_WEEK, MSG_PER_MONTH};
	html_lit(b, "<nav class=\"periods\" aria-label=\"");
	html_tr(b, lang, MSG_REPORT_PERIODS);
	html_lit(b, "\">\n");
	for (int p = 0; p < REPORT_PERIODS; p++) {
		html_lit(b, "<a href=\"");
		html_attr(b, lang_prefix(lang));
		html_lit(b, "/reports");
		if (p != REPORT_DAY) {
			html_lit(b, "?per=");
			html_attr(b, report_period_name((enum report_period)p));
		}
		if (p == (int)v->period)
			html_lit(b, "\" aria-current=\"page\">");
		else
			html_lit(b, "\">");
		html_tr(b, lang, words[p]);
		html_lit(b, "</a>\n");
	}
	html_lit(b, "</nav>\n");
}

static void put_report(struct buf *b, const struct reports_view *v, struct names *names, size_t which)
{
	enum lang lang = v->page.lang;
	const struct report *r = &reports[which];
	html_lit(b, "<section class=\"report\" id=\"");
	html_attr(b, r->name);
	html_lit(b, "\">\n<h2>");
	html_tr(b, lang, report_words[which].title);
	html_lit(b, "</h2>\n<p>");
	html_tr(b, lang, report_words[which].text);
	html_lit(b, "</p>\n<div class=\"charts\">\n");
	for (size_t s = 0; s < r->n; s++)
		put_chart(b, v, names, &v->lines[r->series[s]]);
	html_lit(b, "</div>\n");
	put_table(b, v, names, r, report_words[which].title);
	html_lit(b, "<p class=\"onwards\"><a download href=\"");
	html_attr(b, lang_prefix(lang));
	html_lit(b, "/reports/");
	html_attr(b, r->name);
	html_lit(b, ".csv?per=");
	html_attr(b, report_period_name(v->period));
	html_lit(b, "\">");
	html_tr1(b, lang, MSG_REPORT_CSV, tr(lang, report_words[which].title));
	html_lit(b, "</a></p>\n");
	if (r->series[0] == REPORT_MISSES)
		put_misses(b, v);
	html_lit(b, "</section>\n");
}

void reports_view(struct buf *b, const struct reports_view *v)
{
	enum lang lang = v->page.lang;
	struct names names;
	names_make(&names, v);
	layout_begin(b, &v->page);
	html_lit(b, "<h1>");
	html_tr(b, lang, MSG_REPORTS_TITLE);
	html_lit(b, "</h1>\n");
	put_periods(b, v);
	html_lit(b, "<p>");
	html_tr(b, lang, MSG_REPORTS_INTRO);
	html_lit(b, "</p>\n");
	if (!v->counted) {
		html_lit(b, "<div class=\"notice\"><p>");
		html_tr(b, lang, MSG_REPORTS_NOT_YET);
		html_lit(b, "</p></div>\n");
	}
	for (size_t i = 0; i < REPORTS; i++)
		put_report(b, v, &names, i);
	layout_end(b, &v->page);
	names_free(&names);
}

void reports_csv(struct buf *b, const struct report *r, const struct report_line *lines)
{
	csv_put(b, "starts", true);
	for (size_t s = 0; s < r->n; s++)
		csv_put(b, report_series_name(r->series[s]), false);
	csv_end_row(b);
	for (size_t i = 0; i < lines[0].n; i++) {
		char date[32];
		clock_rfc3339(lines[0].points[i].starts, date);
		date[DATE_LENGTH] = '\0';
		csv_put(b, date, true);
		for (size_t s = 0; s < r->n; s++) {
			const struct report_point *p = &lines[r->series[s]].points[i];
			if (p->known)
				csv_put_i64(b, p->value, false);
			else
				csv_put(b, "", false);
		}
		csv_end_row(b);
	}
}
