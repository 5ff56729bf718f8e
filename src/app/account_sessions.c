#include "app/account_sessions.h"

#include <string.h>

#include "app/account_form.h"
#include "app/answer.h"
#include "db/session_db.h"
#include "http/form.h"
#include "render/account_sessions_view.h"
#include "util/log.h"

enum { TOKEN_SECONDS = 365 * 86400, TOKENS_MAX = 50, YES_MAX = 3 };

struct token_fields {
	const char *name, *read, *listings, *messages, *account, *moderation, *password;
};

#define AT(member) offsetof(struct token_fields, member)

static const struct field token_table[] = {
	{"name", FIELD_TEXT, AT(name), 1, MEMBER_NAME_MAX, true},
	{"read", FIELD_TOKEN, AT(read), 1, YES_MAX, false},
	{"listings", FIELD_TOKEN, AT(listings), 1, YES_MAX, false},
	{"messages", FIELD_TOKEN, AT(messages), 1, YES_MAX, false},
	{"account", FIELD_TOKEN, AT(account), 1, YES_MAX, false},
	{"moderation", FIELD_TOKEN, AT(moderation), 1, YES_MAX, false},
	{"password", FIELD_PASSWORD, AT(password), 1, MEMBER_PASSWORD_MAX, true},
};
enum { TOKEN_FIELDS = sizeof token_table / sizeof *token_table };

static enum err list(struct context *c, bool tokens, const char *path, void (*view)(struct buf *b, const struct sessions_view *v))
{
	struct session *sessions = NULL;
	struct sessions_view v = {.page = answer_page(c, NULL, path), .current = c->session->id, .now = c->now, .done = account_done_text(c)};
	enum err e = session_db_list(c->db, c->arena, c->session->member_id, tokens, c->now, &sessions, &v.n);
	if (e == ERR_OK)
		e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	v.list = sessions;
	answer_html(c, 200);
	view(&c->res->body, &v);
	return ERR_OK;
}

enum err account_sessions(struct context *c)
{
	return list(c, false, "/account/sessions", account_sessions_view);
}

enum err account_tokens(struct context *c)
{
	return list(c, true, "/account/tokens", account_tokens_view);
}

/* One of the member's own is ended. ERR_NOT_FOUND: it is gone already, or somebody else's. */
static enum err end_one(struct context *c, const char *path, const char *done)
{
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, NULL, 0, NULL, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = session_db_end(c->db, c->session->member_id, c->id);
	if (e != ERR_OK)
		return e;
	LOG_INFO("session_ended", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id), LOG_I("session", c->id));
	account_done(c, path, done);
	return ERR_OK;
}

enum err account_sessions_end(struct context *c)
{
	return end_one(c, "/account/sessions", "session");
}

enum err account_tokens_end(struct context *c)
{
	return end_one(c, "/account/tokens", "token");
}

enum err account_sessions_end_others(struct context *c)
{
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, NULL, 0, NULL, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = session_db_end_all(c->db, c->session->member_id, c->session->id, false);
	if (e != ERR_OK)
		return e;
	LOG_INFO("sessions_ended", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id));
	account_done(c, "/account/sessions", "sessions");
	return ERR_OK;
}

static struct account_form token_form(const struct context *c)
{
	bool moderator = c->session->role >= ROLE_MODERATOR;
	return (struct account_form){MSG_TOKENS_NEW_TITLE, "/account/tokens/new", moderator ? account_token_new_moderator_view : account_token_new_view};
}

enum err account_token_form(struct context *c)
{
	static const struct typed_value values[] = {{"read", "yes"}};
	const struct account_form form = token_form(c);
	return account_form_show(c, &form, values, 1, NULL, NULL);
}

static unsigned scopes_of(const struct context *c, const struct token_fields *f)
{
	unsigned scopes = (*f->read != '\0' ? SCOPE_READ : 0u) | (*f->listings != '\0' ? SCOPE_LISTINGS : 0u) | (*f->messages != '\0' ? SCOPE_MESSAGES : 0u) |
		(*f->account != '\0' ? SCOPE_ACCOUNT : 0u);
	return *f->moderation != '\0' && c->session->role >= ROLE_MODERATOR ? scopes | SCOPE_MODERATION : scopes;
}

/* A member has only so many. */
static enum err tokens_count(struct context *c, struct posting *p)
{
	struct session *sessions = NULL;
	size_t n = 0;
	enum err e = session_db_list(c->db, c->arena, c->session->member_id, true, c->now, &sessions, &n);
	if (e != ERR_OK || n < TOKENS_MAX)
		return e;
	field_errors_add(&p->errors, "", MSG_FORM_TOO_MANY_TOKENS, NULL);
	p->status = 422;
	return ERR_OK;
}

enum err account_token_make(struct context *c)
{
	struct token_fields f = {.name = NULL};
	struct posting p;
	bool answered = false;
	char token[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_HASH];
	const struct account_form form = token_form(c);
	enum err e = posting_read(c, token_table, TOKEN_FIELDS, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	struct session s = {
		.member_id = c->session->member_id, .kind = SESSION_TOKEN, .scopes = scopes_of(c, &f), .label = f.name, .user_agent = "", .address = "",
		.expires_at = c->now + TOKEN_SECONDS,
	};
	if (p.status == 0 && s.scopes == 0) {
		field_errors_add(&p.errors, "read", MSG_FIELD_NO_SCOPE, NULL);
		p.status = 422;
	}
	if (p.status == 0)
		e = tokens_count(c, &p);
	if (e == ERR_OK)
		e = account_form_password(c, &p, f.password);
	if (e == ERR_OK && p.status == 0) {
		token_make(token, hash);
		e = session_db_add(c->db, hash, &s, c->now);
	}
	if (e != ERR_OK || p.status != 0)
		return account_form_failed(c, &form, &p, e, NULL);
	LOG_INFO("token_made", LOG_S("request_id", c->req->request_id), LOG_I("member", s.member_id), LOG_I("session", s.id), LOG_I("scopes", s.scopes));
	const struct page page = answer_page(c, NULL, "/account/tokens");
	answer_html(c, 200);
	account_token_shown_view(&c->res->body, &page, token);
	explicit_bzero(token, sizeof token);
	return ERR_OK;
}
