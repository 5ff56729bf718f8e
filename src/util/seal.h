/* seal: secrets that a table keeps, encrypted and authenticated (XSalsa20-Poly1305: libsodium's crypto_secretbox), bound to the row they
 * belong to. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

enum { SEAL_KEY_BYTES = 32, SEAL_OVERHEAD = 48, SEAL_MAX = 64 };

/* out takes n + SEAL_OVERHEAD bytes; n is at most SEAL_MAX. owner: the row's number, which opening must name again. */
void seal_make(const uint8_t key[static SEAL_KEY_BYTES], int64_t owner, const void *data, size_t n, uint8_t *out);
/* sealed_n - SEAL_OVERHEAD bytes into out. ERR_INVALID: changed, another's, or under another key. */
MUST_CHECK enum err seal_open(const uint8_t key[static SEAL_KEY_BYTES], int64_t owner, const void *sealed, size_t sealed_n, void *out, size_t n);
