#include "render/json.h"

#include <string.h>

#include "util/clock.h"
#include "util/utf8.h"

void json_begin(struct json *j, struct buf *out)
{
	j->out = out;
	j->comma = false;
}

static void before_value(struct json *j)
{
	if (j->comma)
		buf_putc(j->out, ',');
	j->comma = true;
}

static void open_with(struct json *j, char c)
{
	before_value(j);
	buf_putc(j->out, c);
	j->comma = false;
}

static void close_with(struct json *j, char c)
{
	buf_putc(j->out, c);
	j->comma = true;
}

void json_object(struct json *j)
{
	open_with(j, '{');
}

void json_object_end(struct json *j)
{
	close_with(j, '}');
}

void json_array(struct json *j)
{
	open_with(j, '[');
}

void json_array_end(struct json *j)
{
	close_with(j, ']');
}

static void put_escape(struct buf *b, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	switch (c) {
	case '"':
		buf_put(b, "\\\"", 2);
		break;
	case '\\':
		buf_put(b, "\\\\", 2);
		break;
	case '\n':
		buf_put(b, "\\n", 2);
		break;
	case '\t':
		buf_put(b, "\\t", 2);
		break;
	case '\r':
		buf_put(b, "\\r", 2);
		break;
	default:
		buf_put(b, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
	}
}

/* What stands for itself in a string: all but controls, '"', '\\' and "<", which is escaped so that a text may stand inside
 * a script element (HTML, section 4.12.1.3). Bytes of a longer character count as themselves once the text is known to be
 * valid. */
static bool plain(unsigned char c)
{
	static const bool special[256] = {
		[0] = true, [1] = true, [2] = true, [3] = true, [4] = true, [5] = true, [6] = true, [7] = true, [8] = true, [9] = true,
		[10] = true, [11] = true, [12] = true, [13] = true, [14] = true, [15] = true, [16] = true, [17] = true, [18] = true,
		[19] = true, [20] = true, [21] = true, [22] = true, [23] = true, [24] = true, [25] = true, [26] = true, [27] = true,
		[28] = true, [29] = true, [30] = true, [31] = true, ['"'] = true, ['\\'] = true, ['<'] = true, [0x7f] = true,
	};
	return !special[c];
}

static void put_valid(struct buf *b, const char *s, size_t n)
{
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (plain((unsigned char)s[i]))
			continue;
		buf_put(b, s + from, i - from);
		put_escape(b, (unsigned char)s[i]);
		from = i + 1;
	}
	buf_put(b, s + from, n - from);
}

/* Character by character: what is no UTF-8 becomes U+FFFD, a byte at a time. */
static void put_repaired(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t length = 1;
		while (length <= 4 && i + length <= n && !utf8_valid(s + i, length))
			length++;
		if (length > 4 || i + length > n) {
			buf_puts(b, "\uFFFD");
			i++;
		} else {
			put_valid(b, s + i, length);
			i += length;
		}
	}
}

static uint64_t has_zero(uint64_t x)
{
	return (x - UINT64_C(0x0101010101010101)) & ~x;
}

/* Nonzero when one of eight bytes does not stand for itself or is not ASCII (bytes from 0x80 on, controls, '"', '\\', '<', DEL).
 * May say so of a byte above one that does: the caller looks again, byte by byte. */
static uint64_t unplain(uint64_t x)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t control = x - ones * 0x20;
	uint64_t found = has_zero(x ^ (ones * '"')) | has_zero(x ^ (ones * '\\')) | has_zero(x ^ (ones * '<')) | has_zero(x ^ (ones * 0x7f));
	return (x | control | found) & (ones * 0x80);
}

/* How many bytes from the start are plain ASCII. Most strings are nothing else, so eight are looked at a time. */
static size_t plain_prefix(const char *s, size_t n)
{
	size_t i = 0;
	for (uint64_t word; n - i >= sizeof word; i += sizeof word) {
		memcpy(&word, s + i, sizeof word);
		if (unplain(word) != 0)
			break;
	}
	while (i < n && (unsigned char)s[i] < 0x80 && plain((unsigned char)s[i]))
		i++;
	return i;
}

static void put_quoted(struct buf *b, const char *s)
{
	size_t n = strlen(s), whole = plain_prefix(s, n);
	buf_putc(b, '"');
	buf_put(b, s, whole);
	if (whole < n && utf8_valid(s + whole, n - whole))
		put_valid(b, s + whole, n - whole);
	else if (whole < n)
		put_repaired(b, s + whole, n - whole);
	buf_putc(b, '"');
}

void json_key_literal(struct json *j, const char *quoted, size_t n)
{
	before_value(j);
	buf_put(j->out, quoted, n);
	j->comma = false;
}

void json_name(struct json *j, const char *name)
{
	before_value(j);
	put_quoted(j->out, name);
	buf_putc(j->out, ':');
	j->comma = false;
}

void json_string(struct json *j, const char *s)
{
	if (s == NULL) {
		json_null(j);
		return;
	}
	before_value(j);
	put_quoted(j->out, s);
}

void json_int(struct json *j, int64_t v)
{
	before_value(j);
	buf_i64(j->out, v);
}

void json_bool(struct json *j, bool v)
{
	before_value(j);
	buf_puts(j->out, v ? "true" : "false");
}

void json_null(struct json *j)
{
	before_value(j);
	buf_put(j->out, "null", 4);
}

void json_time(struct json *j, int64_t t)
{
	char text[32];
	if (t == 0) {
		json_null(j);
		return;
	}
	clock_rfc3339(t, text);
	json_string(j, text);
}
