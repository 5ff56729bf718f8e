/* catalog: categories and places, two levels each, as an immutable snapshot. Ids are unique within their kind
 * across both levels. The listing's facets are (category node, place node) pairs; node 0 means "all". */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct category {
	int64_t id;
	int64_t parent_id;  /* 0: a top category */
	char slug[65];
	char name[2][161];  /* by enum lang: English, French (bytes) */
	int colour;         /* 1-12: a class of the stylesheet; a child has its parent's */
	int position;
};

struct place {
	int64_t id;
	int64_t parent_id;  /* 0: a region */
	char slug[65];
	char name[2][161];
};

enum { CATALOG_HINTS = 1024 };

struct catalog {
	struct category *categories; /* parents in order, each followed by its children */
	size_t category_count;
	struct place *places;        /* regions in order, each followed by its communities */
	size_t place_count;
	int64_t loaded_at;           /* unix seconds */
	/* The choice of categories [0] and of places [1] by language, written out once for this snapshot by whoever holds it;
	 * NULL: a view writes it anew each time. Not owned. */
	const char *choice[2][2];
	/* By id modulo CATALOG_HINTS: where it may stand, from 1; 0: not known. Made by catalog_index. */
	uint16_t category_hints[CATALOG_HINTS], place_hints[CATALOG_HINTS];
};

/* Makes finding by id quick once the lists are in place. Without it, it works and takes longer. */
void catalog_index(struct catalog *c);
/* NULL when there is none. */

const struct category *catalog_category(const struct catalog *c, int64_t id);
const struct category *catalog_category_by_slug(const struct catalog *c, const char *slug);
const struct place *catalog_place(const struct catalog *c, int64_t id);
const struct place *catalog_place_by_slug(const struct catalog *c, const char *slug);
