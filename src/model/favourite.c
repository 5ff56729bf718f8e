#include "model/favourite.h"

#include <string.h>

#include "util/mac.h"

static const char *const frequency_names[ALERT_COUNT] = {"none", "at-once", "daily"};

const char *alert_frequency_name(enum alert_frequency f)
{
	return frequency_names[f];
}

bool alert_frequency_parse(const char *s, enum alert_frequency *out)
{
	for (int i = 0; i < ALERT_COUNT; i++) {
		if (strcmp(frequency_names[i], s) == 0) {
			*out = (enum alert_frequency)i;
			return true;
		}
	}
	return false;
}

bool favourite_shown(enum listing_state s)
{
	return s == LISTING_PUBLISHED || s == LISTING_SOLD || s == LISTING_EXPIRED;
}

enum { ID_BYTES = 8 };
_Static_assert((ID_BYTES + MAC_BYTES) * 4 / 3 == UNSUBSCRIBE_TEXT, "the token's length");

static void token_mac(const uint8_t key[static 32], const uint8_t id[static ID_BYTES], uint8_t out[static MAC_BYTES])
{
	static const char purpose[] = "unsubscribe";
	uint8_t text[sizeof purpose + ID_BYTES];
	memcpy(text, purpose, sizeof purpose);
	memcpy(text + sizeof purpose, id, ID_BYTES);
	mac_make(key, text, sizeof text, out);
}

void unsubscribe_token(const uint8_t key[static 32], int64_t search_id, char out[static UNSUBSCRIBE_TEXT + 1])
{
	uint8_t bytes[ID_BYTES + MAC_BYTES];
	for (int i = 0; i < ID_BYTES; i++)
		bytes[i] = (uint8_t)((uint64_t)search_id >> (8 * (ID_BYTES - 1 - i)));
	token_mac(key, bytes, bytes + ID_BYTES);
	base64url_encode(bytes, sizeof bytes, out);
}

bool unsubscribe_read(const uint8_t key[static 32], const char *text, int64_t *search_id)
{
	uint8_t bytes[ID_BYTES + MAC_BYTES], mac[MAC_BYTES];
	size_t n = strlen(text);
	if (n != UNSUBSCRIBE_TEXT || base64url_decode(text, n, bytes, sizeof bytes) != (int)sizeof bytes)
		return false;
	token_mac(key, bytes, mac);
	uint64_t id = 0;
	for (int i = 0; i < ID_BYTES; i++)
		id = id << 8 | bytes[i];
	*search_id = (int64_t)id;
	return mac_equal(mac, bytes + ID_BYTES);
}
