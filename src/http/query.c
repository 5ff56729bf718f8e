#include "http/query.h"

#include <string.h>

#include "util/utf8.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes n bytes of s in place and adds a NUL, for which there is room. False when they are malformed. */
static bool decode(char *s, size_t n)
{
	size_t w = 0;
	for (size_t r = 0; r < n; r++) {
		char c = s[r];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			if (n - r < 3)
				return false;
			int high = hex_value(s[r + 1]), low = hex_value(s[r + 2]);
			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			r += 2;
		}
		if (c == '\0')
			return false;
		s[w++] = c;
	}
	s[w] = '\0';
	return utf8_valid(s, w);
}

/* One piece between ampersands; its last byte is followed by a byte that may be overwritten. */
static bool decode_pair(char *piece, size_t n, struct http_param *out)
{
	char *equals = memchr(piece, '=', n);
	size_t name = equals == NULL ? n : (size_t)(equals - piece);
	out->name = piece;
	if (equals == NULL)
		out->value = "";
	else
		out->value = equals + 1;
	return (equals == NULL || decode(equals + 1, n - name - 1)) && decode(piece, name);
}

/* Pieces between ampersands that are not empty, counted no further than past the limit. */
static size_t count_pairs(const char *s, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n && count <= HTTP_PARAMS_MAX; i++)
		count += s[i] != '&' && (i == 0 || s[i - 1] == '&');
	return count;
}

enum err query_parse(struct arena *a, const char *s, size_t n, struct http_params *out)
{
	*out = (struct http_params){.n = 0};
	size_t count = count_pairs(s, n);
	if (count > HTTP_PARAMS_MAX)
		return ERR_TOO_LARGE;
	if (count == 0)
		return ERR_OK;
	char *copy = arena_strndup(a, s, n);
	struct http_param *list = arena_array(a, count, sizeof *list);
	if (copy == NULL || list == NULL)
		return ERR_NOMEM;
	size_t filled = 0;
	for (char *p = copy, *end = copy + n; p < end;) {
		char *amp = memchr(p, '&', (size_t)(end - p));
		char *stop = amp == NULL ? end : amp;
		if (stop > p && !decode_pair(p, (size_t)(stop - p), &list[filled++]))
			return ERR_INVALID;
		p = stop + 1;
	}
	out->list = list;
	out->n = filled;
	return ERR_OK;
}
