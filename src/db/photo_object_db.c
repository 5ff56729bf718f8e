#include "db/photo_internal.h"

#include <stdio.h>
#include <string.h>

#include "db/photo_pending_db.h"
#include "util/log.h"

enum { SWEEP_MAX = 1000 };

static const struct db_sql sql_due = {
	"SELECT LOWER(HEX(hash)) FROM photo_object WHERE unreferenced_at <= UTC_TIMESTAMP() - INTERVAL ? SECOND ORDER BY unreferenced_at, hash LIMIT ?", true};
static const struct db_sql sql_lock = {
	"SELECT " PHOTO_OBJECT_COLUMNS ", o.refs, COALESCE(o.unreferenced_at <= UTC_TIMESTAMP() - INTERVAL ? SECOND, 0) FROM photo_object o WHERE o.hash = ? FOR UPDATE", false};
#define NAMED "(SELECT COUNT(*) FROM photo p WHERE p.hash = o.hash) + (SELECT COUNT(*) FROM member m WHERE m.picture = o.hash)"
static const struct db_sql sql_named = {"SELECT " NAMED " FROM photo_object o WHERE o.hash = ?", true};
static const struct db_sql sql_set = {
	"UPDATE photo_object SET refs = ?, unreferenced_at = IF(? > 0, NULL, COALESCE(unreferenced_at, UTC_TIMESTAMP())) WHERE hash = ?", false};
static const struct db_sql sql_mine = {"SELECT busy_by = ? AND busy_until IS NOT NULL FROM photo_object WHERE hash = ?", true};
static const struct db_sql sql_idle = {"UPDATE photo_object SET busy_until = NULL WHERE hash = ?", false};
static const struct db_sql sql_delete = {"DELETE FROM photo_object WHERE hash = ?", false};

#define COUNT_COLUMNS PHOTO_OBJECT_COLUMNS ", o.refs, " NAMED ", o.unreferenced_at, o.created_at"
static const struct db_sql sql_objects = {"SELECT " COUNT_COLUMNS " FROM photo_object o ORDER BY o.hash", true};
static const struct db_sql sql_object = {"SELECT " COUNT_COLUMNS " FROM photo_object o WHERE o.hash = ?", true};

/* ---- One object under its lock ---- */

struct locked {
	uint8_t hash[PHOTO_HASH_BYTES];
	struct photo_object object;
	int64_t stored, named;
	bool there, due;
};

static bool keep_locked(void *ctx, const struct db_value *row, size_t columns)
{
	struct locked *l = ctx;
	(void)columns;
	photo_object_read(row, &l->object);
	l->stored = row[PHOTO_OBJECT_COLUMN_COUNT].i;
	l->due = row[PHOTO_OBJECT_COLUMN_COUNT + 1].i != 0;
	l->there = true;
	return true;
}

static bool keep_number(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(int64_t *)ctx = row[0].i;
	return true;
}

/* The row is locked before the names are counted: nobody comes to name it any more. */
static enum err lock(struct db *db, struct locked *l)
{
	l->there = l->due = false;
	l->named = 0;
	struct db_value hash = db_blob(l->hash, sizeof l->hash);
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(PHOTO_KEEP_SECONDS), hash), keep_locked, l);
	return e == ERR_OK && l->there ? db_each(db, &sql_named, DB_ARGS(hash), keep_number, &l->named) : e;
}

static enum err set_count(struct db *db, const struct locked *l)
{
	return db_exec(db, &sql_set, DB_ARGS(db_int(l->named), db_int(l->named), db_blob(l->hash, sizeof l->hash)), NULL);
}

static enum err delete(struct db *db, const struct locked *l)
{
	return db_exec(db, &sql_delete, DB_ARGS(db_blob(l->hash, sizeof l->hash)), NULL);
}

enum err photo_object_recount(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES])
{
	struct locked l;
	memcpy(l.hash, hash, sizeof l.hash);
	enum err e = lock(db, &l);
	return e == ERR_OK && l.there ? set_count(db, &l) : e;
}

static enum err recount_body(struct db *db, void *ctx)
{
	return photo_object_recount(db, ctx);
}

enum err photo_db_recount(struct db *db, const char *key)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	return photo_hash_of_key(key, hash) ? db_transaction(db, recount_body, hash) : ERR_INVALID;
}

/* ---- The end of one whose files went under a lease ---- */

struct ending {
	struct locked locked;
	int64_t lease;
	bool removed, mine, gone;
};

static bool keep_mine(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(bool *)ctx = row[0].i != 0;
	return true;
}

static enum err end_body(struct db *db, void *ctx)
{
	struct ending *x = ctx;
	struct locked *l = &x->locked;
	x->gone = x->mine = false;
	enum err e = lock(db, l);
	if (e == ERR_OK && l->there)
		e = db_each(db, &sql_mine, DB_ARGS(db_int(x->lease), db_blob(l->hash, sizeof l->hash)), keep_mine, &x->mine);
	if (e != ERR_OK || !x->mine)
		return e;
	if (!x->removed || l->named > 0)
		return db_exec(db, &sql_idle, DB_ARGS(db_blob(l->hash, sizeof l->hash)), NULL);
	e = delete(db, l);
	x->gone = e == ERR_OK;
	return e;
}

enum err photo_object_end(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES], int64_t lease, bool removed, bool *gone)
{
	struct ending x = {.lease = lease, .removed = removed};
	memcpy(x.locked.hash, hash, sizeof x.locked.hash);
	enum err e = db_transaction(db, end_body, &x);
	*gone = e == ERR_OK && x.gone;
	return e;
}

/* ---- The sweep ---- */

struct sweeping {
	struct locked locked;
	const char *key;
	const struct photo_remover *remover;
	int64_t lease;
	bool due, gone;
};

/* Under the row's lock: is it to go? */
static enum err sweep_look(struct db *db, struct sweeping *s)
{
	struct locked *l = &s->locked;
	s->gone = s->due = false;
	enum err e = lock(db, l);
	if (e != ERR_OK || !l->there || !l->due)
		return e;
	s->due = l->named == 0;
	if (s->due)
		return ERR_OK;
	LOG_WARN("photo_miscounted", LOG_S("key", s->key), LOG_I("stored", l->stored), LOG_I("named", l->named));
	return set_count(db, l);
}

static enum err sweep_body(struct db *db, void *ctx)
{
	struct sweeping *s = ctx;
	enum err e = sweep_look(db, s);
	if (e == ERR_OK && s->due)
		e = s->remover->remove(s->remover->ctx, s->key);
	if (e == ERR_OK && s->due)
		e = delete(db, &s->locked);
	s->gone = e == ERR_OK && s->due;
	return e;
}

static enum err sweep_lease_body(struct db *db, void *ctx)
{
	struct sweeping *s = ctx;
	enum err e = sweep_look(db, s);
	if (e == ERR_OK && s->due)
		e = photo_lease_take(db, s->key, &s->lease);
	return e;
}

static enum err sweep_leased(struct db *db, struct sweeping *s)
{
	enum err e = db_transaction(db, sweep_lease_body, s);
	/* another is at it, or it is put into the bucket right now: the next sweep comes to it */
	if (e == ERR_CONFLICT || (e == ERR_OK && !s->due))
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	enum err removed = s->remover->remove(s->remover->ctx, s->key);
	e = photo_object_end(db, s->locked.hash, s->lease, removed == ERR_OK, &s->gone);
	return removed != ERR_OK ? removed : e;
}

enum err photo_db_sweep(struct db *db, struct arena *a, int64_t limit, const struct photo_remover *r, int64_t *n)
{
	struct db_rows due;
	enum err first = ERR_OK;
	*n = 0;
	limit = limit > SWEEP_MAX ? SWEEP_MAX : limit;
	enum err e = db_query(db, &sql_due, DB_ARGS(db_int(PHOTO_KEEP_SECONDS), db_int(limit)), a, SWEEP_MAX, &due);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < due.n; i++) {
		struct sweeping s = {.key = db_cell(&due, i, 0)->s, .remover = r};
		if (!photo_hash_of_key(s.key, s.locked.hash))
			continue;
		e = r->leased ? sweep_leased(db, &s) : db_transaction(db, sweep_body, &s);
		*n += e == ERR_OK && s.gone;
		/* one that cannot be removed does not keep the others */
		if (e != ERR_OK && first == ERR_OK)
			first = e;
		if (e == ERR_DB_AWAY)
			break;
	}
	return first;
}

/* ---- For the check ---- */

static void read_count(const struct db_value *row, size_t columns, void *item)
{
	struct photo_count *c = item;
	const struct db_value *rest = row + PHOTO_OBJECT_COLUMN_COUNT;
	(void)columns;
	*c = (struct photo_count){.stored = rest[0].i, .named = rest[1].i, .unreferenced_at = rest[2].i, .created_at = rest[3].i};
	photo_object_read(row, &c->object);
}

struct counting {
	bool (*each)(void *ctx, const struct photo_count *c);
	void *ctx;
};

static bool hand_on(void *ctx, const struct db_value *row, size_t columns)
{
	const struct counting *c = ctx;
	struct photo_count count;
	read_count(row, columns, &count);
	return c->each(c->ctx, &count);
}

enum err photo_db_objects(struct db *db, bool (*each)(void *ctx, const struct photo_count *c), void *ctx)
{
	struct counting c = {each, ctx};
	return db_each(db, &sql_objects, DB_NO_ARGS, hand_on, &c);
}

enum err photo_db_object_get(struct db *db, struct arena *a, const char *key, bool *there, struct photo_count *out)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	static const struct db_item kind = {sizeof(struct photo_count), read_count};
	void *items = NULL;
	size_t n = 0;
	if (!photo_hash_of_key(key, hash))
		return ERR_INVALID;
	enum err e = db_query_items(db, &sql_object, DB_ARGS(db_blob(hash, sizeof hash)), a, 1, &kind, &items, &n);
	*there = e == ERR_OK && n == 1;
	if (*there)
		*out = *(struct photo_count *)items;
	return e;
}
