/* resource: the site's articles. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err resource_show(struct context *c);      /* GET /resources/{slug} */
MUST_CHECK enum err fragment_resources(struct context *c);
