/* flag_db: what people report, once each: a listing, or a conversation about one. Enough open flags hold a listing. */
#pragma once

#include "db/db.h"
#include "model/catalog.h"
#include "model/moderation.h"

enum { FLAG_REPORTER_SIZE = 64, FLAGS_SHOWN = 20 };

/* Who flags: a member, or a visitor by address (IPv6 by /64: a household counts once). */
void flag_reporter(int64_t member_id, const char *address, char out[static FLAG_REPORTER_SIZE]);

/* What happens to a listing when f is the flag that makes enough. */
struct flag_holding {
	int64_t limit;             /* so many open flags hold it; 0: never */
	const char *reason;        /* for the author, in their language */
	const char *mail;          /* from mailing_order(); NULL: none */
};
/* In one transaction. A flag of a listing: it must be published, and is held when this makes hold->limit open ones (*held; logged as the
 * site's). A flag of a conversation (conversation_id): limit open ones of it hold the conversation (state 2). hold NULL: nothing is held.
 * ERR_NOT_FOUND; ERR_EXISTS: this person has flagged it before, whatever came of it. Sets f->id. */
MUST_CHECK enum err flag_db_add(struct db *db, struct arena *a, const struct catalog *cat, struct flag *f, const struct flag_holding *hold, bool *held);
/* The open flags of a listing and its conversations, oldest first, at most FLAGS_SHOWN. */
MUST_CHECK enum err flag_db_open(struct db *db, struct arena *a, int64_t listing_id, struct flag **out, size_t *n);
/* Inside a transaction: the open ones of a listing itself (conversation_id 0) or of a conversation, up to the last one that was seen (0: all). */
MUST_CHECK enum err flag_db_decide(struct db *db, int64_t listing_id, int64_t conversation_id, int64_t last_id, enum flag_state state, int64_t now);
