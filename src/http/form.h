/* form: input comes in through a static const table of fields into a typed struct; a handler never sees a raw
 * parameter. The same table reads a form body and a JSON object. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"
#include "text/field_error.h"

enum field_type {
	FIELD_TEXT,   /* const char *: one line, NFC, trimmed, inner white space folded; bounds in characters */
	FIELD_LINES,  /* const char *: several lines, CRLF folded to \n, trimmed; bounds in characters */
	FIELD_EMAIL,  /* const char *: local@domain.tld as RFC 5321 bounds it, lower-cased domain */
	FIELD_MONEY,  /* int64_t minor units; bounds in minor units. A form takes what people type, JSON a decimal string. */
	FIELD_INT,    /* int64_t; bounds as numbers. JSON: a number or a string of digits */
	FIELD_SLUG,   /* const char *: slug_valid; max in bytes */
	FIELD_PASSWORD, /* const char *: NFC, otherwise as typed; bounds in characters */
	FIELD_TOKEN,  /* const char *: printable ASCII without spaces; bounds in bytes */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;       /* into the typed struct */
	int64_t min, max;
	bool required;       /* absent or empty is an error; else "" / the default already in the struct stays */
};

/* What was typed, as it was typed, for sending a form back. */
struct form_values {
	struct http_params raw;
};

/* Reads pairs. A name given twice, or unknown (names starting with "_" apart), is an error of that field. Text whose
 * every character is invisible counts as empty. Afterwards no text in *out is NULL, whatever the errors. */
void form_decode(struct arena *a, const struct field *fields, size_t n, const struct http_params *in, int money_digits,
                 void *out, struct field_errors *errors);
/* The request's body as pairs, by its content type: urlencoded, or (json true) a JSON object of scalars.
 * 0 when good, else the HTTP status that says what is wrong: 400 malformed, 413 (also over HTTP_PARAMS_MAX pairs), 415,
 * 422 (json: *bad_field names a value that is no string, whole number or null, or a name given twice), 503 out of memory.
 *
 * JSON has one kind of number and cJSON makes it a double: 5, 5.0 and 5e0 are the same whole number, given on as "5". Only
 * whole numbers up to 2^53 - 1 are taken, which a double holds exactly (RFC 8259, section 6); a decimal amount is a string.
 * null counts as absent. */
int form_read(const struct http_request *req, bool json, struct http_params *out, const char **bad_field);
