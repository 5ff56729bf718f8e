#include "app/screening.h"

#include "app/rule_cache.h"
#include "db/ban_db.h"
#include "util/log.h"

/* The weightier of what was said before and what the rules say of one text. */
static enum err look_at(struct context *c, const struct content_rule *rules, size_t n, const char *text, enum screening_part part, struct screening *out)
{
	struct rule_text t;
	if (text == NULL || *text == '\0' || n == 0 || out->verdict == SCREENING_REFUSE)
		return ERR_OK;
	enum err e = rule_text_make(c->arena, text, &t);
	const struct content_rule *r = e == ERR_OK ? rules_find(rules, n, &t) : NULL;
	if (r == NULL || (out->verdict == SCREENING_HOLD && r->action == RULE_HOLD))
		return e;
	*out = (struct screening){
		.verdict = r->action == RULE_REFUSE ? SCREENING_REFUSE : SCREENING_HOLD, .part = part, .kind = r->kind, .pattern = arena_strdup(c->arena, r->pattern),
	};
	return out->pattern != NULL ? ERR_OK : ERR_NOMEM;
}

enum err screening_rules(struct context *c, const char *title, const char *text, struct screening *out)
{
	struct rule_ref *ref = NULL;
	*out = (struct screening){.verdict = SCREENING_OK};
	enum err e = rule_cache_take(c->app->rules, c->db, c->now, &ref);
	if (e != ERR_OK)
		return e;
	size_t n;
	const struct content_rule *rules = rule_ref_rules(ref, &n);
	e = look_at(c, rules, n, title, SCREENED_TITLE, out);
	if (e == ERR_OK)
		e = look_at(c, rules, n, text, SCREENED_TEXT, out);
	rule_ref_release(c->app->rules, ref);
	return e;
}

enum err screening_check(struct context *c, const char *title, const char *text, const char *email, struct screening *out)
{
	struct ban ban;
	*out = (struct screening){.verdict = SCREENING_OK};
	enum err e = ban_db_find(c->db, c->arena, email, c->req->client_address, c->now, &ban);
	if (e == ERR_OK) {
		*out = (struct screening){.verdict = SCREENING_REFUSE, .part = ban.kind == BAN_EMAIL ? SCREENED_EMAIL : SCREENED_ADDRESS};
		return ERR_OK;
	}
	return e == ERR_NOT_FOUND ? screening_rules(c, title, text, out) : e;
}

void screening_refuse(struct context *c, const struct screening *s, const char *title_field, const char *text_field, struct posting *p)
{
	static const char *const parts[] = {"", "title", "text", "email", "address"};
	if (s->pattern == NULL) {
		field_errors_add(&p->errors, "", MSG_SCREENING_BANNED, NULL);
		p->status = 403;
	} else {
		field_errors_add(&p->errors, s->part == SCREENED_TITLE ? title_field : text_field, s->kind == RULE_LINK ? MSG_SCREENING_LINK : MSG_SCREENING_WORDS, NULL);
		p->status = 422;
	}
	c->res->note = s->pattern == NULL ? "banned" : "rule";
	LOG_INFO("screening_refused", LOG_S("request_id", c->req->request_id), LOG_S("part", parts[s->part]), LOG_S("rule", s->pattern != NULL ? s->pattern : ""));
}
