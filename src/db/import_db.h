/* import_db: what is asked before many listings go in at once. The batches themselves go in by listing_db_insert_many. */
#pragma once

#include "db/db.h"

/* All listings, in any state. */
MUST_CHECK enum err import_db_total(struct db *db, struct arena *a, int64_t *out);
/* Whether the batch is in. */
MUST_CHECK enum err import_db_has_batch(struct db *db, struct arena *a, const char *batch_key, bool *out);
