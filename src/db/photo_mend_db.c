#include "db/photo_internal.h"

#include <stdlib.h>
#include <string.h>

#include "db/photo_pending_db.h"
#include "util/log.h"

enum { NAMES_MAX = 100000, ROUNDS = 8 };

/* What the outbox still has to remove is no stray. */
static const struct db_sql sql_strays[PHOTO_STRAY_KINDS] = {
	[PHOTO_STRAY_LISTING] = {
		"SELECT DISTINCT p.listing_id FROM photo p LEFT JOIN listing l ON l.id = p.listing_id WHERE (l.id IS NULL OR l.state = 3)"
		" AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.state = 0 AND o.kind = '" OUTBOX_PHOTOS "' AND o.subject_id = p.listing_id)", true},
	[PHOTO_STRAY_COUNT] = {
		"SELECT l.id FROM listing l LEFT JOIN (SELECT listing_id, COUNT(*) AS n, MAX(position) AS last, COUNT(DISTINCT position) AS places FROM photo GROUP BY listing_id) c"
		" ON c.listing_id = l.id WHERE l.photos <> COALESCE(c.n, 0) OR c.last + 1 <> c.n OR c.places <> c.n", true},
	[PHOTO_STRAY_PICTURE] = {"SELECT m.id FROM member m LEFT JOIN photo_object o ON o.hash = m.picture WHERE m.picture IS NOT NULL AND o.hash IS NULL", true},
};

static const struct db_sql sql_drop_picture = {
	"UPDATE member m LEFT JOIN photo_object o ON o.hash = m.picture SET m.picture = NULL WHERE m.id = ? AND o.hash IS NULL", false};

static const struct db_sql sql_listings = {"SELECT DISTINCT listing_id FROM photo WHERE hash = ? ORDER BY listing_id", true};
static const struct db_sql sql_members = {"SELECT id FROM member WHERE picture = ? ORDER BY id", true};
static const struct db_sql sql_lock_member = {"SELECT id FROM member WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_lock_object = {"SELECT " PHOTO_OBJECT_COLUMNS " FROM photo_object o WHERE o.hash = ? FOR UPDATE", false};
static const struct db_sql sql_no_picture = {"UPDATE member SET picture = NULL WHERE id = ? AND picture = ?", false};
static const struct db_sql sql_delete = {"DELETE FROM photo_object WHERE hash = ?", false};
static const struct db_sql sql_claim = {
	"INSERT INTO photo_object (hash, width, height, bytes, placeholder, created_at) VALUES (?, 0, 0, 0, '', UTC_TIMESTAMP())", false};
static const struct db_sql sql_claim_seen = {
	"INSERT INTO photo_object (hash, width, height, bytes, placeholder, unreferenced_at, created_at) VALUES (?, 0, 0, 0, '', UTC_TIMESTAMP(), UTC_TIMESTAMP())", false};

/* ---- Rows that do not fit each other ---- */

struct handing {
	bool (*each)(void *ctx, int64_t id);
	void *ctx;
};

static bool hand_on(void *ctx, const struct db_value *row, size_t columns)
{
	const struct handing *h = ctx;
	(void)columns;
	return h->each(h->ctx, row[0].i);
}

enum err photo_db_strays(struct db *db, enum photo_stray_kind kind, bool (*each)(void *ctx, int64_t id), void *ctx)
{
	struct handing h = {each, ctx};
	return db_each(db, &sql_strays[kind], DB_NO_ARGS, hand_on, &h);
}

static enum err settle_body(struct db *db, void *ctx)
{
	int64_t id = *(const int64_t *)ctx;
	struct photo_refs refs;
	bool there;
	enum err e = photo_listing_lock(db, id, 0, &there);
	if (e == ERR_OK)
		e = photo_refs_read(db, id, &refs);
	return e == ERR_OK ? photo_refs_settle(db, id, &refs) : e;
}

enum err photo_db_stray_mend(struct db *db, enum photo_stray_kind kind, int64_t id)
{
	int64_t n;
	switch (kind) {
	case PHOTO_STRAY_LISTING: return photo_db_remove_of_listing(db, id, &n);
	case PHOTO_STRAY_COUNT: return db_transaction(db, settle_body, &id);
	case PHOTO_STRAY_PICTURE: return db_exec(db, &sql_drop_picture, DB_ARGS(db_int(id)), NULL);
	case PHOTO_STRAY_KINDS: break;
	}
	return ERR_INVALID;
}

/* ---- Objects whose files are gone ---- */

struct names {
	int64_t *ids;
	size_t n;
};

struct forgetting {
	struct arena *arena;
	const char *key;
	uint8_t hash[PHOTO_HASH_BYTES];
	const struct photo_mender *mender;
	struct names members, listings;
	struct photo_object object;
	bool there, again;
	int64_t n;
};

static enum err read_names(struct db *db, struct forgetting *f, const struct db_sql *sql, struct names *out)
{
	struct db_rows r;
	enum err e = db_query(db, sql, DB_ARGS(db_blob(f->hash, sizeof f->hash)), f->arena, NAMES_MAX, &r);
	if (e != ERR_OK)
		return e;
	out->n = r.n;
	out->ids = arena_array(f->arena, r.n, sizeof *out->ids);
	if (out->ids == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++)
		out->ids[i] = db_cell(&r, i, 0)->i;
	return ERR_OK;
}

static bool row_seen(void *ctx, const struct db_value *row, size_t columns)
{
	(void)ctx, (void)row, (void)columns;
	return true;
}

static bool keep_object(void *ctx, const struct db_value *row, size_t columns)
{
	struct forgetting *f = ctx;
	(void)columns;
	photo_object_read(row, &f->object);
	f->there = true;
	return true;
}

static enum err lock_names(struct db *db, struct forgetting *f)
{
	enum err e = ERR_OK;
	bool there;
	for (size_t i = 0; e == ERR_OK && i < f->members.n; i++)
		e = db_each(db, &sql_lock_member, DB_ARGS(db_int(f->members.ids[i])), row_seen, NULL);
	for (size_t i = 0; e == ERR_OK && i < f->listings.n; i++)
		e = photo_listing_lock(db, f->listings.ids[i], 0, &there);
	f->there = false;
	return e == ERR_OK ? db_each(db, &sql_lock_object, DB_ARGS(db_blob(f->hash, sizeof f->hash)), keep_object, f) : e;
}

/* Somebody may have named it between the reading and the locks: then everything again. */
static bool within(const struct names *now, const struct names *locked)
{
	for (size_t i = 0, k = 0; i < now->n; i++, k++) {
		while (k < locked->n && locked->ids[k] < now->ids[i])
			k++;
		if (k == locked->n || locked->ids[k] != now->ids[i])
			return false;
	}
	return true;
}

static enum err take_from_listing(struct db *db, struct forgetting *f, int64_t listing_id)
{
	struct photo_refs refs;
	enum err e = photo_refs_read(db, listing_id, &refs);
	for (size_t i = 0; e == ERR_OK && i < refs.n;) {
		if (memcmp(refs.list[i].hash, f->hash, sizeof f->hash) != 0) {
			i++;
			continue;
		}
		LOG_WARN("photo_lost", LOG_S("key", f->key), LOG_I("listing", listing_id), LOG_I("photo", refs.list[i].id));
		e = photo_refs_remove(db, &refs, i);
		f->n++;
	}
	return e == ERR_OK ? photo_refs_settle(db, listing_id, &refs) : e;
}

static enum err take_names(struct db *db, struct forgetting *f)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < f->members.n; i++) {
		LOG_WARN("picture_lost", LOG_S("key", f->key), LOG_I("member", f->members.ids[i]));
		e = db_exec(db, &sql_no_picture, DB_ARGS(db_int(f->members.ids[i]), db_blob(f->hash, sizeof f->hash)), NULL);
		f->n++;
	}
	for (size_t i = 0; e == ERR_OK && i < f->listings.n; i++)
		e = take_from_listing(db, f, f->listings.ids[i]);
	return e;
}

static enum err forget_body(struct db *db, void *ctx)
{
	struct forgetting *f = ctx;
	struct names members, listings;
	bool broken = true;
	f->n = 0;
	f->again = false;
	enum err e = lock_names(db, f);
	if (e == ERR_OK && f->there)
		e = f->mender->broken(f->mender->ctx, &f->object, &broken);
	if (e != ERR_OK || !f->there || !broken)
		return e;
	e = read_names(db, f, &sql_members, &members);
	if (e == ERR_OK)
		e = read_names(db, f, &sql_listings, &listings);
	if (e != ERR_OK)
		return e;
	f->again = !within(&members, &f->members) || !within(&listings, &f->listings);
	if (f->again)
		return ERR_OK;
	f->members = members;
	f->listings = listings;
	e = take_names(db, f);
	/* its files go when nothing is locked any more, then the row */
	if (f->mender->leased)
		return e == ERR_OK ? photo_object_recount(db, f->hash) : e;
	if (e == ERR_OK)
		e = f->mender->remove(f->mender->ctx, f->key);
	return e == ERR_OK ? db_exec(db, &sql_delete, DB_ARGS(db_blob(f->hash, sizeof f->hash)), NULL) : e;
}

static enum err forget(struct db *db, struct forgetting *f)
{
	enum err e = ERR_OK;
	f->again = true;
	for (int i = 0; e == ERR_OK && f->again && i < ROUNDS; i++) {
		e = read_names(db, f, &sql_members, &f->members);
		if (e == ERR_OK)
			e = read_names(db, f, &sql_listings, &f->listings);
		if (e == ERR_OK)
			e = db_transaction(db, forget_body, f);
	}
	return e == ERR_OK && f->again ? ERR_CONFLICT : e;
}

/* What was found broken before the locks is not any more where files of it have come since. */
static enum err still_broken(void *ctx, const struct photo_object *o, bool *broken)
{
	(void)ctx;
	*broken = !o->pending;
	return ERR_OK;
}

static enum err forget_leased(struct db *db, struct forgetting *f)
{
	const struct photo_mender *m = f->mender, locked = {still_broken, NULL, NULL, true};
	struct photo_count count;
	bool there = false, broken = false, gone;
	int64_t lease;
	enum err e = photo_lease_take(db, f->key, &lease);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND || e == ERR_CONFLICT ? ERR_OK : e;
	e = photo_db_object_get(db, f->arena, f->key, &there, &count);
	if (e == ERR_OK && there && !count.object.pending)
		e = m->broken(m->ctx, &count.object, &broken);
	f->mender = &locked;
	if (e == ERR_OK && broken)
		e = forget(db, f);
	bool removed = e == ERR_OK && broken;
	if (removed)
		e = m->remove(m->ctx, f->key);
	enum err ended = photo_object_end(db, f->hash, lease, removed && e == ERR_OK, &gone);
	return e != ERR_OK ? e : ended;
}

enum err photo_db_forget_object(struct db *db, struct arena *a, const char *key, const struct photo_mender *m, int64_t *n)
{
	struct forgetting f = {.arena = a, .key = key, .mender = m};
	*n = 0;
	if (!photo_hash_of_key(key, f.hash))
		return ERR_INVALID;
	enum err e = m->leased ? forget_leased(db, &f) : forget(db, &f);
	*n = e == ERR_OK ? f.n : 0;
	return e;
}

/* ---- Files without a row ---- */

struct claiming {
	const char *key;
	uint8_t hash[PHOTO_HASH_BYTES];
	const struct photo_mender *mender;
	int64_t lease;
};

/* The row of our own holds off whoever would write the files, and is gone again when we are done. */
static enum err claim_body(struct db *db, void *ctx)
{
	const struct claiming *c = ctx;
	struct db_value hash = db_blob(c->hash, sizeof c->hash);
	enum err e = db_exec(db, &sql_claim, DB_ARGS(hash), NULL);
	if (e == ERR_OK)
		e = c->mender->remove(c->mender->ctx, c->key);
	return e == ERR_OK ? db_exec(db, &sql_delete, DB_ARGS(hash), NULL) : e;
}

/* The row is there for all to see, and nobody's: were we cut off, the sweep would come to it. */
static enum err claim_leased_body(struct db *db, void *ctx)
{
	struct claiming *c = ctx;
	enum err e = db_exec(db, &sql_claim_seen, DB_ARGS(db_blob(c->hash, sizeof c->hash)), NULL);
	return e == ERR_OK ? photo_lease_take(db, c->key, &c->lease) : e;
}

static enum err forget_files_leased(struct db *db, struct claiming *c)
{
	bool gone;
	enum err e = db_transaction(db, claim_leased_body, c);
	if (e != ERR_OK)
		return e;
	enum err removed = c->mender->remove(c->mender->ctx, c->key);
	e = photo_object_end(db, c->hash, c->lease, removed == ERR_OK, &gone);
	return removed != ERR_OK ? removed : e;
}

enum err photo_db_forget_files(struct db *db, const char *key, const struct photo_mender *m, bool *removed)
{
	struct claiming c = {.key = key, .mender = m};
	*removed = false;
	if (!photo_hash_of_key(key, c.hash))
		return ERR_INVALID;
	enum err e = m->leased ? forget_files_leased(db, &c) : db_transaction(db, claim_body, &c);
	*removed = e == ERR_OK;
	return e == ERR_EXISTS ? ERR_OK : e;
}
