/* Cursors and form ages: nothing that was not made by the key's owner for this query is taken. The first byte says what
 * the rest is: a token as it came, or a query and a position to make one for and then a bit to turn in it. */
#include <string.h>

#include "fuzz.h"
#include "model/cursor.h"
#include "model/form_age.h"

static const uint8_t secret[32] = "outport's key for fuzzing only..";

/* The chance of guessing a MAC is none: whatever is taken must be a token made here. */
static void take_foreign(const char *text)
{
	struct listing_query query = {.q = "dory", .min_price = -1, .max_price = -1};
	HOLDS(cursor_decode(secret, text, &query) == ERR_INVALID);
	HOLDS(!query.has_cursor && query.cursor_id == 0);
	HOLDS(form_age_check(secret, text, 1000000, 2, 86400) == FORM_AGE_BAD);
}

static int64_t number(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return (int64_t)v;
}

static void turn_and_take(const char *token, unsigned turn, struct listing_query query)
{
	char turned[CURSOR_TEXT_MAX];
	size_t n = strlen(token);
	memcpy(turned, token, n + 1);
	turned[turn % n] = (char)(turned[turn % n] ^ 1 << (turn / n) % 7);
	HOLDS(cursor_decode(secret, turned, &query) == ERR_INVALID);
	memcpy(turned, token, n + 1);
	turned[turn % n] = '\0';
	HOLDS(cursor_decode(secret, turned, &query) == ERR_INVALID);
	HOLDS(!query.has_cursor);
}

static void take_own(const uint8_t *data, size_t size)
{
	char words[256], token[CURSOR_TEXT_MAX], age[FORM_AGE_TEXT_MAX];
	size_t n = size - 51 < sizeof words - 1 ? size - 51 : sizeof words - 1;
	memcpy(words, data + 51, n);
	words[n] = '\0';
	struct listing_query query = {
		.q = words,
		.category_id = number(data + 3),
		.place_id = number(data + 11),
		.min_price = number(data + 19),
		.max_price = number(data + 27),
		.sort = data[0] % 3,
	};
	int64_t key = number(data + 35), id = number(data + 43);
	cursor_encode(secret, &query, data[0] > 127, key, id, token);
	HOLDS(strlen(token) < CURSOR_TEXT_MAX);
	turn_and_take(token, (unsigned)data[1] << 8 | data[2], query);
	struct listing_query other = query, same = query;
	other.place_id ^= 1;
	HOLDS(cursor_decode(secret, token, &other) == ERR_INVALID);
	HOLDS(cursor_decode(secret, token, &same) == ERR_OK);
	HOLDS(same.cursor_key == key && same.cursor_id == id && same.backward == (data[0] > 127));
	form_age_make(secret, key, age);
	HOLDS(form_age_check(secret, age, key, 0, 10) == FORM_AGE_OK);
	HOLDS(form_age_check(secret, token, key, 0, 10) == FORM_AGE_BAD);
	HOLDS(cursor_decode(secret, age, &query) == ERR_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[201];
	if (size > 400 || size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		size_t n = size - 1 < sizeof text - 1 ? size - 1 : sizeof text - 1;
		memcpy(text, data + 1, n);
		text[n] = '\0';
		take_foreign(text);
	} else if (size > 52) {
		take_own(data + 1, size - 1);
	}
	return 0;
}
