#include "ctl/demo_catalog.h"

#include <stdio.h>
#include <string.h>

#include "ctl/demo.h"
#include "db/catalog_db.h"
#include "db/content_db.h"
#include "util/clock.h"

static void put(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

static int add_category(struct ctl *ctl, const struct catalog *present, const struct demo_category *d, int position, struct category *top, int *added)
{
	struct category c = {.parent_id = d->colour == 0 ? top->id : 0, .colour = d->colour == 0 ? top->colour : d->colour, .position = position};
	const struct category *there = catalog_category_by_slug(present, d->slug);
	enum err e = ERR_OK;
	put(c.slug, sizeof c.slug, d->slug);
	put(c.name[0], sizeof c.name[0], d->name[0]);
	put(c.name[1], sizeof c.name[1], d->name[1]);
	if (there != NULL) {
		c = *there;
	} else {
		e = category_db_add(ctl->db, &c);
		++*added;
	}
	if (d->colour != 0)
		*top = c;
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, d->slug);
}

static int add_place(struct ctl *ctl, const struct catalog *present, const struct demo_place *d, struct place *region, int *added)
{
	struct place p = {.parent_id = d->weight == 0 ? 0 : region->id};
	const struct place *there = catalog_place_by_slug(present, d->slug);
	enum err e = ERR_OK;
	put(p.slug, sizeof p.slug, d->slug);
	put(p.name[0], sizeof p.name[0], d->name[0]);
	put(p.name[1], sizeof p.name[1], d->name[1]);
	if (there != NULL) {
		p = *there;
	} else {
		e = place_db_add(ctl->db, &p);
		++*added;
	}
	if (d->weight == 0)
		*region = p;
	return e == ERR_OK ? CTL_OK : ctl_db_fail(ctl, ctl->db, e, d->slug);
}

int demo_catalog_add(struct ctl *ctl, const struct catalog *present)
{
	struct category top = {.id = 0};
	struct place region = {.id = 0};
	int categories = 0, places = 0, status = CTL_OK;
	for (size_t i = 0; status == CTL_OK && i < demo_category_count; i++)
		status = add_category(ctl, present, &demo_categories[i], (int)i + 1, &top, &categories);
	for (size_t i = 0; status == CTL_OK && i < demo_place_count; i++)
		status = add_place(ctl, present, &demo_places[i], &region, &places);
	if (status == CTL_OK)
		printf("Categories: %d added, %zu in the demo. Places: %d added, %zu in the demo.\n", categories, demo_category_count, places, demo_place_count);
	return status;
}

int demo_resources_add(struct ctl *ctl)
{
	int added = 0;
	for (size_t i = 0; i < demo_article_count; i++) {
		const struct demo_article *d = &demo_articles[i];
		struct resource r = {
			.slug = d->slug,
			.title = {d->title[0], d->title[1]},
			.summary = {d->summary[0], d->summary[1]},
			.body = {d->body[0], d->body[1]},
			.position = (int64_t)i + 1,
			.updated_at = clock_unix(),
		};
		enum err e = resource_db_add(ctl->db, &r);
		if (e != ERR_OK && e != ERR_EXISTS)
			return ctl_db_fail(ctl, ctl->db, e, d->slug);
		added += e == ERR_OK;
	}
	printf("Resources: %d added, %zu in the demo.\n", added, demo_article_count);
	return CTL_OK;
}
