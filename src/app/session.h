/* session: who sent a request, by cookie or bearer token, and how a browser is signed in and out. */
#pragma once

#include "app/context.h"
#include "util/token.h"

/* Sets c->session when the request carries the token of a live session; a request without one, or with a dead one, is a visitor's. At most one
 * query, and a write of last_seen_at every SESSION_SEEN_SECONDS. A dead cookie is taken from the browser. */
MUST_CHECK enum err session_load(struct context *c);
/* The request shows a bearer token: no browser sends one by itself (RFC 6750, section 2.1). */
bool session_bearer(const struct http_request *req);
/* Signs the member in: a new session, whose token goes into the cookie (SESSION_BROWSER) or into token. What the browser's cookie named before
 * is ended: a token is never carried over a sign-in (ASVS 7.2.4). */
MUST_CHECK enum err session_start(struct context *c, int64_t member_id, enum session_kind kind, char token[static TOKEN_TEXT + 1], int64_t *expires_at);
/* After a change of rights or password: the request's own session gets a new token. */
MUST_CHECK enum err session_renew(struct context *c);
/* Signs this browser out. */
MUST_CHECK enum err session_stop(struct context *c);
/* May this request do what needs the scope? */
bool session_may(const struct context *c, enum scope scope);
