#include "app/conversation_contact.h"

#include "app/answer.h"
#include "app/conversation_send.h"
#include "app/listing.h"

#define AT(member) offsetof(struct conversation_first, member)

static const struct field visitor_table[] = {
	{"name", FIELD_TEXT, AT(name), 1, CONTACT_NAME_MAX, true},
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
	{"message", FIELD_LINES, AT(message), MESSAGE_MIN, MESSAGE_MAX, true},
};
/* A form that was opened before signing in has the visitor's fields: the account's are taken. */
static const struct field member_table[] = {
	{"name", FIELD_TEXT, AT(name), 0, CONTACT_NAME_MAX, false},
	{"email", FIELD_TEXT, AT(email), 0, CONTACT_EMAIL_MAX, false},
	{"message", FIELD_LINES, AT(message), MESSAGE_MIN, MESSAGE_MAX, true},
};
enum { FIELDS = sizeof visitor_table / sizeof *visitor_table };

static const char *contact_path(const struct context *c)
{
	return context_join(c, "/listings/", c->param[0], "/contact", NULL);
}

static enum err contact_refuse(struct context *c, const struct listing *l, struct posting *p)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, MSG_SELLER_CONTACT_TITLE), l != NULL ? contact_path(c) : "", &v, &written);
	if (e != ERR_OK || written)
		return e;
	v.listing = l;
	listing_contact_view(&c->res->body, &v);
	return ERR_OK;
}

enum err listing_contact_form(struct context *c)
{
	struct listing l;
	const char *age = NULL;
	enum err e = listing_load_published(c, &l);
	if (e == ERR_OK)
		e = posting_age(c, &age);
	if (e != ERR_OK)
		return e;
	static const struct field_errors none = {.n = 0};
	struct form_view v = {
		.page = answer_page(c, tr(c->lang, MSG_SELLER_CONTACT_TITLE), contact_path(c)), .errors = &none, .form_age = age, .listing = &l,
	};
	answer_html(c, 200);
	listing_contact_view(&c->res->body, &v);
	return ERR_OK;
}

/* A member sees the conversation; a visitor's link to it goes to the address that was typed, which is the visitor's or is not. */
static void contact_taken(struct context *c, int64_t id)
{
	char number[I64_TEXT_SIZE];
	metrics_add(c->app->metrics, METRIC_MESSAGES_RECEIVED, 1);
	i64_text(id, number);
	if (c->session != NULL)
		answer_redirect(c, 303, context_href(c, context_join(c, "/account/messages/", number, "?sent=1", NULL)));
	else
		answer_redirect(c, 303, context_href(c, context_join(c, contact_path(c), "/received", NULL)));
}

enum err listing_contact_post(struct context *c)
{
	struct listing l;
	struct conversation_first f = {.listing_id = c->id};
	struct posting p;
	int64_t id = 0;
	bool answered = false;
	enum err found = listing_load_published(c, &l);
	bool away = found == ERR_DB_AWAY || found == ERR_DB_RETRY || found == ERR_TIMEOUT;
	if (found != ERR_OK && !away)
		return found;
	enum err e = posting_read(c, c->session != NULL ? member_table : visitor_table, FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (away) {
		l = listing_unread(c);
		e = posting_failed(c, &p, found);
	} else if (p.status == 0) {
		e = conversation_send_first(c, &f, &p, &id);
	}
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return contact_refuse(c, &l, &p);
	contact_taken(c, id);
	return ERR_OK;
}

enum err conversation_contact_api(struct context *c, int64_t listing_id, const char *name, const char *email, const char *message, struct posting *p)
{
	const struct conversation_first f = {.listing_id = listing_id, .name = name, .email = email, .message = message};
	int64_t id = 0;
	enum err e = p->status == 0 ? conversation_send_first(c, &f, p, &id) : ERR_OK;
	if (e == ERR_NOT_FOUND) {
		field_errors_add(&p->errors, "listing_id", MSG_FIELD_NO_SUCH_LISTING, NULL);
		p->status = 422;
		e = ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (p->status != 0)
		return contact_refuse(c, NULL, p);
	metrics_add(c->app->metrics, METRIC_MESSAGES_RECEIVED, 1);
	struct json j;
	answer_json(c, 202, &j);
	json_object(&j);
	json_key_string(&j, "status", "received");
	if (c->session != NULL)
		json_key_int(&j, "conversation_id", id);
	json_object_end(&j);
	return ERR_OK;
}

enum err listing_contact_received(struct context *c)
{
	answer_notice(c, context_join(c, contact_path(c), "/received", NULL), MSG_RECEIVED_SELLER_TITLE, MSG_RECEIVED_SELLER_TEXT,
	              context_href(c, context_join(c, "/listings/", c->param[0], NULL)), MSG_BACK_TO_LISTING);
	return ERR_OK;
}
