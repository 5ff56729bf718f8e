#include "app/listing.h"

#include <string.h>

#include "app/answer.h"
#include "app/listing_page.h"
#include "app/photo.h"
#include "app/session.h"
#include "app/view_counter.h"
#include "db/favourite_db.h"
#include "db/listing_db.h"
#include "db/photo_db.h"
#include "db/member_db.h"
#include "render/listing_view.h"
#include "text/format.h"

enum { SIMILAR_LISTINGS = 4, NEWEST_LISTINGS = 8, SEARCH_CACHE_SECONDS = 30, CHIPS_MAX = 6 };

static const char *plain_money(const struct context *c, int64_t minor)
{
	struct buf b;
	buf_init(&b, 64);
	format_money(&b, c->lang, minor, c->app->conf->site.currency);
	const char *text = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return text != NULL ? text : "";
}

/* A sentence with its placeholders filled, in the arena. */
static const char *said(const struct context *c, enum msg id, const char *first, const char *second)
{
	struct buf b;
	buf_init(&b, 2048);
	tr_format(&b, c->lang, id, (const char *const[]){first, second}, 2);
	const char *text = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return text != NULL ? text : "";
}

static void chip_add(const struct context *c, const struct query_reading *r, struct listings_view *v, struct filter_chip *chips,
                     const char *name, const char *text)
{
	const char *rest = listing_query_string(c, r, name, NULL);
	const char *href = context_join(c, lang_prefix(c->lang), "/listings", *rest != '\0' ? "?" : "", rest, NULL);
	chips[v->chip_count++] = (struct filter_chip){.text = text, .href = href};
}

/* What the visitor filtered by, each with the address that takes it away. */
static void chips_make(const struct context *c, const struct query_reading *r, struct listings_view *v, struct filter_chip *chips)
{
	if (*r->q != '\0')
		chip_add(c, r, v, chips, "q", said(c, MSG_CHIP_SEARCH, r->q, NULL));
	if (r->category != NULL)
		chip_add(c, r, v, chips, "category", r->category->name[c->lang]);
	if (r->place != NULL)
		chip_add(c, r, v, chips, "location", r->place->name[c->lang]);
	if (r->query.min_price >= 0)
		chip_add(c, r, v, chips, "min_price", said(c, MSG_CHIP_PRICE_FROM, plain_money(c, r->query.min_price), NULL));
	if (r->query.max_price >= 0)
		chip_add(c, r, v, chips, "max_price", said(c, MSG_CHIP_PRICE_TO, plain_money(c, r->query.max_price), NULL));
	v->chips = chips;
}

static const char *listings_href(const struct context *c, const struct query_reading *r, const char *name, const char *value)
{
	if (value == NULL)
		return NULL;
	const char *extra = context_join(c, name, "=", value, NULL);
	return context_join(c, lang_prefix(c->lang), "/listings?", listing_query_string(c, r, NULL, extra), NULL);
}

static const char *number_text(const struct context *c, unsigned n)
{
	struct buf b;
	buf_init(&b, 15);
	buf_i64(&b, n);
	const char *text = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return text;
}

static enum err pager_make(struct context *c, const struct query_reading *r, const struct listing_page *page, struct listings_view *v)
{
	unsigned number = r->query.page;
	if (r->query.sort == SORT_RELEVANCE) {
		if (page->has_next && number < LISTING_RELEVANCE_MAX / LISTING_PAGE)
			v->next_href = listings_href(c, r, "page", number_text(c, number + 1));
		if (number == 2)
			v->previous_href = context_join(c, lang_prefix(c->lang), "/listings?", r->filters, NULL);
		else if (number > 2)
			v->previous_href = listings_href(c, r, "page", number_text(c, number - 1));
		return ERR_OK;
	}
	const char *next = NULL, *previous = NULL;
	enum err e = listing_page_cursors(c, r, page, &next, &previous);
	v->next_href = listings_href(c, r, "cursor", next);
	v->previous_href = listings_href(c, r, "cursor", previous);
	return e;
}

const char *listing_index_title(const struct context *c, const struct query_reading *r)
{
	const char *subject = r->category != NULL ? r->category->name[c->lang] : tr(c->lang, MSG_LISTINGS_TITLE);
	if (r->query.q != NULL)
		subject = said(c, MSG_LISTINGS_TITLE_AND, said(c, MSG_LISTINGS_TITLE_SEARCH, r->q, NULL), subject);
	if (r->place != NULL)
		subject = said(c, MSG_LISTINGS_TITLE_AND, subject, r->place->name[c->lang]);
	return subject;
}

static void index_write(struct context *c, const struct query_reading *r, struct listings_view *v)
{
	struct filter_chip chips[CHIPS_MAX];
	chips_make(c, r, v, chips);
	v->page.feed = context_join(c, lang_prefix(c->lang), "/feed.atom", *r->filters != '\0' ? "?" : "", r->filters, NULL);
	v->save_href = *r->filters != '\0' && r->errors.n == 0 ? context_join(c, lang_prefix(c->lang), "/account/searches/new?", r->filters, NULL) : NULL;
	v->page.query = r->canonical;
	v->page.section = "listings";
	v->page.prev = v->previous_href;
	v->page.next = v->next_href;
	/* Search results and deep pages are no landing pages. */
	v->page.noindex = r->query.q != NULL || r->query.has_cursor;
	v->page.description = tr(c->lang, MSG_LISTINGS_DESCRIPTION);
	listings_view(&c->res->body, v);
}

enum err listing_index(struct context *c)
{
	struct query_reading r;
	enum err e = listing_query_read(c, LISTING_PAGE, &r);
	if (e != ERR_OK)
		return e;
	struct listing_page page = {.n = 0};
	struct photo_set photos;
	struct listings_view v = {
		.page = answer_page(c, listing_index_title(c, &r), "/listings"),
		.catalog = c->catalog, .query = &r.query, .result = &page, .count = -1,
		.min_price = r.min_price, .max_price = r.max_price, .errors = &r.errors, .now = c->now,
	};
	if (r.errors.n > 0) {
		answer_html(c, 400);
		v.page.noindex = true;
		index_write(c, &r, &v);
		return ERR_OK;
	}
	if (strcmp(r.canonical, c->req->query_string) != 0) {
		answer_redirect(c, 301, context_join(c, lang_prefix(c->lang), "/listings", *r.canonical != '\0' ? "?" : "", r.canonical, NULL));
		return ERR_OK;
	}
	answer_html(c, 200);
	e = listing_page_load(c, &r, &page, &v.too_broad);
	if (e == ERR_OK && !v.too_broad)
		e = listing_page_count(c, &r, &v.count);
	if (e == ERR_TIMEOUT && r.query.q != NULL) {
		v.too_broad = true;
		e = ERR_OK;
	}
	if (e == ERR_OK)
		e = pager_make(c, &r, &page, &v);
	if (e == ERR_OK)
		e = photo_set_load(c, page.items, sizeof *page.items, page.n, &photos);
	if (e != ERR_OK)
		return e;
	v.photos = &photos;
	if (r.query.q != NULL)
		answer_cache(c, SEARCH_CACHE_SECONDS);
	if (!v.too_broad)
		listing_page_missed(c, &r, &page);
	index_write(c, &r, &v);
	return ERR_OK;
}

static enum err listing_public(const struct listing *l)
{
	const unsigned over = LISTING_IN(LISTING_REMOVED) | LISTING_IN(LISTING_EXPIRED) | LISTING_IN(LISTING_SOLD) | LISTING_IN(LISTING_WITHDRAWN);
	if (l->published_at != 0 && (LISTING_IN(l->state) & over) != 0)
		return ERR_GONE;
	return l->state == LISTING_PUBLISHED ? ERR_OK : ERR_NOT_FOUND;
}

static bool listing_is_mine(const struct context *c, const struct listing *l)
{
	return c->session != NULL && c->session->member_id == l->member_id;
}

/* Owners see theirs in any state, moderators what was sent in; what they gave a program a token for does not, unless it may. */
static enum err listing_visible(const struct context *c, const struct listing *l)
{
	bool owner = listing_is_mine(c, l) && session_may(c, SCOPE_READ);
	bool moderator = session_may(c, SCOPE_MODERATION) && c->session->role >= ROLE_MODERATOR && listing_sent_in(l->state);
	return owner || moderator ? ERR_OK : listing_public(l);
}

static void listing_count_view(const struct context *c, const struct listing *l)
{
	if (c->req->method == HTTP_GET && l->state == LISTING_PUBLISHED && !listing_is_mine(c, l) && !view_by_robot(c->req->user_agent))
		view_counter_add(c->app->views, l->id);
}

enum err listing_load_published(struct context *c, struct listing *out)
{
	enum err e = listing_db_get(c->db, c->arena, c->id, out);
	if (e == ERR_OK)
		e = listing_public(out);
	/* What was published a moment ago, and is asked for by a link in a mail, may not have reached the replica. */
	bool again = e != ERR_OK && db_may_lag(c->db, false);
	return again ? listing_load_published(c, out) : e;
}

struct listing listing_unread(const struct context *c)
{
	return (struct listing){
		.id = c->id, .slug = "x", .title = context_join(c, tr(c->lang, MSG_LISTING_NUMBER), " ", c->param[0], NULL),
	};
}

/* The published listing and whether the reader keeps it: one query either way. */
static enum err listing_load_kept(struct context *c, struct listing *out, enum favourite_state *favourite)
{
	*favourite = FAVOURITE_VISITOR;
	if (c->session == NULL)
		return listing_load_published(c, out);
	bool kept = false;
	enum err e = favourite_db_listing(c->db, c->arena, c->session->member_id, c->id, out, &kept);
	*favourite = kept ? FAVOURITE_YES : FAVOURITE_NO;
	return e == ERR_OK ? listing_visible(c, out) : e;
}

/* Whose profile stands below the listing. */
static enum err listing_seller(struct context *c, const struct listing *l, struct member *m, const struct member **out)
{
	*out = NULL;
	if (l->member_id == 0)
		return ERR_OK;
	enum err e = member_db_get(c->db, c->arena, l->member_id, m);
	if (e == ERR_OK && m->state == MEMBER_ACTIVE)
		*out = m;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err redirect_to_slug(struct context *c, const struct listing *l)
{
	answer_redirect(c, 301, context_href(c, listing_page_path(c, l)));
	return ERR_OK;
}

enum err listing_show_id(struct context *c)
{
	struct listing l;
	enum favourite_state favourite;
	enum err e = listing_load_kept(c, &l, &favourite);
	return e != ERR_OK ? e : redirect_to_slug(c, &l);
}

enum err listing_show(struct context *c)
{
	struct listing l;
	enum favourite_state favourite;
	enum err e = listing_load_kept(c, &l, &favourite);
	if (e == ERR_OK && (strcmp(c->param[1], l.slug) != 0 || *c->req->query_string != '\0'))
		return redirect_to_slug(c, &l);
	if (e == ERR_OK)
		e = context_catalog(c);
	struct listing *similar = NULL;
	struct photo *photos = NULL;
	struct photo_set similar_photos;
	size_t n = 0, n_photos = 0;
	if (e == ERR_OK)
		e = listing_db_similar(c->db, c->arena, &l, SIMILAR_LISTINGS, &similar, &n);
	if (e == ERR_OK && l.photos > 0)
		e = photo_db_list(c->db, c->arena, l.id, &photos, &n_photos);
	if (e == ERR_OK)
		e = photo_set_load(c, similar, sizeof *similar, n, &similar_photos);
	struct member member;
	const struct member *seller = NULL;
	if (e == ERR_OK)
		e = listing_seller(c, &l, &member, &seller);
	if (e != ERR_OK)
		return e;
	struct listing_view v = {
		.page = answer_page(c, l.title, listing_page_path(c, &l)),
		.catalog = c->catalog, .listing = &l, .similar = similar, .similar_count = n, .similar_photos = &similar_photos, .seller = seller,
		.photos = photos, .photo_count = n_photos, .photo_base = photo_base(c), .favourite = favourite, .mine = listing_is_mine(c, &l), .now = c->now,
	};
	v.page.noindex = l.state != LISTING_PUBLISHED;
	listing_count_view(c, &l);
	v.page.og_type = "product";
	v.page.section = "listings";
	answer_html(c, 200);
	listing_view(&c->res->body, &v);
	return ERR_OK;
}

enum err fragment_newest(struct context *c)
{
	struct listing_query q = {.min_price = -1, .max_price = -1, .sort = SORT_NEWEST, .limit = NEWEST_LISTINGS, .page = 1};
	struct listing_page page;
	struct photo_set photos;
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = listing_db_page(c->db, c->arena, &q, &page);
	if (e == ERR_OK)
		e = photo_set_load(c, page.items, sizeof *page.items, page.n, &photos);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	listing_cards(&c->res->body, c->lang, c->catalog, page.items, page.n, &photos, c->now);
	return ERR_OK;
}

enum err fragment_categories(struct context *c)
{
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	category_links(&c->res->body, c->lang, c->catalog);
	return ERR_OK;
}

enum err fragment_category_options(struct context *c)
{
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	category_options(&c->res->body, c->lang, c->catalog, NULL);
	return ERR_OK;
}

enum err fragment_place_options(struct context *c)
{
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	place_options(&c->res->body, c->lang, c->catalog, NULL);
	return ERR_OK;
}
