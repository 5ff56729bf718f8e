#include <stdlib.h>
#include <string.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/json_pick.h"

#define BYTES(s) (s), sizeof(s) - 1
#define REFUSED(s) {(s), sizeof(s) - 1, ERR_INVALID, NULL, NULL}

/* What "a" of the object itself and "v" of its member "o" are; NULL: not given. */
static const struct {
	const char *text;
	size_t n;
	enum err err;
	const char *a, *v;
} cases[] = {
	{BYTES("{}"), ERR_OK, NULL, NULL},
	{BYTES(" \t\r\n{ } "), ERR_OK, NULL, NULL},
	{BYTES("{\"a\":\"x\"}"), ERR_OK, "x", NULL},
	{BYTES("{\"a\":\"\"}"), ERR_OK, "", NULL},
	{BYTES("{ \"b\" : [1, {\"a\": 2}, \"a\"] , \"a\" : \"x y\" }"), ERR_OK, "x y", NULL},
	{BYTES("{\"o\":{\"v\":\"in\",\"a\":\"no\"},\"v\":\"no\"}"), ERR_OK, NULL, "in"},
	{BYTES("{\"o\":{\"o\":{\"v\":\"no\"}},\"a\":\"1\"}"), ERR_OK, "1", NULL},
	{BYTES("{\"o\":[{\"v\":\"no\"}]}"), ERR_OK, NULL, NULL},
	{BYTES("{\"o\":[[[{\"v\":\"no\"}]]],\"x\":{\"v\":\"no\"}}"), ERR_OK, NULL, NULL},
	{BYTES("{\"o\":\"v\",\"a\":null}"), ERR_OK, NULL, NULL},
	{BYTES("{\"\\u0061\":\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"}"), ERR_OK, "Aé€😀", NULL},
	{BYTES("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"), ERR_OK, "\"\\/\b\f\n\r\t", NULL},
	{BYTES("{\"a\":\"é€😀\x7f\"}"), ERR_OK, "é€😀\x7f", NULL},
	{BYTES("{\"a\":3306}"), ERR_OK, "3306", NULL},
	{BYTES("{\"a\":-0.5e+10}"), ERR_OK, "-0.5e+10", NULL},
	{BYTES("{\"a\":0}"), ERR_OK, "0", NULL},
	{BYTES("{\"a\":\"012345678901234\"}"), ERR_OK, "012345678901234", NULL},
	{BYTES("{\"a\":\"0123456789012345\"}"), ERR_TOO_LARGE, NULL, NULL},
	{BYTES("{\"a\":\"01234567890123\\u20AC\"}"), ERR_TOO_LARGE, NULL, NULL},
	{BYTES("{\"b\":\"0123456789012345678901234567890123456789\"}"), ERR_OK, NULL, NULL},
	{BYTES("{\"a234567890123456789012345678901234567890123456789012345678901234567890\":{\"v\":1},\"a\":\"x\"}"), ERR_OK, "x", NULL},
	{BYTES("{\"b\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}"), ERR_OK, NULL, NULL},
	REFUSED("{\"b\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"),
	REFUSED(""), REFUSED("  "), REFUSED("[]"), REFUSED("\"a\""), REFUSED("null"), REFUSED("{"), REFUSED("}"), REFUSED("{}}"), REFUSED("{} x"),
	REFUSED("{\"a\""), REFUSED("{\"a\":"), REFUSED("{\"a\":}"), REFUSED("{\"a\":\"x"), REFUSED("{\"a\":\"x\""), REFUSED("{\"a\":\"x\","),
	REFUSED("{\"a\":\"x\",}"), REFUSED("{,\"a\":\"x\"}"), REFUSED("{\"a\" \"x\"}"), REFUSED("{a:\"x\"}"), REFUSED("{'a':'x'}"), REFUSED("{1:\"x\"}"),
	REFUSED("{\"b\":[1,]}"), REFUSED("{\"b\":[1 2]}"), REFUSED("{\"b\":[1}"), REFUSED("{\"b\":[1"), REFUSED("{\"b\":{\"a\"]}"),
	REFUSED("{\"a\":\"x\",\"a\":\"x\"}"), REFUSED("{\"a\":\"x\",\"\\u0061\":\"x\"}"), REFUSED("{\"a\":\"x\",\"a\":null}"), REFUSED("{\"o\":{\"v\":1},\"o\":{\"v\":1}}"),
	REFUSED("{\"a\":true}"), REFUSED("{\"a\":false}"), REFUSED("{\"a\":[]}"), REFUSED("{\"a\":{}}"),
	REFUSED("{\"b\":tru}"), REFUSED("{\"b\":nul"), REFUSED("{\"b\":True}"), REFUSED("{\"b\":nan}"),
	REFUSED("{\"b\":01}"), REFUSED("{\"b\":-}"), REFUSED("{\"b\":1.}"), REFUSED("{\"b\":.5}"), REFUSED("{\"b\":1e}"), REFUSED("{\"b\":1e+}"), REFUSED("{\"b\":+1}"), REFUSED("{\"b\":1x}"),
	REFUSED("{\"b\":\"\\x\"}"), REFUSED("{\"b\":\"\\"), REFUSED("{\"b\":\"\\u12\"}"), REFUSED("{\"b\":\"\\u12g4\"}"), REFUSED("{\"b\":\"\\u0000\"}"),
	REFUSED("{\"b\":\"\\ud800\"}"), REFUSED("{\"b\":\"\\ud800\\u0041\"}"), REFUSED("{\"b\":\"\\udc00\"}"), REFUSED("{\"b\":\"\\ud800\\ud800\"}"),
	REFUSED("{\"b\":\"\t\"}"), REFUSED("{\"b\":\"\0\"}"), REFUSED("{\"b\":\"\xff\"}"), REFUSED("\xef\xbb\xbf{}"), REFUSED("{}\0"), REFUSED("{} // x"),
};

START_TEST(members_are_taken_out)
{
	char a[16], v[16];
	/* of its very size, so that a look behind its end is seen */
	char *text = malloc(cases[_i].n + 1);
	memcpy(text, cases[_i].text, cases[_i].n);
	text = realloc(text, cases[_i].n > 0 ? cases[_i].n : 1);
	memset(a, 'x', sizeof a);
	memset(v, 'x', sizeof v);
	struct json_member m[] = {{.name = "a", .to = a, .size = sizeof a}, {.object = "o", .name = "v", .to = v, .size = sizeof v}};
	ck_assert_msg(json_pick(text, cases[_i].n, m, 2) == cases[_i].err, "%s", cases[_i].text);
	ck_assert_int_eq(m[0].given, cases[_i].a != NULL);
	ck_assert_int_eq(m[1].given, cases[_i].v != NULL);
	ck_assert_str_eq(a, cases[_i].a != NULL ? cases[_i].a : "");
	ck_assert_str_eq(v, cases[_i].v != NULL ? cases[_i].v : "");
	for (size_t i = 0; cases[_i].err != ERR_OK && i < sizeof a; i++)
		ck_assert(a[i] == 0 && v[i] == 0);
	free(text);
}
END_TEST

Suite *suite_json_pick(void)
{
	Suite *s = suite_create("json_pick");
	TCase *t = tcase_create("json_pick");
	tcase_add_loop_test(t, members_are_taken_out, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(s, t);
	return s;
}
