/* alert_db: saved searches whose mails are on, what is new among the listings, and what was told.
 *
 * The rule: a search's mail tells of a listing that is published, matches, is not the member's own, was published, put back or changed since the
 * search last looked, and was not told of by this search before. Time stamps are taken before a transaction commits: looking back goes
 * ALERT_OVERLAP seconds further, and what was told keeps that from telling twice. */
#pragma once

#include "db/db.h"
#include "model/favourite.h"

enum { ALERT_OVERLAP = 300, ALERT_BATCH = 500, ALERT_NEWS_PAGE = 200, ALERT_TOLD_MAX = 100 };

struct alert {
	int64_t id, member_id;
	const char *name, *query;
	int64_t seen_at;
	const char *email, *member_name, *lang; /* the member's */
};

/* Searches of that frequency that are due, of active members, by id from after_id on: at most ALERT_BATCH, in the arena. */
MUST_CHECK enum err alert_db_due(struct db *db, struct arena *a, enum alert_frequency f, int64_t now, int64_t after_id, struct alert **out, size_t *n);

struct alert_news {
	struct listing listing;     /* as lists show it, and whose it is */
	const char *search_text;
};
/* Published listings changed at or after since, by the time of their change: at most ALERT_NEWS_PAGE behind (since, after_id). */
MUST_CHECK enum err alert_db_news(struct db *db, struct arena *a, int64_t since, int64_t after_id, struct alert_news **out, size_t *n);

/* The mail about those of the listings that are new to the search, as the outbox keeps it; NULL: memory is out. which: indices into ids. */
typedef const char *(*alert_write)(void *ctx, const size_t *which, size_t n);
struct alert_tell {
	int64_t search_id, now;
	const int64_t *ids;         /* listings that match; at most ALERT_TOLD_MAX */
	size_t n;
	alert_write write;
	void *ctx;
};
/* In one transaction: what was told, the mail, the next time. However often and by how many at once it is run, a listing is told of once.
 * *told: how many were new; 0: no mail. */
MUST_CHECK enum err alert_db_tell(struct db *db, const struct alert_tell *t, size_t *told);
/* All searches of that frequency that were due at now, from after_id to last_id, have looked until now. */
MUST_CHECK enum err alert_db_seen(struct db *db, enum alert_frequency f, int64_t now, int64_t after_id, int64_t last_id);
