/* listing: browsing, searching and reading listings, as pages and fragments. */
#pragma once

#include "app/context.h"
#include "model/listing.h"

MUST_CHECK enum err listing_index(struct context *c);        /* GET /listings */
MUST_CHECK enum err listing_show(struct context *c);         /* GET /listings/{id}/{slug} */
MUST_CHECK enum err listing_show_id(struct context *c);      /* GET /listings/{id} */
MUST_CHECK enum err fragment_newest(struct context *c);
MUST_CHECK enum err fragment_categories(struct context *c);
MUST_CHECK enum err fragment_category_options(struct context *c);
MUST_CHECK enum err fragment_place_options(struct context *c);

struct query_reading;
/* What a page of listings is called: "Search: dory, Boats, St. John's". */
const char *listing_index_title(const struct context *c, const struct query_reading *r);
/* The published listing {id} names. ERR_NOT_FOUND when there never was one to see, ERR_GONE when it was removed. */
MUST_CHECK enum err listing_load_published(struct context *c, struct listing *out);
/* What a form that is sent back says of its listing while the database cannot tell. Any slug leads to the right one. */
struct listing listing_unread(const struct context *c);
