/* photo_meta: a record of each photo of a listing: whose, of what, how large, which object, when. The rows of the table photo are the records; with [media] meta =
 * dynamodb there is a copy of each in DynamoDB, for whoever reads them without this database, and it is the copy that is read here.
 *
 * The copy follows by the outbox. A row of kind OUTBOX_PHOTO_RECORD, written in the transaction that adds the photo and in the one that removes it, does not say what to
 * write: it says that this record is to be brought in line. So rows may be delivered twice, late, in any order and by several runners at a time:
 *  - A photo's id is never used again and what is recorded of it never changes: there is one put for it, then, once it is gone, a delete for ever.
 *  - Whoever delivers looks at the photo's row. It is gone: delete. It is there: put, then look again, and when it has gone meanwhile, delete.
 *  - So a put that comes after a delete is taken back by who sent it: the delete's row was gone when it was looked at, the put came later, and the second look later still.
 *  - Whoever is killed between the put and the second look has not marked its row done: it is delivered again, finds the photo gone, and deletes.
 *  - A put that got no answer is not sent again at once (it may still be on its way, behind a delete): its row is put off by most of a minute at least, and looked at anew.
 *  - No lock is held meanwhile, so neither an upload nor a removal waits for DynamoDB.
 * The put holds only over nothing or an older record, the delete only over this object's: a table that another site fills is found out and left alone. */
#pragma once

#include "db/db.h"
#include "model/photo.h"
#include "store/cloud.h"

enum { PHOTO_META_WHY_MAX = 512 };

struct photo_meta {
	int64_t photo_id, listing_id;
	int64_t owner_id;            /* the member */
	enum photo_type type;        /* as it came */
	int64_t bytes;               /* as it came */
	int width, height;           /* of the largest size kept */
	char key[PHOTO_KEY_MAX + 1]; /* the object's hash */
	int64_t created_at;
};

/* Made on the spot; everything in it is the caller's, db the thread's. */
struct photo_meta_store {
	const struct conf *conf;
	struct cloud *cloud;
	struct db *db;
};

/* returns false to stop; runs no statement on db. */
typedef bool photo_meta_each(void *ctx, const struct photo_meta *m);

/* Errors besides the database's, of all three: ERR_DENIED; ERR_TIMEOUT, ERR_CLOSED, ERR_LIMITED: AWS is away; ERR_NOT_FOUND: there is no such table; ERR_INVALID: the configuration,
 * or what the table holds, does not do. why: a sentence's end for the sysadmin, "" where the database says it. */

/* A listing's, in their order (in DynamoDB: as they were added). */
MUST_CHECK enum err photo_meta_of_listing(const struct photo_meta_store *s, struct arena *a, int64_t listing_id, photo_meta_each *each, void *ctx,
                                          char why[static PHOTO_META_WHY_MAX]);
/* A member's, as they were added. In DynamoDB it may be some seconds behind. */
MUST_CHECK enum err photo_meta_of_owner(const struct photo_meta_store *s, int64_t owner_id, photo_meta_each *each, void *ctx, char why[static PHOTO_META_WHY_MAX]);
/* Delivers a row of the outbox; payload: the row's. ERR_CONFLICT: the table holds another record in its place; ERR_RANGE: the payload is none. */
MUST_CHECK enum err photo_meta_settle(const struct photo_meta_store *s, struct arena *a, int64_t photo_id, const char *payload, char why[static PHOTO_META_WHY_MAX]);
