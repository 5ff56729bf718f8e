#include "app/account_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/answer.h"
#include "app/credential.h"
#include "db/member_db.h"
#include "db/site_db.h"

enum { PASSWORD_WINDOW = 3600, PASSWORD_TRIES = 20 };

static const struct {
	const char *what;
	enum msg text;
} done_texts[] = {
	{"profile", MSG_PROFILE_DONE}, {"password", MSG_PASSWORD_DONE}, {"email", MSG_EMAIL_ASKED},
	{"factor-off", MSG_FACTOR_OFF_DONE}, {"session", MSG_SESSIONS_ENDED}, {"sessions", MSG_SESSIONS_OTHERS_ENDED}, {"token", MSG_TOKENS_REVOKED},
	{"kept", MSG_KEEP_DONE},
};

enum err account_member(struct context *c, struct member *out)
{
	return member_db_get(c->db, c->arena, c->session->member_id, out);
}

enum err account_form_show(struct context *c, const struct account_form *f, const struct typed_value *values, size_t n, const char *arg, const char *note)
{
	static const struct field_errors none = {.n = 0};
	struct form_view v = {
		.page = answer_page(c, tr(c->lang, f->title), f->path), .errors = &none, .values = values, .value_count = n, .arg = arg, .note = note,
	};
	v.page.noindex = true;
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	v.catalog = c->catalog;
	answer_html(c, 200);
	f->view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_form_refuse(struct context *c, const struct account_form *f, struct posting *p, const char *arg)
{
	struct form_view v;
	bool written = false;
	enum err e = posting_refuse(c, p, tr(c->lang, f->title), f->path, &v, &written);
	if (e != ERR_OK || written)
		return e;
	v.arg = arg;
	f->view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_form_failed(struct context *c, const struct account_form *f, struct posting *p, enum err e, const char *arg)
{
	if (e != ERR_OK)
		e = posting_failed(c, p, e);
	return e != ERR_OK ? e : account_form_refuse(c, f, p, arg);
}

enum err account_form_password(struct context *c, struct posting *p, const char *password)
{
	struct member m;
	char key[64];
	if (p->status != 0)
		return ERR_OK;
	snprintf(key, sizeof key, "member-password:%" PRId64, c->session->member_id);
	enum err e = rate_db_count(c->db, key, c->now, PASSWORD_WINDOW, PASSWORD_TRIES);
	if (e == ERR_LIMITED) {
		metrics_add(c->app->metrics, METRIC_RATE_LIMITED, 1);
		field_errors_add(&p->errors, "", MSG_FORM_TOO_MANY_PASSWORDS, NULL);
		p->status = 429;
		http_header_set(c->res, "Retry-After", "3600");
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = member_db_get_secret(c->db, c->arena, c->session->member_id, &m);
	if (e != ERR_OK || credential_verify(c, m.password_hash, password))
		return e;
	c->res->note = "password";
	field_errors_add(&p->errors, "password", MSG_FIELD_WRONG_PASSWORD, NULL);
	p->status = 422;
	return ERR_OK;
}

void account_done(struct context *c, const char *path, const char *what)
{
	answer_redirect(c, 303, context_join(c, context_href(c, path), "?done=", what, NULL));
}

const char *account_done_text(const struct context *c)
{
	const char *what = http_param_get(&c->req->query, "done");
	for (size_t i = 0; what != NULL && i < sizeof done_texts / sizeof *done_texts; i++)
		if (strcmp(done_texts[i].what, what) == 0)
			return tr(c->lang, done_texts[i].text);
	return NULL;
}
