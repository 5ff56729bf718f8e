#include "render/plain.h"

#include "util/utf8.h"

enum { WIDTH = 74 };

static size_t sequence(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	return strnlen(s, n) == n && utf8_valid(s, n) ? n : 0;
}

const char *plain_clean(struct arena *a, const char *s, bool lines)
{
	char *out = arena_alloc(a, strlen(s) + 1), *to = out;
	if (out == NULL)
		return NULL;
	while (*s != '\0') {
		size_t n = sequence(s);
		if (n == 0 || utf8_has_control(s, n, lines) || *s == '\t') {
			if (*s != '\r' || s[1] != '\n')
				*to++ = n == 0 ? '?' : ' ';
			s += n == 0 ? 1 : n;
			continue;
		}
		memcpy(to, s, n);
		to += n;
		s += n;
	}
	*to = '\0';
	return out;
}

static size_t width_of(const char *s, size_t n)
{
	size_t width = 0;
	for (size_t i = 0; i < n; i++)
		width += ((unsigned char)s[i] & 0xc0) != 0x80;
	return width;
}

static void fold(struct buf *b, const char *prefix, const char *s, size_t n)
{
	size_t at = 0;
	for (const char *end = s + n; s < end;) {
		size_t blanks = 0, word = 0;
		while (s + blanks < end && s[blanks] == ' ')
			blanks++;
		while (s + blanks + word < end && s[blanks + word] != ' ')
			word++;
		size_t width = width_of(s, blanks + word);
		if (at > 0 && word > 0 && at + width > WIDTH) {
			buf_putc(b, '\n');
			at = 0;
		}
		if (at == 0) {
			buf_puts(b, prefix);
			at = strlen(prefix);
			s += blanks;
			blanks = 0;
		}
		if (word > 0)
			buf_put(b, s, blanks + word);
		at += width_of(s, blanks + word);
		s += blanks + word;
	}
	if (at == 0)
		buf_puts(b, prefix);
	buf_putc(b, '\n');
}

void plain_lines(struct buf *b, const char *prefix, const char *s)
{
	do {
		size_t n = strcspn(s, "\n");
		fold(b, prefix, s, n);
		s += n;
		if (*s == '\n')
			s++;
	} while (*s != '\0');
}

void plain_line(struct buf *b, const char *s)
{
	buf_puts(b, s);
	buf_putc(b, '\n');
}
