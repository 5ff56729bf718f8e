/* Submitting, changing and taking away one listing. Its facets follow in the same transaction; the listing's row is always
 * locked before them. */
#include "db/listing_internal.h"

#include <stdio.h>

#include "db/site_db.h"
#include "util/clock.h"

enum { SAME_CONTENT_SECONDS = 30 * 24 * 3600, CONTENT_LOCK_SECONDS = 3600 };

static const struct db_sql sql_insert = {LISTING_INSERT LISTING_INSERT_ROW, false};
/* Equal submissions queue up here: READ COMMITTED has no lock for a row that is not there yet. */
static const struct db_sql sql_content_lock = {
	"INSERT INTO rate_count (rate_key, window_start, attempts, expires_at) VALUES (CONCAT('listing:', HEX(?)), 0, 1, ?)"
	" ON DUPLICATE KEY UPDATE attempts = attempts + 1, expires_at = VALUES(expires_at)", false};
static const struct db_sql sql_content_known = {
	"SELECT 1 FROM listing WHERE content_hash = ? AND created_at > ? AND state IN (0, 1) LIMIT 1", true};
static const struct db_sql sql_lock = {
	"SELECT state, category_id, category_top_id, place_id, region_id, published_at FROM listing WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_publish = {
	"UPDATE listing SET state = 1, category_top_id = ?, region_id = ?, reject_reason = '', published_at = ?, updated_at = ? WHERE id = ? AND state IN (0, 2)", false};
static const struct db_sql sql_reject = {
	"UPDATE listing SET state = 2, reject_reason = ?, updated_at = ? WHERE id = ? AND state = 0", false};
static const struct db_sql sql_remove = {"UPDATE listing SET state = 3, updated_at = ? WHERE id = ? AND state <> 3", false};
static const struct db_sql sql_edit = {
	"UPDATE listing SET category_id = ?, category_top_id = ?, place_id = ?, region_id = ?, title = ?, slug = ?, summary = ?, description = ?,"
	" price_minor = ?, currency = ?, stock = ?, contact_name = ?, contact_email = ?, content_hash = ?, updated_at = ?, search_text = ?"
	" WHERE id = ? AND state <> 3", false};
/* Nodes that are one and the same count once: the select is over the pairs themselves. */
static const struct db_sql sql_facets_add = {
	"INSERT INTO listing_facet (category_node, place_node, published_at, listing_id, price_minor)"
	" SELECT STRAIGHT_JOIN CASE c.n WHEN 0 THEN 0 WHEN 1 THEN l.category_top_id ELSE l.category_id END AS category_node,"
	"  CASE p.n WHEN 0 THEN 0 WHEN 1 THEN l.region_id ELSE l.place_id END AS place_node, l.published_at, l.id, l.price_minor"
	" FROM listing l FORCE INDEX (PRIMARY)"
	" JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) c ON c.n < 2 OR l.category_id <> l.category_top_id"
	" JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) p ON p.n < 2 OR l.place_id <> l.region_id"
	" WHERE l.id BETWEEN ? AND ? AND l.state = 1"
	" ORDER BY category_node, place_node, l.published_at, l.id", false};
static const struct db_sql sql_facets_remove = {
	"DELETE FROM listing_facet WHERE category_node IN (0, ?, ?) AND place_node IN (0, ?, ?) AND published_at = ? AND listing_id = ?", false};

enum err listing_facets_add(struct db *db, int64_t first, int64_t last)
{
	return db_exec(db, &sql_facets_add, DB_ARGS(db_int(first), db_int(last)), NULL);
}

/* The row as it stands, locked. */
struct locked {
	enum listing_state state;
	int64_t category_id, category_top, place_id, region, published_at;
};

static enum err lock_row(struct db *db, struct arena *a, int64_t id, struct locked *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_lock, DB_ARGS(db_int(id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	const struct db_value *row = db_cell(&r, 0, 0);
	*out = (struct locked){(enum listing_state)row[0].i, row[1].i, row[2].i, row[3].i, row[4].i, row[5].i};
	return ERR_OK;
}

static enum err facets_remove(struct db *db, int64_t id, const struct locked *was)
{
	return db_exec(db, &sql_facets_remove,
	               DB_ARGS(db_int(was->category_top), db_int(was->category_id), db_int(was->region), db_int(was->place_id), db_time(was->published_at), db_int(id)), NULL);
}

/* What a transaction's body works on. */
struct change {
	struct arena *arena;
	const struct catalog *catalog;
	struct listing *listing;
	struct listing_derived derived;
	int64_t id, now;
	const char *reason;
};

static enum err submit(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct listing *l = c->listing;
	struct db_value hash = db_blob(c->derived.content_hash, sizeof c->derived.content_hash);
	enum err e = db_exec(db, &sql_content_lock, DB_ARGS(hash, db_int(c->now + CONTENT_LOCK_SECONDS)), NULL);
	if (e != ERR_OK)
		return e;
	struct db_rows known;
	e = db_query(db, &sql_content_known, DB_ARGS(hash, db_time(c->now - SAME_CONTENT_SECONDS)), c->arena, 1, &known);
	if (e != ERR_OK || known.n > 0)
		return e != ERR_OK ? e : ERR_EXISTS;
	struct db_value args[LISTING_INSERT_COLUMNS];
	struct db_result result;
	listing_insert_args(l, &c->derived, args);
	e = db_exec(db, &sql_insert, args, LISTING_INSERT_COLUMNS, &result);
	if (e != ERR_OK)
		return e;
	l->id = (int64_t)result.insert_id;
	if (l->state == LISTING_PUBLISHED)
		e = listing_facets_add(db, l->id, l->id);
	return e == ERR_OK ? outbox_db_add(db, "listing_submitted", l->id, "{}") : e;
}

enum err listing_db_submit(struct db *db, struct arena *a, const struct catalog *cat, struct listing *l)
{
	struct change c = {.arena = a, .catalog = cat, .listing = l, .now = clock_unix()};
	if (l->created_at == 0)
		l->created_at = c.now;
	if (l->updated_at == 0)
		l->updated_at = l->created_at;
	if (l->state != LISTING_PUBLISHED)
		l->published_at = 0;
	else if (l->published_at == 0)
		l->published_at = l->created_at;
	enum err e = listing_derive(a, cat, l, &c.derived);
	if (e == ERR_OK)
		e = db_transaction(db, submit, &c);
	if (e != ERR_OK)
		l->id = 0;
	return e;
}

static enum err approve(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct locked was;
	enum err e = lock_row(db, c->arena, c->id, &was);
	if (e != ERR_OK)
		return e;
	/* The category or the place may have moved under another parent since the listing was submitted. */
	const struct category *category = catalog_category(c->catalog, was.category_id);
	const struct place *place = catalog_place(c->catalog, was.place_id);
	int64_t top = category == NULL ? was.category_top : category->parent_id == 0 ? category->id : category->parent_id;
	int64_t region = place == NULL ? was.region : place->parent_id == 0 ? place->id : place->parent_id;
	struct db_result result;
	e = db_exec(db, &sql_publish, DB_ARGS(db_int(top), db_int(region), db_time(c->now), db_time(c->now), db_int(c->id)), &result);
	if (e != ERR_OK)
		return e;
	if (result.affected == 0)
		return ERR_CONFLICT;
	e = listing_facets_add(db, c->id, c->id);
	return e == ERR_OK ? outbox_db_add(db, "listing_approved", c->id, "{}") : e;
}

enum err listing_db_approve(struct db *db, struct arena *a, const struct catalog *cat, int64_t id, int64_t now)
{
	struct change c = {.arena = a, .catalog = cat, .id = id, .now = now};
	return db_transaction(db, approve, &c);
}

static bool row_seen(void *ctx, const struct db_value *row, size_t columns)
{
	(void)row;
	(void)columns;
	*(bool *)ctx = true;
	return true;
}

static enum err reject(struct db *db, void *ctx)
{
	struct change *c = ctx;
	bool there = false;
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(c->id)), row_seen, &there);
	if (e != ERR_OK || !there)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	struct db_result result;
	e = db_exec(db, &sql_reject, DB_ARGS(db_text(c->reason), db_time(c->now), db_int(c->id)), &result);
	if (e != ERR_OK)
		return e;
	return result.affected == 0 ? ERR_CONFLICT : outbox_db_add(db, "listing_rejected", c->id, "{}");
}

enum err listing_db_reject(struct db *db, int64_t id, const char *reason)
{
	struct change c = {.id = id, .now = clock_unix(), .reason = reason == NULL ? "" : reason};
	return db_transaction(db, reject, &c);
}

static enum err take_away(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct locked was;
	enum err e = lock_row(db, c->arena, c->id, &was);
	if (e != ERR_OK)
		return e;
	struct db_result result;
	e = db_exec(db, &sql_remove, DB_ARGS(db_time(c->now), db_int(c->id)), &result);
	if (e != ERR_OK)
		return e;
	if (result.affected == 0)
		return ERR_CONFLICT;
	return was.state == LISTING_PUBLISHED ? facets_remove(db, c->id, &was) : ERR_OK;
}

enum err listing_db_remove(struct db *db, struct arena *a, const struct catalog *cat, int64_t id)
{
	struct change c = {.arena = a, .catalog = cat, .id = id, .now = clock_unix()};
	return db_transaction(db, take_away, &c);
}

static enum err edit(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const struct listing *l = c->listing;
	struct locked was;
	enum err e = lock_row(db, c->arena, l->id, &was);
	if (e != ERR_OK)
		return e;
	struct db_result result;
	e = db_exec(db, &sql_edit,
	            DB_ARGS(db_int(l->category_id), db_int(c->derived.category_top), db_int(l->place_id), db_int(c->derived.region), db_text(l->title),
	                    db_text(l->slug), db_text(l->summary), db_text(l->description), db_int(l->price_minor), db_text(l->currency), db_int(l->stock),
	                    db_text(l->contact_name), db_text(l->contact_email), db_blob(c->derived.content_hash, sizeof c->derived.content_hash),
	                    db_time(c->now), db_text(c->derived.search_text), db_int(l->id)), &result);
	if (e != ERR_OK)
		return e;
	if (result.affected == 0)
		return ERR_CONFLICT;
	if (was.state != LISTING_PUBLISHED)
		return ERR_OK;
	e = facets_remove(db, l->id, &was);
	return e == ERR_OK ? listing_facets_add(db, l->id, l->id) : e;
}

enum err listing_db_edit(struct db *db, struct arena *a, const struct catalog *cat, const struct listing *l)
{
	struct listing changed = *l;
	struct change c = {.arena = a, .catalog = cat, .listing = &changed, .now = clock_unix()};
	enum err e = listing_derive(a, cat, &changed, &c.derived);
	return e == ERR_OK ? db_transaction(db, edit, &c) : e;
}
