#include "render/xml.h"

#include <string.h>

#include "util/utf8.h"

/* Bytes of the character at s that XML may hold; 0: leave the byte out. n bytes are left. */
static size_t character(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	if (c < 0x80)
		return c >= 0x20 || c == '\t' || c == '\n' || c == '\r' ? 1 : 0;
	size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (length > n || !utf8_valid(s, length))
		return 0;
	/* U+FFFE and U+FFFF */
	if (length == 3 && memcmp(s, "\xef\xbf", 2) == 0 && (unsigned char)s[2] >= 0xbe)
		return 0;
	return length;
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\r': /* a parser would make it a newline */
		return "&#13;";
	default:
		return NULL;
	}
}

void xml_text(struct buf *b, const char *s)
{
	size_t n = strlen(s), from = 0;
	for (size_t i = 0; i < n;) {
		size_t length = character(s + i, n - i);
		const char *name = length == 1 ? entity(s[i]) : NULL;
		if (length > 0 && name == NULL) {
			i += length;
			continue;
		}
		buf_put(b, s + from, i - from);
		if (name != NULL)
			buf_puts(b, name);
		i++;
		from = i;
	}
	buf_put(b, s + from, n - from);
}
