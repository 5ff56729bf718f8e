/* json_check: whether a text is JSON to the letter (RFC 8259) and within bounds, asked before cJSON reads it: cJSON takes
 * control characters in strings, numbers like "01", any low byte for white space, and cuts a string at \u0000. */
#pragma once

#include <stddef.h>

#include "util/err.h"

enum { JSON_DEPTH_MAX = 16, JSON_VALUES_MAX = 1000 };

/* ERR_INVALID: malformed, \u0000, half a surrogate pair, bad UTF-8. ERR_TOO_LARGE: nested too deep or too many values. */
MUST_CHECK enum err json_check(const char *s, size_t n);
