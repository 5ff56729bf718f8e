/* output: a command's result as JSON, and what its tables have in common. */
#pragma once

#include "ctl/ctl.h"
#include "ctl/table.h"
#include "render/json.h"

/* An option's help that names every state of a listing, in the two lines it takes. */
#define OUTPUT_STATE_HELP "published unless said; or pending, rejected, removed, draft,\n" \
	"                              held, expired, sold, withdrawn, unconfirmed"

/* The options of a list, for output_page_read. */
#define OUTPUT_PAGE_OPTIONS \
	{"limit", "N", "how many, newest first; 50 unless said"}, \
	{"before", "ID", "those older than this one"}, \
	{"json", NULL, "as JSON"}, \
	{NULL, NULL, NULL}

enum { OUTPUT_BYTES = 64 * 1024 * 1024 };

struct output {
	struct buf buf;
	struct json json;
};

void output_begin(struct output *o);
/* Prints it with a newline and frees it. */
int output_end(struct ctl *ctl, struct output *o);
/* "2026-01-31 12:00", UTC; "-" for 0. */
void output_time(int64_t t, char out[static 32]);

/* A piece of a list, the newest first. before: the id that it begins behind; 0: the newest of all. */
struct output_page {
	long long limit, before;
};

/* From --limit and --before; CTL_OK or CTL_USAGE. */
int output_page_read(struct ctl *ctl, struct output_page *p);
/* A table of the n rows of a page and how to see older ones than its last; nothing: what is said when there is none. */
void output_page_print(const struct table *t, const struct output_page *p, size_t n, int64_t last_id, const char *nothing);
