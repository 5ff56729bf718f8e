#include "model/fold.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

/* Letters that Unicode does not decompose. ĸ is the k of Labrador Inuttitut. */
static const struct {
	int32_t letter;
	char plain[3];
} spelled[] = {
	{0x00e6, "ae"}, {0x00f0, "d"}, {0x00f8, "o"}, {0x00fe, "th"}, {0x0111, "d"}, {0x0127, "h"}, {0x0131, "i"},
	{0x0138, "k"}, {0x0142, "l"}, {0x0153, "oe"}, {0x0167, "t"},
};

static bool is_apostrophe(int32_t c)
{
	switch (c) {
	case '\'':
	case '`':
	case 0x00b4: /* acute accent, typed for an apostrophe */
	case 0x02b9:
	case 0x02bb:
	case 0x02bc:
	case 0x2018:
	case 0x2019:
	case 0x201b:
	case 0x2032:
	case 0xff07:
		return true;
	default:
		return false;
	}
}

static bool is_word_character(int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
		return true;
	default:
		return false;
	}
}

static void ready_put(struct fold *f, int32_t c)
{
	if (f->count < FOLD_MAX)
		f->ready[f->count++] = c;
}

static void ready_put_folded(struct fold *f, int32_t c)
{
	if (!is_word_character(c)) {
		ready_put(f, ' ');
		return;
	}
	for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++) {
		if (spelled[i].letter == c) {
			for (const char *p = spelled[i].plain; *p != '\0'; p++)
				ready_put(f, *p);
			return;
		}
	}
	ready_put(f, c);
}

/* Fills ready from the next character of the text; nothing when it is ignorable (a soft hyphen, a mark). */
static void refill(struct fold *f)
{
	f->count = f->next = 0;
	if (*f->at < 0x80) {
		int32_t c = *f->at++;
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		ready_put(f, word ? c : is_apostrophe(c) ? '\'' : ' ');
		return;
	}
	utf8proc_int32_t c;
	utf8proc_ssize_t used = utf8proc_iterate(f->at, (utf8proc_ssize_t)strnlen((const char *)f->at, 4), &c);
	if (used <= 0) {
		f->at++;
		ready_put(f, ' ');
		return;
	}
	f->at += used;
	if (is_apostrophe(c)) {
		ready_put(f, '\'');
		return;
	}
	utf8proc_int32_t plain[FOLD_MAX];
	int boundary = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(c, plain, FOLD_MAX,
		UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE, &boundary);
	for (utf8proc_ssize_t i = 0; i < n && i < FOLD_MAX; i++)
		ready_put_folded(f, plain[i]);
}

void fold_start(struct fold *f, const char *text)
{
	f->at = (const unsigned char *)text;
	f->count = f->next = 0;
}

int32_t fold_next(struct fold *f)
{
	while (f->next == f->count) {
		if (*f->at == '\0')
			return 0;
		refill(f);
	}
	return f->ready[f->next++];
}
