#include <check.h>
#include <string.h>

#include "model/favourite.h"
#include "suites_model.h"

static const uint8_t key[32] = {1, 2, 3}, other_key[32] = {1, 2, 4};

START_TEST(an_unsubscribe_link_is_its_search_s_alone)
{
	char token[UNSUBSCRIBE_TEXT + 1], other[UNSUBSCRIBE_TEXT + 1];
	int64_t id = 0;
	unsubscribe_token(key, 77, token);
	ck_assert_uint_eq(strlen(token), UNSUBSCRIBE_TEXT);
	ck_assert(unsubscribe_read(key, token, &id));
	ck_assert_int_eq(id, 77);
	ck_assert(!unsubscribe_read(other_key, token, &id));
	unsubscribe_token(key, 78, other);
	ck_assert_str_ne(token, other);
	/* every character counts */
	for (size_t i = 0; i < UNSUBSCRIBE_TEXT; i++) {
		memcpy(other, token, sizeof other);
		other[i] = other[i] == 'A' ? 'B' : 'A';
		ck_assert(!unsubscribe_read(key, other, &id));
	}
	ck_assert(!unsubscribe_read(key, "", &id));
	ck_assert(!unsubscribe_read(key, "AAAA", &id));
}
END_TEST

START_TEST(names_of_frequencies)
{
	enum alert_frequency f;
	for (int i = 0; i < ALERT_COUNT; i++) {
		ck_assert(alert_frequency_parse(alert_frequency_name((enum alert_frequency)i), &f));
		ck_assert_int_eq((int)f, i);
	}
	ck_assert(!alert_frequency_parse("hourly", &f));
	ck_assert(favourite_shown(LISTING_SOLD) && favourite_shown(LISTING_EXPIRED) && favourite_shown(LISTING_PUBLISHED));
	ck_assert(!favourite_shown(LISTING_REMOVED) && !favourite_shown(LISTING_HELD) && !favourite_shown(LISTING_WITHDRAWN));
}
END_TEST

Suite *suite_favourite(void)
{
	Suite *s = suite_create("favourite");
	TCase *t = tcase_create("favourite");
	tcase_add_test(t, an_unsubscribe_link_is_its_search_s_alone);
	tcase_add_test(t, names_of_frequencies);
	suite_add_tcase(s, t);
	return s;
}
