/* aws_source: the places that credentials come from (aws_credentials.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/aws_credentials.h"

enum { AWS_IMDS_TOKEN_SIZE = 256 };

/* The instance's token, kept between questions. Zero-initialized there is none. */
struct aws_imds {
	char token[AWS_IMDS_TOKEN_SIZE];
	uint64_t end; /* monotonic microseconds */
};

/* Who asks, and what a place tells. One at a time. */
struct aws_found {
	struct aws_credentials *who; /* locked memory, the asker's */
	int64_t lives;               /* seconds that they are good for; -1: for good */
	struct aws_imds *imds;       /* the asker's, in locked memory */
};

/* Each: ERR_NOT_FOUND: it is not here that there are any; other errors: here they should be, and are not to be had: ERR_INVALID for what a person has to put
 * right, ERR_IO for what may pass. why says it in a sentence's end. */
MUST_CHECK enum err aws_environment_read(struct aws_found *out, char why[static AWS_WHY_MAX]);
/* AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or _TOKEN (AWS SDKs and Tools Reference Guide, "Container
 * credential provider"). */
MUST_CHECK enum err aws_container_read(struct aws_found *out, char why[static AWS_WHY_MAX]);
/* The instance's metadata, version 2 alone; AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT. */
MUST_CHECK enum err aws_instance_read(struct aws_found *out, char why[static AWS_WHY_MAX]);

/* All of them in turn; *source: whose they are. */
typedef enum err aws_ask(struct aws_found *out, const char **source, char why[static AWS_WHY_MAX]);
/* Over other places and another clock: for the tests. */
MUST_CHECK enum err aws_identity_new_with(aws_ask *asked_of, uint64_t (*now)(void), struct aws_identity **out);

/* The pure parts, for the tests. */
/* May a container's token be sent there: https, or plain http to this machine, the two endpoints of ECS and EKS, and no other? */
bool aws_container_url_valid(const char *url);
/* {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "Code"}. now: what the answer's Date says, or our clock. ERR_IO: there are none in it
 * (now), and out->who is wiped. */
MUST_CHECK enum err aws_document_read(const char *json, size_t n, int64_t now, struct aws_found *out, char why[static AWS_WHY_MAX]);

/* One unsigned question to such a place. */
enum { AWS_DOCUMENT_MAX = 32 << 10, AWS_SOURCE_HEADERS = 2 };
struct aws_question {
	const char *method, *url;
	const char *names[AWS_SOURCE_HEADERS], *values[AWS_SOURCE_HEADERS]; /* NULL: none */
};
struct aws_document {
	int status;      /* 0: no answer, and why says why */
	bool no_connection;
	int64_t date;    /* by the answer, or our clock */
	size_t n;
	char body[AWS_DOCUMENT_MAX]; /* NUL-terminated */
};
/* In locked memory, for aws_document_free. NULL: out of memory. */
MUST_CHECK struct aws_document *aws_document_ask(const struct aws_question *q, char why[static AWS_WHY_MAX]);
void aws_document_free(struct aws_document *d);
