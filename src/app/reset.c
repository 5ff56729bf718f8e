#include "app/reset.h"

#include "app/answer.h"
#include "app/credential.h"
#include "app/mailing.h"
#include "db/member_db.h"
#include "db/registration_db.h"
#include "db/token_db.h"
#include "render/account_form_view.h"
#include "util/log.h"

enum { RESET_SECONDS = 3600 };

struct reset_fields {
	const char *email, *password;
};

#define AT(member) offsetof(struct reset_fields, member)

static const struct field reset_table[] = {
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
};

static const struct field reset_new_table[] = {
	{"password", FIELD_PASSWORD, AT(password), MEMBER_PASSWORD_MIN, MEMBER_PASSWORD_MAX, true},
};

enum err reset_form(struct context *c)
{
	struct form_view v = {.page = answer_page(c, NULL, "/reset")};
	v.page.noindex = true;
	enum err e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	reset_form_view(&c->res->body, &v);
	return ERR_OK;
}

static bool may_reset(const struct member *m)
{
	return m->state == MEMBER_ACTIVE || m->state == MEMBER_LEAVING;
}

/* As much is written for an address without an account, to the same answer in the same time. */
static enum err reset_send(struct context *c, const char *email)
{
	char token[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_HASH];
	struct member m;
	bool may = false;
	enum err found = member_db_find(c->db, c->arena, email, &m);
	if (found != ERR_OK && found != ERR_NOT_FOUND)
		return found;
	enum err e = credential_may_mail(c, email, &may);
	if (e != ERR_OK || !may)
		return e;
	token_make(token, hash);
	if (found != ERR_OK || !may_reset(&m))
		return reset_db_add(c->db, hash, 0, c->now + RESET_SECONDS, NULL);
	const struct mail mail = {.kind = MAIL_RESET, .to = m.email, .to_name = m.name, .lang = m.lang, .arg = {mailing_link(c, m.lang, "/reset/", token)}};
	return reset_db_add(c->db, hash, m.id, c->now + RESET_SECONDS, mailing_order(c, &mail));
}

enum err reset_post(struct context *c)
{
	struct reset_fields f = {.email = NULL};
	struct posting p;
	bool answered = false;
	enum err e = posting_read(c, reset_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	const char *email = member_email(c->arena, f.email);
	if (email == NULL)
		return ERR_NOMEM;
	if (p.status == 0)
		e = posting_limit(c, "reset", c->app->conf->limits.register_per_hour, &p);
	if (e == ERR_OK && p.status == 0)
		e = reset_send(c, email);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e == ERR_OK && p.status == 0)
		answer_redirect(c, 303, context_href(c, "/reset/received"));
	if (e != ERR_OK || p.status == 0)
		return e;
	struct form_view v;
	bool written = false;
	e = posting_refuse(c, &p, NULL, "/reset", &v, &written);
	if (e == ERR_OK)
		reset_form_view(&c->res->body, &v);
	return e;
}

enum err reset_received(struct context *c)
{
	answer_notice(c, "/reset/received", MSG_RESET_RECEIVED_TITLE, MSG_RESET_RECEIVED_TEXT, context_href(c, "/login"), MSG_BACK_TO_LOGIN);
	return ERR_OK;
}

static enum err reset_over(struct context *c)
{
	struct notice_view v = {
		.page = answer_page(c, NULL, "/reset"), .heading = MSG_RESET_GONE_TITLE, .text = MSG_RESET_GONE_TEXT,
		.link_href = context_href(c, "/reset"), .link_text = MSG_RESET_AGAIN,
	};
	v.page.noindex = true;
	answer_html(c, 410);
	notice_view(&c->res->body, &v);
	return ERR_OK;
}

/* The member of an unused link. ERR_NOT_FOUND: there is none, or none any more. */
static enum err reset_find(struct context *c, uint8_t hash[static TOKEN_HASH], struct member *m)
{
	struct token t;
	enum err e = token_hash(c->param[0], hash) ? token_db_find(c->db, c->arena, TOKEN_RESET, hash, c->now, &t) : ERR_NOT_FOUND;
	if (e == ERR_OK && t.used_at != 0)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = member_db_get(c->db, c->arena, t.subject_id, m);
	return e == ERR_OK && !may_reset(m) ? ERR_NOT_FOUND : e;
}

static const char *reset_path(const struct context *c)
{
	return context_join(c, "/reset/", c->param[0], NULL);
}

enum err reset_new_form(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct member m;
	enum err e = reset_find(c, hash, &m);
	if (e == ERR_NOT_FOUND)
		return reset_over(c);
	struct form_view v = {.page = answer_page(c, NULL, reset_path(c))};
	v.page.noindex = true;
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	reset_new_view(&c->res->body, &v);
	return ERR_OK;
}

static enum err reset_change(struct context *c, const struct member *m, const uint8_t hash[static TOKEN_HASH], const char *password)
{
	const char *password_hash = NULL;
	const struct mail mail = {
		.kind = MAIL_PASSWORD_CHANGED, .to = m->email, .to_name = m->name, .lang = m->lang, .arg = {mailing_link(c, m->lang, "/reset", NULL)},
	};
	enum err e = credential_hash(c, password, &password_hash);
	if (e == ERR_OK)
		e = reset_db_use(c->db, hash, m->id, password_hash, c->now, mailing_order(c, &mail));
	if (e == ERR_OK)
		LOG_INFO("password_reset", LOG_S("request_id", c->req->request_id), LOG_I("member", m->id), LOG_S("client", c->req->client_address));
	return e;
}

enum err reset_new_post(struct context *c)
{
	struct reset_fields f = {.email = NULL};
	struct posting p;
	bool answered = false;
	uint8_t hash[TOKEN_HASH];
	struct member m;
	enum err e = posting_read_quick(c, reset_new_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = reset_find(c, hash, &m);
	if (e == ERR_OK)
		credential_check_new(c, "password", f.password, m.name, m.email, &p);
	if (e == ERR_OK && p.status == 0)
		e = posting_limit(c, "reset-new", c->app->conf->limits.register_per_hour, &p);
	if (e == ERR_OK && p.status == 0)
		e = reset_change(c, &m, hash, f.password);
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		return reset_over(c);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e == ERR_OK && p.status == 0)
		answer_redirect(c, 303, context_href(c, "/reset/done"));
	if (e != ERR_OK || p.status == 0)
		return e;
	struct form_view v;
	bool written = false;
	e = posting_refuse(c, &p, NULL, reset_path(c), &v, &written);
	if (e == ERR_OK)
		reset_new_view(&c->res->body, &v);
	return e;
}

enum err reset_done(struct context *c)
{
	answer_notice(c, "/reset/done", MSG_RESET_DONE_TITLE, MSG_RESET_DONE_TEXT, context_href(c, "/login"), MSG_BACK_TO_LOGIN);
	return ERR_OK;
}
