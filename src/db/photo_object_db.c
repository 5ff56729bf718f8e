#include "db/photo_internal.h"

#include <stdio.h>
#include <string.h>

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

static enum err recount_body(struct db *db, void *ctx)
{
	struct locked *l = ctx;
	enum err e = lock(db, l);
	return e == ERR_OK && l->there ? set_count(db, l) : e;
}

enum err photo_db_recount(struct db *db, const char *key)
{
	struct locked l;
	return photo_hash_of_key(key, l.hash) ? db_transaction(db, recount_body, &l) : ERR_INVALID;
}

/* ---- The sweep ---- */

struct sweeping {
	struct locked locked;
	const char *key;
	enum err (*remove)(void *ctx, const char *key);
	void *ctx;
	bool gone;
};

static enum err sweep_body(struct db *db, void *ctx)
{
	struct sweeping *s = ctx;
	struct locked *l = &s->locked;
	s->gone = false;
	enum err e = lock(db, l);
	if (e != ERR_OK || !l->there || !l->due)
		return e;
	if (l->named > 0) {
		LOG_WARN("photo_miscounted", LOG_S("key", s->key), LOG_I("stored", l->stored), LOG_I("named", l->named));
		return set_count(db, l);
	}
	e = s->remove(s->ctx, s->key);
	if (e == ERR_OK)
		e = delete(db, l);
	s->gone = e == ERR_OK;
	return e;
}

enum err photo_db_sweep(struct db *db, struct arena *a, int64_t limit, enum err (*remove)(void *ctx, const char *key), void *ctx, int64_t *n)
{
	struct db_rows due;
	enum err first = ERR_OK;
	*n = 0;
	limit = limit > SWEEP_MAX ? SWEEP_MAX : limit;
	enum err e = db_query(db, &sql_due, DB_ARGS(db_int(PHOTO_KEEP_SECONDS), db_int(limit)), a, SWEEP_MAX, &due);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < due.n; i++) {
		struct sweeping s = {.key = db_cell(&due, i, 0)->s, .remove = remove, .ctx = ctx};
		if (!photo_hash_of_key(s.key, s.locked.hash))
			continue;
		e = db_transaction(db, sweep_body, &s);
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
