#include "db/photo_internal.h"

#include <stdlib.h>
#include <string.h>

#include "db/listing_internal.h"
#include "db/moderation_db.h"

static const struct db_sql sql_alt = {"UPDATE photo SET alt = ? WHERE id = ?", false};
static const struct db_sql sql_end_listing = {
	"INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) SELECT '" OUTBOX_PHOTOS "', listing_id, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM photo"
	" WHERE listing_id = ? LIMIT 1", false};
static const struct db_sql sql_end_listings = {
	"INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) SELECT '" OUTBOX_PHOTOS "', id, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM listing"
	" WHERE member_id = ? AND photos > 0", false};
static const struct db_sql sql_end_alts = {"UPDATE photo SET alt = '' WHERE member_id = ?", false};
static const struct db_sql sql_picture_lock = {"SELECT picture FROM member WHERE id = ? AND picture IS NOT NULL FOR UPDATE", false};
static const struct db_sql sql_picture_end = {"UPDATE member SET picture = NULL WHERE id = ?", false};

/* ---- A photo of a listing ---- */

enum err photo_listing_review(struct db *db, int64_t listing_id, struct photo_review *review)
{
	if (review == NULL)
		return ERR_OK;
	struct listing_change back = {.from = LISTING_IN(LISTING_PUBLISHED) | LISTING_IN(LISTING_EXPIRED), .to = LISTING_PENDING, .now = review->now};
	/* A moderator who looks at it now decides about what is there now: its version says so. */
	struct listing_change seen = {.from = LISTING_IN(LISTING_PENDING) | LISTING_IN(LISTING_HELD) | LISTING_IN(LISTING_REJECTED), .keep_state = true, .now = review->now};
	enum err e = review->published ? listing_change_within(db, NULL, listing_id, &back) : ERR_CONFLICT;
	review->went = e == ERR_OK;
	if (e == ERR_CONFLICT)
		e = listing_change_within(db, NULL, listing_id, &seen);
	return e == ERR_CONFLICT ? ERR_OK : e;
}

struct change {
	int64_t member_id, listing_id; /* member_id 0: anybody's */
	int64_t photo_id;
	int to;
	const char *alt;
	struct photo_review *review;
	const int64_t *ids;
	size_t n_ids;
	const struct moderation_entry *entry;
	enum err (*how)(struct db *db, const struct change *c, struct photo_refs *refs, size_t at);
};

static enum err change_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	struct photo_refs refs;
	bool there;
	enum err e = photo_listing_lock(db, c->listing_id, c->member_id, &there);
	if (e == ERR_OK)
		e = photo_refs_read(db, c->listing_id, &refs);
	if (e != ERR_OK || c->ids != NULL)
		return e != ERR_OK ? e : c->how(db, c, &refs, 0);
	for (size_t i = 0; i < refs.n; i++)
		if (refs.list[i].id == c->photo_id)
			return c->how(db, c, &refs, i);
	return ERR_NOT_FOUND;
}

static enum err move(struct db *db, const struct change *c, struct photo_refs *refs, size_t at)
{
	struct photo_ref moved = refs->list[at];
	size_t to = c->to < 0 ? 0 : (size_t)c->to < refs->n ? (size_t)c->to : refs->n - 1;
	if (to > at)
		memmove(&refs->list[at], &refs->list[at + 1], (to - at) * sizeof moved);
	else
		memmove(&refs->list[to + 1], &refs->list[to], (at - to) * sizeof moved);
	refs->list[to] = moved;
	return photo_refs_settle(db, c->listing_id, refs);
}

enum err photo_db_move(struct db *db, int64_t member_id, int64_t listing_id, int64_t photo_id, int to)
{
	struct change c = {.member_id = member_id, .listing_id = listing_id, .photo_id = photo_id, .to = to, .how = move};
	return member_id != 0 ? db_transaction(db, change_body, &c) : ERR_NOT_FOUND;
}

static enum err put_in_order(struct db *db, const struct change *c, struct photo_refs *refs, size_t at)
{
	if (c->n_ids != refs->n)
		return ERR_CONFLICT;
	for (; at < c->n_ids; at++) {
		size_t i = at;
		while (i < refs->n && refs->list[i].id != c->ids[at])
			i++;
		if (i == refs->n)
			return ERR_CONFLICT;
		struct photo_ref swapped = refs->list[at];
		refs->list[at] = refs->list[i];
		refs->list[i] = swapped;
	}
	return photo_refs_settle(db, c->listing_id, refs);
}

enum err photo_db_order(struct db *db, int64_t member_id, int64_t listing_id, const int64_t *ids, size_t n)
{
	struct change c = {.member_id = member_id, .listing_id = listing_id, .ids = ids, .n_ids = n, .how = put_in_order};
	return member_id != 0 && ids != NULL ? db_transaction(db, change_body, &c) : ERR_NOT_FOUND;
}

static enum err set_alt(struct db *db, const struct change *c, struct photo_refs *refs, size_t at)
{
	enum err e = db_exec(db, &sql_alt, DB_ARGS(db_text(c->alt), db_int(refs->list[at].id)), NULL);
	return e == ERR_OK ? photo_listing_review(db, c->listing_id, c->review) : e;
}

enum err photo_db_alt(struct db *db, int64_t member_id, int64_t listing_id, int64_t photo_id, const char *alt, struct photo_review *review)
{
	struct change c = {.member_id = member_id, .listing_id = listing_id, .photo_id = photo_id, .alt = alt, .review = review, .how = set_alt};
	return member_id != 0 ? db_transaction(db, change_body, &c) : ERR_NOT_FOUND;
}

static enum err take_away(struct db *db, const struct change *c, struct photo_refs *refs, size_t at)
{
	enum err e = photo_refs_remove(db, refs, at);
	if (e == ERR_OK)
		e = photo_refs_settle(db, c->listing_id, refs);
	return e == ERR_OK && c->entry != NULL ? moderation_db_log(db, c->entry) : e;
}

enum err photo_db_remove(struct db *db, int64_t member_id, int64_t listing_id, int64_t photo_id)
{
	struct change c = {.member_id = member_id, .listing_id = listing_id, .photo_id = photo_id, .how = take_away};
	return member_id != 0 ? db_transaction(db, change_body, &c) : ERR_NOT_FOUND;
}

enum err photo_db_take_down(struct db *db, int64_t listing_id, int64_t photo_id, const struct moderation_entry *entry)
{
	struct change c = {.listing_id = listing_id, .photo_id = photo_id, .entry = entry, .how = take_away};
	return db_transaction(db, change_body, &c);
}

/* ---- What ends them ---- */

struct ending {
	int64_t listing_id, gone;
};

static int by_hash(const void *a, const void *b)
{
	return memcmp(((const struct photo_ref *)a)->hash, ((const struct photo_ref *)b)->hash, PHOTO_HASH_BYTES);
}

static enum err remove_all(struct db *db, void *ctx)
{
	struct ending *ending = ctx;
	struct photo_refs refs;
	bool there;
	ending->gone = 0;
	enum err e = photo_listing_lock(db, ending->listing_id, 0, &there);
	for (;;) {
		if (e == ERR_OK)
			e = photo_refs_read(db, ending->listing_id, &refs);
		if (e != ERR_OK || refs.n == 0)
			break;
		ending->gone += (int64_t)refs.n;
		qsort(refs.list, refs.n, sizeof *refs.list, by_hash);
		while (e == ERR_OK && refs.n > 0)
			e = photo_refs_remove(db, &refs, 0);
	}
	return e == ERR_OK ? photo_refs_settle(db, ending->listing_id, &refs) : e;
}

enum err photo_db_remove_of_listing(struct db *db, int64_t listing_id, int64_t *n)
{
	struct ending ending = {.listing_id = listing_id};
	enum err e = db_transaction(db, remove_all, &ending);
	*n = e == ERR_OK ? ending.gone : 0;
	return e;
}

enum err photo_db_end_of_listing(struct db *db, int64_t listing_id)
{
	return db_exec(db, &sql_end_listing, DB_ARGS(db_int(listing_id)), NULL);
}

struct picture {
	uint8_t hash[PHOTO_HASH_BYTES];
	bool there;
	int64_t member_id;
	uint8_t seen[PHOTO_HASH_BYTES]; /* the one that was to go */
	const struct moderation_entry *entry;
};

static bool keep_picture(void *ctx, const struct db_value *row, size_t columns)
{
	struct picture *p = ctx;
	(void)columns;
	p->there = row[0].n == sizeof p->hash;
	if (p->there)
		memcpy(p->hash, row[0].s, sizeof p->hash);
	return true;
}

/* The lock, and what they have. */
static enum err picture_read(struct db *db, struct picture *p)
{
	p->there = false;
	return db_each(db, &sql_picture_lock, DB_ARGS(db_int(p->member_id)), keep_picture, p);
}

static enum err picture_end(struct db *db, const struct picture *p)
{
	enum err e = p->there ? photo_object_unname(db, p->hash) : ERR_OK;
	return e == ERR_OK ? db_exec(db, &sql_picture_end, DB_ARGS(db_int(p->member_id)), NULL) : e;
}

enum err photo_db_end_of_member(struct db *db, int64_t member_id)
{
	struct picture picture = {.member_id = member_id};
	enum err e = db_exec(db, &sql_end_listings, DB_ARGS(db_int(member_id)), NULL);
	/* what they wrote is not to wait */
	if (e == ERR_OK)
		e = db_exec(db, &sql_end_alts, DB_ARGS(db_int(member_id)), NULL);
	if (e == ERR_OK)
		e = picture_read(db, &picture);
	return e == ERR_OK ? picture_end(db, &picture) : e;
}

static enum err take_picture_down(struct db *db, void *ctx)
{
	struct picture *p = ctx;
	enum err e = picture_read(db, p);
	if (e == ERR_OK && (!p->there || memcmp(p->hash, p->seen, sizeof p->hash) != 0))
		e = ERR_CONFLICT;
	if (e == ERR_OK)
		e = picture_end(db, p);
	return e == ERR_OK ? moderation_db_log(db, p->entry) : e;
}

enum err photo_db_picture_take_down(struct db *db, int64_t member_id, const char *key, const struct moderation_entry *entry)
{
	struct picture picture = {.member_id = member_id, .entry = entry};
	return photo_hash_of_key(key, picture.seen) ? db_transaction(db, take_picture_down, &picture) : ERR_CONFLICT;
}
