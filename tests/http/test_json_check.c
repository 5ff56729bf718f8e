#include <string.h>

#include "http/json_check.h"
#include "suites_http.h"

static const char *const good[] = {
	"{}", "[]", " { } ", "\t\r\n[ ]\n", "null", "true", "false", "\"\"", "0", "-0", "10", "-1.5", "1e5", "1E+5", "1.25e-10",
	"{\"a\":1}", "{ \"a\" : [ 1 , { \"b\" : null } ] , \"\" : \"x\" }", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "\"\\ud83d\\ude00\"",
	"\"é 🚣 \x7f\"", "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
};

START_TEST(good_json)
{
	ck_assert_msg(json_check(good[_i], strlen(good[_i])) == ERR_OK, "%s", good[_i]);
}
END_TEST

static const char *const malformed[] = {
	"", " ", "{", "}", "{]", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}",
	"{'a':1}", "{\"a\":1}}", "{} {}", "{}x", "x", "nul", "nulll", "True", "undefined", "NaN", "Infinity", "-", "+1", "01", "-01",
	"1.", ".5", "1.e5", "1e", "1e+", "0x10", "1_000", "\"", "\"a", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "\"\\u",
	"\"\\ud83d\"", "\"\\ud83d\\n\"", "\"\\ud83d\\u0041\"", "\"\\ude00\"", "\"\\ude00\\ud83d\"", "\"\\u0000\"", "{\"a\\u0000\":1}",
	"\"a\nb\"", "\"a\tb\"", "\"\x01\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xff\"", "\xef\xbb\xbf{}", "/**/{}", "{}//", "\v{}", "\f{}",
	("{\"a\":\x0b" "1}"),
};

START_TEST(malformed_json)
{
	ck_assert_msg(json_check(malformed[_i], strlen(malformed[_i])) == ERR_INVALID, "%s", malformed[_i]);
}
END_TEST

START_TEST(nul_bytes)
{
	ck_assert_int_eq(json_check("{}\0", 3), ERR_INVALID);
	ck_assert_int_eq(json_check("\0{}", 3), ERR_INVALID);
	ck_assert_int_eq(json_check("\"a\0b\"", 5), ERR_INVALID);
	ck_assert_int_eq(json_check("[1,\0]", 5), ERR_INVALID);
}
END_TEST

/* n bytes and no more: the byte after them is not looked at. */
START_TEST(ends_where_it_ends)
{
	ck_assert_int_eq(json_check("{}garbage", 2), ERR_OK);
	ck_assert_int_eq(json_check("123", 2), ERR_OK);
	ck_assert_int_eq(json_check("true", 3), ERR_INVALID);
	ck_assert_int_eq(json_check("\"a\"", 2), ERR_INVALID);
}
END_TEST

START_TEST(depth_is_bounded)
{
	static char deep[100000];
	memset(deep, '[', sizeof deep);
	ck_assert_int_eq(json_check(deep, sizeof deep), ERR_TOO_LARGE);
	ck_assert_int_eq(json_check(deep, JSON_DEPTH_MAX + 1), ERR_TOO_LARGE);
	ck_assert_int_eq(json_check(deep, JSON_DEPTH_MAX), ERR_INVALID);
}
END_TEST

START_TEST(values_are_counted)
{
	static char many[2 * JSON_VALUES_MAX + 2];
	size_t n = 0;
	many[n++] = '[';
	for (int i = 0; i < JSON_VALUES_MAX - 2 + _i; i++) {
		many[n++] = '1';
		many[n++] = ',';
	}
	many[n++] = '1';
	many[n++] = ']';
	ck_assert_int_eq(json_check(many, n), _i == 0 ? ERR_OK : ERR_TOO_LARGE);
}
END_TEST

Suite *suite_json_check(void)
{
	Suite *s = suite_create("json_check");
	TCase *t = tcase_create("json_check");
	tcase_add_loop_test(t, good_json, 0, sizeof good / sizeof good[0]);
	tcase_add_loop_test(t, malformed_json, 0, sizeof malformed / sizeof malformed[0]);
	tcase_add_test(t, nul_bytes);
	tcase_add_test(t, ends_where_it_ends);
	tcase_add_test(t, depth_is_bounded);
	tcase_add_loop_test(t, values_are_counted, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
