/* query: application/x-www-form-urlencoded, for query strings and form bodies (WHATWG URL, section 5.1), strict:
 * bad percent-encoding, NUL, bad UTF-8 → ERR_INVALID; over HTTP_PARAMS_MAX pairs → ERR_TOO_LARGE. */
#pragma once

#include "http/request.h"

MUST_CHECK enum err query_parse(struct arena *a, const char *s, size_t n, struct http_params *out);
