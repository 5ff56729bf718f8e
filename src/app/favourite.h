/* favourite: listings a member keeps in sight. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err favourite_post(struct context *c);  /* POST /listings/{id}/favourite */
MUST_CHECK enum err favourite_index(struct context *c); /* GET /account/favourites */
MUST_CHECK enum err api_favourites(struct context *c);
MUST_CHECK enum err api_favourite_put(struct context *c);
MUST_CHECK enum err api_favourite_delete(struct context *c);
