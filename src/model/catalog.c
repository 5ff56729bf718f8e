#include "model/catalog.h"

#include <string.h>

static size_t hint_of(int64_t id)
{
	return (size_t)((uint64_t)id % CATALOG_HINTS);
}

void catalog_index(struct catalog *c)
{
	memset(c->category_hints, 0, sizeof c->category_hints);
	memset(c->place_hints, 0, sizeof c->place_hints);
	for (size_t i = 0; i < c->category_count && i < UINT16_MAX; i++)
		c->category_hints[hint_of(c->categories[i].id)] = (uint16_t)(i + 1);
	for (size_t i = 0; i < c->place_count && i < UINT16_MAX; i++)
		c->place_hints[hint_of(c->places[i].id)] = (uint16_t)(i + 1);
}

const struct category *catalog_category(const struct catalog *c, int64_t id)
{
	size_t hint = c->category_hints[hint_of(id)];
	if (hint > 0 && hint <= c->category_count && c->categories[hint - 1].id == id)
		return &c->categories[hint - 1];
	for (size_t i = 0; i < c->category_count; i++)
		if (c->categories[i].id == id)
			return &c->categories[i];
	return NULL;
}

const struct category *catalog_category_by_slug(const struct catalog *c, const char *slug)
{
	for (size_t i = 0; i < c->category_count; i++)
		if (strcmp(c->categories[i].slug, slug) == 0)
			return &c->categories[i];
	return NULL;
}

const struct place *catalog_place(const struct catalog *c, int64_t id)
{
	size_t hint = c->place_hints[hint_of(id)];
	if (hint > 0 && hint <= c->place_count && c->places[hint - 1].id == id)
		return &c->places[hint - 1];
	for (size_t i = 0; i < c->place_count; i++)
		if (c->places[i].id == id)
			return &c->places[i];
	return NULL;
}

const struct place *catalog_place_by_slug(const struct catalog *c, const char *slug)
{
	for (size_t i = 0; i < c->place_count; i++)
		if (strcmp(c->places[i].slug, slug) == 0)
			return &c->places[i];
	return NULL;
}
