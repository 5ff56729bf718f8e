#include "app/session.h"

#include <string.h>
#include <strings.h>

#include "db/session_db.h"

enum { USER_AGENT_KEPT = 200 }; /* bytes */

#define COOKIE "__Host-outport"
static const char cookie_name[] = COOKIE;
static const char cookie_clear[] = COOKIE "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax";

static const char *bearer_token(const struct http_request *req)
{
	static const char scheme[] = "Bearer ";
	return strncasecmp(req->authorization, scheme, sizeof scheme - 1) == 0 ? req->authorization + sizeof scheme - 1 : NULL;
}

bool session_bearer(const struct http_request *req)
{
	return bearer_token(req) != NULL;
}

bool session_may(const struct context *c, enum scope scope)
{
	return c->session != NULL && (c->session->scopes & (unsigned)scope) == (unsigned)scope;
}

static void cookie_set(struct context *c, const char *token)
{
	/* Lax: a link in a mail or a search result arrives signed in. The prefix binds it to this host, Secure and Path=/ (RFC 6265bis, 4.1.3.2). */
	http_header_set(c->res, "Set-Cookie", context_join(c, COOKIE "=", token, "; Path=/; Max-Age=7776000; Secure; HttpOnly; SameSite=Lax", NULL));
}

enum err session_load(struct context *c)
{
	const char *bearer = bearer_token(c->req);
	const char *text = bearer != NULL ? bearer : http_cookie_get(c->req, cookie_name);
	uint8_t hash[TOKEN_HASH];
	if (text == NULL)
		return ERR_OK;
	struct session *s = arena_alloc(c->arena, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	enum err e = token_hash(text, hash) ? session_db_load(c->db, c->arena, hash, c->now, s) : ERR_NOT_FOUND;
	/* A cookie is a browser's, a bearer token a program's: neither opens the other's door. */
	if (e == ERR_OK && (s->kind == SESSION_BROWSER) != (bearer == NULL))
		e = ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND) {
		if (bearer == NULL)
			http_header_set(c->res, "Set-Cookie", cookie_clear);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	c->session = s;
	if (c->now - s->last_seen_at < SESSION_SEEN_SECONDS)
		return ERR_OK;
	e = session_db_seen(c->db, s->id, c->now);
	/* A database that takes no writes still shows pages. */
	return e == ERR_DB_READ_ONLY || e == ERR_DB_RETRY || e == ERR_TIMEOUT ? ERR_OK : e;
}

/* As much as the list of sessions shows; what is no ASCII stands there as "?" (RFC 9110, section 5.5: such bytes have no meaning). */
static const char *user_agent_kept(const struct context *c)
{
	char *text = arena_strndup(c->arena, c->req->user_agent, strnlen(c->req->user_agent, USER_AGENT_KEPT));
	for (char *p = text; p != NULL && *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return text;
}

enum err session_start(struct context *c, int64_t member_id, enum session_kind kind, char token[static TOKEN_TEXT + 1], int64_t *expires_at)
{
	uint8_t hash[TOKEN_HASH];
	const char *user_agent = user_agent_kept(c);
	if (user_agent == NULL)
		return ERR_NOMEM;
	token_make(token, hash);
	struct session s = {
		.member_id = member_id, .kind = kind, .scopes = SCOPE_ALL, .user_agent = user_agent, .address = c->req->client_address,
		.expires_at = c->now + (kind == SESSION_BROWSER ? SESSION_SECONDS : SESSION_PROGRAM_SECONDS),
	};
	enum err e = session_db_add(c->db, hash, &s, c->now);
	if (e == ERR_OK && kind == SESSION_BROWSER && c->session != NULL && c->session->kind == SESSION_BROWSER)
		e = session_db_end(c->db, c->session->member_id, c->session->id);
	if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e != ERR_OK)
		return e;
	*expires_at = s.expires_at;
	if (kind == SESSION_BROWSER)
		cookie_set(c, token);
	return ERR_OK;
}

enum err session_renew(struct context *c)
{
	char *token = arena_alloc(c->arena, TOKEN_TEXT + 1);
	uint8_t hash[TOKEN_HASH];
	if (token == NULL)
		return ERR_NOMEM;
	if (c->session == NULL || c->session->kind != SESSION_BROWSER)
		return ERR_OK;
	token_make(token, hash);
	enum err e = session_db_rotate(c->db, c->session->id, hash);
	if (e == ERR_OK)
		cookie_set(c, token);
	return e;
}

enum err session_stop(struct context *c)
{
	enum err e = c->session != NULL ? session_db_end(c->db, c->session->member_id, c->session->id) : ERR_OK;
	if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e == ERR_OK && !session_bearer(c->req))
		http_header_set(c->res, "Set-Cookie", cookie_clear);
	return e;
}
