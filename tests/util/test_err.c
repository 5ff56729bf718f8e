#include <string.h>

#include "../support/suites.h"
#include "suites_util.h"
#include "util/err.h"

START_TEST(every_error_has_a_text_of_its_own)
{
	enum err e = (enum err)_i;
	ck_assert_str_ne(err_text(e), "unknown error");
	for (int other = 0; other < ERR_COUNT; other++)
		if (other != _i)
			ck_assert_str_ne(err_text(e), err_text((enum err)other));
}
END_TEST

START_TEST(what_is_no_error_has_a_text_too)
{
	ck_assert_str_eq(err_text(ERR_COUNT), "unknown error");
	ck_assert_str_eq(err_text((enum err)-1), "unknown error");
}
END_TEST

Suite *suite_err(void)
{
	Suite *s = suite_create("err");
	TCase *t = tcase_create("text");
	tcase_add_loop_test(t, every_error_has_a_text_of_its_own, 0, ERR_COUNT);
	tcase_add_test(t, what_is_no_error_has_a_text_too);
	suite_add_tcase(s, t);
	return s;
}
