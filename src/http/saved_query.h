/* saved_query: the canonical query string of /listings, read again where there is no request: for what compares it with listings at hand. */
#pragma once

#include "model/catalog.h"
#include "model/listing.h"
#include "util/arena.h"

struct saved_query {
	const char *words;             /* search_text_query's form; "": any */
	int64_t category_id, place_id; /* 0: all */
	int64_t min_price, max_price;  /* minor units, INT64_MAX: open */
	bool never;                    /* its category or place is gone, or it asks for no word at all: nothing matches */
};

/* digits: of the site's currency. ERR_INVALID: it is no query string. */
MUST_CHECK enum err saved_query_read(struct arena *a, const struct catalog *c, int digits, const char *text, struct saved_query *out);
/* search_text: the listing's words in their indexable form. */
bool saved_query_matches(const struct saved_query *q, const struct catalog *c, const struct listing *l, const char *search_text);
