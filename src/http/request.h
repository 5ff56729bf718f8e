/* request: one HTTP request as FastCGI or CGI parameters gave it, parsed once into the request's arena. Bounded: a
 * header block over 64 KiB, over 100 query parameters, bad percent-encoding, bad UTF-8 or a NUL are refused. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/err.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER };
enum { HTTP_PARAMS_MAX = 100, HTTP_QUERY_MAX = 8192, HTTP_PATH_MAX = 2048, HTTP_COOKIE_MAX = 8192 };

struct http_param {
	const char *name;
	const char *value; /* decoded, valid UTF-8, no NUL */
};

struct http_params {
	struct http_param *list;
	size_t n;
	bool machine; /* from JSON: amounts of money in the machine form only */
};

enum http_body_state {
	HTTP_BODY_NONE,      /* no body was announced */
	HTTP_BODY_WHOLE,
	HTTP_BODY_TOO_LARGE, /* over the route's limit; not read */
	HTTP_BODY_SHORT,     /* fewer bytes than CONTENT_LENGTH came */
	HTTP_BODY_BAD_LENGTH, /* CONTENT_LENGTH is no number */
	HTTP_BODY_NO_SPACE   /* the file it was to go to could not be made, or the disk is full */
};

struct http_request {
	struct arena *arena;
	enum http_method method;
	const char *method_name;
	const char *path;           /* decoded, starts with '/'; from OUTPORT_ROUTE when nginx set it, else DOCUMENT_URI, else PATH_INFO */
	bool page_static;           /* a page that nginx answers itself but for what it cannot: OUTPORT_ROUTE was set */
	const char *query_string;   /* raw */
	struct http_params query;   /* parsed from query_string */
	enum err query_error;       /* ERR_OK, ERR_INVALID or ERR_TOO_LARGE */
	const char *bad;            /* NULL, or what was malformed in the request's head: "path", "cookie", "headers" (too many), … → 400 */
	const char *host;           /* without port checks; "" if absent */
	bool https;
	const char *request_id;     /* nginx's $request_id (REQUEST_ID), 32 hex digits, or one of our own */
	const char *client_address; /* textual IP, after trusted proxies */
	const char *content_type;   /* lower-cased media type without parameters; "" */
	const char *content_type_given; /* with them, as it came */
	const char *cookie, *user_agent, *origin, *sec_fetch_site, *if_none_match, *if_modified_since, *accept, *accept_language, *authorization, *referer, *forwarded_for; /* "" if absent */
	uint64_t content_length;
	enum http_body_state body_state;
	const char *body;           /* body_len bytes and a NUL; NULL without a whole body, or with one in a file */
	int body_fd;                /* a whole body that came in a file, body_len bytes from 0 on; else -1. The worker closes it */
	size_t body_len;
	void (*alive)(void *of);    /* a handler that takes long says by it that it is not stuck; NULL: nobody asks */
	void *alive_of;
	const _Atomic bool *stopping; /* true: the process was told to stop; what has not been begun is better left. NULL: it goes on */
	uint64_t started_us;        /* clock_mono_us() when the request was taken */
};

/* trusted: comma separated addresses and CIDR blocks whose X-Forwarded-For is believed. Never fails on hostile input
 * (bad, query_error say what is wrong); ERR_NOMEM only. */
MUST_CHECK enum err http_request_parse(struct arena *a, char *const *envp, const char *trusted, struct http_request *out);
/* First value of a query parameter, or NULL. */
const char *http_param_get(const struct http_params *p, const char *name);
/* Value of a cookie (RFC 6265), NULL if absent. In the arena. */
const char *http_cookie_get(const struct http_request *r, const char *name);
