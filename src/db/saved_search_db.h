/* saved_search_db: searches that members keep, and what was told of them by mail. */
#pragma once

#include "db/db.h"
#include "model/favourite.h"

/* ERR_EXISTS: the member keeps that query already; *id is that one's. ERR_LIMITED: SAVED_SEARCHES_MAX of them, however many are added at once. */
MUST_CHECK enum err saved_search_db_add(struct db *db, int64_t member_id, const struct saved_search *s, int64_t now, int64_t *id);
/* All of a member's, by name, in the arena. */
MUST_CHECK enum err saved_search_db_list(struct db *db, struct arena *a, int64_t member_id, struct saved_search **out, size_t *n);
/* ERR_NOT_FOUND: there is none of that number, or it is somebody else's. */
MUST_CHECK enum err saved_search_db_get(struct db *db, struct arena *a, int64_t member_id, int64_t id, struct saved_search *out);
/* Name and frequency. Mails begin with what is published from now on. ERR_NOT_FOUND. */
MUST_CHECK enum err saved_search_db_change(struct db *db, int64_t member_id, int64_t id, const char *name, enum alert_frequency frequency, int64_t now);
MUST_CHECK enum err saved_search_db_delete(struct db *db, int64_t member_id, int64_t id);
/* No more mails of it; nothing when there is none. */
MUST_CHECK enum err saved_search_db_unsubscribe(struct db *db, int64_t id);

/* A listing that a mail told of. */
struct saved_search_sent {
	struct listing listing; /* as lists show it, with its state */
	int64_t sent_at;
};
/* The last ones first. */
MUST_CHECK enum err saved_search_db_sent(struct db *db, struct arena *a, int64_t id, unsigned limit, struct saved_search_sent **out, size_t *n);
