/* photo_db: photos of listings, members' pictures, and the stored objects they name. An object's row counts who names it; its files go 24 hours after the
 * last one has gone, under the row's lock, so never while a row names it. */
#pragma once

#include "db/db.h"
#include "model/photo.h"

enum { PHOTO_KEEP_SECONDS = 24 * 3600 };
/* Kind of the outbox rows that remove a listing's photos; subject_id: the listing. */
#define OUTBOX_PHOTOS "photos"
/* And of those that bring the record of a photo in line with its row, which may be gone (store/photo_meta.h); subject_id: the photo. Written with the row, and with its
 * end, where [media] meta is dynamodb. */
#define OUTBOX_PHOTO_RECORD "photo_meta"

/* What a moderator is to see again when a photo or its words are new, in the transaction that makes them so: of what waits for one the version changes. */
struct photo_review {
	bool published; /* what is published, or has ended, goes back to them too */
	int64_t now;
	bool went;      /* out: it did */
};
/* What a new photo is, but for its id and position. */
struct photo_new {
	int64_t listing_id, member_id;
	const char *alt;
	enum photo_type type;
	int64_t bytes;
	const struct photo_object *object;
	struct photo_review *review; /* NULL: nobody is to see anything */
};
/* store writes the object's files: it is called inside the transaction, with the object's row locked, and may be called again when the transaction is; its
 * error ends the transaction. *id is the photo's; the same object again in one listing is the photo that is there (*again true). ERR_NOT_FOUND: no such
 * listing of this member in a state whose photos may change; ERR_LIMITED: it has PHOTO_MAX. */
struct photo_writer { enum err (*store)(void *ctx); void *ctx; };
MUST_CHECK enum err photo_db_add(struct db *db, const struct photo_new *p, const struct photo_writer *w, int64_t *id, bool *again);
/* Photos of a listing by position, at most PHOTO_MAX; of anybody's. */
MUST_CHECK enum err photo_db_list(struct db *db, struct arena *a, int64_t listing_id, struct photo **out, size_t *n);
/* One, of any listing; ERR_NOT_FOUND. */
MUST_CHECK enum err photo_db_get(struct db *db, struct arena *a, int64_t photo_id, struct photo *out);
/* A member's photos in the order they came. each runs no statement on db. */
MUST_CHECK enum err photo_db_of_member(struct db *db, int64_t member_id, bool (*each)(void *ctx, const struct photo *p), void *ctx);
/* Orders the records of at most limit photos behind the one with id *after, in one statement, but for those that are ordered already; *after is the last one looked at, *seen
 * how many were, *n how many of them were ordered. Orders them twice where two of these run at a time, which does no harm. */
MUST_CHECK enum err photo_db_order_records(struct db *db, int64_t limit, int64_t *after, int64_t *seen, int64_t *n);
/* The first photo of each of n listings that has any, for a list of them: one statement. */
MUST_CHECK enum err photo_db_first(struct db *db, struct arena *a, const int64_t *listing_ids, size_t n_ids, struct photo **out, size_t *n);
/* All photos of each of n listings, at most 20, by listing and position. */
MUST_CHECK enum err photo_db_of(struct db *db, struct arena *a, const int64_t *listing_ids, size_t n_ids, struct photo **out, size_t *n);
/* The owner's changes; ERR_NOT_FOUND: no such photo in a listing of this member. Positions stay without gaps; the listing's version changes by a review only
 * (NULL: there is none). */
MUST_CHECK enum err photo_db_move(struct db *db, int64_t member_id, int64_t listing_id, int64_t photo_id, int to);
/* All of a listing's photos in a new order; ERR_CONFLICT: ids are not just the photos it has. */
MUST_CHECK enum err photo_db_order(struct db *db, int64_t member_id, int64_t listing_id, const int64_t *ids, size_t n);
MUST_CHECK enum err photo_db_alt(struct db *db, int64_t member_id, int64_t listing_id, int64_t photo_id, const char *alt, struct photo_review *review);
MUST_CHECK enum err photo_db_remove(struct db *db, int64_t member_id, int64_t listing_id, int64_t photo_id);
/* A moderator's: of any listing, any state; entry goes into the moderation log with it (NULL: none does). ERR_NOT_FOUND. */
struct moderation_entry;
MUST_CHECK enum err photo_db_take_down(struct db *db, int64_t listing_id, int64_t photo_id, const struct moderation_entry *entry);
/* All photos of a listing, which may be gone itself; again there is nothing to do. *n photos went. */
MUST_CHECK enum err photo_db_remove_of_listing(struct db *db, int64_t listing_id, int64_t *n);
/* Inside a transaction that ends a listing, or all listings and the picture of a member: orders the removal of the photos by the outbox, which comes to
 * photo_db_remove_of_listing. */
MUST_CHECK enum err photo_db_end_of_listing(struct db *db, int64_t listing_id);
MUST_CHECK enum err photo_db_end_of_member(struct db *db, int64_t member_id);

/* A member's picture: the object with this key (NULL: none any more); store as in photo_db_add. ERR_NOT_FOUND: no such member, or one whose account has ended. */
MUST_CHECK enum err photo_db_picture_set(struct db *db, int64_t member_id, const struct photo_object *object, const struct photo_writer *w);
/* A moderator's removal of the one with this key; entry goes into the moderation log with it. ERR_CONFLICT: it is not theirs any more. */
MUST_CHECK enum err photo_db_picture_take_down(struct db *db, int64_t member_id, const char *key, const struct moderation_entry *entry);
/* key "" when there is none. */
MUST_CHECK enum err photo_db_picture(struct db *db, struct arena *a, int64_t member_id, struct photo_object *out);

/* The sweep: up to limit objects that nobody has named for PHOTO_KEEP_SECONDS. remove deletes the files, called with the row locked; or, where it waits for a network,
 * with a lease on the object and nothing locked (leased): an upload that comes meanwhile brings its files along (photo_pending_db.h). */
struct photo_remover {
	enum err (*remove)(void *ctx, const char *key);
	void *ctx;
	bool leased;
};
MUST_CHECK enum err photo_db_sweep(struct db *db, struct arena *a, int64_t limit, const struct photo_remover *r, int64_t *n);
/* For the check: every object, by its key, with its count as stored and as rows name it. each runs no statement on db. */
struct photo_count { struct photo_object object; int64_t stored, named; int64_t unreferenced_at, created_at; };
MUST_CHECK enum err photo_db_objects(struct db *db, bool (*each)(void *ctx, const struct photo_count *c), void *ctx);
MUST_CHECK enum err photo_db_object_get(struct db *db, struct arena *a, const char *key, bool *there, struct photo_count *out);
/* Sets the stored count to what rows name, under the row's lock. */
MUST_CHECK enum err photo_db_recount(struct db *db, const char *key);

/* What the check finds without looking at files: photos of listings that are not there or were removed, listings whose photos are miscounted or have gaps, and members whose
 * picture is no object. Photos whose removal the outbox still has to deliver are left out. */
enum photo_stray_kind { PHOTO_STRAY_LISTING, PHOTO_STRAY_COUNT, PHOTO_STRAY_PICTURE, PHOTO_STRAY_KINDS };
MUST_CHECK enum err photo_db_strays(struct db *db, enum photo_stray_kind kind, bool (*each)(void *ctx, int64_t id), void *ctx);
/* By the id of the listing or member. */
MUST_CHECK enum err photo_db_stray_mend(struct db *db, enum photo_stray_kind kind, int64_t id);

/* Both with the object's row locked, so that nobody writes the files meanwhile; leased: as for the sweep. */
struct photo_mender {
	enum err (*broken)(void *ctx, const struct photo_object *o, bool *broken); /* is it still? */
	enum err (*remove)(void *ctx, const char *key);                            /* deletes what there is of its files */
	void *ctx;
	bool leased;
};
/* The object's files are gone or damaged for good: its photos and pictures go too, then what is left of the files, then the row. *n rows that named it; 0 too
 * when it is not broken any more. */
MUST_CHECK enum err photo_db_forget_object(struct db *db, struct arena *a, const char *key, const struct photo_mender *m, int64_t *n);
/* Files that no row has: removed unless a row has come. */
MUST_CHECK enum err photo_db_forget_files(struct db *db, const char *key, const struct photo_mender *m, bool *removed);
