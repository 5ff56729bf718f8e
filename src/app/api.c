#include "app/api.h"

#include "app/answer.h"
#include "app/listing.h"
#include "app/listing_page.h"
#include "app/photo.h"
#include "db/content_db.h"
#include "db/photo_db.h"

enum { API_LIMIT = 20, SEARCH_CACHE_SECONDS = 30 };

void api_listing_members(struct context *c, struct json *j, const struct listing *l, const struct photo *photo)
{
	const struct category *category = catalog_category(c->catalog, l->category_id);
	const struct place *place = catalog_place(c->catalog, l->place_id);
	json_key_int(j, "id", l->id);
	json_key_string(j, "title", l->title);
	json_key_string(j, "slug", l->slug);
	json_key_string(j, "summary", l->summary);
	json_key_int(j, "price_cents", l->price_minor);
	json_key_string(j, "currency", l->currency);
	json_key_string(j, "category", category != NULL ? category->slug : NULL);
	json_key_string(j, "location", place != NULL ? place->slug : NULL);
	json_key_int(j, "stock", l->stock);
	json_key(j, "photo");
	photo_put_json(j, photo_base(c), photo);
	json_key(j, "published_at");
	json_time(j, l->published_at);
	json_key_string(j, "url", listing_page_path(c, l));
}

enum err api_listings(struct context *c)
{
	struct query_reading r;
	enum err e = listing_query_read(c, API_LIMIT, &r);
	if (e != ERR_OK)
		return e;
	if (r.errors.n > 0) {
		answer_problem(c, 400, tr(c->lang, MSG_PROBLEM_QUERY), &r.errors);
		return ERR_OK;
	}
	struct listing_page page;
	struct photo_set photos;
	bool too_broad = false;
	e = listing_page_load(c, &r, &page, &too_broad);
	const char *next = NULL, *previous = NULL;
	if (e == ERR_OK)
		e = listing_page_cursors(c, &r, &page, &next, &previous);
	if (e == ERR_OK)
		e = photo_set_load(c, page.items, sizeof *page.items, page.n, &photos);
	if (e != ERR_OK)
		return e;
	if (too_broad) {
		http_header_set(c->res, "Retry-After", "30");
		struct field_errors errors = {.n = 0};
		field_errors_add(&errors, "q", MSG_PROBLEM_SEARCH, NULL);
		answer_problem(c, 503, tr(c->lang, MSG_PROBLEM_SEARCH), &errors);
		return ERR_OK;
	}
	if (r.query.q != NULL)
		answer_cache(c, SEARCH_CACHE_SECONDS);
	listing_page_missed(c, &r, &page);
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "listings");
	json_array(&j);
	for (size_t i = 0; i < page.n; i++) {
		json_object(&j);
		api_listing_members(c, &j, &page.items[i], photo_set_find(&photos, page.items[i].id));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key_string(&j, "next_cursor", next);
	json_object_end(&j);
	return ERR_OK;
}

enum err api_listing(struct context *c)
{
	struct listing l;
	struct photo *photos = NULL;
	size_t n = 0;
	enum err e = listing_load_published(c, &l);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e == ERR_OK && l.photos > 0)
		e = photo_db_list(c->db, c->arena, l.id, &photos, &n);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	api_listing_members(c, &j, &l, n > 0 ? &photos[0] : NULL);
	json_key_string(&j, "description", l.description);
	json_key(&j, "photos");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		photo_put_json(&j, photo_base(c), &photos[i]);
	json_array_end(&j);
	json_key(&j, "seller");
	json_object(&j);
	json_key_string(&j, "name", l.contact_name);
	json_object_end(&j);
	json_object_end(&j);
	return ERR_OK;
}

/* A text in both languages. */
static void text_pair(struct json *j, const char *const text[2])
{
	json_object(j);
	json_key_string(j, "en", text[LANG_EN]);
	json_key_string(j, "fr", text[LANG_FR]);
	json_object_end(j);
}

/* One category or place of the catalog: the parent as its slug, null for a top entry. */
static void node_write(struct json *j, int64_t id, const char *slug, const char *parent, const char *name_en, const char *name_fr)
{
	json_object(j);
	json_key_int(j, "id", id);
	json_key_string(j, "slug", slug);
	json_key_string(j, "parent", parent);
	json_key(j, "name");
	text_pair(j, (const char *const[]){name_en, name_fr});
	json_object_end(j);
}

enum err api_categories(struct context *c)
{
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "categories");
	json_array(&j);
	for (size_t i = 0; i < c->catalog->category_count; i++) {
		const struct category *k = &c->catalog->categories[i];
		const struct category *parent = catalog_category(c->catalog, k->parent_id);
		node_write(&j, k->id, k->slug, parent != NULL ? parent->slug : NULL, k->name[LANG_EN], k->name[LANG_FR]);
	}
	json_array_end(&j);
	json_object_end(&j);
	return ERR_OK;
}

enum err api_places(struct context *c)
{
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "places");
	json_array(&j);
	for (size_t i = 0; i < c->catalog->place_count; i++) {
		const struct place *k = &c->catalog->places[i];
		const struct place *parent = catalog_place(c->catalog, k->parent_id);
		node_write(&j, k->id, k->slug, parent != NULL ? parent->slug : NULL, k->name[LANG_EN], k->name[LANG_FR]);
	}
	json_array_end(&j);
	json_object_end(&j);
	return ERR_OK;
}

static void resource_members(struct context *c, struct json *j, const struct resource *r)
{
	json_key_string(j, "slug", r->slug);
	json_key(j, "title");
	text_pair(j, r->title);
	json_key(j, "summary");
	text_pair(j, r->summary);
	json_key(j, "updated_at");
	json_time(j, r->updated_at);
	json_key_string(j, "url", context_join(c, "/resources/", r->slug, NULL));
}

enum err api_resources(struct context *c)
{
	struct resource *list = NULL;
	size_t n = 0;
	enum err e = resource_db_list(c->db, c->arena, &list, &n);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "resources");
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		resource_members(c, &j, &list[i]);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	return ERR_OK;
}

enum err api_resource(struct context *c)
{
	struct resource r;
	enum err e = resource_db_get(c->db, c->arena, c->param[0], &r);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	resource_members(c, &j, &r);
	json_key(&j, "markdown");
	text_pair(&j, r.body);
	json_object_end(&j);
	return ERR_OK;
}

enum err api_openapi(struct context *c)
{
	c->res->content_type = "application/json";
	buf_puts(&c->res->body, c->app->openapi);
	return ERR_OK;
}
