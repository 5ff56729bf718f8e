#include "app/listing_page.h"

#include <string.h>

#include "app/miss_counter.h"
#include "db/listing_db.h"
#include "model/cursor.h"
#include "util/mac.h"

enum err listing_page_load(struct context *c, const struct query_reading *r, struct listing_page *out, bool *too_broad)
{
	*out = (struct listing_page){.n = 0};
	*too_broad = false;
	if (r->query.q != NULL)
		metrics_add(c->app->metrics, METRIC_SEARCHES, 1);
	if (r->no_words)
		return ERR_OK;
	enum err e = listing_db_page(c->db, c->arena, &r->query, out);
	if (e == ERR_TIMEOUT && r->query.q != NULL) {
		metrics_add(c->app->metrics, METRIC_SEARCH_TIMEOUTS, 1);
		*too_broad = true;
		return ERR_OK;
	}
	return e;
}

void listing_page_missed(struct context *c, const struct query_reading *r, const struct listing_page *page)
{
	if (r->query.q != NULL && page->n == 0 && !page->scan_stopped && !r->query.has_cursor && r->query.page <= 1)
		miss_counter_add(c->app->misses, r->query.q);
}

enum err listing_page_count(struct context *c, const struct query_reading *r, int64_t *out)
{
	*out = 0;
	if (r->no_words)
		return ERR_OK;
	uint8_t hash[MAC_FINGERPRINT_BYTES];
	mac_fingerprint(r->filters, strlen(r->filters), hash);
	uint64_t key;
	memcpy(&key, hash, sizeof key);
	if (count_cache_get(c->app->counts, key, c->now, out))
		return ERR_OK;
	struct listing_query q = r->query;
	q.has_cursor = false;
	q.page = 1;
	enum err e = listing_db_count(c->db, c->arena, &q, out);
	if (e == ERR_OK)
		count_cache_put(c->app->counts, key, c->now, *out);
	return e;
}

static int64_t key_of(const struct listing_query *q, const struct listing *l)
{
	return q->sort == SORT_NEWEST ? l->published_at : l->price_minor;
}

static const char *token(const struct context *c, const uint8_t *key, const struct listing_query *q, bool backward, int64_t at, int64_t id)
{
	char *text = arena_alloc(c->arena, CURSOR_TEXT_MAX);
	if (text != NULL)
		cursor_encode(key, q, backward, at, id, text);
	return text;
}

enum err listing_page_cursors(struct context *c, const struct query_reading *r, const struct listing_page *page, const char **next, const char **previous)
{
	*next = *previous = NULL;
	const struct listing_query *q = &r->query;
	const uint8_t *key = NULL;
	enum err e = context_key(c, SITE_KEY_CURSOR, &key);
	if (e != ERR_OK)
		return e;
	if (q->sort == SORT_RELEVANCE) {
		if (page->has_next)
			*next = token(c, key, q, false, (int64_t)q->page + 1, 0);
		return ERR_OK;
	}
	/* A bounded scan that stopped early goes on where it stopped, in its own direction. */
	if (page->scan_stopped && q->backward)
		*previous = token(c, key, q, true, page->scanned_key, page->scanned_id);
	else if (page->has_previous && page->n > 0)
		*previous = token(c, key, q, true, key_of(q, &page->items[0]), page->items[0].id);
	if (page->scan_stopped && !q->backward)
		*next = token(c, key, q, false, page->scanned_key, page->scanned_id);
	else if (page->has_next && page->n > 0)
		*next = token(c, key, q, false, key_of(q, &page->items[page->n - 1]), page->items[page->n - 1].id);
	return ERR_OK;
}

const char *listing_page_path(const struct context *c, const struct listing *l)
{
	static const char start[] = "/listings/";
	size_t slug = strlen(l->slug);
	char *path = arena_alloc(c->arena, sizeof start + I64_TEXT_SIZE + 1 + slug);
	if (path == NULL)
		return "";
	memcpy(path, start, sizeof start - 1);
	char *p = path + sizeof start - 1;
	p += i64_text(l->id, p);
	*p++ = '/';
	memcpy(p, l->slug, slug + 1);
	return path;
}
