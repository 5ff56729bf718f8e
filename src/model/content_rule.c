#include "model/content_rule.h"

#include <string.h>

#include "model/fold.h"
#include "util/buf.h"

enum { TEXT_BYTES_MAX = 1024 * 1024, HOST_BYTES_MAX = 253 };

static void put_character(struct buf *b, int32_t c)
{
	if (c < 0x80) {
		buf_putc(b, (char)c);
	} else if (c < 0x800) {
		buf_putc(b, (char)(0xc0 | c >> 6));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_putc(b, (char)(0xe0 | c >> 12));
		buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(b, (char)(0xf0 | c >> 18));
		buf_putc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(b, (char)(0x80 | (c & 0x3f)));
	}
}

/* " word word ": one space around each. */
static void put_words(struct buf *b, const char *text, bool split)
{
	struct fold f;
	bool space = true;
	buf_putc(b, ' ');
	fold_start(&f, text);
	for (int32_t c; (c = fold_next(&f)) != 0;) {
		/* U+0149 is folded into an n behind U+02BC, which is an apostrophe where it stands by itself. */
		bool apostrophe = c == '\'' || c == 0x2bc;
		if (apostrophe && !split)
			continue;
		if (c == ' ' || apostrophe) {
			if (!space)
				buf_putc(b, ' ');
			space = true;
		} else {
			put_character(b, c);
			space = false;
		}
	}
	if (!space)
		buf_putc(b, ' ');
}

/* Bytes of other alphabets are letters here: there are hosts with them. */
static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* The host's name that s begins with, without dots at its ends, lower case; its length in the text. */
static size_t host_read(const char *s, char out[static HOST_BYTES_MAX + 1])
{
	size_t n = 0, kept = 0;
	while (is_host_byte(s[n]))
		n++;
	size_t from = 0, to = n;
	while (from < to && s[from] == '.')
		from++;
	while (to > from && s[to - 1] == '.')
		to--;
	/* A name that is longer than any has its end looked at: rules are about ends. */
	if (to - from > HOST_BYTES_MAX)
		from = to - HOST_BYTES_MAX;
	for (; from < to; from++)
		out[kept++] = s[from] >= 'A' && s[from] <= 'Z' ? (char)(s[from] - 'A' + 'a') : s[from];
	out[kept] = '\0';
	return n;
}

static void put_hosts(struct buf *b, const char *text)
{
	char host[HOST_BYTES_MAX + 1];
	buf_putc(b, ' ');
	for (const char *s = text; *s != '\0';) {
		size_t n = host_read(s, host);
		if (n == 0) {
			s++;
			continue;
		}
		s += n;
		if (strchr(host, '.') != NULL) {
			buf_puts(b, host);
			buf_putc(b, ' ');
		}
	}
}

static bool pattern_keep(const char *s, size_t n, char *out)
{
	if (n == 0 || n > RULE_PATTERN_BYTES)
		return false;
	size_t characters = 0;
	for (size_t i = 0; i < n; i++)
		characters += ((unsigned char)s[i] & 0xc0) != 0x80;
	if (characters > RULE_PATTERN_MAX)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

static bool words_make(const char *typed, char *out)
{
	struct buf b;
	buf_init(&b, TEXT_BYTES_MAX);
	put_words(&b, typed, false);
	bool good = b.error == ERR_OK && b.len > 2 && pattern_keep(b.data + 1, b.len - 2, out);
	buf_free(&b);
	return good;
}

static bool link_make(const char *typed, char *out)
{
	char host[HOST_BYTES_MAX + 1];
	const char *s = strstr(typed, "://");
	s = s != NULL ? s + 3 : typed;
	s += strspn(s, " \t*.@");
	size_t n = host_read(s, host);
	/* What follows must be the rest of an address, or nothing. */
	if (strchr("/:?# ", s[n]) == NULL)
		return false;
	const char *from = host;
	while (strncmp(from, "www.", 4) == 0 && strchr(from + 4, '.') != NULL)
		from += 4;
	return strlen(host) < HOST_BYTES_MAX && strchr(from, '.') != NULL && strstr(host, "..") == NULL && pattern_keep(from, strlen(from), out);
}

bool rule_pattern_make(enum rule_kind kind, const char *typed, char out[static RULE_PATTERN_BYTES + 1])
{
	out[0] = '\0';
	return kind == RULE_LINK ? link_make(typed, out) : words_make(typed, out);
}

static enum err keep(struct arena *a, struct buf *b, const char **out)
{
	*out = b->error == ERR_OK ? arena_strndup(a, buf_str(b), b->len) : NULL;
	enum err e = b->error != ERR_OK ? b->error : *out == NULL ? ERR_NOMEM : ERR_OK;
	buf_reset(b);
	return e;
}

enum err rule_text_make(struct arena *a, const char *text, struct rule_text *out)
{
	struct buf b;
	buf_init(&b, TEXT_BYTES_MAX);
	put_words(&b, text, false);
	enum err e = keep(a, &b, &out->joined);
	if (e == ERR_OK) {
		put_words(&b, text, true);
		e = keep(a, &b, &out->split);
	}
	if (e == ERR_OK) {
		put_hosts(&b, text);
		e = keep(a, &b, &out->hosts);
	}
	buf_free(&b);
	return e;
}

/* needle where a character of before stands in front of it and one of after behind. */
static bool has_between(const char *text, const char *needle, const char *before, const char *after)
{
	size_t n = strlen(needle);
	for (const char *p = text; n > 0 && (p = strstr(p, needle)) != NULL; p++)
		if (p > text && strchr(before, p[-1]) != NULL && p[n] != '\0' && strchr(after, p[n]) != NULL)
			return true;
	return false;
}

bool rule_matches(const struct content_rule *r, const struct rule_text *t)
{
	if (r->kind == RULE_LINK)
		return has_between(t->hosts, r->pattern, " .", " ");
	return has_between(t->joined, r->pattern, " ", " ") || has_between(t->split, r->pattern, " ", " ");
}

const struct content_rule *rules_find(const struct content_rule *rules, size_t n, const struct rule_text *t)
{
	const struct content_rule *holds = NULL;
	for (size_t i = 0; i < n; i++) {
		if (holds != NULL && rules[i].action != RULE_REFUSE)
			continue;
		if (!rule_matches(&rules[i], t))
			continue;
		if (rules[i].action == RULE_REFUSE)
			return &rules[i];
		holds = &rules[i];
	}
	return holds;
}
