#include "app/account_factor.h"

#include <string.h>

#include "app/account_form.h"
#include "app/answer.h"
#include "app/mailing.h"
#include "app/second_factor.h"
#include "app/session.h"
#include "db/account_db.h"
#include "http/form.h"
#include "render/account_factor_view.h"
#include "util/log.h"
#include "util/mac.h"
#include "util/seal.h"

enum { CODE_TYPED_MAX = 40, URI_CAP = 2048 };
static const char path_factor[] = "/account/second-factor";

struct factor_fields {
	const char *password, *code;
};

#define AT(member) offsetof(struct factor_fields, member)

static const struct field code_table[] = {{"code", FIELD_TEXT, AT(code), 1, CODE_TYPED_MAX, true}};
static const struct field password_table[] = {{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true}};
static const struct field off_table[] = {
	{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true},
	{"code", FIELD_TEXT, AT(code), 1, CODE_TYPED_MAX, true},
};

static const struct account_form start_form = {MSG_FACTOR_START_TITLE, "/account/second-factor/start", account_factor_start_view};
static const struct account_form off_form = {MSG_FACTOR_OFF_TITLE, "/account/second-factor/off", account_factor_off_view};
static const struct account_form codes_form = {MSG_FACTOR_CODES_TITLE, "/account/second-factor/codes", account_factor_codes_view};

/* The secret that waits for its first code, as picture and text. */
static enum err pending_text(struct context *c, const struct totp_state *state, struct factor_view *v)
{
	uint8_t secret[TOTP_SECRET_BYTES];
	struct buf uri;
	char *text = arena_alloc(c->arena, TOTP_SECRET_TEXT + 1);
	if (text == NULL)
		return ERR_NOMEM;
	enum err e = second_factor_open(c, c->session->member_id, state->pending, state->pending_n, secret);
	if (e != ERR_OK)
		return e;
	buf_init(&uri, URI_CAP);
	totp_base32(secret, sizeof secret, text);
	totp_uri(&uri, c->app->site.name[c->lang], c->session->email, secret);
	explicit_bzero(secret, sizeof secret);
	v->secret = text;
	v->uri = arena_strdup(c->arena, buf_str(&uri));
	buf_free(&uri);
	return v->uri != NULL ? ERR_OK : ERR_NOMEM;
}

/* errors NULL: the page as it is asked for. */
static enum err factor_page(struct context *c, const struct field_errors *errors, int status)
{
	struct totp_state state;
	struct factor_view v = {.form = {.page = answer_page(c, NULL, path_factor), .errors = errors}, .done = account_done_text(c)};
	enum err e = account_db_totp(c->db, c->arena, c->session->member_id, &state);
	if (e == ERR_OK)
		e = posting_age(c, &v.form.form_age);
	if (e != ERR_OK)
		return e;
	v.on = state.secret != NULL;
	if (v.on)
		e = account_db_recovery_left(c->db, c->arena, c->session->member_id, &v.codes_left);
	else if (state.pending != NULL)
		e = pending_text(c, &state, &v);
	if (e != ERR_OK)
		return e;
	answer_html(c, status);
	account_factor_view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_factor_show(struct context *c)
{
	return factor_page(c, NULL, 200);
}

enum err account_factor_start_form(struct context *c)
{
	return account_form_show(c, &start_form, NULL, 0, NULL, NULL);
}

enum err account_factor_start(struct context *c)
{
	struct factor_fields f = {.code = NULL};
	struct posting p;
	bool answered = false;
	const uint8_t *key = NULL;
	uint8_t secret[TOTP_SECRET_BYTES], sealed[TOTP_SECRET_BYTES + SEAL_OVERHEAD];
	enum err e = posting_read_quick(c, password_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0)
		e = context_key(c, SITE_KEY_TOTP, &key);
	if (e == ERR_OK && p.status == 0) {
		mac_random(secret, sizeof secret);
		seal_make(key, c->session->member_id, secret, sizeof secret, sealed);
		explicit_bzero(secret, sizeof secret);
		e = account_db_totp_pend(c->db, c->session->member_id, sealed, sizeof sealed);
	}
	/* On already, in another tab: the page says so. */
	if (e == ERR_CONFLICT)
		e = ERR_OK;
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &start_form, &p, e, NULL);
	answer_redirect(c, 303, context_href(c, path_factor));
	return ERR_OK;
}

static struct mail switch_mail(const struct context *c, enum mail_kind kind)
{
	const struct session *s = c->session;
	return (struct mail){.kind = kind, .to = s->email, .to_name = s->name, .lang = s->lang, .arg = {mailing_link(c, s->lang, "/account/security", NULL)}};
}

struct codes {
	char text[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1];
	uint8_t hash[RECOVERY_CODES][RECOVERY_CODE_HASH];
};

static void codes_make(struct codes *codes)
{
	for (int i = 0; i < RECOVERY_CODES; i++)
		recovery_code_make(codes->text[i], codes->hash[i]);
}

static void codes_show(struct context *c, struct codes *codes)
{
	const struct codes_view v = {.page = answer_page(c, NULL, path_factor), .codes = codes->text};
	answer_html(c, 200);
	account_codes_view(&c->res->body, &v);
	explicit_bzero(codes, sizeof *codes);
}

static enum err switch_on(struct context *c, const struct totp_state *state, int64_t step, struct codes *codes)
{
	const struct mail mail = switch_mail(c, MAIL_TOTP_ON);
	codes_make(codes);
	const struct totp_switch s = {
		.member_id = c->session->member_id, .keep = c->session->id, .pending = state->pending, .pending_n = state->pending_n, .step = step,
		.codes = codes->hash, .mail = mailing_order(c, &mail),
	};
	enum err e = account_db_totp_on(c->db, &s);
	if (e != ERR_OK)
		return e;
	LOG_INFO("second_factor_on", LOG_S("request_id", c->req->request_id), LOG_I("member", s.member_id));
	return session_renew(c);
}

enum err account_factor_confirm(struct context *c)
{
	struct factor_fields f = {.code = NULL};
	struct posting p;
	struct totp_state state;
	struct codes codes;
	uint8_t secret[TOTP_SECRET_BYTES];
	bool answered = false;
	int64_t step = 0;
	enum err e = posting_read_quick(c, code_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_db_totp(c->db, c->arena, c->session->member_id, &state);
	if (e == ERR_OK && (state.pending == NULL || state.secret != NULL)) {
		answer_redirect(c, 303, context_href(c, path_factor));
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = second_factor_open(c, c->session->member_id, state.pending, state.pending_n, secret);
	if (e != ERR_OK)
		return e;
	if (p.status == 0 && !totp_check(secret, f.code, c->now, state.last_step, &step))
		field_errors_add(&p.errors, "code", MSG_FIELD_WRONG_CODE, NULL);
	explicit_bzero(secret, sizeof secret);
	if (p.errors.n > 0)
		return factor_page(c, &p.errors, 422);
	e = switch_on(c, &state, step, &codes);
	if (e == ERR_OK)
		codes_show(c, &codes);
	return e;
}

enum err account_factor_off_form(struct context *c)
{
	return account_form_show(c, &off_form, NULL, 0, NULL, NULL);
}

enum err account_factor_off(struct context *c)
{
	struct factor_fields f = {.code = NULL};
	struct posting p;
	bool answered = false, good = false;
	enum err e = posting_read_quick(c, off_table, 2, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0) {
		e = second_factor_use(c, c->session->member_id, f.code, &good);
		if (e == ERR_OK && !good) {
			field_errors_add(&p.errors, "code", MSG_FIELD_WRONG_CODE, NULL);
			p.status = 422;
		}
	}
	if (e == ERR_OK && p.status == 0) {
		const struct mail mail = switch_mail(c, MAIL_TOTP_OFF);
		e = account_db_totp_off(c->db, &(struct totp_switch){.member_id = c->session->member_id, .keep = c->session->id, .mail = mailing_order(c, &mail)});
	}
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &off_form, &p, e, NULL);
	LOG_INFO("second_factor_off", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id));
	account_done(c, path_factor, "factor-off");
	return session_renew(c);
}

enum err account_factor_codes_form(struct context *c)
{
	return account_form_show(c, &codes_form, NULL, 0, NULL, NULL);
}

enum err account_factor_codes(struct context *c)
{
	struct factor_fields f = {.code = NULL};
	struct posting p;
	struct codes codes;
	bool answered = false;
	enum err e = posting_read_quick(c, password_table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0) {
		codes_make(&codes);
		e = account_db_recovery_renew(c->db, c->session->member_id, codes.hash);
	}
	if (e == ERR_CONFLICT) {
		answer_redirect(c, 303, context_href(c, path_factor));
		return ERR_OK;
	}
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &codes_form, &p, e, NULL);
	LOG_INFO("recovery_codes_renewed", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id));
	codes_show(c, &codes);
	return ERR_OK;
}
