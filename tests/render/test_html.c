#include "../support/suites.h"

#include "render/html.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

typedef void (*writer)(struct buf *, const char *);

static const struct {
	writer write;
	const char *in, *out;
} cases[] = {
	{html_text, "", ""},
	{html_text, "a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"},
	{html_text, "\"it's\" é", "\"it's\" é"},
	{html_text, "&lt;", "&amp;lt;"},
	{html_attr, "<a href=\"x\" b='y'>&", "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;"},
	{html_attr, "plain", "plain"},
	{html_url, "a-b.c_d~e9", "a-b.c_d~e9"},
	{html_url, "a b/c?d=e&f#g+h%i\"'<>", "a%20b%2Fc%3Fd%3De%26f%23g%2Bh%25i%22%27%3C%3E"},
	{html_url, "é\xff", "%C3%A9%FF"},
	{html_href, "/listings/1?a=1&b=\"2\"", "/listings/1?a=1&amp;b=&quot;2&quot;"},
	{html_href, "/", "/"},
	{html_href, "https://example.com/", "https://example.com/"},
	{html_href, "http://example.com/", "http://example.com/"},
	{html_href, "mailto:a@example.com", "mailto:a@example.com"},
	{html_href, "//evil.example/", "#"},
	{html_href, "/\\evil.example/", "#"},
	{html_href, "/\t/evil.example/", "#"},
	{html_href, "javascript:alert(1)", "#"},
	{html_href, " javascript:alert(1)", "#"},
	{html_href, "java\nscript:alert(1)", "#"},
	{html_href, "data:text/html,x", "#"},
	{html_href, "relative", "#"},
	{html_href, "", "#"},
	{html_lines, "", ""},
	{html_lines, "one", "<p>one</p>\n"},
	{html_lines, "one\ntwo\n\n \nthree <b>\n", "<p>one<br>\ntwo</p>\n<p>three &lt;b&gt;</p>\n"},
	{html_lines, "\n\n", ""},
};

START_TEST(values_are_escaped_for_where_they_stand)
{
	struct buf b;
	buf_init(&b, 1024);
	cases[_i].write(&b, cases[_i].in);
	ck_assert_str_eq(buf_str(&b), cases[_i].out);
	buf_free(&b);
}
END_TEST

START_TEST(sentences_are_filled_with_escaped_values)
{
	struct buf b;
	buf_init(&b, 1024);
	html_tr1(&b, LANG_EN, MSG_CHIP_SEARCH, "<b>&\"{1}");
	ck_assert_str_eq(buf_str(&b), "“&lt;b&gt;&amp;&quot;{1}”");
	buf_reset(&b);
	html_trf(&b, LANG_EN, MSG_TITLE_AND_SITE, (const char *const[]){NULL, "<x>"}, 2);
	ck_assert_str_eq(buf_str(&b), " – &lt;x&gt;");
	buf_reset(&b);
	html_tr(&b, LANG_FR, MSG_PRICE_FREE);
	html_lit(&b, "<br>");
	html_int(&b, -42);
	ck_assert_str_eq(buf_str(&b), "Gratuit<br>-42");
	buf_free(&b);
}
END_TEST

START_TEST(a_full_buffer_says_so_once)
{
	struct buf b;
	buf_init(&b, 8);
	html_text(&b, "<<<<<<<<");
	html_text(&b, "x");
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	ck_assert_uint_le(b.len, 8);
	buf_free(&b);
}
END_TEST

Suite *suite_html(void);
Suite *suite_html(void)
{
	Suite *s = suite_create("html");
	TCase *t = tcase_create("html");
	tcase_add_loop_test(t, values_are_escaped_for_where_they_stand, 0, COUNT_OF(cases));
	tcase_add_test(t, sentences_are_filled_with_escaped_values);
	tcase_add_test(t, a_full_buffer_says_so_once);
	suite_add_tcase(s, t);
	return s;
}
