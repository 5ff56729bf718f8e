/* cursor: a keyset position as an opaque token. It carries a MAC over the position and over the query it belongs to:
 * one that was made up, or taken from another query, is refused. */
#pragma once

#include <stdint.h>

#include "model/listing.h"

enum { CURSOR_TEXT_MAX = 64 };

/* The token for the position (key, id); covers q, category, place, prices and sort of query, not limit. */
void cursor_encode(const uint8_t key[static 32], const struct listing_query *query, bool backward, int64_t position_key,
                   int64_t position_id, char out[static CURSOR_TEXT_MAX]);
/* Fills has_cursor, backward, cursor_key, cursor_id of query. ERR_INVALID. */
MUST_CHECK enum err cursor_decode(const uint8_t key[static 32], const char *text, struct listing_query *query);
