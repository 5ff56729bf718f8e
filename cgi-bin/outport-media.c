/* outport-media.fcgi: the worker that takes photos. main() and wiring only. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app/spool.h"
#include "http/multipart.h"
#include "program.h"
#include "store/photo.h"
#include "util/log.h"

/* A photo in hand, and those that wait for its decoder, are finished at a restart; nobody waits longer for an answer: fastcgi_read_timeout. */
enum { DRAIN_SECONDS = 300 };

/* The process that forks the decoders is made of one that has nothing: no secret, no thread, no library. */
static enum err begin(struct app *app, const struct conf *conf)
{
	enum err e = photo_decoder_start((unsigned)conf->media.decoders, &app->decoder);
	if (e != ERR_OK)
		LOG_ERROR("start_failed", LOG_S("part", "photo decoder"), LOG_S("error", err_text(e)));
	return e;
}

/* Both folders are written to before anything comes: what is wrong with one is said by its key, and not by a refusal of every upload. */
static enum err ready(struct app *app)
{
	char why[PHOTO_WHY_MAX] = "";
	int fd = -1;
	multipart_init();
	enum err e = photo_store_open(app->conf, app->cloud, &app->photos, why);
	if (e == ERR_OK)
		e = photo_store_try(app->photos, why);
	/* uploads lie in the photos' folder while they are read, unless told otherwise: with a bucket nobody else makes it */
	if (e == ERR_OK && photo_store_remote(app->photos) && app->conf->media.spool[0] == '\0') {
		struct photo_store *folder = NULL;
		e = photo_store_open_as(app->conf, NULL, "folder", &folder, why);
		photo_store_close(folder);
	}
	if (e != ERR_OK) {
		LOG_ERROR("start_failed", LOG_S("key", strcmp(app->conf->media.store, "folder") == 0 ? "media.photos" : "media.store"), LOG_S("error", err_text(e)), LOG_S("why", why));
		return e;
	}
	e = spool_open(app->conf, &fd);
	if (e == ERR_OK)
		close(fd);
	else if (e != ERR_NO_SPACE)
		LOG_ERROR("start_failed", LOG_S("key", "media.spool"), LOG_S("error", err_text(e)), LOG_S("folder", app->conf->media.spool), LOG_S("why", strerrordesc_np(errno)));
	return e == ERR_NO_SPACE ? ERR_OK : e;
}

static void end(struct app *app)
{
	if (app->photos != NULL)
		photo_store_close(app->photos);
	photo_decoder_stop(app->decoder);
}

int main(int argc, char **argv)
{
	const struct program p = {
		.name = "outport-media.fcgi", .serves = "uploads of photos", .routes = media_routes, .route_count = media_route_count,
		.drain_seconds = DRAIN_SECONDS, .apart = true, .begin = begin, .ready = ready, .end = end,
	};
	return program_run(&p, argc, argv);
}
