/* aws_probe: makes the calls that stand on stdin, one JSON object a line, and writes what came of each, one a line. For call.test.mjs.
 * {"service":"s3","method":"PUT","bucket":"b","key":"a b","query":{"acl":null},"headers":{"x-a":"b"},"body":"…","fill":bytes,"once":true,"timeout_ms":1000,"within_ms":2000,
 *  "answer_max":1000,"wanted":"etag","take":true,"times":3,"threads":4} · {"presign":"key","bucket":"b","expires":60} · {"abort":true} */
#include <cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/aws.h"

enum { LINE_MAX_BYTES = 1 << 16, WANTED_SIZE = 128, TOLD_CAP = 4 << 20 };

static const char *const services[AWS_SERVICES] = {"s3", "kms", "ssm", "secretsmanager", "dynamodb", "ses", "cloudwatch"};

struct errand {
	struct aws *aws;
	const cJSON *told;
	struct aws_request r;
	struct aws_header headers[AWS_HEADERS_MAX];
	struct aws_param params[AWS_PARAMS_MAX];
	struct buf path, query, body, taken;
	char value[WANTED_SIZE];
	struct aws_wanted wanted;
	unsigned restarts;
};

static const char *text_of(const cJSON *o, const char *name, const char *otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, name);
	return cJSON_IsString(item) ? item->valuestring : otherwise;
}

static int number_of(const cJSON *o, const char *name, int otherwise)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, name);
	return cJSON_IsNumber(item) ? item->valueint : otherwise;
}

static bool is(const cJSON *o, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, name));
}

static bool take(void *ctx, const uint8_t *p, size_t n)
{
	struct errand *e = ctx;
	if (p == NULL) {
		e->restarts++;
		buf_reset(&e->taken);
	} else {
		buf_put(&e->taken, p, n);
	}
	return true;
}

static void request_make(struct errand *e)
{
	const cJSON *item, *o = e->told;
	const char *key = text_of(o, "key", NULL), *body = text_of(o, "body", NULL);
	int fill = number_of(o, "fill", 0);
	e->r = (struct aws_request){.method = text_of(o, "method", "POST"), .bucket = text_of(o, "bucket", NULL), .path = text_of(o, "path", NULL),
		.query = text_of(o, "raw_query", NULL), .once = is(o, "once"), .timeout_ms = number_of(o, "timeout_ms", 0), .within_ms = number_of(o, "within_ms", 0),
		.answer_max = (size_t)number_of(o, "answer_max", 0)};
	for (int i = 0; i < AWS_SERVICES; i++)
		if (strcmp(text_of(o, "service", "kms"), services[i]) == 0)
			e->r.service = (enum aws_service)i;
	buf_init(&e->path, 8192);
	buf_init(&e->query, 8192);
	buf_init(&e->body, TOLD_CAP);
	buf_init(&e->taken, TOLD_CAP);
	if (key != NULL) {
		buf_putc(&e->path, '/');
		aws_uri_encode(&e->path, key, strlen(key), true);
		e->r.path = buf_str(&e->path);
	}
	size_t n = 0;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(o, "query"))
		e->params[n++] = (struct aws_param){item->string, item->valuestring};
	if (n > 0 && aws_query_write(&e->query, e->params, n) == ERR_OK)
		e->r.query = buf_str(&e->query);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(o, "headers"))
		e->headers[e->r.n_headers++] = (struct aws_header){item->string, item->valuestring};
	e->r.headers = e->headers;
	for (int i = 0; i < fill; i++)
		buf_putc(&e->body, (char)(i * 7));
	if (body != NULL)
		buf_puts(&e->body, body);
	if (body != NULL || fill > 0)
		e->r.body = buf_str(&e->body), e->r.n = e->body.len;
	e->wanted = (struct aws_wanted){text_of(o, "wanted", ""), e->value, sizeof e->value};
	e->r.wanted = &e->wanted;
	e->r.n_wanted = *e->wanted.name != '\0';
	if (is(o, "take"))
		e->r.take = take, e->r.ctx = e;
}

static void say(cJSON *o)
{
	char *text = cJSON_PrintUnformatted(o);
	puts(text);
	fflush(stdout);
	free(text);
	cJSON_Delete(o);
}

static void *call(void *ctx)
{
	struct errand *e = ctx;
	cJSON *o = NULL;
	for (int times = number_of(e->told, "times", 1); times > 0; times--) {
		struct aws_answer a;
		enum err got = aws_call(e->aws, &e->r, &a);
		struct buf *body = e->r.take != NULL ? &e->taken : &a.body;
		cJSON_Delete(o);
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "err", err_text(got));
		cJSON_AddNumberToObject(o, "status", a.status);
		cJSON_AddStringToObject(o, "code", a.code);
		cJSON_AddStringToObject(o, "message", a.message);
		cJSON_AddStringToObject(o, "request_id", a.request_id);
		cJSON_AddStringToObject(o, "why", a.why);
		cJSON_AddNumberToObject(o, "attempts", a.attempts);
		cJSON_AddStringToObject(o, "body", body->len > 4096 ? "long" : buf_str(body));
		cJSON_AddNumberToObject(o, "length", (double)body->len);
		cJSON_AddStringToObject(o, "value", e->value);
		cJSON_AddNumberToObject(o, "restarts", e->restarts);
		cJSON_AddStringToObject(o, "source", aws_source(e->aws));
		aws_answer_free(&a);
	}
	return o;
}

static void run(struct aws *aws, const cJSON *told)
{
	enum { THREADS_MAX = 16 };
	static struct errand errands[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	int n = number_of(told, "threads", 1);
	for (int i = 0; i < n && i < THREADS_MAX; i++) {
		errands[i] = (struct errand){.aws = aws, .told = told};
		request_make(&errands[i]);
		if (pthread_create(&threads[i], NULL, call, &errands[i]) != 0)
			abort();
	}
	for (int i = 0; i < n && i < THREADS_MAX; i++) {
		void *o;
		pthread_join(threads[i], &o);
		say(o);
		buf_free(&errands[i].path);
		buf_free(&errands[i].query);
		buf_free(&errands[i].body);
		buf_free(&errands[i].taken);
	}
}

static void presign(struct aws *aws, const cJSON *told)
{
	struct buf url;
	int expires = number_of(told, "expires", 60);
	char why[AWS_WHY_MAX] = "";
	buf_init(&url, 16 << 10);
	enum err e = aws_presign(aws, text_of(told, "method", "GET"), text_of(told, "bucket", "b"), text_of(told, "presign", ""), &expires, &url, why);
	cJSON *o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "err", err_text(e));
	cJSON_AddStringToObject(o, "url", buf_str(&url));
	cJSON_AddNumberToObject(o, "expires", expires);
	cJSON_AddStringToObject(o, "why", why);
	say(o);
	buf_free(&url);
}

int main(void)
{
	static char line[LINE_MAX_BYTES];
	char why[AWS_WHY_MAX];
	struct aws *aws;
	if (aws_new(NULL, &aws, why) != ERR_OK) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while (fgets(line, sizeof line, stdin) != NULL) {
		cJSON *told = cJSON_Parse(line);
		if (is(told, "abort"))
			abort();
		if (cJSON_HasObjectItem(told, "presign"))
			presign(aws, told);
		else
			run(aws, told);
		cJSON_Delete(told);
	}
	aws_free(aws);
	return 0;
}
