/* A request's head: the input's lines are its parameters ("HTTP_COOKIE=…"). Whatever comes, every value a handler reads is
 * clean text within bounds, and a cookie's value stands in the header. */
#include <arpa/inet.h>
#include <string.h>

#include "fuzz.h"
#include "http/request.h"
#include "util/utf8.h"

enum { LINES_MAX = 200 };

static void check_text(const char *s)
{
	HOLDS(s != NULL && utf8_valid(s, strlen(s)) && !utf8_has_control(s, strlen(s), false));
}

static void check_cookies(const struct http_request *r)
{
	static const char *const names[] = {"a", "lang", "__Host-outport"};
	HOLDS(strlen(r->cookie) <= HTTP_COOKIE_MAX);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = http_cookie_get(r, names[i]);
		HOLDS(value == NULL || (strchr(value, ';') == NULL && strstr(r->cookie, value) != NULL));
		HOLDS(value == NULL || strstr(r->cookie, names[i]) != NULL);
	}
	HOLDS(http_cookie_get(r, "") == NULL);
}

static void check_request(const struct http_request *r)
{
	unsigned char address[16];
	const char *const texts[] = {r->method_name, r->path, r->host, r->content_type, r->cookie, r->user_agent, r->origin,
		r->sec_fetch_site, r->if_none_match, r->if_modified_since, r->accept, r->authorization, r->referer, r->forwarded_for};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		check_text(texts[i]);
	HOLDS(r->path[0] == '/' && strlen(r->path) <= HTTP_PATH_MAX && strstr(r->path, "/../") == NULL);
	HOLDS(strlen(r->request_id) == 32 && strspn(r->request_id, "0123456789abcdef") == 32);
	HOLDS(r->client_address[0] == '\0' || inet_pton(AF_INET, r->client_address, address) == 1 ||
	      inet_pton(AF_INET6, r->client_address, address) == 1);
	HOLDS(r->query.n <= HTTP_PARAMS_MAX && (r->query_error == ERR_OK || r->query.n == 0));
	HOLDS(r->body_state == HTTP_BODY_NONE || r->body_state == HTTP_BODY_BAD_LENGTH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *envp[LINES_MAX + 1];
	size_t n = 0;
	struct http_request r;
	if (size > 1 << 17)
		return 0;
	struct arena *a = arena_new(4 << 20);
	HOLDS(a != NULL);
	char *text = arena_strndup(a, (const char *)data, size);
	HOLDS(text != NULL);
	for (char *line = text; n < LINES_MAX && line != NULL;) {
		envp[n++] = line;
		line = strchr(line, '\n');
		if (line != NULL)
			*line++ = '\0';
	}
	envp[n] = NULL;
	HOLDS(http_request_parse(a, envp, "127.0.0.1, 10.0.0.0/8,::1, fd00::/8", &r) == ERR_OK);
	check_request(&r);
	check_cookies(&r);
	arena_free(a);
	return 0;
}
