/* site_db: what the pool shares: keys, limits, outbox, readiness. */
#pragma once

#include "db/db.h"

enum { SITE_KEY_BYTES = 32 };

/* A key by name ("form", "cursor"), made by the migrations. ERR_NOT_FOUND. */
MUST_CHECK enum err site_db_key(struct db *db, struct arena *a, const char *name, uint8_t out[static SITE_KEY_BYTES]);
/* Counts one attempt of key in the window (seconds) that holds now; ERR_LIMITED when that makes more than limit. One row per key and
 * window. Old windows are deleted a few at a time on the way. */
MUST_CHECK enum err rate_db_count(struct db *db, const char *key, int64_t now, int64_t window, int64_t limit);
/* Attempts counted so far in the window that holds now. */
MUST_CHECK enum err rate_db_attempts(struct db *db, struct arena *a, const char *key, int64_t now, int64_t window, int64_t *out);
/* Takes one attempt back, of the same window: it was none to count. */
MUST_CHECK enum err rate_db_forgive(struct db *db, const char *key, int64_t now, int64_t window);
/* The limit's key for an address: kind, then the IPv4 address or the IPv6 /64. */
void rate_key(const char *kind, const char *address, char out[static 96]);
/* Adds an outbox row; called inside a transaction. payload: JSON. */
MUST_CHECK enum err outbox_db_add(struct db *db, const char *kind, int64_t subject_id, const char *payload);
/* SELECT 1, and the schema's newest migration number. */
MUST_CHECK enum err site_db_ready(struct db *db, struct arena *a, int64_t *schema);
