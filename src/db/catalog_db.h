/* catalog_db: categories and places. */
#pragma once

#include "db/db.h"
#include "model/catalog.h"

/* The whole catalog, allocated as one heap block: free with catalog_free. */
MUST_CHECK enum err catalog_db_load(struct db *db, struct catalog **out);
void catalog_free(struct catalog *c);

/* id 0 in *c: filled in. ERR_EXISTS: the slug is taken. ERR_CONFLICT: the parent is not a top entry. */
MUST_CHECK enum err category_db_add(struct db *db, struct category *c);
MUST_CHECK enum err category_db_edit(struct db *db, const struct category *c);
/* ERR_CONFLICT: it has children or listings. */
MUST_CHECK enum err category_db_remove(struct db *db, int64_t id);
MUST_CHECK enum err place_db_add(struct db *db, struct place *p);
MUST_CHECK enum err place_db_edit(struct db *db, const struct place *p);
MUST_CHECK enum err place_db_remove(struct db *db, int64_t id);
