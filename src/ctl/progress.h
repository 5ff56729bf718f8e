/* progress: how far a long command is, on stderr: a bar on a terminal, a line every few seconds elsewhere. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;      /* "listings" */
	int64_t total, start;  /* start: what was done before */
	uint64_t began_us, shown_us;
	bool terminal, shown;
};

void progress_begin(struct progress *p, const char *what, int64_t done, int64_t total);
void progress_show(struct progress *p, int64_t done);
/* Ends the bar's line. */
void progress_end(struct progress *p, int64_t done);
