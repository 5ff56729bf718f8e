/* response: the whole answer in a buffer, sent at the end with Content-Length. Header values with CR, LF or NUL
 * are dropped and logged. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"

enum { HTTP_HEADERS_MAX = 24, HTTP_BODY_CAP = 8 << 20 };

struct http_header {
	const char *name;
	const char *value; /* lives in the request's arena or is static */
};

struct http_response {
	int status;                 /* 200 unless set */
	const char *content_type;   /* with charset; static */
	struct http_header headers[HTTP_HEADERS_MAX];
	unsigned header_count;
	struct buf body;            /* owned by the thread */
	/* for the log line */
	const char *route;          /* the table's pattern */
	uint64_t db_us;
	unsigned db_queries;
	const char *note;           /* what the log should say of this request; no secret */
};

void http_response_reset(struct http_response *r);
/* Replaces a header of the same name. */
void http_header_set(struct http_response *r, const char *name, const char *value);
/* The reason phrase (RFC 9110, section 15). */
const char *http_reason(int status);
/* A strong ETag over the body ("\"…\""), set on the response; true (and status 304, body emptied) when
 * if_none_match holds it. Only for status 200. arena keeps the value. */
bool http_etag(struct http_response *r, struct arena *a, const char *if_none_match);
