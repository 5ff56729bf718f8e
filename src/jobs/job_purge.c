/* Accounts whose members left, and whose time to think it over has passed. */
#include "db/account_end_db.h"
#include "jobs/job.h"

enum { BATCH = 20 };

enum err job_purge(struct job_context *c, int64_t *done)
{
	int64_t n = BATCH;
	while (n == BATCH && job_go_on(c)) {
		arena_reset(c->arena);
		enum err e = account_db_purge(c->db, c->arena, c->now, BATCH, &n);
		if (e != ERR_OK)
			return e;
		*done += n;
	}
	return ERR_OK;
}
