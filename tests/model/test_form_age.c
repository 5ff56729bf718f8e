#include <string.h>

#include "suites_model.h"
#include "model/cursor.h"
#include "model/form_age.h"

static const uint8_t secret[32] = "a key of thirty-two bytes, as it";
static const uint8_t other_secret[32] = "a key of thirty-two bytes, as he";

enum { MADE = 1700000000, DAY = 86400 };

static const struct {
	int64_t later;
	enum form_age age;
} ages[] = {
	{0, FORM_AGE_TOO_FRESH},
	{1, FORM_AGE_TOO_FRESH},
	{2, FORM_AGE_OK},
	{DAY, FORM_AGE_OK},
	{DAY + 1, FORM_AGE_TOO_OLD},
	{10 * DAY, FORM_AGE_TOO_OLD},
	/* Another host's clock is ahead. */
	{-1, FORM_AGE_TOO_FRESH},
	{-DAY, FORM_AGE_TOO_FRESH},
};

START_TEST(age_is_judged)
{
	char text[FORM_AGE_TEXT_MAX];
	form_age_make(secret, MADE, text);
	ck_assert_int_eq(form_age_check(secret, text, MADE + ages[_i].later, 2, DAY), ages[_i].age);
}
END_TEST

START_TEST(other_key_is_bad)
{
	char text[FORM_AGE_TEXT_MAX];
	form_age_make(other_secret, MADE, text);
	ck_assert_int_eq(form_age_check(secret, text, MADE + 10, 2, DAY), FORM_AGE_BAD);
}
END_TEST

START_TEST(every_change_is_bad)
{
	char text[FORM_AGE_TEXT_MAX + 1];
	form_age_make(secret, MADE, text);
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ 1 << bit);
			ck_assert_int_eq(form_age_check(secret, text, MADE + 10, 2, DAY), FORM_AGE_BAD);
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	}
	text[n] = 'A';
	text[n + 1] = '\0';
	ck_assert_int_eq(form_age_check(secret, text, MADE + 10, 2, DAY), FORM_AGE_BAD);
	for (; n > 0; n--) {
		text[n - 1] = '\0';
		ck_assert_int_eq(form_age_check(secret, text, MADE + 10, 2, DAY), FORM_AGE_BAD);
	}
}
END_TEST

START_TEST(extremes_do_not_overflow)
{
	char text[FORM_AGE_TEXT_MAX];
	form_age_make(secret, INT64_MIN, text);
	ck_assert_int_eq(form_age_check(secret, text, INT64_MAX, 2, DAY), FORM_AGE_BAD);
	form_age_make(secret, INT64_MAX, text);
	ck_assert_int_ne(form_age_check(secret, text, INT64_MIN, 2, DAY), FORM_AGE_OK);
}
END_TEST

/* One key serves both: a token of one kind is not one of the other. */
START_TEST(cursor_is_no_age)
{
	struct listing_query q = {.min_price = -1, .max_price = -1};
	char cursor[CURSOR_TEXT_MAX], age[FORM_AGE_TEXT_MAX];
	cursor_encode(secret, &q, false, MADE, 1, cursor);
	form_age_make(secret, MADE, age);
	ck_assert_int_eq(form_age_check(secret, cursor, MADE + 10, 2, DAY), FORM_AGE_BAD);
	ck_assert_int_eq(cursor_decode(secret, age, &q), ERR_INVALID);
}
END_TEST

Suite *suite_form_age(void)
{
	Suite *s = suite_create("form_age");
	TCase *t = tcase_create("form_age");
	tcase_add_loop_test(t, age_is_judged, 0, sizeof ages / sizeof ages[0]);
	tcase_add_test(t, other_key_is_bad);
	tcase_add_test(t, every_change_is_bad);
	tcase_add_test(t, extremes_do_not_overflow);
	tcase_add_test(t, cursor_is_no_age);
	suite_add_tcase(s, t);
	return s;
}
