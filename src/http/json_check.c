#include "http/json_check.h"

#include <stdbool.h>
#include <string.h>

#include "util/utf8.h"

struct scan {
	const char *at, *end;
	unsigned values;
};

static enum err scan_value(struct scan *s, unsigned depth);

static char peek(const struct scan *s)
{
	return s->at < s->end ? *s->at : '\0';
}

static bool take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

static bool take_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
		return false;
	s->at += n;
	return true;
}

static size_t take_digits(struct scan *s)
{
	const char *from = s->at;
	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

static bool scan_number(struct scan *s)
{
	take(s, '-');
	if (!take(s, '0') && take_digits(s) == 0)
		return false;
	if (take(s, '.') && take_digits(s) == 0)
		return false;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			take(s, '-');
		return take_digits(s) > 0;
	}
	return true;
}

/* Four hex digits; -1 when they are none. */
static int scan_unit(struct scan *s)
{
	int unit = 0;
	for (int i = 0; i < 4; i++) {
		char c = peek(s);
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
		s->at++;
	}
	return unit;
}

/* What follows a backslash. */
static bool scan_escape(struct scan *s)
{
	char c = peek(s);
	if (c == '\0' || strchr("\"\\/bfnrtu", c) == NULL)
		return false;
	s->at++;
	if (c != 'u')
		return true;
	int unit = scan_unit(s);
	if (unit >= 0xd800 && unit <= 0xdbff) {
		int low = take(s, '\\') && take(s, 'u') ? scan_unit(s) : -1;
		return low >= 0xdc00 && low <= 0xdfff;
	}
	return unit > 0 && (unit < 0xdc00 || unit > 0xdfff);
}

static bool scan_string(struct scan *s)
{
	if (!take(s, '"'))
		return false;
	while (s->at < s->end) {
		unsigned char c = (unsigned char)*s->at++;
		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !scan_escape(s)))
			return false;
	}
	return false;
}

/* An object or array, from its opening bracket on. */
static enum err scan_container(struct scan *s, unsigned depth)
{
	bool object = *s->at++ == '{';
	char close = object ? '}' : ']';
	if (depth == JSON_DEPTH_MAX)
		return ERR_TOO_LARGE;
	skip_space(s);
	if (take(s, close))
		return ERR_OK;
	do {
		skip_space(s);
		if (object) {
			if (!scan_string(s))
				return ERR_INVALID;
			skip_space(s);
			if (!take(s, ':'))
				return ERR_INVALID;
		}
		enum err e = scan_value(s, depth + 1);
		if (e != ERR_OK)
			return e;
	} while (take(s, ','));
	return take(s, close) ? ERR_OK : ERR_INVALID;
}

/* A value with the white space around it. Recursion ends at JSON_DEPTH_MAX. */
static enum err scan_value(struct scan *s, unsigned depth)
{
	enum err e = ERR_OK;
	bool good = true;
	if (s->values++ == JSON_VALUES_MAX)
		return ERR_TOO_LARGE;
	skip_space(s);
	switch (peek(s)) {
	case '{':
	case '[':
		e = scan_container(s, depth);
		break;
	case '"':
		good = scan_string(s);
		break;
	case 't':
		good = take_word(s, "true");
		break;
	case 'f':
		good = take_word(s, "false");
		break;
	case 'n':
		good = take_word(s, "null");
		break;
	default:
		good = scan_number(s);
	}
	skip_space(s);
	return good ? e : ERR_INVALID;
}

enum err json_check(const char *s, size_t n)
{
	struct scan scan = {.at = s, .end = s + n};
	if (!utf8_valid(s, n))
		return ERR_INVALID;
	enum err e = scan_value(&scan, 0);
	if (e == ERR_OK && scan.at != scan.end)
		e = ERR_INVALID;
	return e;
}
