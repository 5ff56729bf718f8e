/* moderation_db: the log of every action. What is in it is public: it names no member, and no listing that cannot be read. */
#pragma once

#include "db/db.h"
#include "model/moderation.h"

/* Adds an entry; inside the transaction that does what it says. */
MUST_CHECK enum err moderation_db_log(struct db *db, const struct moderation_entry *entry);
/* Newest first; before_id 0 for the first page. One more than limit when there are more. */
MUST_CHECK enum err moderation_db_entries(struct db *db, struct arena *a, int64_t before_id, unsigned limit, struct moderation_entry **out, size_t *n);
/* The last one about a listing. ERR_NOT_FOUND. */
MUST_CHECK enum err moderation_db_last(struct db *db, struct arena *a, int64_t listing_id, struct moderation_entry *out);
