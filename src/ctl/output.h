/* output: a command's result as JSON, and what its tables have in common. */
#pragma once

#include "ctl/ctl.h"
#include "ctl/table.h"
#include "render/json.h"

/* An option's help that names every state of a listing, in the two lines it takes. */
#define OUTPUT_STATE_HELP "published unless said; or pending, rejected, removed, draft,\n" \
	"                              held, expired, sold, withdrawn, unconfirmed"

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
