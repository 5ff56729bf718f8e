#include "suites_model.h"
#include "model/listing.h"

START_TEST(sorts_by_name)
{
	static const char *const names[] = {"newest", "price_asc", "price_desc", "relevance"};
	enum listing_sort s = SORT_NEWEST;
	ck_assert(listing_sort_parse(names[_i], &s));
	ck_assert_int_eq(s, _i);
	ck_assert_str_eq(listing_sort_name(s), names[_i]);
}
END_TEST

START_TEST(states_by_name)
{
	static const char *const names[] = {"pending", "published", "rejected", "removed", "draft", "held", "expired", "sold", "withdrawn", "unconfirmed"};
	enum listing_state s = LISTING_PENDING;
	ck_assert(listing_state_parse(names[_i], &s));
	ck_assert_int_eq(s, _i);
	ck_assert_str_eq(listing_state_name(s), names[_i]);
}
END_TEST

START_TEST(other_names)
{
	static const char *const names[] = {"", "Newest", "price", "newest ", "published2", "1"};
	enum listing_sort sort = SORT_PRICE_DESC;
	enum listing_state state = LISTING_REMOVED;
	ck_assert(!listing_sort_parse(names[_i], &sort));
	ck_assert(!listing_state_parse(names[_i], &state));
	ck_assert_int_eq(sort, SORT_PRICE_DESC);
	ck_assert_int_eq(state, LISTING_REMOVED);
}
END_TEST

/* A title must not make an address that is a form's. */
START_TEST(slugs_beside_routes)
{
	static const char *const cases[][2] = {
		{"Contact", "contact-listing"}, {"REPORT!", "report-listing"}, {"Contact lenses", "contact-lenses"},
		{"Reports", "reports"}, {"Dory", "dory"}, {"Photos", "photos-listing"},
	};
	char slug[SLUG_MAX + 1];
	listing_make_slug(cases[_i][0], slug);
	ck_assert_str_eq(slug, cases[_i][1]);
	ck_assert(slug_valid(slug));
}
END_TEST

Suite *suite_listing(void)
{
	Suite *s = suite_create("listing");
	TCase *t = tcase_create("listing");
	tcase_add_loop_test(t, sorts_by_name, 0, 4);
	tcase_add_loop_test(t, states_by_name, 0, LISTING_STATE_COUNT);
	tcase_add_loop_test(t, other_names, 0, 6);
	tcase_add_loop_test(t, slugs_beside_routes, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
