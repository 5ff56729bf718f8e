/* listing_query: from an address's parameters to a struct listing_query, and back to its canonical address. Pages, feeds
 * and the API share it; they differ in what they take and in how prices may be written. */
#pragma once

#include "app/context.h"
#include "model/listing.h"
#include "text/field_error.h"

struct query_reading {
	struct listing_query query;
	struct field_errors errors;  /* values out of bounds: 400 */
	const char *canonical;       /* "q=boat&category=boats": defaults and empty values left out, in the table's order */
	const char *filters;         /* the same without cursor, page and limit: what a feed or a chip starts from */
	const char *q, *min_price, *max_price; /* as a form shows them; "" */
	const struct category *category;       /* NULL: all */
	const struct place *place;
	bool no_words;               /* q holds nothing that can be searched */
};

/* Needs the catalog. ERR_OK even with errors in out->errors. */
MUST_CHECK enum err listing_query_read(struct context *c, unsigned default_limit, struct query_reading *out);
/* The same for a query string that stands elsewhere than in the address. ERR_INVALID: it is none. */
MUST_CHECK enum err listing_query_read_text(struct context *c, const char *text, unsigned default_limit, struct query_reading *out);
/* The canonical query string of a reading, with one named part left out (a filter chip's link); NULL: none left out.
 * extra: "cursor=…" or "page=2" or NULL. In the arena. */
const char *listing_query_string(const struct context *c, const struct query_reading *r, const char *without, const char *extra);
/* A value as application/x-www-form-urlencoded writes it: what a browser's form makes (WHATWG URL, section 5.2). */
const char *listing_query_encode(const struct context *c, const char *value);
