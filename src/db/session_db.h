/* session_db: who is signed in: browsers, programs and personal tokens. A session ends with its member's rights. */
#pragma once

#include "db/db.h"
#include "model/member.h"
#include "util/token.h"

/* The live session of a token, with its member (active or leaving), in one indexed query. ERR_NOT_FOUND. */
MUST_CHECK enum err session_db_load(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, struct session *out);
/* s: member_id, kind, scopes, label, user_agent, address, expires_at. Sets s->id. */
MUST_CHECK enum err session_db_add(struct db *db, const uint8_t hash[static TOKEN_HASH], struct session *s, int64_t now);
/* Gives the session a new token: the old one is worth nothing any more. */
MUST_CHECK enum err session_db_rotate(struct db *db, int64_t id, const uint8_t hash[static TOKEN_HASH]);
MUST_CHECK enum err session_db_seen(struct db *db, int64_t id, int64_t now);
/* Newest first; kind of SESSION_TOKEN alone, or of the other two together. */
MUST_CHECK enum err session_db_list(struct db *db, struct arena *a, int64_t member_id, bool tokens, int64_t now, struct session **out, size_t *n);
/* Ends one of that member's. ERR_NOT_FOUND: it is none of theirs. */
MUST_CHECK enum err session_db_end(struct db *db, int64_t member_id, int64_t id);
/* Ends all sign-ins of the member but keep (0: all); personal tokens too when tokens says so. */
MUST_CHECK enum err session_db_end_all(struct db *db, int64_t member_id, int64_t keep, bool tokens);
