/* account_end_db: what is held about a member, whole; and the end of an account: asked for, taken back, carried out. */
#pragma once

#include "db/db.h"
#include "db/token_db.h"
#include "model/member.h"

struct account_leaving {
	int64_t member_id, delete_at, now;
	const uint8_t *token;          /* of the link that takes it back */
	const char *mail;
};
/* Listings are withdrawn, but for those that are held; sessions and personal tokens end. ERR_EXISTS: not active, they have asked before; ERR_CONFLICT: the
 * last admin. */
MUST_CHECK enum err account_db_leave(struct db *db, const struct account_leaving *l);
/* Takes it back, by the link (NULL: the member is signed in). ERR_CONFLICT: it was used, or the account is not leaving. */
MUST_CHECK enum err account_db_keep(struct db *db, int64_t member_id, const uint8_t *token, int64_t now);
/* ERR_CONFLICT: that member is the only active admin. Inside a transaction: the admins' rows stay locked. */
MUST_CHECK enum err account_db_not_last_admin(struct db *db, int64_t member_id);

/* Ends the accounts whose time has come, at most limit, each in a transaction of its own: a nameless row stays for others' ids to point at, and what
 * they wrote to somebody stays with whom they wrote to. *n: how many. A ban of the address stays too: that is what it is for. */
MUST_CHECK enum err account_db_purge(struct db *db, struct arena *a, int64_t now, int64_t limit, int64_t *n);

/* Everything held about a member, a table at a time. */
struct account_table {
	const char *name;
	const char *const *columns;    /* ends with NULL */
	struct db_rows rows;
};
/* Table number i; ERR_RANGE behind the last. ERR_TOO_LARGE when a table has more than ACCOUNT_ROWS_MAX rows. */
enum { ACCOUNT_ROWS_MAX = 20000 };
MUST_CHECK enum err account_db_export(struct db *db, struct arena *a, int64_t member_id, const char *email, size_t i, struct account_table *out);
