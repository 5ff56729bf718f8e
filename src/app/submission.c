#include "app/submission.h"

#include <strings.h>

#include "app/answer.h"
#include "app/listing_confirm.h"
#include "app/photo.h"
#include "app/posting.h"
#include "app/screening.h"
#include "db/listing_db.h"
#include "model/own_listing.h"

static enum err submission_refuse(struct context *c, struct posting *p)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, MSG_SUBMIT_TITLE), "/submit", &v, &written);
	if (e == ERR_OK && !written)
		submit_form_view(&c->res->body, &v);
	return e;
}

static void submission_taken(struct context *c, const struct listing *l)
{
	bool visitor = l->state == LISTING_UNCONFIRMED;
	metrics_add(c->app->metrics, METRIC_LISTINGS_SUBMITTED, 1);
	if (!c->api && visitor)
		answer_redirect(c, 303, context_href(c, "/submit/received"));
	else if (!c->api)
		photo_offer(c, l->id, l->state == LISTING_PUBLISHED ? "live" : "review");
	if (!c->api)
		return;
	struct json j;
	answer_json(c, 202, &j);
	json_object(&j);
	json_key_int(&j, "id", l->id);
	json_key_string(&j, "status", l->state == LISTING_PUBLISHED ? "published" : "pending");
	json_key(&j, "confirm_email");
	json_bool(&j, visitor);
	json_object_end(&j);
}

void submission_resolve(const struct context *c, const struct listing_fields *f, struct listing *l, struct field_errors *errors)
{
	const struct category *category = f->category != NULL ? catalog_category_by_slug(c->catalog, f->category) : NULL;
	const struct place *place = f->location != NULL ? catalog_place_by_slug(c->catalog, f->location) : NULL;
	if (category == NULL)
		field_errors_add(errors, "category", MSG_FIELD_NO_SUCH_CATEGORY, NULL);
	if (place == NULL)
		field_errors_add(errors, "location", MSG_FIELD_NO_SUCH_PLACE, NULL);
	*l = (struct listing){
		.state = LISTING_PENDING, .title = f->title, .description = f->description,
		.category_id = category != NULL ? category->id : 0, .place_id = place != NULL ? place->id : 0,
		.price_minor = f->price, .currency = c->app->conf->site.currency, .stock = f->stock,
		.contact_name = f->contact_name, .contact_email = f->contact_email, .lang = lang_tag(c->lang),
		.created_at = c->now, .updated_at = c->now,
	};
}

/* A member's listing is reached by the account's address: another could be a stranger's. */
static void contact_of_member(const struct context *c, struct listing *l, struct posting *p)
{
	if (*l->contact_email != '\0' && strcasecmp(l->contact_email, c->session->email) != 0)
		field_errors_add(&p->errors, "contact_email", MSG_OWN_EMAIL_OTHER, NULL);
	if (*l->contact_name == '\0')
		l->contact_name = c->session->name;
	l->contact_email = c->session->email;
	l->member_id = c->session->member_id;
}

/* What is refused, and in which state the rest begins. */
static enum err submission_screen(struct context *c, struct listing *l, struct posting *p)
{
	struct screening s;
	enum err e = screening_check(c, l->title, l->description, l->contact_email, &s);
	if (e != ERR_OK)
		return e;
	if (s.verdict == SCREENING_REFUSE)
		screening_refuse(c, &s, "title", "description", p);
	l->state = c->session == NULL ? LISTING_UNCONFIRMED : listing_next(LISTING_DRAFT, c->session->trust, true, s.verdict == SCREENING_HOLD);
	return ERR_OK;
}

static enum err visitor_submit(struct context *c, struct listing *l, struct posting *p)
{
	struct listing_confirm order;
	enum err e = listing_confirm_limit(c, l->contact_email, c->app->conf->limits.submit_per_hour);
	if (e == ERR_LIMITED) {
		posting_limited(c, p);
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = listing_confirm_order(c, l, &order);
	return e == ERR_OK ? listing_db_submit_with(c->db, c->arena, c->catalog, l, listing_confirm_also, &order) : e;
}

static enum err submission_keep(struct context *c, struct listing *l, struct posting *p)
{
	enum err e = posting_limit(c, "submit", c->app->conf->limits.submit_per_hour, p);
	if (e == ERR_OK && p->status == 0)
		e = submission_screen(c, l, p);
	if (e != ERR_OK || p->status != 0)
		return e;
	return c->session != NULL ? listing_db_submit(c->db, c->arena, c->catalog, l) : visitor_submit(c, l, p);
}

enum err submission_post(struct context *c)
{
	struct listing_fields f = LISTING_FIELDS_DEFAULT;
	struct posting p;
	bool answered = false;
	const struct field *table = c->session != NULL ? listing_fields_member_table : listing_fields_table;
	enum err e = posting_read(c, table, LISTING_FIELD_COUNT, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	struct listing l;
	e = context_catalog(c);
	if (e == ERR_OK) {
		submission_resolve(c, &f, &l, &p.errors);
		if (c->session != NULL)
			contact_of_member(c, &l, &p);
		if (p.errors.n > 0)
			p.status = 422;
	}
	if (e == ERR_OK && p.status == 0)
		e = submission_keep(c, &l, &p);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return submission_refuse(c, &p);
	submission_taken(c, &l);
	return ERR_OK;
}

enum err submission_received(struct context *c)
{
	answer_notice(c, "/submit/received", MSG_RECEIVED_CONFIRM_TITLE, MSG_RECEIVED_CONFIRM_TEXT, context_href(c, "/submit"), MSG_SUBMIT_ANOTHER);
	return ERR_OK;
}

enum err fragment_form_age(struct context *c)
{
	const char *age = NULL;
	enum err e = posting_age(c, &age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	form_age_field(&c->res->body, age);
	return ERR_OK;
}
