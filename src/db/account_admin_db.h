/* account_admin_db: what the sysadmin's tool does to members. Changes of rights end their sessions and stand in the moderation log. */
#pragma once

#include "db/db.h"
#include "model/member.h"
#include "util/token.h"

/* Newest first, without passwords; role < 0: all; before 0: from the newest. */
MUST_CHECK enum err account_db_list(struct db *db, struct arena *a, int role, int64_t before, unsigned limit, struct member **out, size_t *n);
/* m: email (folded), name, role, lang. They set their first password by the link of token. Sets m->id. ERR_EXISTS: the address has an account. */
MUST_CHECK enum err account_db_add(struct db *db, struct member *m, const uint8_t token[static TOKEN_HASH], int64_t expires_at, int64_t now);
/* A link for a new password; earlier ones end. */
MUST_CHECK enum err account_db_reset_link(struct db *db, int64_t member_id, const uint8_t token[static TOKEN_HASH], int64_t expires_at);
/* ERR_CONFLICT: the only active admin would be none any more. */
MUST_CHECK enum err account_db_set_role(struct db *db, int64_t member_id, enum member_role role, int64_t now);
MUST_CHECK enum err account_db_set_trust(struct db *db, int64_t member_id, enum member_trust trust, int64_t now);
/* reason: the mail's and the member's, kept. ERR_CONFLICT: not active, or the only active admin. */
MUST_CHECK enum err account_db_disable(struct db *db, int64_t member_id, const char *reason, int64_t now, const char *mail);
/* ERR_CONFLICT: not disabled. */
MUST_CHECK enum err account_db_enable(struct db *db, int64_t member_id, int64_t now);
