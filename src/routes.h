/* routes: THE route tables, and the way from a request to its handler. */
#pragma once

#include <stddef.h>

#include "app/context.h"
#include "app/guard.h"
#include "http/worker.h"

enum route_kind {
	ROUTE_PAGE,      /* HTML, also under /fr; a query out of canonical order is redirected */
	ROUTE_FRAGMENT,  /* a piece of a static page, the same for all, also under /fr */
	ROUTE_FEED,      /* Atom, XML, text; also under /fr */
	ROUTE_API,       /* JSON; mistakes are problem documents */
	ROUTE_OPERATION, /* health and numbers: never cached */
	ROUTE_INTERNAL,  /* the same, to loopback clients only */
	ROUTE_GATE,      /* what nginx asks before it takes a body: 204, 401 or 403; nobody else reaches it */
	ROUTE_FILE,      /* a file, the same for all, which says itself how long it is kept */
};

enum { ROUTE_BODY_IN_MEMORY = 1 << 20 };

struct route {
	enum http_method method;  /* HTTP_GET answers HEAD too */
	const char *pattern;      /* "/listings/{id}/{slug}": {id}, {n} take numbers, {slug} a slug, {token} base64url */
	handler handle;
	enum route_kind kind;
	size_t body_limit;        /* bytes; 0: no body; over ROUTE_BODY_IN_MEMORY: the body comes in a file */
	int cache_seconds;        /* nginx's microcache for anonymous GETs: 0 never */
	const char *const *query; /* names of the parameters it takes, NULL-ended; NULL: none */
	enum access access;       /* who may call it */
	enum scope scope;         /* what a personal token needs for it; SCOPE_NONE: no personal token may */
	bool any_origin;          /* posted by mail programs: no same-origin check */
};

/* The site's (src/routes.c), and those of outport-media.fcgi (src/media_routes.c). */
extern const struct route routes[];
extern const size_t route_count;
extern const struct route media_routes[];
extern const size_t media_route_count;

/* The application for the worker. What it is given must outlive it; NULL when memory is out. */
struct site;
struct site *site_new(struct app *app, const struct db_login_source *login, const struct route *table, size_t n);
void site_free(struct site *site);
struct http_app site_http_app(struct site *site);
/* A table as text, for the tool and the tests, a line a route: "POST /api/v1/listings", kind, who may call it, what a personal token needs
 * ("-": none may, unless anyone may), the origin it is taken from ("same", "any"), with tabs between. */
void routes_print(const struct route *table, size_t n, struct buf *out);
