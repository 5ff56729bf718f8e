#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "aws/aws_curl.h"
#include "aws/aws_error.h"
#include "aws/aws_internal.h"
#include "util/clock.h"
#include "util/log.h"

enum { URL_CAP = 8 << 10, SCOPE_SIZE = 96, SKEW_LEAST = 60 };

/* A call under way. */
struct call {
	struct aws *aws;
	const struct aws_request *r;
	struct aws_answer *a;
	struct aws_line *line;
	struct aws_errand errand;
	struct aws_attempt last;
	uint64_t begun;
	int taken; /* tokens, by the last retry */
	bool skewed, expired; /* corrected once */
};

static const char *word(const struct call *c)
{
	return aws_service_name(c->r->service);
}

static enum err refuse(struct aws_answer *a, const char *what)
{
	snprintf(a->why, sizeof a->why, "%s", what);
	return ERR_INVALID;
}

/* "/a/../b" */
static bool has_dots(const char *path)
{
	for (const char *at = path; (at = strstr(at, "/.")) != NULL; at++) {
		size_t n = at[2] == '.' ? 3 : 2;
		if (at[n] == '/' || at[n] == '\0')
			return true;
	}
	return false;
}

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

static enum err headers_check(const struct aws_request *r, struct aws_answer *a)
{
	static const char *const ours[] = {"host", "date", "authorization", "content-length", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"};
	for (size_t i = 0; i < r->n_headers; i++) {
		const struct aws_header *h = &r->headers[i];
		size_t n = strlen(h->name);
		if (n == 0 || strspn(h->name, UNRESERVED) != n || h->value[0] == '\0' || strpbrk(h->value, "\r\n") != NULL)
			return refuse(a, "a header without a name or a value, or with a line's end in it");
		for (size_t j = 0; j < sizeof ours / sizeof *ours; j++)
			if (strcasecmp(h->name, ours[j]) == 0)
				return refuse(a, "a header that the call itself brings");
		for (size_t j = 0; j < r->n_headers; j++)
			if (j != i && strncasecmp(h->name, r->headers[j].name, n) == 0)
				return refuse(a, "a header whose name begins another's: libcurl signs them in the wrong order");
	}
	return ERR_OK;
}

static enum err request_check(const struct aws_request *r, struct aws_answer *a)
{
	const char *path = r->path != NULL ? r->path : "/", *query = r->query != NULL ? r->query : "";
	if (path[0] != '/' || strspn(path, UNRESERVED "/%") != strlen(path) || has_dots(path))
		return refuse(a, "the path is not encoded, or has \".\" or \"..\" in it");
	/* the other services' paths are signed encoded twice, which not every libcurl does */
	if (r->service != AWS_S3 && strchr(path, '%') != NULL)
		return refuse(a, "a path with encoded characters is for S3 alone");
	if (strspn(query, UNRESERVED "%=&") != strlen(query))
		return refuse(a, "the query is not encoded");
	if ((r->bucket != NULL) != (r->service == AWS_S3) || (r->bucket != NULL && !aws_bucket_valid(r->bucket)))
		return refuse(a, "no name of a bucket");
	return headers_check(r, a);
}

/* What is the same in every attempt, and the buffers that it lies in. */
struct told {
	struct buf origin, path, url;
	char scope[SCOPE_SIZE], payload[AWS_HEX_SIZE];
};

static void told_init(struct told *t)
{
	buf_init(&t->origin, AWS_ORIGIN_MAX);
	buf_init(&t->path, URL_CAP);
	buf_init(&t->url, 2 * URL_CAP);
}

static void told_free(struct told *t)
{
	buf_free(&t->origin);
	buf_free(&t->path);
	buf_free(&t->url);
}

static enum err errand_make(struct call *c, struct told *t)
{
	const struct aws_request *r = c->r;
	const char *service = aws_service_signed(r->service);
	enum err e = aws_endpoint_address(&c->aws->endpoints[r->service], r->bucket, r->path != NULL ? r->path : "/", &t->origin, &t->path);
	buf_printf(&t->url, "%s%s", buf_str(&t->origin), buf_str(&t->path));
	if (r->query != NULL && *r->query != '\0')
		buf_printf(&t->url, "?%s", r->query);
	if (e != ERR_OK || t->url.error != ERR_OK)
		return e != ERR_OK ? e : t->url.error;
	snprintf(t->scope, SCOPE_SIZE, "aws:amz:%s:%s", c->aws->region, service);
	c->errand = (struct aws_errand){.r = r, .url = buf_str(&t->url), .host = aws_origin_host(buf_str(&t->origin)), .path = buf_str(&t->path),
		.scope = t->scope, .region = c->aws->region, .service = service, .ca = c->aws->ca};
	if (r->service == AWS_S3) {
		aws_payload_hash(r, t->payload);
		c->errand.payload = t->payload;
	}
	return ERR_OK;
}

static enum err no_credentials(struct call *c, enum err e, const char *why)
{
	snprintf(c->a->why, sizeof c->a->why, "%s: not sent, as there are no credentials: %s", word(c), why);
	LOG_WARN("aws_credentials", LOG_S("service", word(c)), LOG_S("error", why));
	return e == ERR_NOT_FOUND || e == ERR_INVALID ? ERR_DENIED : e == ERR_NOMEM ? e : ERR_CLOSED;
}

/* Why the attempt failed, into the answer. */
static void explain(struct call *c)
{
	struct aws_answer *a = c->a;
	struct aws_fault fault;
	if (c->last.status == 0) {
		snprintf(a->why, sizeof a->why, "%s: %.300s", word(c), c->last.error);
		return;
	}
	aws_fault_read(c->last.type, a->body.data, a->body.len, &fault);
	memcpy(a->code, fault.code, sizeof a->code);
	memcpy(a->message, fault.message, sizeof a->message);
	const char *id = a->request_id;
	snprintf(a->why, sizeof a->why, "%s: %d%s%s%s%s%s%s", word(c), c->last.status, *a->code != '\0' ? " " : "", a->code, *a->message != '\0' ? ": " : "",
	         a->message, *id != '\0' ? ", request " : "", id);
}

/* The clock's offset, by the answer's. False: that is not what was wrong. */
static bool clock_correct(struct call *c)
{
	int64_t is = c->last.date - clock_unix(), was = c->errand.now - clock_unix(), far = is - was;
	if (c->skewed || c->last.date <= 0 || (far < SKEW_LEAST && far > -SKEW_LEAST))
		return false;
	c->skewed = true;
	if (is < SKEW_LEAST && is > -SKEW_LEAST)
		is = 0; /* it has been put right */
	atomic_store(&c->aws->skew, is);
	LOG_WARN("aws_clock", LOG_S("service", word(c)), LOG_I("seconds", is), LOG_S("error", c->a->code));
	return true;
}

/* May it have done something already? */
static bool undone(const struct call *c, enum aws_failure failure)
{
	return c->last.status == 0 ? !c->last.sent : failure == AWS_THROTTLED || failure == AWS_SKEWED || failure == AWS_EXPIRED;
}

static void wait_ms(int64_t ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	while (nanosleep(&left, &left) != 0)
		continue;
}

/* What there is of the time for all of it. */
static int64_t left_ms(const struct call *c)
{
	return c->r->within_ms > 0 ? c->r->within_ms - (int64_t)((clock_mono_us() - c->begun) / 1000) : INT64_MAX;
}

/* What of it may stand in the log. */
static const char *for_log(const struct call *c)
{
	return !c->r->personal || c->last.status == 0 ? c->a->why : c->a->code[0] != '\0' ? c->a->code : "refused without a word for it";
}

/* Whether there is to be another attempt; waits for its time. */
static bool again(struct call *c, enum aws_failure failure)
{
	if (c->r->once && !undone(c, failure))
		return false;
	if (failure == AWS_SKEWED && !clock_correct(c))
		return false;
	if (failure == AWS_EXPIRED) {
		if (c->expired)
			return false;
		c->expired = true;
		aws_credentials_expired(c->aws->identity, c->line->who->key_id);
	}
	int64_t ms = aws_retry_wait_ms(failure, (int)c->a->attempts, randombytes_random());
	if (ms >= left_ms(c) || !aws_retry_take(&c->aws->bucket, failure, (int)c->a->attempts, &c->taken))
		return false;
	LOG_WARN("aws_retry", LOG_S("service", word(c)), LOG_I("attempt", c->a->attempts), LOG_I("wait_ms", ms), LOG_S("error", for_log(c)));
	wait_ms(ms);
	return true;
}

static bool code_is(const char *code, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(code, *list) == 0)
			return true;
	return false;
}

/* What the caller is told. */
static enum err result(const struct call *c, enum aws_failure failure)
{
	static const char *const missing[] = {"ResourceNotFoundException", "ParameterNotFound", "NoSuchKey", "NotFoundException", "NoSuchBucket", NULL};
	static const char *const denied[] = {"AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId",
		"IncompleteSignature", "MissingAuthenticationTokenException", NULL};
	int status = c->last.status;
	const char *code = c->a->code;
	if (failure == AWS_THROTTLED)
		return ERR_LIMITED;
	if (failure == AWS_TIMED_OUT)
		return ERR_TIMEOUT;
	if (failure == AWS_TRANSIENT)
		return c->last.no_http ? ERR_INVALID : ERR_CLOSED;
	if (failure == AWS_SKEWED || failure == AWS_EXPIRED || code_is(code, denied) || status == 401 || status == 403)
		return ERR_DENIED;
	if (status == 404 || code_is(code, missing))
		return ERR_NOT_FOUND;
	return status == 409 || status == 412 || strcmp(code, "ConditionalCheckFailedException") == 0 ? ERR_CONFLICT : ERR_INVALID;
}

static enum aws_failure failure_of(const struct call *c)
{
	if (c->last.status >= 300 && c->last.status < 400)
		return AWS_REFUSED; /* no service redirects whom it serves: another region's bucket */
	if (c->last.status == 403 && c->a->code[0] == '\0')
		return AWS_SKEWED; /* of a HEAD one does not learn why: the clock is looked at */
	return aws_failure_of(c->last.status, c->a->code, c->last.timed_out);
}

static enum err attempts(struct call *c)
{
	char why[AWS_WHY_MAX] = "";
	enum aws_failure failure;
	enum err e;
	do {
		e = aws_credentials_get(c->aws->identity, c->line->who, why);
		if (e != ERR_OK)
			return no_credentials(c, e, why);
		int64_t skew = atomic_load(&c->aws->skew), left = left_ms(c), most = c->r->timeout_ms > 0 ? c->r->timeout_ms : AWS_CALL_MS;
		if (left <= 0)
			return ERR_TIMEOUT;
		c->errand.timeout_ms = most < left ? most : left;
		c->errand.now = clock_unix() + skew;
		c->errand.shifted = skew != 0;
		c->a->attempts++;
		e = aws_line_attempt(c->line, &c->errand, c->a, &c->last);
		c->a->status = c->last.status;
		if (e != ERR_OK)
			return e;
		if (c->last.too_large || c->last.enough) {
			snprintf(c->a->why, sizeof c->a->why, "%s: %s", word(c), c->last.enough ? "broken off" : "the answer is too large");
			return c->last.enough ? ERR_CLOSED : ERR_TOO_LARGE;
		}
		if (c->last.status >= 200 && c->last.status < 300) {
			c->a->code[0] = c->a->message[0] = c->a->why[0] = '\0';
			aws_retry_return(&c->aws->bucket, c->taken);
			return ERR_OK;
		}
		explain(c);
		failure = failure_of(c);
	} while (again(c, failure));
	e = result(c, failure);
	if (e != ERR_NOT_FOUND && e != ERR_CONFLICT)
		LOG_WARN("aws_failed", LOG_S("service", word(c)), LOG_I("attempts", c->a->attempts), LOG_S("error", for_log(c)));
	return e;
}

enum err aws_call(struct aws *aws, const struct aws_request *r, struct aws_answer *a)
{
	struct call c = {.aws = aws, .r = r, .a = a, .begun = clock_mono_us()};
	struct told told;
	*a = (struct aws_answer){.status = 0};
	buf_init(&a->body, r->answer_max > 0 ? r->answer_max : AWS_ANSWER_MAX);
	told_init(&told);
	enum err e = request_check(r, a);
	if (e == ERR_OK)
		e = errand_make(&c, &told);
	if (e == ERR_OK)
		e = aws_line_take(aws, &c.line);
	if (e == ERR_OK)
		e = attempts(&c);
	if (c.line != NULL)
		aws_line_return(aws, c.line);
	if (e != ERR_OK && a->why[0] == '\0')
		snprintf(a->why, sizeof a->why, "%s: %s", word(&c), err_text(e));
	told_free(&told);
	a->us = clock_mono_us() - c.begun;
	return e;
}

void aws_answer_free(struct aws_answer *a)
{
	aws_secret_free(&a->body);
	*a = (struct aws_answer){.status = 0};
}
