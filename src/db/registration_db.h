/* registration_db: who asked for an account and has not followed the link in the mail yet; and new passwords by a link. */
#pragma once

#include "db/db.h"
#include "util/token.h"

struct registration {
	const char *email; /* folded: member_email() */
	const char *name, *password_hash, *lang;
	int64_t created_at, expires_at;
};

/* In one transaction with its mail. */
MUST_CHECK enum err registration_db_add(struct db *db, const uint8_t hash[static TOKEN_HASH], const struct registration *r, const char *mail);
/* Unexpired. ERR_NOT_FOUND: expired, used, or replaced by another of the same address. */
MUST_CHECK enum err registration_db_find(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, struct registration *out);
/* Makes the member, gives them the listings submitted with the address, and takes away every registration of it, all in one transaction.
 * Of two at once one wins. ERR_NOT_FOUND: expired or used. ERR_EXISTS: the address has an account by now. */
MUST_CHECK enum err registration_db_confirm(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, int64_t *member_id);

/* A link for a new password, in one transaction with its mail. member_id 0: an address without an account: as much is written, and no
 * mail (NULL), so that the time it takes says nothing. */
MUST_CHECK enum err reset_db_add(struct db *db, const uint8_t hash[static TOKEN_HASH], int64_t member_id, int64_t expires_at, const char *mail);
/* Uses the link: the new password, no session or personal token left, no other link that was sent before, and the mail that says so, in
 * one transaction. ERR_CONFLICT: used before, or ended. */
MUST_CHECK enum err reset_db_use(struct db *db, const uint8_t hash[static TOKEN_HASH], int64_t member_id, const char *password_hash, int64_t now, const char *mail);
