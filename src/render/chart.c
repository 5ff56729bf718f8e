#include "render/chart.h"

#include "text/format.h"

enum { TOP = 22, BASE = 142, LABELS = 160, HEIGHT = 166, FULL = 10000, LABELS_MAX = 4, BAR_PER_CENT = 72, DOT = 3, NUMBER_CAP = 64 };
enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static void put_number(struct buf *b, enum lang lang, enum msg unit, int64_t n)
{
	struct buf text;
	buf_init(&text, NUMBER_CAP);
	format_count(&text, lang, n);
	html_tr1(b, lang, unit, buf_str(&text));
	buf_free(&text);
}

void chart_value(struct buf *b, enum lang lang, int64_t value, bool seconds)
{
	if (!seconds) {
		format_count(b, lang, value);
		return;
	}
	if (value > INT64_MAX - HOUR)
		value = INT64_MAX - HOUR;
	/* Two units say enough. */
	int64_t minutes = (value + MINUTE / 2) / MINUTE;
	if (value < MINUTE) {
		put_number(b, lang, MSG_SECONDS_SHORT, value);
	} else if (minutes < 60) {
		put_number(b, lang, MSG_MINUTES_SHORT, minutes);
	} else if (value < 2 * DAY) {
		put_number(b, lang, MSG_HOURS_SHORT, minutes / 60);
		if (minutes % 60 != 0) {
			html_lit(b, " ");
			put_number(b, lang, MSG_MINUTES_SHORT, minutes % 60);
		}
	} else {
		int64_t hours = (value + HOUR / 2) / HOUR;
		put_number(b, lang, MSG_DAYS_SHORT, hours / 24);
		if (hours % 24 != 0) {
			html_lit(b, " ");
			put_number(b, lang, MSG_HOURS_SHORT, hours % 24);
		}
	}
}

/* The round number at or above the greatest value, whose half is round as well. */
static int64_t scale_of(const struct chart *c)
{
	static const int64_t times[] = {2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 10 * DAY, 20 * DAY, 40 * DAY, 100 * DAY};
	int64_t most = 0;
	for (size_t i = 0; i < c->n; i++)
		if (c->points[i].known && c->points[i].value > most)
			most = c->points[i].value;
	if (c->seconds && most <= times[sizeof times / sizeof *times - 1])
		for (size_t i = 0;; i++)
			if (times[i] >= most)
				return times[i];
	for (int64_t ten = 1; ten <= INT64_MAX / 10; ten *= 10) {
		if (2 * ten >= most)
			return 2 * ten;
		if (4 * ten >= most)
			return 4 * ten;
		if (10 * ten >= most)
			return 10 * ten;
	}
	return INT64_MAX;
}

/* Hundredths of a per cent: "12.34%". */
static void put_share(struct buf *b, int64_t hundredths)
{
	html_int(b, hundredths / 100);
	html_lit(b, ".");
	html_int(b, hundredths / 10 % 10);
	html_int(b, hundredths % 10);
	html_lit(b, "%");
}

static int64_t height_of(int64_t value, int64_t scale)
{
	double share = (double)value / (double)scale;
	return (int64_t)(share * (BASE - TOP) + 0.5);
}

static void put_rule(struct buf *b, int64_t value, int64_t scale)
{
	int64_t y = BASE - height_of(value, scale);
	html_lit(b, "<line class=\"rule\" x1=\"0\" x2=\"100%\" y1=\"");
	html_int(b, y);
	html_lit(b, "\" y2=\"");
	html_int(b, y);
	html_lit(b, "\"/>\n");
}

/* Over the bars, so that it can be read. */
static void put_rule_label(struct buf *b, enum lang lang, const struct chart *c, int64_t value, int64_t scale)
{
	html_lit(b, "<text x=\"0\" y=\"");
	html_int(b, BASE - height_of(value, scale) - 5);
	html_lit(b, "\">");
	chart_value(b, lang, value, c->seconds);
	html_lit(b, "</text>\n");
}

static void put_point_title(struct buf *b, enum lang lang, const struct chart *c, size_t i)
{
	html_lit(b, "<title>");
	html_text(b, c->points[i].name);
	html_lit(b, " – ");
	chart_value(b, lang, c->points[i].value, c->seconds);
	html_lit(b, "</title>");
}

static void put_bar(struct buf *b, enum lang lang, const struct chart *c, size_t i, int64_t scale)
{
	int64_t slot = FULL / (int64_t)c->n, height = height_of(c->points[i].value, scale);
	if (c->points[i].value > 0 && height < 1)
		height = 1;
	html_lit(b, "<rect x=\"");
	put_share(b, (int64_t)i * FULL / (int64_t)c->n + slot * (100 - BAR_PER_CENT) / 200);
	html_lit(b, "\" y=\"");
	html_int(b, BASE - height);
	html_lit(b, "\" width=\"");
	put_share(b, slot * BAR_PER_CENT / 100);
	html_lit(b, "\" height=\"");
	html_int(b, height);
	html_lit(b, "\">");
	put_point_title(b, lang, c, i);
	html_lit(b, "</rect>\n");
}

static int64_t middle_of(const struct chart *c, size_t i)
{
	return (2 * (int64_t)i + 1) * FULL / (2 * (int64_t)c->n);
}

/* A dot, and the stroke from the one before it, unless that is a gap. */
static void put_dot(struct buf *b, enum lang lang, const struct chart *c, size_t i, int64_t scale)
{
	int64_t y = BASE - height_of(c->points[i].value, scale);
	if (i > 0 && c->points[i - 1].known) {
		html_lit(b, "<line class=\"stroke\" x1=\"");
		put_share(b, middle_of(c, i - 1));
		html_lit(b, "\" y1=\"");
		html_int(b, BASE - height_of(c->points[i - 1].value, scale));
		html_lit(b, "\" x2=\"");
		put_share(b, middle_of(c, i));
		html_lit(b, "\" y2=\"");
		html_int(b, y);
		html_lit(b, "\"/>");
	}
	html_lit(b, "<circle cx=\"");
	put_share(b, middle_of(c, i));
	html_lit(b, "\" cy=\"");
	html_int(b, y);
	html_lit(b, "\" r=\"");
	html_int(b, DOT);
	html_lit(b, "\">");
	put_point_title(b, lang, c, i);
	html_lit(b, "</circle>\n");
}

/* A few along the axis, the last one always: that is now. */
static void put_labels(struct buf *b, const struct chart *c)
{
	size_t every = (c->n + LABELS_MAX - 1) / LABELS_MAX;
	for (size_t i = 0; i < c->n; i++) {
		if ((c->n - 1 - i) % every != 0)
			continue;
		bool last = i == c->n - 1, first = i < every / 2 + 1 && !last;
		html_lit(b, "<text y=\"");
		html_int(b, LABELS);
		html_lit(b, "\" x=\"");
		put_share(b, last ? FULL : first ? 0 : middle_of(c, i));
		if (last)
			html_lit(b, "\" text-anchor=\"end\">");
		else if (first)
			html_lit(b, "\">");
		else
			html_lit(b, "\" text-anchor=\"middle\">");
		html_text(b, c->points[i].label);
		html_lit(b, "</text>");
	}
	html_lit(b, "\n");
}

void chart_svg(struct buf *b, enum lang lang, const struct chart *c)
{
	int64_t scale = scale_of(c);
	html_lit(b, "<svg role=\"img\" width=\"100%\" height=\"");
	html_int(b, HEIGHT);
	html_lit(b, "\" aria-labelledby=\"");
	html_attr(b, c->id);
	html_lit(b, "-t ");
	html_attr(b, c->id);
	html_lit(b, "-d\">\n<title id=\"");
	html_attr(b, c->id);
	html_lit(b, "-t\">");
	html_text(b, c->title);
	html_lit(b, "</title>\n<desc id=\"");
	html_attr(b, c->id);
	html_lit(b, "-d\">");
	html_text(b, c->description);
	html_lit(b, "</desc>\n");
	put_rule(b, scale, scale);
	put_rule(b, scale / 2, scale);
	put_rule(b, 0, scale);
	for (size_t i = 0; i < c->n; i++) {
		if (!c->points[i].known)
			continue;
		if (c->line)
			put_dot(b, lang, c, i, scale);
		else
			put_bar(b, lang, c, i, scale);
	}
	put_rule_label(b, lang, c, scale, scale);
	put_rule_label(b, lang, c, scale / 2, scale);
	put_labels(b, c);
	html_lit(b, "</svg>\n");
}
