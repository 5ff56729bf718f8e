/* Takes away what has ended: sessions, registrations nobody confirmed, links, counts, what the outbox has done, addresses that visitors left, and who
 * reported what was decided long ago. */
#include "db/address_db.h"
#include "db/job_db.h"
#include "db/miss_db.h"
#include "db/outbox_db.h"
#include "jobs/job.h"

enum { DAY = 86400, BATCH = 500, DONE_DAYS = 30, DEAD_DAYS = 90, MISS_DAYS = 90, TOKEN_DAYS = 7, REPORTER_DAYS = 90 };

static enum err forget_done(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	(void)before;
	return outbox_db_forget(db, OUTBOX_DONE, DONE_DAYS, limit, n);
}

static enum err forget_dead(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	(void)before;
	return outbox_db_forget(db, OUTBOX_DEAD, DEAD_DAYS, limit, n);
}

typedef enum err (*forgetter)(struct db *db, int64_t before, int64_t limit, int64_t *n);

static const struct {
	forgetter forget;
	int64_t grace; /* seconds that a page can still say "this has ended", not "there is no such thing" */
} what[] = {
	{job_db_forget_sessions, 0}, {job_db_forget_registrations, TOKEN_DAYS * DAY}, {job_db_forget_tokens, TOKEN_DAYS * DAY},
	{job_db_forget_rates, 0}, {forget_done, 0}, {forget_dead, 0}, {miss_db_forget, MISS_DAYS * DAY},
	{job_db_forget_reporters, REPORTER_DAYS * DAY},
};

static enum err forget_all(struct job_context *c, forgetter forget, int64_t grace, int64_t *done)
{
	int64_t n = BATCH;
	while (n == BATCH && job_go_on(c)) {
		enum err e = forget(c->db, c->now - grace, BATCH, &n);
		if (e != ERR_OK && e != ERR_DB_RETRY)
			return e;
		*done += n;
	}
	return ERR_OK;
}

enum err job_cleanup(struct job_context *c, int64_t *done)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < sizeof what / sizeof *what; i++)
		e = forget_all(c, what[i].forget, what[i].grace, done);
	/* Also where new ones go elsewhere by now. */
	return e == ERR_OK ? forget_all(c, address_db_forget, c->conf->address.keep_days * DAY, done) : e;
}
