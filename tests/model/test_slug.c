#include <string.h>

#include "suites_model.h"
#include "model/slug.h"

static const struct {
	const char *text, *slug;
} made[] = {
	{"Dory à vendre, St. John's", "dory-a-vendre-st-johns"},
	{"St. John’s", "st-johns"},
	{"ŒUVRE d'art & Straße", "oeuvre-dart-strasse"},
	{"Ærø, Łódź, Đà Nẵng, Þór", "aero-lodz-da-nang-thor"},
	{"ﬁne ½ ² Ⅷ", "fine-1-2-2-viii"},
	{"İstanbul ıı", "istanbul-ii"},
	{"Nunatsiavummiutitut ĸ", "nunatsiavummiutitut-k"},
	{"soft\u00adhyphen zero\u200bwidth", "softhyphen-zerowidth"},
	{"  --  a  --  ", "a"},
	{"a/b\\c..d", "a-b-c-d"},
	{"2x4's", "2x4s"},
	{"Москва boat", "boat"},
	{"漁船", "x"},
	{"", "x"},
	{"'", "x"},
	{"\xff\xfe" "a\xc0", "a"},
	{"../../etc/passwd", "etc-passwd"},
	/* 80 bytes fit; more are cut at a word where one ends in the second half, else anywhere. */
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bcdefgh",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bcd efghijkl",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bcd"},
	{"short aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "short-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
};

START_TEST(slug_from_text)
{
	char out[SLUG_MAX + 1];
	slug_make(made[_i].text, out);
	ck_assert_str_eq(out, made[_i].slug);
	ck_assert(slug_valid(out));
	ck_assert_uint_le(strlen(out), SLUG_MAX);
}
END_TEST

static const struct {
	const char *slug;
	bool valid;
} judged[] = {
	{"a", true}, {"st-johns", true}, {"2-x-4", true},
	{"", false}, {"-a", false}, {"a-", false}, {"-", false}, {"a--b", false}, {"A", false}, {"é", false}, {"a b", false},
	{"a_b", false}, {"../x", false}, {"a\n", false},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
};

START_TEST(slug_judged)
{
	ck_assert_int_eq(slug_valid(judged[_i].slug), judged[_i].valid);
}
END_TEST

Suite *suite_slug(void)
{
	Suite *s = suite_create("slug");
	TCase *t = tcase_create("slug");
	tcase_add_loop_test(t, slug_from_text, 0, sizeof made / sizeof made[0]);
	tcase_add_loop_test(t, slug_judged, 0, sizeof judged / sizeof judged[0]);
	suite_add_tcase(s, t);
	return s;
}
