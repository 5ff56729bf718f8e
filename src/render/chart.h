/* chart: a drawing of one series as inline SVG: bars for counts, a line for durations. Pure; its colours are the stylesheet's (.chart), its widths
 * are per cent and its letters pixels, so that it fills a phone or a column without its words changing size. */
#pragma once

#include <stdbool.h>

#include "render/html.h"

enum { CHART_POINTS_MAX = 60 };

struct chart_point {
	const char *label;    /* below the drawing, where there is room: "Nov 21" */
	const char *name;     /* in full: "November 21, 2026" */
	int64_t value;        /* 0 and up */
	bool known;           /* false: a gap */
};

struct chart {
	const char *id;       /* of the page's own making: unique on it, [a-z0-9-] */
	const char *title;    /* plain text: "Submitted" */
	const char *description; /* what it shows in a sentence, for those who do not see it */
	const struct chart_point *points;
	size_t n;             /* up to CHART_POINTS_MAX */
	bool line;            /* else bars */
	bool seconds;         /* values are durations */
};

/* <svg role="img">…</svg> */
void chart_svg(struct buf *b, enum lang lang, const struct chart *c);
/* A value as the drawing and its table write it: "1,250", "2 h 30 min". */
void chart_value(struct buf *b, enum lang lang, int64_t value, bool seconds);
