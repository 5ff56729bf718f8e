#include "app/media.h"

#include <stdio.h>

#include "app/answer.h"
#include "db/photo_pending_db.h"
#include "store/photo.h"
#include "util/log.h"

/* The address in the bucket is good for twice as long as a browser keeps it, so that what it keeps always leads somewhere. */
enum { ADDRESS_SECONDS = 7200, ADDRESS_CAP = 16 << 10, NAME_SIZE = 64 };

static enum err redirect(struct context *c, const char *name)
{
	const char *host = c->app->conf->media.url, *href = NULL;
	struct buf address;
	char why[PHOTO_WHY_MAX] = "", kept[I64_TEXT_SIZE];
	int seconds = ADDRESS_SECONDS;
	enum err e = ERR_OK;
	buf_init(&address, ADDRESS_CAP);
	if (host[0] != '\0') {
		href = context_join(c, host, "/", name, NULL);
	} else {
		e = photo_store_address(c->app->photos, name, &seconds, &address, why);
		if (e == ERR_OK)
			href = context_join(c, buf_str(&address), NULL);
		else
			LOG_ERROR("photo_address_failed", LOG_S("request_id", c->req->request_id), LOG_S("error", err_text(e)), LOG_S("why", why));
	}
	buf_free(&address);
	if (e == ERR_OK && *href == '\0')
		return ERR_NOMEM;
	if (e != ERR_OK) {
		http_header_set(c->res, "Retry-After", "30");
		answer_status(c, 503);
		return ERR_OK;
	}
	answer_redirect(c, 302, href);
	i64_text(seconds / 2, kept);
	http_header_set(c->res, "Cache-Control", context_join(c, "private, max-age=", kept, NULL));
	return ERR_OK;
}

static enum err show(struct context *c, const char *extension, const char *type)
{
	char name[NAME_SIZE];
	struct photo_stored file;
	bool pending = false, remote = c->app->photos != NULL && photo_store_remote(c->app->photos);
	if (snprintf(name, sizeof name, "%s/%s.%s", c->param[0], c->param[1], extension) >= (int)sizeof name || !photo_stored_parse(name, &file))
		return ERR_NOT_FOUND;
	enum err e = photo_pending_db_known(c->db, file.key, &pending);
	if (e == ERR_OK && pending) {
		e = photo_pending_db_read(c->db, file.key, file.box, file.webp, &c->res->body);
		if (e == ERR_OK) {
			c->res->content_type = type;
			http_header_set(c->res, "Cache-Control", "public, max-age=31536000, immutable");
		}
		/* it went into the bucket this moment */
		if (e != ERR_NOT_FOUND)
			return e;
		e = ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	return remote ? redirect(c, name) : ERR_NOT_FOUND;
}

enum err media_webp(struct context *c)
{
	return show(c, "webp", "image/webp");
}

enum err media_jpeg(struct context *c)
{
	return show(c, "jpg", "image/jpeg");
}
