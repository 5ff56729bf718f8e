#include "ctl/listing_input.h"

#include <stdio.h>

bool listing_input_resolve(const struct catalog *cat, const struct listing_fields *f, struct listing *out, struct input_problem *problem)
{
	const struct category *c = catalog_category_by_slug(cat, f->category);
	const struct place *p = catalog_place_by_slug(cat, f->location);
	if (c == NULL || p == NULL) {
		problem->field = c == NULL ? "category" : "location";
		snprintf(problem->text, sizeof problem->text, "there is no %s \"%s\"", c == NULL ? "category" : "place", c == NULL ? f->category : f->location);
		return false;
	}
	out->title = f->title;
	out->description = f->description;
	out->category_id = c->id;
	out->place_id = p->id;
	out->price_minor = f->price;
	out->stock = f->stock;
	out->contact_name = f->contact_name;
	out->contact_email = f->contact_email;
	return true;
}
