#include "model/search_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "model/fold.h"

/* A word as bytes of UTF-8, cut between characters. */
struct word {
	char text[SEARCH_WORD_BYTES + 1];
	size_t len;
	size_t characters;
	size_t elided;  /* bytes before the first apostrophe when they are an elided article; 0: none */
	bool full;
};

/* What stands before an apostrophe in French and is not part of the word. */
static const char *const elisions[] = {
	"c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
};

static bool is_elision(const struct word *w)
{
	for (size_t i = 0; i < sizeof elisions / sizeof elisions[0]; i++)
		if (strcmp(elisions[i], w->text) == 0)
			return true;
	return false;
}

static void word_put(struct word *w, int32_t c)
{
	char bytes[3];
	size_t n = 0;
	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	}
	if (w->full || w->len + n > SEARCH_WORD_BYTES) {
		w->full = true;
		return;
	}
	memcpy(w->text + w->len, bytes, n);
	w->len += n;
	w->text[w->len] = '\0';
	w->characters++;
}

static bool is_digit(int32_t c)
{
	return c >= '0' && c <= '9';
}

/* The next word of the text; false at its end. held: a character of the next word that was read already. */
static bool word_next(struct fold *f, int32_t *held, struct word *w)
{
	int32_t before = 0;
	bool apostrophe = false;
	*w = (struct word){.len = 0};
	for (;;) {
		int32_t c = *held != 0 ? *held : fold_next(f);
		*held = 0;
		if (c == 0)
			return w->len > 0;
		if (c == '\'') {
			apostrophe = w->len > 0;
			continue;
		}
		if (c == ' ' || c > 0xffff) {
			if (w->len > 0)
				return true;
			continue;
		}
		if (apostrophe && is_digit(before) && is_digit(c)) {
			*held = c;
			return true;
		}
		if (apostrophe && w->elided == 0 && is_elision(w))
			w->elided = w->len;
		apostrophe = false;
		word_put(w, c);
		before = c;
	}
}

/* The word without its first skip bytes, which are ASCII letters. */
static void token_put(struct buf *out, const struct word *w, size_t skip, bool query)
{
	bool single = w->characters - skip == 1;
	buf_putc(out, 'x');
	buf_put(out, w->text + skip, w->len - skip);
	if (single)
		buf_putc(out, '_');
	else if (query)
		buf_putc(out, '*');
}

void search_text_index(struct buf *out, const char *text)
{
	struct fold f;
	struct word w;
	int32_t held = 0;
	bool first = true;
	fold_start(&f, text);
	while (word_next(&f, &held, &w)) {
		if (!first)
			buf_putc(out, ' ');
		first = false;
		token_put(out, &w, 0, false);
		if (w.elided > 0) {
			buf_putc(out, ' ');
			token_put(out, &w, w.elided, false);
		}
	}
}

static bool is_known(const struct word *words, size_t n, const struct word *w)
{
	for (size_t i = 0; i < n; i++)
		if (words[i].elided == w->elided && strcmp(words[i].text, w->text) == 0)
			return true;
	return false;
}

void search_text_query(struct buf *out, const char *text)
{
	struct fold f;
	struct word words[SEARCH_WORDS_MAX];
	size_t n = 0;
	int32_t held = 0;
	fold_start(&f, text);
	while (n < SEARCH_WORDS_MAX && word_next(&f, &held, &words[n])) {
		const struct word *w = &words[n];
		if (is_known(words, n, w))
			continue;
		if (n++ > 0)
			buf_putc(out, ' ');
		buf_puts(out, w->elided > 0 ? "+(" : "+");
		token_put(out, w, 0, true);
		if (w->elided > 0) {
			buf_putc(out, ' ');
			token_put(out, w, w->elided, true);
			buf_putc(out, ')');
		}
	}
}

/* One token of a query, "xdory*" or "x3_", against the words of an index. */
static bool token_in(const char *token, size_t n, const char *index)
{
	bool prefix = n > 0 && token[n - 1] == '*';
	if (prefix)
		n--;
	for (const char *at = index; *at != '\0'; at += strspn(at, " \n")) {
		size_t length = strcspn(at, " \n");
		if (length >= n && (prefix || length == n) && memcmp(at, token, n) == 0)
			return true;
		at += length;
	}
	return false;
}

bool search_text_matches(const char *query, const char *index)
{
	while (*query != '\0') {
		bool found = false, group = strncmp(query, "+(", 2) == 0;
		query += group ? 2 : 1;
		do {
			size_t n = strcspn(query, " )");
			found = found || token_in(query, n, index);
			query += n;
			query += group && *query == ' ';
		} while (group && *query != ')' && *query != '\0');
		if (!found)
			return false;
		query += strspn(query, ") ");
	}
	return true;
}

void search_text_words(struct buf *out, const char *text)
{
	struct fold f;
	struct word w;
	int32_t held = 0;
	bool first = true;
	fold_start(&f, text);
	while (word_next(&f, &held, &w)) {
		if (!first)
			buf_putc(out, ' ');
		first = false;
		buf_put(out, w.text, w.len);
	}
}

bool search_text_anonymous(const char *text)
{
	struct fold f;
	int digits = 0;
	/* By folded characters: a fullwidth sign is a sign, a digit of any script a digit. */
	if (strchr(text, '@') != NULL || strstr(text, "\uff20") != NULL)
		return false;
	fold_start(&f, text);
	for (int32_t c; (c = fold_next(&f)) != 0;)
		digits += utf8proc_category(c) == UTF8PROC_CATEGORY_ND;
	return digits <= SEARCH_DIGITS_MAX;
}
