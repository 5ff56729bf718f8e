#include "app/account_leaving.h"

#include <string.h>

#include "app/account_form.h"
#include "app/answer.h"
#include "app/mailing.h"
#include "app/session.h"
#include "db/account_end_db.h"
#include "db/member_db.h"
#include "http/form.h"
#include "render/account_settings_view.h"
#include "render/account_view.h"
#include "util/clock.h"
#include "util/log.h"

enum { DATE_LETTERS = 10 };

struct delete_fields {
	const char *password;
};

static const struct field delete_table[] = {{"password", FIELD_PASSWORD, offsetof(struct delete_fields, password), 1, MEMBER_PASSWORD_MAX, true}};
static const struct account_form delete_form = {MSG_DELETE_TITLE, "/account/delete", account_delete_view};

static const char *grace_days(const struct context *c)
{
	char days[I64_TEXT_SIZE];
	i64_text(MEMBER_GRACE_DAYS, days);
	return context_join(c, days, NULL);
}

static void export_value(struct json *j, const struct db_value *v)
{
	switch (v->type) {
	case DB_NULL: json_null(j); break;
	case DB_INT: json_int(j, v->i); break;
	case DB_TIME: json_time(j, v->i); break;
	case DB_TEXT:
	case DB_BLOB: json_string(j, v->s); break;
	}
}

static void export_table(struct json *j, const struct account_table *t)
{
	json_name(j, t->name);
	json_array(j);
	for (size_t i = 0; i < t->rows.n; i++) {
		json_object(j);
		for (size_t k = 0; t->columns[k] != NULL; k++) {
			json_name(j, t->columns[k]);
			export_value(j, db_cell(&t->rows, i, k));
		}
		json_object_end(j);
	}
	json_array_end(j);
}

static void export_profile(struct json *j, const struct member *m)
{
	const struct postal_address *p = &m->address;
	json_key(j, "member");
	json_object(j);
	json_key_int(j, "id", m->id);
	json_key_string(j, "email", m->email);
	json_key_string(j, "name", m->name);
	json_key_string(j, "role", member_role_name(m->role));
	json_key_string(j, "state", member_state_name(m->state));
	json_key_int(j, "trust", m->trust);
	json_key_string(j, "lang", m->lang);
	json_key_int(j, "place_id", m->place_id);
	json_key_string(j, "about", m->about);
	json_key_string(j, "address_name", p->name);
	json_key_string(j, "address_line1", p->line1);
	json_key_string(j, "address_line2", p->line2);
	json_key_string(j, "address_city", p->city);
	json_key_string(j, "address_region", p->region);
	json_key_string(j, "address_postal_code", p->postal_code);
	json_key_string(j, "address_country", p->country);
	json_key(j, "second_factor");
	json_bool(j, m->totp);
	json_key_string(j, "state_reason", m->state_reason);
	json_key(j, "created_at");
	json_time(j, m->created_at);
	json_key(j, "signed_in_at");
	json_time(j, m->signed_in_at);
	json_key(j, "delete_at");
	json_time(j, m->delete_at);
	json_object_end(j);
}

enum err account_export(struct context *c)
{
	struct member m;
	struct json j;
	struct account_table t;
	enum err e = account_member(c, &m);
	if (e != ERR_OK)
		return e;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "exported_at");
	json_time(&j, c->now);
	export_profile(&j, &m);
	for (size_t i = 0; e == ERR_OK; i++) {
		e = account_db_export(c->db, c->arena, m.id, m.email, i, &t);
		if (e == ERR_OK)
			export_table(&j, &t);
	}
	if (e != ERR_RANGE)
		return e;
	json_object_end(&j);
	http_header_set(c->res, "Content-Disposition", "attachment; filename=\"outport-account.json\"");
	LOG_INFO("export", LOG_S("request_id", c->req->request_id), LOG_I("member", m.id));
	return ERR_OK;
}

enum err account_delete_form(struct context *c)
{
	return account_form_show(c, &delete_form, NULL, 0, grace_days(c), NULL);
}

static enum err leave(struct context *c)
{
	const struct session *s = c->session;
	char token[TOKEN_TEXT + 1], date[32];
	uint8_t hash[TOKEN_HASH];
	struct account_leaving l = {.member_id = s->member_id, .delete_at = c->now + (int64_t)MEMBER_GRACE_DAYS * 86400, .now = c->now, .token = hash};
	token_make(token, hash);
	clock_rfc3339(l.delete_at, date);
	date[DATE_LETTERS] = '\0';
	const struct mail mail = {
		.kind = MAIL_LEAVING, .to = s->email, .to_name = s->name, .lang = s->lang, .arg = {mailing_link(c, s->lang, "/account/keep/", token), date},
	};
	l.mail = mailing_order(c, &mail);
	return account_db_leave(c->db, &l);
}

enum err account_delete(struct context *c)
{
	struct delete_fields f = {.password = NULL};
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, delete_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0) {
		e = leave(c);
		/* Asked for before: the overview says when, and has the way back. */
		if (e == ERR_EXISTS) {
			answer_redirect(c, 303, context_href(c, "/account"));
			return ERR_OK;
		}
		if (e == ERR_CONFLICT) {
			field_errors_add(&p.errors, "", MSG_DELETE_LAST_ADMIN, NULL);
			p.status = 422;
			e = ERR_OK;
		}
	}
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &delete_form, &p, e, grace_days(c));
	LOG_INFO("account_leaving", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id));
	answer_redirect(c, 303, context_href(c, "/account/deleted"));
	return session_stop(c);
}

static enum err say(struct context *c, int status, const char *path, enum msg heading, enum msg text)
{
	struct notice_view v = {
		.page = answer_page(c, tr(c->lang, heading), path), .heading = heading, .text = text, .good = status == 200,
		.link_href = context_href(c, status == 200 ? "/" : "/account"), .link_text = status == 200 ? MSG_BACK_HOME : MSG_ACCOUNT_TITLE,
	};
	v.page.noindex = true;
	answer_html(c, status);
	notice_view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_deleted(struct context *c)
{
	return say(c, 200, "/account/deleted", MSG_DELETE_DONE_TITLE, MSG_DELETE_DONE_TEXT);
}

enum err account_keep(struct context *c)
{
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, NULL, 0, NULL, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_db_keep(c->db, c->session->member_id, NULL, c->now);
	if (e != ERR_OK && e != ERR_CONFLICT)
		return e;
	if (e == ERR_OK)
		LOG_INFO("account_kept", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id));
	account_done(c, "/account", "kept");
	return ERR_OK;
}

static const char *keep_path(const struct context *c)
{
	return context_join(c, "/account/keep/", c->param[0], NULL);
}

static enum err keep_find(struct context *c, uint8_t hash[static TOKEN_HASH], struct token *t)
{
	enum err e = token_hash(c->param[0], hash) ? token_db_find(c->db, c->arena, TOKEN_ACCOUNT_KEEP, hash, c->now, t) : ERR_NOT_FOUND;
	return e == ERR_OK && t->used_at != 0 ? ERR_NOT_FOUND : e;
}

enum err account_keep_link(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	struct account_ask_view v = {
		.page = answer_page(c, NULL, keep_path(c)), .heading = MSG_KEEP_TITLE, .text = MSG_KEEP_TEXT, .button = MSG_ACCOUNT_KEEP_BUTTON,
	};
	enum err e = keep_find(c, hash, &t);
	if (e == ERR_NOT_FOUND)
		return say(c, 410, keep_path(c), MSG_LINK_OVER_TITLE, MSG_LINK_OVER_TEXT);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	account_ask_view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_keep_confirm(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, NULL, 0, NULL, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = keep_find(c, hash, &t);
	if (e == ERR_OK)
		e = account_db_keep(c->db, t.subject_id, hash, c->now);
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		return say(c, 410, keep_path(c), MSG_LINK_OVER_TITLE, MSG_LINK_OVER_TEXT);
	if (e != ERR_OK)
		return e;
	LOG_INFO("account_kept", LOG_S("request_id", c->req->request_id), LOG_I("member", t.subject_id));
	return say(c, 200, keep_path(c), MSG_KEEP_DONE_TITLE, MSG_KEEP_DONE);
}
