#include "../support/suites.h"

#include "render/markdown.h"

static const struct {
	const char *in, *out;
} cases[] = {
	{"", ""},
	{"Two\n\nparagraphs *here*.", "<p>Two</p>\n<p>paragraphs <em>here</em>.</p>\n"},
	{"# One\n## Two\n###### Six", "<h2>One</h2>\n<h3>Two</h3>\n<h6>Six</h6>\n"},
	{"## One\n### Two\n## Three", "<h2>One</h2>\n<h3>Two</h3>\n<h2>Three</h2>\n"},
	{"#### Deep\n###### Deeper", "<h2>Deep</h2>\n<h4>Deeper</h4>\n"},
	{"One\n===", "<h2>One</h2>\n"},
	{"> # Quoted", "<blockquote>\n<h2>Quoted</h2>\n</blockquote>\n"},
	{"- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
	{"[us](/contact) [them](https://example.com/?a=1&b=2)",
     "<p><a href=\"/contact\">us</a> <a href=\"https://example.com/?a=1&amp;b=2\">them</a></p>\n"},
	{"<script>alert(1)</script>", "<!-- raw HTML omitted -->\n"},
	{"a <b onclick=x>b</b>", "<p>a <!-- raw HTML omitted -->b<!-- raw HTML omitted --></p>\n"},
	{"[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n"},
	{"[x](JaVaScRiPt:alert(1))", "<p><a href=\"\">x</a></p>\n"},
	{"[x](data:text/html;base64,AAAA)", "<p><a href=\"\">x</a></p>\n"},
	{"<javascript:alert(1)>", "<p><a href=\"\">javascript:alert(1)</a></p>\n"},
	{"a & b < c \xff", "<p>a &amp; b &lt; c \uFFFD</p>\n"},
};

START_TEST(markdown_becomes_safe_html)
{
	struct buf b;
	buf_init(&b, 4096);
	markdown_html(&b, cases[_i].in);
	ck_assert_str_eq(buf_str(&b), cases[_i].out);
	buf_free(&b);
}
END_TEST

Suite *suite_markdown(void);
Suite *suite_markdown(void)
{
	Suite *s = suite_create("markdown");
	TCase *t = tcase_create("markdown");
	tcase_add_loop_test(t, markdown_becomes_safe_html, 0, sizeof cases / sizeof cases[0]);
	suite_add_tcase(s, t);
	return s;
}
