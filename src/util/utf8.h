/* utf8: what every text from outside goes through. UTF-8 is checked strictly (RFC 3629: no overlong forms,
 * no surrogates, nothing above U+10FFFF); NFC and folding are utf8proc's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/err.h"

bool utf8_valid(const char *s, size_t n);
/* Code points in valid UTF-8. */
size_t utf8_length(const char *s);
/* True when it holds a control character (Cc, U+2028/9, bidi overrides and isolates, BOM, noncharacters); newline and tab are let
 * through when lines is true. Input must be valid. */
bool utf8_has_control(const char *s, size_t n, bool lines);
/* The NFC form in the arena. ERR_INVALID on bad UTF-8, ERR_NOMEM. */
MUST_CHECK enum err utf8_nfc(struct arena *a, const char *s, size_t n, char **out);
/* At most max code points of s, cut at a word where one ends near, with "…" when something was cut. In the arena. */
char *utf8_ellipsis(struct arena *a, const char *s, size_t max);
