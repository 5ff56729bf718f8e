#include "db/photo_internal.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_FEW = 20, FIRST_MANY = 101 };

/* Drafts, and all that may be seen again: not what is sold, removed or waits for its e-mail to be confirmed. */
#define CHANGEABLE "state IN (0, 1, 2, 4, 5, 6, 8)"
static const struct db_sql sql_lock_own = {"SELECT id FROM listing WHERE id = ? AND member_id = ? AND " CHANGEABLE " FOR UPDATE", false};
static const struct db_sql sql_lock_any = {"SELECT id FROM listing WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_refs = {"SELECT id, hash, position FROM photo WHERE listing_id = ? ORDER BY position, id LIMIT ?", true};
static const struct db_sql sql_place = {"UPDATE photo SET position = ? WHERE id = ?", false};
static const struct db_sql sql_count = {"UPDATE listing SET photos = ? WHERE id = ?", false};
static const struct db_sql sql_delete = {"DELETE FROM photo WHERE id = ?", false};
static const struct db_sql sql_insert = {
	"INSERT INTO photo (listing_id, member_id, hash, position, type, bytes, alt, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP())", false};

/* A row that is there is locked. What it says of the picture follows from the key: it is said again for a row that was made for files alone (photo_db_forget_files). */
static const struct db_sql sql_object = {
	"INSERT INTO photo_object (hash, width, height, bytes, placeholder, refs, unreferenced_at, created_at) VALUES (?, ?, ?, ?, ?, 0, UTC_TIMESTAMP(), UTC_TIMESTAMP())"
	" ON DUPLICATE KEY UPDATE width = VALUES(width), height = VALUES(height), bytes = VALUES(bytes), placeholder = VALUES(placeholder)", false};
static const struct db_sql sql_name = {"UPDATE photo_object SET refs = refs + 1, unreferenced_at = NULL WHERE hash = ?", false};
/* In this order: what is assigned first is seen by what comes after it. */
static const struct db_sql sql_unname = {
	"UPDATE photo_object SET unreferenced_at = IF(refs <= 1, UTC_TIMESTAMP(), NULL), refs = IF(refs <= 1, 0, refs - 1) WHERE hash = ?", false};

#define COLUMNS "p.id, p.listing_id, p.member_id, p.position, p.alt, p.type, p.bytes, p.created_at, " PHOTO_OBJECT_COLUMNS
static const struct db_sql sql_list = {
	"SELECT " COLUMNS " FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.listing_id = ? ORDER BY p.position, p.id LIMIT ?", DB_READS_LATE};
static const struct db_sql sql_get = {"SELECT " COLUMNS " FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.id = ?", DB_READS_LATE};
static const struct db_sql sql_of_member = {
	"SELECT " COLUMNS " FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.member_id = ? ORDER BY p.id", true};
#define OF "SELECT " COLUMNS " FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.listing_id IN ("
#define FIRST "SELECT " COLUMNS " FROM photo p JOIN photo_object o ON o.hash = p.hash WHERE p.position = 0 AND p.listing_id IN ("
#define TEN "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
static const struct db_sql sql_of = {OF TEN ", " TEN ") ORDER BY p.listing_id, p.position, p.id", DB_READS_LATE};
static const struct db_sql sql_first_few = {FIRST TEN ", " TEN ")", DB_READS_LATE};
static const struct db_sql sql_first_many = {
	FIRST TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", ?)", DB_READS_LATE};

/* Not of somebody whose account has ended: there would be nobody to remove it. */
static const struct db_sql sql_member_lock = {"SELECT picture FROM member WHERE id = ? AND state <> 4 FOR UPDATE", false};
static const struct db_sql sql_picture_set = {"UPDATE member SET picture = ? WHERE id = ?", false};
static const struct db_sql sql_picture = {"SELECT " PHOTO_OBJECT_COLUMNS " FROM member m JOIN photo_object o ON o.hash = m.picture WHERE m.id = ?", true};

/* ---- What the files of photo_db share ---- */

static bool row_seen(void *ctx, const struct db_value *row, size_t columns)
{
	(void)row, (void)columns;
	*(bool *)ctx = true;
	return true;
}

enum err photo_listing_lock(struct db *db, int64_t listing_id, int64_t member_id, bool *there)
{
	*there = false;
	if (member_id == 0)
		return db_each(db, &sql_lock_any, DB_ARGS(db_int(listing_id)), row_seen, there);
	enum err e = db_each(db, &sql_lock_own, DB_ARGS(db_int(listing_id), db_int(member_id)), row_seen, there);
	return e == ERR_OK && !*there ? ERR_NOT_FOUND : e;
}

static bool keep_ref(void *ctx, const struct db_value *row, size_t columns)
{
	struct photo_refs *refs = ctx;
	struct photo_ref *r = &refs->list[refs->n++];
	(void)columns;
	*r = (struct photo_ref){.id = row[0].i, .position = row[2].i};
	if (row[1].n == sizeof r->hash)
		memcpy(r->hash, row[1].s, sizeof r->hash);
	return refs->n < PHOTO_REFS_MAX;
}

enum err photo_refs_read(struct db *db, int64_t listing_id, struct photo_refs *out)
{
	out->n = 0;
	return db_each(db, &sql_refs, DB_ARGS(db_int(listing_id), db_int(PHOTO_REFS_MAX)), keep_ref, out);
}

enum err photo_refs_settle(struct db *db, int64_t listing_id, struct photo_refs *refs)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < refs->n; i++) {
		if (refs->list[i].position == (int64_t)i)
			continue;
		refs->list[i].position = (int64_t)i;
		e = db_exec(db, &sql_place, DB_ARGS(db_int((int64_t)i), db_int(refs->list[i].id)), NULL);
	}
	return e == ERR_OK ? db_exec(db, &sql_count, DB_ARGS(db_int((int64_t)refs->n), db_int(listing_id)), NULL) : e;
}

enum err photo_refs_remove(struct db *db, struct photo_refs *refs, size_t i)
{
	struct photo_ref gone = refs->list[i];
	struct db_result result;
	refs->n--;
	memmove(&refs->list[i], &refs->list[i + 1], (refs->n - i) * sizeof *refs->list);
	enum err e = photo_record_order(db, gone.id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_delete, DB_ARGS(db_int(gone.id)), &result);
	/* of two that remove it one has named the object less */
	return e == ERR_OK && result.affected == 1 ? photo_object_unname(db, gone.hash) : e;
}

enum err photo_object_lock(struct db *db, const struct photo_object *o, const uint8_t hash[static PHOTO_HASH_BYTES])
{
	return db_exec(db, &sql_object, DB_ARGS(db_blob(hash, PHOTO_HASH_BYTES), db_int(o->width), db_int(o->height), db_int(o->bytes), db_text(o->placeholder)), NULL);
}

enum err photo_object_name(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES])
{
	return db_exec(db, &sql_name, DB_ARGS(db_blob(hash, PHOTO_HASH_BYTES)), NULL);
}

enum err photo_object_unname(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES])
{
	return db_exec(db, &sql_unname, DB_ARGS(db_blob(hash, PHOTO_HASH_BYTES)), NULL);
}

void photo_object_read(const struct db_value *row, struct photo_object *out)
{
	*out = (struct photo_object){.width = (int)row[1].i, .height = (int)row[2].i, .bytes = row[3].i, .pending = row[5].i != 0};
	snprintf(out->key, sizeof out->key, "%s", row[0].s);
	snprintf(out->placeholder, sizeof out->placeholder, "%s", row[4].s);
}

/* ---- A new photo ---- */

struct adding {
	const struct photo_new *p;
	const struct photo_object *object;
	const struct photo_writer *writer;
	uint8_t hash[PHOTO_HASH_BYTES];
	int64_t id;
	bool again;
};

/* The object has a row before it has files: whatever stops the rest, the sweep knows of them. */
static enum err announce(struct db *db, void *ctx)
{
	const struct adding *a = ctx;
	return photo_object_lock(db, a->object, a->hash);
}

static enum err insert(struct db *db, struct adding *a, const struct photo_refs *refs)
{
	const struct photo_new *p = a->p;
	struct db_result result;
	enum err e = db_exec(db, &sql_insert, DB_ARGS(db_int(p->listing_id), db_int(p->member_id), db_blob(a->hash, PHOTO_HASH_BYTES), db_int((int64_t)refs->n),
	                                              db_int((int64_t)p->type), db_int(p->bytes), db_text(p->alt != NULL ? p->alt : "")), &result);
	if (e == ERR_OK)
		e = photo_object_name(db, a->hash);
	if (e != ERR_OK)
		return e;
	a->id = (int64_t)result.insert_id;
	e = photo_record_order(db, a->id);
	if (e == ERR_OK)
		e = db_exec(db, &sql_count, DB_ARGS(db_int((int64_t)refs->n + 1), db_int(p->listing_id)), NULL);
	return e == ERR_OK ? photo_listing_review(db, p->listing_id, p->review) : e;
}

static enum err add_body(struct db *db, void *ctx)
{
	struct adding *a = ctx;
	struct photo_refs refs;
	bool there;
	a->again = false;
	if (a->p->review != NULL)
		a->p->review->went = false;
	enum err e = photo_listing_lock(db, a->p->listing_id, a->p->member_id, &there);
	if (e == ERR_OK)
		e = photo_object_lock(db, a->object, a->hash);
	if (e == ERR_OK)
		e = photo_refs_read(db, a->p->listing_id, &refs);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < refs.n && !a->again; i++) {
		a->again = memcmp(refs.list[i].hash, a->hash, sizeof a->hash) == 0;
		a->id = refs.list[i].id;
	}
	if (!a->again && refs.n >= PHOTO_MAX)
		return ERR_LIMITED;
	e = a->writer->store(a->writer->ctx);
	return e == ERR_OK && !a->again ? insert(db, a, &refs) : e;
}

enum err photo_db_add(struct db *db, const struct photo_new *p, const struct photo_writer *w, int64_t *id, bool *again)
{
	struct adding a = {.p = p, .object = p->object, .writer = w};
	if (p->member_id == 0 || !photo_hash_of_key(p->object->key, a.hash))
		return ERR_INVALID;
	enum err e = db_transaction(db, announce, &a);
	if (e == ERR_OK)
		e = db_transaction(db, add_body, &a);
	if (e != ERR_OK)
		return e;
	*id = a.id;
	*again = a.again;
	return ERR_OK;
}

/* ---- Reading ---- */

static void read_photo(const struct db_value *row, size_t columns, void *item)
{
	struct photo *p = item;
	(void)columns;
	*p = (struct photo){.id = row[0].i, .listing_id = row[1].i, .member_id = row[2].i, .position = (int)row[3].i, .alt = row[4].s, .type = (enum photo_type)row[5].i,
	                    .bytes = row[6].i, .created_at = row[7].i};
	photo_object_read(row + 8, &p->object);
}
static const struct db_item photo_item = {sizeof(struct photo), read_photo};

enum err photo_db_list(struct db *db, struct arena *a, int64_t listing_id, struct photo **out, size_t *n)
{
	void *items = NULL;
	enum err e = db_query_items(db, &sql_list, DB_ARGS(db_int(listing_id), db_int(PHOTO_MAX)), a, PHOTO_MAX, &photo_item, &items, n);
	*out = items;
	return e;
}

enum err photo_db_get(struct db *db, struct arena *a, int64_t photo_id, struct photo *out)
{
	void *items = NULL;
	size_t n = 0;
	enum err e = db_query_items(db, &sql_get, DB_ARGS(db_int(photo_id)), a, 1, &photo_item, &items, &n);
	if (e != ERR_OK || n == 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	*out = *(struct photo *)items;
	return ERR_OK;
}

struct handing {
	bool (*each)(void *ctx, const struct photo *p);
	void *ctx;
};

static bool hand_on(void *ctx, const struct db_value *row, size_t columns)
{
	const struct handing *h = ctx;
	struct photo p;
	read_photo(row, columns, &p);
	return h->each(h->ctx, &p);
}

enum err photo_db_of_member(struct db *db, int64_t member_id, bool (*each)(void *ctx, const struct photo *p), void *ctx)
{
	struct handing h = {each, ctx};
	return db_each(db, &sql_of_member, DB_ARGS(db_int(member_id)), hand_on, &h);
}

enum err photo_db_of(struct db *db, struct arena *a, const int64_t *listing_ids, size_t n_ids, struct photo **out, size_t *n)
{
	struct db_value args[FIRST_FEW];
	void *items = NULL;
	*out = NULL;
	*n = 0;
	if (n_ids == 0 || n_ids > FIRST_FEW)
		return n_ids == 0 ? ERR_OK : ERR_TOO_LARGE;
	for (size_t i = 0; i < FIRST_FEW; i++)
		args[i] = db_int(i < n_ids ? listing_ids[i] : 0);
	enum err e = db_query_items(db, &sql_of, args, FIRST_FEW, a, FIRST_FEW * PHOTO_REFS_MAX, &photo_item, &items, n);
	*out = items;
	return e;
}

enum err photo_db_first(struct db *db, struct arena *a, const int64_t *listing_ids, size_t n_ids, struct photo **out, size_t *n)
{
	struct db_value args[FIRST_MANY];
	size_t slots = n_ids <= FIRST_FEW ? FIRST_FEW : FIRST_MANY;
	void *items = NULL;
	*out = NULL;
	*n = 0;
	if (n_ids == 0)
		return ERR_OK;
	if (n_ids > FIRST_MANY)
		return ERR_TOO_LARGE;
	for (size_t i = 0; i < slots; i++)
		args[i] = db_int(i < n_ids ? listing_ids[i] : 0);
	enum err e = db_query_items(db, slots == FIRST_FEW ? &sql_first_few : &sql_first_many, args, slots, a, slots, &photo_item, &items, n);
	*out = items;
	return e;
}

/* ---- A member's picture ---- */

struct picturing {
	int64_t member_id;
	struct adding adding; /* object NULL: none any more */
	uint8_t old[PHOTO_HASH_BYTES];
	bool there, had;
};

static bool keep_picture(void *ctx, const struct db_value *row, size_t columns)
{
	struct picturing *p = ctx;
	(void)columns;
	p->there = true;
	p->had = row[0].type != DB_NULL && row[0].n == sizeof p->old;
	if (p->had)
		memcpy(p->old, row[0].s, sizeof p->old);
	return true;
}

static enum err give_up_old(struct db *db, const struct picturing *p)
{
	return p->had ? photo_object_unname(db, p->old) : ERR_OK;
}

static enum err take_new(struct db *db, const struct picturing *p)
{
	const struct adding *a = &p->adding;
	if (a->object == NULL)
		return ERR_OK;
	enum err e = photo_object_lock(db, a->object, a->hash);
	if (e == ERR_OK)
		e = a->writer->store(a->writer->ctx);
	return e == ERR_OK ? photo_object_name(db, a->hash) : e;
}

static enum err picture_body(struct db *db, void *ctx)
{
	struct picturing *p = ctx;
	const struct adding *a = &p->adding;
	p->there = p->had = false;
	enum err e = db_each(db, &sql_member_lock, DB_ARGS(db_int(p->member_id)), keep_picture, p);
	if (e == ERR_OK && !p->there)
		e = ERR_NOT_FOUND;
	if (e != ERR_OK)
		return e;
	/* two rows are locked in the order of their keys */
	bool old_first = a->object == NULL || memcmp(p->old, a->hash, sizeof p->old) < 0;
	e = old_first ? give_up_old(db, p) : take_new(db, p);
	if (e == ERR_OK)
		e = old_first ? take_new(db, p) : give_up_old(db, p);
	struct db_value is = a->object != NULL ? db_blob(a->hash, sizeof a->hash) : db_null();
	return e == ERR_OK ? db_exec(db, &sql_picture_set, DB_ARGS(is, db_int(p->member_id)), NULL) : e;
}

enum err photo_db_picture_set(struct db *db, int64_t member_id, const struct photo_object *object, const struct photo_writer *w)
{
	struct picturing p = {.member_id = member_id, .adding = {.object = object, .writer = w}};
	if (object != NULL && !photo_hash_of_key(object->key, p.adding.hash))
		return ERR_INVALID;
	enum err e = object != NULL ? db_transaction(db, announce, &p.adding) : ERR_OK;
	return e == ERR_OK ? db_transaction(db, picture_body, &p) : e;
}

enum err photo_db_picture(struct db *db, struct arena *a, int64_t member_id, struct photo_object *out)
{
	struct db_rows r;
	*out = (struct photo_object){.key = ""};
	enum err e = db_query(db, &sql_picture, DB_ARGS(db_int(member_id)), a, 1, &r);
	if (e == ERR_OK && r.n == 1)
		photo_object_read(db_cell(&r, 0, 0), out);
	return e;
}
