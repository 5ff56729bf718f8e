/* metrics_fixture: a pool's folder for a test, and what the tests of the pool do with it. */
#pragma once

#include <stdint.h>

#include "util/metrics.h"

/* The folder; made and removed by a checked fixture. */
extern char metrics_dir[64];
void metrics_dir_make(void);
void metrics_dir_remove(void);

struct metrics *metrics_join(void);
/* The number behind a name in the pool's text. */
uint64_t metrics_value(struct metrics *m, const char *name);
uint64_t metrics_searches(struct metrics *m);
/* Slot files in the folder. */
int metrics_slots(void);
/* A worker that counts n searches and dies without a word. */
void metrics_live_and_die(uint64_t n);
