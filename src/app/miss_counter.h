/* miss_counter: searches that found nothing, counted in the worker's memory and written down together every few seconds, between two requests:
 * no reader waits for it. What nginx answers from its cache is not counted, nor what a killed worker had not yet written. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

enum { MISS_COUNTER_SEARCHES = 256, MISS_COUNTER_SECONDS = 5 };

struct miss_counter;
struct miss_counter *miss_counter_new(void);
void miss_counter_free(struct miss_counter *m);
/* Counts a search by its folded words, unless it looks like somebody's address or number (search_text_anonymous). When MISS_COUNTER_SEARCHES others
 * wait to be written, it is left out. */
void miss_counter_add(struct miss_counter *m, const char *q);
/* Is it time to write? True for one caller each MISS_COUNTER_SECONDS, and only when there is something. */
bool miss_counter_due(struct miss_counter *m, int64_t now);
/* Writes what was counted; what cannot be written counts on. */
MUST_CHECK enum err miss_counter_write(struct miss_counter *m, struct db *db, int64_t now);
