#include "model/slug.h"

#include <string.h>

#include "model/fold.h"

static bool is_slug_character(int32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void slug_make(const char *text, char out[static SLUG_MAX + 1])
{
	struct fold f;
	size_t n = 0, word = 0; /* word: where the last word starts */
	bool gap = false, cut = false;
	fold_start(&f, text);
	for (int32_t c; (c = fold_next(&f)) != 0;) {
		if (c == '\'')
			continue;
		if (!is_slug_character(c)) {
			gap = n > 0;
			continue;
		}
		if (n + (gap ? 2 : 1) > SLUG_MAX) {
			cut = !gap;
			break;
		}
		if (gap) {
			out[n++] = '-';
			word = n;
		}
		gap = false;
		out[n++] = (char)c;
	}
	/* Half a word at the end reads badly, but a single long word must leave something. */
	if (cut && word > SLUG_MAX / 2)
		n = word - 1;
	if (n == 0)
		out[n++] = 'x';
	out[n] = '\0';
}

bool slug_valid(const char *s)
{
	size_t n = strnlen(s, SLUG_MAX + 1);
	if (n == 0 || n > SLUG_MAX || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_slug_character(s[i]) && (s[i] != '-' || s[i + 1] == '-'))
			return false;
	return true;
}
