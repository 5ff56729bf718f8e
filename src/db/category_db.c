/* Changes to categories and places. Listings repeat their category's parent and their place's region, in their row and in
 * their facets: a move under another parent takes them along. */
#include "db/catalog_db.h"

static const struct db_sql sql_category_parent = {"SELECT COALESCE(parent_id, 0) FROM category WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_category_children = {"SELECT COUNT(*) FROM category WHERE parent_id = ?", false};
static const struct db_sql sql_category_add = {
	"INSERT INTO category (parent_id, slug, name_en, name_fr, colour, position) VALUES (?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_category_edit = {
	"UPDATE category SET parent_id = ?, slug = ?, name_en = ?, name_fr = ?, colour = ?, position = ? WHERE id = ?", false};
static const struct db_sql sql_category_remove = {"DELETE FROM category WHERE id = ?", false};
static const struct db_sql sql_category_listings = {"UPDATE listing SET category_top_id = ? WHERE category_id = ?", false};
static const struct db_sql sql_category_leave = {
	"DELETE f FROM listing l JOIN listing_facet f ON f.category_node = ? AND f.place_node IN (0, l.region_id, l.place_id)"
	" AND f.published_at = l.published_at AND f.listing_id = l.id WHERE l.category_id = ? AND l.state = 1", false};
static const struct db_sql sql_category_join = {
	"INSERT INTO listing_facet (category_node, place_node, published_at, listing_id, price_minor)"
	" SELECT ?, CASE p.n WHEN 0 THEN 0 WHEN 1 THEN l.region_id ELSE l.place_id END, l.published_at, l.id, l.price_minor"
	" FROM listing l JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) p ON p.n < 2 OR l.place_id <> l.region_id"
	" WHERE l.category_id = ? AND l.state = 1", false};

static const struct db_sql sql_place_parent = {"SELECT COALESCE(parent_id, 0) FROM place WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_place_children = {"SELECT COUNT(*) FROM place WHERE parent_id = ?", false};
static const struct db_sql sql_place_add = {"INSERT INTO place (parent_id, slug, name_en, name_fr) VALUES (?, ?, ?, ?)", false};
static const struct db_sql sql_place_edit = {"UPDATE place SET parent_id = ?, slug = ?, name_en = ?, name_fr = ? WHERE id = ?", false};
static const struct db_sql sql_place_remove = {"DELETE FROM place WHERE id = ?", false};
static const struct db_sql sql_place_listings = {"UPDATE listing SET region_id = ? WHERE place_id = ?", false};
static const struct db_sql sql_place_leave = {
	"DELETE f FROM listing l JOIN listing_facet f ON f.place_node = ? AND f.category_node IN (0, l.category_top_id, l.category_id)"
	" AND f.published_at = l.published_at AND f.listing_id = l.id WHERE l.place_id = ? AND l.state = 1", false};
static const struct db_sql sql_place_join = {
	"INSERT INTO listing_facet (category_node, place_node, published_at, listing_id, price_minor)"
	" SELECT CASE c.n WHEN 0 THEN 0 WHEN 1 THEN l.category_top_id ELSE l.category_id END, ?, l.published_at, l.id, l.price_minor"
	" FROM listing l JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) c ON c.n < 2 OR l.category_id <> l.category_top_id"
	" WHERE l.place_id = ? AND l.state = 1", false};

/* The statements of one tree: categories and places move alike. */
struct tree {
	const struct db_sql *parent, *children, *listings, *leave, *join;
};
static const struct tree categories = {&sql_category_parent, &sql_category_children, &sql_category_listings, &sql_category_leave, &sql_category_join};
static const struct tree places = {&sql_place_parent, &sql_place_children, &sql_place_listings, &sql_place_leave, &sql_place_join};

static bool keep_number(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(int64_t *)ctx = row[0].i;
	return true;
}

/* -1: no such entry. */
static enum err number(struct db *db, const struct db_sql *sql, int64_t id, int64_t *out)
{
	*out = -1;
	return db_each(db, sql, DB_ARGS(db_int(id)), keep_number, out);
}

/* An entry stands under a top entry, or is one. */
static enum err check_parent(struct db *db, const struct tree *t, int64_t id, int64_t parent_id)
{
	int64_t n;
	if (parent_id == 0)
		return ERR_OK;
	enum err e = number(db, t->parent, parent_id, &n);
	if (e != ERR_OK || n != 0 || parent_id == id)
		return e != ERR_OK ? e : ERR_CONFLICT;
	if (id == 0)
		return ERR_OK;
	e = number(db, t->children, id, &n);
	return e != ERR_OK ? e : n > 0 ? ERR_CONFLICT : ERR_OK;
}

/* Takes the entry's listings from under the old parent to the new one; an entry that is a top itself stands for its parent. */
static enum err move(struct db *db, const struct tree *t, int64_t id, int64_t old_parent, int64_t new_parent)
{
	enum err e = ERR_OK;
	if (old_parent == new_parent)
		return ERR_OK;
	if (old_parent != 0)
		e = db_exec(db, t->leave, DB_ARGS(db_int(old_parent), db_int(id)), NULL);
	if (e == ERR_OK)
		e = db_exec(db, t->listings, DB_ARGS(db_int(new_parent == 0 ? id : new_parent), db_int(id)), NULL);
	if (e == ERR_OK && new_parent != 0)
		e = db_exec(db, t->join, DB_ARGS(db_int(new_parent), db_int(id)), NULL);
	return e;
}

static struct db_value parent_value(int64_t parent_id)
{
	return parent_id == 0 ? db_null() : db_int(parent_id);
}

struct category_change {
	const struct category *category;
	int64_t id;
};

static enum err category_add(struct db *db, void *ctx)
{
	struct category_change *change = ctx;
	const struct category *c = change->category;
	struct db_result result;
	enum err e = check_parent(db, &categories, 0, c->parent_id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_category_add,
		            DB_ARGS(parent_value(c->parent_id), db_text(c->slug), db_text(c->name[0]), db_text(c->name[1]), db_int(c->colour), db_int(c->position)), &result);
	if (e == ERR_OK)
		change->id = (int64_t)result.insert_id;
	return e;
}

enum err category_db_add(struct db *db, struct category *c)
{
	struct category_change change = {.category = c};
	enum err e = db_transaction(db, category_add, &change);
	if (e == ERR_OK)
		c->id = change.id;
	return e;
}

static enum err category_edit(struct db *db, void *ctx)
{
	const struct category *c = ((struct category_change *)ctx)->category;
	int64_t old_parent;
	enum err e = number(db, &sql_category_parent, c->id, &old_parent);
	if (e != ERR_OK || old_parent < 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	e = check_parent(db, &categories, c->id, c->parent_id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_category_edit,
		            DB_ARGS(parent_value(c->parent_id), db_text(c->slug), db_text(c->name[0]), db_text(c->name[1]), db_int(c->colour), db_int(c->position), db_int(c->id)), NULL);
	return e == ERR_OK ? move(db, &categories, c->id, old_parent, c->parent_id) : e;
}

enum err category_db_edit(struct db *db, const struct category *c)
{
	struct category_change change = {.category = c};
	return db_transaction(db, category_edit, &change);
}

static enum err remove_row(struct db *db, const struct db_sql *sql, int64_t id)
{
	struct db_result result;
	enum err e = db_exec(db, sql, DB_ARGS(db_int(id)), &result);
	return e != ERR_OK ? e : result.affected == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err category_db_remove(struct db *db, int64_t id)
{
	return remove_row(db, &sql_category_remove, id);
}

struct place_change {
	const struct place *place;
	int64_t id;
};

static enum err place_add(struct db *db, void *ctx)
{
	struct place_change *change = ctx;
	const struct place *p = change->place;
	struct db_result result;
	enum err e = check_parent(db, &places, 0, p->parent_id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_place_add, DB_ARGS(parent_value(p->parent_id), db_text(p->slug), db_text(p->name[0]), db_text(p->name[1])), &result);
	if (e == ERR_OK)
		change->id = (int64_t)result.insert_id;
	return e;
}

enum err place_db_add(struct db *db, struct place *p)
{
	struct place_change change = {.place = p};
	enum err e = db_transaction(db, place_add, &change);
	if (e == ERR_OK)
		p->id = change.id;
	return e;
}

static enum err place_edit(struct db *db, void *ctx)
{
	const struct place *p = ((struct place_change *)ctx)->place;
	int64_t old_parent;
	enum err e = number(db, &sql_place_parent, p->id, &old_parent);
	if (e != ERR_OK || old_parent < 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	e = check_parent(db, &places, p->id, p->parent_id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_place_edit, DB_ARGS(parent_value(p->parent_id), db_text(p->slug), db_text(p->name[0]), db_text(p->name[1]), db_int(p->id)), NULL);
	return e == ERR_OK ? move(db, &places, p->id, old_parent, p->parent_id) : e;
}

enum err place_db_edit(struct db *db, const struct place *p)
{
	struct place_change change = {.place = p};
	return db_transaction(db, place_edit, &change);
}

enum err place_db_remove(struct db *db, int64_t id)
{
	return remove_row(db, &sql_place_remove, id);
}
