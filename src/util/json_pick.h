/* json_pick: takes members out of a JSON text (RFC 8259) where it lies. Nothing is allocated, and nothing copied but what is asked for, so that a secret goes
 * from locked memory into locked memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

enum { JSON_PICK_DEPTH = 16 };

/* A member whose value is a text or a number: to gets the text without its escapes, or the number as it is written, and a NUL. */
struct json_member {
	const char *object; /* the member of the outermost object that it is in; NULL: that object itself */
	const char *name;
	char *to;
	size_t size;
	bool given;         /* null is not given */
};

/* The whole of text must be one object, of at most JSON_PICK_DEPTH objects and arrays in each other. What is not asked for is looked at and left. ERR_INVALID: it is none, a text
 * has a NUL or half a surrogate pair in it, a member that is asked for is there twice or is no text or number; ERR_TOO_LARGE: it does not fit. After an error nothing is given
 * and all of to is wiped. */
MUST_CHECK enum err json_pick(const char *text, size_t n, struct json_member *members, size_t n_members);
