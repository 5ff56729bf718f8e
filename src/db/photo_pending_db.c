#include "db/photo_pending_db.h"

#include <sodium.h>

static const struct db_sql sql_add = {"INSERT IGNORE INTO photo_pending (hash, box, webp, bytes) VALUES (?, ?, ?, ?)", false};
static const struct db_sql sql_pending = {"UPDATE photo_object SET pending = 1 WHERE hash = ?", false};
static const struct db_sql sql_list = {"SELECT box, webp, LENGTH(bytes) FROM photo_pending WHERE hash = ? ORDER BY box, webp DESC", true};
static const struct db_sql sql_read = {"SELECT bytes FROM photo_pending WHERE hash = ? AND box = ? AND webp = ?", true};
static const struct db_sql sql_known = {"SELECT pending FROM photo_object WHERE hash = ?", true};
static const struct db_sql sql_count = {"SELECT COUNT(DISTINCT hash), COALESCE(SUM(LENGTH(bytes)), 0) FROM photo_pending", true};
static const struct db_sql sql_order = {
	"INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ('" OUTBOX_PHOTO_PUT "', 0, CONCAT('{\"key\":\"', ?, '\"}'), UTC_TIMESTAMP(), UTC_TIMESTAMP())",
	false};
/* Both sides as short texts in tables of the server's own, which it gives an index: compared row by row, 5,000 of them took minutes. */
static const struct db_sql sql_order_again = {
	"INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) SELECT '" OUTBOX_PHOTO_PUT "', 0, w.payload, UTC_TIMESTAMP(), UTC_TIMESTAMP()"
	" FROM (SELECT DISTINCT CONCAT('{\"key\":\"', LOWER(HEX(hash)), '\"}') AS payload FROM photo_pending) w"
	" LEFT JOIN (SELECT DISTINCT CAST(o.payload AS CHAR(64)) AS payload FROM outbox o WHERE o.kind = '" OUTBOX_PHOTO_PUT "' AND o.state = 0) o ON o.payload = w.payload"
	" WHERE o.payload IS NULL", false};
static const struct db_sql sql_delete = {"DELETE FROM photo_pending WHERE hash = ?", false};

static const struct db_sql sql_lease = {
	"UPDATE photo_object SET busy_by = ?, busy_until = UTC_TIMESTAMP() + INTERVAL ? SECOND WHERE hash = ? AND (busy_until IS NULL OR busy_until <= UTC_TIMESTAMP())", false};
static const struct db_sql sql_release = {"UPDATE photo_object SET busy_until = NULL WHERE hash = ? AND busy_by = ? AND busy_until IS NOT NULL", false};
static const struct db_sql sql_done = {"UPDATE photo_object SET pending = 0, busy_until = NULL WHERE hash = ? AND busy_by = ? AND busy_until IS NOT NULL", false};

/* ---- Files that wait ---- */

enum err photo_pending_db_add(struct db *db, const char *key, const struct photo_pending *files, size_t n)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	uint64_t added = 0;
	if (!photo_hash_of_key(key, hash))
		return ERR_INVALID;
	struct db_value object = db_blob(hash, sizeof hash);
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		struct db_result result = {0};
		e = db_exec(db, &sql_add, DB_ARGS(object, db_int(files[i].box), db_int(files[i].webp), db_blob(files[i].bytes, files[i].n)), &result);
		added += result.affected;
	}
	/* where they wait already, a row of the outbox does too */
	if (e != ERR_OK || added == 0)
		return e;
	e = db_exec(db, &sql_pending, DB_ARGS(object), NULL);
	return e == ERR_OK ? db_exec(db, &sql_order, DB_ARGS(db_text(key)), NULL) : e;
}

struct pending_list {
	struct photo_pending *out;
	size_t n;
};

static bool keep_file(void *ctx, const struct db_value *row, size_t columns)
{
	struct pending_list *l = ctx;
	(void)columns;
	l->out[l->n++] = (struct photo_pending){.box = (int)row[0].i, .webp = row[1].i != 0, .n = (size_t)row[2].i};
	return l->n < PHOTO_FILES_MAX;
}

enum err photo_pending_db_list(struct db *db, const char *key, struct photo_pending out[static PHOTO_FILES_MAX], size_t *n)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	struct pending_list l = {.out = out};
	if (!photo_hash_of_key(key, hash))
		return ERR_INVALID;
	enum err e = db_each(db, &sql_list, DB_ARGS(db_blob(hash, sizeof hash)), keep_file, &l);
	*n = l.n;
	return e;
}

struct pending_bytes {
	struct buf *out;
	bool there;
};

static bool keep_bytes(void *ctx, const struct db_value *row, size_t columns)
{
	struct pending_bytes *b = ctx;
	(void)columns;
	buf_put(b->out, row[0].s, row[0].n);
	b->there = true;
	return true;
}

enum err photo_pending_db_read(struct db *db, const char *key, int box, bool webp, struct buf *out)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	struct pending_bytes b = {.out = out};
	if (!photo_hash_of_key(key, hash))
		return ERR_NOT_FOUND;
	enum err e = db_each(db, &sql_read, DB_ARGS(db_blob(hash, sizeof hash), db_int(box), db_int(webp)), keep_bytes, &b);
	return e != ERR_OK ? e : !b.there ? ERR_NOT_FOUND : out->error;
}

struct known {
	bool there, pending;
};

static bool keep_known(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(struct known *)ctx = (struct known){true, row[0].i != 0};
	return true;
}

enum err photo_pending_db_known(struct db *db, const char *key, bool *pending)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	struct known k = {.there = false};
	if (!photo_hash_of_key(key, hash))
		return ERR_NOT_FOUND;
	enum err e = db_each(db, &sql_known, DB_ARGS(db_blob(hash, sizeof hash)), keep_known, &k);
	*pending = k.pending;
	return e != ERR_OK ? e : k.there ? ERR_OK : ERR_NOT_FOUND;
}

enum err photo_pending_db_order(struct db *db, int64_t *n)
{
	struct db_result result = {0};
	enum err e = db_exec(db, &sql_order_again, DB_NO_ARGS, &result);
	*n = (int64_t)result.affected;
	return e;
}

struct pending_sum {
	int64_t objects, bytes;
};

static bool keep_sum(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(struct pending_sum *)ctx = (struct pending_sum){row[0].i, row[1].i};
	return true;
}

enum err photo_pending_db_count(struct db *db, int64_t *objects, int64_t *bytes)
{
	struct pending_sum sum = {0};
	enum err e = db_each(db, &sql_count, DB_NO_ARGS, keep_sum, &sum);
	*objects = sum.objects;
	*bytes = sum.bytes;
	return e;
}

/* ---- Leases ---- */

enum err photo_lease_take(struct db *db, const char *key, int64_t *lease)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	struct db_result result;
	bool pending;
	if (!photo_hash_of_key(key, hash))
		return ERR_INVALID;
	randombytes_buf(lease, sizeof *lease);
	*lease &= INT64_MAX;
	enum err e = db_exec(db, &sql_lease, DB_ARGS(db_int(*lease), db_int(PHOTO_LEASE_SECONDS), db_blob(hash, sizeof hash)), &result);
	if (e != ERR_OK || result.affected == 1)
		return e;
	e = photo_pending_db_known(db, key, &pending);
	return e == ERR_OK ? ERR_CONFLICT : e;
}

enum err photo_lease_end(struct db *db, const char *key, int64_t lease)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	if (!photo_hash_of_key(key, hash))
		return ERR_INVALID;
	return db_exec_one(db, &sql_release, DB_ARGS(db_blob(hash, sizeof hash), db_int(lease)), ERR_CONFLICT);
}

struct done {
	uint8_t hash[PHOTO_HASH_BYTES];
	int64_t lease;
};

/* The object's row first: whoever adds files holds it. */
static enum err done_body(struct db *db, void *ctx)
{
	const struct done *d = ctx;
	struct db_value hash = db_blob(d->hash, sizeof d->hash);
	enum err e = db_exec_one(db, &sql_done, DB_ARGS(hash, db_int(d->lease)), ERR_CONFLICT);
	return e == ERR_OK ? db_exec(db, &sql_delete, DB_ARGS(hash), NULL) : e;
}

enum err photo_pending_db_done(struct db *db, const char *key, int64_t lease)
{
	struct done d = {.lease = lease};
	return photo_hash_of_key(key, d.hash) ? db_transaction(db, done_body, &d) : ERR_INVALID;
}
