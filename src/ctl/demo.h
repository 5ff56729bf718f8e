/* demo: believable content for Newfoundland and Labrador, the same for the same seed. The tables are demo_*.def; a
 * listing is made from nothing but the seed and its number, so that a run can be cut short and gone on with. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/catalog.h"
#include "model/listing.h"
#include "util/arena.h"
#include "util/err.h"

enum demo_kind { GOODS, VEHICLE, RENT, SERVICE, ANIMAL, DEMO_KINDS };
enum demo_part { CONDITION, REASON, TERMS, DEMO_PARTS };

struct demo_category {
	const char *slug, *name[2];
	int colour;         /* a top category's; 0: a leaf of the top before it */
	unsigned weight;
	enum demo_kind kind;
};

struct demo_place {
	const char *slug, *name[2];
	unsigned weight;    /* 0: a region; else a town of the region before it */
};

struct demo_article {
	const char *slug, *title[2], *summary[2], *body[2];
};

struct demo_offer {
	const char *leaf;
	int64_t low, high;  /* dollars */
	unsigned stock;
	bool goods;         /* whatever the leaf's kind is */
	const char *title;
};

struct demo_sentence {
	const char *leaf;
	const char *offers; /* which of the leaf's offers it fits, as digits from 1; "": all */
	const char *text;
};

struct demo_phrase {
	enum demo_kind kind;
	enum demo_part part;
	const char *text;
};

struct demo_slot {
	const char *name, *text;
};

extern const struct demo_category demo_categories[];
extern const size_t demo_category_count;
extern const struct demo_place demo_places[];
extern const size_t demo_place_count;
extern const struct demo_article demo_articles[];
extern const size_t demo_article_count;
extern const struct demo_offer demo_offers[];
extern const size_t demo_offer_count;
extern const struct demo_sentence demo_sentences[];
extern const size_t demo_sentence_count;
extern const struct demo_phrase demo_phrases[];
extern const size_t demo_phrase_count;
extern const struct demo_slot demo_slots[];
extern const size_t demo_slot_count;
extern const char *const demo_first_names[];
extern const size_t demo_first_name_count;
extern const char *const demo_last_names[];
extern const size_t demo_last_name_count;

struct demo_maker;

/* Looks the demo's categories and places up in the site's catalog, which must outlive it. ERR_NOT_FOUND: one is not there. */
MUST_CHECK enum err demo_maker_new(const struct catalog *cat, const char *currency, uint64_t seed, struct demo_maker **out);
void demo_maker_free(struct demo_maker *m);
/* Listing number i, published, its texts in the arena. published_at is the caller's. ERR_NOMEM. */
MUST_CHECK enum err demo_listing_make(const struct demo_maker *m, uint64_t i, struct arena *a, struct listing *out);
