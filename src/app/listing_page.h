/* listing_page: what pages, feeds and the API share about reading listings. */
#pragma once

#include "app/listing_query.h"

/* The page a reading asks for. Words that hold nothing to search give an empty page. *too_broad instead of
 * ERR_TIMEOUT, and counted. */
MUST_CHECK enum err listing_page_load(struct context *c, const struct query_reading *r, struct listing_page *out, bool *too_broad);
/* Counts a search whose first page holds nothing, for the reports. */
void listing_page_missed(struct context *c, const struct query_reading *r, const struct listing_page *page);
/* How many there are, up to LISTING_COUNT_STOP; from the cache where it is fresh. */
MUST_CHECK enum err listing_page_count(struct context *c, const struct query_reading *r, int64_t *out);
/* Tokens for the pages after and before this one; NULL where there is none. Relevance has none. */
MUST_CHECK enum err listing_page_cursors(struct context *c, const struct query_reading *r, const struct listing_page *page, const char **next, const char **previous);
/* "/listings/12/red-boat", without language prefix. */
const char *listing_page_path(const struct context *c, const struct listing *l);
