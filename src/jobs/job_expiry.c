/* Listings come to their end: a mail a week before, a mail at it; and what a visitor never confirmed goes. */
#include "db/listing_expiry_db.h"
#include "jobs/job.h"

enum { BATCH = 100 };

static enum err run_out(struct job_context *c, enum err (*step)(struct db *db, struct arena *a, struct listing_expiry_run *run), int64_t *done)
{
	struct listing_expiry_run run = {.done = 1};
	/* a batch of which nothing was ours to do is another runner's, or stuck: the next round sees it again */
	do {
		arena_reset(c->arena);
		run = (struct listing_expiry_run){.site_url = c->conf->site.url, .now = c->now, .limit = BATCH};
		enum err e = step(c->db, c->arena, &run);
		if (e != ERR_OK)
			return e;
		*done += (int64_t)run.done;
	} while (run.looked_at == BATCH && run.done > 0 && job_go_on(c));
	return ERR_OK;
}

enum err job_expiry(struct job_context *c, int64_t *done)
{
	enum err e = run_out(c, listing_expiry_db_warn, done);
	if (e == ERR_OK)
		e = run_out(c, listing_expiry_db_expire, done);
	return e == ERR_OK ? run_out(c, listing_expiry_db_forget, done) : e;
}
