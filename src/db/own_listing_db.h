/* own_listing_db: listings as their owners see them: all states, views, messages; and what only owners do. Changes of state are
 * listing_db_change_state(). */
#pragma once

#include "db/listing_db.h"
#include "model/own_listing.h"

/* A member's, newest first; before_id 0 for the first page. Everything of a listing, its description too. */
MUST_CHECK enum err own_listing_db_page(struct db *db, struct arena *a, int64_t member_id, int64_t before_id, unsigned limit, struct own_listing **out, size_t *n);
/* One with what its owner is shown of it; member_id 0: a visitor's. ERR_NOT_FOUND: not that member's. */
MUST_CHECK enum err own_listing_db_get(struct db *db, struct arena *a, int64_t id, int64_t member_id, struct own_listing *out);
/* ERR_NOT_FOUND: not that member's; ERR_CONFLICT: no draft. */
MUST_CHECK enum err own_listing_db_delete_draft(struct db *db, int64_t id, int64_t member_id);

/* Inside a transaction: the listing of an address that is a member's becomes that member's. */
MUST_CHECK enum err own_listing_db_adopt(struct db *db, int64_t id);
/* Inside a transaction, after somebody proved that the address (lower-cased) is theirs: what they submitted as a visitor and confirmed becomes the
 * member's, and the links by which they managed it end. Unconfirmed
 * ones stay what they are: whoever wrote them has not shown to be that somebody. */
MUST_CHECK enum err own_listing_db_claim(struct db *db, struct arena *a, int64_t member_id, const char *email);

/* Who gets the mails about what is submitted under an address. ERR_NOT_FOUND: no member's. */
MUST_CHECK enum err own_listing_db_member_of(struct db *db, struct arena *a, const char *email, int64_t *member_id, enum member_trust *trust);

struct listing_views {
	int64_t listing_id, views;
};
/* Adds to what was counted; sorts list. */
MUST_CHECK enum err own_listing_db_views_add(struct db *db, struct listing_views *list, size_t n);
