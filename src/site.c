/* site: from a request to its handler by the route table, and what every answer has in common. */
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/guard.h"
#include "app/miss_counter.h"
#include "app/session.h"
#include "app/spool.h"
#include "app/view_counter.h"
#include "routes.h"
#include "util/clock.h"
#include "util/log.h"

struct site {
	struct app *app;
	struct db_login_source login;
	const struct route *routes;
	size_t route_count;
};

struct site_thread {
	struct site *site;
	struct db *db;
};

/* One segment of a pattern against one of a path. A placeholder keeps its value. */
static bool segment_match(struct context *c, const char *pattern, size_t pn, const char *path, size_t n, unsigned *params)
{
	const char *open = memchr(pattern, '{', pn);
	if (open == NULL)
		return pn == n && memcmp(pattern, path, n) == 0;
	const char *close = memchr(open, '}', pn - (size_t)(open - pattern));
	size_t before = (size_t)(open - pattern), after = pn - (size_t)(close - pattern) - 1;
	if (close == NULL || n <= before + after || memcmp(pattern, path, before) != 0 || memcmp(close + 1, path + n - after, after) != 0)
		return false;
	const char *value = path + before;
	size_t length = n - before - after;
	bool number = open[1] == 'i' || open[1] == 'n';
	const char *allowed = number ? "0123456789" : open[1] == 't' ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	                                                             : "abcdefghijklmnopqrstuvwxyz0123456789-";
	for (size_t i = 0; i < length; i++)
		if (strchr(allowed, value[i]) == NULL)
			return false;
	if (number && (length > 15 || (*value == '0' && length > 1)))
		return false;
	if (*params >= PATH_PARAMS_MAX)
		return false;
	c->param[*params] = arena_strndup(c->arena, value, length);
	if (c->param[*params] == NULL)
		return false;
	if (number && *params == 0)
		c->id = strtoll(c->param[0], NULL, 10);
	(*params)++;
	return true;
}

static bool pattern_match(struct context *c, const char *pattern, const char *path)
{
	unsigned params = 0;
	/* No pattern begins with a placeholder: most are told apart by one letter. */
	if (*path != '/' || pattern[1] != path[1])
		return false;
	while (*pattern == '/' && *path == '/') {
		size_t pn = strcspn(++pattern, "/"), n = strcspn(++path, "/");
		if (!segment_match(c, pattern, pn, path, n, &params))
			return false;
		pattern += pn;
		path += n;
	}
	return *pattern == '\0' && *path == '\0';
}

static bool method_match(const struct route *r, enum http_method m)
{
	return r->method == m || (r->method == HTTP_GET && m == HTTP_HEAD);
}

static bool kind_localized(enum route_kind k)
{
	return k == ROUTE_PAGE || k == ROUTE_FRAGMENT || k == ROUTE_FEED;
}

/* What a site without English does not have at the English address. */
static bool route_speaks(const struct route *r)
{
	return r->kind == ROUTE_PAGE || r->kind == ROUTE_FRAGMENT;
}

/* Takes the language off the path. */
static void context_language(struct context *c)
{
	c->path = c->req->path;
	c->lang = LANG_EN;
	if (strncmp(c->path, "/fr", 3) == 0 && (c->path[3] == '/' || c->path[3] == '\0')) {
		c->lang = LANG_FR;
		c->path = c->path[3] == '\0' ? "/" : c->path + 3;
	}
	c->api = strncmp(c->path, "/api/", 5) == 0 && c->lang == LANG_EN;
	/* Programs say their language by header. */
	if (c->api && strncmp(c->req->accept_language, "fr", 2) == 0)
		c->lang = LANG_FR;
	c->foreign = !c->api && !c->app->site.languages[c->lang];
	if (c->foreign)
		c->lang = c->app->site.first;
}

/* The route, or NULL; allow collects the methods of routes whose path matches. */
static const struct route *route_find(const struct site *site, struct context *c, const char **allow)
{
	bool french = c->path != c->req->path;
	*allow = "";
	for (size_t i = 0; i < site->route_count; i++) {
		const struct route *r = &site->routes[i];
		if ((french && !kind_localized(r->kind)) || (c->foreign && (french || route_speaks(r))) || !pattern_match(c, r->pattern, c->path))
			continue;
		if (method_match(r, c->req->method))
			return r;
		const char *names = r->method == HTTP_GET ? "GET, HEAD" : r->method == HTTP_POST ? "POST" : r->method == HTTP_PATCH ? "PATCH" : r->method == HTTP_PUT ? "PUT" : "DELETE";
		*allow = context_join(c, *allow, **allow != '\0' ? ", " : "", names, NULL);
	}
	return NULL;
}

static void context_begin(struct context *c, struct site_thread *t, struct http_request *req, struct http_response *res)
{
	*c = (struct context){
		.app = t->site->app, .db = t->db, .arena = req->arena, .req = req, .res = res, .now = clock_unix(),
	};
	context_language(c);
}

static size_t site_body_limit(void *thread, const struct http_request *req)
{
	/* Most requests announce no body, and have their route looked up once, when they are handled. */
	if (req->content_length == 0)
		return 0;
	/* Matching needs a context, not the answer. */
	struct http_request copy = *req;
	struct context c;
	context_begin(&c, thread, &copy, NULL);
	const char *allow;
	const struct route *r = req->bad == NULL ? route_find(((struct site_thread *)thread)->site, &c, &allow) : NULL;
	return r != NULL ? r->body_limit : 0;
}

/* What may be long lies in a file without a name while it is read. */
static enum err site_body_open(void *thread, const struct http_request *req, int *fd)
{
	const struct site_thread *t = thread;
	*fd = -1;
	return site_body_limit(thread, req) > ROUTE_BODY_IN_MEMORY ? spool_open(t->site->app->conf, fd) : ERR_OK;
}

/* What a browser and nginx may do with the answer. */
static void cache_headers(struct context *c)
{
	struct http_response *res = c->res;
	if (c->route != NULL && c->route->kind == ROUTE_FILE && res->status < 400) {
		answer_cache(c, 0);
		return;
	}
	bool get = c->req->method == HTTP_GET || c->req->method == HTTP_HEAD;
	int seconds = c->route != NULL && get && (res->status < 400 || res->status == 404 || res->status == 410) ? c->route->cache_seconds : 0;
	if (res->status == 404 && seconds > 1)
		seconds = 1;
	if (c->session != NULL)
		seconds = 0;
	/* A problem document's language is asked for by a header, which is no part of the cache's key. */
	if (c->api && res->status >= 400)
		seconds = 0;
	bool chosen = false;
	for (unsigned i = 0; i < res->header_count; i++)
		chosen = chosen || strcmp(res->headers[i].name, "X-Accel-Expires") == 0;
	if (!chosen || res->status != 200)
		answer_cache(c, seconds);
	bool keep = seconds > 0 && res->status < 400;
	http_header_set(res, "Cache-Control", !keep ? "no-store" : seconds >= 300 ? "public, max-age=300" : "no-cache");
	if (keep && res->status == 200 && http_etag(res, c->arena, c->req->if_none_match))
		res->content_type = NULL;
}

/* Feeds, fragments and what is for operators are the same for all: a static page with a session costs no statement more. */
static bool route_knows_session(const struct route *r)
{
	return r->kind == ROUTE_PAGE || r->kind == ROUTE_API || r->kind == ROUTE_GATE;
}

static void route_run(struct context *c)
{
	const struct route *r = c->route;
	c->res->route = r->pattern;
	c->api = r->kind == ROUTE_API || r->kind == ROUTE_GATE;
	const struct guard g = {
		.body_limit = r->body_limit, .loopback = r->kind == ROUTE_INTERNAL, .query = r->query,
		.access = r->access, .scope = r->scope, .any_origin = r->any_origin, .writes = r->method != HTTP_GET,
		.same_for_all = !route_knows_session(r), .ignore_query = r->kind == ROUTE_FRAGMENT || r->kind >= ROUTE_OPERATION,
	};
	enum err e = route_knows_session(r) ? session_load(c) : ERR_OK;
	if (e == ERR_OK && !guard_pass(c, &g))
		return;
	/* Who has signed in sees what they have just written. */
	db_may_lag(c->db, r->method == HTTP_GET && c->session == NULL);
	if (e == ERR_OK)
		e = r->handle(c);
	if (e == ERR_OK && c->res->body.error != ERR_OK)
		e = c->res->body.error;
	if (e != ERR_OK)
		answer_error(c, e);
}

static void site_handle(void *thread, struct http_request *req, struct http_response *res)
{
	struct context c;
	context_begin(&c, thread, req, res);
	const char *allow = "";
	if (req->bad != NULL) {
		res->note = req->bad;
		metrics_add(c.app->metrics, METRIC_BAD_REQUESTS, 1);
		answer_status(&c, 400);
	} else if ((c.route = route_find(((struct site_thread *)thread)->site, &c, &allow)) != NULL) {
		route_run(&c);
	} else if (*allow != '\0') {
		/* nginx has the page for GET. */
		http_header_set(res, "Allow", req->page_static ? context_join(&c, "GET, HEAD, ", allow, NULL) : allow);
		answer_status(&c, 405);
	} else {
		answer_status(&c, 404);
	}
	cache_headers(&c);
	if (res->content_type != NULL && !c.api && (c.route == NULL || c.route->kind != ROUTE_FILE))
		http_header_set(res, "Content-Language", lang_tag(c.lang));
	context_end(&c);
	db_may_lag(c.db, false);
	db_take_stats(c.db, &res->db_us, &res->db_queries);
}

static void *site_thread_start(void *app, unsigned index)
{
	struct site *site = app;
	(void)index;
	struct site_thread *t = calloc(1, sizeof *t);
	if (t == NULL)
		return NULL;
	t->site = site;
	enum err e = db_new(site->app->conf, &site->login, site->app->metrics, -1, &t->db);
	if (e != ERR_OK) {
		LOG_ERROR("thread_failed", LOG_S("error", err_text(e)));
		free(t);
		return NULL;
	}
	return t;
}

/* What cannot be written stays counted for the next time; nobody waits for it. */
static void site_views_write(struct site_thread *t)
{
	enum err e = view_counter_write(t->site->app->views, t->db);
	if (e != ERR_OK)
		LOG_WARN("views_not_written", LOG_S("error", err_text(e)));
}

static void site_misses_write(struct site_thread *t)
{
	enum err e = miss_counter_write(t->site->app->misses, t->db, clock_unix());
	if (e != ERR_OK)
		LOG_WARN("misses_not_written", LOG_S("error", err_text(e)));
}

static void site_rest(void *thread)
{
	struct site_thread *t = thread;
	if (miss_counter_due(t->site->app->misses, clock_unix()))
		site_misses_write(t);
	if (view_counter_due(t->site->app->views, clock_unix()))
		site_views_write(t);
}

static void site_thread_stop(void *thread)
{
	struct site_thread *t = thread;
	if (t == NULL)
		return;
	site_views_write(t);
	site_misses_write(t);
	db_free(t->db);
	free(t);
}

struct site *site_new(struct app *app, const struct db_login_source *login, const struct route *table, size_t n)
{
	struct site *site = calloc(1, sizeof *site);
	if (site != NULL)
		*site = (struct site){.app = app, .login = *login, .routes = table, .route_count = n};
	return site;
}

void site_free(struct site *site)
{
	free(site);
}

struct http_app site_http_app(struct site *site)
{
	return (struct http_app){
		.app = site, .thread_start = site_thread_start, .thread_stop = site_thread_stop,
		.body_limit = site_body_limit, .body_open = site_body_open, .handle = site_handle, .rest = site_rest,
	};
}

void routes_print(const struct route *table, size_t n, struct buf *out)
{
	static const char *const methods[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "OTHER"};
	static const char *const kinds[] = {"page", "fragment", "feed", "api", "operation", "internal", "gate", "file"};
	static const char *const access[] = {"anyone", "member", "moderator", "admin"};
	for (size_t i = 0; i < n; i++) {
		const struct route *r = &table[i];
		buf_printf(out, "%s %s\t%s\t%s\t%s\t%s\n", methods[r->method], r->pattern, kinds[r->kind], access[r->access],
			r->scope != SCOPE_NONE ? scope_name(r->scope) : "-", r->any_origin ? "any" : "same");
	}
}
