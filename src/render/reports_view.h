/* reports_view: what happens on the site, drawn and in tables; and the same as CSV. */
#pragma once

#include "model/report.h"
#include "render/layout.h"

struct reports_view {
	struct page page;
	enum report_period period;
	const struct report_line *lines; /* REPORT_SERIES of them */
	const struct report_miss *misses; /* of the last seven days */
	size_t miss_count;
	bool counted;                    /* false: the jobs have not counted anything yet */
};
void reports_view(struct buf *b, const struct reports_view *v);

/* One report's table: a row per period, the day it begins on and a column per series. Unknown values are empty. */
void reports_csv(struct buf *b, const struct report *r, const struct report_line *lines);
