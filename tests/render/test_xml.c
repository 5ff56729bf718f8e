#include "../support/suites.h"

#include "render/xml.h"

static const struct {
	const char *in, *out;
} cases[] = {
	{"", ""},
	{"plain é 漢 😀", "plain é 漢 😀"},
	{"<a b=\"c\" d='e'>&", "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;"},
	{"]]>", "]]&gt;"},
	{"a\tb\nc\rd", "a\tb\nc&#13;d"},
	{"a\x01\x08\x0b\x0c\x1f" "b", "ab"},
	{"\uFFFD\xef\xbf\xbe\xef\xbf\xbf|", "\uFFFD|"},
	{"\xed\xa0\x80\xc0\xaf\xff|", "|"},
	{"é\xe2\x82", "é"},
	{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
	{"\xf4\x90\x80\x80<", "&lt;"},
};

START_TEST(text_is_escaped_and_cleaned)
{
	struct buf b;
	buf_init(&b, 1024);
	xml_text(&b, cases[_i].in);
	ck_assert_str_eq(buf_str(&b), cases[_i].out);
	buf_free(&b);
}
END_TEST

Suite *suite_xml(void);
Suite *suite_xml(void)
{
	Suite *s = suite_create("xml");
	TCase *t = tcase_create("xml");
	tcase_add_loop_test(t, text_is_escaped_and_cleaned, 0, sizeof cases / sizeof cases[0]);
	suite_add_tcase(s, t);
	return s;
}
