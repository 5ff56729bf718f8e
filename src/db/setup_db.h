/* setup_db: the database and its least-privileged user, made by an administrator's connection. These statements cannot be
 * prepared with parameters, so every name is held to a strict alphabet first. */
#pragma once

#include "db/db.h"

struct setup_account {
	const char *database; /* [A-Za-z0-9_], 1 to 63 */
	const char *user;     /* [A-Za-z0-9_], 1 to 32 */
	const char *host;     /* where it may come from: [A-Za-z0-9_.:%-], 1 to 60 */
	const char *password; /* printable ASCII without quotes, backslash and semicolon; "": the operating system's word for who it is (socket) */
};

struct setup_report {
	bool database_made, user_made; /* false: they were there */
};

/* NULL, or what is wrong, in words that begin with the setting's name. */
const char *setup_db_problem(const struct setup_account *a);
/* Makes what is missing, sets the password, and grants SELECT, INSERT, UPDATE and DELETE on that database only. May be run again.
 * ERR_INVALID: setup_db_problem says why. */
MUST_CHECK enum err setup_db_apply(struct db *admin, struct arena *a, const struct setup_account *account, struct setup_report *out);
