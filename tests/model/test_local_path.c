#include "model/local_path.h"

#include <stdbool.h>

#include "suites_model.h"

static const struct {
	const char *path;
	bool good;
} paths[] = {
	{"/account", true}, {"/fr/account/listings?cursor=a%3D&b=1", true}, {"/listings/1/a-b_c.d~e", true}, {"/a?next=//x", true}, {"/%2F%2Fevil.example", true},
	{"", false}, {"account", false}, {"//evil.example", false}, {"/\\evil.example", false}, {"\\\\evil.example", false}, {"https://evil.example", false},
	{"javascript:alert(1)", false}, {"/\t/evil.example", false}, {"/a\r\nX: y", false}, {"/./evil", false}, {"/../evil", false}, {"/a//evil.example", false},
	{"/a/..//evil.example", false}, {"/caf\xc3\xa9", false}, {"/a#b", false}, {" /a", false},
};

START_TEST(the_sign_in_page_leads_on_to_local_pages_only)
{
	ck_assert_msg((local_path(paths[_i].path) != NULL) == paths[_i].good, "%s", paths[_i].path);
	ck_assert_ptr_null(local_path(NULL));
}
END_TEST

Suite *suite_local_path(void)
{
	Suite *s = suite_create("local_path");
	TCase *k = tcase_create("local_path");
	tcase_add_loop_test(k, the_sign_in_page_leads_on_to_local_pages_only, 0, sizeof paths / sizeof *paths);
	suite_add_tcase(s, k);
	return s;
}
