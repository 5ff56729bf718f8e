#include "app/registration.h"

#include "app/answer.h"
#include "app/credential.h"
#include "app/mailing.h"
#include "app/screening.h"
#include "app/session.h"
#include "db/member_db.h"
#include "db/registration_db.h"
#include "render/account_form_view.h"
#include "util/log.h"

enum { REGISTRATION_SECONDS = 86400 };

struct register_fields {
	const char *name, *email, *password;
};

#define AT(member) offsetof(struct register_fields, member)

static const struct field register_table[] = {
	{"name", FIELD_TEXT, AT(name), MEMBER_NAME_MIN, MEMBER_NAME_MAX, true},
	{"email", FIELD_EMAIL, AT(email), 3, CONTACT_EMAIL_MAX, true},
	{"password", FIELD_PASSWORD, AT(password), MEMBER_PASSWORD_MIN, MEMBER_PASSWORD_MAX, true},
};
enum { REGISTER_FIELDS = 3 };

static const struct field verify_table[] = {
	{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true},
};

enum err register_form(struct context *c)
{
	if (c->session != NULL) {
		answer_redirect(c, 303, context_href(c, "/account"));
		return ERR_OK;
	}
	struct form_view v = {.page = answer_page(c, NULL, "/register")};
	enum err e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	register_form_view(&c->res->body, &v);
	return ERR_OK;
}

/* Writes the registration and its mail. For an address that has an account as much is written, and its owner is told; the registration of
 * it has a token that nobody gets. */
static enum err register_keep(struct context *c, const struct register_fields *f, const char *email, const char *password_hash)
{
	char token[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_HASH];
	struct member m;
	const char *lang = lang_tag(c->lang);
	bool may = false;
	enum err found = member_db_find(c->db, c->arena, email, &m);
	if (found != ERR_OK && found != ERR_NOT_FOUND)
		return found;
	enum err e = credential_may_mail(c, email, &may);
	if (e != ERR_OK || !may)
		return e;
	token_make(token, hash);
	struct mail mail = {.kind = MAIL_VERIFY, .to = email, .to_name = f->name, .lang = lang, .arg = {mailing_link(c, lang, "/verify/", token)}};
	if (found == ERR_OK)
		mail = (struct mail){
			.kind = MAIL_ALREADY_MEMBER, .to = email, .to_name = m.name, .lang = m.lang,
			.arg = {mailing_link(c, m.lang, "/login", NULL), mailing_link(c, m.lang, "/reset", NULL)},
		};
	const struct registration r = {
		.email = email, .name = f->name, .password_hash = password_hash, .lang = lang, .created_at = c->now,
		.expires_at = c->now + REGISTRATION_SECONDS,
	};
	return registration_db_add(c->db, hash, &r, mailing_order(c, &mail));
}

static void register_taken(struct context *c)
{
	if (!c->api) {
		answer_redirect(c, 303, context_href(c, "/register/received"));
		return;
	}
	struct json j;
	answer_json(c, 202, &j);
	json_object(&j);
	json_key_string(&j, "status", "received");
	json_object_end(&j);
}

/* Whoever has been shut out learns so, and nobody else anything about the address. */
static enum err register_screen(struct context *c, const char *email, struct posting *p)
{
	struct screening s;
	enum err e = screening_check(c, NULL, NULL, email, &s);
	if (e == ERR_OK && s.verdict == SCREENING_REFUSE)
		screening_refuse(c, &s, "", "", p);
	return e;
}

enum err register_post(struct context *c)
{
	struct register_fields f = {.name = NULL};
	struct posting p;
	bool answered = false;
	enum err e = posting_read(c, register_table, REGISTER_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	const char *hash = NULL, *email = member_email(c->arena, f.email);
	if (email == NULL)
		return ERR_NOMEM;
	credential_check_new(c, "password", f.password, f.name, email, &p);
	if (p.status == 0)
		e = posting_limit(c, "register", c->app->conf->limits.register_per_hour, &p);
	if (e == ERR_OK && p.status == 0)
		e = register_screen(c, email, &p);
	/* The hash is made before anybody looks whether the address is known. */
	if (e == ERR_OK && p.status == 0)
		e = credential_hash(c, f.password, &hash);
	if (e == ERR_OK && p.status == 0)
		e = register_keep(c, &f, email, hash);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e == ERR_OK && p.status == 0)
		register_taken(c);
	if (e != ERR_OK || p.status == 0)
		return e;
	struct form_view v;
	bool written = false;
	e = posting_refuse(c, &p, NULL, "/register", &v, &written);
	if (e == ERR_OK && !written)
		register_form_view(&c->res->body, &v);
	return e;
}

enum err register_received(struct context *c)
{
	answer_notice(c, "/register/received", MSG_REGISTER_RECEIVED_TITLE, MSG_REGISTER_RECEIVED_TEXT, context_href(c, "/login"), MSG_BACK_TO_LOGIN);
	return ERR_OK;
}

/* Says what to do now. */
static enum err verify_over(struct context *c, bool taken)
{
	struct notice_view v = {
		.page = answer_page(c, NULL, "/register"),
		.heading = taken ? MSG_VERIFY_TAKEN_TITLE : MSG_VERIFY_GONE_TITLE, .text = taken ? MSG_VERIFY_TAKEN_TEXT : MSG_VERIFY_GONE_TEXT,
		.link_href = context_href(c, taken ? "/login" : "/register"), .link_text = taken ? MSG_BACK_TO_LOGIN : MSG_REGISTER_TITLE,
	};
	v.page.noindex = true;
	answer_html(c, taken ? 409 : 410);
	notice_view(&c->res->body, &v);
	return ERR_OK;
}

static enum err verify_find(struct context *c, uint8_t hash[static TOKEN_HASH], struct registration *r)
{
	return token_hash(c->param[0], hash) ? registration_db_find(c->db, c->arena, hash, c->now, r) : ERR_NOT_FOUND;
}

static const char *verify_path(const struct context *c)
{
	return context_join(c, "/verify/", c->param[0], NULL);
}

enum err verify_form(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct registration r;
	enum err e = verify_find(c, hash, &r);
	if (e == ERR_NOT_FOUND)
		return verify_over(c, false);
	struct form_view v = {.page = answer_page(c, NULL, verify_path(c)), .arg = r.email};
	v.page.noindex = true;
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, 200);
	verify_form_view(&c->res->body, &v);
	return ERR_OK;
}

/* The password makes sure that whoever follows the link is who chose it: else somebody could make an account for another's address and wait for its
 * owner to confirm it. */
static enum err verify_confirm(struct context *c, const char *password, const struct registration *r, const uint8_t hash[static TOKEN_HASH],
                               struct posting *p, int64_t *member_id)
{
	enum err e = credential_attempt(c, r->email, p);
	if (e != ERR_OK || p->status != 0)
		return e;
	if (!credential_verify(c, r->password_hash, password)) {
		field_errors_add(&p->errors, "password", MSG_VERIFY_WRONG, NULL);
		p->status = 422;
		return ERR_OK;
	}
	e = credential_good(c, r->email);
	return e == ERR_OK ? registration_db_confirm(c->db, c->arena, hash, c->now, member_id) : e;
}

static enum err verify_done(struct context *c, int64_t member_id)
{
	char token[TOKEN_TEXT + 1];
	int64_t expires_at = 0;
	metrics_add(c->app->metrics, METRIC_MEMBERS_JOINED, 1);
	LOG_INFO("member_joined", LOG_S("request_id", c->req->request_id), LOG_I("member", member_id), LOG_S("client", c->req->client_address));
	enum err e = session_start(c, member_id, SESSION_BROWSER, token, &expires_at);
	if (e == ERR_OK)
		e = member_db_signed_in(c->db, member_id, c->now);
	/* The account is there: whoever cannot be signed in now can do so by themselves. */
	answer_redirect(c, 303, context_href(c, e == ERR_OK ? "/account" : "/login"));
	return ERR_OK;
}

enum err verify_post(struct context *c)
{
	struct register_fields f = {.name = NULL};
	struct posting p;
	bool answered = false;
	uint8_t hash[TOKEN_HASH];
	struct registration r = {.email = ""}; /* the form comes back also where the database cannot tell whose it is */
	int64_t member_id = 0;
	enum err e = posting_read_quick(c, verify_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = verify_find(c, hash, &r);
	if (e == ERR_OK && p.status == 0)
		e = verify_confirm(c, f.password, &r, hash, &p, &member_id);
	if (e == ERR_NOT_FOUND || e == ERR_EXISTS)
		return verify_over(c, e == ERR_EXISTS);
	if (e == ERR_OK && p.status == 0)
		return verify_done(c, member_id);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	struct form_view v;
	bool written = false;
	if (e == ERR_OK)
		e = posting_refuse(c, &p, NULL, verify_path(c), &v, &written);
	if (e != ERR_OK)
		return e;
	v.arg = r.email;
	verify_form_view(&c->res->body, &v);
	return ERR_OK;
}
