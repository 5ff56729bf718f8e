/* cgi_message: what FastCGI and plain CGI have in common (RFC 3875): a body of CONTENT_LENGTH bytes read within a limit,
 * and the answer's head. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/request.h"
#include "http/response.h"
#include "http/worker.h"
#include "util/buf.h"

struct cgi_source {
	size_t (*read)(void *from, char *to, size_t n); /* fewer than n: the end, or a fault */
	void *from;
	bool framed; /* the end of the body is marked in the stream, and so is looked at */
};

/* Reads the body a request announces into its arena and sets body_state. At most limit bytes are ever read. */
void cgi_body_read(struct http_request *req, size_t limit, const struct cgi_source *source);
/* The same, a piece after the other, into the file fd: the request's once the body is whole, closed otherwise. No space, or fd -1: all is read, nothing kept. */
void cgi_body_spool(struct http_request *req, size_t limit, int fd, const struct cgi_source *source);
/* Either, as the program says. */
void cgi_body_take(struct http_request *req, const struct http_app *app, void *thread, const struct cgi_source *source);
/* Closes the file a body came in, if any. */
void cgi_body_close(struct http_request *req);
/* Where something of the body may still wait to be read, so that the connection cannot be used again. */
bool cgi_body_unread(const struct http_request *req);
/* Status, headers, Content-Length (of the body, sent or not: HEAD) and the empty line. An answer whose body did not fit its
 * buffer becomes a plain 500. */
void cgi_head_write(struct http_response *res, struct buf *out);
/* The request's line in the log: no query string, no body, no header. us: time taken. */
void cgi_request_log(const struct http_request *req, const struct http_response *res, int status, size_t bytes, uint64_t us);
/* Bytes of body that go out: none for HEAD, 204 and 304. */
size_t cgi_body_length(const struct http_request *req, const struct http_response *res);
