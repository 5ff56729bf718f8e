/* outbox_db: the rows of the outbox on their way out: claimed for a while by one runner, then done, put off or given up. All times are the
 * database's own, so that hosts whose clocks differ agree on who holds a row. Rows are added by outbox_db_add (site_db.h). */
#pragma once

#include "db/db.h"

/* Values as stored. */
enum outbox_state { OUTBOX_WAITING = 0, OUTBOX_DONE = 1, OUTBOX_DEAD = 2 };

enum { OUTBOX_OWNER_MAX = 64, OUTBOX_ERROR_MAX = 500 };

struct outbox_row {
	int64_t id;
	const char *kind;
	int64_t subject_id;
	const char *payload;       /* JSON; "" once it is done */
	enum outbox_state state;
	int64_t created_at, due_at, done_at; /* done_at 0: not yet */
	int64_t attempts;          /* begun ones, the running one among them */
	const char *last_error;
	const char *claimed_by;
	int64_t claimed_until;     /* 0: by nobody */
};

struct outbox_counts {
	int64_t waiting, dead;
	int64_t oldest_seconds;    /* how long the waiting row that is due first has been due; 0: none is */
};

/* Ids of rows of a kind that are due and that nobody holds, those due first in front. */
MUST_CHECK enum err outbox_db_due(struct db *db, struct arena *a, const char *kind, unsigned limit, int64_t **ids, size_t *n);
/* The same of every other kind than these; kinds: names with commas between. Reads all rows that are due. */
MUST_CHECK enum err outbox_db_due_other(struct db *db, struct arena *a, const char *kinds, unsigned limit, int64_t **ids, size_t *n);
/* Takes the row for so many seconds and counts an attempt: of several runners one gets it, the others ERR_CONFLICT. */
MUST_CHECK enum err outbox_db_claim(struct db *db, struct arena *a, int64_t id, const char *owner, int64_t seconds, struct outbox_row *out);
/* The rest is for the owner alone: ERR_CONFLICT when the row is no longer theirs. done wipes the payload, which holds tokens. */
MUST_CHECK enum err outbox_db_done(struct db *db, int64_t id, const char *owner);
MUST_CHECK enum err outbox_db_later(struct db *db, int64_t id, const char *owner, int64_t seconds, const char *why);
MUST_CHECK enum err outbox_db_dead(struct db *db, int64_t id, const char *owner, const char *why);

/* Newest first; state < 0: waiting and dead ones. before_id 0 for the first page. */
MUST_CHECK enum err outbox_db_list(struct db *db, struct arena *a, int state, int64_t before_id, unsigned limit, struct outbox_row **out, size_t *n);
MUST_CHECK enum err outbox_db_get(struct db *db, struct arena *a, int64_t id, struct outbox_row *out);
/* Due at once, with all its attempts before it; for waiting and dead rows. ERR_NOT_FOUND; ERR_CONFLICT: it is done, or being delivered. */
MUST_CHECK enum err outbox_db_retry(struct db *db, int64_t id);
/* Deletes a row that nobody is delivering. Errors as above, a done row may go. */
MUST_CHECK enum err outbox_db_drop(struct db *db, int64_t id);
MUST_CHECK enum err outbox_db_count(struct db *db, struct arena *a, struct outbox_counts *out);
/* Deletes at most limit rows that were done (or given up) more than so many days ago; *n says how many. */
MUST_CHECK enum err outbox_db_forget(struct db *db, enum outbox_state state, int64_t days, int64_t limit, int64_t *n);
