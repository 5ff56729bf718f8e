/* A moderator's change of a listing's words. */
#include <string.h>

#include "app/answer.h"
#include "app/moderation.h"
#include "app/posting.h"
#include "db/listing_db.h"
#include "db/moderation_db.h"
#include "http/listing_fields.h"
#include "model/money.h"
#include "render/moderation_view.h"
#include "util/log.h"

enum { EDIT_FIELDS = 7 };
struct edit_fields {
	struct listing_fields listing;
	int64_t version;
};

static enum err edit_answer(struct context *c, struct form_view *v, const struct listing *l, const char *version)
{
	struct typed_value *hidden = arena_alloc(c->arena, sizeof *hidden);
	if (hidden == NULL)
		return ERR_NOMEM;
	*hidden = (struct typed_value){.name = "version", .value = version};
	v->hidden = hidden;
	v->hidden_count = 1;
	v->catalog = c->catalog;
	v->page.path = context_join(c, moderation_path(c, l->id), "/edit", NULL);
	v->page.noindex = true;
	moderation_edit_view(&c->res->body, v);
	return ERR_OK;
}

static enum err edit_load(struct context *c, struct listing *l)
{
	enum err e = listing_db_get(c->db, c->arena, c->id, l);
	if (e == ERR_OK && !listing_sent_in(l->state))
		e = ERR_NOT_FOUND;
	return e == ERR_OK && l->state == LISTING_REMOVED ? ERR_GONE : e;
}

enum err moderation_edit_form(struct context *c)
{
	struct listing l;
	const char *age = NULL;
	char price[32];
	enum err e = edit_load(c, &l);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e == ERR_OK)
		e = posting_age(c, &age);
	if (e != ERR_OK)
		return e;
	const struct category *category = catalog_category(c->catalog, l.category_id);
	const struct place *place = catalog_place(c->catalog, l.place_id);
	money_decimal(l.price_minor, c->app->money_digits, price);
	const struct typed_value values[] = {
		{"title", l.title}, {"description", l.description}, {"category", category != NULL ? category->slug : ""}, {"price", arena_strdup(c->arena, price)},
		{"location", place != NULL ? place->slug : ""}, {"stock", context_number(c, l.stock)},
	};
	static const struct field_errors none = {.n = 0};
	struct form_view v = {
		.page = answer_page(c, tr(c->lang, MSG_EDIT_LISTING_TITLE), c->path), .errors = &none, .form_age = age, .values = values, .value_count = sizeof values / sizeof *values,
	};
	answer_html(c, 200);
	return edit_answer(c, &v, &l, context_number(c, l.version));
}

/* The words that were typed into the listing. */
static void edit_resolve(const struct context *c, const struct listing_fields *f, struct listing *l, struct posting *p)
{
	const struct category *category = f->category != NULL ? catalog_category_by_slug(c->catalog, f->category) : NULL;
	const struct place *place = f->location != NULL ? catalog_place_by_slug(c->catalog, f->location) : NULL;
	if (category == NULL)
		field_errors_add(&p->errors, "category", MSG_FIELD_NO_SUCH_CATEGORY, NULL);
	if (place == NULL)
		field_errors_add(&p->errors, "location", MSG_FIELD_NO_SUCH_PLACE, NULL);
	if (p->errors.n > 0) {
		p->status = 422;
		return;
	}
	l->title = f->title;
	l->description = f->description;
	l->category_id = category->id;
	l->place_id = place->id;
	l->price_minor = f->price;
	l->stock = f->stock;
}

/* The listing's fields without its contact, which moderators do not change, and the version that was seen. */
static void edit_table(struct field out[static EDIT_FIELDS])
{
	size_t n = 0;
	for (size_t i = 0; i < LISTING_FIELD_COUNT && n < EDIT_FIELDS - 1; i++)
		if (strncmp(listing_fields_table[i].name, "contact_", 8) != 0)
			out[n++] = listing_fields_table[i];
	out[n] = (struct field){"version", FIELD_INT, offsetof(struct edit_fields, version), 0, INT64_C(4294967295), true};
}

enum err moderation_edit_post(struct context *c)
{
	struct edit_fields f = {.listing = LISTING_FIELDS_DEFAULT};
	struct field table[EDIT_FIELDS];
	struct posting p;
	struct listing l;
	struct form_view v;
	bool answered = false, written = false;
	edit_table(table);
	enum err e = posting_read_quick(c, table, EDIT_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = edit_load(c, &l);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	edit_resolve(c, &f.listing, &l, &p);
	if (p.status == 0) {
		l.version = f.version;
		e = moderation_db_edit(c->db, c->arena, c->catalog, &l, c->session->member_id, c->now);
		if (e == ERR_CONFLICT)
			return moderation_late(c, l.id, -1);
		if (e != ERR_OK)
			e = posting_failed(c, &p, e);
		if (e != ERR_OK)
			return e;
	}
	if (p.status != 0) {
		e = posting_refuse(c, &p, tr(c->lang, MSG_EDIT_LISTING_TITLE), c->path, &v, &written);
		return e != ERR_OK ? e : edit_answer(c, &v, &l, context_number(c, f.version));
	}
	LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", "edit"), LOG_I("listing", l.id), LOG_I("moderator", c->session->member_id));
	answer_redirect(c, 303, context_href(c, moderation_path(c, l.id)));
	return ERR_OK;
}
