/* What the files of store/secret share. */
#pragma once

#include "aws/aws_kms.h"
#include "store/secret.h"

/* A file of ciphertext, whose content is no secret: a line that says what it is, and one of base64. ERR_NOT_FOUND, ERR_IO; ERR_INVALID: it is no such file. */
MUST_CHECK enum err secret_kms_read(const char *path, uint8_t blob[static AWS_KMS_BLOB_MAX], size_t *n, char why[static SECRET_WHY_MAX]);
/* plain: locked memory; n: how much of it the secret's text takes. */
MUST_CHECK enum err secret_kms_open(struct aws *aws, const char *path, char plain[static AWS_KMS_PLAIN_MAX], size_t *n, char why[static SECRET_WHY_MAX]);
