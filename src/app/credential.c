#include "app/credential.h"

#include <string.h>

#include "db/site_db.h"
#include "model/password.h"
#include "util/mac.h"

enum { SIGN_IN_WINDOW = 900, MAIL_WINDOW = 3600, MAILS_PER_WINDOW = 5, RATE_KEY = 96 };

/* The limit's key for an account: what was typed is not kept in a form that says whose it is. */
static enum err account_key(struct context *c, const char *kind, const char *email, char out[static RATE_KEY])
{
	enum { TEXT = (MAC_BYTES * 4 + 2) / 3 };
	const uint8_t *key = NULL;
	uint8_t mac[MAC_BYTES];
	enum err e = context_key(c, SITE_KEY_ACCOUNT, &key);
	if (e != ERR_OK)
		return e;
	size_t n = strnlen(kind, RATE_KEY - TEXT - 2);
	memcpy(out, kind, n);
	mac_make(key, email, strlen(email), mac);
	base64url_encode(mac, sizeof mac, out + n);
	return ERR_OK;
}

static enum err count_account(struct context *c, const char *email)
{
	char key[RATE_KEY];
	enum err e = account_key(c, "sign-in-account:", email, key);
	return e == ERR_OK ? rate_db_count(c->db, key, c->now, SIGN_IN_WINDOW, c->app->conf->limits.sign_in_per_account) : e;
}

static enum err count_address(struct context *c)
{
	char key[RATE_KEY];
	rate_key("sign-in", c->req->client_address, key);
	return rate_db_count(c->db, key, c->now, SIGN_IN_WINDOW, c->app->conf->limits.sign_in_per_address);
}

enum err credential_attempt(struct context *c, const char *email, struct posting *p)
{
	char seconds[I64_TEXT_SIZE];
	enum err account = count_account(c, email);
	enum err address = account == ERR_OK || account == ERR_LIMITED ? count_address(c) : ERR_OK;
	if (account != ERR_LIMITED && address != ERR_LIMITED)
		return account != ERR_OK ? account : address;
	metrics_add(c->app->metrics, METRIC_RATE_LIMITED, 1);
	c->res->note = account == ERR_LIMITED ? "sign_in_account" : "sign_in_address";
	field_errors_add(&p->errors, "", MSG_LOGIN_LIMITED, NULL);
	p->status = 429;
	i64_text(SIGN_IN_WINDOW - c->now % SIGN_IN_WINDOW, seconds);
	http_header_set(c->res, "Retry-After", context_join(c, seconds, NULL));
	return ERR_OK;
}

enum err credential_good(struct context *c, const char *email)
{
	char key[RATE_KEY];
	enum err e = account_key(c, "sign-in-account:", email, key);
	if (e == ERR_OK)
		e = rate_db_forgive(c->db, key, c->now, SIGN_IN_WINDOW);
	if (e != ERR_OK)
		return e;
	rate_key("sign-in", c->req->client_address, key);
	return rate_db_forgive(c->db, key, c->now, SIGN_IN_WINDOW);
}

bool credential_verify(struct context *c, const char *hash, const char *password)
{
	metrics_add(c->app->metrics, METRIC_PASSWORD_HASHES, 1);
	return password_verify(hash, password);
}

enum err credential_hash(struct context *c, const char *password, const char **hash)
{
	char *out = arena_alloc(c->arena, PASSWORD_HASH_TEXT);
	if (out == NULL)
		return ERR_NOMEM;
	metrics_add(c->app->metrics, METRIC_PASSWORD_HASHES, 1);
	*hash = out;
	return password_hash(password, out);
}

void credential_check_new(const struct context *c, const char *field, const char *password, const char *name, const char *email, struct posting *p)
{
	const struct conf *conf = c->app->conf;
	const char *const known[] = {name, email, conf->site.name, conf->site.name_fr, "outport", NULL};
	if (field_errors_find(&p->errors, field) != NULL)
		return;
	switch (password_check(password, known)) {
	case PASSWORD_GOOD:
		return;
	case PASSWORD_COMMON:
		field_errors_add(&p->errors, field, MSG_PASSWORD_COMMON, NULL);
		break;
	case PASSWORD_PERSONAL:
		field_errors_add(&p->errors, field, MSG_PASSWORD_PERSONAL, NULL);
		break;
	}
	p->status = 422;
}

enum err credential_may_mail(struct context *c, const char *email, bool *may)
{
	char key[RATE_KEY];
	enum err e = account_key(c, "mail-account:", email, key);
	if (e == ERR_OK)
		e = rate_db_count(c->db, key, c->now, MAIL_WINDOW, MAILS_PER_WINDOW);
	*may = e == ERR_OK;
	return e == ERR_LIMITED ? ERR_OK : e;
}
