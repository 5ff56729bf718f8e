#include "http/response.h"

#include <string.h>
#include <strings.h>

#include "util/log.h"
#include "util/mac.h"

/* RFC 9110, section 15; 422, 429 and 431 from RFC 9110 and RFC 6585. */
static const struct {
	int status;
	const char *phrase;
} reasons[] = {
	{200, "OK"},
	{201, "Created"},
	{202, "Accepted"},
	{204, "No Content"},
	{206, "Partial Content"},
	{301, "Moved Permanently"},
	{302, "Found"},
	{303, "See Other"},
	{304, "Not Modified"},
	{307, "Temporary Redirect"},
	{308, "Permanent Redirect"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{408, "Request Timeout"},
	{409, "Conflict"},
	{410, "Gone"},
	{411, "Length Required"},
	{412, "Precondition Failed"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{415, "Unsupported Media Type"},
	{416, "Range Not Satisfiable"},
	{422, "Unprocessable Content"},
	{428, "Precondition Required"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Gateway Timeout"},
};

void http_response_reset(struct http_response *r)
{
	struct buf body = r->body;
	buf_reset(&body);
	*r = (struct http_response){.status = 200, .content_type = "text/html; charset=utf-8", .body = body};
}

/* RFC 9110, section 5.6.2. */
static bool is_token(const char *s)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		bool word = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9');
		if (!word && strchr(marks, *s) == NULL)
			return false;
	}
	return true;
}

static bool has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f)
			return true;
	return false;
}

void http_header_set(struct http_response *r, const char *name, const char *value)
{
	if (!is_token(name) || value == NULL || has_control(value)) {
		LOG_WARN("header_dropped", LOG_S("name", name), LOG_S("reason", "characters that no header may hold"));
		return;
	}
	for (unsigned i = 0; i < r->header_count; i++) {
		if (strcasecmp(r->headers[i].name, name) == 0) {
			r->headers[i].value = value;
			return;
		}
	}
	if (r->header_count == HTTP_HEADERS_MAX) {
		LOG_WARN("header_dropped", LOG_S("name", name), LOG_S("reason", "too many headers"));
		return;
	}
	r->headers[r->header_count++] = (struct http_header){name, value};
}

const char *http_reason(int status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].status == status)
			return reasons[i].phrase;
	return "Unknown";
}

/* Whether the list of RFC 9110, section 13.1.2 holds the tag. The comparison is the weak one: nginx turns a strong tag
 * into a weak one when it compresses. A list that is malformed matches up to the mistake only. */
static bool list_holds(const char *list, const char *tag)
{
	size_t n = strlen(tag);
	list += strspn(list, " \t");
	if (list[0] == '*' && list[1 + strspn(list + 1, " \t")] == '\0')
		return true;
	for (;;) {
		list += strspn(list, " \t,");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if (*list != '"')
			return false;
		const char *close = strchr(list + 1, '"');
		if (close == NULL)
			return false;
		if ((size_t)(close - list) + 1 == n && memcmp(list, tag, n) == 0)
			return true;
		list = close + 1;
		list += strspn(list, " \t");
		if (*list != ',')
			return false;
	}
}

bool http_etag(struct http_response *r, struct arena *a, const char *if_none_match)
{
	enum { TEXT = (MAC_FINGERPRINT_BYTES * 4 + 2) / 3 };
	if (r->status != 200 || r->body.error != ERR_OK)
		return false;
	uint8_t print[MAC_FINGERPRINT_BYTES];
	char *tag = arena_alloc(a, TEXT + 3);
	if (tag == NULL)
		return false;
	mac_fingerprint(r->body.data, r->body.len, print);
	base64url_encode(print, sizeof print, tag + 1);
	tag[0] = '"';
	tag[TEXT + 1] = '"';
	tag[TEXT + 2] = '\0';
	http_header_set(r, "ETag", tag);
	if (if_none_match == NULL || !list_holds(if_none_match, tag))
		return false;
	r->status = 304;
	buf_reset(&r->body);
	return true;
}
