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

/* Sixteen bytes that are looked at at once: GCC's vectors, which clang and every machine know. */
typedef unsigned char block __attribute__((vector_size(16)));

/* What was seen so far, in any of a block's places. */
struct sight {
	block special; /* not zero: some byte does not stand for itself */
	block bits;    /* all bytes, one over the other */
};

static void look(struct sight *seen, const char *s)
{
	block x;
	memcpy(&x, s, sizeof x);
	seen->special |= (block)((x < 0x20) | (x == '"') | (x == '\\') | (x == '<') | (x == 0x7f));
	seen->bits |= x;
}

/* The or of all its bytes is 0 in the bits of mask. */
static bool clear_of(block x, unsigned char mask)
{
	uint64_t half[2];
	memcpy(half, &x, sizeof half);
	return ((half[0] | half[1]) & (UINT64_C(0x0101010101010101) * mask)) == 0;
}

/* Valid and with nothing to escape, as most strings are. */
static bool plain_text(const char *s, size_t n)
{
	struct sight seen = {0};
	if (n < sizeof(block)) {
		char padded[sizeof(block)] = "                ";
		memcpy(padded, s, n);
		look(&seen, padded);
	} else {
		for (size_t i = 0; n - i >= sizeof(block); i += sizeof(block))
			look(&seen, s + i);
		/* What is left, and some bytes before it once more. */
		look(&seen, s + n - sizeof(block));
	}
	return clear_of(seen.special, 0xff) && (clear_of(seen.bits, 0x80) || utf8_valid(s, n));
}

static void put_quoted_plain(struct buf *b, const char *s, size_t n)
{
	char *to = buf_reserve(b, n + 2);
	if (to == NULL)
		return;
	to[0] = '"';
	memcpy(to + 1, s, n);
	to[n + 1] = '"';
	to[n + 2] = '\0';
	b->len += n + 2;
}

static void put_quoted(struct buf *b, const char *s)
{
	size_t n = strlen(s);
	if (plain_text(s, n)) {
		put_quoted_plain(b, s, n);
		return;
	}
	buf_putc(b, '"');
	if (utf8_valid(s, n))
		put_valid(b, s, n);
	else
		put_repaired(b, s, n);
	buf_putc(b, '"');
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
	before_value(j);
	put_quoted_plain(j->out, text, CLOCK_RFC3339_LENGTH);
}
