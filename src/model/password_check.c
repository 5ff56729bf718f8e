/* password_check of password.h: what everybody else has chosen too. A list of the most used passwords says what people begin with; the
 * rest is how they stretch it to the length that is asked for. */
#include <string.h>

#include "model/fold.h"
#include "model/member.h"
#include "model/password.h"

enum {
	FOLDED_MAX = MEMBER_PASSWORD_MAX * 2,
	REPEAT_MAX = 8,    /* a word of so many characters, over and over */
	DISTINCT_MIN = 5,  /* different characters */
	WALK_MIN = 4,      /* keys next to each other, on average, that make it a walk */
	WORDS_MAX = 2,     /* common words that make it no better than one */
	REST_MIN = 8,      /* what must be left without the person's names */
	KNOWN_WORD_MIN = 3,
};

static const char *const common[] = {
#define COMMON(word) word,
#include "model/common_passwords.def"
#undef COMMON
};

struct folded {
	unsigned char s[FOLDED_MAX + 1];
	size_t n;
};

static bool is_letter(unsigned c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(unsigned c)
{
	return c >= '0' && c <= '9';
}

/* Lower case, without accents; what is no letter of ours as a byte each, which is enough to tell them apart here. */
static void fold_text(const char *text, struct folded *out)
{
	out->n = 0;
	while (*text != '\0' && out->n < FOLDED_MAX) {
		char one[5] = {*text++};
		size_t n = 1;
		if ((unsigned char)one[0] < 0x80) {
			out->s[out->n++] = (unsigned char)(one[0] >= 'A' && one[0] <= 'Z' ? one[0] - 'A' + 'a' : one[0]);
			continue;
		}
		while (n < 4 && ((unsigned char)*text & 0xc0) == 0x80)
			one[n++] = *text++;
		struct fold f;
		fold_start(&f, one);
		for (int32_t c; (c = fold_next(&f)) != 0 && out->n < FOLDED_MAX;)
			out->s[out->n++] = (unsigned char)(is_letter((unsigned)c) || is_digit((unsigned)c) ? c : one[n - 1]);
	}
	out->s[out->n] = '\0';
}

/* Without what stands around the word, figures for letters read as letters. */
static void fold_core(const struct folded *from, bool figures, struct folded *out)
{
	static const char figure[] = "@4301!57$", letter[] = "aaeoiists";
	size_t first = 0, end = from->n;
	while (end > 0 && !is_letter(from->s[end - 1]) && from->s[end - 1] < 0x80)
		end--;
	while (first < end && !is_letter(from->s[first]) && from->s[first] < 0x80 && (!figures || strchr(figure, from->s[first]) == NULL))
		first++;
	out->n = 0;
	for (size_t i = first; i < end; i++) {
		unsigned char c = from->s[i];
		const char *at = figures ? strchr(figure, c) : NULL;
		if (at != NULL)
			c = (unsigned char)letter[at - figure];
		if (is_letter(c) || is_digit(c) || c >= 0x80)
			out->s[out->n++] = c;
	}
	out->s[out->n] = '\0';
}

/* The length of the common word that s, of n bytes, begins with; every such word in turn. */
static size_t next_common(const unsigned char *s, size_t n, size_t *at)
{
	for (; *at < sizeof common / sizeof *common; (*at)++) {
		size_t length = strlen(common[*at]);
		if (length <= n && memcmp(common[*at], s, length) == 0) {
			(*at)++;
			return length;
		}
	}
	return 0;
}

/* Common words and nothing else. */
static bool is_words(const unsigned char *s, size_t n, int words)
{
	if (n == 0)
		return true;
	if (words == 0)
		return false;
	size_t at = 0;
	for (size_t length; (length = next_common(s, n, &at)) > 0;)
		if (is_words(s + length, n - length, words - 1))
			return true;
	return false;
}

static bool is_repeat(const unsigned char *s, size_t n)
{
	for (size_t period = 1; period <= REPEAT_MAX && period * 2 <= n; period++) {
		size_t i = period;
		while (i < n && s[i] == s[i - period])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static bool has_few_characters(const unsigned char *s, size_t n)
{
	bool seen[256] = {false};
	int distinct = 0;
	for (size_t i = 0; i < n; i++) {
		distinct += !seen[s[i]];
		seen[s[i]] = true;
	}
	return distinct < DISTINCT_MIN;
}

/* The place of a key: row × 16 + column. -1: none that is known. */
static int key_place(unsigned char c)
{
	static const char *const rows[] = {"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"};
	for (int row = 0; row < 4; row++) {
		const char *at = c != '\0' ? strchr(rows[row], c) : NULL;
		if (at != NULL)
			return row * 16 + (int)(at - rows[row]);
	}
	return -1;
}

/* The second comes to mind with the first: the same, the next in the alphabet, the next key. */
static bool is_step(unsigned char a, unsigned char b)
{
	int difference = (int)b - (int)a;
	if (difference >= -1 && difference <= 1)
		return true;
	int from = key_place(a), to = key_place(b);
	if (from < 0 || to < 0)
		return false;
	difference = to - from;
	return difference == 1 || difference == -1 || difference == 16 || difference == -16;
}

/* Every stride-th character from s on. */
static bool is_walk(const unsigned char *s, size_t n, size_t stride)
{
	size_t runs = 1, length = 1;
	for (size_t i = stride; i < n; i += stride, length++)
		runs += !is_step(s[i - stride], s[i]);
	return runs * WALK_MIN <= length;
}

static bool is_common(const struct folded *whole)
{
	if (is_repeat(whole->s, whole->n) || has_few_characters(whole->s, whole->n) || is_walk(whole->s, whole->n, 1) ||
	    (whole->n > 1 && is_walk(whole->s, whole->n, 2) && is_walk(whole->s + 1, whole->n - 1, 2)) ||
	    is_words(whole->s, whole->n, WORDS_MAX))
		return true;
	for (int figures = 0; figures <= 1; figures++) {
		struct folded core;
		fold_core(whole, figures != 0, &core);
		if (core.n > 0 && (is_words(core.s, core.n, WORDS_MAX) || is_repeat(core.s, core.n)))
			return true;
	}
	return false;
}

/* Takes every place of word out of s. */
static void take_out(struct folded *s, const unsigned char *word, size_t n)
{
	for (size_t i = 0; n >= KNOWN_WORD_MIN && i + n <= s->n;) {
		if (memcmp(s->s + i, word, n) != 0) {
			i++;
			continue;
		}
		memmove(s->s + i, s->s + i + n, s->n - i - n + 1);
		s->n -= n;
	}
}

static bool is_personal(const struct folded *whole, const char *const *known)
{
	struct folded rest = {.n = 0}, name;
	bool found = false;
	for (size_t i = 0; i < whole->n; i++)
		if (is_letter(whole->s[i]) || is_digit(whole->s[i]) || whole->s[i] >= 0x80)
			rest.s[rest.n++] = whole->s[i];
	size_t before = rest.n;
	for (; *known != NULL; known++) {
		fold_text(*known, &name);
		for (size_t i = 0; i < name.n;) {
			size_t n = 0;
			while (is_letter(name.s[i + n]) || is_digit(name.s[i + n]) || name.s[i + n] >= 0x80)
				n++;
			take_out(&rest, name.s + i, n);
			i += n > 0 ? n : 1;
		}
	}
	found = rest.n < before;
	return found && rest.n < REST_MIN;
}

enum password_fault password_check(const char *password, const char *const *known)
{
	struct folded whole;
	fold_text(password, &whole);
	if (is_personal(&whole, known))
		return PASSWORD_PERSONAL;
	return is_common(&whole) ? PASSWORD_COMMON : PASSWORD_GOOD;
}
