#include "app/contact.h"

#include "app/answer.h"
#include "app/conversation_contact.h"
#include "app/mailing.h"
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
/* A member's program need not say who it is. */
static const struct field member_table[] = {
	{"name", FIELD_TEXT, AT(name), 1, CONTACT_NAME_MAX, false},
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, false},
	{"message", FIELD_LINES, AT(message), MESSAGE_MIN, MESSAGE_MAX, true},
	{"listing_id", FIELD_INT, AT(listing_id), 1, INT64_C(1000000000000), false},
};
enum { CONTACT_FORM_FIELDS = 3, CONTACT_API_FIELDS = 4 };

static enum err contact_refuse(struct context *c, struct posting *p)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, MSG_CONTACT_TITLE), "/contact", &v, &written);
	if (e != ERR_OK || written)
		return e;
	v.address = c->app->conf->site.contact_email;
	contact_form_view(&c->res->body, &v);
	return ERR_OK;
}

static void contact_taken(struct context *c)
{
	metrics_add(c->app->metrics, METRIC_MESSAGES_RECEIVED, 1);
	if (!c->api) {
		answer_redirect(c, 303, context_href(c, "/contact/received"));
		return;
	}
	struct json j;
	answer_json(c, 202, &j);
	json_object(&j);
	json_key_string(&j, "status", "received");
	json_object_end(&j);
}

static enum err contact_store(struct context *c, const struct contact_fields *f)
{
	struct message m = {
		.kind = MESSAGE_SITE, .lang = lang_tag(c->lang), .created_at = c->now, .name = f->name, .email = f->email, .body = f->message,
	};
	const struct mail mail = {
		.kind = MAIL_SITE_MESSAGE, .to = c->app->conf->site.contact_email, .to_name = "", .lang = lang_tag(c->app->site.first), .arg = {f->name, f->email, f->message},
	};
	const char *order = mailing_order(c, &mail);
	return order != NULL ? message_db_add(c->db, c->arena, &m, order) : ERR_NOMEM;
}

enum err contact_post(struct context *c)
{
	struct contact_fields f = {.listing_id = 0};
	struct posting p;
	bool answered = false, member = c->api && c->session != NULL;
	enum err e = posting_read(c, member ? member_table : contact_table, c->api ? CONTACT_API_FIELDS : CONTACT_FORM_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (member && *f.name == '\0')
		f.name = c->session->name;
	if (member && *f.email == '\0')
		f.email = c->session->email;
	if (f.listing_id != 0)
		return conversation_contact_api(c, f.listing_id, f.name, f.email, f.message, &p);
	if (p.status == 0)
		e = posting_limit(c, "contact", c->app->conf->limits.contact_per_hour, &p);
	if (e == ERR_OK && p.status == 0)
		e = contact_store(c, &f);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return contact_refuse(c, &p);
	contact_taken(c);
	return ERR_OK;
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
