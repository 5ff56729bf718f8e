/* report_db: the numbers of the reports: counted by the jobs a period at a time, read by the page. */
#pragma once

#include "db/db.h"
#include "model/report.h"

/* When the first listing or member came; 0: there is none. */
MUST_CHECK enum err report_db_first(struct db *db, struct arena *a, int64_t *out);
/* The days from first on (at most max of them, which the caller's array holds) that have been counted. */
MUST_CHECK enum err report_db_counted(struct db *db, struct arena *a, int64_t first, size_t max, int64_t *days, size_t *n);
/* Counts one day anew, or one week or month from its days (times: from its decisions), and keeps it. Each statement reads an index range of that
 * period. seen: members seen are counted too: only while the day lasts can that be known. */
MUST_CHECK enum err report_db_count(struct db *db, struct arena *a, enum report_period p, int64_t start, bool seen);

/* lines[REPORT_SERIES], every point of the periods shown that end with the one that holds now. */
MUST_CHECK enum err report_db_read(struct db *db, struct arena *a, enum report_period p, int64_t now, struct report_line *lines);
/* The searches that most often found nothing since that day, at most limit. */
MUST_CHECK enum err report_db_misses(struct db *db, struct arena *a, int64_t since, unsigned limit, struct report_miss **out, size_t *n);
