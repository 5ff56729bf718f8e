/* message_db: messages from visitors; each is written with its outbox row in one transaction. */
#pragma once

#include "db/db.h"
#include "model/message.h"

/* mail: the order of a mail that tells of it; NULL: none. The same sender, listing, kind and body within 24 hours: ERR_EXISTS. */
MUST_CHECK enum err message_db_add(struct db *db, struct arena *a, struct message *m, const char *mail);
/* Newest first; before_id 0 for the first page; kind < 0: all. */
MUST_CHECK enum err message_db_list(struct db *db, struct arena *a, int kind, int64_t before_id, unsigned limit, struct message **out, size_t *n);
MUST_CHECK enum err message_db_get(struct db *db, struct arena *a, int64_t id, struct message *out);
MUST_CHECK enum err message_db_mark_read(struct db *db, int64_t id);
MUST_CHECK enum err message_db_remove(struct db *db, int64_t id);
