/* feed: what programs that are no API clients read: Atom, the sitemap, robots.txt, OpenSearch. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err feed_atom(struct context *c);
MUST_CHECK enum err feed_sitemap_index(struct context *c);
MUST_CHECK enum err feed_sitemap_part(struct context *c);
MUST_CHECK enum err feed_robots(struct context *c);
MUST_CHECK enum err feed_opensearch(struct context *c);
