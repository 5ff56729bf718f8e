#include "app/moderation.h"

#include <string.h>

#include "app/answer.h"
#include "app/conversation_send.h"
#include "app/moderation_mail.h"
#include "app/moderation_queue.h"
#include "app/photo.h"
#include "app/posting.h"
#include "db/member_db.h"
#include "db/moderation_db.h"
#include "render/moderation_view.h"
#include "util/log.h"

enum { PLACE_DIGITS = 15, TEXT_CAP = 4096 };

/* A sentence with its placeholders filled, in the arena. */
static const char *said(const struct context *c, enum msg id, const char *first, const char *second, const char *third)
{
	struct buf b;
	buf_init(&b, TEXT_CAP);
	tr_format(&b, c->lang, id, (const char *const[]){first, second, third}, 3);
	const char *text = arena_strdup(c->arena, buf_str(&b));
	buf_free(&b);
	return text != NULL ? text : "";
}

/* "Listing 12: Published": what the page that led here did. */
static const char *done_text(const struct context *c)
{
	const char *done = http_param_get(&c->req->query, "done"), *id = http_param_get(&c->req->query, "id");
	if (done == NULL || id == NULL || strspn(id, "0123456789") != strlen(id) || strlen(id) > PLACE_DIGITS)
		return NULL;
	if (strcmp(moderation_action_name(MODERATION_PHOTO), done) == 0)
		return said(c, MSG_QUEUE_DONE, id, tr(c->lang, moderation_action_message(MODERATION_PHOTO)), NULL);
	for (int a = MODERATION_APPROVE; a <= MODERATION_UPHOLD; a++)
		if (strcmp(moderation_action_name((enum moderation_action)a), done) == 0)
			return said(c, MSG_QUEUE_DONE, id, tr(c->lang, moderation_action_message((enum moderation_action)a)), NULL);
	return NULL;
}

enum err moderation_queue(struct context *c)
{
	struct queue_place place = {.since = 0};
	const char *after = http_param_get(&c->req->query, "after");
	bool placed = after != NULL && moderation_place_parse(after, &place);
	struct moderation_view v = {.page = answer_page(c, tr(c->lang, MSG_QUEUE_TITLE), "/moderation"), .photo_base = photo_base(c), .done = done_text(c), .now = c->now};
	struct queue_entry *entries = NULL;
	bool more = false;
	enum err e = moderation_queue_load(c, place, &entries, &v.count, &more);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	v.entries = entries;
	v.catalog = c->catalog;
	v.page.section = "moderation";
	v.admin = c->session->role == ROLE_ADMIN;
	if (more && v.count > 0)
		v.next_href = context_join(c, context_href(c, "/moderation"), "?after=", moderation_place_text(c, &entries[v.count - 1]), NULL);
	if (placed)
		v.first_href = context_href(c, "/moderation");
	answer_html(c, 200);
	moderation_queue_view(&c->res->body, &v);
	return ERR_OK;
}

const char *moderation_path(const struct context *c, int64_t id)
{
	return context_join(c, "/moderation/listings/", context_number(c, id), NULL);
}

/* One listing by itself: p with what was typed and its mistakes, or NULL. */
static enum err entry_answer(struct context *c, struct queue_entry *entry, const struct posting *p)
{
	struct moderation_view v = {
		.page = answer_page(c, said(c, MSG_QUEUE_ENTRY_TITLE, context_number(c, entry->listing.id), NULL, NULL), moderation_path(c, entry->listing.id)),
		.entries = entry, .count = 1, .single = true, .photo_base = photo_base(c), .done = p == NULL ? done_text(c) : NULL, .first_href = context_href(c, "/moderation"), .now = c->now,
	};
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = moderation_entry_complete(c, entry);
	if (e == ERR_OK)
		e = moderation_photos_load(c, entry, 1);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	v.catalog = c->catalog;
	if (p != NULL) {
		struct typed_value *values = arena_array(c->arena, p->params.n + 1, sizeof *values);
		if (values == NULL)
			return ERR_NOMEM;
		for (size_t i = 0; i < p->params.n; i++)
			values[i] = (struct typed_value){.name = p->params.list[i].name, .value = p->params.list[i].value};
		v.values = values;
		v.value_count = p->params.n;
		v.errors = &p->errors;
	}
	answer_html(c, p != NULL ? p->status : 200);
	moderation_queue_view(&c->res->body, &v);
	return ERR_OK;
}

enum err moderation_entry_refused(struct context *c, struct queue_entry *entry, struct posting *p)
{
	if (field_errors_find(&p->errors, "reason") == NULL && p->errors.n == 0)
		field_errors_add(&p->errors, "reason", MSG_FIELD_CHOICE, NULL);
	p->status = 422;
	return entry_answer(c, entry, p);
}

/* What was not sent in is not there for moderators either. */
static enum err entry_load(struct context *c, struct queue_entry *entry)
{
	enum err e = moderation_queue_db_entry(c->db, c->arena, c->id, entry);
	return e == ERR_OK && !listing_sent_in(entry->listing.state) ? ERR_NOT_FOUND : e;
}

enum err moderation_entry_page(struct context *c)
{
	struct queue_entry entry;
	enum err e = entry_load(c, &entry);
	return e != ERR_OK ? e : entry_answer(c, &entry, NULL);
}

struct decision_fields {
	const char *decision, *reason, *words;
	int64_t version, entry, flag;
};

#define AT(member) offsetof(struct decision_fields, member)

static const struct field decision_table[] = {
	{"decision", FIELD_SLUG, AT(decision), 1, 20, true},
	{"reason", FIELD_LINES, AT(reason), 0, MODERATION_REASON_MAX, false},
	{"words", FIELD_LINES, AT(words), 0, MODERATION_REASON_MAX, false},
	{"version", FIELD_INT, AT(version), 0, INT64_C(4294967295), false},
	{"entry", FIELD_INT, AT(entry), 0, INT64_C(1000000000000000), false},
	{"flag", FIELD_INT, AT(flag), 0, INT64_C(1000000000000000), false},
};
enum { DECISION_FIELDS = 6 };

static const char *last_entry_text(struct context *c, int64_t listing_id)
{
	struct moderation_entry last;
	struct member m;
	if (moderation_db_last(c->db, c->arena, listing_id, &last) != ERR_OK)
		return tr(c->lang, MSG_DECISION_LATE_AUTHOR);
	const char *who = tr(c->lang, MSG_LOG_SITE);
	if (last.moderator_id != 0)
		who = member_db_get(c->db, c->arena, last.moderator_id, &m) == ERR_OK ? m.name : tr(c->lang, MSG_LOG_MODERATOR);
	return said(c, MSG_DECISION_LATE_ENTRY, who, tr(c->lang, moderation_action_message(last.action)), moderation_reason_text(c, c->lang, last.code, last.reason));
}

/* Somebody else was first. entry: the last one of the log that the moderator knew of, -1 where that is not known. */
enum err moderation_late(struct context *c, int64_t listing_id, int64_t entry)
{
	struct moderation_entry last;
	enum err e = moderation_db_last(c->db, c->arena, listing_id, &last);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	bool decided = e == ERR_OK && last.id != entry;
	const char *what = decided ? last_entry_text(c, listing_id) : tr(c->lang, MSG_DECISION_LATE_AUTHOR);
	if (c->api) {
		answer_problem(c, 409, said(c, MSG_DECISION_LATE_BY, what, NULL, NULL), NULL);
		return ERR_OK;
	}
	answer_html(c, 409);
	struct notice_view v = {
		.page = answer_page(c, tr(c->lang, MSG_DECISION_LATE_TITLE), moderation_path(c, listing_id)), .heading = MSG_DECISION_LATE_TITLE, .text = MSG_DECISION_LATE_BY, .arg = what,
		.link_href = context_href(c, moderation_path(c, listing_id)), .link_text = MSG_DECISION_LOOK_AGAIN,
	};
	v.page.noindex = true;
	notice_view(&c->res->body, &v);
	return ERR_OK;
}

/* The fields into a decision, with their mistakes. A program says its reason in words or by a standard reason's name. */
static void decision_read(const struct context *c, struct decision_fields *f, struct decision *d, struct posting *p)
{
	struct field_errors *errors = &p->errors;
	if (field_errors_find(errors, "decision") == NULL && !decision_parse(f->decision, &d->kind))
		field_errors_add(errors, "decision", MSG_DECISION_UNKNOWN, NULL);
	if (f->reason != NULL && *f->reason != '\0' && !moderation_reason_parse(f->reason, &d->code)) {
		if (c->api && *f->words == '\0')
			f->words = f->reason;
		else
			field_errors_add(errors, "reason", MSG_FIELD_CHOICE, NULL);
	}
	bool refuses = d->kind == DECISION_REJECT || d->kind == DECISION_REMOVE;
	bool said_why = (d->code != REASON_NONE && d->code != REASON_OTHER) || (f->words != NULL && *f->words != '\0');
	if (errors->n == 0 && refuses && !said_why)
		field_errors_add(errors, "reason", MSG_DECISION_SAY_WHY, NULL);
	if (errors->n > 0)
		p->status = 422;
	d->words = f->words;
	d->versioned = f->version >= 0 && f->entry >= 0;
	d->version = f->version;
	d->last_entry = f->entry;
	d->last_flag = f->flag;
}

static void decision_taken(struct context *c, const struct decision *d)
{
	if (!c->api) {
		answer_redirect(c, 303, context_join(c, context_href(c, "/moderation"), "?done=", decision_name(d->kind), "&id=", context_number(c, d->listing_id), NULL));
		return;
	}
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key_int(&j, "id", d->listing_id);
	json_key_string(&j, "status", listing_state_name(d->is));
	json_object_end(&j);
}

enum err moderation_decide(struct context *c)
{
	struct decision_fields f = {.version = -1, .entry = -1};
	struct decision d = {.code = REASON_NONE};
	struct posting p;
	struct queue_entry entry;
	bool answered = false;
	enum err e = posting_read_quick(c, decision_table, DECISION_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	decision_read(c, &f, &d, &p);
	e = entry_load(c, &entry);
	if (e != ERR_OK)
		return e;
	if (p.status == 0)
		e = moderation_carry_out(c, &entry.listing, c->session->member_id, &d);
	bool leaving = e == ERR_GONE;
	if (leaving) {
		field_errors_add(&p.errors, "", MSG_DECISION_LEAVING, NULL);
		p.status = 409;
	}
	if (p.status != 0) {
		if (!c->api)
			return entry_answer(c, &entry, &p);
		answer_problem(c, p.status, tr(c->lang, leaving ? MSG_DECISION_LEAVING : MSG_PROBLEM_BODY), leaving ? NULL : &p.errors);
		return ERR_OK;
	}
	if (e == ERR_CONFLICT)
		return moderation_late(c, entry.listing.id, f.entry);
	if (e == ERR_OK)
		decision_taken(c, &d);
	return e;
}

enum err moderation_decide_conversation(struct context *c)
{
	struct {
		const char *decision;
	} f = {NULL};
	static const struct field table[] = {{"decision", FIELD_SLUG, 0, 1, 20, true}};
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	bool uphold = f.decision != NULL && strcmp(f.decision, "uphold") == 0;
	if (p.status != 0 || (!uphold && strcmp(f.decision, "dismiss") != 0))
		return ERR_INVALID;
	e = uphold ? moderation_db_decide_conversation(c->db, c->arena, &(struct conversation_decision){
		.id = c->id, .uphold = true, .moderator_id = c->session->member_id, .now = c->now}) : conversation_dismiss(c, c->id);
	if (e != ERR_OK)
		return e;
	LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", uphold ? "uphold" : "dismiss"), LOG_I("conversation", c->id),
	         LOG_I("moderator", c->session->member_id));
	answer_redirect(c, 303, context_href(c, "/moderation"));
	return ERR_OK;
}
