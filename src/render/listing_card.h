/* listing_card: what several pages show of a listing: its card, address, price and time. */
#pragma once

#include "model/catalog.h"
#include "model/listing.h"
#include "render/html.h"
#include "render/photo_view.h"

/* What the cards of a list have in common. */
struct card_list {
	enum lang lang;
	const struct catalog *catalog;
	const struct photo_set *photos; /* NULL: none */
	int64_t now;
	int level;                 /* of the titles' headings, 2 or 3 */
	const char *sizes;         /* how wide the photos stand; NULL: as small as on a phone */
	int largest;               /* the largest size of a photo that is worth offering; 0: the smallest there is */
	size_t soon;               /* so many photos are fetched with the page */
};
/* An <ul class="cards">. */
void listing_card_list(struct buf *b, const struct card_list *how, const struct listing *list, size_t n);
/* The beginning of one card, without what ends it: for lists that add to each. linked: the title leads to the listing, which is there. */
void listing_card_begin(struct buf *b, const struct card_list *how, const struct listing *l, bool soon, bool linked);
/* "/fr/listings/12/boat", safe in an attribute. */
void listing_put_href(struct buf *b, enum lang lang, const struct listing *l);
/* "/listings/12/boat": the same without the language. */
void listing_put_path(struct buf *b, const struct listing *l);
/* Formatted amounts and times hold no character that HTML would read. */
void listing_put_price(struct buf *b, enum lang lang, const struct listing *l);
void listing_put_time(struct buf *b, enum lang lang, int64_t t, int64_t now);
/* " cat-3", or nothing when there is no such category. */
void category_put_class(struct buf *b, const struct category *category);
/* That, and " in-boats" for what belongs to the main category of that slug: the stylesheet has a drawing for it, or a house. */
void listing_put_class(struct buf *b, const struct catalog *c, const struct category *category);
