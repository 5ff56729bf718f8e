/* aws_uri: addresses as AWS signs them. What is encoded once here goes over the wire as it is. */
#pragma once

#include "util/buf.h"

/* Percent-encodes all but the unreserved characters (RFC 3986, section 2.3) in upper-case hex; with slashes '/' stays. */
void aws_uri_encode(struct buf *out, const void *bytes, size_t n, bool slashes);

struct aws_param {
	const char *name, *value; /* not encoded; value NULL: "name=" */
};
/* The canonical query string: encoded, sorted by encoded name, then value, without a '?'. n: at most AWS_PARAMS_MAX (ERR_TOO_LARGE). */
enum { AWS_PARAMS_MAX = 32 };
MUST_CHECK enum err aws_query_write(struct buf *out, const struct aws_param *params, size_t n);

/* May this be an object's key? Not empty, at most 1,024 bytes of UTF-8, no '/' at its beginning, no empty, "." or ".." segment, which libcurl would take out of the
 * path before it signs it. */
bool aws_key_valid(const char *key);
