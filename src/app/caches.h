/* caches: what a process remembers for a few seconds so that a page costs one query: the catalog, the counts of
 * browsing, and the pool's keys. Nothing here is needed by another worker, and all of it may be lost at any time. */
#pragma once

#include <stdint.h>

#include "db/db.h"
#include "model/catalog.h"

enum { CATALOG_SECONDS = 3, COUNT_SECONDS = 10, COUNT_SLOTS = 1024 };

/* One snapshot of the catalog with the number of requests that hold it. */
struct catalog_ref;

struct catalog_cache;
struct catalog_cache *catalog_cache_new(void);
void catalog_cache_free(struct catalog_cache *cache);
/* A reference to a snapshot at most CATALOG_SECONDS old (with nginx's microcache and the rounding of times a change is
 * seen within 5 s), or an older one while the database is away. */
MUST_CHECK enum err catalog_cache_take(struct catalog_cache *cache, struct db *db, int64_t now, struct catalog_ref **out);
const struct catalog *catalog_ref_catalog(const struct catalog_ref *ref);
void catalog_ref_release(struct catalog_cache *cache, struct catalog_ref *ref);

struct count_cache;
struct count_cache *count_cache_new(void);
void count_cache_free(struct count_cache *cache);
/* key: a hash of the filters. True when a count at most COUNT_SECONDS old is known. */
int count_cache_get(struct count_cache *cache, uint64_t key, int64_t now, int64_t *count);
void count_cache_put(struct count_cache *cache, uint64_t key, int64_t now, int64_t count);

enum site_key { SITE_KEY_FORM, SITE_KEY_CURSOR, SITE_KEY_TOTP, SITE_KEY_UNSUBSCRIBE, SITE_KEY_ACCOUNT, SITE_KEY_COUNT };
struct site_keys;
struct site_keys *site_keys_new(void);
void site_keys_free(struct site_keys *keys);
/* The key's 32 bytes, read from the database once in the life of the process. */
MUST_CHECK enum err site_keys_get(struct site_keys *keys, struct db *db, struct arena *a, enum site_key id, const uint8_t **out);
