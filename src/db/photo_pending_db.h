/* photo_pending_db: photos whose files go into a bucket: they lie in the database until the jobs have put them there, by an outbox row of their own. Who writes or removes an
 * object's files there holds it by a lease, and no row is locked while the network is waited for. */
#pragma once

#include "db/db.h"
#include "model/photo.h"

/* Kind of the outbox rows that put an object's files into the bucket; payload: {"key":"…"}. */
#define OUTBOX_PHOTO_PUT "photo_put"
/* Longer than anybody takes for one object. */
enum { PHOTO_LEASE_SECONDS = 900 };

struct photo_pending {
	int box;
	bool webp;
	const void *bytes; /* NULL where it was not read */
	size_t n;
};
/* Inside the transaction that names the object, whose row is locked (struct photo_writer). Again there is nothing to do. */
MUST_CHECK enum err photo_pending_db_add(struct db *db, const char *key, const struct photo_pending *files, size_t n);
/* What of an object still waits, smallest first; none is no error. */
MUST_CHECK enum err photo_pending_db_list(struct db *db, const char *key, struct photo_pending out[static PHOTO_FILES_MAX], size_t *n);
/* One file, appended to out; ERR_NOT_FOUND. */
MUST_CHECK enum err photo_pending_db_read(struct db *db, const char *key, int box, bool webp, struct buf *out);
/* Is there an object whose files are in the bucket, or on their way? *pending: some are on their way. ERR_NOT_FOUND. */
MUST_CHECK enum err photo_pending_db_known(struct db *db, const char *key, bool *pending);
/* Orders again what nothing in the outbox will come to: a row was dropped by hand, or given up. *n were. */
MUST_CHECK enum err photo_pending_db_order(struct db *db, int64_t *n);
/* Objects that wait, and their bytes. */
MUST_CHECK enum err photo_pending_db_count(struct db *db, int64_t *objects, int64_t *bytes);

/* ERR_NOT_FOUND: no such object; ERR_CONFLICT: another has it. */
MUST_CHECK enum err photo_lease_take(struct db *db, const char *key, int64_t *lease);
/* ERR_CONFLICT: it is no longer this one's. */
MUST_CHECK enum err photo_lease_end(struct db *db, const char *key, int64_t lease);
/* All that waited is in the bucket: the files go from here, and the lease ends. Errors as above. */
MUST_CHECK enum err photo_pending_db_done(struct db *db, const char *key, int64_t lease);
