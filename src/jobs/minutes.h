/* minutes: the pool's numbers of the minutes that CloudWatch does not have yet, with what the pool had counted at the end of the last one, in a file of the pool's folder. So
 * a runner that is started anew goes on where the last one was, and of several on one host each minute is one's alone. */
#pragma once

#include <stddef.h>

#include "store/monitor.h"

struct minutes;

/* Nobody else has them until they are closed. ERR_CONFLICT: somebody else has; ERR_IO: the folder cannot be written; ERR_NOMEM. What a runner was sending when it died is
 * left out: *lost says how many minutes, for CloudWatch may have them. */
MUST_CHECK enum err minutes_open(const char *dir, struct minutes **out, size_t *lost);
void minutes_close(struct minutes *m);
/* What was counted since the last one, as a new minute at the end, the oldest of too many making room. NULL: there is none, because sum is the first, or the first for an hour,
 * or less than the last (the folder was emptied), and only the beginning of the next. */
struct monitor_minute *minutes_add(struct minutes *m, const struct metrics_sum *sum, int64_t now);
const struct monitor_minute *minutes_all(const struct minutes *m, size_t *n);
/* Writes them, saying so while they are being sent. */
MUST_CHECK enum err minutes_save(struct minutes *m, bool sending);
void minutes_forget(struct minutes *m);
