#include "app/guard.h"

#include <string.h>
#include <strings.h>

#include "app/answer.h"
#include "app/session.h"
#include "app/signed_out.h"
#include "render/html.h"

static const char session_cookie[] = "__Host-outport";

/* "http://host:port" against the Host header. */
static bool origin_is_host(const char *origin, const char *host)
{
	const char *rest = strstr(origin, "://");
	return rest != NULL && *host != '\0' && strcasecmp(rest + 3, host) == 0;
}

/* A browser says where a request comes from; a program that says nothing is taken only without a session cookie. */
static bool same_origin(const struct http_request *r)
{
	/* No browser sends a bearer token by itself. */
	if (session_bearer(r))
		return true;
	if (*r->sec_fetch_site != '\0')
		return strcmp(r->sec_fetch_site, "same-origin") == 0;
	if (*r->origin != '\0')
		return origin_is_host(r->origin, r->host);
	return http_cookie_get(r, session_cookie) == NULL;
}

static bool body_pass(struct context *c)
{
	switch (c->req->body_state) {
	case HTTP_BODY_TOO_LARGE:
		answer_status(c, 413);
		return false;
	case HTTP_BODY_SHORT:
		c->res->note = "short_body";
		answer_status(c, 400);
		return false;
	case HTTP_BODY_BAD_LENGTH:
		c->res->note = "content_length";
		answer_status(c, 400);
		return false;
	case HTTP_BODY_NO_SPACE:
		c->res->note = "no_space";
		answer_no_space(c);
		return false;
	case HTTP_BODY_NONE:
	case HTTP_BODY_WHOLE:
		break;
	}
	return true;
}

static bool query_known(const char *const *allowed, const char *name)
{
	for (; allowed != NULL && *allowed != NULL; allowed++)
		if (strcmp(*allowed, name) == 0)
			return true;
	return false;
}

/* The API names what it does not know; a page leads to its canonical address, where that is left out. */
static bool query_pass(struct context *c, const struct guard *g)
{
	const struct http_params *q = &c->req->query;
	if (!c->api) {
		if (g->query != NULL || *c->req->query_string == '\0')
			return true;
		answer_redirect(c, 301, context_href(c, c->path));
		return false;
	}
	struct field_errors errors = {.n = 0};
	for (size_t i = 0; i < q->n; i++) {
		if (!query_known(g->query, q->list[i].name))
			field_errors_add(&errors, q->list[i].name, MSG_FIELD_UNKNOWN, NULL);
		for (size_t k = 0; k < i; k++)
			if (strcmp(q->list[k].name, q->list[i].name) == 0)
				field_errors_add(&errors, q->list[i].name, MSG_FIELD_REPEATED, NULL);
	}
	if (errors.n > 0)
		answer_problem(c, 400, tr(c->lang, MSG_PROBLEM_QUERY), &errors);
	return errors.n == 0;
}

/* An address that is not known is nobody's. */
static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* Where a page for members sends a visitor; afterwards the sign-in page leads back. */
static void send_to_login(struct context *c)
{
	const char *query = c->req->query_string;
	struct buf next;
	buf_init(&next, 4 * HTTP_QUERY_MAX);
	html_url(&next, context_join(c, context_href(c, c->path), *query != '\0' ? "?" : "", query, NULL));
	answer_redirect(c, 303, context_join(c, context_href(c, "/login"), "?next=", buf_str(&next), NULL));
	buf_free(&next);
}

static bool access_pass(struct context *c, const struct guard *g)
{
	static const enum member_role needed[] = {
		[ACCESS_ANYONE] = ROLE_MEMBER, [ACCESS_MEMBER] = ROLE_MEMBER, [ACCESS_MODERATOR] = ROLE_MODERATOR, [ACCESS_ADMIN] = ROLE_ADMIN,
	};
	if (g->same_for_all)
		return true;
	/* A token that is shown must be good, also where none is asked for. */
	if (c->session == NULL && (g->access != ACCESS_ANYONE || session_bearer(c->req))) {
		if (c->api || session_bearer(c->req))
			answer_status(c, 401);
		else if (g->writes)
			signed_out_answer(c);
		else
			send_to_login(c);
		return false;
	}
	if (c->session == NULL)
		return true;
	bool rights = c->session->role >= needed[g->access];
	bool scope = c->session->kind != SESSION_TOKEN || (g->access == ACCESS_ANYONE && g->scope == SCOPE_NONE) ||
		(g->scope != SCOPE_NONE && session_may(c, g->scope));
	if (rights && scope)
		return true;
	c->res->note = "rights";
	answer_forbidden(c);
	return false;
}

bool guard_pass(struct context *c, const struct guard *g)
{
	if (g->loopback && !is_loopback(c->req->client_address)) {
		answer_status(c, 404);
		return false;
	}
	if (!g->ignore_query && c->req->query_error != ERR_OK) {
		c->res->note = "query";
		answer_status(c, 400);
		return false;
	}
	if (g->writes && !g->any_origin && !same_origin(c->req)) {
		c->res->note = "cross_origin";
		answer_status(c, 403);
		return false;
	}
	return body_pass(c) && access_pass(c, g) && (g->ignore_query || g->writes || query_pass(c, g));
}
