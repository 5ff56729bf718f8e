/* fields: a form with a field of each type, for the targets that read forms and JSON, and what must hold of it. */
#pragma once

#include <string.h>

#include "fuzz.h"
#include "http/form.h"
#include "model/slug.h"
#include "util/utf8.h"

struct fuzz_fields {
	const char *text, *lines, *email, *slug, *token;
	int64_t money, number;
};

#define FUZZ_AT(member) offsetof(struct fuzz_fields, member)
static const struct field fuzz_table[] = {
	{"text", FIELD_TEXT, FUZZ_AT(text), 2, 20, true},
	{"lines", FIELD_LINES, FUZZ_AT(lines), 0, 40, false},
	{"email", FIELD_EMAIL, FUZZ_AT(email), 0, 0, false},
	{"slug", FIELD_SLUG, FUZZ_AT(slug), 1, 64, false},
	{"token", FIELD_TOKEN, FUZZ_AT(token), 1, 30, false},
	{"money", FIELD_MONEY, FUZZ_AT(money), 1, 100000, false},
	{"number", FIELD_INT, FUZZ_AT(number), -5, 99, false},
};
enum { FUZZ_FIELDS = sizeof fuzz_table / sizeof fuzz_table[0] };

static inline void fuzz_check_text(const char *s, bool lines, size_t max)
{
	size_t n = strlen(s);
	HOLDS(utf8_valid(s, n) && !utf8_has_control(s, n, lines) && utf8_length(s) <= max);
	HOLDS(n == 0 || (s[0] != ' ' && s[n - 1] != ' ' && s[0] != '\n' && s[n - 1] != '\n'));
	HOLDS(lines || strstr(s, "  ") == NULL);
}

/* Decodes the pairs and holds the result to what the table promises, errors or not. */
static inline void fuzz_decode(struct arena *a, const struct http_params *p)
{
	struct fuzz_fields f = {.money = 7, .number = 7}, again = f;
	struct field_errors errors = {.n = 0};
	form_decode(a, fuzz_table, FUZZ_FIELDS, p, 2, &f, &errors);
	HOLDS(errors.n <= FIELD_ERRORS_MAX);
	fuzz_check_text(f.text, false, 20);
	fuzz_check_text(f.lines, true, 40);
	fuzz_check_text(f.token, false, 30);
	HOLDS(strpbrk(f.token, " \t\n") == NULL);
	HOLDS(*f.slug == '\0' || slug_valid(f.slug));
	HOLDS(*f.email == '\0' || (strchr(f.email, '@') != NULL && strpbrk(f.email, " \r\n\t,;<>") == NULL));
	HOLDS(f.money >= 1 && f.money <= 100000);
	HOLDS(f.number >= -5 && f.number <= 99);
	HOLDS(errors.n > 0 || utf8_length(f.text) >= 2);
	if (errors.n > 0)
		return;
	/* What came out clean goes in again and comes out the same. */
	struct http_param pairs[] = {{"text", f.text}, {"lines", f.lines}, {"email", f.email}, {"slug", f.slug}, {"token", f.token}};
	struct http_params clean = {.list = pairs, .n = 5};
	form_decode(a, fuzz_table, FUZZ_FIELDS, &clean, 2, &again, &errors);
	HOLDS(errors.n == 0);
	HOLDS(strcmp(f.text, again.text) == 0 && strcmp(f.lines, again.lines) == 0 && strcmp(f.email, again.email) == 0);
}
