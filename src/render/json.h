/* json: a streaming JSON writer (RFC 8259) that keeps track of commas. Strings are escaped, "<" too, so
 * that the text may stand inside a script element; invalid UTF-8 becomes U+FFFD. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

struct json {
	struct buf *out;
	bool comma;
};

void json_begin(struct json *j, struct buf *out);
void json_object(struct json *j);      /* { */
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
/* comma_name: with the comma that goes before all members but the first. Inline, because a list is hundreds of these with a
 * known length. */
static inline void json_key_literal(struct json *j, const char *comma_name, size_t n)
{
	if (j->comma)
		buf_put(j->out, comma_name, n);
	else
		buf_put(j->out, comma_name + 1, n - 1);
	j->comma = false;
}
/* A member's name: a string literal by construction, so it is written as it is. */
#define json_key(j, key) json_key_literal((j), ",\"" key "\":", sizeof(",\"" key "\":") - 1)
/* The same for a name that is no literal: escaped. */
void json_name(struct json *j, const char *name);
void json_string(struct json *j, const char *s); /* NULL: null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_time(struct json *j, int64_t t);       /* RFC 3339; 0: null */
/* key and value together */
#define json_key_string(j, key, s) (json_key((j), key), json_string((j), (s)))
#define json_key_int(j, key, v) (json_key((j), key), json_int((j), (v)))
