#include <stdio.h>
#include <string.h>

#include "http/response.h"
#include "suites_http.h"

static struct arena *arena;
static struct http_response res;

static void open_case(void)
{
	arena = arena_new(1 << 16);
	buf_init(&res.body, HTTP_BODY_CAP);
	http_response_reset(&res);
}

static void close_case(void)
{
	buf_free(&res.body);
	arena_free(arena);
}

static const char *header(const char *name)
{
	for (unsigned i = 0; i < res.header_count; i++)
		if (strcmp(res.headers[i].name, name) == 0)
			return res.headers[i].value;
	return NULL;
}

START_TEST(reset)
{
	buf_puts(&res.body, "text");
	http_header_set(&res, "Location", "/");
	res.status = 404;
	res.route = "/x";
	res.db_queries = 3;
	const char *memory = res.body.data;
	http_response_reset(&res);
	ck_assert_int_eq(res.status, 200);
	ck_assert_uint_eq(res.header_count, 0);
	ck_assert_uint_eq(res.body.len, 0);
	ck_assert_uint_eq(res.body.cap, HTTP_BODY_CAP);
	ck_assert_ptr_eq(res.body.data, memory);
	ck_assert_ptr_null(res.route);
	ck_assert_uint_eq(res.db_queries, 0);
}
END_TEST

START_TEST(headers_replace)
{
	http_header_set(&res, "Cache-Control", "no-store");
	http_header_set(&res, "Vary", "Accept");
	http_header_set(&res, "cache-control", "max-age=60");
	ck_assert_uint_eq(res.header_count, 2);
	ck_assert_str_eq(header("Cache-Control"), "max-age=60");
}
END_TEST

static const struct {
	const char *name, *value;
	bool kept;
} headers[] = {
	{"Location", "/listings/1/caf%C3%A9", true},
	{"Location", "", true},
	{"X-Tab", "a\tb", true},
	{"Title", "é", true},
	{"Location", "/a\r\nSet-Cookie: x=y", false},
	{"Location", "/a\nX: y", false},
	{"Location", "/a\rX: y", false},
	{"Location", "\n", false},
	{"Location", "/a\x01", false},
	{"Location", "/a\x7f", false},
	{"Location", NULL, false},
	{"Loc ation", "/", false},
	{"Location:", "/", false},
	{"Loca\r\ntion", "/", false},
	{"", "/", false},
};

START_TEST(injection_is_dropped)
{
	http_header_set(&res, headers[_i].name, headers[_i].value);
	ck_assert_uint_eq(res.header_count, headers[_i].kept ? 1 : 0);
}
END_TEST

START_TEST(headers_are_bounded)
{
	static char names[HTTP_HEADERS_MAX + 2][16];
	for (int i = 0; i < HTTP_HEADERS_MAX + 2; i++) {
		snprintf(names[i], sizeof names[i], "X-%d", i);
		http_header_set(&res, names[i], "v");
	}
	ck_assert_uint_eq(res.header_count, HTTP_HEADERS_MAX);
	http_header_set(&res, "x-0", "w");
	ck_assert_str_eq(header("X-0"), "w");
}
END_TEST

START_TEST(reasons)
{
	static const struct {
		int status;
		const char *phrase;
	} given[] = {{200, "OK"}, {303, "See Other"}, {304, "Not Modified"}, {404, "Not Found"}, {422, "Unprocessable Content"},
		{429, "Too Many Requests"}, {503, "Service Unavailable"}, {299, "Unknown"}, {0, "Unknown"}};
	ck_assert_str_eq(http_reason(given[_i].status), given[_i].phrase);
}
END_TEST

/* Of the body "abc": xxhsum -H2 gives 06b05ab6733a618578af5f94892f3950. */
static const char abc_tag[] = "\"BrBatnM6YYV4r1-UiS85UA\"";

static const struct {
	const char *header;
	bool matches;
} lists[] = {
	{"\"BrBatnM6YYV4r1-UiS85UA\"", true},
	{"W/\"BrBatnM6YYV4r1-UiS85UA\"", true}, /* as nginx makes it when it compresses */
	{"*", true},
	{" * ", true},
	{"\"x\", \"BrBatnM6YYV4r1-UiS85UA\"", true},
	{"\"x\",W/\"y\" ,\t\"BrBatnM6YYV4r1-UiS85UA\" , \"z\"", true},
	{", ,\"BrBatnM6YYV4r1-UiS85UA\"", true},
	{"\"a,b\", \"BrBatnM6YYV4r1-UiS85UA\"", true},
	{"", false},
	{"\"\"", false},
	{"\"x\"", false},
	{"BrBatnM6YYV4r1-UiS85UA", false},
	{"\"BrBatnM6YYV4r1-UiS85UA", false},
	{"\"BrBatnM6YYV4r1-UiS85U\"", false},
	{"\"BrBatnM6YYV4r1-UiS85UAx\"", false},
	{"w/\"BrBatnM6YYV4r1-UiS85UA\"", false},
	{"\"x\" \"BrBatnM6YYV4r1-UiS85UA\"", false},
	{"\"x, \"BrBatnM6YYV4r1-UiS85UA\"", false},
	{"*, \"x\"", false},
	{"**", false},
	{NULL, false},
};

START_TEST(etag)
{
	buf_puts(&res.body, "abc");
	ck_assert_int_eq(http_etag(&res, arena, lists[_i].header), lists[_i].matches);
	ck_assert_str_eq(header("ETag"), abc_tag);
	ck_assert_int_eq(res.status, lists[_i].matches ? 304 : 200);
	ck_assert_uint_eq(res.body.len, lists[_i].matches ? 0 : 3);
}
END_TEST

START_TEST(etag_for_good_answers_only)
{
	res.status = 404;
	buf_puts(&res.body, "abc");
	ck_assert(!http_etag(&res, arena, "*"));
	ck_assert_int_eq(res.status, 404);
	ck_assert_ptr_null(header("ETag"));
}
END_TEST

START_TEST(etag_of_nothing)
{
	ck_assert(!http_etag(&res, arena, ""));
	ck_assert_ptr_nonnull(header("ETag"));
	ck_assert_uint_eq(strlen(header("ETag")), sizeof abc_tag - 1);
}
END_TEST

Suite *suite_response(void)
{
	Suite *s = suite_create("response");
	TCase *t = tcase_create("response");
	tcase_add_checked_fixture(t, open_case, close_case);
	tcase_add_test(t, reset);
	tcase_add_test(t, headers_replace);
	tcase_add_loop_test(t, injection_is_dropped, 0, sizeof headers / sizeof headers[0]);
	tcase_add_test(t, headers_are_bounded);
	tcase_add_loop_test(t, reasons, 0, 9);
	tcase_add_loop_test(t, etag, 0, sizeof lists / sizeof lists[0]);
	tcase_add_test(t, etag_for_good_answers_only);
	tcase_add_test(t, etag_of_nothing);
	suite_add_tcase(s, t);
	return s;
}
