#include <stdio.h>
#include <string.h>

#include "http/query.h"
#include "suites_http.h"

static struct arena *arena;

static void open_case(void)
{
	arena = arena_new(1 << 20);
}

static void close_case(void)
{
	arena_free(arena);
}

/* What was read as "name=value/name=value/", or "!" when it was refused. */
static const struct {
	const char *text, *read;
} cases[] = {
	{"", ""},
	{"q=dory&sort=newest", "q=dory/sort=newest/"},
	{"q=st.+john%27s+%C3%A9%26%3d", "q=st. john's é&=/"},
	{"a", "a=/"},
	{"a=", "a=/"},
	{"=b", "=b/"},
	{"a=b=c", "a=b=c/"},
	{"&&a=1&&b=2&", "a=1/b=2/"},
	{"&", ""},
	{"a=1&a=2", "a=1/a=2/"},
	{"%61%5B%5D=x", "a[]=x/"},
	{"a=%0d%0A", "a=\r\n/"},
	{"caf\xc3\xa9=\xf0\x9f\x9a\xa3", "café=🚣/"},
	{"a=%", "!"},
	{"a=%4", "!"},
	{"a=%4&b=1", "!"},
	{"a=%zz", "!"},
	{"a=%-1", "!"},
	{"a=%+1", "!"},
	{"%g0=a", "!"},
	{"a=%00", "!"},
	{"a=b%00c", "!"},
	{"%00=a", "!"},
	{"good=1&a=%00", "!"},
	/* Overlong, surrogate, above U+10FFFF, cut off; typed or encoded. */
	{"a=%C0%AF", "!"},
	{"a=%E0%80%AF", "!"},
	{"a=%F0%80%80%AF", "!"},
	{"a=%C0%80", "!"},
	{"a=%ED%A0%80", "!"},
	{"a=%F4%90%80%80", "!"},
	{"a=%C3", "!"},
	{"a=%C3&b=%A9", "!"},
	{"a=\xc0\xaf", "!"},
	{"\xff=1", "!"},
};

START_TEST(pairs_are_read)
{
	struct http_params p;
	char read[256] = "";
	enum err e = query_parse(arena, cases[_i].text, strlen(cases[_i].text), &p);
	if (e != ERR_OK) {
		ck_assert_int_eq(e, ERR_INVALID);
		ck_assert_uint_eq(p.n, 0);
		ck_assert_str_eq("!", cases[_i].read);
		return;
	}
	for (size_t i = 0; i < p.n; i++) {
		size_t n = strlen(read);
		snprintf(read + n, sizeof read - n, "%s=%s/", p.list[i].name, p.list[i].value);
	}
	ck_assert_str_eq(read, cases[_i].read);
	ck_assert(!p.machine);
}
END_TEST

START_TEST(raw_nul_is_refused)
{
	struct http_params p;
	ck_assert_int_eq(query_parse(arena, "a=b\0c", 5, &p), ERR_INVALID);
	ck_assert_int_eq(query_parse(arena, "\0", 1, &p), ERR_INVALID);
}
END_TEST

START_TEST(pairs_are_counted)
{
	static const struct {
		size_t pairs;
		enum err e;
	} counts[] = {{99, ERR_OK}, {100, ERR_OK}, {101, ERR_TOO_LARGE}, {10000, ERR_TOO_LARGE}};
	struct http_params p;
	size_t n = counts[_i].pairs;
	char *text = arena_alloc(arena, 4 * n + 1);
	for (size_t i = 0; i < n; i++)
		memcpy(text + 4 * i, "a=1&", 4);
	ck_assert_int_eq(query_parse(arena, text, 4 * n, &p), counts[_i].e);
	ck_assert_uint_eq(p.n, counts[_i].e == ERR_OK ? n : 0);
}
END_TEST

START_TEST(little_memory_is_said)
{
	static char text[70000];
	struct http_params p;
	struct arena *small = arena_new(4096);
	memset(text, 'a', sizeof text);
	ck_assert_int_eq(query_parse(small, text, sizeof text, &p), ERR_NOMEM);
	ck_assert_uint_eq(p.n, 0);
	arena_free(small);
}
END_TEST

START_TEST(first_value_is_got)
{
	struct http_params p;
	ck_assert_int_eq(query_parse(arena, "a=1&b=2&a=3&c", 13, &p), ERR_OK);
	ck_assert_str_eq(http_param_get(&p, "a"), "1");
	ck_assert_str_eq(http_param_get(&p, "b"), "2");
	ck_assert_str_eq(http_param_get(&p, "c"), "");
	ck_assert_ptr_null(http_param_get(&p, "A"));
	ck_assert_ptr_null(http_param_get(&p, ""));
}
END_TEST

Suite *suite_query(void)
{
	Suite *s = suite_create("query");
	TCase *t = tcase_create("query");
	tcase_add_checked_fixture(t, open_case, close_case);
	tcase_add_loop_test(t, pairs_are_read, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, raw_nul_is_refused);
	tcase_add_loop_test(t, pairs_are_counted, 0, 4);
	tcase_add_test(t, little_memory_is_said);
	tcase_add_test(t, first_value_is_got);
	suite_add_tcase(s, t);
	return s;
}
