#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "http/client_address.h"
#include "http/query.h"
#include "util/clock.h"
#include "util/mac.h"
#include "util/utf8.h"

enum { HEAD_MAX = 64 << 10, REPEATS_MAX = 16, HOST_MAX = 255, METHOD_MAX = 20, TYPE_MAX = 127, REQUEST_ID_DIGITS = 32 };

/* The parameters that are looked at. nginx hands a header that came several times as several parameters. */
enum slot {
	SLOT_METHOD, SLOT_ROUTE, SLOT_DOCUMENT_URI, SLOT_PATH_INFO, SLOT_QUERY, SLOT_HTTPS, SLOT_REQUEST_ID, SLOT_REMOTE_ADDR,
	SLOT_CONTENT_TYPE, SLOT_CONTENT_LENGTH, SLOT_HOST, SLOT_COOKIE, SLOT_USER_AGENT, SLOT_ORIGIN, SLOT_FETCH_SITE,
	SLOT_NONE_MATCH, SLOT_MODIFIED_SINCE, SLOT_ACCEPT, SLOT_ACCEPT_LANGUAGE, SLOT_AUTHORIZATION, SLOT_REFERER, SLOT_FORWARDED_FOR, SLOT_COUNT
};

/* Values are to be valid UTF-8 without control characters.
 * STRICT: malformed or repeated, the request is refused. LENIENT: malformed, the header counts as absent; repeated, the
 * first counts. LIST: lenient, repeated ones are joined as RFC 9110, section 5.3 says. COOKIES: malformed, the request
 * is refused; repeated ones are joined (RFC 9113, section 8.2.3). RAW, RAW_LIST: checked where they are used. */
enum care { STRICT, LENIENT, LIST, COOKIES, RAW, RAW_LIST };

/* A parameter's name and its length. */
#define NAMED(name) name, sizeof(name) - 1

static const struct {
	const char *name;
	size_t length;
	const char *label; /* for http_request.bad */
	enum care care;
} slots[SLOT_COUNT] = {
	[SLOT_METHOD] = {NAMED("REQUEST_METHOD"), "method", RAW},
	[SLOT_ROUTE] = {NAMED("OUTPORT_ROUTE"), "path", RAW},
	[SLOT_DOCUMENT_URI] = {NAMED("DOCUMENT_URI"), "path", RAW},
	[SLOT_PATH_INFO] = {NAMED("PATH_INFO"), "path", RAW},
	[SLOT_QUERY] = {NAMED("QUERY_STRING"), "query", RAW},
	[SLOT_HTTPS] = {NAMED("HTTPS"), "scheme", RAW},
	[SLOT_REQUEST_ID] = {NAMED("REQUEST_ID"), "request id", RAW},
	[SLOT_REMOTE_ADDR] = {NAMED("REMOTE_ADDR"), "address", RAW},
	[SLOT_CONTENT_TYPE] = {NAMED("CONTENT_TYPE"), "content type", LENIENT},
	[SLOT_CONTENT_LENGTH] = {NAMED("CONTENT_LENGTH"), "content length", RAW},
	[SLOT_HOST] = {NAMED("HTTP_HOST"), "host", STRICT},
	[SLOT_COOKIE] = {NAMED("HTTP_COOKIE"), "cookie", COOKIES},
	[SLOT_USER_AGENT] = {NAMED("HTTP_USER_AGENT"), "user agent", LENIENT},
	[SLOT_ORIGIN] = {NAMED("HTTP_ORIGIN"), "origin", STRICT},
	[SLOT_FETCH_SITE] = {NAMED("HTTP_SEC_FETCH_SITE"), "sec-fetch-site", STRICT},
	[SLOT_NONE_MATCH] = {NAMED("HTTP_IF_NONE_MATCH"), "if-none-match", LIST},
	[SLOT_MODIFIED_SINCE] = {NAMED("HTTP_IF_MODIFIED_SINCE"), "if-modified-since", LENIENT},
	[SLOT_ACCEPT] = {NAMED("HTTP_ACCEPT"), "accept", LIST},
	[SLOT_ACCEPT_LANGUAGE] = {NAMED("HTTP_ACCEPT_LANGUAGE"), "accept-language", LIST},
	[SLOT_AUTHORIZATION] = {NAMED("HTTP_AUTHORIZATION"), "authorization", STRICT},
	[SLOT_REFERER] = {NAMED("HTTP_REFERER"), "referer", LENIENT},
	[SLOT_FORWARDED_FOR] = {NAMED("HTTP_X_FORWARDED_FOR"), "x-forwarded-for", RAW_LIST},
};

/* One request's head while it is being read. */
struct head {
	struct arena *arena;
	const char *value[SLOT_COUNT]; /* "" if absent */
	unsigned repeats;              /* values joined to earlier ones */
	const char *bad;
};

static void mark_bad(struct head *h, const char *what)
{
	if (h->bad == NULL)
		h->bad = what;
}

static int slot_find(const char *name, size_t length)
{
	for (int i = 0; i < SLOT_COUNT; i++)
		if (slots[i].length == length && memcmp(slots[i].name, name, length) == 0)
			return i;
	return -1;
}

static char *join(struct arena *a, const char *first, const char *separator, const char *second)
{
	size_t n = strlen(first), m = strlen(separator), k = strlen(second);
	char *out = arena_alloc(a, n + m + k + 1);
	if (out == NULL)
		return NULL;
	memcpy(out, first, n);
	memcpy(out + n, separator, m);
	memcpy(out + n + m, second, k);
	return out;
}

static bool is_clean(const char *s)
{
	size_t n = strlen(s);
	return utf8_valid(s, n) && !utf8_has_control(s, n, false);
}

static enum err head_take(struct head *h, int slot, const char *value)
{
	const char **at = &h->value[slot];
	enum care care = slots[slot].care;
	bool repeated = **at != '\0';
	if (care != RAW && care != RAW_LIST && !is_clean(value)) {
		if (care == STRICT || care == COOKIES)
			mark_bad(h, slots[slot].label);
		return ERR_OK;
	}
	if (!repeated) {
		*at = arena_strdup(h->arena, value);
	} else if (care == STRICT || h->repeats == REPEATS_MAX) {
		mark_bad(h, slots[slot].label);
	} else if (care == LIST || care == RAW_LIST || care == COOKIES) {
		*at = join(h->arena, *at, care == COOKIES ? "; " : ", ", value);
		h->repeats++;
	}
	return *at == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err head_read(struct head *h, char *const *envp)
{
	size_t bytes = 0;
	for (int i = 0; i < SLOT_COUNT; i++)
		h->value[i] = "";
	for (; *envp != NULL; envp++) {
		const char *equals = strchr(*envp, '=');
		int slot = equals == NULL ? -1 : slot_find(*envp, (size_t)(equals - *envp));
		if (slot >= 0 || strncmp(*envp, "HTTP_", 5) == 0)
			bytes += strlen(*envp);
		if (bytes > HEAD_MAX) {
			mark_bad(h, "headers");
			return ERR_OK;
		}
		if (slot >= 0 && equals[1] != '\0') {
			enum err e = head_take(h, slot, equals + 1);
			if (e != ERR_OK)
				return e;
		}
	}
	return ERR_OK;
}

static enum http_method method_find(const char *name)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = {
		{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST}, {"PATCH", HTTP_PATCH},
		{"PUT", HTTP_PUT}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS},
	};
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	return HTTP_OTHER;
}

static void read_method(struct head *h, struct http_request *out)
{
	const char *name = h->value[SLOT_METHOD];
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
	if (n == 0 || n > METHOD_MAX || name[n] != '\0') {
		mark_bad(h, "method");
		name = "?";
	}
	out->method_name = name;
	out->method = method_find(name);
}

/* No "." or ".." segments: nginx resolves them, a plain CGI server may not. */
static bool has_dot_segment(const char *path)
{
	for (const char *s = path; (s = strchr(s, '/')) != NULL;) {
		s++;
		size_t n = strcspn(s, "/");
		if ((n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
			return true;
	}
	return false;
}

static void read_path(struct head *h, struct http_request *out)
{
	const char *path = h->value[SLOT_ROUTE];
	if (*path == '\0')
		path = h->value[SLOT_DOCUMENT_URI];
	if (*path == '\0')
		path = h->value[SLOT_PATH_INFO];
	out->page_static = h->value[SLOT_ROUTE][0] != '\0';
	size_t n = strlen(path);
	if (*path != '/' || n > HTTP_PATH_MAX || !utf8_valid(path, n) || utf8_has_control(path, n, false) || has_dot_segment(path)) {
		mark_bad(h, "path");
		path = "/";
	}
	out->path = path;
}

static enum err read_query(struct head *h, struct http_request *out)
{
	out->query_string = h->value[SLOT_QUERY];
	size_t n = strlen(out->query_string);
	out->query_error = n > HTTP_QUERY_MAX ? ERR_TOO_LARGE : query_parse(h->arena, out->query_string, n, &out->query);
	return out->query_error == ERR_NOMEM ? ERR_NOMEM : ERR_OK;
}

/* In lower case. Letters, digits and what ports and IPv6 addresses need (RFC 3986, section 3.2.2). */
static void read_host(struct head *h, struct http_request *out)
{
	char *host = arena_strdup(h->arena, h->value[SLOT_HOST]);
	out->host = host;
	if (host == NULL)
		return;
	for (char *p = host; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	size_t n = strlen(host);
	if (n > HOST_MAX || strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-._:[]") != n) {
		mark_bad(h, "host");
		out->host = "";
	}
}

static void read_content_type(struct head *h, struct http_request *out)
{
	const char *type = h->value[SLOT_CONTENT_TYPE];
	out->content_type_given = type;
	size_t n = strcspn(type, ";");
	while (n > 0 && (type[n - 1] == ' ' || type[n - 1] == '\t'))
		n--;
	char *copy = arena_strndup(h->arena, type, n <= TYPE_MAX ? n : 0);
	out->content_type = copy;
	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

/* Digits only (RFC 9110, section 8.6). A number too large to hold is UINT64_MAX: over any limit. */
static void read_content_length(struct head *h, struct http_request *out)
{
	const char *s = h->value[SLOT_CONTENT_LENGTH];
	out->body_state = HTTP_BODY_NONE;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9') {
			out->content_length = 0;
			out->body_state = HTTP_BODY_BAD_LENGTH;
			return;
		}
		uint64_t digit = (uint64_t)(*s - '0');
		if (__builtin_mul_overflow(out->content_length, 10, &out->content_length) ||
		    __builtin_add_overflow(out->content_length, digit, &out->content_length)) {
			out->content_length = UINT64_MAX;
			break;
		}
	}
	if (strspn(s, "0123456789") != strlen(s)) {
		out->content_length = 0;
		out->body_state = HTTP_BODY_BAD_LENGTH;
	}
}

static void read_request_id(struct head *h, struct http_request *out)
{
	const char *id = h->value[SLOT_REQUEST_ID];
	out->request_id = id;
	if (strlen(id) == REQUEST_ID_DIGITS && strspn(id, "0123456789abcdef") == REQUEST_ID_DIGITS)
		return;
	static const char hex[] = "0123456789abcdef";
	unsigned char random[REQUEST_ID_DIGITS / 2];
	char *own = arena_alloc(h->arena, REQUEST_ID_DIGITS + 1);
	out->request_id = own;
	if (own == NULL)
		return;
	mac_random(random, sizeof random);
	for (size_t i = 0; i < sizeof random; i++) {
		own[2 * i] = hex[random[i] >> 4];
		own[2 * i + 1] = hex[random[i] & 15];
	}
}

static void read_headers(struct head *h, struct http_request *out)
{
	const char *https = h->value[SLOT_HTTPS];
	out->https = strcasecmp(https, "on") == 0 || strcmp(https, "1") == 0;
	if (strlen(h->value[SLOT_COOKIE]) > HTTP_COOKIE_MAX) {
		mark_bad(h, "cookie");
		h->value[SLOT_COOKIE] = "";
	}
	out->cookie = h->value[SLOT_COOKIE];
	out->user_agent = h->value[SLOT_USER_AGENT];
	out->origin = h->value[SLOT_ORIGIN];
	out->sec_fetch_site = h->value[SLOT_FETCH_SITE];
	out->if_none_match = h->value[SLOT_NONE_MATCH];
	out->if_modified_since = h->value[SLOT_MODIFIED_SINCE];
	out->accept = h->value[SLOT_ACCEPT];
	out->accept_language = h->value[SLOT_ACCEPT_LANGUAGE];
	out->authorization = h->value[SLOT_AUTHORIZATION];
	out->referer = h->value[SLOT_REFERER];
	out->forwarded_for = is_clean(h->value[SLOT_FORWARDED_FOR]) ? h->value[SLOT_FORWARDED_FOR] : "";
}

enum err http_request_parse(struct arena *a, char *const *envp, const char *trusted, struct http_request *out)
{
	struct head h = {.arena = a};
	*out = (struct http_request){.arena = a, .body_fd = -1, .started_us = clock_mono_us()};
	enum err e = head_read(&h, envp);
	if (e != ERR_OK)
		return e;
	read_method(&h, out);
	read_path(&h, out);
	read_host(&h, out);
	read_content_type(&h, out);
	read_content_length(&h, out);
	read_request_id(&h, out);
	read_headers(&h, out);
	e = read_query(&h, out);
	out->client_address = client_address_find(a, h.value[SLOT_REMOTE_ADDR], h.value[SLOT_FORWARDED_FOR], trusted);
	out->bad = h.bad;
	if (e != ERR_OK || out->host == NULL || out->content_type == NULL || out->request_id == NULL || out->client_address == NULL)
		return ERR_NOMEM;
	return ERR_OK;
}

const char *http_param_get(const struct http_params *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->list[i].name, name) == 0)
			return p->list[i].value;
	return NULL;
}

const char *http_cookie_get(const struct http_request *r, const char *name)
{
	size_t wanted = strlen(name);
	for (const char *s = r->cookie; *s != '\0';) {
		s += strspn(s, " \t;");
		size_t n = strcspn(s, ";");
		const char *equals = memchr(s, '=', n);
		if (wanted > 0 && equals != NULL && (size_t)(equals - s) == wanted && memcmp(s, name, wanted) == 0) {
			const char *value = equals + 1;
			size_t length = n - wanted - 1;
			while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
				length--;
			if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
				return arena_strndup(r->arena, value + 1, length - 2);
			return arena_strndup(r->arena, value, length);
		}
		s += n;
	}
	return NULL;
}
