#include "app/favourite.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/api.h"
#include "app/photo.h"
#include "db/favourite_db.h"
#include "http/form.h"
#include "render/favourite_view.h"

enum { POSITION_TIME_DIGITS = 12, POSITION_ID_DIGITS = 15 };

struct favourite_fields {
	const char *keep; /* "yes", "no" */
	const char *from; /* "account": the button of /account/favourites */
};

static const struct field favourite_table[] = {
	{"keep", FIELD_SLUG, offsetof(struct favourite_fields, keep), 1, 3, true},
	{"from", FIELD_SLUG, offsetof(struct favourite_fields, from), 1, 20, false},
};

static enum err set(struct context *c, bool keep)
{
	int64_t member = c->session->member_id;
	return keep ? favourite_db_add(c->db, member, c->id, c->now) : favourite_db_remove(c->db, member, c->id);
}

/* One button of somebody who is signed in: there is nothing typed to keep, and nothing for a robot to gain. */
enum err favourite_post(struct context *c)
{
	struct http_params params;
	struct favourite_fields f = {0};
	struct field_errors errors = {.n = 0};
	const char *bad = NULL;
	int status = form_read(c->req, false, &params, &bad);
	if (status == 0)
		form_decode(c->arena, favourite_table, sizeof favourite_table / sizeof *favourite_table, &params, c->app->money_digits, &f, &errors);
	bool keep = f.keep != NULL && strcmp(f.keep, "yes") == 0;
	if (status == 0 && (errors.n > 0 || (!keep && strcmp(f.keep, "no") != 0)))
		status = 422;
	if (status != 0) {
		answer_status(c, status);
		return ERR_OK;
	}
	enum err e = set(c, keep);
	if (e == ERR_LIMITED) {
		answer_notice(c, "/account/favourites", MSG_FAVOURITES_FULL_TITLE, MSG_FAVOURITES_FULL, context_href(c, "/account/favourites"), MSG_FAVOURITES_TITLE);
		c->res->status = 409;
		return ERR_OK;
	}
	bool account = f.from != NULL && strcmp(f.from, "account") == 0;
	if (e == ERR_OK)
		answer_redirect(c, 303, context_href(c, account ? "/account/favourites" : context_join(c, "/listings/", c->param[0], NULL)));
	return e;
}

/* A keyset position as an address carries it: the time and the number of the last one shown. */
static const char *position_write(const struct context *c, const struct favourite *f)
{
	char at[I64_TEXT_SIZE], id[I64_TEXT_SIZE];
	i64_text(f->saved_at, at);
	i64_text(f->listing.id, id);
	return context_join(c, at, "-", id, NULL);
}

static bool position_read(const char *text, int64_t *at, int64_t *id)
{
	static const char digits[] = "0123456789";
	size_t first = strspn(text, digits);
	if (first < 1 || first > POSITION_TIME_DIGITS || text[first] != '-')
		return false;
	size_t second = strspn(text + first + 1, digits);
	if (second < 1 || second > POSITION_ID_DIGITS || text[first + 1 + second] != '\0')
		return false;
	*at = strtoll(text, NULL, 10);
	*id = strtoll(text + first + 1, NULL, 10);
	return *at > 0 && *at < INT64_C(253402300799);
}

struct favourite_page {
	struct favourite *list;
	size_t n;
	const char *next; /* NULL: the last page */
	struct photo_set photos;
};

static enum err page_load(struct context *c, const char *position, unsigned limit, struct favourite_page *out)
{
	int64_t at = 0, id = 0;
	*out = (struct favourite_page){.n = 0};
	if (position != NULL && !position_read(position, &at, &id))
		return ERR_INVALID;
	enum err e = favourite_db_list(c->db, c->arena, c->session->member_id, at, id, limit + 1, &out->list, &out->n);
	if (e == ERR_OK && out->n > limit) {
		out->n = limit;
		out->next = position_write(c, &out->list[limit - 1]);
	}
	return e == ERR_OK ? photo_set_load(c, out->list, sizeof *out->list, out->n, &out->photos) : e;
}

enum err favourite_index(struct context *c)
{
	const char *position = http_param_get(&c->req->query, "after");
	bool canonical = *c->req->query_string == '\0' || (c->req->query.n == 1 && position != NULL);
	struct favourite_page page;
	enum err e = canonical ? page_load(c, position, FAVOURITE_PAGE, &page) : ERR_INVALID;
	if (e == ERR_INVALID) {
		answer_redirect(c, 303, context_href(c, "/account/favourites"));
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	struct favourites_view v = {
		.page = answer_page(c, tr(c->lang, MSG_FAVOURITES_TITLE), "/account/favourites"),
		.catalog = c->catalog, .list = page.list, .n = page.n, .photos = &page.photos, .now = c->now,
		.first_href = position != NULL ? context_href(c, "/account/favourites") : NULL,
		.next_href = page.next != NULL ? context_href(c, context_join(c, "/account/favourites?after=", page.next, NULL)) : NULL,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	favourites_view(&c->res->body, &v);
	return ERR_OK;
}

static bool limit_read(const char *text, unsigned *out)
{
	*out = FAVOURITE_PAGE;
	if (text == NULL)
		return true;
	size_t n = strlen(text);
	if (n < 1 || n > 3 || strspn(text, "0123456789") != n || *text == '0')
		return false;
	*out = (unsigned)strtoul(text, NULL, 10);
	return *out <= LISTING_PAGE_MAX;
}

static void put_favourite(struct context *c, struct json *j, const struct favourite *f, const struct photo_set *photos)
{
	json_object(j);
	json_key_int(j, "id", f->listing.id);
	json_key_string(j, "state", favourite_shown(f->listing.state) ? listing_state_name(f->listing.state) : "gone");
	json_key(j, "saved_at");
	json_time(j, f->saved_at);
	json_key(j, "listing");
	if (favourite_shown(f->listing.state)) {
		json_object(j);
		api_listing_members(c, j, &f->listing, photo_set_find(photos, f->listing.id));
		json_object_end(j);
	} else {
		json_null(j);
	}
	json_object_end(j);
}

enum err api_favourites(struct context *c)
{
	unsigned limit;
	if (!limit_read(http_param_get(&c->req->query, "limit"), &limit)) {
		answer_field_problem(c, 400, "limit", MSG_FIELD_BETWEEN, "100");
		return ERR_OK;
	}
	struct favourite_page page;
	enum err e = page_load(c, http_param_get(&c->req->query, "cursor"), limit, &page);
	if (e == ERR_INVALID) {
		answer_field_problem(c, 400, "cursor", MSG_FIELD_CURSOR, NULL);
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "favourites");
	json_array(&j);
	for (size_t i = 0; i < page.n; i++)
		put_favourite(c, &j, &page.list[i], &page.photos);
	json_array_end(&j);
	json_key_string(&j, "next_cursor", page.next);
	json_object_end(&j);
	return ERR_OK;
}

static enum err api_set(struct context *c, bool keep)
{
	enum err e = set(c, keep);
	if (e == ERR_LIMITED) {
		answer_problem(c, 409, tr(c->lang, MSG_FAVOURITES_FULL), NULL);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	c->res->status = 204;
	c->res->content_type = NULL;
	return ERR_OK;
}

enum err api_favourite_put(struct context *c)
{
	return api_set(c, true);
}

enum err api_favourite_delete(struct context *c)
{
	return api_set(c, false);
}
