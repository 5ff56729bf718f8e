#include <string.h>

#include "suites_model.h"
#include "model/catalog.h"

/* Ids that share a hint (1 and 1025, 2 and 2050) and some that are far apart. */
static const struct category categories[] = {
	{.id = 1, .slug = "boats"}, {.id = 1025, .parent_id = 1, .slug = "dories"}, {.id = 7, .parent_id = 1, .slug = "canoes"},
	{.id = 4000000000, .slug = "tools"},
};
static const struct place places[] = {
	{.id = 2050, .slug = "avalon"}, {.id = 2, .parent_id = 2050, .slug = "st-johns"}, {.id = 9, .parent_id = 2050, .slug = "boats"},
};
enum { CATEGORIES = sizeof categories / sizeof categories[0], PLACES = sizeof places / sizeof places[0] };

static struct catalog catalog;

static void open_case(void)
{
	catalog = (struct catalog){
		.categories = (struct category *)categories,
		.category_count = CATEGORIES,
		.places = (struct place *)places,
		.place_count = PLACES,
	};
}

static void find_all(void)
{
	for (size_t i = 0; i < CATEGORIES; i++) {
		ck_assert_ptr_eq(catalog_category(&catalog, categories[i].id), &categories[i]);
		ck_assert_ptr_eq(catalog_category_by_slug(&catalog, categories[i].slug), &categories[i]);
	}
	for (size_t i = 0; i < PLACES; i++) {
		ck_assert_ptr_eq(catalog_place(&catalog, places[i].id), &places[i]);
		ck_assert_ptr_eq(catalog_place_by_slug(&catalog, places[i].slug), &places[i]);
	}
	static const int64_t strangers[] = {0, -1, 3, 2049, INT64_MAX, INT64_MIN};
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		ck_assert_ptr_null(catalog_category(&catalog, strangers[i]));
		ck_assert_ptr_null(catalog_place(&catalog, strangers[i]));
	}
	ck_assert_ptr_null(catalog_category_by_slug(&catalog, "avalon"));
	ck_assert_ptr_null(catalog_category_by_slug(&catalog, ""));
	ck_assert_ptr_null(catalog_place_by_slug(&catalog, "dories"));
}

START_TEST(found_without_index)
{
	find_all();
}
END_TEST

START_TEST(found_with_index)
{
	catalog_index(&catalog);
	ck_assert_uint_eq(catalog.category_hints[7], 3);
	ck_assert_uint_eq(catalog.place_hints[9], 3);
	find_all();
}
END_TEST

START_TEST(empty)
{
	struct catalog none = {.category_count = 0};
	catalog_index(&none);
	ck_assert_ptr_null(catalog_category(&none, 0));
	ck_assert_ptr_null(catalog_place(&none, 1));
}
END_TEST

Suite *suite_catalog(void)
{
	Suite *s = suite_create("catalog");
	TCase *t = tcase_create("catalog");
	tcase_add_checked_fixture(t, open_case, NULL);
	tcase_add_test(t, found_without_index);
	tcase_add_test(t, found_with_index);
	tcase_add_test(t, empty);
	suite_add_tcase(s, t);
	return s;
}
