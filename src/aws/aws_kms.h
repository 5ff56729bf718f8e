/* aws_kms: Key Management Service's Encrypt and Decrypt (its API Reference, "Encrypt" and "Decrypt"), for what is small enough to need no data key. */
#pragma once

#include "aws/aws_locked.h"

enum { AWS_KMS_PLAIN_MAX = 4096, AWS_KMS_BLOB_MAX = 6144 };

/* context: names and values that are bound to the ciphertext and not secret; the same must be said to decrypt it. key: an id, an ARN or "alias/NAME". */
MUST_CHECK enum err aws_kms_encrypt(struct aws *aws, const char *key, const struct aws_param *context, size_t n_context, const void *plain, size_t n,
                                    uint8_t blob[static AWS_KMS_BLOB_MAX], size_t *blob_n, char why[static AWS_SAID_MAX]);
/* plain: locked memory of the caller, which gets n bytes. ERR_INVALID: the ciphertext is damaged, or of another context; ERR_DENIED: we may not, or the key is disabled; ERR_NOT_FOUND:
 * there is no such key; else as aws_call. */
MUST_CHECK enum err aws_kms_decrypt(struct aws *aws, const struct aws_param *context, size_t n_context, const uint8_t *blob, size_t blob_n,
                                    char plain[static AWS_KMS_PLAIN_MAX], size_t *n, char why[static AWS_SAID_MAX]);
