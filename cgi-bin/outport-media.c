/* outport-media.fcgi: the worker that takes photos. main() and wiring only. */
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

static enum err ready(struct app *app)
{
	char why[PHOTO_WHY_MAX] = "";
	multipart_init();
	enum err e = photo_store_open(app->conf, &app->photos, why);
	if (e != ERR_OK)
		LOG_ERROR("start_failed", LOG_S("part", "photo store"), LOG_S("error", err_text(e)), LOG_S("why", why));
	return e;
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
		.drain_seconds = DRAIN_SECONDS, .begin = begin, .ready = ready, .end = end,
	};
	return program_run(&p, argc, argv);
}
