#include "aws/aws_line.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "aws/aws_curl.h"
#include "aws/aws_error.h"
#include "util/mac.h"

enum { FAULT_MAX = 64 << 10, AUTHORIZATION_CAP = 2048 };

struct transfer {
	struct aws_line *line;
	const struct aws_request *r;
	struct aws_answer *a;
	struct aws_attempt *out;
	unsigned begun;
	bool headed, taken; /* the head is whole; the body has begun */
};

void aws_payload_hash(const struct aws_request *r, char hex[static AWS_HEX_SIZE])
{
	uint8_t hash[32];
	mac_sha256(r->body, r->body != NULL ? r->n : 0, hash);
	sodium_bin2hex(hex, AWS_HEX_SIZE, hash, sizeof hash);
}

struct aws_line *aws_line_new(void)
{
	struct aws_line *line = calloc(1, sizeof *line);
	if (line == NULL)
		return NULL;
	line->curl = curl_easy_init();
	line->who = sodium_malloc(sizeof *line->who);
	if (line->curl == NULL || line->who == NULL) {
		aws_line_free(line);
		return NULL;
	}
	sodium_memzero(line->who, sizeof *line->who);
	return line;
}

void aws_line_free(struct aws_line *line)
{
	if (line == NULL)
		return;
	curl_easy_cleanup(line->curl);
	sodium_free(line->who);
	free(line);
}

/* The value of a header line of n bytes when its name is that; NULL when not. */
static const char *value_of(const char *line, size_t n, const char *name, size_t *value_n)
{
	size_t at = strlen(name);
	if (n <= at || line[at] != ':' || strncasecmp(line, name, at) != 0)
		return NULL;
	for (at++; at < n && (line[at] == ' ' || line[at] == '\t'); at++)
		continue;
	while (n > at && (unsigned char)line[n - 1] <= ' ')
		n--;
	*value_n = n - at;
	return line + at;
}

static void head_reset(struct transfer *t)
{
	t->headed = false;
	t->a->request_id[0] = t->out->type[0] = '\0';
	t->out->date = -1;
	for (size_t i = 0; i < t->r->n_wanted; i++)
		t->r->wanted[i].value[0] = '\0';
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	static const char *const ids[] = {"x-amzn-requestid", "x-amz-request-id"};
	struct transfer *t = ctx;
	const char *value;
	size_t value_n;
	n *= size;
	/* one of 100 comes before the one that counts */
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
		head_reset(t);
	t->headed = t->headed || n == 0 || *line == '\r' || *line == '\n';
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if ((value = value_of(line, n, ids[i], &value_n)) != NULL)
			aws_word_copy(t->a->request_id, sizeof t->a->request_id, value, value_n);
	if ((value = value_of(line, n, "x-amzn-errortype", &value_n)) != NULL)
		aws_word_copy(t->out->type, sizeof t->out->type, value, value_n);
	if ((value = value_of(line, n, "date", &value_n)) != NULL && value_n < 64) {
		char date[64];
		memcpy(date, value, value_n);
		date[value_n] = '\0';
		t->out->date = (int64_t)curl_getdate(date, NULL);
	}
	for (size_t i = 0; i < t->r->n_wanted; i++) {
		struct aws_wanted *w = &t->r->wanted[i];
		if ((value = value_of(line, n, w->name, &value_n)) == NULL)
			continue;
		if (value_n >= w->size) {
			t->out->too_large = true;
			return 0;
		}
		memcpy(w->value, value, value_n);
		w->value[value_n] = '\0';
	}
	return n;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	long status = 0;
	curl_off_t length = -1;
	n *= size;
	curl_easy_getinfo(t->line->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200 || status > 299) {
		/* of a failure its beginning is enough */
		size_t most = t->a->body.cap < FAULT_MAX ? t->a->body.cap : FAULT_MAX, left = most - t->a->body.len;
		aws_secret_put(&t->a->body, p, n < left ? n : left, 0);
		return t->a->body.error == ERR_NOMEM ? 0 : n;
	}
	if (t->r->take != NULL) {
		t->taken = true;
		t->out->enough = !t->r->take(t->r->ctx, (const uint8_t *)p, n);
		return t->out->enough ? 0 : n;
	}
	curl_easy_getinfo(t->line->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	aws_secret_put(&t->a->body, p, n, length > 0 ? (size_t)length : 0);
	t->out->too_large = t->a->body.error == ERR_TOO_LARGE;
	return t->a->body.error != ERR_OK ? 0 : n;
}

/* Called before the request goes out. libcurl sends it again by itself when a kept connection breaks before the answer: not what may not be done twice. */
static int on_begin(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = ctx;
	(void)ip, (void)local_ip, (void)port, (void)local_port;
	t->out->sent = true;
	return t->begun++ > 0 && t->r->once ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool has_header(const struct aws_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return true;
	return false;
}

static bool posts(const struct aws_request *r)
{
	return r->body != NULL || strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0;
}

/* What is sent of headers, and signed; ours beside the request's. */
struct heads {
	struct aws_header all[AWS_HEADERS_MAX];
	size_t n;
	char stamp[AWS_STAMP_SIZE];
};

static bool heads_list(const struct aws_line *line, const struct aws_errand *e, struct heads *h)
{
	if (e->r->n_headers + 6 > AWS_HEADERS_MAX)
		return false;
	for (h->n = 0; h->n < e->r->n_headers; h->n++)
		h->all[h->n] = e->r->headers[h->n];
	/* libcurl would call a body a form's, and not sign that */
	if (posts(e->r) && !has_header(e->r, "content-type"))
		h->all[h->n++] = (struct aws_header){"Content-Type", "application/octet-stream"};
	if (e->payload != NULL)
		h->all[h->n++] = (struct aws_header){"X-Amz-Content-Sha256", e->payload};
	if (line->who->token[0] != '\0')
		h->all[h->n++] = (struct aws_header){"X-Amz-Security-Token", line->who->token};
	if (e->shifted) {
		aws_sign_stamp(e->now, h->stamp);
		h->all[h->n++] = (struct aws_header){"X-Amz-Date", h->stamp};
	}
	return true;
}

/* libcurl signs by the machine's clock: given a date it sends two before 8.4. While that clock is wrong the signature is our own. */
static bool authorize(const struct aws_line *line, const struct aws_errand *e, struct heads *h, struct buf *out)
{
	struct aws_signer signer = {.key_id = line->who->key_id, .secret = line->who->secret, .region = e->region, .service = e->service, .now = e->now};
	char hash[AWS_HEX_SIZE];
	aws_payload_hash(e->r, hash);
	h->all[h->n] = (struct aws_header){"Host", e->host};
	struct aws_signed r = {.method = e->r->method, .path = e->path, .path_once = true, .query = e->r->query, .headers = h->all, .n_headers = h->n + 1,
		.payload = hash};
	return aws_sign_authorization(&signer, &r, out) == ERR_OK;
}

static bool headers_make(const struct aws_line *line, const struct aws_errand *e, struct curl_slist **list)
{
	struct heads h;
	struct buf authorization;
	bool good = heads_list(line, e, &h);
	for (size_t i = 0; good && i < h.n; i++)
		good = aws_curl_header(list, h.all[i].name, h.all[i].value);
	buf_init(&authorization, AUTHORIZATION_CAP);
	if (good && e->shifted)
		good = authorize(line, e, &h, &authorization) && aws_curl_header(list, "Authorization", buf_str(&authorization));
	buf_free(&authorization);
	return good;
}

#define SET(option, value) good = good && curl_easy_setopt(curl, (option), (value)) == CURLE_OK

static bool method_set(CURL *curl, const struct aws_request *r)
{
	bool good = true;
	if (strcmp(r->method, "HEAD") == 0) {
		SET(CURLOPT_NOBODY, 1L);
	} else if (posts(r)) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(r->body != NULL ? r->n : 0));
		SET(CURLOPT_POSTFIELDS, r->body != NULL ? r->body : "");
		SET(CURLOPT_CUSTOMREQUEST, r->method);
	} else {
		SET(CURLOPT_HTTPGET, 1L);
		SET(CURLOPT_CUSTOMREQUEST, r->method);
	}
	return good;
}

static bool set_up(struct transfer *t, const struct aws_errand *e, struct curl_slist *headers)
{
	CURL *curl = t->line->curl;
	curl_easy_reset(curl);
	bool good = aws_curl_basics(curl, e->ca, AWS_CONNECT_MS, e->timeout_ms) && method_set(curl, e->r);
	SET(CURLOPT_URL, e->url);
	if (!e->shifted) {
		SET(CURLOPT_AWS_SIGV4, e->scope);
		SET(CURLOPT_USERNAME, t->line->who->key_id);
		SET(CURLOPT_PASSWORD, t->line->who->secret);
	}
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_PREREQFUNCTION, on_begin);
	SET(CURLOPT_PREREQDATA, t);
	SET(CURLOPT_ERRORBUFFER, t->out->error);
	return good;
}

static void conclude(struct transfer *t, CURLcode code)
{
	struct aws_attempt *out = t->out;
	long status = 0;
	curl_easy_getinfo(t->line->curl, CURLINFO_RESPONSE_CODE, &status);
	out->timed_out = code == CURLE_OPERATION_TIMEDOUT;
	out->no_http = code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_HTTP2;
	/* to libcurl what breaks off in its head is an answer too */
	if (code == CURLE_OK && !t->headed)
		code = CURLE_GOT_NOTHING;
	if (code == CURLE_OK)
		out->status = (int)status;
	else if (out->error[0] == '\0')
		snprintf(out->error, sizeof out->error, "%s", curl_easy_strerror(code));
	if (out->status == 0 && t->taken && !out->enough)
		t->r->take(t->r->ctx, NULL, 0);
}

enum err aws_line_attempt(struct aws_line *line, const struct aws_errand *errand, struct aws_answer *a, struct aws_attempt *out)
{
	struct transfer t = {.line = line, .r = errand->r, .a = a, .out = out};
	struct curl_slist *headers = NULL;
	*out = (struct aws_attempt){.date = -1};
	buf_reset(&a->body);
	head_reset(&t);
	bool good = headers_make(line, errand, &headers) && set_up(&t, errand, headers);
	if (good)
		conclude(&t, curl_easy_perform(line->curl));
	/* what libcurl has copied goes, the connection stays */
	curl_easy_reset(line->curl);
	aws_curl_headers_free(headers);
	return good ? a->body.error == ERR_NOMEM ? ERR_NOMEM : ERR_OK : ERR_NOMEM;
}
