#include <stdio.h>
#include <string.h>

#include "http/request.h"
#include "suites_http.h"

enum { ENV_MAX = 64, LONG = 70000 };

static struct arena *arena;
static struct http_request req;
static char *env[ENV_MAX + 1];
static int entries;

static void open_case(void)
{
	arena = arena_new(1 << 20);
	entries = 0;
}

static void close_case(void)
{
	arena_free(arena);
}

static void add(const char *entry)
{
	ck_assert_int_lt(entries, ENV_MAX);
	env[entries++] = arena_strdup(arena, entry);
	env[entries] = NULL;
}

/* name=, then n times c */
static void add_long(const char *name, char c, size_t n)
{
	size_t m = strlen(name);
	char *entry = arena_alloc(arena, m + n + 2);
	ck_assert_ptr_nonnull(entry);
	memcpy(entry, name, m);
	entry[m] = '=';
	memset(entry + m + 1, c, n);
	ck_assert_int_lt(entries, ENV_MAX);
	env[entries++] = entry;
	env[entries] = NULL;
}

static void parse(void)
{
	env[entries] = NULL;
	ck_assert_int_eq(http_request_parse(arena, env, "127.0.0.1", &req), ERR_OK);
}

START_TEST(whole_request)
{
	static const char *const given[] = {
		"REQUEST_METHOD=POST", "DOCUMENT_URI=/listings/1/café", "QUERY_STRING=q=a+b&c=%C3%A9", "HTTPS=on",
		"REQUEST_ID=0123456789abcdef0123456789abcdef", "REMOTE_ADDR=127.0.0.1", "CONTENT_TYPE=Application/JSON ; charset=UTF-8",
		"CONTENT_LENGTH=42", "HTTP_HOST=Example.ORG:8080", "HTTP_COOKIE=a=b", "HTTP_USER_AGENT=Mozilla/5.0", "HTTP_ORIGIN=https://example.org",
		"HTTP_SEC_FETCH_SITE=same-origin", "HTTP_IF_NONE_MATCH=\"x\"", "HTTP_IF_MODIFIED_SINCE=Sat, 31 Jan 2026 12:00:00 GMT",
		"HTTP_ACCEPT=text/html", "HTTP_AUTHORIZATION=Bearer t", "HTTP_REFERER=https://example.org/", "HTTP_X_FORWARDED_FOR=203.0.113.7",
		"SERVER_SOFTWARE=nginx", "HTTP_X_UNKNOWN=\xff",
	};
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
		add(given[i]);
	parse();
	ck_assert_ptr_null(req.bad);
	ck_assert_ptr_eq(req.arena, arena);
	ck_assert_int_eq(req.method, HTTP_POST);
	ck_assert_str_eq(req.method_name, "POST");
	ck_assert_str_eq(req.path, "/listings/1/café");
	ck_assert_str_eq(req.query_string, "q=a+b&c=%C3%A9");
	ck_assert_int_eq(req.query_error, ERR_OK);
	ck_assert_str_eq(http_param_get(&req.query, "q"), "a b");
	ck_assert_str_eq(http_param_get(&req.query, "c"), "é");
	ck_assert_str_eq(req.host, "example.org:8080");
	ck_assert(req.https);
	ck_assert_str_eq(req.request_id, "0123456789abcdef0123456789abcdef");
	ck_assert_str_eq(req.client_address, "203.0.113.7");
	ck_assert_str_eq(req.content_type, "application/json");
	ck_assert_uint_eq(req.content_length, 42);
	ck_assert_int_eq(req.body_state, HTTP_BODY_NONE);
	ck_assert_str_eq(req.cookie, "a=b");
	ck_assert_str_eq(req.user_agent, "Mozilla/5.0");
	ck_assert_str_eq(req.origin, "https://example.org");
	ck_assert_str_eq(req.sec_fetch_site, "same-origin");
	ck_assert_str_eq(req.if_none_match, "\"x\"");
	ck_assert_str_eq(req.if_modified_since, "Sat, 31 Jan 2026 12:00:00 GMT");
	ck_assert_str_eq(req.accept, "text/html");
	ck_assert_str_eq(req.authorization, "Bearer t");
	ck_assert_str_eq(req.referer, "https://example.org/");
	ck_assert_str_eq(req.forwarded_for, "203.0.113.7");
	ck_assert_uint_gt(req.started_us, 0);
	/* Nothing points into the parameters, which end with the FastCGI request. */
	for (int i = 0; i < entries; i++)
		memset(env[i], '!', strlen(env[i]));
	ck_assert_str_eq(req.path, "/listings/1/café");
	ck_assert_str_eq(req.cookie, "a=b");
	ck_assert_str_eq(req.request_id, "0123456789abcdef0123456789abcdef");
}
END_TEST

START_TEST(empty_request)
{
	parse();
	ck_assert_str_eq(req.bad, "method");
	ck_assert_int_eq(req.method, HTTP_OTHER);
	ck_assert_str_eq(req.path, "/");
	ck_assert_uint_eq(req.query.n, 0);
	const char *const empty[] = {req.query_string, req.host, req.client_address, req.content_type, req.cookie, req.user_agent, req.origin,
		req.sec_fetch_site, req.if_none_match, req.if_modified_since, req.accept, req.authorization, req.referer, req.forwarded_for};
	for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
		ck_assert_str_eq(empty[i], "");
	ck_assert(!req.https);
}
END_TEST

static const struct {
	const char *name;
	enum http_method method;
	bool bad;
} methods[] = {
	{"GET", HTTP_GET, false}, {"HEAD", HTTP_HEAD, false}, {"POST", HTTP_POST, false}, {"PATCH", HTTP_PATCH, false},
	{"PUT", HTTP_PUT, false}, {"DELETE", HTTP_DELETE, false}, {"OPTIONS", HTTP_OPTIONS, false}, {"PROPFIND", HTTP_OTHER, false},
	{"get", HTTP_OTHER, true}, {"GET ", HTTP_OTHER, true}, {"G\"T", HTTP_OTHER, true}, {"", HTTP_OTHER, true},
	{"AAAAAAAAAAAAAAAAAAAAA", HTTP_OTHER, true},
};

START_TEST(method)
{
	char entry[64];
	snprintf(entry, sizeof entry, "REQUEST_METHOD=%s", methods[_i].name);
	add(entry);
	add("DOCUMENT_URI=/");
	parse();
	ck_assert_int_eq(req.method, methods[_i].method);
	if (methods[_i].bad)
		ck_assert_str_eq(req.bad, "method");
	else
		ck_assert_ptr_null(req.bad);
	ck_assert_str_eq(req.method_name, methods[_i].bad ? "?" : methods[_i].name);
}
END_TEST

/* bad: what req.bad says for one parameter beside a good method and path; NULL: nothing. */
static const struct {
	const char *entry, *bad;
} judged[] = {
	{"DOCUMENT_URI=/listings", NULL},
	{"DOCUMENT_URI=/fr/annonces/é", NULL},
	{"DOCUMENT_URI=/a/..b/.c/d./e..", NULL},
	{"DOCUMENT_URI=/%00", NULL}, /* decoded once already: these are four characters */
	{"DOCUMENT_URI=listings", "path"},
	{"DOCUMENT_URI=/a\x01", "path"},
	{"DOCUMENT_URI=/a\nb", "path"},
	{"DOCUMENT_URI=/a\x7f", "path"},
	{"DOCUMENT_URI=/a\xc2\x85", "path"},
	{"DOCUMENT_URI=/a\xe2\x80\xae", "path"},
	{"DOCUMENT_URI=/\xc0\xae\xc0\xae/", "path"},
	{"DOCUMENT_URI=/a\xff", "path"},
	{"DOCUMENT_URI=/..", "path"},
	{"DOCUMENT_URI=/a/../b", "path"},
	{"DOCUMENT_URI=/a/./b", "path"},
	{"DOCUMENT_URI=/a/.", "path"},
	{"HTTP_HOST=[2001:db8::1]:80", NULL},
	{"HTTP_HOST=a b", "host"},
	{"HTTP_HOST=a/b", "host"},
	{"HTTP_HOST=a@b", "host"},
	{"HTTP_HOST=<script>", "host"},
	{"HTTP_HOST=a\xc3\xa9", "host"},
	{"HTTP_HOST=a\x01", "host"},
	{"HTTP_COOKIE=a=\xc0\xaf", "cookie"},
	{"HTTP_COOKIE=a=\x01", "cookie"},
	{"HTTP_COOKIE=a=\xc3\xa9", NULL},
	{"HTTP_ORIGIN=https://\xff", "origin"},
	{"HTTP_ORIGIN=https://a\r\nb", "origin"},
	{"HTTP_SEC_FETCH_SITE=\x02", "sec-fetch-site"},
	{"HTTP_AUTHORIZATION=Bearer \xfe", "authorization"},
	{"HTTP_USER_AGENT=\xff\xfe", NULL},
	{"HTTP_REFERER=\x01", NULL},
	{"HTTP_ACCEPT=\xc0", NULL},
	{"HTTP_IF_NONE_MATCH=\x1b", NULL},
	{"HTTP_X_FORWARDED_FOR=\xff", NULL},
	{"CONTENT_TYPE=text/\xff", NULL},
	{"REQUEST_ID=\xff", NULL},
	{"HTTP_X_ANYTHING=\xff", NULL},
};

START_TEST(head_is_judged)
{
	add("REQUEST_METHOD=GET");
	add(judged[_i].entry);
	if (strncmp(judged[_i].entry, "DOCUMENT_URI", 12) != 0)
		add("DOCUMENT_URI=/");
	parse();
	if (judged[_i].bad == NULL)
		ck_assert_msg(req.bad == NULL, "%s: %s", judged[_i].entry, req.bad);
	else
		ck_assert_str_eq(req.bad, judged[_i].bad);
	const char *const cleared[] = {req.user_agent, req.referer, req.accept, req.if_none_match, req.content_type, req.forwarded_for};
	for (size_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
		ck_assert_str_eq(cleared[i], "");
	ck_assert_int_eq(req.path[0], '/');
}
END_TEST

START_TEST(route_comes_first)
{
	add("PATH_INFO=/info");
	parse();
	ck_assert_str_eq(req.path, "/info");
	add("DOCUMENT_URI=/submit.html");
	parse();
	ck_assert_str_eq(req.path, "/submit.html");
	add("OUTPORT_ROUTE=/fr/submit");
	parse();
	ck_assert_str_eq(req.path, "/fr/submit");
	/* A client's header of that name is another parameter. */
	entries = 0;
	add("HTTP_OUTPORT_ROUTE=/evil");
	add("DOCUMENT_URI=/good");
	parse();
	ck_assert_str_eq(req.path, "/good");
}
END_TEST

static const struct {
	const char *name;
	size_t n;
	const char *bad;
} lengths[] = {
	{"HTTP_COOKIE", HTTP_COOKIE_MAX, NULL},
	{"HTTP_COOKIE", HTTP_COOKIE_MAX + 1, "cookie"},
	{"HTTP_COOKIE", LONG, "headers"},
	{"HTTP_X_ANYTHING", 60000, NULL},
	{"HTTP_X_ANYTHING", LONG, "headers"},
	{"HTTP_HOST", 255, NULL},
	{"HTTP_HOST", 256, "host"},
	{"PATH", LONG, NULL}, /* the environment of a plain CGI program is no header */
};

START_TEST(head_is_bounded)
{
	add("REQUEST_METHOD=GET");
	add("DOCUMENT_URI=/");
	add_long(lengths[_i].name, 'a', lengths[_i].n);
	parse();
	if (lengths[_i].bad == NULL)
		ck_assert_msg(req.bad == NULL, "%s", req.bad);
	else
		ck_assert_str_eq(req.bad, lengths[_i].bad);
	ck_assert_uint_le(strlen(req.cookie), HTTP_COOKIE_MAX);
}
END_TEST

START_TEST(path_is_bounded)
{
	add("REQUEST_METHOD=GET");
	add_long("DOCUMENT_URI", '/', HTTP_PATH_MAX + (size_t)_i);
	parse();
	ck_assert_uint_eq(req.bad != NULL, (unsigned)_i);
}
END_TEST

START_TEST(query_is_bounded)
{
	add("REQUEST_METHOD=GET");
	add("DOCUMENT_URI=/");
	add_long("QUERY_STRING", 'a', HTTP_QUERY_MAX + (size_t)_i);
	parse();
	ck_assert_ptr_null(req.bad);
	ck_assert_int_eq(req.query_error, _i == 0 ? ERR_OK : ERR_TOO_LARGE);
	ck_assert_uint_eq(req.query.n, _i == 0 ? 1 : 0);
}
END_TEST

START_TEST(query_mistakes)
{
	static const char *const queries[] = {"QUERY_STRING=a=%00", "QUERY_STRING=a=%C0%AF", "QUERY_STRING=%"};
	add(queries[_i]);
	parse();
	ck_assert_int_eq(req.query_error, ERR_INVALID);
	ck_assert_uint_eq(req.query.n, 0);
}
END_TEST

static const struct {
	const char *entry;
	uint64_t length;
	enum http_body_state state;
} content_lengths[] = {
	{"CONTENT_LENGTH=", 0, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=0", 0, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=12", 12, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=007", 7, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=18446744073709551615", UINT64_MAX, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=18446744073709551616", UINT64_MAX, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=99999999999999999999999999", UINT64_MAX, HTTP_BODY_NONE},
	{"CONTENT_LENGTH=99999999999999999999999999x", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH=-1", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH=+1", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH=1e3", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH=0x10", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH=1.5", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH= 1", 0, HTTP_BODY_BAD_LENGTH},
	{"CONTENT_LENGTH=1, 1", 0, HTTP_BODY_BAD_LENGTH},
};

START_TEST(content_length)
{
	add(content_lengths[_i].entry);
	parse();
	ck_assert_uint_eq(req.content_length, content_lengths[_i].length);
	ck_assert_int_eq(req.body_state, content_lengths[_i].state);
}
END_TEST

/* nginx hands on a header that came several times as several parameters. */
START_TEST(repeated_headers)
{
	add("REQUEST_METHOD=GET");
	add("REQUEST_METHOD=POST");
	add("DOCUMENT_URI=/");
	add("REMOTE_ADDR=127.0.0.1");
	add("HTTP_COOKIE=a=1");
	add("HTTP_COOKIE=b=2");
	add("HTTP_X_FORWARDED_FOR=127.0.0.1");
	add("HTTP_X_FORWARDED_FOR=203.0.113.7");
	add("HTTP_USER_AGENT=one");
	add("HTTP_USER_AGENT=two");
	add("HTTP_IF_NONE_MATCH=\"1\"");
	add("HTTP_IF_NONE_MATCH=\"2\"");
	parse();
	ck_assert_ptr_null(req.bad);
	ck_assert_int_eq(req.method, HTTP_GET);
	ck_assert_str_eq(http_cookie_get(&req, "a"), "1");
	ck_assert_str_eq(http_cookie_get(&req, "b"), "2");
	ck_assert_str_eq(req.client_address, "203.0.113.7");
	ck_assert_str_eq(req.user_agent, "one");
	ck_assert_str_eq(req.if_none_match, "\"1\", \"2\"");
	add("HTTP_ORIGIN=https://a");
	add("HTTP_ORIGIN=https://b");
	parse();
	ck_assert_str_eq(req.bad, "origin");
}
END_TEST

START_TEST(endless_repetition)
{
	add("REQUEST_METHOD=GET");
	add("DOCUMENT_URI=/");
	for (int i = 0; i < 40; i++)
		add("HTTP_COOKIE=a=1");
	parse();
	ck_assert_str_eq(req.bad, "cookie");
}
END_TEST

/* A bad byte in what the client wrote must not hide what our proxy wrote. */
START_TEST(forwarded_with_bad_bytes)
{
	add("REMOTE_ADDR=127.0.0.1");
	add("HTTP_X_FORWARDED_FOR=\xff\x01, 203.0.113.7");
	parse();
	ck_assert_str_eq(req.client_address, "203.0.113.7");
	ck_assert_str_eq(req.forwarded_for, "");
}
END_TEST

static const char *const bad_ids[] = {
	"REQUEST_ID=", "REQUEST_ID=0123456789abcdef", "REQUEST_ID=0123456789ABCDEF0123456789ABCDEF",
	"REQUEST_ID=0123456789abcdef0123456789abcdef0", "REQUEST_ID=0123456789abcdef0123456789abcde\n", "HTTP_REQUEST_ID=x",
};

START_TEST(own_request_id)
{
	char first[33];
	add(bad_ids[_i]);
	parse();
	ck_assert_uint_eq(strlen(req.request_id), 32);
	ck_assert_uint_eq(strspn(req.request_id, "0123456789abcdef"), 32);
	memcpy(first, req.request_id, sizeof first);
	parse();
	ck_assert_str_ne(first, req.request_id);
}
END_TEST

static const struct {
	const char *header, *name, *value;
} cookies[] = {
	{"a=1; b=2", "a", "1"},
	{"a=1; b=2", "b", "2"},
	{"a=1;b=2", "b", "2"},
	{"a=1; a=2", "a", "1"},
	{"a=\"x y\"", "a", "x y"},
	{"a=\"", "a", "\""},
	{"a=\"\"", "a", ""},
	{"a=", "a", ""},
	{"a=x=y", "a", "x=y"},
	{"  a=1  ; b=2 ", "a", "1"},
	{"  a=1  ; b=2 ", "b", "2"},
	{"a; b=1", "b", "1"},
	{"a; b=1", "a", NULL},
	{"aa=1", "a", NULL},
	{"a=1", "aa", NULL},
	{"A=1", "a", NULL},
	{"x=a=1", "a", NULL},
	{"=1", "", NULL},
	{";;;=;;", "a", NULL},
	{"", "a", NULL},
	{"__Host-outport=AAAA_-", "__Host-outport", "AAAA_-"},
};

START_TEST(cookie)
{
	struct http_request r = {.arena = arena, .cookie = cookies[_i].header};
	const char *value = http_cookie_get(&r, cookies[_i].name);
	if (cookies[_i].value == NULL)
		ck_assert_ptr_null(value);
	else
		ck_assert_str_eq(value, cookies[_i].value);
}
END_TEST

START_TEST(https_is_said)
{
	static const struct {
		const char *entry;
		bool https;
	} given[] = {{"HTTPS=on", true}, {"HTTPS=1", true}, {"HTTPS=off", false}, {"HTTPS=", false}, {"HTTP_HTTPS=on", false}};
	add(given[_i].entry);
	parse();
	ck_assert_int_eq(req.https, given[_i].https);
}
END_TEST

/* Whichever allocation is the one that fails. */
START_TEST(little_memory_is_said)
{
	bool enough = false;
	add("REQUEST_METHOD=GET");
	add("DOCUMENT_URI=/");
	add("REMOTE_ADDR=127.0.0.1");
	add("HTTP_HOST=example.org");
	add("HTTP_COOKIE=a=1");
	add("HTTP_COOKIE=b=2");
	add("CONTENT_TYPE=text/plain");
	add("QUERY_STRING=a=1&b=2");
	for (size_t cap = 16; cap <= 1024; cap += 16) {
		struct arena *small = arena_new(cap);
		enum err e = http_request_parse(small, env, "", &req);
		ck_assert(e == ERR_NOMEM || e == ERR_OK);
		ck_assert(!enough || e == ERR_OK);
		enough = e == ERR_OK;
		ck_assert(!enough || strcmp(req.client_address, "127.0.0.1") == 0);
		ck_assert(!enough || strcmp(req.cookie, "a=1; b=2") == 0);
		arena_free(small);
	}
	ck_assert(enough);
}
END_TEST

Suite *suite_request(void)
{
	Suite *s = suite_create("request");
	TCase *t = tcase_create("request");
	tcase_add_checked_fixture(t, open_case, close_case);
	tcase_add_test(t, whole_request);
	tcase_add_test(t, empty_request);
	tcase_add_loop_test(t, method, 0, sizeof methods / sizeof methods[0]);
	tcase_add_loop_test(t, head_is_judged, 0, sizeof judged / sizeof judged[0]);
	tcase_add_test(t, route_comes_first);
	tcase_add_loop_test(t, head_is_bounded, 0, sizeof lengths / sizeof lengths[0]);
	tcase_add_loop_test(t, path_is_bounded, 0, 2);
	tcase_add_loop_test(t, query_is_bounded, 0, 2);
	tcase_add_loop_test(t, query_mistakes, 0, 3);
	tcase_add_loop_test(t, content_length, 0, sizeof content_lengths / sizeof content_lengths[0]);
	tcase_add_test(t, repeated_headers);
	tcase_add_test(t, endless_repetition);
	tcase_add_test(t, forwarded_with_bad_bytes);
	tcase_add_loop_test(t, own_request_id, 0, sizeof bad_ids / sizeof bad_ids[0]);
	tcase_add_loop_test(t, cookie, 0, sizeof cookies / sizeof cookies[0]);
	tcase_add_loop_test(t, https_is_said, 0, 5);
	tcase_add_test(t, little_memory_is_said);
	suite_add_tcase(s, t);
	return s;
}
