/* moderation_queue_db: what waits for a moderator, the longest first: listings that are pending or held, and what has open flags. */
#pragma once

#include "db/flag_db.h"

/* The place in the queue after which a page begins; zeros: the beginning. */
struct queue_place {
	int64_t since, id;
};

enum { CONVERSATION_LINES = 10 };

/* At most limit entries; *more: there are others behind them. */
MUST_CHECK enum err moderation_queue_db_page(struct db *db, struct arena *a, struct queue_place after, unsigned limit, struct queue_entry **out, size_t *n, bool *more);
/* One listing as the queue shows it, whether it waits or not. ERR_NOT_FOUND. */
MUST_CHECK enum err moderation_queue_db_entry(struct db *db, struct arena *a, int64_t listing_id, struct queue_entry *out);
/* The last lines of a conversation, oldest first: for one that is flagged. */
MUST_CHECK enum err moderation_queue_db_conversation(struct db *db, struct arena *a, int64_t conversation_id, struct conversation_line **out, size_t *n);
