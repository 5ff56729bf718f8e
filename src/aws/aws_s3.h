/* aws_s3: the few calls of Amazon S3 that keep photos. Objects are encrypted by the service (SSE-S3, whatever the bucket's default), checked by it
 * against a SHA-256 on their way in, and never public by themselves. Calls block: none is made for a visitor's request. */
#pragma once

#include "aws/aws.h"

enum { AWS_S3_WHY_MAX = AWS_WHY_MAX + 256, AWS_S3_KEY_SIZE = 1025, AWS_S3_SHA256_SIZE = 45, AWS_S3_DELETE_MAX = 100 };

/* All return what aws_call does, and ERR_INVALID for a key that is none (aws_key_valid); why is for the log, "" when it went well. */
struct aws_s3_put {
	const char *key; /* not encoded */
	const void *bytes;
	size_t n;
	const char *content_type, *cache_control;
};
MUST_CHECK enum err aws_s3_put(struct aws *aws, const char *bucket, const struct aws_s3_put *p, char why[static AWS_S3_WHY_MAX]);

struct aws_s3_head {
	int64_t bytes;
	char sha256[AWS_S3_SHA256_SIZE]; /* base64 as the service has it; "": it has none */
};
/* ERR_NOT_FOUND: no such object. ERR_DENIED may mean the same, where the bucket may not be listed. */
MUST_CHECK enum err aws_s3_head(struct aws *aws, const char *bucket, const char *key, struct aws_s3_head *out, char why[static AWS_S3_WHY_MAX]);
/* The object, a piece at a time; take as in struct aws_request, told of p NULL when it begins anew. */
MUST_CHECK enum err aws_s3_get(struct aws *aws, const char *bucket, const char *key, bool (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx,
                               char why[static AWS_S3_WHY_MAX]);
/* At most AWS_S3_DELETE_MAX keys; one that is not there is no error. Some may be gone when it fails. */
MUST_CHECK enum err aws_s3_delete(struct aws *aws, const char *bucket, const char *const *keys, size_t n, char why[static AWS_S3_WHY_MAX]);

/* One object of a list. */
struct aws_s3_item {
	const char *key; /* not encoded */
	int64_t bytes, modified_at;
};
/* Every object whose key begins with prefix, by key; each returns false to stop. */
MUST_CHECK enum err aws_s3_list(struct aws *aws, const char *bucket, const char *prefix, bool (*each)(void *ctx, const struct aws_s3_item *item), void *ctx,
                                char why[static AWS_S3_WHY_MAX]);

/* ---- For the tests ---- */

/* One answer to ListObjectsV2 with encoding-type=url. token: of the next page, "" behind the last. ERR_INVALID: it is none; ERR_TOO_LARGE. */
enum { AWS_S3_TOKEN_SIZE = 2048 };
struct aws_s3_page {
	bool (*each)(void *ctx, const struct aws_s3_item *item);
	void *ctx;
	bool stopped;
	char token[AWS_S3_TOKEN_SIZE];
};
MUST_CHECK enum err aws_s3_list_read(const void *bytes, size_t n, struct aws_s3_page *page);
/* The answer to DeleteObjects: ERR_OK when it names no error, else ERR_DENIED or ERR_CLOSED, and what the first says. */
MUST_CHECK enum err aws_s3_delete_read(const void *bytes, size_t n, char why[static AWS_S3_WHY_MAX]);
