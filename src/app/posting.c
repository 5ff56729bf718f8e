#include "app/posting.h"

#include <string.h>

#include "app/answer.h"
#include "db/site_db.h"
#include "model/form_age.h"

enum { LIMIT_WINDOW = 3600 };

static enum err check_age(struct context *c, struct posting *p, int64_t least)
{
	const uint8_t *key = NULL;
	enum err e = context_key(c, SITE_KEY_FORM, &key);
	if (e != ERR_OK)
		return e;
	const char *age = http_param_get(&p->params, "_age");
	const struct conf *conf = c->app->conf;
	switch (form_age_check(key, age != NULL ? age : "", c->now, least, conf->limits.form_max_seconds)) {
	case FORM_AGE_OK:
		return ERR_OK;
	case FORM_AGE_TOO_FRESH:
		field_errors_add(&p->errors, "", MSG_FORM_TOO_FRESH, NULL);
		break;
	case FORM_AGE_TOO_OLD:
	case FORM_AGE_BAD:
		field_errors_add(&p->errors, "", MSG_FORM_TOO_OLD, NULL);
		break;
	}
	metrics_add(c->app->metrics, METRIC_SPAM_REFUSED, 1);
	c->res->note = "form_age";
	return ERR_OK;
}

/* Takes the honeypot out of what was sent; false when a robot filled it in. */
static bool honeypot_empty(struct http_params *params)
{
	bool empty = true;
	size_t kept = 0;
	for (size_t i = 0; i < params->n; i++) {
		if (strcmp(params->list[i].name, "website") != 0)
			params->list[kept++] = params->list[i];
		else if (params->list[i].value[0] != '\0')
			empty = false;
	}
	params->n = kept;
	return empty;
}

static enum err read_form(struct context *c, const struct field *fields, size_t n, void *out, struct posting *p, bool *answered, int64_t least_age)
{
	*p = (struct posting){.status = 0};
	*answered = false;
	const char *bad_field = NULL;
	int status = form_read(c->req, c->api, &p->params, &bad_field);
	if (status == 422 && bad_field != NULL) {
		answer_field_problem(c, 422, bad_field, MSG_FIELD_BAD, NULL);
		*answered = true;
		return ERR_OK;
	}
	if (status != 0) {
		answer_status(c, status);
		*answered = true;
		return ERR_OK;
	}
	bool human = c->api || honeypot_empty(&p->params);
	form_decode(c->arena, fields, n, &p->params, c->app->money_digits, out, &p->errors);
	if (!human) {
		metrics_add(c->app->metrics, METRIC_SPAM_REFUSED, 1);
		c->res->note = "honeypot";
		field_errors_add(&p->errors, "", MSG_FORM_SPAM, NULL);
	}
	enum err e = c->api ? ERR_OK : check_age(c, p, least_age);
	if (p->errors.n > 0)
		p->status = 422;
	return e;
}

enum err posting_read(struct context *c, const struct field *fields, size_t n, void *out, struct posting *p, bool *answered)
{
	return read_form(c, fields, n, out, p, answered, c->app->conf->limits.form_min_seconds);
}

enum err posting_read_quick(struct context *c, const struct field *fields, size_t n, void *out, struct posting *p, bool *answered)
{
	return read_form(c, fields, n, out, p, answered, 0);
}

enum err posting_limit(struct context *c, const char *kind, int64_t per_hour, struct posting *p)
{
	char key[96];
	rate_key(kind, c->req->client_address, key);
	enum err e = rate_db_count(c->db, key, c->now, LIMIT_WINDOW, per_hour);
	if (e != ERR_LIMITED)
		return e;
	posting_limited(c, p);
	return ERR_OK;
}

void posting_limited(struct context *c, struct posting *p)
{
	metrics_add(c->app->metrics, METRIC_RATE_LIMITED, 1);
	field_errors_add(&p->errors, "", MSG_FORM_LIMITED, NULL);
	p->status = 429;
	http_header_set(c->res, "Retry-After", "3600");
}

enum err posting_age(struct context *c, const char **out)
{
	const uint8_t *key = NULL;
	enum err e = context_key(c, SITE_KEY_FORM, &key);
	if (e != ERR_OK)
		return e;
	char *text = arena_alloc(c->arena, FORM_AGE_TEXT_MAX);
	if (text == NULL)
		return ERR_NOMEM;
	form_age_make(key, c->now, text);
	*out = text;
	return ERR_OK;
}

enum err posting_refuse(struct context *c, struct posting *p, const char *title, const char *path, struct form_view *v, bool *written)
{
	*written = c->api;
	if (c->api) {
		enum msg detail = p->errors.n > 0 && *p->errors.list[0].field == '\0' ? p->errors.list[0].text : MSG_PROBLEM_BODY;
		answer_problem(c, p->status, tr(c->lang, detail), &p->errors);
		return ERR_OK;
	}
	enum err e = context_catalog(c);
	*v = (struct form_view){.page = answer_page(c, title, path), .errors = &p->errors, .catalog = c->catalog};
	v->page.noindex = true;
	if (e == ERR_OK)
		e = posting_age(c, &v->form_age);
	if (e != ERR_OK)
		return e;
	struct typed_value *values = arena_array(c->arena, p->params.n + 1, sizeof *values);
	if (values == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < p->params.n; i++)
		values[i] = (struct typed_value){.name = p->params.list[i].name, .value = p->params.list[i].value};
	v->values = values;
	v->value_count = p->params.n;
	answer_html(c, p->status);
	return ERR_OK;
}

enum err posting_failed(struct context *c, struct posting *p, enum err e)
{
	if (e == ERR_EXISTS) {
		field_errors_add(&p->errors, "", MSG_FORM_DUPLICATE, NULL);
		p->status = c->api ? 409 : 422;
		return ERR_OK;
	}
	if (e != ERR_DB_AWAY && e != ERR_DB_READ_ONLY && e != ERR_DB_RETRY && e != ERR_TIMEOUT)
		return e;
	c->res->note = err_text(e);
	field_errors_add(&p->errors, "", MSG_FORM_AWAY, NULL);
	p->status = 503;
	http_header_set(c->res, "Retry-After", "5");
	return ERR_OK;
}
