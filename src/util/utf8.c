#include "util/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* UAX #15, section 13 (Stream-Safe Text Format): no language stacks more marks on a letter, and utf8proc
 * sorts a run of marks in quadratic time. */
enum { MARKS_MAX = 30 };
enum { WORD_LOOKBACK = 20 };

/* The code point at s and its length; length 0 when it is malformed. */
static size_t decode(const char *s, size_t n, int32_t *cp)
{
	if (n > 0 && (unsigned char)*s < 0x80) {
		*cp = *s;
		return 1;
	}
	utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, cp);
	return used > 0 ? (size_t)used : 0;
}

static size_t ascii_prefix(const char *s, size_t n)
{
	size_t i = 0;
	for (uint64_t word; n - i >= sizeof word; i += sizeof word) {
		memcpy(&word, s + i, sizeof word);
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (i < n && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}

bool utf8_valid(const char *s, size_t n)
{
	int32_t cp;
	for (size_t i = ascii_prefix(s, n); i < n; i += ascii_prefix(s + i, n - i)) {
		size_t used = decode(s + i, n - i, &cp);
		if (used == 0)
			return false;
		i += used;
	}
	return true;
}

size_t utf8_length(const char *s)
{
	size_t count = 0;
	for (; *s != '\0'; s++)
		count += ((unsigned char)*s & 0xc0) != 0x80;
	return count;
}

static bool is_control(int32_t cp, bool lines)
{
	if (cp < 0x20)
		return !(lines && (cp == '\n' || cp == '\t'));
	if (cp < 0x7f)
		return false;
	return cp <= 0x9f || cp == 0xfeff || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	       (cp >= 0xfdd0 && cp <= 0xfdef) || (cp & 0xfffe) == 0xfffe;
}

bool utf8_has_control(const char *s, size_t n, bool lines)
{
	int32_t cp;
	for (size_t i = 0, used; i < n; i += used) {
		used = decode(s + i, n - i, &cp);
		if (used == 0 || is_control(cp, lines))
			return true;
	}
	return false;
}

/* Valid UTF-8 with no NUL and no endless run of combining marks. */
static bool normalisable(const char *s, size_t n)
{
	int32_t cp;
	int marks = 0;
	for (size_t i = 0, used; i < n; i += used) {
		used = decode(s + i, n - i, &cp);
		if (used == 0 || cp == 0)
			return false;
		marks = cp >= 0x300 && utf8proc_get_property(cp)->combining_class != 0 ? marks + 1 : 0;
		if (marks > MARKS_MAX)
			return false;
	}
	return true;
}

enum err utf8_nfc(struct arena *a, const char *s, size_t n, char **out)
{
	*out = NULL;
	if (!normalisable(s, n))
		return ERR_INVALID;
	if (ascii_prefix(s, n) == n) {
		*out = arena_strndup(a, s, n);
		return *out != NULL ? ERR_OK : ERR_NOMEM;
	}
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &composed,
	                                    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (len < 0)
		return len == UTF8PROC_ERROR_NOMEM ? ERR_NOMEM : ERR_INVALID;
	*out = arena_strndup(a, (const char *)composed, (size_t)len);
	free(composed);
	return *out != NULL ? ERR_OK : ERR_NOMEM;
}

static bool is_space(int32_t cp)
{
	return cp == ' ' || cp == '\n' || cp == '\t' || cp == 0xa0;
}

/* Where to cut n bytes so that neither a letter and its marks nor, if a space is near, a word is torn. */
static size_t cut_at(const char *s, size_t n, size_t max)
{
	size_t cut = 0, word = 0, word_at = 0, at = 0;
	int32_t cp, before = 0, state = 0;
	for (size_t i = 0, used; i < n; i += used, at++) {
		used = decode(s + i, n - i, &cp);
		if (used == 0)
			break;
		if (i == 0 || utf8proc_grapheme_break_stateful(before, cp, &state))
			cut = i;
		if (is_space(cp) && !is_space(before) && i > 0) {
			word = i;
			word_at = at;
		}
		if (at == max)
			break;
		before = cp;
	}
	return word > 0 && max - word_at <= WORD_LOOKBACK ? word : cut;
}

char *utf8_ellipsis(struct arena *a, const char *s, size_t max)
{
	static const char dots[] = "\xe2\x80\xa6";
	size_t n = strlen(s);
	if (utf8_length(s) <= max)
		return arena_strndup(a, s, n);
	size_t cut = cut_at(s, n, max);
	while (cut > 0 && strchr(" \n\t,;:.", s[cut - 1]) != NULL)
		cut--;
	char *out = arena_alloc(a, cut + sizeof dots);
	if (out == NULL)
		return NULL;
	memcpy(out, s, cut);
	memcpy(out + cut, dots, sizeof dots);
	return out;
}
