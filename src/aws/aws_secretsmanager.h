/* aws_secretsmanager: a secret of Secrets Manager (its API Reference, "GetSecretValue"), in the version that is current. */
#pragma once

#include "aws/aws_locked.h"

enum { AWS_SECRET_VALUE_MAX = 65537 };

/* value: locked memory of the caller. id: a name or an ARN. ERR_NOT_FOUND; ERR_INVALID: it is of bytes, not a text; ERR_TOO_LARGE; else as aws_call. */
MUST_CHECK enum err aws_secretsmanager_get(struct aws *aws, const char *id, char *value, size_t size, char why[static AWS_SAID_MAX]);
