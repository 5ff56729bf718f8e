#include "app/flag.h"

#include <string.h>

#include "app/answer.h"
#include "app/listing.h"
#include "app/moderation_mail.h"
#include "app/posting.h"
#include "db/flag_db.h"
#include "util/log.h"

struct flag_fields {
	const char *reason, *message;
};

#define AT(member) offsetof(struct flag_fields, member)

static const struct field flag_table[] = {
	{"reason", FIELD_SLUG, AT(reason), 1, 20, true},
	{"message", FIELD_LINES, AT(message), 0, FLAG_BODY_MAX, false},
};
enum { FLAG_FIELDS = 2 };

static const char *flag_path(const struct context *c, const char *tail)
{
	return context_join(c, "/listings/", c->param[0], "/report", tail, NULL);
}

enum err listing_report_form(struct context *c)
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
		.page = answer_page(c, tr(c->lang, MSG_REPORT_TITLE), flag_path(c, NULL)), .errors = &none, .form_age = age, .listing = &l,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	listing_report_view(&c->res->body, &v);
	return ERR_OK;
}

static enum err flag_refuse(struct context *c, const struct listing *l, struct posting *p)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, MSG_REPORT_TITLE), flag_path(c, NULL), &v, &written);
	if (e != ERR_OK || written)
		return e;
	v.listing = l;
	listing_report_view(&c->res->body, &v);
	return ERR_OK;
}

/* The mail is made for every flag, and sent by the one that holds. */
static enum err flag_store(struct context *c, const struct listing *l, enum flag_reason reason, const char *body)
{
	struct moderation_author author;
	char reporter[FLAG_REPORTER_SIZE];
	uint8_t unused[TOKEN_HASH];
	bool held = false, linked = false;
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = moderation_author_load(c, l, &author);
	if (e != ERR_OK)
		return e;
	flag_reporter(c->session != NULL ? c->session->member_id : 0, c->req->client_address, reporter);
	struct flag f = {.listing_id = l->id, .reporter = reporter, .reason = reason, .body = body, .created_at = c->now};
	struct flag_holding hold = {.limit = c->app->conf->moderation.flags_to_hold, .reason = moderation_reason_text(c, author.lang, REASON_FLAGS, NULL)};
	hold.mail = moderation_mail(c, MAIL_LISTING_HELD, l, &author, hold.reason, unused, &linked);
	if (hold.mail == NULL)
		return ERR_NOMEM;
	e = flag_db_add(c->db, c->arena, c->catalog, &f, &hold, &held);
	if (e == ERR_OK && held)
		LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", "hold"), LOG_S("by", "flags"), LOG_I("listing", l->id));
	return e;
}

/* Everything after the fields have been decoded: limit, store, answer. */
static enum err flag_finish(struct context *c, const struct listing *l, const struct flag_fields *f, struct posting *p)
{
	enum flag_reason reason = FLAG_OTHER;
	enum err e = ERR_OK;
	if (field_errors_find(&p->errors, "reason") == NULL && !flag_reason_parse(f->reason, &reason)) {
		field_errors_add(&p->errors, "reason", MSG_FIELD_CHOICE, NULL);
		p->status = 422;
	}
	if (p->status == 0)
		e = posting_limit(c, "report", c->app->conf->limits.report_per_hour, p);
	if (e == ERR_OK && p->status == 0)
		e = flag_store(c, l, reason, f->message);
	if (e == ERR_EXISTS) {
		answer_redirect(c, 303, context_href(c, flag_path(c, "/known")));
		return ERR_OK;
	}
	if (e != ERR_OK)
		e = posting_failed(c, p, e);
	if (e != ERR_OK)
		return e;
	if (p->status != 0)
		return flag_refuse(c, l, p);
	metrics_add(c->app->metrics, METRIC_MESSAGES_RECEIVED, 1);
	answer_redirect(c, 303, context_href(c, flag_path(c, "/received")));
	return ERR_OK;
}

enum err listing_report_post(struct context *c)
{
	struct listing l;
	struct flag_fields f = {.reason = NULL};
	struct posting p;
	bool answered = false;
	enum err found = listing_load_published(c, &l);
	bool away = found == ERR_DB_AWAY || found == ERR_DB_RETRY || found == ERR_TIMEOUT;
	if (found != ERR_OK && !away)
		return found;
	enum err e = posting_read(c, flag_table, FLAG_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (!away)
		return flag_finish(c, &l, &f, &p);
	l = listing_unread(c);
	e = posting_failed(c, &p, found);
	return e != ERR_OK ? e : flag_refuse(c, &l, &p);
}

/* The listing may be held by now: the way on leads past it. */
static enum err flag_notice(struct context *c, const char *tail, enum msg heading, enum msg text)
{
	answer_notice(c, flag_path(c, tail), heading, text, context_href(c, "/listings"), MSG_BACK_TO_LISTINGS);
	return ERR_OK;
}

enum err listing_report_received(struct context *c)
{
	return flag_notice(c, "/received", MSG_RECEIVED_REPORT_TITLE, MSG_RECEIVED_REPORT_TEXT);
}

enum err listing_report_known(struct context *c)
{
	return flag_notice(c, "/known", MSG_FLAG_KNOWN_TITLE, MSG_FLAG_KNOWN_TEXT);
}
