#include "http/cgi_message.h"

#include <limits.h>
#include <string.h>

#include "util/log.h"

static bool status_without_body(int status)
{
	return status == 204 || status == 304;
}

void cgi_body_read(struct http_request *req, size_t limit, const struct cgi_source *source)
{
	if (req->body_state == HTTP_BODY_BAD_LENGTH)
		return;
	if (req->content_length > limit || req->content_length >= INT_MAX) {
		req->body_state = HTTP_BODY_TOO_LARGE;
		return;
	}
	size_t length = (size_t)req->content_length;
	char *body = arena_alloc(req->arena, length + 1);
	if (body == NULL) {
		LOG_WARN("body_no_memory", LOG_S("request_id", req->request_id), LOG_I("bytes", length));
		req->body_state = HTTP_BODY_TOO_LARGE;
		return;
	}
	char past;
	size_t got = length > 0 ? source->read(source->from, body, length) : 0;
	if (got < length) {
		req->body_state = HTTP_BODY_SHORT;
		return;
	}
	if (source->framed && source->read(source->from, &past, 1) > 0) {
		req->body_state = HTTP_BODY_BAD_LENGTH;
		return;
	}
	req->body_state = length > 0 ? HTTP_BODY_WHOLE : HTTP_BODY_NONE;
	if (length > 0) {
		body[length] = '\0';
		req->body = body;
		req->body_len = length;
	}
}

bool cgi_body_unread(const struct http_request *req)
{
	return req->body_state == HTTP_BODY_TOO_LARGE || req->body_state == HTTP_BODY_BAD_LENGTH;
}

static void answer_failed(struct http_response *res)
{
	LOG_ERROR("answer_lost", LOG_S("error", err_text(res->body.error)), LOG_S("route", res->route));
	res->status = 500;
	res->header_count = 0;
	res->content_type = "text/plain; charset=utf-8";
	buf_reset(&res->body);
	buf_puts(&res->body, "The answer could not be put together.\n");
}

void cgi_head_write(struct http_response *res, struct buf *out)
{
	if (res->body.error != ERR_OK)
		answer_failed(res);
	buf_puts(out, "Status: ");
	buf_i64(out, res->status);
	buf_putc(out, ' ');
	buf_puts(out, http_reason(res->status));
	buf_puts(out, "\r\n");
	if (res->content_type != NULL && !status_without_body(res->status)) {
		buf_puts(out, "Content-Type: ");
		buf_puts(out, res->content_type);
		buf_puts(out, "\r\n");
	}
	for (unsigned i = 0; i < res->header_count; i++) {
		buf_puts(out, res->headers[i].name);
		buf_puts(out, ": ");
		buf_puts(out, res->headers[i].value);
		buf_puts(out, "\r\n");
	}
	if (!status_without_body(res->status)) {
		buf_puts(out, "Content-Length: ");
		buf_i64(out, (int64_t)res->body.len);
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "\r\n");
}

size_t cgi_body_length(const struct http_request *req, const struct http_response *res)
{
	return req->method == HTTP_HEAD || status_without_body(res->status) ? 0 : res->body.len;
}

/* Behind a link in a mail stands a token, which the log must not keep (ASVS 14.2.1): whatever looks like one is left out, also where somebody
 * mistyped the rest. */
static const char *loggable_path(const struct http_request *req)
{
	enum { SECRET_MIN = 32 };
	static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *path = req->path != NULL ? req->path : "";
	for (const char *s = path; *s != '\0'; s++) {
		size_t n = strspn(s, token);
		/* A slug may be as long, but has no capitals. */
		if (n >= SECRET_MIN && strcspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < n) {
			const char *kept = arena_strndup(req->arena, path, (size_t)(s - path));
			return kept != NULL ? kept : "";
		}
		s += n > 0 ? n - 1 : 0;
	}
	return path;
}

void cgi_request_log(const struct http_request *req, const struct http_response *res, int status, size_t bytes, uint64_t us)
{
	LOG_INFO("request", LOG_S("request_id", req->request_id), LOG_S("method", req->method_name),
	         LOG_S("route", res->route != NULL ? res->route : ""), LOG_S("path", loggable_path(req)),
	         LOG_I("status", status), LOG_I("us", us), LOG_I("db_us", res->db_us), LOG_I("db_queries", res->db_queries),
	         LOG_I("bytes", bytes), LOG_S("note", res->note != NULL ? res->note : ""));
}
