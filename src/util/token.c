#include "util/token.h"

#include <string.h>

#include "util/mac.h"

void token_make(char text[static TOKEN_TEXT + 1], uint8_t hash[static TOKEN_HASH])
{
	uint8_t random[32];
	mac_random(random, sizeof random);
	base64url_encode(random, sizeof random, text);
	mac_sha256(text, TOKEN_TEXT, hash);
}

bool token_hash(const char *text, uint8_t hash[static TOKEN_HASH])
{
	uint8_t random[32];
	if (strlen(text) != TOKEN_TEXT || base64url_decode(text, TOKEN_TEXT, random, sizeof random) != sizeof random)
		return false;
	mac_sha256(text, TOKEN_TEXT, hash);
	return true;
}
