#include "ctl/output.h"

#include <string.h>

#include "util/clock.h"

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
