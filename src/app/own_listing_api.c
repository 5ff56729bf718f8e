/* own_listing.h, the API: a program's own member's listings. */
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/api.h"
#include "app/own_form.h"
#include "app/photo.h"
#include "db/own_listing_db.h"
#include "model/money.h"

enum { LIMIT = 20, ID_DIGITS = 15 };

static void own_write(struct context *c, struct json *j, const struct own_listing *o, const struct photo_set *photos)
{
	const struct listing *l = &o->listing;
	json_object(j);
	api_listing_members(c, j, l, photo_set_find(photos, l->id));
	json_key_string(j, "state", listing_state_name(l->state));
	json_key_string(j, "description", l->description);
	json_key_string(j, "contact_name", l->contact_name);
	const char *reason = l->state == LISTING_HELD ? l->held_reason : l->reject_reason;
	json_key_string(j, "reason", *reason != '\0' ? reason : NULL);
	json_key_int(j, "version", l->version);
	json_key_int(j, "views", o->views);
	json_key_int(j, "messages", o->messages);
	json_key(j, "created_at");
	json_time(j, l->created_at);
	json_key(j, "updated_at");
	json_time(j, l->updated_at);
	json_key(j, "expires_at");
	json_time(j, l->expires_at);
	json_object_end(j);
}

/* A number of the query; when it is none, the problem has been answered. */
static bool query_number(struct context *c, const char *name, int64_t max, enum msg text, const char *bound, int64_t *out)
{
	const char *s = http_param_get(&c->req->query, name);
	if (s == NULL)
		return true;
	size_t n = strspn(s, "0123456789");
	if (n > 0 && n <= ID_DIGITS && s[n] == '\0')
		*out = strtoll(s, NULL, 10);
	if (n == 0 || n > ID_DIGITS || s[n] != '\0' || *out < 1 || *out > max) {
		struct field_errors errors = {.n = 0};
		field_errors_add(&errors, name, text, bound);
		answer_problem(c, 400, tr(c->lang, MSG_PROBLEM_QUERY), &errors);
		return false;
	}
	return true;
}

enum err api_own_listings(struct context *c)
{
	int64_t limit = LIMIT, before = 0;
	if (!query_number(c, "limit", LISTING_PAGE_MAX, MSG_FIELD_BETWEEN, "100", &limit) || !query_number(c, "cursor", INT64_MAX, MSG_FIELD_CURSOR, NULL, &before))
		return ERR_OK;
	struct own_listing *list = NULL;
	struct photo_set photos;
	size_t n = 0;
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = own_listing_db_page(c->db, c->arena, c->session->member_id, before, (unsigned)limit + 1, &list, &n);
	if (e == ERR_OK)
		e = photo_set_load(c, list, sizeof *list, n, &photos);
	if (e != ERR_OK)
		return e;
	bool more = n > (size_t)limit;
	size_t shown = more ? (size_t)limit : n;
	char next[I64_TEXT_SIZE + 1];
	if (more)
		next[i64_text(list[shown - 1].listing.id, next)] = '\0';
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "listings");
	json_array(&j);
	for (size_t i = 0; i < shown; i++)
		own_write(c, &j, &list[i], &photos);
	json_array_end(&j);
	json_key_string(&j, "next_cursor", more ? next : NULL);
	json_object_end(&j);
	return ERR_OK;
}

/* The listing as it is now. */
static enum err own_answer(struct context *c, int64_t member_id)
{
	struct own_listing own;
	struct photo_set photos;
	enum err e = own_listing_db_get(c->db, c->arena, c->id, member_id, &own);
	if (e == ERR_OK)
		e = photo_set_load(c, &own, sizeof own, 1, &photos);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	own_write(c, &j, &own, &photos);
	return ERR_OK;
}

/* What is not given stays as it is: the body over the listing. */
static enum err overlay(const struct context *c, const struct listing *l, struct http_params *given, struct http_params *out)
{
	enum { KNOWN = 6 };
	const struct category *category = catalog_category(c->catalog, l->category_id);
	const struct place *place = catalog_place(c->catalog, l->place_id);
	char *price = arena_alloc(c->arena, 32), *stock = arena_alloc(c->arena, I64_TEXT_SIZE + 1);
	struct http_param *list = arena_array(c->arena, given->n + KNOWN, sizeof *list);
	if (price == NULL || stock == NULL || list == NULL)
		return ERR_NOMEM;
	money_decimal(l->price_minor, money_digits(l->currency), price);
	stock[i64_text(l->stock, stock)] = '\0';
	const struct http_param known[KNOWN] = {
		{"title", l->title}, {"description", l->description}, {"category", category != NULL ? category->slug : ""}, {"price", price},
		{"location", place != NULL ? place->slug : ""}, {"stock", stock},
	};
	*out = (struct http_params){.list = list, .machine = true};
	for (size_t i = 0; i < given->n; i++)
		list[out->n++] = given->list[i];
	for (size_t i = 0; i < KNOWN; i++)
		if (http_param_get(given, known[i].name) == NULL)
			list[out->n++] = known[i];
	return ERR_OK;
}

enum err api_own_listing_change(struct context *c)
{
	struct own_writing w = {.fields = OWN_LISTING_FIELDS_DEFAULT};
	struct http_params given;
	const char *bad = NULL;
	int status = form_read(c->req, true, &given, &bad);
	if (status == 422 && bad != NULL)
		answer_field_problem(c, 422, bad, MSG_FIELD_BAD, NULL);
	else if (status != 0)
		answer_status(c, status);
	if (status != 0)
		return ERR_OK;
	enum err e = own_listing_of_session(c, &w.owner, &w.own);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e == ERR_OK)
		e = overlay(c, &w.own.listing, &given, &w.posting.params);
	if (e != ERR_OK)
		return e;
	form_decode(c->arena, own_listing_fields_table, OWN_LISTING_FIELD_COUNT, &w.posting.params, c->app->money_digits, &w.fields, &w.posting.errors);
	w.draft = w.own.listing.state == LISTING_DRAFT;
	e = own_writing_keep(c, &w);
	if (e == ERR_OK && w.posting.status != 0) {
		struct form_view unused;
		bool written = false;
		return posting_refuse(c, &w.posting, NULL, "", &unused, &written);
	}
	return e == ERR_OK ? own_answer(c, w.owner.member_id) : e;
}

enum err api_own_listing_act(struct context *c)
{
	struct owner o;
	struct own_listing own;
	enum listing_act act = ACT_EDIT;
	enum listing_state is;
	enum err e = own_listing_of_session(c, &o, &own);
	if (e == ERR_OK && (!listing_act_parse(strrchr(c->path, '/') + 1, &act) || act == ACT_EDIT))
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = own_listing_act(c, &o, &own.listing, act, &is);
	if (e == ERR_CONFLICT) {
		answer_problem(c, 409, tr(c->lang, MSG_OWN_NOT_NOW), NULL);
		return ERR_OK;
	}
	return e == ERR_OK ? own_answer(c, o.member_id) : e;
}
