#include "app/answer.h"

#include <string.h>

#include "app/context.h"
#include "util/log.h"

struct status_text {
	int status;
	enum msg title, text;
};

static const struct status_text status_texts[] = {
	{400, MSG_ERROR_400_TITLE, MSG_ERROR_400_TEXT}, {401, MSG_ERROR_401_TITLE, MSG_ERROR_401_TEXT}, {403, MSG_ERROR_403_TITLE, MSG_ERROR_403_TEXT},
	{404, MSG_ERROR_404_TITLE, MSG_ERROR_404_TEXT}, {405, MSG_ERROR_405_TITLE, MSG_ERROR_405_TEXT},
	{409, MSG_ERROR_409_TITLE, MSG_ERROR_409_TEXT}, {410, MSG_LISTING_GONE_TITLE, MSG_LISTING_GONE_TEXT},
	{413, MSG_ERROR_413_TITLE, MSG_ERROR_413_TEXT}, {415, MSG_ERROR_415_TITLE, MSG_ERROR_415_TEXT},
	{422, MSG_ERROR_422_TITLE, MSG_ERROR_422_TEXT}, {429, MSG_ERROR_429_TITLE, MSG_ERROR_429_TEXT},
	{503, MSG_ERROR_503_TITLE, MSG_ERROR_503_TEXT}, {500, MSG_ERROR_500_TITLE, MSG_ERROR_500_TEXT},
};

static const struct status_text *status_find(int status)
{
	size_t n = sizeof status_texts / sizeof *status_texts;
	for (size_t i = 0; i < n; i++)
		if (status_texts[i].status == status)
			return &status_texts[i];
	return &status_texts[n - 1];
}

struct page answer_page(const struct context *c, const char *title, const char *path)
{
	return (struct page){
		.site = &c->app->site, .lang = c->lang, .title = title, .path = path, .og_type = "website", .signed_in = c->session != NULL,
		.section = strncmp(path, "/account", 8) == 0 ? "account" : NULL,
	};
}

void answer_html(struct context *c, int status)
{
	c->res->status = status;
	c->res->content_type = "text/html; charset=utf-8";
}

void answer_redirect(struct context *c, int status, const char *href)
{
	c->res->status = status;
	c->res->content_type = "text/plain; charset=utf-8";
	http_header_set(c->res, "Location", href);
}

void answer_json(struct context *c, int status, struct json *j)
{
	c->res->status = status;
	c->res->content_type = "application/json";
	json_begin(j, &c->res->body);
}

static void problem_fields(struct context *c, struct json *j, const struct field_errors *errors)
{
	struct buf text;
	buf_init(&text, 1024);
	json_key(j, "errors");
	json_array(j);
	for (size_t i = 0; i < errors->n; i++) {
		const struct field_error *e = &errors->list[i];
		buf_reset(&text);
		tr_format(&text, c->lang, e->text, (const char *const[]){e->bound}, 1);
		json_object(j);
		json_key_string(j, "field", e->field);
		json_key_string(j, "message", buf_str(&text));
		json_object_end(j);
	}
	json_array_end(j);
	buf_free(&text);
}

void answer_problem_open(struct context *c, int status, const char *detail, struct json *j)
{
	buf_reset(&c->res->body);
	c->res->status = status;
	c->res->content_type = "application/problem+json";
	json_begin(j, &c->res->body);
	json_object(j);
	json_key_string(j, "type", "about:blank");
	json_key_string(j, "title", http_reason(status));
	json_key_int(j, "status", status);
	if (detail != NULL)
		json_key_string(j, "detail", detail);
	json_key_string(j, "request_id", c->req->request_id);
}

void answer_problem(struct context *c, int status, const char *detail, const struct field_errors *errors)
{
	struct json j;
	answer_problem_open(c, status, detail, &j);
	if (errors != NULL && errors->n > 0)
		problem_fields(c, &j, errors);
	json_object_end(&j);
}

void answer_field_problem(struct context *c, int status, const char *field, enum msg text, const char *bound)
{
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, field, text, bound);
	answer_problem(c, status, tr(c->lang, status_find(status)->text), &errors);
}

static void answer_status_text(struct context *c, const struct status_text *t)
{
	int status = t->status;
	if (status == 503)
		http_header_set(c->res, "Retry-After", "5");
	if (status == 401)
		http_header_set(c->res, "WWW-Authenticate", "Bearer");
	if (c->api) {
		answer_problem(c, status, tr(c->lang, t->text), NULL);
		return;
	}
	buf_reset(&c->res->body);
	answer_html(c, status);
	struct notice_view v = {
		.page = answer_page(c, tr(c->lang, t->title), c->path),
		.heading = t->title, .text = t->text, .request_id = c->req->request_id,
		.link_href = context_href(c, status == 404 || status == 410 ? "/listings" : "/"),
		.link_text = status == 404 || status == 410 ? MSG_BACK_TO_LISTINGS : MSG_BACK_HOME,
	};
	v.page.noindex = true;
	notice_view(&c->res->body, &v);
}

void answer_status(struct context *c, int status)
{
	answer_status_text(c, status_find(status));
}

void answer_forbidden(struct context *c)
{
	answer_status_text(c, &(const struct status_text){403, MSG_ERROR_403_TITLE, MSG_ERROR_403_RIGHTS});
}

void answer_error(struct context *c, enum err e)
{
	int status = 500;
	switch (e) {
	case ERR_NOT_FOUND: status = 404; break;
	case ERR_GONE: status = 410; break;
	case ERR_INVALID:
	case ERR_RANGE: status = 400; break;
	case ERR_LIMITED: status = 429; break;
	case ERR_CONFLICT:
	case ERR_EXISTS: status = 409; break;
	case ERR_DB_AWAY:
	case ERR_DB_READ_ONLY:
	case ERR_DB_RETRY:
	case ERR_TIMEOUT: status = 503; break;
	default: break;
	}
	if (status >= 500) {
		c->res->note = err_text(e);
		LOG(status == 503 ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "request_failed",
		    LOG_S("request_id", c->req->request_id), LOG_S("error", err_text(e)),
		    LOG_S("database", db_error_text(c->db)), LOG_I("database_error", db_error_number(c->db)));
	}
	answer_status(c, status);
}

void answer_no_space(struct context *c)
{
	answer_status_text(c, &(const struct status_text){503, MSG_ERROR_NO_SPACE_TITLE, MSG_ERROR_NO_SPACE_TEXT});
}

void answer_notice(struct context *c, const char *path, enum msg heading, enum msg text, const char *link, enum msg link_text)
{
	answer_html(c, 200);
	struct notice_view v = {
		.page = answer_page(c, tr(c->lang, heading), path),
		.heading = heading, .text = text, .good = true, .link_href = link, .link_text = link_text,
	};
	v.page.noindex = true;
	notice_view(&c->res->body, &v);
}

void answer_cache(struct context *c, int seconds)
{
	static const char *const names[] = {"0", "1", "30", "300"};
	const char *value = names[0];
	if (seconds > 0)
		value = seconds >= 300 ? names[3] : seconds >= 30 ? names[2] : names[1];
	http_header_set(c->res, "X-Accel-Expires", value);
}
