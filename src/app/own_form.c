#include "app/own_form.h"

#include <string.h>

#include "app/answer.h"
#include "app/photo.h"
#include "app/screening.h"
#include "app/submission.h"
#include "db/own_listing_db.h"
#include "model/money.h"
#include "render/own_listing_view.h"
#include "util/utf8.h"

enum { VALUES = 7 };

static void description_check(struct own_writing *w)
{
	const char *text = w->fields.listing.description;
	if (w->draft || field_errors_find(&w->posting.errors, "description") != NULL)
		return;
	if (*text == '\0')
		field_errors_add(&w->posting.errors, "description", MSG_FIELD_REQUIRED, NULL);
	else if (utf8_length(text) < LISTING_DESCRIPTION_MIN)
		field_errors_add(&w->posting.errors, "description", MSG_FIELD_TOO_SHORT, "20");
}

/* What was typed as the listing it would be. */
static struct listing listing_typed(const struct context *c, struct own_writing *w)
{
	struct listing l;
	submission_resolve(c, &w->fields.listing, &l, &w->posting.errors);
	const char *name = w->fields.listing.contact_name;
	const struct listing *was = &w->own.listing;
	l.contact_name = name != NULL && *name != '\0' ? name : w->fresh ? c->session->name : was->contact_name;
	l.contact_email = w->fresh ? c->session->email : was->contact_email;
	l.member_id = w->owner.member_id;
	l.lang = lang_tag(c->lang);
	if (!w->fresh)
		l.currency = was->currency;
	return l;
}

/* A change that leaves a published one's words alone is no occasion to hold it against rules that are newer than it. */
static enum err screen(struct context *c, struct own_writing *w, const struct listing *l, bool words, bool *hold)
{
	*hold = false;
	if (w->draft || (!w->fresh && !words && w->own.listing.state == LISTING_PUBLISHED))
		return ERR_OK;
	struct screening s;
	enum err e = screening_check(c, l->title, l->description, l->contact_email, &s);
	*hold = s.verdict == SCREENING_HOLD;
	if (e == ERR_OK && s.verdict == SCREENING_REFUSE)
		screening_refuse(c, &s, "title", "description", &w->posting);
	return e;
}

static enum err keep_new(struct context *c, struct own_writing *w, struct listing *l, bool hold)
{
	enum err e = posting_limit(c, "submit", c->app->conf->limits.submit_per_hour, &w->posting);
	if (e != ERR_OK || w->posting.status != 0)
		return e;
	l->state = w->is = w->draft ? LISTING_DRAFT : listing_next(LISTING_DRAFT, w->owner.trust, true, hold);
	e = listing_db_submit(c->db, c->arena, c->catalog, l);
	w->id = l->id;
	if (e == ERR_OK && !w->draft)
		metrics_add(c->app->metrics, METRIC_LISTINGS_SUBMITTED, 1);
	return e;
}

static enum err keep_change(struct context *c, struct own_writing *w, struct listing *l, bool words, bool hold)
{
	const struct listing *was = &w->own.listing;
	struct listing_change change = {
		.from = LISTING_IN(was->state), .to = listing_next(was->state, w->owner.trust, words, hold), .keep_state = w->draft, .content = l,
		.member_id = w->owner.member_id, .versioned = true, .version = w->fields.version >= 0 ? w->fields.version : was->version, .now = c->now,
	};
	if (!listing_may(ACT_EDIT, was->state))
		return ERR_CONFLICT;
	enum err e = listing_db_change_state(c->db, c->arena, c->catalog, was->id, &change);
	w->is = change.is;
	w->id = was->id;
	return e;
}

/* Somebody else changed it first: what was typed comes back, to be put in place of the other change or not. */
static enum err changed_meanwhile(struct context *c, struct own_writing *w)
{
	enum err e = own_listing_db_get(c->db, c->arena, w->own.listing.id, w->owner.member_id, &w->own);
	bool open = listing_may(ACT_EDIT, w->own.listing.state);
	field_errors_add(&w->posting.errors, "", open ? MSG_OWN_CHANGED : MSG_OWN_LOCKED, NULL);
	w->posting.status = 409;
	return e;
}

enum err own_writing_keep(struct context *c, struct own_writing *w)
{
	struct posting *p = &w->posting;
	bool words = true, hold = false;
	w->draft = w->draft && (w->fresh || w->own.listing.state == LISTING_DRAFT);
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return posting_failed(c, p, e);
	struct listing l = listing_typed(c, w);
	description_check(w);
	if (p->errors.n > 0 && p->status == 0)
		p->status = 422;
	if (p->status == 0) {
		words = w->fresh || listing_words_changed(&w->own.listing, &l);
		e = screen(c, w, &l, words, &hold);
	}
	if (e == ERR_OK && p->status == 0)
		e = w->fresh ? keep_new(c, w, &l, hold) : keep_change(c, w, &l, words, hold);
	if (e == ERR_CONFLICT && !w->fresh)
		return changed_meanwhile(c, w);
	return e == ERR_OK ? e : posting_failed(c, p, e);
}

const char *own_writing_done(const struct own_writing *w)
{
	enum listing_state was = w->fresh ? LISTING_DRAFT : w->own.listing.state;
	if (w->is == LISTING_DRAFT)
		return "draft";
	return w->is == was ? "edit" : w->is == LISTING_PUBLISHED ? "live" : "review";
}

static struct own_form form_of(const struct context *c, const struct own_writing *w)
{
	struct own_form v = {.fresh = w->fresh, .trusted = w->owner.trust == TRUST_TRUSTED, .state = w->own.listing.state, .visitor = w->owner.member_id == 0};
	const char *path = w->fresh ? "/account/listings/new" : context_join(c, w->owner.base, "/edit", NULL);
	v.form = (struct form_view){.page = answer_page(c, NULL, path), .catalog = c->catalog};
	v.form.page.noindex = true;
	return v;
}

/* The version that the next sending belongs to. */
static enum err version_carry(const struct context *c, const struct own_writing *w, struct form_view *v)
{
	if (w->fresh)
		return ERR_OK;
	struct typed_value *hidden = arena_array(c->arena, 1, sizeof *hidden);
	int64_t version = w->posting.status == 0 || w->posting.status == 409 || w->fields.version < 0 ? w->own.listing.version : w->fields.version;
	const char *text = context_number(c, version);
	if (hidden == NULL || *text == '\0')
		return ERR_NOMEM;
	*hidden = (struct typed_value){"version", text};
	v->hidden = hidden;
	v->hidden_count = 1;
	return ERR_OK;
}

static enum err values_make(const struct context *c, const struct own_writing *w, struct form_view *v)
{
	const struct listing *l = &w->own.listing;
	struct typed_value *values = arena_array(c->arena, VALUES, sizeof *values);
	char *price = arena_alloc(c->arena, 32);
	if (values == NULL || price == NULL)
		return ERR_NOMEM;
	if (w->fresh) {
		values[0] = (struct typed_value){"stock", "1"};
		values[1] = (struct typed_value){"contact_name", c->session->name};
		v->values = values;
		v->value_count = 2;
		return ERR_OK;
	}
	const struct category *category = catalog_category(c->catalog, l->category_id);
	const struct place *place = catalog_place(c->catalog, l->place_id);
	money_decimal(l->price_minor, money_digits(l->currency), price);
	const struct typed_value all[VALUES] = {
		{"title", l->title}, {"description", l->description}, {"category", category != NULL ? category->slug : ""}, {"price", price},
		{"location", place != NULL ? place->slug : ""}, {"stock", context_number(c, l->stock)}, {"contact_name", l->contact_name},
	};
	memcpy(values, all, sizeof all);
	v->values = values;
	v->value_count = VALUES;
	return ERR_OK;
}

enum err own_form_show(struct context *c, const struct own_writing *w)
{
	if (!w->fresh && !listing_may(ACT_EDIT, w->own.listing.state)) {
		own_listing_done(c, &w->owner, "late");
		return ERR_OK;
	}
	enum err e = context_catalog(c);
	if (e != ERR_OK)
		return e;
	struct own_form v = form_of(c, w);
	e = posting_age(c, &v.form.form_age);
	if (e == ERR_OK)
		e = version_carry(c, w, &v.form);
	if (e == ERR_OK)
		e = values_make(c, w, &v.form);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	own_form_view(&c->res->body, &v);
	return ERR_OK;
}

static enum err form_refuse(struct context *c, struct own_writing *w)
{
	struct own_form v = form_of(c, w);
	bool written = false;
	enum err e = posting_refuse(c, &w->posting, NULL, v.form.page.path, &v.form, &written);
	if (e == ERR_OK)
		e = version_carry(c, w, &v.form);
	if (e == ERR_OK && !written)
		own_form_view(&c->res->body, &v);
	return e;
}

enum err own_form_post(struct context *c, struct own_writing *w)
{
	bool answered = false;
	w->fields = OWN_LISTING_FIELDS_DEFAULT;
	enum err e = posting_read(c, own_listing_fields_table, OWN_LISTING_FIELD_COUNT, &w->fields, &w->posting, &answered);
	if (answered || e != ERR_OK)
		return e;
	w->draft = http_param_get(&w->posting.params, "_draft") != NULL;
	e = own_writing_keep(c, w);
	if (e != ERR_OK)
		return e;
	if (w->posting.status != 0)
		return form_refuse(c, w);
	if (w->fresh)
		photo_offer(c, w->id, own_writing_done(w));
	else
		own_listing_done(c, &w->owner, own_writing_done(w));
	return ERR_OK;
}
