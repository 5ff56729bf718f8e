/* account_db: what a member does to the account they have: second factor, passwords, addresses, export, leaving. */
#pragma once

#include "db/db.h"
#include "model/member.h"
#include "model/totp.h"

/* A member's second factor as it is stored: sealed (util/seal) with the member's id. NULL: there is none. */
struct totp_state {
	const void *secret, *pending; /* pending: shown, not confirmed yet */
	size_t secret_n, pending_n;
	int64_t last_step;            /* the last that was used */
};

/* ERR_NOT_FOUND: there is no such member. */
MUST_CHECK enum err account_db_totp(struct db *db, struct arena *a, int64_t member_id, struct totp_state *out);
/* Uses a step up. ERR_CONFLICT: it, or a later one, was used before; of two at once one wins. */
MUST_CHECK enum err account_db_totp_use(struct db *db, int64_t member_id, int64_t step);
/* Uses a recovery code up. ERR_CONFLICT: it is none of theirs, or was used before; of two at once one wins. */
MUST_CHECK enum err account_db_recovery_use(struct db *db, int64_t member_id, const uint8_t hash[static RECOVERY_CODE_HASH], int64_t now);
