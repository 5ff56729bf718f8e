#include "app/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/answer.h"
#include "app/listing_page.h"
#include "app/photo.h"
#include "db/content_db.h"
#include "db/listing_db.h"
#include "model/slug.h"
#include "render/feed_view.h"

enum {
	FEED_LISTINGS = 50,
	SITEMAP_IDS = 10000, /* ids a part covers; the protocol allows 50,000 addresses a file */
	SEARCH_CACHE_SECONDS = 30,
};

enum err feed_atom(struct context *c)
{
	struct query_reading r;
	enum err e = listing_query_read(c, FEED_LISTINGS, &r);
	if (e != ERR_OK)
		return e;
	if (r.errors.n > 0)
		return ERR_INVALID;
	const char *tail = context_join(c, *r.filters != '\0' ? "?" : "", r.filters, NULL);
	if (strcmp(r.filters, c->req->query_string) != 0) {
		answer_redirect(c, 301, context_join(c, lang_prefix(c->lang), "/feed.atom", tail, NULL));
		return ERR_OK;
	}
	/* A feed is of what is new, whatever the page it was found on is sorted by. */
	r.query.sort = SORT_NEWEST;
	struct listing_page page;
	struct photo_set photos;
	bool too_broad = false;
	e = listing_page_load(c, &r, &page, &too_broad);
	if (e == ERR_OK && too_broad)
		e = ERR_TIMEOUT;
	if (e == ERR_OK)
		e = photo_set_load(c, page.items, sizeof *page.items, page.n, &photos);
	if (e != ERR_OK)
		return e;
	if (r.query.q != NULL)
		answer_cache(c, SEARCH_CACHE_SECONDS);
	c->res->content_type = "application/atom+xml; charset=utf-8";
	const char *title = r.category != NULL ? r.category->name[c->lang] : tr(c->lang, MSG_FEED_TITLE);
	if (r.query.q != NULL)
		title = context_join(c, title, " – ", r.q, NULL);
	if (r.place != NULL)
		title = context_join(c, title, " – ", r.place->name[c->lang], NULL);
	feed_view(&c->res->body, &c->app->site, c->lang, title, context_join(c, lang_prefix(c->lang), "/feed.atom", tail, NULL),
	          context_join(c, lang_prefix(c->lang), "/listings", tail, NULL), c->catalog, page.items, page.n, &photos, c->now);
	return ERR_OK;
}

enum err feed_sitemap_index(struct context *c)
{
	int64_t max = 0;
	enum err e = listing_db_max_id(c->db, c->arena, &max);
	if (e != ERR_OK)
		return e;
	c->res->content_type = "application/xml; charset=utf-8";
	sitemap_index_view(&c->res->body, &c->app->site, max / SITEMAP_IDS + 1);
	return ERR_OK;
}

struct sitemap_writer {
	struct context *c;
};

static bool sitemap_listing(void *ctx, const struct listing *l)
{
	struct context *c = ((struct sitemap_writer *)ctx)->c;
	char path[SLUG_MAX + 40];
	snprintf(path, sizeof path, "/listings/%" PRId64 "/%s", l->id, l->slug);
	sitemap_entry(&c->res->body, &c->app->site, path, l->updated_at);
	return true;
}

/* The first part names the pages that always are, the articles among them. */
static enum err sitemap_pages(struct context *c)
{
	static const char *const pages[] = {"/", "/listings", "/submit", "/resources", "/contact", "/privacy", "/terms"};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		sitemap_entry(&c->res->body, &c->app->site, pages[i], 0);
	struct resource *list = NULL;
	size_t n = 0;
	enum err e = resource_db_list(c->db, c->arena, &list, &n);
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		sitemap_entry(&c->res->body, &c->app->site, context_join(c, "/resources/", list[i].slug, NULL), list[i].updated_at);
	return e;
}

enum err feed_sitemap_part(struct context *c)
{
	int64_t max = 0;
	enum err e = listing_db_max_id(c->db, c->arena, &max);
	if (e == ERR_OK && c->id > max / SITEMAP_IDS)
		e = ERR_NOT_FOUND;
	if (e != ERR_OK)
		return e;
	c->res->content_type = "application/xml; charset=utf-8";
	sitemap_begin(&c->res->body);
	if (c->id == 0)
		e = sitemap_pages(c);
	struct sitemap_writer writer = {.c = c};
	if (e == ERR_OK)
		e = listing_db_sitemap(c->db, c->id * SITEMAP_IDS, (c->id + 1) * SITEMAP_IDS, sitemap_listing, &writer);
	sitemap_end(&c->res->body);
	return e;
}

enum err feed_robots(struct context *c)
{
	c->res->content_type = "text/plain; charset=utf-8";
	robots_view(&c->res->body, &c->app->site);
	return ERR_OK;
}

enum err feed_opensearch(struct context *c)
{
	c->res->content_type = "application/opensearchdescription+xml; charset=utf-8";
	opensearch_view(&c->res->body, &c->app->site, c->lang);
	return ERR_OK;
}
