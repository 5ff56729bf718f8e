/* mac: HMAC-SHA-256 cut to 16 bytes, and base64url without padding (RFC 4648, section 5). libsodium underneath. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAC_BYTES = 16, MAC_KEY_BYTES = 32 };

void mac_make(const uint8_t key[static MAC_KEY_BYTES], const void *data, size_t n, uint8_t out[static MAC_BYTES]);
/* SipHash-2-4 of 128 bits (Aumasson and Bernstein, 2012), made for short messages and ten times as quick: for tokens that every page
 * carries and that open nothing. Its key of 16 bytes is the halves of ours, by XOR. */
void mac_make_short(const uint8_t key[static MAC_KEY_BYTES], const void *data, size_t n, uint8_t out[static MAC_BYTES]);
/* Constant time. */
bool mac_equal(const uint8_t a[static MAC_BYTES], const uint8_t b[static MAC_BYTES]);
/* SHA-256 of data: nettle's, which has the processor's instructions for it and is five times as quick as libsodium's with them. */
void mac_sha256(const void *data, size_t n, uint8_t out[static 32]);
enum { MAC_FINGERPRINT_BYTES = 16 };
/* XXH3 of 128 bits in its canonical form: says whether data changed, at the speed of memory. Not for secrets or signatures. */
void mac_fingerprint(const void *data, size_t n, uint8_t out[static MAC_FINGERPRINT_BYTES]);
void mac_random(void *out, size_t n);

/* out must hold (n * 4 + 2) / 3 + 1 bytes. */
void base64url_encode(const uint8_t *data, size_t n, char *out);
/* Bytes written, or -1 when text is not canonical base64url or does not fit size. */
int base64url_decode(const char *text, size_t n, uint8_t *out, size_t size);
