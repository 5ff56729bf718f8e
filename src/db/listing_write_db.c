/* Submitting and changing one listing. Its facets follow in the same transaction; the listing's row is always locked before them. */
#include "db/listing_internal.h"

#include "db/photo_db.h"
#include "db/site_db.h"
#include "model/mail.h"
#include "model/member.h"
#include "util/clock.h"

enum { SAME_CONTENT_SECONDS = 30 * 24 * 3600, CONTENT_LOCK_SECONDS = 3600, LISTING_SECONDS = LISTING_DAYS * 86400 };

static const struct db_sql sql_insert = {LISTING_INSERT LISTING_INSERT_ROW, false};
/* Equal submissions queue up here: READ COMMITTED has no lock for a row that is not there yet. */
static const struct db_sql sql_content_lock = {
	"INSERT INTO rate_count (rate_key, window_start, attempts, expires_at) VALUES (CONCAT('listing:', HEX(?)), 0, 1, ?)"
	" ON DUPLICATE KEY UPDATE attempts = attempts + 1, expires_at = VALUES(expires_at)", false};
static const struct db_sql sql_content_known = {
	"SELECT 1 FROM listing WHERE content_hash = ? AND created_at > ? AND state IN (0, 1, 5, 9) LIMIT 1", true};
static const struct db_sql sql_lock = {
	"SELECT state, category_id, category_top_id, place_id, region_id, published_at, expires_at, expiry_warned_at, submitted_at, held_from, member_id, version"
	" FROM listing WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_state = {
	"UPDATE listing SET state = ?, category_top_id = ?, region_id = ?, reject_reason = IF(?, reject_reason, ?), held_reason = IF(?, held_reason, ?), held_from = ?,"
	" submitted_at = ?, published_at = ?, expires_at = ?, expiry_warned_at = ?, version = version + 1, updated_at = ? WHERE id = ?", false};
static const struct db_sql sql_content = {
	"UPDATE listing SET category_id = ?, category_top_id = ?, place_id = ?, region_id = ?, title = ?, slug = ?, summary = ?, description = ?,"
	" price_minor = ?, currency = ?, stock = ?, contact_name = ?, contact_email = ?, content_hash = ?, search_text = ? WHERE id = ?", false};
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
	enum listing_state state, held_from;
	int64_t category_id, category_top, place_id, region, published_at, expires_at, warned_at, submitted_at, member_id, version;
	bool there;
};

static bool keep_locked(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(struct locked *)ctx = (struct locked){
		.state = (enum listing_state)row[0].i, .category_id = row[1].i, .category_top = row[2].i, .place_id = row[3].i, .region = row[4].i,
		.published_at = row[5].i, .expires_at = row[6].i, .warned_at = row[7].i, .submitted_at = row[8].i,
		.held_from = (enum listing_state)row[9].i, .member_id = row[10].i, .version = row[11].i, .there = true,
	};
	return true;
}

static enum err lock_row(struct db *db, int64_t id, struct locked *out)
{
	*out = (struct locked){.there = false};
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(id)), keep_locked, out);
	return e == ERR_OK && !out->there ? ERR_NOT_FOUND : e;
}

static enum err facets_remove(struct db *db, int64_t id, const struct locked *was)
{
	return db_exec(db, &sql_facets_remove,
	               DB_ARGS(db_int(was->category_top), db_int(was->category_id), db_int(was->region), db_int(was->place_id), db_time(was->published_at), db_int(id)), NULL);
}

/* What a submission's transaction works on. */
struct submission {
	struct arena *arena;
	struct listing *listing;
	struct listing_derived derived;
	int64_t now;
	listing_also also;
	void *ctx;
};

static enum err content_refuse_known(struct db *db, const struct submission *s)
{
	struct db_value hash = db_blob(s->derived.content_hash, sizeof s->derived.content_hash);
	enum err e = db_exec(db, &sql_content_lock, DB_ARGS(hash, db_int(s->now + CONTENT_LOCK_SECONDS)), NULL);
	if (e != ERR_OK)
		return e;
	struct db_rows known;
	e = db_query(db, &sql_content_known, DB_ARGS(hash, db_time(s->now - SAME_CONTENT_SECONDS)), s->arena, 1, &known);
	return e == ERR_OK && known.n > 0 ? ERR_EXISTS : e;
}

static enum err submit(struct db *db, void *ctx)
{
	struct submission *s = ctx;
	struct listing *l = s->listing;
	enum err e = l->state == LISTING_DRAFT ? ERR_OK : content_refuse_known(db, s);
	if (e != ERR_OK)
		return e;
	struct db_value args[LISTING_INSERT_COLUMNS];
	struct db_result result;
	listing_insert_args(l, &s->derived, args);
	e = db_exec(db, &sql_insert, args, LISTING_INSERT_COLUMNS, &result);
	if (e != ERR_OK)
		return e;
	l->id = (int64_t)result.insert_id;
	if (l->state == LISTING_PUBLISHED)
		e = listing_facets_add(db, l->id, l->id);
	return e == ERR_OK && s->also != NULL ? s->also(db, s->ctx, l->id) : e;
}

/* Times that follow from the state. */
static void complete(struct listing *l, int64_t now)
{
	if (l->created_at == 0)
		l->created_at = now;
	if (l->updated_at == 0)
		l->updated_at = l->created_at;
	if (l->state == LISTING_PENDING && l->submitted_at == 0)
		l->submitted_at = l->created_at;
	if (l->state != LISTING_PUBLISHED) {
		l->published_at = 0;
		return;
	}
	if (l->published_at == 0)
		l->published_at = l->created_at;
	if (l->expires_at == 0)
		l->expires_at = l->published_at + LISTING_SECONDS;
}

enum err listing_db_submit_with(struct db *db, struct arena *a, const struct catalog *cat, struct listing *l, listing_also also, void *ctx)
{
	struct submission s = {.arena = a, .listing = l, .now = clock_unix(), .also = also, .ctx = ctx};
	complete(l, s.now);
	enum err e = listing_derive(a, cat, l, &s.derived);
	if (e == ERR_OK)
		e = db_transaction(db, submit, &s);
	if (e != ERR_OK)
		l->id = 0;
	return e;
}

enum err listing_db_submit(struct db *db, struct arena *a, const struct catalog *cat, struct listing *l)
{
	return listing_db_submit_with(db, a, cat, l, NULL, NULL);
}

/* What a change's transaction works on. */
struct changing {
	const struct catalog *catalog;
	struct listing_change *change;
	struct listing content;
	struct listing_derived derived;
	int64_t id;
};

static enum err write_content(struct db *db, const struct changing *c)
{
	const struct listing *l = &c->content;
	const struct listing_derived *d = &c->derived;
	return db_exec(db, &sql_content,
	               DB_ARGS(db_int(l->category_id), db_int(d->category_top), db_int(l->place_id), db_int(d->region), db_text(l->title), db_text(l->slug),
	                       db_text(l->summary), db_text(l->description), db_int(l->price_minor), db_text(l->currency), db_int(l->stock), db_text(l->contact_name),
	                       db_text(l->contact_email), db_blob(d->content_hash, sizeof d->content_hash), db_text(d->search_text), db_int(c->id)), NULL);
}

/* The category or the place may have moved under another parent since the listing was written. */
static void parents_now(const struct changing *c, const struct locked *was, int64_t *top, int64_t *region)
{
	*top = was->category_top;
	*region = was->region;
	if (c->change->content != NULL) {
		*top = c->derived.category_top;
		*region = c->derived.region;
		return;
	}
	const struct category *category = c->catalog != NULL ? catalog_category(c->catalog, was->category_id) : NULL;
	const struct place *place = c->catalog != NULL ? catalog_place(c->catalog, was->place_id) : NULL;
	if (category != NULL)
		*top = category->parent_id == 0 ? category->id : category->parent_id;
	if (place != NULL)
		*region = place->parent_id == 0 ? place->id : place->parent_id;
}

static int64_t end_of(const struct listing_change *change, const struct locked *was)
{
	if (change->renew)
		return change->now + LISTING_SECONDS;
	bool enters = change->is == LISTING_PUBLISHED && was->state != LISTING_HELD && !change->keep_state;
	return enters && was->expires_at <= change->now ? change->now + LISTING_SECONDS : was->expires_at;
}

static enum err write_state(struct db *db, const struct changing *c, const struct locked *was)
{
	const struct listing_change *change = c->change;
	enum listing_state is = change->is;
	bool stays = is == was->state;
	int64_t top, region, end = end_of(change, was);
	parents_now(c, was, &top, &region);
	const char *reason = change->reason != NULL ? change->reason : "";
	bool refused = is == LISTING_REJECTED || is == LISTING_REMOVED;
	bool hold = is == LISTING_HELD && !stays;
	/* In the queue it waits from now on; what was there already keeps its place. */
	bool enters = (is == LISTING_PENDING && !stays) || (hold && was->state == LISTING_PUBLISHED);
	int64_t published = is == LISTING_PUBLISHED && was->published_at == 0 ? change->now : was->published_at;
	return db_exec(db, &sql_state,
	               DB_ARGS(db_int(is), db_int(top), db_int(region), db_int(stays), db_text(refused ? reason : ""), db_int(stays), db_text(hold ? reason : ""),
	                       db_int(hold ? was->state : stays ? was->held_from : 0), db_time(enters ? change->now : was->submitted_at),
	                       db_time(published), db_time(end), db_time(end == was->expires_at ? was->warned_at : 0), db_time(change->now), db_int(c->id)), NULL);
}

static enum err change_allowed(struct listing_change *change, const struct locked *was)
{
	if (change->member_id != 0 && was->member_id != change->member_id)
		return ERR_NOT_FOUND;
	unsigned from = change->from != 0 ? change->from : LISTING_IN_ANY & ~LISTING_IN(LISTING_REMOVED);
	if ((LISTING_IN(was->state) & from) == 0 || (change->versioned && was->version != change->version) || (change->back && was->state != LISTING_HELD))
		return ERR_CONFLICT;
	change->was = was->state;
	change->is = change->keep_state ? was->state : change->back ? was->held_from : change->to;
	return ERR_OK;
}

static enum err change_row(struct db *db, void *ctx)
{
	struct changing *c = ctx;
	struct listing_change *change = c->change;
	struct locked was;
	enum err e = lock_row(db, c->id, &was);
	if (e == ERR_OK)
		e = change_allowed(change, &was);
	if (e == ERR_OK && was.state == LISTING_PUBLISHED)
		e = facets_remove(db, c->id, &was);
	if (e == ERR_OK && change->content != NULL)
		e = write_content(db, c);
	if (e == ERR_OK)
		e = write_state(db, c, &was);
	if (e == ERR_OK && change->is == LISTING_PUBLISHED)
		e = listing_facets_add(db, c->id, c->id);
	if (e == ERR_OK && change->is == LISTING_REMOVED && was.state != LISTING_REMOVED)
		e = photo_db_end_of_listing(db, c->id);
	if (e == ERR_OK && change->mail != NULL)
		e = outbox_db_add(db, OUTBOX_MAIL, c->id, change->mail);
	return e == ERR_OK && change->also != NULL ? change->also(db, change->also_ctx, c->id) : e;
}

enum err listing_db_change_state(struct db *db, struct arena *a, const struct catalog *cat, int64_t id, struct listing_change *change)
{
	struct changing c = {.catalog = cat, .change = change, .id = id};
	enum err e = ERR_OK;
	if (change->content != NULL) {
		c.content = *change->content;
		e = listing_derive(a, cat, &c.content, &c.derived);
	}
	return e == ERR_OK ? db_transaction(db, change_row, &c) : e;
}

enum err listing_change_within(struct db *db, const struct catalog *cat, int64_t id, struct listing_change *change)
{
	struct changing c = {.catalog = cat, .change = change, .id = id};
	return change->content != NULL ? ERR_INTERNAL : change_row(db, &c);
}

enum err listing_db_edit(struct db *db, struct arena *a, const struct catalog *cat, const struct listing *l)
{
	struct listing_change change = {.keep_state = true, .content = l, .now = clock_unix()};
	return listing_db_change_state(db, a, cat, l->id, &change);
}
