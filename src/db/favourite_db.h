/* favourite_db: listings that members keep in sight. */
#pragma once

#include "db/db.h"
#include "model/favourite.h"

/* Adding what is there, and removing what is not, changes nothing. Only a published listing may be added: ERR_NOT_FOUND, ERR_GONE when it was
 * there once. ERR_LIMITED: FAVOURITES_MAX of them, however many are added at once. */
MUST_CHECK enum err favourite_db_add(struct db *db, int64_t member_id, int64_t listing_id, int64_t now);
MUST_CHECK enum err favourite_db_remove(struct db *db, int64_t member_id, int64_t listing_id);
/* The last saved first, in the arena. before_at 0: from the first; else those behind that position. At most limit. */
MUST_CHECK enum err favourite_db_list(struct db *db, struct arena *a, int64_t member_id, int64_t before_at, int64_t before_id, unsigned limit, struct favourite **out, size_t *n);
/* A listing in any state and whether the member keeps it, in one query. ERR_NOT_FOUND. */
MUST_CHECK enum err favourite_db_listing(struct db *db, struct arena *a, int64_t member_id, int64_t listing_id, struct listing *out, bool *kept);
