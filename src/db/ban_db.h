/* ban_db: e-mail addresses and client addresses that may not register, submit or write. */
#pragma once

#include "db/db.h"
#include "model/moderation.h"

enum { BAN_VALUE_SIZE = 256, BAN_PAGE = 50 };

/* As bans are stored and asked for. False for what is no address. */
bool ban_email(const char *email, char out[static BAN_VALUE_SIZE]);
bool ban_address(const char *address, char out[static BAN_VALUE_SIZE]);
/* Which of the two is banned now; either may be NULL or "". ERR_NOT_FOUND: none. */
MUST_CHECK enum err ban_db_find(struct db *db, struct arena *a, const char *email, const char *address, int64_t now, struct ban *out);
/* value as typed. A ban that is there already gets the later end. ERR_INVALID. Inside the transaction that logs it. */
MUST_CHECK enum err ban_db_add(struct db *db, const struct ban *b);
/* Newest first; before_id 0 for the first page. */
MUST_CHECK enum err ban_db_list(struct db *db, struct arena *a, int64_t before_id, int64_t now, struct ban **out, size_t *n);
/* Lifts it. ERR_NOT_FOUND: it is not there, or no more. *member_id: whose it was; 0: none. Inside the transaction that logs it. */
MUST_CHECK enum err ban_db_remove(struct db *db, struct arena *a, int64_t id, int64_t *member_id);
