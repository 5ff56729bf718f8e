/* outport.fcgi: the site's worker. main() and wiring only. */
#include <string.h>

#include "program.h"
#include "store/photo.h"
#include "util/log.h"

/* A folder's photos are nginx's to serve: this program has no business there. */
static enum err ready(struct app *app)
{
	char why[PHOTO_WHY_MAX] = "";
	if (strcmp(app->conf->media.store, "folder") == 0)
		return ERR_OK;
	enum err e = photo_store_open(app->conf, app->cloud, &app->photos, why);
	if (e != ERR_OK)
		LOG_ERROR("start_failed", LOG_S("key", "media.store"), LOG_S("error", err_text(e)), LOG_S("why", why));
	return e;
}

static void end(struct app *app)
{
	photo_store_close(app->photos);
}

int main(int argc, char **argv)
{
	const struct program p = {.name = "outport.fcgi", .serves = "the site", .routes = routes, .route_count = route_count, .ready = ready, .end = end};
	return program_run(&p, argc, argv);
}
