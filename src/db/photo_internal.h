/* photo_internal: what the files of photo_db share. Locks are taken in one order: members, listings, objects; those of a kind by their key. Where the
 * listing's row is locked its photos do not change, and where an object's is, nobody comes to name it and nobody writes its files. */
#pragma once

#include "db/photo_db.h"

/* Of more than a listing has, so that damaged ones can be read. */
enum { PHOTO_REFS_MAX = 64 };

struct photo_ref {
	int64_t id;
	uint8_t hash[PHOTO_HASH_BYTES];
	int64_t position;
};

struct photo_refs {
	struct photo_ref list[PHOTO_REFS_MAX];
	size_t n;
};

/* The rest runs inside a transaction. */

/* Locks a listing: a member's whose photos may change (ERR_NOT_FOUND when it is none), or with member_id 0 any that is there (*there). */
MUST_CHECK enum err photo_listing_lock(struct db *db, int64_t listing_id, int64_t member_id, bool *there);
/* Its photos in their order. */
MUST_CHECK enum err photo_refs_read(struct db *db, int64_t listing_id, struct photo_refs *out);
/* Brings rows and the listing's count in line with refs: positions from 0 on. */
MUST_CHECK enum err photo_refs_settle(struct db *db, int64_t listing_id, struct photo_refs *refs);
/* Deletes photo number i of refs and names its object once less. refs are to be settled then. */
MUST_CHECK enum err photo_refs_remove(struct db *db, struct photo_refs *refs, size_t i);

/* Orders that the photo's record is brought in line with its row: after it was added, before it is deleted. */
MUST_CHECK enum err photo_record_order(struct db *db, int64_t photo_id);

/* review may be NULL. */
MUST_CHECK enum err photo_listing_review(struct db *db, int64_t listing_id, struct photo_review *review);

/* Makes the object's row where there is none, and locks it. */
MUST_CHECK enum err photo_object_lock(struct db *db, const struct photo_object *o, const uint8_t hash[static PHOTO_HASH_BYTES]);
MUST_CHECK enum err photo_object_name(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES]);
MUST_CHECK enum err photo_object_unname(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES]);

/* What remove is done to under a lease, then the row's end: it goes where it is still nobody's and still that lease's, else the lease ends. *gone: it went. */
MUST_CHECK enum err photo_object_end(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES], int64_t lease, bool removed, bool *gone);
/* Inside a transaction: sets the stored count of a locked object to what rows name. */
MUST_CHECK enum err photo_object_recount(struct db *db, const uint8_t hash[static PHOTO_HASH_BYTES]);

#define PHOTO_OBJECT_COLUMNS "LOWER(HEX(o.hash)), o.width, o.height, o.bytes, o.placeholder, o.pending"
enum { PHOTO_OBJECT_COLUMN_COUNT = 6 };
void photo_object_read(const struct db_value *row, struct photo_object *out);
