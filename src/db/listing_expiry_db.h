/* listing_expiry_db: listings that come to their end, for the jobs. Every call takes a bounded batch and may run again, or beside another
 * runner, at any time: what it decides and the mail about it are one transaction, and each mail is ordered once. */
#pragma once

#include "db/db.h"
#include "model/catalog.h"

enum { LISTING_UNCONFIRMED_SECONDS = 48 * 3600 };

struct listing_expiry_run {
	const char *site_url; /* "https://site.example" */
	const struct catalog *catalog; /* may be NULL */
	int64_t now;
	unsigned limit;       /* listings a call, 1 to 500 */
	size_t looked_at;     /* out: fewer than limit: nothing is left for now */
	size_t done;          /* out: those of them that were this runner's to do */
};
/* Those that end within LISTING_WARN_DAYS get MAIL_LISTING_EXPIRING, once for each end. */
MUST_CHECK enum err listing_expiry_db_warn(struct db *db, struct arena *a, struct listing_expiry_run *run);
/* Those past their end leave the site, with MAIL_LISTING_EXPIRED. */
MUST_CHECK enum err listing_expiry_db_expire(struct db *db, struct arena *a, struct listing_expiry_run *run);
/* What a visitor sent and did not confirm within LISTING_UNCONFIRMED_SECONDS is deleted. */
MUST_CHECK enum err listing_expiry_db_forget(struct db *db, struct arena *a, struct listing_expiry_run *run);
