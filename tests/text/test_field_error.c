#include "../support/suites.h"

#include <stdio.h>

#include "text/field_error.h"

START_TEST(the_first_error_of_a_field_is_kept)
{
	struct field_errors e = {.n = 0};
	field_errors_add(&e, "title", MSG_FIELD_TOO_SHORT, "4");
	field_errors_add(&e, "title", MSG_FIELD_CHARACTERS, NULL);
	field_errors_add(&e, "price", MSG_FIELD_NOT_MONEY, NULL);
	ck_assert_uint_eq(e.n, 2);
	const struct field_error *title = field_errors_find(&e, "title");
	ck_assert_ptr_nonnull(title);
	ck_assert_int_eq(title->text, MSG_FIELD_TOO_SHORT);
	ck_assert_str_eq(title->bound, "4");
	ck_assert_str_eq(field_errors_find(&e, "price")->bound, "");
	ck_assert_ptr_null(field_errors_find(&e, "stock"));
}
END_TEST

START_TEST(a_full_list_and_a_long_bound_are_cut)
{
	static char names[FIELD_ERRORS_MAX + 2][16];
	struct field_errors e = {.n = 0};
	for (int i = 0; i < FIELD_ERRORS_MAX + 2; i++) {
		snprintf(names[i], sizeof names[i], "f%d", i);
		field_errors_add(&e, names[i], MSG_FIELD_TOO_LONG, "0123456789012345678901234567890123456789");
	}
	ck_assert_uint_eq(e.n, FIELD_ERRORS_MAX);
	ck_assert_str_eq(e.list[0].bound, "0123456789012345678901234567890");
	ck_assert_ptr_null(field_errors_find(&e, "f24"));
}
END_TEST

Suite *suite_field_error(void);
Suite *suite_field_error(void)
{
	Suite *s = suite_create("field_error");
	TCase *t = tcase_create("field_error");
	tcase_add_test(t, the_first_error_of_a_field_is_kept);
	tcase_add_test(t, a_full_list_and_a_long_bound_are_cut);
	suite_add_tcase(s, t);
	return s;
}
