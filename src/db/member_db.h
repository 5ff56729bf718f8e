/* member_db: who has an account. E-mail addresses are compared as member_email() folds them. */
#pragma once

#include "db/db.h"
#include "model/member.h"

/* With everything but password_hash. Also of a member who is disabled, leaving or gone: see state. ERR_NOT_FOUND. */
MUST_CHECK enum err member_db_get(struct db *db, struct arena *a, int64_t id, struct member *out);
/* By folded address, with password_hash. ERR_NOT_FOUND. */
MUST_CHECK enum err member_db_find(struct db *db, struct arena *a, const char *email, struct member *out);
/* By id, with password_hash: for where it is checked. ERR_NOT_FOUND. */
MUST_CHECK enum err member_db_get_secret(struct db *db, struct arena *a, int64_t id, struct member *out);
/* m: email (folded), name, password_hash, role, trust, lang. Active from now on. Sets m->id. ERR_EXISTS: the address has an account. */
MUST_CHECK enum err member_db_add(struct db *db, struct member *m, int64_t now);
MUST_CHECK enum err member_db_set_password(struct db *db, int64_t id, const char *password_hash);
/* ERR_EXISTS: the address has an account. */
MUST_CHECK enum err member_db_set_email(struct db *db, int64_t id, const char *email);
/* Stamps the time of a sign-in. */
MUST_CHECK enum err member_db_signed_in(struct db *db, int64_t id, int64_t now);
/* Inside a transaction. Every session and personal token ends unless the state lets its member sign in (ASVS 7.4.2). delete_at: of
 * MEMBER_LEAVING, else 0. ERR_NOT_FOUND. */
MUST_CHECK enum err member_db_set_state(struct db *db, int64_t id, enum member_state state, const char *reason, int64_t delete_at);
/* Inside a transaction. A change of rights ends every session and personal token (ASVS 7.2.4): they were given to somebody else's rights. */
MUST_CHECK enum err member_db_set_role(struct db *db, int64_t id, enum member_role role);
MUST_CHECK enum err member_db_set_trust(struct db *db, int64_t id, enum member_trust trust);
