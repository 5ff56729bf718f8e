#include "app/account_credentials.h"

#include <string.h>

#include "app/account_form.h"
#include "app/answer.h"
#include "app/credential.h"
#include "app/mailing.h"
#include "app/session.h"
#include "db/account_db.h"
#include "db/member_db.h"
#include "db/session_db.h"
#include "http/form.h"
#include "render/account_settings_view.h"
#include "render/account_view.h"
#include "util/log.h"

enum { EMAIL_LINK_SECONDS = 2 * 86400, EMAIL_WISHES_PER_HOUR = 5 };

struct credential_fields {
	const char *password, *new_password, *email;
};

#define AT(member) offsetof(struct credential_fields, member)

static const struct field password_table[] = {
	{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true},
	{"new_password", FIELD_PASSWORD, AT(new_password), MEMBER_PASSWORD_MIN, MEMBER_PASSWORD_MAX, true},
};
static const struct field email_table[] = {
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
	{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true},
};
enum { TWO_FIELDS = 2 };

static const struct account_form password_form = {MSG_PASSWORD_TITLE, "/account/password", account_password_view};
static const struct account_form email_form = {MSG_EMAIL_TITLE, "/account/email", account_email_view};

enum err account_password_form(struct context *c)
{
	return account_form_show(c, &password_form, NULL, 0, NULL, NULL);
}

static enum err password_change(struct context *c, const char *password)
{
	const char *hash = NULL;
	const struct session *s = c->session;
	const struct mail mail = {
		.kind = MAIL_PASSWORD_CHANGED, .to = s->email, .to_name = s->name, .lang = s->lang, .arg = {mailing_link(c, s->lang, "/reset", NULL)},
	};
	enum err e = credential_hash(c, password, &hash);
	if (e == ERR_OK)
		e = account_db_password(c->db, s->member_id, hash, s->id, mailing_order(c, &mail));
	if (e != ERR_OK)
		return e;
	LOG_INFO("password_changed", LOG_S("request_id", c->req->request_id), LOG_I("member", s->member_id));
	return session_renew(c);
}

enum err account_password_save(struct context *c)
{
	struct credential_fields f = {.email = NULL};
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, password_table, TWO_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status == 0)
		credential_check_new(c, "new_password", f.new_password, c->session->name, c->session->email, &p);
	e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0)
		e = password_change(c, f.new_password);
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &password_form, &p, e, NULL);
	account_done(c, "/account/security", "password");
	return ERR_OK;
}

enum err account_email_form(struct context *c)
{
	return account_form_show(c, &email_form, NULL, 0, c->session->email, NULL);
}

/* Nothing is said of whose the new address may be: its owner gets a mail like anybody else. */
static enum err email_ask(struct context *c, const char *email)
{
	const struct session *s = c->session;
	char old_token[TOKEN_TEXT + 1], new_token[TOKEN_TEXT + 1];
	struct email_wish w = {.member_id = s->member_id, .email = email, .expires_at = c->now + EMAIL_LINK_SECONDS};
	token_make(old_token, w.to_old);
	token_make(new_token, w.to_new);
	const struct mail to_old = {
		.kind = MAIL_EMAIL_OLD, .to = s->email, .to_name = s->name, .lang = s->lang,
		.arg = {mailing_link(c, s->lang, "/account/email/", old_token), email},
	};
	const struct mail to_new = {
		.kind = MAIL_EMAIL_NEW, .to = email, .to_name = s->name, .lang = s->lang, .arg = {mailing_link(c, s->lang, "/account/email/", new_token)},
	};
	w.mail_old = mailing_order(c, &to_old);
	w.mail_new = mailing_order(c, &to_new);
	return account_db_email_ask(c->db, &w);
}

enum err account_email_save(struct context *c)
{
	struct credential_fields f = {.email = NULL};
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, email_table, TWO_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	const char *email = member_email(c->arena, f.email);
	if (email == NULL)
		return ERR_NOMEM;
	if (p.status == 0 && strcmp(email, c->session->email) == 0) {
		field_errors_add(&p.errors, "email", MSG_FIELD_SAME_EMAIL, NULL);
		p.status = 422;
	}
	if (p.status == 0)
		e = posting_limit(c, "email-change", EMAIL_WISHES_PER_HOUR, &p);
	if (e == ERR_OK)
		e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0)
		e = email_ask(c, email);
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &email_form, &p, e, c->session->email);
	account_done(c, "/account/security", "email");
	return ERR_OK;
}

/* The link's token, of either end, and its member. ERR_NOT_FOUND: there is none, or it was used. */
static enum err link_find(struct context *c, uint8_t hash[static TOKEN_HASH], struct token *t, struct member *m)
{
	if (!token_hash(c->param[0], hash))
		return ERR_NOT_FOUND;
	enum err e = token_db_find(c->db, c->arena, TOKEN_EMAIL_NEW, hash, c->now, t);
	if (e == ERR_NOT_FOUND)
		e = token_db_find(c->db, c->arena, TOKEN_EMAIL_OLD, hash, c->now, t);
	if (e == ERR_OK && t->used_at != 0)
		e = ERR_NOT_FOUND;
	return e == ERR_OK ? member_db_get(c->db, c->arena, t->subject_id, m) : e;
}

static const char *link_path(const struct context *c)
{
	return context_join(c, "/account/email/", c->param[0], NULL);
}

/* A page that says how it went. */
static enum err link_say(struct context *c, int status, enum msg heading, enum msg text)
{
	struct notice_view v = {
		.page = answer_page(c, tr(c->lang, heading), link_path(c)), .heading = heading, .text = text, .good = status == 200,
		.link_href = context_href(c, "/account"), .link_text = MSG_ACCOUNT_TITLE,
	};
	v.page.noindex = true;
	answer_html(c, status);
	notice_view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_email_link(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	struct member m;
	struct account_ask_view v = {
		.page = answer_page(c, NULL, link_path(c)), .heading = MSG_EMAIL_CONFIRM_TITLE, .text = MSG_EMAIL_CONFIRM_NEW, .button = MSG_EMAIL_CONFIRM_BUTTON,
	};
	enum err e = link_find(c, hash, &t, &m);
	if (e == ERR_NOT_FOUND)
		return link_say(c, 410, MSG_LINK_OVER_TITLE, MSG_LINK_OVER_TEXT);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	v.arg = t.data;
	answer_html(c, 200);
	account_ask_view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_email_confirm(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	struct member m;
	struct posting p;
	bool answered = false, mine = false;
	enum err e = posting_read_quick(c, NULL, 0, NULL, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = link_find(c, hash, &t, &m);
	if (e == ERR_NOT_FOUND)
		return link_say(c, 410, MSG_LINK_OVER_TITLE, MSG_LINK_OVER_TEXT);
	if (e != ERR_OK)
		return e;
	mine = c->session != NULL && c->session->member_id == m.id;
	const struct mail mail = {.kind = MAIL_EMAIL_CHANGED, .to = m.email, .to_name = m.name, .lang = m.lang, .arg = {t.data}};
	struct email_confirmation x = {
		.kind = t.kind, .hash = hash, .member_id = m.id, .keep = mine ? c->session->id : 0, .now = c->now, .email = t.data, .mail = mailing_order(c, &mail),
	};
	e = account_db_email_confirm(c->db, &x);
	if (e == ERR_CONFLICT)
		return link_say(c, 410, MSG_LINK_OVER_TITLE, MSG_LINK_OVER_TEXT);
	if (e == ERR_EXISTS)
		return link_say(c, 409, MSG_EMAIL_TAKEN_TITLE, MSG_EMAIL_TAKEN_TEXT);
	if (e != ERR_OK)
		return e;
	if (!x.changed)
		return link_say(c, 200, MSG_EMAIL_HALF_TITLE, MSG_EMAIL_HALF_TEXT);
	LOG_INFO("email_changed", LOG_S("request_id", c->req->request_id), LOG_I("member", m.id));
	e = mine ? session_renew(c) : ERR_OK;
	return e == ERR_OK ? link_say(c, 200, MSG_EMAIL_DONE_TITLE, MSG_EMAIL_DONE_TEXT) : e;
}
