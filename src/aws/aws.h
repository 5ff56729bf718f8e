/* aws: one signed call to an AWS service, over libcurl (CURLOPT_AWS_SIGV4). Each attempt is signed anew; failures that pass are tried again (aws_retry.h), a
 * clock that is wrong is corrected by the service's, credentials that expired are had anew. Without credentials nothing is sent. */
#pragma once

#include "aws/aws_credentials.h"
#include "aws/aws_sign.h"
#include "util/buf.h"
#include "util/err.h"

/* Thread-safe; one for a process. region NULL or "": AWS_REGION, then AWS_DEFAULT_REGION. Nothing is asked for yet. ERR_INVALID: there is no region, or it or an
 * endpoint (AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL) is none; why says it in a sentence's end. */
struct aws;
MUST_CHECK enum err aws_new(const char *region, struct aws **out, char why[static AWS_WHY_MAX]);
void aws_free(struct aws *aws);
const char *aws_region(const struct aws *aws);
/* "environment", "container", "instance"; "" before the first call. */
const char *aws_source(const struct aws *aws);

enum aws_service { AWS_S3, AWS_KMS, AWS_SSM, AWS_SECRETS_MANAGER, AWS_DYNAMODB, AWS_SES, AWS_CLOUDWATCH, AWS_SERVICES };

/* A header of the answer that is wanted: value is "" when there is none, cut never (ERR_TOO_LARGE). */
struct aws_wanted {
	const char *name;
	char *value;
	size_t size;
};

/* AWS_ASKED_MS: within_ms where a thread of the workers may wait: their watchdog has the patience for it, and so has nginx. */
enum { AWS_CALL_MS = 10000, AWS_ASKED_MS = 8000, AWS_CONNECT_MS = 2000, AWS_ANSWER_MAX = 1 << 20 };

struct aws_request {
	enum aws_service service;
	const char *method;
	const char *bucket;               /* S3 alone: in the host's name, or in front of the path where an endpoint is given or the name has a dot */
	const char *path;                 /* encoded (aws_uri_encode); NULL: "/" */
	const char *query;                /* canonical (aws_query_write); NULL: none */
	const struct aws_header *headers; /* content-type with every body, x-amz-target…; not host, date, token, content hash, length. None a prefix of another (libcurl 7.88) */
	size_t n_headers;
	const void *body;
	size_t n;
	struct aws_wanted *wanted;
	size_t n_wanted;
	/* A 2xx answer's body, a piece at a time, in place of answer->body; false: enough (ERR_CLOSED). When an attempt breaks off, it is told start anew by p NULL. */
	bool (*take)(void *ctx, const uint8_t *p, size_t n);
	void *ctx;
	size_t answer_max;                /* bytes; 0: AWS_ANSWER_MAX; more is ERR_TOO_LARGE */
	int64_t timeout_ms;               /* of one attempt; 0: AWS_CALL_MS */
	int64_t within_ms;                /* all attempts and the waits between; 0: as long as they take */
	bool personal;                    /* what the service says of a refusal may name a person: the log has its code alone */
	bool once;                        /* not to be done twice: tried again only where the service cannot have seen it, or says that it did nothing */
};

struct aws_answer {
	int status;                       /* 0: none */
	struct buf body;
	char code[96];                    /* the service's own word for the error: "AccessDeniedException"; "" */
	char message[256];                /* what it says of it: for the log */
	char request_id[96];
	char why[AWS_WHY_MAX + 256];      /* service, error and request id for a log line, or curl's words; no secret, no address with a signature */
	unsigned attempts;
	uint64_t us;                      /* all of it, waits too */
};

/* a is to be freed whatever is returned. ERR_OK: 2xx. ERR_NOT_FOUND: 404, or the service's word for it (ResourceNotFoundException, ParameterNotFound, NoSuchKey).
 * ERR_CONFLICT: 409, 412, ConditionalCheckFailedException. ERR_DENIED: no credentials, or they do not let us. ERR_LIMITED: throttled to the last. ERR_TIMEOUT,
 * ERR_CLOSED: no answer, or 5xx, to the last. ERR_INVALID: refused otherwise, or the answer is none of an HTTP server. ERR_TOO_LARGE, ERR_NOMEM. */
MUST_CHECK enum err aws_call(struct aws *aws, const struct aws_request *r, struct aws_answer *a);
void aws_answer_free(struct aws_answer *a); /* wiped: an answer may be a secret */

/* The address of an object for who has no credentials, good for *expires seconds (to AWS_EXPIRES_MAX), or for fewer where the credentials end before, and with them the address:
 * *expires says it. method "GET". key as it is, not encoded. Asks nobody but, when credentials are due, their source. ERR_CLOSED: they have ended, and there are no others. */
MUST_CHECK enum err aws_presign(struct aws *aws, const char *method, const char *bucket, const char *key, int *expires, struct buf *out, char why[static AWS_WHY_MAX]);
