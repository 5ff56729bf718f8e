/* guard: a route's preconditions, checked in one place before its handler runs. */
#pragma once

#include "app/context.h"

struct guard {
	size_t body_limit;        /* bytes; 0: no body is taken */
	bool loopback;            /* to loopback clients only */
	bool writes;              /* changes something: same origin or a program without a session */
	const char *const *query; /* allowed parameters, NULL-ended; NULL: none */
	bool ignore_query;        /* a fragment: the parent page's parameters are nothing to it */
};

/* True when the request may go on; false when it has been answered (400, 403, 404, 405, 413 or a redirect). */
bool guard_pass(struct context *c, const struct guard *g);
