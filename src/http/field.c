#include "http/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "model/money.h"
#include "model/slug.h"
#include "util/utf8.h"

/* RFC 5321, section 4.5.3.1; RFC 1035, section 2.3.4. */
enum { EMAIL_MAX = 254, EMAIL_LOCAL_MAX = 64, DOMAIN_MAX = 253, LABEL_MAX = 63, INT_DIGITS_MAX = 18 };

/* One field while it is being read. */
struct reading {
	struct arena *arena;
	const struct field *field;
	int money_digits;
	bool machine;
	struct field_errors *errors;
};

static void add_error(const struct reading *r, enum msg text, const char *bound)
{
	field_errors_add(r->errors, r->field->name, text, bound);
}

static void add_count_error(const struct reading *r, enum msg text, int64_t bound)
{
	char number[32];
	snprintf(number, sizeof number, "%" PRId64, bound);
	add_error(r, text, number);
}

static void *member(void *out, const struct field *f)
{
	return (char *)out + f->offset;
}

static bool is_text(enum field_type t)
{
	return t != FIELD_MONEY && t != FIELD_INT;
}

/* Length of the white space s starts with; 0 if it is none. A newline counts where lines are allowed only: elsewhere it
 * is an error, not a space. */
static size_t space_length(const char *s, bool lines)
{
	if (*s == ' ' || *s == '\t' || (lines && *s == '\n'))
		return 1;
	if ((unsigned char)*s < 0x80)
		return 0;
	utf8proc_int32_t c;
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)strnlen(s, 4), &c);
	return n > 0 && utf8proc_category(c) == UTF8PROC_CATEGORY_ZS ? (size_t)n : 0;
}

/* Takes white space off both ends; folds inner runs to one space unless lines is true. In place. */
static void trim(char *s, bool lines)
{
	const char *r = s;
	char *w = s, *end = s; /* end: behind the last character that is no space */
	for (size_t n; (n = space_length(r, lines)) > 0;)
		r += n;
	while (*r != '\0') {
		size_t n = space_length(r, lines);
		if (n == 0) {
			*w++ = *r++;
			end = w;
		} else if (lines) {
			memmove(w, r, n);
			w += n;
			r += n;
		} else {
			if (w > s && w[-1] != ' ')
				*w++ = ' ';
			r += n;
		}
	}
	*end = '\0';
}

/* CRLF and a lone CR become LF. In place. */
static void fold_newlines(char *s)
{
	char *w = s;
	for (const char *r = s; *r != '\0'; r++) {
		if (*r == '\r' && r[1] == '\n')
			continue;
		*w++ = *r == '\r' ? '\n' : *r;
	}
	*w = '\0';
}

/* Nothing to see: only spaces, marks, and format characters such as the zero width space. */
static bool is_invisible(const char *s)
{
	while (*s != '\0') {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)strnlen(s, 4), &c);
		if (n <= 0)
			return false;
		switch (utf8proc_category(c)) {
		case UTF8PROC_CATEGORY_MN:
		case UTF8PROC_CATEGORY_MC:
		case UTF8PROC_CATEGORY_ME:
		case UTF8PROC_CATEGORY_ZS:
		case UTF8PROC_CATEGORY_ZL:
		case UTF8PROC_CATEGORY_ZP:
		case UTF8PROC_CATEGORY_CC:
		case UTF8PROC_CATEGORY_CF:
		case UTF8PROC_CATEGORY_CN:
			s += n;
			break;
		default:
			return false;
		}
	}
	return true;
}

static const char *read_text(const struct reading *r, char *s)
{
	const struct field *f = r->field;
	if (utf8_has_control(s, strlen(s), f->type == FIELD_LINES)) {
		add_error(r, MSG_FIELD_CHARACTERS, NULL);
		return NULL;
	}
	int64_t length = (int64_t)utf8_length(s);
	if (length < f->min) {
		add_count_error(r, MSG_FIELD_TOO_SHORT, f->min);
		return NULL;
	}
	if (length > f->max) {
		add_count_error(r, MSG_FIELD_TOO_LONG, f->max);
		return NULL;
	}
	return s;
}

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Dot-atom of RFC 5322, section 3.2.3; quoted local parts are refused, nobody has one. */
static bool local_valid(const char *s, size_t n)
{
	if (n == 0 || n > EMAIL_LOCAL_MAX || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && s[i + 1] == '.')
			return false;
		if (!is_alphanumeric(s[i]) && strchr(".!#$%&'*+-/=?^_`{|}~", s[i]) == NULL)
			return false;
	}
	return true;
}

/* At least two labels of letters, digits and inner hyphens; the last begins with a letter. */
static bool domain_valid(const char *s)
{
	size_t labels = 0;
	if (strlen(s) > DOMAIN_MAX)
		return false;
	for (;; labels++) {
		size_t n = strcspn(s, ".");
		if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
			return false;
		for (size_t i = 0; i < n; i++)
			if (!is_alphanumeric(s[i]) && s[i] != '-')
				return false;
		if (s[n] == '\0')
			return labels > 0 && n >= 2 && !(s[0] >= '0' && s[0] <= '9');
		s += n + 1;
	}
}

static const char *read_email(const struct reading *r, char *s)
{
	char *at = strrchr(s, '@');
	if (strlen(s) > EMAIL_MAX || at == NULL || !local_valid(s, (size_t)(at - s)) || !domain_valid(at + 1)) {
		add_error(r, MSG_FIELD_NOT_EMAIL, NULL);
		return NULL;
	}
	for (char *p = at + 1; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return s;
}

static const char *read_slug(const struct reading *r, const char *s)
{
	if (slug_valid(s) && (int64_t)strlen(s) <= r->field->max)
		return s;
	add_error(r, MSG_FIELD_BAD, NULL);
	return NULL;
}

static const char *read_token(const struct reading *r, const char *s)
{
	int64_t n = (int64_t)strlen(s);
	for (const char *p = s; *p != '\0'; p++) {
		if (*p <= ' ' || *p > '~') {
			add_error(r, MSG_FIELD_CHARACTERS, NULL);
			return NULL;
		}
	}
	if (n >= r->field->min && n <= r->field->max)
		return s;
	if (n < r->field->min)
		add_count_error(r, MSG_FIELD_TOO_SHORT, r->field->min);
	else
		add_count_error(r, MSG_FIELD_TOO_LONG, r->field->max);
	return NULL;
}

static void add_bound_error(const struct reading *r, enum msg text, int64_t bound)
{
	char amount[32];
	if (r->field->type == FIELD_MONEY) {
		money_decimal(bound, r->money_digits, amount);
		add_error(r, text, amount);
	} else {
		add_count_error(r, text, bound);
	}
}

/* Digits with an optional minus; longer than any bound reads as the largest number. */
static enum err parse_integer(const char *s, int64_t *out)
{
	bool minus = *s == '-';
	s += minus;
	size_t n = strspn(s, "0123456789");
	if (n == 0 || s[n] != '\0')
		return ERR_INVALID;
	s += strspn(s, "0");
	n = strlen(s);
	int64_t v = 0;
	for (size_t i = 0; i < n && i < INT_DIGITS_MAX; i++)
		v = v * 10 + (s[i] - '0');
	if (n > INT_DIGITS_MAX)
		v = INT64_MAX;
	*out = minus ? -v : v;
	return ERR_OK;
}

static void read_number(const struct reading *r, const char *s, int64_t *out)
{
	const struct field *f = r->field;
	int64_t v = 0;
	enum err e;
	if (f->type == FIELD_INT)
		e = parse_integer(s, &v);
	else if (r->machine)
		e = money_parse_decimal(s, r->money_digits, &v);
	else
		e = money_parse(s, r->money_digits, &v);
	if (e == ERR_INVALID)
		add_error(r, f->type == FIELD_INT ? MSG_FIELD_NOT_NUMBER : r->machine ? MSG_FIELD_NOT_DECIMAL : MSG_FIELD_NOT_MONEY, NULL);
	else if (e != ERR_OK || v > f->max)
		add_bound_error(r, MSG_FIELD_TOO_LARGE, f->max);
	else if (v < f->min)
		add_bound_error(r, MSG_FIELD_TOO_SMALL, f->min);
	else
		*out = v;
}

/* raw: as it came; NULL when it is absent. */
static void read_field(const struct reading *r, const char *raw, void *out)
{
	const struct field *f = r->field;
	bool lines = f->type == FIELD_LINES;
	char *s = NULL;
	enum err e = utf8_nfc(r->arena, raw == NULL ? "" : raw, raw == NULL ? 0 : strlen(raw), &s);
	if (e != ERR_OK) {
		add_error(r, e == ERR_NOMEM ? MSG_FIELD_BAD : MSG_FIELD_CHARACTERS, NULL);
		return;
	}
	if (lines)
		fold_newlines(s);
	if (f->type != FIELD_PASSWORD)
		trim(s, lines);
	/* Control characters are invisible too, but deserve to be named. */
	if (*s == '\0' || (is_invisible(s) && !utf8_has_control(s, strlen(s), lines))) {
		if (f->required)
			add_error(r, MSG_FIELD_REQUIRED, NULL);
		return;
	}
	if (!is_text(f->type)) {
		read_number(r, s, member(out, f));
		return;
	}
	const char *value;
	if (f->type == FIELD_EMAIL)
		value = read_email(r, s);
	else if (f->type == FIELD_SLUG)
		value = read_slug(r, s);
	else if (f->type == FIELD_TOKEN)
		value = read_token(r, s);
	else
		value = read_text(r, s);
	if (value != NULL)
		*(const char **)member(out, f) = value;
}

static const struct field *find_field(const struct field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

void form_decode(struct arena *a, const struct field *fields, size_t n, const struct http_params *in, int money_digits,
                 void *out, struct field_errors *errors)
{
	for (size_t i = 0; i < in->n; i++) {
		const char *name = in->list[i].name;
		if (name[0] == '_')
			continue;
		if (find_field(fields, n, name) == NULL)
			field_errors_add(errors, name, MSG_FIELD_UNKNOWN, NULL);
		for (size_t j = 0; j < i; j++)
			if (strcmp(in->list[j].name, name) == 0)
				field_errors_add(errors, name, MSG_FIELD_REPEATED, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		struct reading r = {a, &fields[i], money_digits, in->machine, errors};
		const char **text = member(out, &fields[i]);
		if (is_text(fields[i].type) && *text == NULL)
			*text = "";
		read_field(&r, http_param_get(in, fields[i].name), out);
	}
}
