#include "ctl/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "util/clock.h"

enum { BAR = 30, TERMINAL_US = 100 * 1000, LINE_US = 5 * 1000 * 1000 };

void progress_begin(struct progress *p, const char *what, int64_t done, int64_t total)
{
	uint64_t now = clock_mono_us();
	*p = (struct progress){.what = what, .total = total, .start = done, .began_us = now, .shown_us = now, .terminal = isatty(STDERR_FILENO) == 1};
}

static void print(struct progress *p, int64_t done, uint64_t now)
{
	uint64_t us = now - p->began_us;
	int64_t rate = us == 0 ? 0 : (done - p->start) * 1000000 / (int64_t)us;
	int percent = p->total == 0 ? 100 : (int)(done * 100 / p->total);
	if (!p->terminal) {
		fprintf(stderr, "%" PRId64 " of %" PRId64 " %s (%d %%)\n", done, p->total, p->what, percent);
		return;
	}
	fputs("\r[", stderr);
	for (int i = 0; i < BAR; i++)
		fputc(i < percent * BAR / 100 ? '#' : '.', stderr);
	fprintf(stderr, "] %3d %%  %" PRId64 " of %" PRId64 " %s, %" PRId64 "/s ", percent, done, p->total, p->what, rate);
	fflush(stderr);
}

void progress_show(struct progress *p, int64_t done)
{
	uint64_t now = clock_mono_us();
	if (now - p->shown_us < (uint64_t)(p->terminal ? TERMINAL_US : LINE_US))
		return;
	p->shown_us = now;
	p->shown = true;
	print(p, done, now);
}

void progress_end(struct progress *p, int64_t done)
{
	if (!p->terminal)
		return;
	print(p, done, clock_mono_us());
	fputc('\n', stderr);
}
