/* view_counter: how often listings are looked at, counted in the worker's memory and written down together every few seconds, between two
 * requests: no reader waits for it. What nginx answers from its cache is not counted, nor what a killed worker had not yet written. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

enum { VIEW_COUNTER_LISTINGS = 2048, VIEW_COUNTER_SECONDS = 5 };

struct view_counter;
struct view_counter *view_counter_new(void);
void view_counter_free(struct view_counter *v);
/* Counts one view. When VIEW_COUNTER_LISTINGS others wait to be written, it is left out. */
void view_counter_add(struct view_counter *v, int64_t listing_id);
/* Is it time to write? True for one caller each VIEW_COUNTER_SECONDS, and only when there is something. */
bool view_counter_due(struct view_counter *v, int64_t now);
/* Writes what was counted; what cannot be written counts on. */
MUST_CHECK enum err view_counter_write(struct view_counter *v, struct db *db);
/* By what it says of itself: a crawler, a monitor, a program; or a browser that only fetches ahead of its user. */
bool view_by_robot(const char *user_agent);
