/* aws_sign: Signature Version 4 (Amazon's "AWS Signature Version 4 for API requests"), by HMAC-SHA-256. libcurl signs requests; this is for addresses
 * that carry their signature with them, for requests signed by another clock than the machine's, and for who checks it. */
#pragma once

#include <stdint.h>

#include "aws/aws_uri.h"

enum { AWS_HEADERS_MAX = 24, AWS_HEX_SIZE = 65, AWS_EXPIRES_MAX = 7 * 24 * 3600, AWS_STAMP_SIZE = 32 };

/* "20150830T123600Z" */
void aws_sign_stamp(int64_t now, char out[static AWS_STAMP_SIZE]);

/* Who signs, and for where. token: of temporary credentials; NULL or "": none. */
struct aws_signer {
	const char *key_id, *secret, *token;
	const char *region, *service;
	int64_t now; /* UTC seconds */
};

struct aws_header {
	const char *name, *value; /* the name in any case; the value as it is sent, which may be folded over lines */
};

/* A request as it is signed. */
struct aws_signed {
	const char *method;
	const char *path;          /* as it goes over the wire: encoded; "/" at least */
	bool path_once;            /* S3: the path is not encoded a second time */
	const struct aws_param *params; /* of the query, not encoded */
	size_t n_params;
	const char *query;         /* canonical already, in place of params; NULL */
	const struct aws_header *headers; /* all that are signed, host among them */
	size_t n_headers;
	const char *payload;       /* hex SHA-256 of the body, or "UNSIGNED-PAYLOAD" */
};

/* The three steps. signed_headers: "host;x-amz-date". ERR_TOO_LARGE: too many headers or parameters; a secret that no key of AWS is as long as. */
MUST_CHECK enum err aws_sign_canonical(const struct aws_signed *r, struct buf *out, struct buf *signed_headers);
void aws_sign_string(const struct aws_signer *s, const char *canonical, size_t n, struct buf *out);
MUST_CHECK enum err aws_sign_signature(const struct aws_signer *s, const char *string, size_t n, char out[static AWS_HEX_SIZE]);

/* The header Authorization of r, whose headers have host, x-amz-date and, with a token, x-amz-security-token. */
MUST_CHECK enum err aws_sign_authorization(const struct aws_signer *s, const struct aws_signed *r, struct buf *out);
/* The query of a request whose signature is in its query, without '?': r's own parameters, the algorithm's, and the signature. r->payload is used as it is; r->headers has host. expires:
 * seconds, 1 to AWS_EXPIRES_MAX (ERR_RANGE). */
MUST_CHECK enum err aws_sign_query(const struct aws_signer *s, const struct aws_signed *r, int expires, struct buf *out);
