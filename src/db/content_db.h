/* content_db: resources. */
#pragma once

#include "db/db.h"
#include "model/resource.h"

MUST_CHECK enum err resource_db_list(struct db *db, struct arena *a, struct resource **out, size_t *n);
MUST_CHECK enum err resource_db_get(struct db *db, struct arena *a, const char *slug, struct resource *out);
MUST_CHECK enum err resource_db_add(struct db *db, struct resource *r);
MUST_CHECK enum err resource_db_edit(struct db *db, const struct resource *r);
MUST_CHECK enum err resource_db_remove(struct db *db, const char *slug);
