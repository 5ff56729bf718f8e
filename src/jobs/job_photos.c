/* Photos that nobody has named for a day: their files go, then their rows. And what waits for the bucket without anybody to put it there is ordered again. */
#include <string.h>

#include "db/photo_db.h"
#include "db/photo_pending_db.h"
#include "jobs/job.h"
#include "store/photo.h"
#include "util/log.h"

enum { BATCH = 100 };

struct sweep {
	struct job_context *job;
	struct photo_store *store; /* opened for the first one: a site without photos has no folder */
};

static enum err remove_files(void *ctx, const char *key)
{
	struct sweep *s = ctx;
	char why[PHOTO_WHY_MAX] = "";
	enum err e = s->store == NULL ? photo_store_open(s->job->conf, s->job->cloud, &s->store, why) : ERR_OK;
	if (e == ERR_OK)
		e = photo_store_remove(s->store, key);
	if (e != ERR_OK && s->store != NULL)
		photo_store_why(s->store, why);
	(void)job_go_on(s->job); /* alive: a bucket may be slow */
	if (e != ERR_OK)
		LOG_ERROR("photo_not_removed", LOG_S("key", key), LOG_S("error", err_text(e)), LOG_S("why", why));
	return e;
}

enum err job_photos(struct job_context *c, int64_t *done)
{
	struct sweep s = {.job = c};
	const struct photo_remover remover = {remove_files, &s, strcmp(c->conf->media.store, "s3") == 0};
	int64_t n = 0;
	enum err e = photo_pending_db_order(c->db, &n);
	*done += n;
	n = BATCH;
	while (e == ERR_OK && n == BATCH && job_go_on(c)) {
		arena_reset(c->arena);
		e = photo_db_sweep(c->db, c->arena, BATCH, &remover, &n);
		*done += n;
	}
	photo_store_close(s.store);
	return e;
}
