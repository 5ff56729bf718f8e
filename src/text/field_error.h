/* field_error: what is wrong with one field of a form, as (field, message, bound). */
#pragma once

#include <stddef.h>

#include "text/tr.h"

enum { FIELD_ERRORS_MAX = 24 };

struct field_error {
	const char *field; /* the form's field name; "" for the form as a whole */
	enum msg text;     /* may hold {1}, replaced by bound */
	char bound[32];
};

struct field_errors {
	struct field_error list[FIELD_ERRORS_MAX];
	size_t n;
};

/* Adds one; only the first error of a field is kept. bound may be NULL. */
void field_errors_add(struct field_errors *e, const char *field, enum msg text, const char *bound);
const struct field_error *field_errors_find(const struct field_errors *e, const char *field);
