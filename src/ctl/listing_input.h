/* listing_input: from checked fields to a listing: the slugs become ids. */
#pragma once

#include <stdbool.h>

#include "http/listing_fields.h"
#include "model/catalog.h"
#include "model/listing.h"

struct input_problem {
	const char *field;
	char text[160];
};

/* Fills title to contact_email of *out, all but the currency. False: *problem says which slug is unknown. */
bool listing_input_resolve(const struct catalog *cat, const struct listing_fields *f, struct listing *out, struct input_problem *problem);
