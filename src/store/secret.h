/* secret: what a reference of the configuration stands for. One syntax for all: file:PATH (its trailing newline is taken off), env:NAME, kms:PATH (a file of
 * ciphertext made by outportctl secrets encrypt), ssm:/NAME (a parameter), secretsmanager:ID (a name or an ARN). Behind each stands either the password itself or a JSON object
 * of username, password, host, port, database (or dbname), as Secrets Manager keeps it for RDS; what begins with "{" is meant to be one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/cloud.h"
#include "util/buf.h"

enum { SECRET_WHY_MAX = 768, SECRET_JSON_MAX = 4096 };

/* In locked memory that no core dump has. "" and 0: not told. */
struct secret {
	char username[128], password[512], host[256], database[65];
	int64_t port;
};

/* Is s a reference at all ("kms:…"), rather than a plain value? */
bool secret_is_reference(const char *s);
/* Is it kept in AWS, or opened by it? */
bool secret_is_remote(const char *reference);
/* reference "": a secret that tells nothing. *out is freed by secret_free, which wipes it. ERR_INVALID: no known scheme, or what is behind it is no such secret;
 * ERR_NOT_FOUND; ERR_DENIED; ERR_TIMEOUT, ERR_CLOSED, ERR_LIMITED: the service is away; ERR_IO: the file cannot be read; ERR_TOO_LARGE. why: a sentence's end for the sysadmin,
 * without the secret. */
MUST_CHECK enum err secret_read(struct cloud *cloud, const char *reference, struct secret **out, char why[static SECRET_WHY_MAX]);
/* As far as it can be told without asking AWS: a kms: file is there and whole, there is a region; else errors as above. */
MUST_CHECK enum err secret_check(struct cloud *cloud, const char *reference, char why[static SECRET_WHY_MAX]);
void secret_free(struct secret *s);
/* May the same reading succeed by itself a little later? Else somebody has to set something right first. */
bool secret_is_away(enum err e);

/* A secret from a text as it stands behind a reference. Errors: ERR_INVALID, ERR_TOO_LARGE, ERR_NOMEM. */
MUST_CHECK enum err secret_parse(const char *text, size_t n, struct secret **out, char why[static SECRET_WHY_MAX]);
/* "username, password, port": what s tells, never a value. "nothing". */
enum { SECRET_FIELDS_MAX = 64 };
void secret_fields(const struct secret *s, char out[static SECRET_FIELDS_MAX]);
/* The JSON object, at most SECRET_JSON_MAX bytes and a NUL, into locked memory of the caller; n without the NUL. ERR_INVALID: a field is not UTF-8. ERR_TOO_LARGE. */
MUST_CHECK enum err secret_write(const struct secret *s, char out[static SECRET_JSON_MAX + 1], size_t *n);

/* What a kms: file holds: s encrypted by key (an id, an ARN or "alias/NAME") for this use. Errors as secret_read. */
MUST_CHECK enum err secret_encrypt(struct cloud *cloud, const char *key, const struct secret *s, struct buf *out, char why[static SECRET_WHY_MAX]);
