#include "db/catalog_db.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"

enum { ROWS_MAX = 100000, ARENA_BYTES = 128 * 1024 * 1024 };

/* Each top entry, then its children; a child has its parent's colour. */
static const struct db_sql sql_categories = {
	"SELECT c.id, COALESCE(c.parent_id, 0), c.slug, c.name_en, c.name_fr, COALESCE(p.colour, c.colour), c.position"
	" FROM category c LEFT JOIN category p ON p.id = c.parent_id"
	" ORDER BY COALESCE(p.position, c.position), COALESCE(p.id, c.id), c.parent_id IS NOT NULL, c.position, c.id", true};
static const struct db_sql sql_places = {
	"SELECT c.id, COALESCE(c.parent_id, 0), c.slug, c.name_en, c.name_fr"
	" FROM place c LEFT JOIN place p ON p.id = c.parent_id"
	" ORDER BY COALESCE(p.name_en, c.name_en), COALESCE(p.id, c.id), c.parent_id IS NOT NULL, c.name_en, c.id", true};

/* A name may be longer in bytes than its place: cut between characters. */
static void copy(char *to, size_t size, const struct db_value *v)
{
	size_t n = v->n < size - 1 ? v->n : size - 1;
	while (n < v->n && n > 0 && ((unsigned char)v->s[n] & 0xc0) == 0x80)
		n--;
	memcpy(to, v->s, n);
	to[n] = '\0';
}

static void read_category(const struct db_rows *r, size_t i, struct category *c)
{
	c->id = db_cell(r, i, 0)->i;
	c->parent_id = db_cell(r, i, 1)->i;
	copy(c->slug, sizeof c->slug, db_cell(r, i, 2));
	copy(c->name[0], sizeof c->name[0], db_cell(r, i, 3));
	copy(c->name[1], sizeof c->name[1], db_cell(r, i, 4));
	c->colour = (int)db_cell(r, i, 5)->i;
	c->position = (int)db_cell(r, i, 6)->i;
}

static void read_place(const struct db_rows *r, size_t i, struct place *p)
{
	p->id = db_cell(r, i, 0)->i;
	p->parent_id = db_cell(r, i, 1)->i;
	copy(p->slug, sizeof p->slug, db_cell(r, i, 2));
	copy(p->name[0], sizeof p->name[0], db_cell(r, i, 3));
	copy(p->name[1], sizeof p->name[1], db_cell(r, i, 4));
}

static struct catalog *make(const struct db_rows *categories, const struct db_rows *places)
{
	struct catalog *c = calloc(1, sizeof *c + categories->n * sizeof *c->categories + places->n * sizeof *c->places);
	if (c == NULL)
		return NULL;
	c->categories = (struct category *)(c + 1);
	c->category_count = categories->n;
	c->places = (struct place *)(c->categories + categories->n);
	c->place_count = places->n;
	for (size_t i = 0; i < categories->n; i++)
		read_category(categories, i, &c->categories[i]);
	for (size_t i = 0; i < places->n; i++)
		read_place(places, i, &c->places[i]);
	c->loaded_at = clock_unix();
	catalog_index(c);
	return c;
}

enum err catalog_db_load(struct db *db, struct catalog **out)
{
	struct arena *a = arena_new(ARENA_BYTES);
	if (a == NULL)
		return ERR_NOMEM;
	struct db_rows categories, places;
	enum err e = db_query(db, &sql_categories, DB_NO_ARGS, a, ROWS_MAX, &categories);
	if (e == ERR_OK)
		e = db_query(db, &sql_places, DB_NO_ARGS, a, ROWS_MAX, &places);
	if (e == ERR_OK) {
		*out = make(&categories, &places);
		e = *out == NULL ? ERR_NOMEM : ERR_OK;
	}
	arena_free(a);
	return e;
}

void catalog_free(struct catalog *c)
{
	free(c);
}
