#include "render/html.h"

#include <stdbool.h>
#include <string.h>

static void put_entity(struct buf *b, char c)
{
	switch (c) {
	case '&':
		html_lit(b, "&amp;");
		break;
	case '<':
		html_lit(b, "&lt;");
		break;
	case '>':
		html_lit(b, "&gt;");
		break;
	case '"':
		html_lit(b, "&quot;");
		break;
	default:
		html_lit(b, "&#39;");
	}
}

static const char in_text[] = "&<>";
static const char in_attr[] = "&<>\"'";

/* Each run of what may stand for itself goes out at once; special: what may not. */
static void put_escaped(struct buf *b, const char *s, const char *special)
{
	for (;;) {
		size_t n = strcspn(s, special);
		buf_put(b, s, n);
		s += n;
		if (*s == '\0')
			return;
		put_entity(b, *s++);
	}
}

/* The same for the first n bytes of a longer text. */
static void put_escaped_part(struct buf *b, const char *s, size_t n, const char *special)
{
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (strchr(special, s[i]) == NULL)
			continue;
		buf_put(b, s + from, i - from);
		put_entity(b, s[i]);
		from = i + 1;
	}
	buf_put(b, s + from, n - from);
}

void html_text(struct buf *b, const char *s)
{
	put_escaped(b, s, in_text);
}

void html_attr(struct buf *b, const char *s)
{
	put_escaped(b, s, in_attr);
}

static bool unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void html_url(struct buf *b, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	for (const unsigned char *p = (const unsigned char *)s; *p != '\0';) {
		size_t n = 0;
		while (unreserved(p[n]))
			n++;
		buf_put(b, p, n);
		p += n;
		if (*p != '\0') {
			buf_put(b, (char[]){'%', digits[*p >> 4], digits[*p & 15]}, 3);
			p++;
		}
	}
}

static bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool url_allowed(const char *url)
{
	/* browsers drop tabs and newlines inside a URL, which would turn a harmless-looking one into another */
	for (const unsigned char *p = (const unsigned char *)url; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f)
			return false;
	if (url[0] == '/')
		return url[1] != '/' && url[1] != '\\';
	return starts_with(url, "https://") || starts_with(url, "http://") || starts_with(url, "mailto:");
}

void html_href(struct buf *b, const char *url)
{
	html_attr(b, url_allowed(url) ? url : "#");
}

void html_int(struct buf *b, int64_t v)
{
	buf_i64(b, v);
}

void html_tr(struct buf *b, enum lang lang, enum msg id)
{
	html_attr(b, tr(lang, id));
}

void html_trf(struct buf *b, enum lang lang, enum msg id, const char *const args[], unsigned n)
{
	const char *p = tr(lang, id);
	while (*p != '\0') {
		if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
			unsigned i = (unsigned)(p[1] - '1');
			if (i < n && args[i] != NULL)
				html_attr(b, args[i]);
			p += 3;
			continue;
		}
		size_t run = 1 + strcspn(p + 1, "{");
		put_escaped_part(b, p, run, in_attr);
		p += run;
	}
}

static bool blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

void html_lines(struct buf *b, const char *s)
{
	bool open = false;
	while (*s != '\0') {
		size_t n = strcspn(s, "\n");
		if (blank(s, n)) {
			if (open)
				html_lit(b, "</p>\n");
			open = false;
		} else {
			if (open)
				html_lit(b, "<br>\n");
			else
				html_lit(b, "<p>");
			put_escaped_part(b, s, n, in_text);
			open = true;
		}
		s += n;
		if (*s == '\n')
			s++;
	}
	if (open)
		html_lit(b, "</p>\n");
}
