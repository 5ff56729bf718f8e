#include "http/cgi_message.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "util/log.h"

enum { SPOOL_PIECE = 64 << 10 };

static bool status_without_body(int status)
{
	return status == 204 || status == 304;
}

/* Can a body as it is announced be read at all? */
static bool body_fits(struct http_request *req, size_t limit)
{
	if (req->body_state == HTTP_BODY_BAD_LENGTH)
		return false;
	bool fits = req->content_length <= limit && req->content_length < INT_MAX;
	if (!fits)
		req->body_state = HTTP_BODY_TOO_LARGE;
	return fits;
}

static bool body_ends(const struct cgi_source *source)
{
	char past;
	return !source->framed || source->read(source->from, &past, 1) == 0;
}

void cgi_body_read(struct http_request *req, size_t limit, const struct cgi_source *source)
{
	if (!body_fits(req, limit))
		return;
	size_t length = (size_t)req->content_length;
	char *body = arena_alloc(req->arena, length + 1);
	if (body == NULL) {
		LOG_WARN("body_no_memory", LOG_S("request_id", req->request_id), LOG_I("bytes", length));
		req->body_state = HTTP_BODY_TOO_LARGE;
		return;
	}
	size_t got = length > 0 ? source->read(source->from, body, length) : 0;
	if (got < length) {
		req->body_state = HTTP_BODY_SHORT;
		return;
	}
	if (!body_ends(source)) {
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

static bool write_whole(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t step = write(fd, p, n);
		if (step < 0 && errno == EINTR)
			continue;
		if (step == 0)
			errno = ENOSPC;
		if (step <= 0)
			return false;
		p += step;
		n -= (size_t)step;
	}
	return true;
}

/* Reads length bytes, also those for which there is no space: a peer that is cut off in the middle of its body does not see the answer. */
static enum http_body_state spool(int fd, size_t length, char *piece, const struct cgi_source *source, int *error)
{
	*error = 0;
	for (size_t done = 0; done < length;) {
		size_t n = length - done < SPOOL_PIECE ? length - done : SPOOL_PIECE;
		if (source->read(source->from, piece, n) < n)
			return HTTP_BODY_SHORT;
		if (*error == 0 && !write_whole(fd, piece, n)) {
			*error = errno;
			if (fd >= 0 && ftruncate(fd, 0) != 0) /* what lies there already helps nobody */
				LOG_WARN("body_not_cut", LOG_I("errno", errno));
		}
		done += n;
	}
	if (!body_ends(source))
		return HTTP_BODY_BAD_LENGTH;
	return *error != 0 ? HTTP_BODY_NO_SPACE : HTTP_BODY_WHOLE;
}

void cgi_body_spool(struct http_request *req, size_t limit, int fd, const struct cgi_source *source)
{
	int error = 0;
	req->body_fd = fd;
	if (body_fits(req, limit)) {
		size_t length = (size_t)req->content_length;
		char *piece = arena_alloc(req->arena, SPOOL_PIECE);
		req->body_state = piece == NULL ? HTTP_BODY_TOO_LARGE : length > 0 ? spool(fd, length, piece, source, &error) : HTTP_BODY_NONE;
	}
	if (req->body_state == HTTP_BODY_WHOLE)
		req->body_len = (size_t)req->content_length;
	else
		cgi_body_close(req);
	if (req->body_state == HTTP_BODY_NO_SPACE && fd >= 0)
		LOG_ERROR("body_not_kept", LOG_S("request_id", req->request_id), LOG_I("bytes", req->content_length), LOG_S("error", strerrordesc_np(error)));
}

void cgi_body_take(struct http_request *req, const struct http_app *app, void *thread, const struct cgi_source *source)
{
	size_t limit = app->body_limit(thread, req);
	int fd = -1;
	enum err e = ERR_OK;
	if (app->body_open != NULL && req->content_length > 0 && req->content_length <= limit)
		e = app->body_open(thread, req, &fd);
	if (e != ERR_OK)
		LOG_ERROR("body_no_file", LOG_S("request_id", req->request_id), LOG_S("error", err_text(e)));
	if (e != ERR_OK || fd >= 0)
		cgi_body_spool(req, limit, fd, source);
	else
		cgi_body_read(req, limit, source);
}

void cgi_body_close(struct http_request *req)
{
	if (req->body_fd >= 0)
		close(req->body_fd);
	req->body_fd = -1;
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
