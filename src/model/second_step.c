#include "model/second_step.h"

#include <string.h>

#include "util/mac.h"

enum { NUMBERS = 16, TOKEN_BYTES = NUMBERS + MAC_BYTES, HASH_MAX = 128 };
_Static_assert((TOKEN_BYTES * 4 + 2) / 3 + 1 == SECOND_STEP_TEXT, "a token fits its text");

static const char purpose[] = "outport second step 1";

static void put_number(uint8_t *to, int64_t v)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
}

static int64_t get_number(const uint8_t *from)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | from[i];
	return (int64_t)v;
}

static void step_mac(const uint8_t *key, const uint8_t *numbers, const char *password_hash, uint8_t out[static MAC_BYTES])
{
	uint8_t covered[sizeof purpose + NUMBERS + HASH_MAX];
	size_t n = strnlen(password_hash, HASH_MAX);
	memcpy(covered, purpose, sizeof purpose);
	memcpy(covered + sizeof purpose, numbers, NUMBERS);
	memcpy(covered + sizeof purpose + NUMBERS, password_hash, n);
	mac_make(key, covered, sizeof purpose + NUMBERS + n, out);
}

void second_step_make(const uint8_t key[static 32], int64_t member_id, int64_t now, const char *password_hash, char out[static SECOND_STEP_TEXT])
{
	uint8_t token[TOKEN_BYTES];
	put_number(token, member_id);
	put_number(token + 8, now);
	step_mac(key, token, password_hash, token + NUMBERS);
	base64url_encode(token, sizeof token, out);
}

static bool decode(const char *text, uint8_t token[static TOKEN_BYTES])
{
	return strnlen(text, SECOND_STEP_TEXT) == SECOND_STEP_TEXT - 1 && base64url_decode(text, SECOND_STEP_TEXT - 1, token, TOKEN_BYTES) == TOKEN_BYTES;
}

bool second_step_member(const char *text, int64_t *member_id)
{
	uint8_t token[TOKEN_BYTES];
	if (!decode(text, token))
		return false;
	*member_id = get_number(token);
	return *member_id > 0;
}

bool second_step_check(const uint8_t key[static 32], const char *text, int64_t now, const char *password_hash)
{
	uint8_t token[TOKEN_BYTES], mac[MAC_BYTES];
	if (!decode(text, token))
		return false;
	step_mac(key, token, password_hash, mac);
	int64_t made = get_number(token + 8);
	return mac_equal(mac, token + NUMBERS) && now >= made && now - made <= SECOND_STEP_SECONDS;
}
