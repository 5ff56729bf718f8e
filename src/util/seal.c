#include "util/seal.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { NONCE = crypto_secretbox_NONCEBYTES, TAG = crypto_secretbox_MACBYTES, OWNER = sizeof(int64_t) };
_Static_assert(NONCE + TAG + OWNER == SEAL_OVERHEAD, "what sealing adds");
_Static_assert(SEAL_KEY_BYTES == crypto_secretbox_KEYBYTES, "the key's size");

void seal_make(const uint8_t key[static SEAL_KEY_BYTES], int64_t owner, const void *data, size_t n, uint8_t *out)
{
	uint8_t plain[OWNER + SEAL_MAX];
	memcpy(plain, &owner, OWNER);
	memcpy(plain + OWNER, data, n);
	randombytes_buf(out, NONCE);
	crypto_secretbox_easy(out + NONCE, plain, OWNER + n, out, key);
	sodium_memzero(plain, sizeof plain);
}

enum err seal_open(const uint8_t key[static SEAL_KEY_BYTES], int64_t owner, const void *sealed, size_t sealed_n, void *out, size_t n)
{
	const uint8_t *box = sealed;
	uint8_t plain[OWNER + SEAL_MAX];
	if (sealed_n != n + SEAL_OVERHEAD || n > SEAL_MAX)
		return ERR_INVALID;
	bool good = crypto_secretbox_open_easy(plain, box + NONCE, sealed_n - NONCE, box, key) == 0 && memcmp(plain, &owner, OWNER) == 0;
	if (good)
		memcpy(out, plain + OWNER, n);
	sodium_memzero(plain, sizeof plain);
	return good ? ERR_OK : ERR_INVALID;
}
