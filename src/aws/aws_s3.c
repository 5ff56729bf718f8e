#include "aws/aws_s3.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_uri.h"
#include "aws/aws_xml.h"
#include "util/clock.h"
#include "util/mac.h"

enum { PATH_CAP = 4096, BODY_CAP = 512 << 10, LIST_ANSWER_MAX = 4 << 20, GET_MAX = 64 << 20, NUMBER_SIZE = 24, TIME_SIZE = 64, ETAG_SIZE = 256 };

/* ---- What calls have in common ---- */

static void sha256_base64(const void *bytes, size_t n, char out[static AWS_S3_SHA256_SIZE])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	mac_sha256(bytes, n, hash);
	sodium_bin2base64(out, AWS_S3_SHA256_SIZE, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
}

/* "/photos/ab/…", encoded. */
static enum err path_of(const char *key, struct buf *out)
{
	buf_init(out, PATH_CAP);
	if (!aws_key_valid(key))
		return ERR_INVALID;
	buf_putc(out, '/');
	aws_uri_encode(out, key, strlen(key), true);
	return out->error;
}

static enum err call(struct aws *aws, const struct aws_request *r, struct aws_answer *a, char why[static AWS_S3_WHY_MAX])
{
	enum err e = aws_call(aws, r, a);
	snprintf(why, AWS_S3_WHY_MAX, "%s", e == ERR_OK ? "" : a->why);
	return e;
}

static enum err said(enum err e, char why[static AWS_S3_WHY_MAX], const char *what)
{
	if (e != ERR_OK)
		snprintf(why, AWS_S3_WHY_MAX, "%s: %s", what, err_text(e));
	return e;
}

/* ---- An object ---- */

enum err aws_s3_put(struct aws *aws, const char *bucket, const struct aws_s3_put *p, char why[static AWS_S3_WHY_MAX])
{
	struct buf path;
	struct aws_answer a;
	char sha256[AWS_S3_SHA256_SIZE], etag[ETAG_SIZE] = "";
	enum err e = said(path_of(p->key, &path), why, "s3: the key");
	if (e == ERR_OK) {
		sha256_base64(p->bytes, p->n, sha256);
		const struct aws_header headers[] = {
			{"cache-control", p->cache_control}, {"content-type", p->content_type}, {"x-amz-checksum-sha256", sha256}, {"x-amz-server-side-encryption", "AES256"},
		};
		const struct aws_request r = {.service = AWS_S3, .method = "PUT", .bucket = bucket, .path = buf_str(&path), .headers = headers,
		                              .n_headers = sizeof headers / sizeof *headers, .body = p->bytes, .n = p->n,
		                              .wanted = &(struct aws_wanted){"etag", etag, sizeof etag}, .n_wanted = 1};
		e = call(aws, &r, &a, why);
		/* what gave it none has not kept it */
		if (e == ERR_OK && etag[0] == '\0')
			e = said(ERR_CLOSED, why, "s3: the answer has no ETag");
		aws_answer_free(&a);
	}
	buf_free(&path);
	return e;
}

enum err aws_s3_head(struct aws *aws, const char *bucket, const char *key, struct aws_s3_head *out, char why[static AWS_S3_WHY_MAX])
{
	struct buf path;
	struct aws_answer a;
	char length[NUMBER_SIZE] = "";
	*out = (struct aws_s3_head){.bytes = 0};
	enum err e = said(path_of(key, &path), why, "s3: the key");
	if (e == ERR_OK) {
		const struct aws_header headers[] = {{"x-amz-checksum-mode", "ENABLED"}};
		struct aws_wanted wanted[] = {{"content-length", length, sizeof length}, {"x-amz-checksum-sha256", out->sha256, sizeof out->sha256}};
		const struct aws_request r = {.service = AWS_S3, .method = "HEAD", .bucket = bucket, .path = buf_str(&path), .headers = headers, .n_headers = 1,
		                              .wanted = wanted, .n_wanted = 2};
		e = call(aws, &r, &a, why);
		aws_answer_free(&a);
	}
	if (e == ERR_OK && (*length == '\0' || length[strspn(length, "0123456789")] != '\0'))
		e = said(ERR_INVALID, why, "s3: the length");
	out->bytes = strtoll(length, NULL, 10);
	buf_free(&path);
	return e;
}

enum err aws_s3_get(struct aws *aws, const char *bucket, const char *key, bool (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx, char why[static AWS_S3_WHY_MAX])
{
	struct buf path;
	struct aws_answer a;
	enum err e = said(path_of(key, &path), why, "s3: the key");
	if (e == ERR_OK) {
		const struct aws_request r = {.service = AWS_S3, .method = "GET", .bucket = bucket, .path = buf_str(&path), .take = take, .ctx = ctx, .answer_max = GET_MAX};
		e = call(aws, &r, &a, why);
		aws_answer_free(&a);
	}
	buf_free(&path);
	return e;
}

/* ---- Several that go ---- */

static void put_xml_text(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&': buf_puts(b, "&amp;"); break;
		case '<': buf_puts(b, "&lt;"); break;
		case '>': buf_puts(b, "&gt;"); break;
		default: buf_putc(b, *s);
		}
	}
}

static enum err delete_body(const char *const *keys, size_t n, struct buf *out)
{
	buf_init(out, BODY_CAP);
	if (n > AWS_S3_DELETE_MAX)
		return ERR_TOO_LARGE;
	buf_puts(out, "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>");
	for (size_t i = 0; i < n; i++) {
		/* no XML says a control character */
		for (const char *p = keys[i]; *p != '\0'; p++)
			if ((unsigned char)*p < ' ')
				return ERR_INVALID;
		if (!aws_key_valid(keys[i]))
			return ERR_INVALID;
		buf_puts(out, "<Object><Key>");
		put_xml_text(out, keys[i]);
		buf_puts(out, "</Key></Object>");
	}
	buf_puts(out, "</Delete>");
	return out->error;
}

struct deleting {
	bool answer, failed;
	char code[96], message[256];
};

static bool delete_element(void *ctx, const char *path, const char *text)
{
	struct deleting *d = ctx;
	d->answer = d->answer || strcmp(path, "DeleteResult") == 0;
	if (strcmp(path, "DeleteResult/Error/Code") == 0)
		snprintf(d->code, sizeof d->code, "%s", text);
	if (strcmp(path, "DeleteResult/Error/Message") == 0)
		snprintf(d->message, sizeof d->message, "%s", text);
	d->failed = d->failed || strcmp(path, "DeleteResult/Error") == 0;
	return !d->failed;
}

enum err aws_s3_delete_read(const void *bytes, size_t n, char why[static AWS_S3_WHY_MAX])
{
	struct deleting d = {.answer = false};
	enum err e = aws_xml_read(bytes, n, delete_element, &d);
	if (e != ERR_OK)
		return said(e, why, "s3: the answer");
	if (!d.failed)
		return d.answer ? ERR_OK : said(ERR_INVALID, why, "s3: the answer");
	snprintf(why, AWS_S3_WHY_MAX, "s3: %s: %s", d.code, d.message);
	return strcmp(d.code, "AccessDenied") == 0 ? ERR_DENIED : ERR_CLOSED;
}

enum err aws_s3_delete(struct aws *aws, const char *bucket, const char *const *keys, size_t n, char why[static AWS_S3_WHY_MAX])
{
	struct buf body;
	struct aws_answer a;
	char sha256[AWS_S3_SHA256_SIZE];
	if (n == 0)
		return ERR_OK;
	enum err e = said(delete_body(keys, n, &body), why, "s3: the keys");
	if (e == ERR_OK) {
		sha256_base64(body.data, body.len, sha256);
		const struct aws_header headers[] = {{"content-type", "application/xml"}, {"x-amz-checksum-sha256", sha256}};
		const struct aws_request r = {.service = AWS_S3, .method = "POST", .bucket = bucket, .query = "delete=", .headers = headers, .n_headers = 2,
		                              .body = body.data, .n = body.len};
		e = call(aws, &r, &a, why);
		if (e == ERR_OK)
			e = aws_s3_delete_read(a.body.data, a.body.len, why);
		aws_answer_free(&a);
	}
	buf_free(&body);
	return e;
}

/* ---- The list ---- */

struct listing {
	struct aws_s3_page *page;
	char key[AWS_S3_KEY_SIZE];
	struct aws_s3_item item;
	bool answer, truncated, bad;
};

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* As encoding-type=url has it, where '+' is a blank. False: it is not, or too long, or holds a NUL. */
static bool decode_key(const char *s, char out[static AWS_S3_KEY_SIZE])
{
	size_t n = 0;
	for (; *s != '\0' && n < AWS_S3_KEY_SIZE - 1; s++) {
		int value = *s == '+' ? ' ' : (unsigned char)*s;
		if (*s == '%') {
			if (hex(s[1]) < 0 || hex(s[2]) < 0)
				return false;
			value = hex(s[1]) * 16 + hex(s[2]);
			s += 2;
		}
		if (value == 0)
			return false;
		out[n++] = (char)value;
	}
	out[n] = '\0';
	return *s == '\0' && n > 0;
}

/* "2026-01-31T12:00:00.000Z" */
static int64_t time_of(const char *text)
{
	char plain[TIME_SIZE];
	int64_t t;
	snprintf(plain, sizeof plain, "%.19sZ", text);
	return strlen(text) >= 20 && clock_parse(plain, &t) ? t : -1;
}

static bool list_content(struct listing *l, const char *name, const char *text)
{
	if (strcmp(name, "Key") == 0)
		l->bad = l->bad || !decode_key(text, l->key);
	else if (strcmp(name, "LastModified") == 0)
		l->item.modified_at = time_of(text);
	else if (strcmp(name, "Size") == 0)
		l->item.bytes = *text != '\0' && text[strspn(text, "0123456789")] == '\0' ? strtoll(text, NULL, 10) : -1;
	return !l->bad;
}

static bool list_element(void *ctx, const char *path, const char *text)
{
	static const char content[] = "ListBucketResult/Contents";
	struct listing *l = ctx;
	if (strcmp(path, content) == 0) {
		l->item.key = l->key;
		l->bad = l->key[0] == '\0' || l->item.bytes < 0 || l->item.modified_at < 0;
		if (!l->bad)
			l->page->stopped = !l->page->each(l->page->ctx, &l->item);
		l->key[0] = '\0';
		l->item = (struct aws_s3_item){.bytes = -1, .modified_at = -1};
		return !l->bad && !l->page->stopped;
	}
	if (strncmp(path, content, sizeof content - 1) == 0 && path[sizeof content - 1] == '/')
		return list_content(l, path + sizeof content, text);
	if (strcmp(path, "ListBucketResult/IsTruncated") == 0)
		l->truncated = strcmp(text, "true") == 0;
	else if (strcmp(path, "ListBucketResult/NextContinuationToken") == 0)
		l->bad = snprintf(l->page->token, sizeof l->page->token, "%s", text) >= (int)sizeof l->page->token;
	else if (strcmp(path, "ListBucketResult") == 0)
		l->answer = true;
	return !l->bad;
}

enum err aws_s3_list_read(const void *bytes, size_t n, struct aws_s3_page *page)
{
	struct listing l = {.page = page, .item = {.bytes = -1, .modified_at = -1}};
	page->token[0] = '\0';
	page->stopped = false;
	enum err e = aws_xml_read(bytes, n, list_element, &l);
	if (e != ERR_OK || page->stopped)
		return e;
	/* more without a word of where it goes on would be half a list taken for a whole one */
	if (l.bad || !l.answer || l.truncated != (page->token[0] != '\0'))
		return ERR_INVALID;
	return ERR_OK;
}

static enum err list_page(struct aws *aws, const char *bucket, const char *prefix, struct aws_s3_page *page, char why[static AWS_S3_WHY_MAX])
{
	const struct aws_param params[] = {
		{"encoding-type", "url"}, {"list-type", "2"}, {"prefix", prefix}, {"continuation-token", page->token},
	};
	struct buf query;
	struct aws_answer a;
	buf_init(&query, PATH_CAP * 4);
	enum err e = said(aws_query_write(&query, params, page->token[0] != '\0' ? 4 : 3), why, "s3: the query");
	if (e == ERR_OK) {
		const struct aws_request r = {.service = AWS_S3, .method = "GET", .bucket = bucket, .query = buf_str(&query), .answer_max = LIST_ANSWER_MAX};
		e = call(aws, &r, &a, why);
		if (e == ERR_OK)
			e = said(aws_s3_list_read(a.body.data, a.body.len, page), why, "s3: the list");
		aws_answer_free(&a);
	}
	buf_free(&query);
	return e;
}

enum err aws_s3_list(struct aws *aws, const char *bucket, const char *prefix, bool (*each)(void *ctx, const struct aws_s3_item *item), void *ctx,
                     char why[static AWS_S3_WHY_MAX])
{
	struct aws_s3_page page = {.each = each, .ctx = ctx};
	enum err e;
	do
		e = list_page(aws, bucket, prefix, &page, why);
	while (e == ERR_OK && !page.stopped && page.token[0] != '\0');
	return e;
}
