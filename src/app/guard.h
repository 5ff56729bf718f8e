/* guard: a route's preconditions, checked in one place before its handler runs. */
#pragma once

#include "app/context.h"

/* A page for members sends a visitor to sign in first; the API answers 401. Too few rights: 403. */
enum access { ACCESS_ANYONE, ACCESS_MEMBER, ACCESS_MODERATOR, ACCESS_ADMIN };

struct guard {
	size_t body_limit;        /* bytes; 0: no body is taken */
	bool loopback;            /* to loopback clients only */
	bool writes;              /* changes something: same origin or a program without a session */
	const char *const *query; /* allowed parameters, NULL-ended; NULL: none */
	enum access access;       /* who may come in */
	enum scope scope;         /* what a personal token must be allowed; SCOPE_NONE: none may */
	bool any_origin;          /* what a mail program posts by itself (RFC 8058) */
	bool same_for_all;        /* a feed, an operator's page: no session is read, and a token that is shown is nothing to it */
	bool ignore_query;        /* a fragment: the parent page's parameters are nothing to it */
};

/* True when the request may go on; false when it has been answered: 400, 401, 403, 404, 405, 413, a redirect to the canonical address, or to the
 * sign-in page. */
bool guard_pass(struct context *c, const struct guard *g);
