/* photo_meta: a record of each photo of a listing: whose, of what, how large, which object, when. The rows of the table photo are the record here; in DynamoDB,
 * later, it is a copy that the outbox keeps up to date: so put and remove may come twice, and late, and say nothing new then. */
#pragma once

#include "db/db.h"
#include "model/photo.h"

struct photo_meta {
	int64_t photo_id, listing_id;
	int64_t owner_id;            /* the member */
	enum photo_type type;        /* as it came */
	int64_t bytes;               /* as it came */
	int width, height;           /* of the largest size kept */
	char key[PHOTO_KEY_MAX + 1]; /* the object's hash */
	int64_t created_at;
};

/* db: the caller's, which lives as long as the store and is used by its thread. */
struct photo_meta_store;
MUST_CHECK enum err photo_meta_open(const struct conf *conf, struct db *db, struct photo_meta_store **out);
void photo_meta_close(struct photo_meta_store *s);
/* ERR_CONFLICT: there is another record of this photo; ERR_NOT_FOUND: the photo has gone since. */
MUST_CHECK enum err photo_meta_put(struct photo_meta_store *s, struct arena *a, const struct photo_meta *m);
MUST_CHECK enum err photo_meta_get(struct photo_meta_store *s, struct arena *a, int64_t photo_id, struct photo_meta *out);
/* None there is no error. */
MUST_CHECK enum err photo_meta_remove(struct photo_meta_store *s, struct arena *a, int64_t photo_id);
/* Those of a listing in their order; each returns false to stop. */
MUST_CHECK enum err photo_meta_each(struct photo_meta_store *s, struct arena *a, int64_t listing_id, bool (*each)(void *ctx, const struct photo_meta *m), void *ctx);
