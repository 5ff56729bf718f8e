#include "util/mac.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "config.h"
#ifdef HAVE_XXH3_128BITS_DISPATCH
#include <xxh_x86dispatch.h> /* XXH3_128bits then means the one for this processor */
#endif

_Static_assert(MAC_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES, "HMAC-SHA-256 keys are 32 bytes");

void mac_make(const uint8_t key[static MAC_KEY_BYTES], const void *data, size_t n, uint8_t out[static MAC_BYTES])
{
	uint8_t whole[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256(whole, n > 0 ? data : (const void *)"", n, key);
	memcpy(out, whole, MAC_BYTES);
}

void mac_make_short(const uint8_t key[static MAC_KEY_BYTES], const void *data, size_t n, uint8_t out[static MAC_BYTES])
{
	enum { HALF = MAC_KEY_BYTES / 2 };
	_Static_assert(crypto_shorthash_siphashx24_BYTES == MAC_BYTES && crypto_shorthash_siphashx24_KEYBYTES == HALF, "SipHash's sizes");
	uint8_t folded[HALF];
	for (int i = 0; i < HALF; i++)
		folded[i] = key[i] ^ key[HALF + i];
	crypto_shorthash_siphashx24(out, n > 0 ? data : (const void *)"", n, folded);
}

bool mac_equal(const uint8_t a[static MAC_BYTES], const uint8_t b[static MAC_BYTES])
{
	return sodium_memcmp(a, b, MAC_BYTES) == 0;
}

void mac_sha256(const void *data, size_t n, uint8_t out[static 32])
{
	struct sha256_ctx ctx;
	sha256_init(&ctx);
	sha256_update(&ctx, n, n > 0 ? data : (const void *)"");
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
	sodium_memzero(&ctx, sizeof ctx);
}

void mac_fingerprint(const void *data, size_t n, uint8_t out[static MAC_FINGERPRINT_BYTES])
{
	XXH128_canonical_t digest;
	_Static_assert(sizeof digest == MAC_FINGERPRINT_BYTES, "the canonical form of 128 bits");
	XXH128_canonicalFromHash(&digest, XXH3_128bits(n > 0 ? data : (const void *)"", n));
	memcpy(out, &digest, sizeof digest);
}

void mac_random(void *out, size_t n)
{
	/* Idempotent and safe from several threads; without a source of randomness nothing good can follow. */
	if (sodium_init() < 0)
		abort();
	randombytes_buf(out, n);
}

void base64url_encode(const uint8_t *data, size_t n, char *out)
{
	size_t size = (n * 4 + 2) / 3 + 1;
	sodium_bin2base64(out, size, data, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

int base64url_decode(const char *text, size_t n, uint8_t *out, size_t size)
{
	size_t written = 0;
	if (n > INT32_MAX)
		return -1;
	/* libsodium 1.0.18 takes the byte 0xdf for '_'. */
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] >= 0x80)
			return -1;
	/* libsodium refuses padding, other alphabets and left-over bits: one text per value. */
	if (sodium_base642bin(out, size, text, n, NULL, &written, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return -1;
	return (int)written;
}
