#include "ctl/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"

enum { LIMIT = 50, LIMIT_MAX = 1000 };

void output_begin(struct output *o)
{
	buf_init(&o->buf, OUTPUT_BYTES);
	json_begin(&o->json, &o->buf);
}

int output_end(struct ctl *ctl, struct output *o)
{
	int status = CTL_OK;
	if (o->buf.error != ERR_OK) {
		status = ctl_fail(ctl, "the output cannot be made: %s", err_text(o->buf.error));
	} else {
		fwrite(o->buf.data, 1, o->buf.len, stdout);
		fputc('\n', stdout);
	}
	buf_free(&o->buf);
	return status;
}

void output_time(int64_t t, char out[static 32])
{
	if (t == 0) {
		memcpy(out, "-", 2);
		return;
	}
	clock_rfc3339(t, out);
	out[10] = ' ';
	out[16] = '\0';
}

int output_page_read(struct ctl *ctl, struct output_page *p)
{
	*p = (struct output_page){.limit = LIMIT};
	int status = ctl_number(ctl, "limit", 1, LIMIT_MAX, &p->limit);
	return status == CTL_OK ? ctl_number(ctl, "before", 1, INT64_MAX, &p->before) : status;
}

void output_page_print(const struct table *t, const struct output_page *p, size_t n, int64_t last_id, const char *nothing)
{
	if (n == 0) {
		puts(nothing);
		return;
	}
	table_print(t, stdout);
	if (n == (size_t)p->limit)
		printf("Older ones: --before %" PRId64 "\n", last_id);
}
