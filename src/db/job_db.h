/* job_db: what jobs need of the database by themselves: a lock per job for all hosts, and the removal of what has ended. */
#pragma once

#include "db/db.h"

/* The lock is the connection's: it ends with it. *mine: false when another connection holds it. Nothing waits. */
MUST_CHECK enum err job_db_lock(struct db *db, struct arena *a, const char *name, bool *mine);
MUST_CHECK enum err job_db_unlock(struct db *db, struct arena *a, const char *name);

/* Each deletes at most limit rows of what ended before then; *n says how many. */
MUST_CHECK enum err job_db_forget_sessions(struct db *db, int64_t before, int64_t limit, int64_t *n);
MUST_CHECK enum err job_db_forget_registrations(struct db *db, int64_t before, int64_t limit, int64_t *n);
MUST_CHECK enum err job_db_forget_tokens(struct db *db, int64_t before, int64_t limit, int64_t *n);
MUST_CHECK enum err job_db_forget_rates(struct db *db, int64_t before, int64_t limit, int64_t *n);
/* Takes the reporter off at most limit reports that were decided before then. */
MUST_CHECK enum err job_db_forget_reporters(struct db *db, int64_t before, int64_t limit, int64_t *n);
