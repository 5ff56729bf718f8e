/* resource_view: an article, and the list of /fragments/resources. */
#pragma once

#include "model/resource.h"
#include "render/layout.h"

struct resource_view {
	struct page page;
	const struct resource *resource;
};
void resource_view(struct buf *b, const struct resource_view *v);
void resource_links(struct buf *b, enum lang lang, const struct resource *list, size_t n);
