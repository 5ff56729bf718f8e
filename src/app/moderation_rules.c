/* The words and links that admins hold or refuse. */
#include <string.h>

#include "app/answer.h"
#include "app/moderation_people.h"
#include "app/posting.h"
#include "app/rule_cache.h"
#include "app/screening.h"
#include "db/rule_db.h"
#include "render/moderation_view.h"
#include "util/log.h"

enum { PATTERN_TYPED_MAX = 200 };

struct rule_fields {
	const char *kind, *action, *pattern, *note, *text;
};

#define AT(member) offsetof(struct rule_fields, member)

static enum err rules_answer(struct context *c, struct posting *p, struct rules_view *v)
{
	static const struct field_errors none = {.n = 0};
	struct content_rule *rules = NULL;
	enum err e = rule_db_list(c->db, c->arena, &rules, &v->count);
	if (e != ERR_OK)
		return e;
	v->rules = rules;
	if (p != NULL) {
		bool written = false;
		e = posting_refuse(c, p, tr(c->lang, MSG_RULES_TITLE), "/moderation/rules", &v->form, &written);
	} else {
		v->form = (struct form_view){.page = answer_page(c, tr(c->lang, MSG_RULES_TITLE), "/moderation/rules"), .errors = &none};
		v->form.page.noindex = true;
		e = posting_age(c, &v->form.form_age);
		answer_html(c, 200);
	}
	if (e == ERR_OK)
		moderation_rules_view(&c->res->body, v);
	return e;
}

enum err moderation_rules(struct context *c)
{
	struct rules_view v = {.count = 0};
	return rules_answer(c, NULL, &v);
}

static void refuse(struct posting *p, enum msg text)
{
	field_errors_add(&p->errors, "pattern", text, NULL);
	p->status = 422;
}

static enum err rule_add(struct context *c, const struct rule_fields *f, struct posting *p)
{
	char pattern[RULE_PATTERN_BYTES + 1];
	struct content_rule r = {
		.kind = strcmp(f->kind, "link") == 0 ? RULE_LINK : RULE_WORDS, .action = strcmp(f->action, "refuse") == 0 ? RULE_REFUSE : RULE_HOLD,
		.pattern = pattern, .note = f->note, .created_by = c->session->member_id, .created_at = c->now,
	};
	if (!rule_pattern_make(r.kind, f->pattern, pattern)) {
		refuse(p, MSG_RULE_BAD_PATTERN);
		return ERR_OK;
	}
	enum err e = rule_db_add(c->db, c->arena, &r);
	if (e == ERR_EXISTS || e == ERR_TOO_LARGE) {
		refuse(p, e == ERR_EXISTS ? MSG_RULE_KNOWN : MSG_RULE_TOO_MANY);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	rule_cache_forget(c->app->rules);
	LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", "rule-add"), LOG_I("rule", r.id), LOG_I("moderator", r.created_by));
	return ERR_OK;
}

enum err moderation_rule_post(struct context *c)
{
	static const struct field table[] = {
		{"kind", FIELD_SLUG, AT(kind), 1, 10, true},
		{"pattern", FIELD_TEXT, AT(pattern), 1, PATTERN_TYPED_MAX, true},
		{"action", FIELD_SLUG, AT(action), 1, 10, true},
		{"note", FIELD_TEXT, AT(note), 0, RULE_NOTE_MAX, false},
	};
	struct rule_fields f = {.kind = NULL};
	struct posting p;
	struct rules_view v = {.count = 0};
	bool answered = false;
	enum err e = posting_read_quick(c, table, 4, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status == 0)
		e = rule_add(c, &f, &p);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return rules_answer(c, &p, &v);
	answer_redirect(c, 303, context_href(c, "/moderation/rules"));
	return ERR_OK;
}

enum err moderation_rule_remove(struct context *c)
{
	struct posting p;
	struct rules_view v = {.count = 0};
	bool answered = false;
	char none;
	enum err e = posting_read_quick(c, NULL, 0, &none, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status != 0)
		return rules_answer(c, &p, &v);
	e = rule_db_remove(c->db, c->id, c->session->member_id, c->now);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	rule_cache_forget(c->app->rules);
	if (e == ERR_OK)
		LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", "rule-remove"), LOG_I("rule", c->id), LOG_I("moderator", c->session->member_id));
	answer_redirect(c, 303, context_href(c, "/moderation/rules"));
	return ERR_OK;
}

enum err moderation_rule_try(struct context *c)
{
	static const struct field table[] = {{"text", FIELD_LINES, AT(text), 1, LISTING_DESCRIPTION_MAX, true}};
	struct rule_fields f = {.kind = NULL};
	struct posting p;
	struct screening s;
	struct rules_view v = {.count = 0};
	bool answered = false;
	enum err e = posting_read_quick(c, table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status != 0)
		return rules_answer(c, &p, &v);
	e = screening_rules(c, NULL, f.text, &s);
	if (e != ERR_OK)
		return e;
	v.try_text = f.text;
	v.try_pattern = s.pattern;
	v.try_action = s.verdict == SCREENING_REFUSE ? RULE_REFUSE : RULE_HOLD;
	return rules_answer(c, NULL, &v);
}
