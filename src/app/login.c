#include "app/login.h"

#include <string.h>

#include "app/answer.h"
#include "app/credential.h"
#include "app/second_factor.h"
#include "app/session.h"
#include "db/member_db.h"
#include "db/session_db.h"
#include "model/local_path.h"
#include "model/second_step.h"
#include "render/account_form_view.h"
#include "util/log.h"

enum { CODE_MAX = 40 };

struct login_fields {
	const char *email, *password, *totp;
};

#define AT(member) offsetof(struct login_fields, member)

static const struct field login_table[] = {
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
	{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true},
	{"totp", FIELD_TEXT, AT(totp), 1, CODE_MAX, false},
};
enum { LOGIN_FORM_FIELDS = 2, LOGIN_API_FIELDS = 3 };

static const struct field code_table[] = {
	{"code", FIELD_TEXT, AT(totp), 1, CODE_MAX, true},
};

/* Where a browser keeps no Secure cookie (RFC 6265bis, section 5.7): plain http on anything but this machine. A balancer in front may have
 * taken the encryption off: then the site's own address says so. */
static bool is_insecure(const struct context *c)
{
	static const char https[] = "https://";
	const char *host = c->req->host, *url = c->app->conf->site.url;
	size_t n = strcspn(host, ":");
	if (c->req->https || (strncmp(url, https, sizeof https - 1) == 0 && strcmp(url + sizeof https - 1, host) == 0))
		return false;
	return !(n >= 9 && strncmp(host + n - 9, "localhost", 9) == 0 && (n == 9 || host[n - 10] == '.')) && strncmp(host, "127.", 4) != 0 &&
		strncmp(host, "[::1]", 5) != 0;
}

/* What both pages carry along: where to go on, and who has given the password. */
static enum err login_hide(struct context *c, struct form_view *v, const char *next, const char *state)
{
	struct typed_value *hidden = arena_array(c->arena, 2, sizeof *hidden);
	if (hidden == NULL)
		return ERR_NOMEM;
	v->hidden = hidden;
	if (next != NULL)
		hidden[v->hidden_count++] = (struct typed_value){"_next", next};
	if (state != NULL)
		hidden[v->hidden_count++] = (struct typed_value){"_state", state};
	v->note = is_insecure(c) ? tr(c->lang, MSG_LOGIN_INSECURE) : NULL;
	return ERR_OK;
}

enum err login_form(struct context *c)
{
	const char *next = local_path(http_param_get(&c->req->query, "next"));
	if (c->session != NULL) {
		answer_redirect(c, 303, next != NULL ? next : context_href(c, "/account"));
		return ERR_OK;
	}
	struct form_view v = {.page = answer_page(c, NULL, "/login")};
	enum err e = posting_age(c, &v.form_age);
	if (e == ERR_OK)
		e = login_hide(c, &v, next, NULL);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	login_form_view(&c->res->body, &v);
	return ERR_OK;
}

/* The form again, with what is wrong. state: of the second step; NULL: the first. */
static enum err login_refuse(struct context *c, struct posting *p, const char *state)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, NULL, state != NULL ? "/login/code" : "/login", &v, &written);
	if (e != ERR_OK || written)
		return e;
	e = login_hide(c, &v, local_path(http_param_get(&p->params, "_next")), state);
	if (e == ERR_OK && state != NULL)
		login_code_view(&c->res->body, &v);
	else if (e == ERR_OK)
		login_form_view(&c->res->body, &v);
	return e;
}

/* A wrong password or code: which it was is told where the password was right only. What was typed is not logged: a password may stand in the
 * wrong field. */
static void login_wrong(struct context *c, int64_t member_id, const char *field, enum msg text, struct posting *p)
{
	metrics_add(c->app->metrics, METRIC_SIGN_INS_FAILED, 1);
	LOG_INFO("sign_in_failed", LOG_S("request_id", c->req->request_id), LOG_I("member", member_id), LOG_S("client", c->req->client_address),
	         LOG_S("factor", *field == '\0' ? "password" : "code"));
	field_errors_add(&p->errors, field, text, NULL);
	p->status = c->api ? 401 : 422;
	if (c->api)
		http_header_set(c->res, "WWW-Authenticate", "Bearer");
}

static enum err login_done(struct context *c, const struct member *m, const char *next)
{
	char token[TOKEN_TEXT + 1];
	int64_t expires_at = 0;
	enum err e = credential_good(c, m->email);
	if (e == ERR_OK)
		e = member_db_signed_in(c->db, m->id, c->now);
	if (e == ERR_OK)
		e = session_start(c, m->id, c->api ? SESSION_PROGRAM : SESSION_BROWSER, token, &expires_at);
	if (e != ERR_OK)
		return e;
	metrics_add(c->app->metrics, METRIC_SIGN_INS, 1);
	LOG_INFO("sign_in", LOG_S("request_id", c->req->request_id), LOG_I("member", m->id), LOG_S("client", c->req->client_address),
	         LOG_S("by", c->api ? "program" : "browser"));
	if (!c->api) {
		answer_redirect(c, 303, next != NULL ? next : context_href(c, "/account"));
		return ERR_OK;
	}
	struct json j;
	answer_json(c, 201, &j);
	json_object(&j);
	json_key_string(&j, "token", token);
	json_key(&j, "expires_at");
	json_time(&j, expires_at);
	json_object_end(&j);
	return ERR_OK;
}

/* The page that asks for the code: no session yet. */
static enum err login_ask_code(struct context *c, const struct member *m, const char *next)
{
	const uint8_t *key = NULL;
	char *state = arena_alloc(c->arena, SECOND_STEP_TEXT);
	struct form_view v = {.page = answer_page(c, NULL, "/login/code")};
	v.page.noindex = true;
	enum err e = state == NULL ? ERR_NOMEM : context_key(c, SITE_KEY_ACCOUNT, &key);
	if (e == ERR_OK)
		e = credential_good(c, m->email);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	second_step_make(key, m->id, c->now, m->password_hash, state);
	e = login_hide(c, &v, next, state);
	answer_html(c, 200);
	if (e == ERR_OK)
		login_code_view(&c->res->body, &v);
	return e;
}

/* Who has that address and password. *m is filled in for a member who may sign in; p says what is wrong otherwise. */
static enum err login_check(struct context *c, const struct login_fields *f, struct posting *p, struct member *m)
{
	char *email = member_email(c->arena, f->email);
	if (email == NULL)
		return ERR_NOMEM;
	enum err e = credential_attempt(c, email, p);
	if (e != ERR_OK || p->status != 0)
		return e;
	e = member_db_find(c->db, c->arena, email, m);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	/* Nobody, and somebody who may not sign in, cost the same hash and get the same answer. */
	bool may = e == ERR_OK && (m->state == MEMBER_ACTIVE || m->state == MEMBER_LEAVING);
	if (!credential_verify(c, may ? m->password_hash : NULL, f->password))
		login_wrong(c, e == ERR_OK ? m->id : 0, "", MSG_LOGIN_WRONG, p);
	return ERR_OK;
}

enum err login_post(struct context *c)
{
	struct login_fields f = {.email = NULL};
	struct posting p;
	struct member m = {.id = 0};
	bool answered = false;
	enum err e = posting_read_quick(c, login_table, LOGIN_FORM_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	const char *next = local_path(http_param_get(&p.params, "_next"));
	if (p.status == 0)
		e = login_check(c, &f, &p, &m);
	if (e == ERR_OK && p.status == 0)
		return m.totp ? login_ask_code(c, &m, next) : login_done(c, &m, next);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	return e == ERR_OK ? login_refuse(c, &p, NULL) : e;
}

/* The member whose password was right a moment ago. ERR_GONE: that is too long ago, or is not so. */
static enum err login_member(struct context *c, const char *state, struct member *m)
{
	const uint8_t *key = NULL;
	int64_t id = 0;
	if (state == NULL || !second_step_member(state, &id))
		return ERR_GONE;
	enum err e = member_db_get_secret(c->db, c->arena, id, m);
	if (e == ERR_OK)
		e = context_key(c, SITE_KEY_ACCOUNT, &key);
	if (e == ERR_OK && (!second_step_check(key, state, c->now, m->password_hash) || (m->state != MEMBER_ACTIVE && m->state != MEMBER_LEAVING)))
		e = ERR_GONE;
	return e == ERR_NOT_FOUND ? ERR_GONE : e;
}

static enum err login_check_code(struct context *c, const struct member *m, const char *code, const char *field, struct posting *p)
{
	bool good = false;
	enum err e = credential_attempt(c, m->email, p);
	if (e != ERR_OK || p->status != 0)
		return e;
	e = second_factor_use(c, m->id, code, &good);
	if (e == ERR_OK && !good)
		login_wrong(c, m->id, field, MSG_LOGIN_CODE_WRONG, p);
	return e;
}

enum err login_code_post(struct context *c)
{
	struct login_fields f = {.email = NULL};
	struct posting p;
	struct member m = {.id = 0};
	bool answered = false;
	enum err e = posting_read_quick(c, code_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	const char *state = http_param_get(&p.params, "_state");
	e = login_member(c, state, &m);
	if (e == ERR_GONE) {
		p.errors.n = 0;
		field_errors_add(&p.errors, "", MSG_LOGIN_CODE_LATE, NULL);
		p.status = 422;
		return login_refuse(c, &p, NULL);
	}
	if (e == ERR_OK && p.status == 0)
		e = login_check_code(c, &m, f.totp, "code", &p);
	if (e == ERR_OK && p.status == 0)
		return login_done(c, &m, local_path(http_param_get(&p.params, "_next")));
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	return e == ERR_OK ? login_refuse(c, &p, state) : e;
}

enum err api_session_create(struct context *c)
{
	struct login_fields f = {.email = NULL};
	struct posting p;
	struct member m = {.id = 0};
	bool answered = false;
	enum err e = posting_read(c, login_table, LOGIN_API_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status == 0)
		e = login_check(c, &f, &p, &m);
	if (e == ERR_OK && p.status == 0 && m.totp) {
		e = credential_good(c, m.email);
		if (e == ERR_OK && *f.totp == '\0') {
			field_errors_add(&p.errors, "totp", MSG_LOGIN_CODE_NEEDED, NULL);
			p.status = 401;
			http_header_set(c->res, "WWW-Authenticate", "Bearer");
		} else if (e == ERR_OK) {
			e = login_check_code(c, &m, f.totp, "totp", &p);
		}
	}
	if (e == ERR_OK && p.status == 0)
		return login_done(c, &m, NULL);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	struct form_view v;
	bool written = false;
	return e == ERR_OK ? posting_refuse(c, &p, NULL, "", &v, &written) : e;
}

enum err api_session_delete(struct context *c)
{
	enum err e = session_stop(c);
	c->res->status = 204;
	c->res->content_type = NULL;
	return e;
}

enum err logout_post(struct context *c)
{
	enum err e = session_stop(c);
	if (e == ERR_OK)
		answer_redirect(c, 303, context_href(c, "/"));
	return e;
}

enum err logout_everywhere_post(struct context *c)
{
	enum err e = session_db_end_all(c->db, c->session->member_id, 0, false);
	if (e != ERR_OK)
		return e;
	LOG_INFO("sessions_ended", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id));
	return logout_post(c);
}
