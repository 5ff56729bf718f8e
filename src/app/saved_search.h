/* saved_search: searches a member keeps, with mails about what is new in them, and the way out of those mails. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err saved_search_index(struct context *c);  /* GET /account/searches */
MUST_CHECK enum err saved_search_new(struct context *c);    /* GET /account/searches/new?q=… */
MUST_CHECK enum err saved_search_add(struct context *c);    /* POST /account/searches; the API's too */
MUST_CHECK enum err saved_search_show(struct context *c);   /* GET /account/searches/{id} */
MUST_CHECK enum err saved_search_change(struct context *c); /* POST /account/searches/{id} */
MUST_CHECK enum err saved_search_delete(struct context *c); /* POST /account/searches/{id}/delete */

MUST_CHECK enum err api_searches(struct context *c);
MUST_CHECK enum err api_search_change(struct context *c);
MUST_CHECK enum err api_search_delete(struct context *c);

/* A link of a mail, for whoever holds it, signed in or not. GET asks; POST stops the mails: by the page's button, or by a mail program on its
 * reader's behalf (RFC 8058). What the token is worth is not told. */
MUST_CHECK enum err unsubscribe_show(struct context *c);
MUST_CHECK enum err unsubscribe_post(struct context *c);
