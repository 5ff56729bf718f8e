#include "app/contact.h"

#include <string.h>

#include "app/answer.h"
#include "app/listing.h"
#include "app/listing_page.h"
#include "app/posting.h"
#include "db/message_db.h"
#include "model/listing.h"

struct contact_fields {
	const char *name, *email, *message;
	int64_t listing_id;
};

#define AT(member) offsetof(struct contact_fields, member)

/* The site's form; the API's has listing_id besides. */
static const struct field contact_table[] = {
	{"name", FIELD_TEXT, AT(name), 1, CONTACT_NAME_MAX, true},
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
	{"message", FIELD_LINES, AT(message), MESSAGE_MIN, MESSAGE_MAX, true},
	{"listing_id", FIELD_INT, AT(listing_id), 1, INT64_C(1000000000000), false},
};
enum { CONTACT_FORM_FIELDS = 3, CONTACT_API_FIELDS = 4 };

/* One of the two ways a message comes in. */
struct contact_way {
	enum message_kind kind;
	enum msg title;
	const char *tail; /* of the path behind the listing's number; NULL: the site's own form */
	void (*view)(struct buf *b, const struct form_view *v);
};

static const struct contact_way way_site = {MESSAGE_SITE, MSG_CONTACT_TITLE, NULL, contact_form_view};
static const struct contact_way way_seller = {MESSAGE_SELLER, MSG_SELLER_CONTACT_TITLE, "/contact", listing_contact_view};

static const char *way_path(const struct context *c, const struct contact_way *way)
{
	return way->tail == NULL ? "/contact" : context_join(c, "/listings/", c->param[0], way->tail, NULL);
}

static enum err way_refuse(struct context *c, const struct contact_way *way, const struct listing *l, struct posting *p)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, way->title), way_path(c, way), &v, &written);
	if (e != ERR_OK || written)
		return e;
	v.listing = l;
	v.address = way->tail == NULL ? c->app->conf->site.contact_email : NULL;
	way->view(&c->res->body, &v);
	return ERR_OK;
}

static void way_taken(struct context *c, const struct contact_way *way)
{
	metrics_add(c->app->metrics, METRIC_MESSAGES_RECEIVED, 1);
	if (!c->api) {
		answer_redirect(c, 303, context_href(c, context_join(c, way_path(c, way), "/received", NULL)));
		return;
	}
	struct json j;
	answer_json(c, 202, &j);
	json_object(&j);
	json_key_string(&j, "status", "received");
	json_object_end(&j);
}

static enum err way_store(struct context *c, const struct contact_way *way, const struct contact_fields *f, int64_t listing_id)
{
	struct message m = {
		.kind = way->kind, .listing_id = listing_id, .lang = lang_tag(c->lang), .created_at = c->now,
		.name = f->name != NULL ? f->name : "", .email = f->email != NULL ? f->email : "",
		.body = f->message != NULL ? f->message : "",
	};
	return message_db_add(c->db, c->arena, &m);
}

/* Everything after the fields have been decoded: limit, store, answer. */
static enum err way_finish(struct context *c, const struct contact_way *way, const struct listing *l, const struct contact_fields *f, struct posting *p)
{
	enum err e = ERR_OK;
	if (p->status == 0)
		e = posting_limit(c, "contact", c->app->conf->limits.contact_per_hour, p);
	if (e == ERR_OK && p->status == 0)
		e = way_store(c, way, f, l != NULL ? l->id : f->listing_id);
	if (e == ERR_NOT_FOUND && c->api) {
		field_errors_add(&p->errors, "listing_id", MSG_FIELD_NO_SUCH_LISTING, NULL);
		p->status = 422;
		e = ERR_OK;
	}
	if (e != ERR_OK)
		e = posting_failed(c, p, e);
	if (e != ERR_OK)
		return e;
	if (p->status != 0)
		return way_refuse(c, way, l, p);
	way_taken(c, way);
	return ERR_OK;
}

enum err contact_post(struct context *c)
{
	struct contact_fields f = {.listing_id = 0};
	struct posting p;
	bool answered = false;
	enum err e = posting_read(c, contact_table, c->api ? CONTACT_API_FIELDS : CONTACT_FORM_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	return way_finish(c, f.listing_id != 0 ? &way_seller : &way_site, NULL, &f, &p);
}

/* The empty form about one listing. */
static enum err way_form(struct context *c, const struct contact_way *way)
{
	struct listing l;
	enum err e = listing_load_published(c, &l);
	const char *age = NULL;
	if (e == ERR_OK)
		e = posting_age(c, &age);
	if (e != ERR_OK)
		return e;
	static const struct field_errors none = {.n = 0};
	struct form_view v = {
		.page = answer_page(c, tr(c->lang, way->title), way_path(c, way)), .errors = &none, .form_age = age, .listing = &l,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	way->view(&c->res->body, &v);
	return ERR_OK;
}

enum err listing_contact_form(struct context *c)
{
	return way_form(c, &way_seller);
}

/* What a form that is sent back says of its listing while the database cannot tell. Any slug leads to the right one. */
static struct listing listing_unread(const struct context *c)
{
	return (struct listing){
		.id = c->id, .slug = "x", .title = context_join(c, tr(c->lang, MSG_LISTING_NUMBER), " ", c->param[0], NULL),
	};
}

static enum err way_post(struct context *c, const struct contact_way *way, const struct field *fields, size_t n)
{
	struct listing l;
	struct contact_fields f = {.listing_id = 0};
	struct posting p;
	bool answered = false;
	enum err found = listing_load_published(c, &l);
	bool away = found == ERR_DB_AWAY || found == ERR_DB_RETRY || found == ERR_TIMEOUT;
	if (found != ERR_OK && !away)
		return found;
	enum err e = posting_read(c, fields, n, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (away) {
		l = listing_unread(c);
		e = posting_failed(c, &p, found);
		return e != ERR_OK ? e : way_refuse(c, way, &l, &p);
	}
	return way_finish(c, way, &l, &f, &p);
}

enum err listing_contact_post(struct context *c)
{
	return way_post(c, &way_seller, contact_table, CONTACT_FORM_FIELDS);
}

enum err fragment_contact_address(struct context *c)
{
	answer_html(c, 200);
	form_contact_address(&c->res->body, c->lang, c->app->conf->site.contact_email);
	return ERR_OK;
}

enum err contact_received(struct context *c)
{
	answer_notice(c, "/contact/received", MSG_RECEIVED_CONTACT_TITLE, MSG_RECEIVED_CONTACT_TEXT, context_href(c, "/"), MSG_BACK_HOME);
	return ERR_OK;
}

static enum err way_received(struct context *c, const struct contact_way *way, enum msg heading, enum msg text)
{
	const char *path = context_join(c, way_path(c, way), "/received", NULL);
	answer_notice(c, path, heading, text, context_href(c, context_join(c, "/listings/", c->param[0], NULL)), MSG_BACK_TO_LISTING);
	return ERR_OK;
}

enum err listing_contact_received(struct context *c)
{
	return way_received(c, &way_seller, MSG_RECEIVED_SELLER_TITLE, MSG_RECEIVED_SELLER_TEXT);
}
