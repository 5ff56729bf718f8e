/* listing_fields: the fields of a new listing: one table for the form of /submit, the API's body, a line of an
 * import and the tool's options, so that all four refuse the same things. */
#pragma once

#include <stdint.h>

#include "http/form.h"

enum { LISTING_FIELD_COUNT = 8, OWN_LISTING_FIELD_COUNT = 8 };

struct listing_fields {
	const char *title;
	const char *description;
	const char *category;      /* slug; that it exists is the caller's to check */
	int64_t price;             /* minor units */
	const char *location;      /* a place's slug, likewise */
	int64_t stock;
	const char *contact_name;
	const char *contact_email;
};

/* What stands in the struct before form_decode: one piece, nothing else. */
#define LISTING_FIELDS_DEFAULT ((struct listing_fields){.stock = 1})

extern const struct field listing_fields_table[LISTING_FIELD_COUNT];
/* The same for a member: how to reach them is known. */
extern const struct field listing_fields_member_table[LISTING_FIELD_COUNT];

/* A listing as its owner writes and changes it: the address stays what it is. */
struct own_listing_fields {
	struct listing_fields listing;
	int64_t version;           /* of the listing that was changed; -1: not said */
};
#define OWN_LISTING_FIELDS_DEFAULT ((struct own_listing_fields){.listing = {.stock = 1}, .version = -1})
/* A draft's description may wait: that it is long enough is the caller's to check. */
extern const struct field own_listing_fields_table[OWN_LISTING_FIELD_COUNT];
