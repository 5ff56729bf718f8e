/* secret: what a reference of the configuration stands for. One syntax for all: file:PATH (its trailing newline is taken off), env:NAME, kms:PATH (a file of
 * ciphertext made by outportctl secrets encrypt), ssm:/NAME (a parameter), secretsmanager:ID (a name or an ARN). Behind each stands either the password itself or a JSON object
 * of username, password, host, port, database, as Secrets Manager keeps it for RDS. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/cloud.h"

enum { SECRET_WHY_MAX = 768 };

/* In locked memory that no core dump has. "" and 0: not told. */
struct secret {
	char username[128], password[512], host[256], database[65];
	int64_t port;
};

/* Is s a reference at all ("kms:…"), rather than a plain value? */
bool secret_is_reference(const char *s);
/* reference "": a secret that tells nothing. *out is freed by secret_free, which wipes it. ERR_INVALID: no known scheme, or what is behind it is no such secret;
 * ERR_NOT_FOUND; ERR_DENIED; ERR_TIMEOUT, ERR_CLOSED, ERR_LIMITED: the service is away; ERR_TOO_LARGE. why: a sentence's end for the sysadmin, without the secret. */
MUST_CHECK enum err secret_read(struct cloud *cloud, const char *reference, struct secret **out, char why[static SECRET_WHY_MAX]);
void secret_free(struct secret *s);
