/* context: what a handler gets. The process's part is made once by the program; the thread's part owns a connection. */
#pragma once

#include "app/caches.h"
#include "db/db.h"
#include "http/request.h"
#include "http/response.h"
#include "model/catalog.h"
#include "model/member.h"
#include "render/layout.h"
#include "text/tr.h"
#include "util/conf.h"
#include "util/metrics.h"

struct route;
struct rule_cache;
struct photo_decoder;
struct photo_store;
struct cloud;

/* One for the process; read-only after start but for the caches, which lock themselves. */
struct app {
	const struct conf *conf;
	struct cloud *cloud; /* AWS, for the stores */
	struct metrics *metrics;
	struct layout_site site;
	struct catalog_cache *catalogs;
	struct count_cache *counts;
	struct site_keys *keys;
	struct rule_cache *rules;
	struct view_counter *views;
	struct miss_counter *misses;
	struct photo_decoder *decoder; /* both NULL in programs that take no photos */
	struct photo_store *photos;
	const char *openapi; /* the API's description, as it is served */
	int money_digits;    /* of the site's currency */
};

enum { PATH_PARAMS_MAX = 3 };

/* One request. */
struct context {
	const struct app *app;
	struct db *db;
	struct arena *arena;
	struct http_request *req;
	struct http_response *res;
	const struct route *route;
	enum lang lang;
	bool foreign;                       /* the address is in a language that this site does not offer */
	bool api;                           /* answers are JSON, mistakes problem documents */
	const char *path;                   /* without the language prefix */
	const char *param[PATH_PARAMS_MAX]; /* {…} of the route's pattern, in order */
	int64_t id;                         /* param[0] as a number where the pattern says {id} or {n} */
	struct catalog_ref *catalog_ref;
	const struct catalog *catalog;      /* set by context_catalog() */
	const struct session *session;      /* who sent it; NULL: a visitor */
	int64_t now;
};

/* A handler answers into c->res. What it returns instead of answering becomes the error page or problem document. */
typedef enum err (*handler)(struct context *c);

/* Sets c->catalog; the reference is given back when the request ends. */
MUST_CHECK enum err context_catalog(struct context *c);
MUST_CHECK enum err context_key(struct context *c, enum site_key id, const uint8_t **out);
void context_end(struct context *c);
/* A local address in the request's language: "/listings" → "/fr/listings". In the arena; "" when memory is out. */
const char *context_href(const struct context *c, const char *path);
/* Text joined in the arena; ends with NULL. "" when memory is out. */
const char *context_join(const struct context *c, const char *first, ...) __attribute__((sentinel));
/* "42" in the arena; "" when there is no memory. */
const char *context_number(const struct context *c, int64_t n);
