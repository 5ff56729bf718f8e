/* output: a command's result as JSON, and what its tables have in common. */
#pragma once

#include "ctl/ctl.h"
#include "ctl/table.h"
#include "render/json.h"

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
