/* address_db: the addresses visitors left on /reverse-ip, where the database keeps them. */
#pragma once

#include "db/db.h"
#include "model/address.h"

MUST_CHECK enum err address_db_add(struct db *db, const char *ip, int64_t now);
/* Newest first, at most limit. */
MUST_CHECK enum err address_db_latest(struct db *db, struct arena *a, unsigned limit, struct address_seen **items, size_t *n);
/* Deletes at most limit of those stored before then; *n says how many. */
MUST_CHECK enum err address_db_forget(struct db *db, int64_t before, int64_t limit, int64_t *n);
