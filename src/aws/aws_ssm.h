/* aws_ssm: a parameter of Systems Manager's Parameter Store (its API Reference, "GetParameter"). */
#pragma once

#include "aws/aws_locked.h"

enum { AWS_SSM_VALUE_MAX = 8192 };

/* value: locked memory of the caller; a SecureString comes decrypted. name: a name or an ARN. ERR_NOT_FOUND; ERR_TOO_LARGE; else as aws_call. */
MUST_CHECK enum err aws_ssm_get_parameter(struct aws *aws, const char *name, char *value, size_t size, char why[static AWS_SAID_MAX]);
