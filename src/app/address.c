#include "app/address.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/posting.h"
#include "render/address_view.h"
#include "store/address.h"
#include "util/log.h"

enum { LATEST = 20, LIMIT_DIGITS = 3 };

static struct address_store store_of(const struct context *c)
{
	return (struct address_store){.conf = c->app->conf, .cloud = c->app->cloud, .db = c->db};
}

/* The page: p with what went wrong, or NULL; stored_at 0: nothing was kept. */
static enum err page_answer(struct context *c, const struct posting *p, int64_t stored_at)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	bool known = address_reverse(c->req->client_address, reversed);
	struct address_view v = {
		.page = answer_page(c, NULL, "/reverse-ip"), .ip = known ? c->req->client_address : "", .reversed = reversed, .stored_at = stored_at,
		.keep_days = c->app->conf->address.keep_days, .errors = p != NULL ? &p->errors : NULL,
	};
	enum err e = posting_age(c, &v.form_age);
	if (e != ERR_OK)
		return e;
	answer_html(c, p != NULL ? p->status : 200);
	address_view(&c->res->body, &v);
	return ERR_OK;
}

enum err address_page(struct context *c)
{
	return page_answer(c, NULL, 0);
}

static void put_seen(struct json *j, const char *ip, int64_t stored_at)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	json_object(j);
	json_key_string(j, "ip", ip);
	json_key_string(j, "reversed", address_reverse(ip, reversed) ? reversed : NULL);
	json_key(j, "stored_at");
	json_time(j, stored_at);
	json_object_end(j);
}

static enum err refuse(struct context *c, const struct posting *p)
{
	if (!c->api)
		return page_answer(c, p, 0);
	answer_problem(c, p->status, tr(c->lang, *p->errors.list[0].field == '\0' ? p->errors.list[0].text : MSG_PROBLEM_BODY), &p->errors);
	return ERR_OK;
}

static enum err store(struct context *c, struct posting *p)
{
	const struct address_store s = store_of(c);
	enum err e = posting_limit(c, "address", c->app->conf->limits.address_per_hour, p);
	if (e != ERR_OK || p->status != 0)
		return e;
	e = address_add(&s, c->req->client_address, c->now);
	if (e != ERR_INVALID)
		return e;
	field_errors_add(&p->errors, "", MSG_ADDRESS_UNKNOWN, NULL);
	p->status = 422;
	return ERR_OK;
}

enum err address_post(struct context *c)
{
	struct posting p = {.status = 0};
	bool answered = false;
	/* A program has nothing to say but that it comes. */
	enum err e = c->api && c->req->body_len == 0 ? ERR_OK : posting_read_quick(c, NULL, 0, NULL, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status == 0)
		e = store(c, &p);
	if (e != ERR_OK)
		e = posting_failed(c, &p, e);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return refuse(c, &p);
	if (!c->api)
		return page_answer(c, NULL, c->now);
	struct json j;
	answer_json(c, 201, &j);
	put_seen(&j, c->req->client_address, c->now);
	return ERR_OK;
}

static bool limit_read(const char *text, unsigned *out)
{
	*out = LATEST;
	if (text == NULL)
		return true;
	size_t n = strlen(text);
	if (n < 1 || n > LIMIT_DIGITS || strspn(text, "0123456789") != n || *text == '0')
		return false;
	*out = (unsigned)strtoul(text, NULL, 10);
	return *out <= ADDRESS_LATEST_MAX;
}

enum err api_addresses(struct context *c)
{
	const struct address_store s = store_of(c);
	char why[ADDRESS_WHY_MAX];
	struct address_seen *items = NULL;
	size_t n = 0;
	unsigned limit;
	if (!limit_read(http_param_get(&c->req->query, "limit"), &limit)) {
		answer_field_problem(c, 400, "limit", MSG_FIELD_BETWEEN, "100");
		return ERR_OK;
	}
	enum err e = address_latest(&s, c->arena, limit, &items, &n, why);
	if (e != ERR_OK && *why != '\0') {
		LOG_WARN("addresses_not_read", LOG_S("request_id", c->req->request_id), LOG_S("error", err_text(e)), LOG_S("why", why));
		answer_status(c, 503);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	LOG_INFO("addresses_read", LOG_S("request_id", c->req->request_id), LOG_I("member", c->session->member_id), LOG_I("count", (int64_t)n));
	struct json j;
	answer_json(c, 200, &j);
	json_object(&j);
	json_key(&j, "addresses");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		put_seen(&j, items[i].ip, items[i].stored_at);
	json_array_end(&j);
	json_object_end(&j);
	return ERR_OK;
}
