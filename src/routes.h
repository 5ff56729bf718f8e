/* routes: THE route table, and the way from a request to its handler. */
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
};

struct route {
	enum http_method method;  /* HTTP_GET answers HEAD too */
	const char *pattern;      /* "/listings/{id}/{slug}": {id}, {n} take numbers, {slug} a slug, {token} base64url */
	handler handle;
	enum route_kind kind;
	size_t body_limit;        /* bytes; 0: no body */
	int cache_seconds;        /* nginx's microcache for anonymous GETs: 0 never */
	const char *const *query; /* names of the parameters it takes, NULL-ended; NULL: none */
	enum access access;       /* who may call it */
	enum scope scope;         /* what a personal token needs for it; SCOPE_NONE: no personal token may */
	bool any_origin;          /* posted by mail programs: no same-origin check */
};

extern const struct route routes[];
extern const size_t route_count;

/* The application for the worker. app and db_password must outlive it; NULL when memory is out. */
struct site;
struct site *site_new(struct app *app, const char *db_password);
void site_free(struct site *site);
struct http_app site_http_app(struct site *site);
/* The table as text, for the tool and the tests, a line a route: "POST /api/v1/listings", kind, who may call it, what a personal token needs
 * ("-": none may, unless anyone may), the origin it is taken from ("same", "any"), with tabs between. */
void routes_print(struct buf *out);
