#include "app/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/conversation_inbox.h"
#include "app/conversation_send.h"
#include "app/photo.h"
#include "db/flag_db.h"
#include "render/conversation_view.h"

enum { TITLE_CAP = 2048, FLAGS_TO_HOLD = 2 };

/* A conversation as the request's reader found it. */
struct opened {
	struct conversation conversation;
	struct conversation_people people;
	const char *path; /* of its page, local, without prefix */
	bool own;         /* by the account, not by a link */
	bool unread;      /* the database is away: what was typed is all there is */
};

static enum err open_link(struct context *c, struct opened *o)
{
	uint8_t hash[TOKEN_HASH];
	*o = (struct opened){.path = context_join(c, "/conversations/t/", c->param[0], NULL)};
	if (!token_hash(c->param[0], hash))
		return ERR_NOT_FOUND;
	return conversation_db_by_token(c->db, c->arena, hash, c->now, &o->conversation, &o->people);
}

static enum err open_own(struct context *c, struct opened *o)
{
	*o = (struct opened){.path = context_join(c, "/account/messages/", c->param[0], NULL), .own = true};
	return conversation_db_get(c->db, c->arena, c->session->member_id, c->id, c->now, &o->conversation, &o->people);
}

/* A link that has run out, or is damaged, says so: whoever follows it did nothing wrong. */
static enum err link_dead(struct context *c)
{
	answer_html(c, 404);
	struct notice_view v = {
		.page = answer_page(c, tr(c->lang, MSG_CONVERSATION_LINK_TITLE), "/"), .heading = MSG_CONVERSATION_LINK_TITLE, .text = MSG_CONVERSATION_LINK_TEXT,
		.link_href = context_href(c, "/account/messages"), .link_text = MSG_CONVERSATION_TO_INBOX,
	};
	v.page.noindex = true;
	notice_view(&c->res->body, &v);
	return ERR_OK;
}

typedef enum err (*opener)(struct context *c, struct opened *o);

static enum err not_opened(struct context *c, opener open, enum err e)
{
	return e == ERR_NOT_FOUND && open == open_link ? link_dead(c) : e;
}

static const char *title_of(const struct context *c, const struct conversation *k)
{
	struct buf b;
	buf_init(&b, TITLE_CAP);
	tr_format(&b, c->lang, MSG_CONVERSATION_TITLE, (const char *const[]){k->title}, 1);
	const char *text = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return text != NULL ? text : "";
}

/* What stands behind the path: nothing, sent=1, flagged=1 or before=N; false for anything else. */
static bool query_read(const struct context *c, struct conversation_view *v, int64_t *before)
{
	const struct http_params *q = &c->req->query;
	*before = 0;
	if (q->n == 0)
		return true;
	const char *name = q->list[0].name, *value = q->list[0].value;
	v->sent = strcmp(name, "sent") == 0;
	v->flagged = strcmp(name, "flagged") == 0;
	if (q->n > 1)
		return false;
	if (v->sent || v->flagged)
		return strcmp(value, "1") == 0;
	return conversation_before(c, before);
}

/* The page; form holds what is wrong with an answer, if anything. */
static enum err page_write(struct context *c, const struct opened *o, struct conversation_view *v, int64_t before)
{
	struct conversation_message *list = NULL;
	size_t n = 0;
	enum err e = conversation_db_messages(c->db, c->arena, o->conversation.id, o->conversation.side, before, CONVERSATION_THREAD + 1, &list, &n);
	if (e != ERR_OK)
		return e;
	bool older = n > CONVERSATION_THREAD;
	v->conversation = &o->conversation;
	v->messages = older ? list + 1 : list;
	v->count = older ? n - 1 : n;
	v->older = older ? v->messages[0].id : 0;
	v->own = o->own;
	v->photo_base = photo_base(c);
	v->now = c->now;
	v->form.page.noindex = true;
	v->form.page.section = o->own ? "account" : NULL;
	conversation_view(&c->res->body, v);
	return ERR_OK;
}

static enum err show(struct context *c, opener open)
{
	struct opened o;
	struct conversation_view v = {.sent = false};
	static const struct field_errors none = {.n = 0};
	int64_t before = 0;
	enum err e = open(c, &o);
	if (e != ERR_OK)
		return not_opened(c, open, e);
	if (!query_read(c, &v, &before)) {
		answer_redirect(c, 301, context_href(c, o.path));
		return ERR_OK;
	}
	v.form = (struct form_view){.page = answer_page(c, title_of(c, &o.conversation), o.path), .errors = &none};
	e = posting_age(c, &v.form.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	return page_write(c, &o, &v, before);
}

struct answer_fields {
	const char *message;
};

static const struct field answer_table[] = {
	{"message", FIELD_LINES, offsetof(struct answer_fields, message), MESSAGE_MIN, MESSAGE_MAX, true},
};

static enum err answer_refuse(struct context *c, struct opened *o, struct posting *p)
{
	struct conversation_view v = {.sent = false};
	bool written = false;
	enum err e = posting_refuse(c, p, o->unread ? tr(c->lang, MSG_INBOX_TITLE) : title_of(c, &o->conversation), o->path, &v.form, &written);
	if (e != ERR_OK || written)
		return e;
	if (o->unread) {
		conversation_away_view(&c->res->body, &v.form);
		return ERR_OK;
	}
	/* Its listing may have gone while this was on its way. */
	o->conversation.ended = o->conversation.ended || p->status == 410;
	return page_write(c, o, &v, 0);
}

static void answer_taken(struct context *c, const struct opened *o, int64_t id)
{
	metrics_add(c->app->metrics, METRIC_MESSAGES_RECEIVED, 1);
	if (!c->api) {
		answer_redirect(c, 303, context_href(c, context_join(c, o->path, "?sent=1", NULL)));
		return;
	}
	struct json j;
	answer_json(c, 202, &j);
	json_object(&j);
	json_key_string(&j, "status", "received");
	json_key_int(&j, "id", id);
	json_object_end(&j);
}

static enum err take_answer(struct context *c, opener open)
{
	struct opened o;
	struct answer_fields f = {.message = ""};
	struct posting p;
	int64_t id = 0;
	bool answered = false;
	enum err found = open(c, &o);
	o.unread = found == ERR_DB_AWAY || found == ERR_DB_RETRY || found == ERR_TIMEOUT;
	if (found != ERR_OK && !o.unread)
		return not_opened(c, open, found);
	enum err e = posting_read(c, answer_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (o.unread)
		e = posting_failed(c, &p, found);
	else if (p.status == 0)
		e = conversation_send_answer(c, &o.conversation, &o.people, f.message, &p, &id);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return answer_refuse(c, &o, &p);
	answer_taken(c, &o, id);
	return ERR_OK;
}

struct flag_fields {
	const char *reason, *message;
};

static const struct field flag_table[] = {
	{"reason", FIELD_SLUG, offsetof(struct flag_fields, reason), 1, 20, true},
	{"message", FIELD_LINES, offsetof(struct flag_fields, message), 0, FLAG_BODY_MAX, false},
};

static const char *flag_path(const struct context *c, const struct opened *o)
{
	return context_join(c, o->path, "/flag", NULL);
}

static void flag_write(struct context *c, const struct opened *o, struct form_view *v)
{
	v->arg = o->conversation.title;
	v->page.noindex = true;
	conversation_flag_view(&c->res->body, v, o->path);
}

static enum err flag_form(struct context *c, opener open)
{
	struct opened o;
	static const struct field_errors none = {.n = 0};
	struct form_view v = {.errors = &none};
	enum err e = open(c, &o);
	if (e != ERR_OK)
		return not_opened(c, open, e);
	e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	v.page = answer_page(c, tr(c->lang, MSG_CONVERSATION_FLAG_TITLE), flag_path(c, &o));
	answer_html(c, 200);
	flag_write(c, &o, &v);
	return ERR_OK;
}

/* A side counts once, by the link or by the account: a conversation has two. */
static enum err flag_store(struct context *c, const struct opened *o, enum flag_reason reason, const char *message)
{
	char reporter[FLAG_REPORTER_SIZE] = "side:buyer";
	const struct conversation_person *me = &o->people.side[o->conversation.side];
	if (me->member_id != 0)
		flag_reporter(me->member_id, NULL, reporter);
	struct flag f = {
		.listing_id = o->conversation.listing_id, .conversation_id = o->conversation.id, .reason = reason, .body = message, .created_at = c->now,
		.reporter = me->member_id == 0 && o->conversation.side == SIDE_SELLER ? "side:seller" : reporter,
	};
	const struct flag_holding hold = {.limit = FLAGS_TO_HOLD};
	bool held = false;
	return flag_db_add(c->db, c->arena, NULL, &f, &hold, &held);
}

static enum err flag_refuse(struct context *c, const struct opened *o, struct posting *p)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, MSG_CONVERSATION_FLAG_TITLE), flag_path(c, o), &v, &written);
	if (e == ERR_OK && !written)
		flag_write(c, o, &v);
	return e;
}

static enum err take_flag(struct context *c, opener open)
{
	struct opened o;
	struct flag_fields f = {.message = ""};
	struct posting p;
	enum flag_reason reason = FLAG_OTHER;
	bool answered = false;
	enum err e = open(c, &o);
	if (e != ERR_OK)
		return not_opened(c, open, e);
	e = posting_read(c, flag_table, 2, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (field_errors_find(&p.errors, "reason") == NULL && !flag_reason_parse(f.reason, &reason)) {
		field_errors_add(&p.errors, "reason", MSG_FIELD_CHOICE, NULL);
		p.status = 422;
	}
	if (p.status == 0)
		e = posting_limit(c, "report", c->app->conf->limits.report_per_hour, &p);
	if (e == ERR_OK && p.status == 0)
		e = flag_store(c, &o, reason, f.message);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return flag_refuse(c, &o, &p);
	answer_redirect(c, 303, context_href(c, context_join(c, o.path, "?flagged=1", NULL)));
	return ERR_OK;
}

enum err conversation_link_page(struct context *c)
{
	return show(c, open_link);
}

enum err conversation_link_answer(struct context *c)
{
	return take_answer(c, open_link);
}

enum err conversation_link_flag_form(struct context *c)
{
	return flag_form(c, open_link);
}

enum err conversation_link_flag(struct context *c)
{
	return take_flag(c, open_link);
}

enum err conversation_page(struct context *c)
{
	return show(c, open_own);
}

enum err conversation_answer(struct context *c)
{
	return take_answer(c, open_own);
}

enum err conversation_flag_form(struct context *c)
{
	return flag_form(c, open_own);
}

enum err conversation_flag(struct context *c)
{
	return take_flag(c, open_own);
}

enum err conversation_read(struct context *c)
{
	struct opened o;
	enum err e = open_own(c, &o);
	if (e == ERR_OK)
		e = conversation_db_mark_read(c->db, o.conversation.id, o.conversation.side);
	if (e == ERR_OK)
		answer_redirect(c, 303, context_href(c, o.path));
	return e;
}
