#include "aws/aws_locked.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { BODY_MAX = 16 * 1024 };

/* One piece of locked memory for both: what is asked, which may hold a secret too, and the answer. */
struct memory {
	char body[BODY_MAX];
	char answer[AWS_LOCKED_MAX];
	size_t n;
	bool full;
};

static bool take(void *ctx, const uint8_t *p, size_t n)
{
	struct memory *m = ctx;
	if (p == NULL) {
		m->n = 0;
		return true;
	}
	m->full = n > sizeof m->answer - m->n;
	if (m->full)
		return false;
	memcpy(m->answer + m->n, p, n);
	m->n += n;
	return true;
}

static enum err call(struct aws *aws, struct aws_locked *l, struct memory *m)
{
	struct aws_answer answer = {.status = 0};
	const struct aws_header headers[] = {{"content-type", "application/x-amz-json-1.1"}, {"x-amz-target", l->action}};
	const struct aws_request r = {
		.service = l->service, .method = "POST", .headers = headers, .n_headers = 2, .body = m->body, .n = strlen(m->body),
		.take = take, .ctx = m, .answer_max = AWS_LOCKED_MAX, .within_ms = AWS_ASKED_MS,
	};
	enum err e = aws_call(aws, &r, &answer);
	snprintf(l->code, sizeof l->code, "%s", answer.code);
	snprintf(l->why, sizeof l->why, "%s", answer.why);
	aws_answer_free(&answer);
	if (m->full || e == ERR_TOO_LARGE) {
		snprintf(l->why, sizeof l->why, "%s: the answer is longer than any secret", l->action);
		return ERR_TOO_LARGE;
	}
	if (e != ERR_OK)
		return e;
	e = json_pick(m->answer, m->n, l->members, l->n_members);
	if (e != ERR_OK)
		snprintf(l->why, sizeof l->why, "%s: the answer is not what the service gives", l->action);
	return e;
}

enum err aws_locked_call(struct aws *aws, struct aws_locked *l)
{
	enum err e = ERR_NOMEM;
	struct memory *m = l->body != NULL ? sodium_malloc(sizeof *m) : NULL;
	l->code[0] = '\0';
	snprintf(l->why, sizeof l->why, "%s", err_text(e));
	if (m != NULL) {
		m->n = 0;
		m->full = false;
		e = ERR_TOO_LARGE;
		snprintf(l->why, sizeof l->why, "%s: what is to be sent is too long", l->action);
		/* written where it stays: no copy of it is left in memory that was freed */
		if (cJSON_PrintPreallocated(l->body, m->body, BODY_MAX, 0))
			e = call(aws, l, m);
	}
	sodium_free(m);
	cJSON_Delete(l->body);
	l->body = NULL;
	return e;
}
