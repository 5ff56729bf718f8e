/* miss_db: searches that found nothing, by day and folded words: a bounded number a day, and not for ever. */
#pragma once

#include "db/db.h"
#include "model/search_text.h"

enum { MISSES_A_DAY = 10000 };

struct search_miss {
	char words[SEARCH_MISS_BYTES + 1];
	int64_t misses;
};

/* Adds to the day that holds now. What would be the day's MISSES_A_DAY-and-first search is left out. *written: how many of the list are done with,
 * whatever is returned. */
MUST_CHECK enum err miss_db_add(struct db *db, const struct search_miss *list, size_t n, int64_t now, size_t *written);
/* Deletes days that ended before then, at most limit rows; *n: how many. */
MUST_CHECK enum err miss_db_forget(struct db *db, int64_t before, int64_t limit, int64_t *n);
