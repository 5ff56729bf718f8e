#include <stdio.h>
#include <string.h>

#include "http/form.h"
#include "suites_http.h"

static const char urlencoded[] = "application/x-www-form-urlencoded", json[] = "application/json";

static struct arena *arena;
static struct http_params read;
static const char *bad_field;

static void open_case(void)
{
	arena = arena_new(1 << 20);
}

static void close_case(void)
{
	arena_free(arena);
}

static int read_body(const char *type, const char *body, size_t n, bool as_json)
{
	struct http_request req = {
		.arena = arena, .content_type = type, .body_state = HTTP_BODY_WHOLE, .body = body, .body_len = n, .content_length = n,
	};
	return form_read(&req, as_json, &read, &bad_field);
}

/* read: "name=value/…" when status is 0; the bad field's name when it is 422. */
static const struct {
	const char *body;
	int status;
	const char *read;
} objects[] = {
	{"{}", 0, ""},
	{"{\"a\":\"x\",\"b\":\"\"}", 0, "a=x/b=/"},
	{"{\"a\":\"\\u00e9\\ud83d\\ude00 \\\"\\n\"}", 0, "a=é😀 \"\n/"},
	{"{\"a\":null,\"b\":1}", 0, "b=1/"},
	/* Whole numbers as a double holds them exactly. */
	{"{\"a\":0,\"b\":-0,\"c\":-5,\"d\":1250}", 0, "a=0/b=0/c=-5/d=1250/"},
	{"{\"a\":1.0,\"b\":1e3,\"c\":12.5e1}", 0, "a=1/b=1000/c=125/"},
	{"{\"a\":9007199254740991,\"b\":-9007199254740991}", 0, "a=9007199254740991/b=-9007199254740991/"},
	{"{\"a\":9007199254740992}", 422, "a"},
	{"{\"a\":9007199254740993}", 422, "a"},
	{"{\"a\":-9007199254740993}", 422, "a"},
	{"{\"a\":1.5}", 422, "a"},
	{"{\"a\":0.1}", 422, "a"},
	{"{\"a\":1e-5}", 422, "a"},
	{"{\"a\":1e400}", 422, "a"},
	{"{\"a\":-1e400}", 422, "a"},
	{"{\"a\":1e300}", 422, "a"},
	{"{\"a\":true}", 422, "a"},
	{"{\"a\":\"x\",\"b\":false}", 422, "b"},
	{"{\"a\":{}}", 422, "a"},
	{"{\"a\":[\"x\"]}", 422, "a"},
	{"{\"a\":{\"b\":[1,2,{\"c\":null}]}}", 422, "a"},
	/* A name given twice, however it is written. */
	{"{\"a\":\"x\",\"a\":\"x\"}", 422, "a"},
	{"{\"a\":null,\"a\":\"x\"}", 422, "a"},
	{"{\"a\":\"x\",\"b\":1,\"\\u0061\":\"y\"}", 422, "a"},
	{"{\"a\":\"x\",\"A\":\"y\"}", 0, "a=x/A=y/"},
	{"", 400, ""},
	{"[]", 400, ""},
	{"\"a\"", 400, ""},
	{"1", 400, ""},
	{"null", 400, ""},
	{"{\"a\":\"x\"", 400, ""},
	{"{\"a\":\"x\"} ", 0, "a=x/"},
	{"{\"a\":\"x\"}}", 400, ""},
	{"{\"a\":01}", 400, ""},
	{"{\"a\":\"\\u0000\"}", 400, ""},
	{"{\"a\":\"x\\u0000y\"}", 400, ""},
	{"{\"a\\u0000\":\"x\"}", 400, ""},
	{"{\"a\":\"\\ud800\"}", 400, ""},
	{"{\"a\":\"\xc0\xaf\"}", 400, ""},
	{"{\"a\":\"\n\"}", 400, ""},
	{"\xef\xbb\xbf{}", 400, ""},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 413, ""},
};

START_TEST(json_object)
{
	char text[256] = "";
	int status = read_body(json, objects[_i].body, strlen(objects[_i].body), true);
	ck_assert_msg(status == objects[_i].status, "%s: %d", objects[_i].body, status);
	if (status == 422) {
		ck_assert_str_eq(bad_field, objects[_i].read);
		ck_assert_uint_eq(read.n, 0);
		return;
	}
	ck_assert_ptr_null(bad_field);
	ck_assert(read.machine == (status == 0));
	for (size_t i = 0; i < read.n; i++) {
		size_t n = strlen(text);
		snprintf(text + n, sizeof text - n, "%s=%s/", read.list[i].name, read.list[i].value);
	}
	ck_assert_str_eq(text, objects[_i].read);
}
END_TEST

/* Some versions of cJSON do not read more than 63 characters of a number. */
START_TEST(long_number)
{
	static const char body[] = "{\"a\":11111111111111111111111111111111111111111111111111111111111111111111111111111111111}";
	int status = read_body(json, body, strlen(body), true);
	ck_assert(status == 422 || status == 400);
	ck_assert_uint_eq(read.n, 0);
}
END_TEST

START_TEST(json_members_are_counted)
{
	char body[4000] = "{";
	size_t n = 1;
	for (int i = 0; i < HTTP_PARAMS_MAX + _i; i++)
		n += (size_t)snprintf(body + n, sizeof body - n, "%s\"f%d\":1", i == 0 ? "" : ",", i);
	body[n++] = '}';
	ck_assert_int_eq(read_body(json, body, n, true), _i == 0 ? 0 : 413);
	ck_assert_uint_eq(read.n, _i == 0 ? HTTP_PARAMS_MAX : 0);
}
END_TEST

static const struct {
	const char *body;
	int status;
	size_t n;
} bodies[] = {
	{"", 0, 0}, {"a=1&b=%C3%A9", 0, 2}, {"a=1&a=2", 0, 2}, {"a=%00", 400, 0}, {"a=%C0%AF", 400, 0}, {"a=%zz", 400, 0}, {"a=1&\xff", 400, 0},
};

START_TEST(urlencoded_body)
{
	ck_assert_int_eq(read_body(urlencoded, bodies[_i].body, strlen(bodies[_i].body), false), bodies[_i].status);
	ck_assert_uint_eq(read.n, bodies[_i].n);
	ck_assert(!read.machine);
	ck_assert_ptr_null(bad_field);
}
END_TEST

START_TEST(ten_thousand_parameters)
{
	static char body[40000];
	for (size_t i = 0; i < sizeof body; i += 4)
		memcpy(body + i, "a=1&", 4);
	ck_assert_int_eq(read_body(urlencoded, body, sizeof body, false), 413);
	ck_assert_uint_eq(read.n, 0);
}
END_TEST

START_TEST(raw_nul)
{
	ck_assert_int_eq(read_body(urlencoded, "a=b\0c", 5, false), 400);
	ck_assert_int_eq(read_body(json, "{\"a\":\"b\0c\"}", 11, true), 400);
}
END_TEST

static const struct {
	const char *type;
	bool json;
	int status;
} types[] = {
	{"application/x-www-form-urlencoded", false, 0},
	{"application/json", true, 0},
	{"application/json", false, 415},
	{"application/x-www-form-urlencoded", true, 415},
	{"text/plain", false, 415},
	{"text/plain", true, 415},
	{"multipart/form-data", false, 415},
	{"application/problem+json", true, 415},
	{"", false, 415},
	{"", true, 415},
};

START_TEST(media_types)
{
	ck_assert_int_eq(read_body(types[_i].type, types[_i].json ? "{}" : "a=1", types[_i].json ? 2 : 3, types[_i].json), types[_i].status);
}
END_TEST

static const struct {
	enum http_body_state state;
	bool json;
	int status;
} states[] = {
	{HTTP_BODY_NONE, false, 0},
	{HTTP_BODY_NONE, true, 400},
	{HTTP_BODY_TOO_LARGE, false, 413},
	{HTTP_BODY_TOO_LARGE, true, 413},
	{HTTP_BODY_SHORT, false, 400},
	{HTTP_BODY_SHORT, true, 400},
	{HTTP_BODY_BAD_LENGTH, false, 400},
	{HTTP_BODY_BAD_LENGTH, true, 400},
};

START_TEST(body_states)
{
	struct http_request req = {.arena = arena, .content_type = states[_i].json ? json : urlencoded, .body_state = states[_i].state};
	ck_assert_int_eq(form_read(&req, states[_i].json, &read, &bad_field), states[_i].status);
	ck_assert_uint_eq(read.n, 0);
}
END_TEST

/* Whichever allocation is the one that fails. */
START_TEST(little_memory_is_said)
{
	static const char *const given[] = {"{\"a\":\"x\",\"b\":\"y\",\"c\":1}", "a=x&b=y&c=1"};
	bool enough = false;
	for (size_t cap = 16; cap <= 1024; cap += 16) {
		struct arena *small = arena_new(cap);
		struct http_request req = {.arena = small, .content_type = _i == 0 ? json : urlencoded, .body_state = HTTP_BODY_WHOLE,
			.body = given[_i], .body_len = strlen(given[_i])};
		int status = form_read(&req, _i == 0, &read, &bad_field);
		ck_assert(status == 503 || status == 0);
		ck_assert(!enough || status == 0);
		enough = status == 0;
		ck_assert_uint_eq(read.n, enough ? 3 : 0);
		arena_free(small);
	}
	ck_assert(enough);
}
END_TEST

Suite *suite_form(void)
{
	Suite *s = suite_create("form");
	TCase *t = tcase_create("form");
	tcase_add_checked_fixture(t, open_case, close_case);
	tcase_add_loop_test(t, json_object, 0, sizeof objects / sizeof objects[0]);
	tcase_add_test(t, long_number);
	tcase_add_loop_test(t, json_members_are_counted, 0, 2);
	tcase_add_loop_test(t, urlencoded_body, 0, sizeof bodies / sizeof bodies[0]);
	tcase_add_test(t, ten_thousand_parameters);
	tcase_add_test(t, raw_nul);
	tcase_add_loop_test(t, media_types, 0, sizeof types / sizeof types[0]);
	tcase_add_loop_test(t, body_states, 0, sizeof states / sizeof states[0]);
	tcase_add_loop_test(t, little_memory_is_said, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
