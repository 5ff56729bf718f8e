#include "aws/aws_uri.h"

#include <stdlib.h>

#include "util/utf8.h"

enum { KEY_MAX = 1024, PARAM_CAP = 16 << 10 };

static bool unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void aws_uri_encode(struct buf *out, const void *bytes, size_t n, bool slashes)
{
	static const char hex[] = "0123456789ABCDEF";
	const unsigned char *at = bytes;
	for (size_t i = 0; i < n; i++) {
		const char coded[3] = {'%', hex[at[i] >> 4], hex[at[i] & 15]};
		if (unreserved(at[i]) || (slashes && at[i] == '/'))
			buf_put(out, &at[i], 1);
		else
			buf_put(out, coded, sizeof coded);
	}
}

/* Names and values lie one behind the other in one buffer: "name=value". */
struct piece {
	const char *text;
	size_t name, all;
};

/* By name, then by value: '=' takes no part. */
static int compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	size_t least = x->name < y->name ? x->name : y->name;
	int by = memcmp(x->text, y->text, least);
	if (by == 0 && x->name != y->name)
		by = x->name < y->name ? -1 : 1;
	return by != 0 ? by : strcmp(x->text + x->name + 1, y->text + y->name + 1);
}

enum err aws_query_write(struct buf *out, const struct aws_param *params, size_t n)
{
	struct piece pieces[AWS_PARAMS_MAX];
	size_t at[AWS_PARAMS_MAX];
	struct buf all;
	if (n > AWS_PARAMS_MAX)
		return ERR_TOO_LARGE;
	buf_init(&all, PARAM_CAP);
	for (size_t i = 0; i < n; i++) {
		at[i] = all.len;
		aws_uri_encode(&all, params[i].name, strlen(params[i].name), false);
		pieces[i].name = all.len - at[i];
		buf_put(&all, "=", 1);
		if (params[i].value != NULL)
			aws_uri_encode(&all, params[i].value, strlen(params[i].value), false);
		pieces[i].all = all.len - at[i];
		buf_put(&all, "", 1);
	}
	enum err e = all.error;
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		pieces[i].text = all.data + at[i];
	if (e == ERR_OK && n > 0)
		qsort(pieces, n, sizeof *pieces, compare);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		if (i > 0)
			buf_put(out, "&", 1);
		buf_put(out, pieces[i].text, pieces[i].all);
	}
	buf_free(&all);
	return e != ERR_OK ? e : out->error;
}

bool aws_key_valid(const char *key)
{
	size_t n = strlen(key);
	if (n == 0 || n > KEY_MAX || !utf8_valid(key, n))
		return false;
	for (const char *segment = key;; segment++) {
		size_t length = strcspn(segment, "/");
		if (length == 0 || (length == 1 && segment[0] == '.') || (length == 2 && memcmp(segment, "..", 2) == 0))
			return false;
		segment += length;
		if (*segment == '\0')
			return true;
	}
}
