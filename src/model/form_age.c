#include "model/form_age.h"

#include <string.h>

#include "util/mac.h"

enum {
	TOKEN_BYTES = 8 + MAC_BYTES,
	TOKEN_TEXT = (TOKEN_BYTES * 4 + 2) / 3,
	PURPOSE_BYTES = 18,
};
_Static_assert((int)TOKEN_TEXT < (int)FORM_AGE_TEXT_MAX, "a form's age fits its text");

static void age_mac(const uint8_t key[static 32], const uint8_t made[static 8], uint8_t out[static MAC_BYTES])
{
	uint8_t covered[PURPOSE_BYTES + 8];
	memcpy(covered, "outport form age 1", PURPOSE_BYTES);
	memcpy(covered + PURPOSE_BYTES, made, 8);
	mac_make(key, covered, sizeof covered, out);
}

void form_age_make(const uint8_t key[static 32], int64_t now, char out[static FORM_AGE_TEXT_MAX])
{
	uint8_t token[TOKEN_BYTES];
	for (int i = 0; i < 8; i++)
		token[i] = (uint8_t)((uint64_t)now >> (56 - 8 * i));
	age_mac(key, token, token + 8);
	base64url_encode(token, sizeof token, out);
}

enum form_age form_age_check(const uint8_t key[static 32], const char *text, int64_t now, int64_t min_seconds, int64_t max_seconds)
{
	uint8_t token[TOKEN_BYTES], mac[MAC_BYTES];
	size_t n = strnlen(text, FORM_AGE_TEXT_MAX);
	if (n != TOKEN_TEXT || base64url_decode(text, n, token, sizeof token) != TOKEN_BYTES)
		return FORM_AGE_BAD;
	age_mac(key, token, mac);
	if (!mac_equal(mac, token + 8))
		return FORM_AGE_BAD;
	uint64_t made = 0;
	for (int i = 0; i < 8; i++)
		made = made << 8 | token[i];
	int64_t age;
	if (__builtin_sub_overflow(now, (int64_t)made, &age))
		return FORM_AGE_BAD;
	if (age < min_seconds)
		return FORM_AGE_TOO_FRESH;
	return age > max_seconds ? FORM_AGE_TOO_OLD : FORM_AGE_OK;
}
