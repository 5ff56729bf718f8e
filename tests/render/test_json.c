#include "../support/suites.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "render/json.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *in, *out;
} strings[] = {
	{"", "\"\""},
	{"plain é 漢 😀", "\"plain é 漢 😀\""},
	{"\"\\/", "\"\\\"\\\\/\""},
	{"\n\r\t\b\x01\x1f\x7f", "\"\\n\\r\\t\\u0008\\u0001\\u001f\\u007f\""},
	{"</script><!--", "\"\\u003c/script>\\u003c!--\""},
	{NULL, "null"},
	{"a\xff" "b", "\"a\uFFFDb\""},
	{"\xc0\xaf", "\"\uFFFD\uFFFD\""},
	{"\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
	{"\xf4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
	{"é\xe2\x82", "\"é\uFFFD\uFFFD\""},
	{"\xff<\"é", "\"\uFFFD\\u003c\\\"é\""},
};

/* What needs an escape is seen wherever it stands: the writer looks at sixteen bytes at once. */
START_TEST(no_place_hides_a_character)
{
	static const char special[] = {'"', '\\', '<', '\n', 0x01, 0x1f, 0x7f, (char)0x80, (char)0xff};
	struct buf b;
	struct json j;
	size_t n = (size_t)_i;
	buf_init(&b, 1024);
	for (size_t at = 0; at < n; at++) {
		for (size_t k = 0; k < COUNT_OF(special); k++) {
			char text[64] = {0};
			memset(text, 'a', n);
			text[at] = special[k];
			buf_reset(&b);
			json_begin(&j, &b);
			json_string(&j, text);
			ck_assert_msg(b.len > n + 2, "byte %02x at %zu of %zu", (unsigned char)special[k], at, n);
		}
	}
	char plain[64] = {0};
	memset(plain, 'z', n);
	buf_reset(&b);
	json_begin(&j, &b);
	json_string(&j, plain);
	ck_assert_uint_eq(b.len, n + 2);
	ck_assert_int_eq(strncmp(buf_str(&b) + 1, plain, n), 0);
	buf_free(&b);
}
END_TEST

START_TEST(strings_are_escaped)
{
	struct buf b;
	struct json j;
	buf_init(&b, 1024);
	json_begin(&j, &b);
	json_string(&j, strings[_i].in);
	ck_assert_str_eq(buf_str(&b), strings[_i].out);
	cJSON *parsed = cJSON_Parse(buf_str(&b));
	ck_assert_ptr_nonnull(parsed);
	cJSON_Delete(parsed);
	buf_free(&b);
}
END_TEST

START_TEST(commas_stand_where_they_belong)
{
	struct buf b;
	struct json j;
	buf_init(&b, 1024);
	json_begin(&j, &b);
	json_object(&j);
	json_key(&j, "empty");
	json_array(&j);
	json_array_end(&j);
	json_key(&j, "list");
	json_array(&j);
	json_int(&j, INT64_MIN);
	json_bool(&j, true);
	json_bool(&j, false);
	json_null(&j);
	json_object(&j);
	json_object_end(&j);
	json_object(&j);
	json_name(&j, "a\"");
	json_string(&j, "b");
	json_key_int(&j, "c", 2);
	json_object_end(&j);
	json_array_end(&j);
	json_key(&j, "at");
	json_time(&j, 1769947200);
	json_key(&j, "never");
	json_time(&j, 0);
	json_object_end(&j);
	ck_assert_str_eq(buf_str(&b), "{\"empty\":[],\"list\":[-9223372036854775808,true,false,null,{},{\"a\\\"\":\"b\",\"c\":2}],"
	                              "\"at\":\"2026-02-01T12:00:00Z\",\"never\":null}");
	buf_free(&b);
}
END_TEST

Suite *suite_json(void);
Suite *suite_json(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");
	tcase_add_loop_test(t, strings_are_escaped, 0, COUNT_OF(strings));
	tcase_add_loop_test(t, no_place_hides_a_character, 0, 50);
	tcase_add_test(t, commas_stand_where_they_belong);
	suite_add_tcase(s, t);
	return s;
}
