#include "model/cursor.h"

#include <string.h>

#include "util/mac.h"

/* The token: flags, key, id, MAC; numbers big-endian. What the MAC covers has one size and one layout, with the search
 * words as their SHA-256, so no two queries share an encoding. */
enum {
	TOKEN_BACKWARD = 1,
	TOKEN_VERSION = 2,
	HEAD_BYTES = 1 + 8 + 8,
	TOKEN_BYTES = HEAD_BYTES + MAC_BYTES,
	TOKEN_TEXT = (TOKEN_BYTES * 4 + 2) / 3,
	PURPOSE_BYTES = 16,
	COVERED_BYTES = PURPOSE_BYTES + 32 + 5 * 8 + HEAD_BYTES,
};
_Static_assert((int)TOKEN_TEXT < (int)CURSOR_TEXT_MAX, "a cursor fits its text");

static uint8_t *put_i64(uint8_t *p, int64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		*p++ = (uint8_t)((uint64_t)v >> shift);
	return p;
}

static int64_t get_i64(const uint8_t *p)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

static void cursor_mac(const uint8_t key[static 32], const struct listing_query *query, const uint8_t head[static HEAD_BYTES],
                       uint8_t out[static MAC_BYTES])
{
	uint8_t covered[COVERED_BYTES];
	const char *words = query->q == NULL ? "" : query->q;
	memcpy(covered, "outport cursor 1", PURPOSE_BYTES);
	/* No words, as on most pages: nothing to hash. */
	memset(covered + PURPOSE_BYTES, 0, 32);
	if (*words != '\0')
		mac_sha256(words, strlen(words), covered + PURPOSE_BYTES);
	uint8_t *p = covered + PURPOSE_BYTES + 32;
	p = put_i64(p, query->category_id);
	p = put_i64(p, query->place_id);
	p = put_i64(p, query->min_price);
	p = put_i64(p, query->max_price);
	p = put_i64(p, query->sort);
	memcpy(p, head, HEAD_BYTES);
	mac_make_short(key, covered, sizeof covered, out);
}

void cursor_encode(const uint8_t key[static 32], const struct listing_query *query, bool backward, int64_t position_key,
                   int64_t position_id, char out[static CURSOR_TEXT_MAX])
{
	uint8_t token[TOKEN_BYTES];
	token[0] = TOKEN_VERSION | (backward ? TOKEN_BACKWARD : 0);
	put_i64(put_i64(token + 1, position_key), position_id);
	cursor_mac(key, query, token, token + HEAD_BYTES);
	base64url_encode(token, sizeof token, out);
}

enum err cursor_decode(const uint8_t key[static 32], const char *text, struct listing_query *query)
{
	uint8_t token[TOKEN_BYTES], mac[MAC_BYTES];
	size_t n = strnlen(text, CURSOR_TEXT_MAX);
	if (n != TOKEN_TEXT || base64url_decode(text, n, token, sizeof token) != TOKEN_BYTES)
		return ERR_INVALID;
	cursor_mac(key, query, token, mac);
	if (!mac_equal(mac, token + HEAD_BYTES) || (token[0] & ~TOKEN_BACKWARD) != TOKEN_VERSION)
		return ERR_INVALID;
	query->has_cursor = true;
	query->backward = (token[0] & TOKEN_BACKWARD) != 0;
	query->cursor_key = get_i64(token + 1);
	query->cursor_id = get_i64(token + 9);
	return ERR_OK;
}
