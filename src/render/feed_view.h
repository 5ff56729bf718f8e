/* feed_view: Atom (RFC 4287), the sitemap protocol 0.9, OpenSearch 1.1. XML-escaped. */
#pragma once

#include "model/catalog.h"
#include "model/listing.h"
#include "render/layout.h"
#include "render/photo_view.h"

/* title: plain text; self: the feed's local URL with its query; html: the page's; photos: NULL where there are none. */
void feed_view(struct buf *b, const struct layout_site *site, enum lang lang, const char *title, const char *self, const char *html,
               const struct catalog *c, const struct listing *list, size_t n, const struct photo_set *photos, int64_t now);
void sitemap_index_view(struct buf *b, const struct layout_site *site, int64_t parts);
void sitemap_begin(struct buf *b);
/* path: local, with or without prefix; lastmod 0: none */
void sitemap_entry(struct buf *b, const struct layout_site *site, const char *path, int64_t lastmod);
void sitemap_end(struct buf *b);
void opensearch_view(struct buf *b, const struct layout_site *site, enum lang lang);
void robots_view(struct buf *b, const struct layout_site *site);
