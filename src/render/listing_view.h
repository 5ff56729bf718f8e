/* listing_view: pages and fragments about listings: pure functions from a struct to bytes. */
#pragma once

#include "model/catalog.h"
#include "model/favourite.h"
#include "model/listing.h"
#include "model/member.h"
#include "render/layout.h"
#include "render/photo_view.h"
#include "text/field_error.h"

struct filter_chip {
	const char *text;   /* plain text: "Boats", "$100 – $500", "“dory”" */
	const char *href;   /* local URL without that filter, with language prefix */
};

struct listings_view {
	struct page page;
	const struct catalog *catalog;
	const struct listing_query *query;
	const struct listing_page *result;
	const struct photo_set *photos;  /* of the result; NULL */
	int64_t count;               /* up to LISTING_COUNT_STOP; -1: not counted */
	const char *min_price, *max_price; /* as the form shows them; "" */
	const struct filter_chip *chips;
	size_t chip_count;
	const char *next_href, *previous_href; /* NULL: none */
	const char *save_href;       /* where this search is saved; NULL: nothing to save */
	const struct field_errors *errors;     /* of the query's values; NULL */
	bool too_broad;              /* the search took too long: ask for one more word */
	int64_t now;
};
void listings_view(struct buf *b, const struct listings_view *v);

struct listing_view {
	struct page page;            /* json_ld is made by the view: leave NULL */
	const struct catalog *catalog;
	const struct listing *listing;
	const struct listing *similar;
	size_t similar_count;
	const struct photo_set *similar_photos; /* NULL */
	const struct photo *photos;  /* its own, in their order */
	size_t photo_count;
	struct photo_base photo_base;
	const struct member *seller; /* what their profile says is shown; NULL: nobody's, or not to be shown */
	enum favourite_state favourite;
	bool mine;                   /* the reader's own */
	int64_t now;
};
void listing_view(struct buf *b, const struct listing_view *v);

/* The cards of /fragments/newest: an <ul> as on /listings. */
void listing_cards(struct buf *b, enum lang lang, const struct catalog *c, const struct listing *list, size_t n, const struct photo_set *photos, int64_t now);
/* /fragments/categories: the home page's list of top categories with links. */
void category_links(struct buf *b, enum lang lang, const struct catalog *c);
/* /fragments/category-options and /fragments/place-options: <option>s in <optgroup>s; selected: a slug or NULL. */
void category_options(struct buf *b, enum lang lang, const struct catalog *c, const char *selected);
void place_options(struct buf *b, enum lang lang, const struct catalog *c, const char *selected);
