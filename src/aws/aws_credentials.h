/* aws_credentials: who we are to AWS: from the environment, the container's endpoint or the instance's metadata (IMDSv2), in this order, kept fresh
 * for all threads of a process. Secrets lie in locked memory that no core dump has, and are wiped. */
#pragma once

#include "util/err.h"

#include <stdint.h>

enum { AWS_KEY_ID_SIZE = 132, AWS_SECRET_SIZE = 200, AWS_TOKEN_SIZE = 8192 };

/* A copy to sign with; aws_credentials_wipe() when done. */
struct aws_credentials {
	char key_id[AWS_KEY_ID_SIZE], secret[AWS_SECRET_SIZE], token[AWS_TOKEN_SIZE]; /* token "" for keys that do not expire */
	int64_t left; /* seconds until they do, INT64_MAX for those */
};

/* Thread-safe. Nothing is asked for yet. */
struct aws_identity;
MUST_CHECK enum err aws_identity_new(struct aws_identity **out);
void aws_identity_free(struct aws_identity *id);
/* Refreshes from 15 minutes before the end, by one caller while the others go on with what there is, and all wait for it from 5 minutes before; a failure keeps what there
 * is, and is tried again after 1, 2, 4… to 60 seconds. ERR_NOT_FOUND: there are none, and why says where was
 * looked; ERR_IO: the place that has them does not answer. */
enum { AWS_WHY_MAX = 256 };
MUST_CHECK enum err aws_credentials_get(struct aws_identity *id, struct aws_credentials *out, char why[static AWS_WHY_MAX]);
/* AWS says that these have expired: the next get asks anew, unless somebody has had others meanwhile. */
void aws_credentials_expired(struct aws_identity *id, const char *key_id);
void aws_credentials_wipe(struct aws_credentials *c);
/* "environment", "container", "instance"; "" before the first get. For outportctl secrets show-source. */
const char *aws_identity_source(const struct aws_identity *id);
