/* metrics_pool: the files behind metrics. Each worker maps a slot file of its own in the pool's folder and keeps it
 * locked (flock) for as long as it lives. Whoever joins or leaves adds the slots of the dead to the base file; whoever
 * reads sums the base and all slots. A lock file keeps the two apart, so that a sum never misses a slot that is
 * being folded, nor counts it twice. Inside util only. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "util/err.h"

/* Room in a file: more than there are metrics, so that releases that know fewer or more can share the folder. */
enum { METRICS_CAPACITY = 256 };

struct metrics_pool;

/* Folds the dead and makes a slot. ERR_IO: the folder is missing, full or not ours; ERR_NOMEM. */
MUST_CHECK enum err metrics_pool_join(const char *dir, struct metrics_pool **out);
/* Without a slot, for metrics_pool_sum alone. Errors as above. */
MUST_CHECK enum err metrics_pool_watch(const char *dir, struct metrics_pool **out);
/* Folds the own slot. */
void metrics_pool_leave(struct metrics_pool *p);
/* The own slot's METRICS_CAPACITY counters; NULL without a slot. */
_Atomic uint64_t *metrics_pool_values(struct metrics_pool *p);
/* The sum of the base and all slots, and how many of these have a living owner. ERR_IO, ERR_NOMEM. */
MUST_CHECK enum err metrics_pool_sum(struct metrics_pool *p, uint64_t total[static METRICS_CAPACITY], uint64_t *alive);
