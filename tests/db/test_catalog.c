#include <check.h>
#include <stdio.h>
#include <string.h>

#include "db/catalog_db.h"
#include "db/content_db.h"
#include "db/listing_db.h"
#include "db_test.h"

Suite *suite_catalog(void);

static struct db_fixture fixture;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_catalog");
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

static struct category category(const char *slug, int64_t parent_id, int colour, int position)
{
	struct category c = {.parent_id = parent_id, .colour = colour, .position = position};
	snprintf(c.slug, sizeof c.slug, "%s", slug);
	snprintf(c.name[0], sizeof c.name[0], "English %s", slug);
	snprintf(c.name[1], sizeof c.name[1], "Fran\xc3\xa7" "ais %s", slug);
	return c;
}

static struct place place(const char *slug, const char *name, int64_t parent_id)
{
	struct place p = {.parent_id = parent_id};
	snprintf(p.slug, sizeof p.slug, "%s", slug);
	snprintf(p.name[0], sizeof p.name[0], "%s", name);
	snprintf(p.name[1], sizeof p.name[1], "%s (fr)", name);
	return p;
}

static int64_t add(struct category c)
{
	ck_assert_err(category_db_add(fixture.db, &c), ERR_OK);
	ck_assert_int_gt(c.id, 0);
	return c.id;
}

static int64_t add_place(struct place p)
{
	ck_assert_err(place_db_add(fixture.db, &p), ERR_OK);
	return p.id;
}

START_TEST(parents_come_in_order_each_with_its_children)
{
	int64_t work = add(category("work", 0, 7, 2)), boats = add(category("boats", 0, 3, 1));
	add(category("sail", boats, 9, 2));
	add(category("jobs", work, 1, 1));
	add(category("dories", boats, 1, 1));
	int64_t west = add_place(place("west", "Western", 0)), avalon = add_place(place("avalon", "Avalon", 0));
	add_place(place("torbay", "Torbay", avalon));
	add_place(place("brigus", "Brigus", avalon));
	add_place(place("deer-lake", "Deer Lake", west));
	ck_assert_err(catalog_db_load(fixture.db, &fixture.catalog), ERR_OK);
	static const char *const slugs[] = {"boats", "dories", "sail", "work", "jobs"}, *const places[] = {"avalon", "brigus", "torbay", "west", "deer-lake"};
	static const int colours[] = {3, 3, 3, 7, 7};
	ck_assert_uint_eq(fixture.catalog->category_count, 5);
	ck_assert_uint_eq(fixture.catalog->place_count, 5);
	for (int i = 0; i < 5; i++) {
		ck_assert_str_eq(fixture.catalog->categories[i].slug, slugs[i]);
		ck_assert_int_eq(fixture.catalog->categories[i].colour, colours[i]);
		ck_assert_str_eq(fixture.catalog->places[i].slug, places[i]);
	}
	ck_assert_int_eq(fixture.catalog->categories[1].parent_id, boats);
	ck_assert_int_eq(fixture.catalog->categories[0].parent_id, 0);
	ck_assert_str_eq(fixture.catalog->categories[0].name[1], "Fran\xc3\xa7" "ais boats");
	ck_assert_str_eq(fixture.catalog->places[4].name[0], "Deer Lake");
}
END_TEST

START_TEST(an_empty_catalog_loads)
{
	ck_assert_err(catalog_db_load(fixture.db, &fixture.catalog), ERR_OK);
	ck_assert_uint_eq(fixture.catalog->category_count, 0);
}
END_TEST

START_TEST(two_levels_and_no_more)
{
	int64_t boats = add(category("boats", 0, 1, 1)), dories = add(category("dories", boats, 1, 1)), work = add(category("work", 0, 1, 1));
	struct category c = category("deep", dories, 1, 1);
	ck_assert_err(category_db_add(fixture.db, &c), ERR_CONFLICT);
	c = category("nowhere", 999, 1, 1);
	ck_assert_err(category_db_add(fixture.db, &c), ERR_CONFLICT);
	ck_assert_int_eq(c.id, 0);
	c = category("boats", 0, 1, 1);
	ck_assert_err(category_db_add(fixture.db, &c), ERR_EXISTS);

	c = category("boats", work, 1, 1);
	c.id = boats;
	ck_assert_err(category_db_edit(fixture.db, &c), ERR_CONFLICT); /* it has children */
	c = category("work", work, 1, 1);
	c.id = work;
	ck_assert_err(category_db_edit(fixture.db, &c), ERR_CONFLICT); /* its own parent */
	c = category("dories", 0, 5, 9);
	c.id = dories;
	ck_assert_err(category_db_edit(fixture.db, &c), ERR_OK);
	ck_assert_err(category_db_edit(fixture.db, &c), ERR_OK);
	c.id = 999;
	ck_assert_err(category_db_edit(fixture.db, &c), ERR_NOT_FOUND);
	c = category("work", 0, 5, 9);
	c.id = dories;
	ck_assert_err(category_db_edit(fixture.db, &c), ERR_EXISTS);

	int64_t avalon = add_place(place("avalon", "Avalon", 0)), torbay = add_place(place("torbay", "Torbay", avalon));
	struct place p = place("deep", "Deep", torbay);
	ck_assert_err(place_db_add(fixture.db, &p), ERR_CONFLICT);
	p = place("torbay", "Tor Bay", avalon);
	ck_assert_err(place_db_add(fixture.db, &p), ERR_EXISTS);
	p.id = torbay;
	ck_assert_err(place_db_edit(fixture.db, &p), ERR_OK);
	p.id = 999;
	ck_assert_err(place_db_edit(fixture.db, &p), ERR_NOT_FOUND);
}
END_TEST

START_TEST(what_is_in_use_stays)
{
	int64_t boats = add(category("boats", 0, 1, 1)), dories = add(category("dories", boats, 1, 1));
	int64_t avalon = add_place(place("avalon", "Avalon", 0)), torbay = add_place(place("torbay", "Torbay", avalon));
	ck_assert_err(catalog_db_load(fixture.db, &fixture.catalog), ERR_OK);
	struct listing *l = db_fixture_listings(&fixture, 0, 1);
	l->category_id = dories;
	l->place_id = torbay;
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, l), ERR_OK);
	ck_assert_err(category_db_remove(fixture.db, boats), ERR_CONFLICT);
	ck_assert_err(category_db_remove(fixture.db, dories), ERR_CONFLICT);
	ck_assert_err(place_db_remove(fixture.db, avalon), ERR_CONFLICT);
	ck_assert_err(place_db_remove(fixture.db, torbay), ERR_CONFLICT);
	db_test_run(fixture.db, "DELETE FROM listing");
	ck_assert_err(category_db_remove(fixture.db, dories), ERR_OK);
	ck_assert_err(category_db_remove(fixture.db, dories), ERR_NOT_FOUND);
	ck_assert_err(category_db_remove(fixture.db, boats), ERR_OK);
	ck_assert_err(place_db_remove(fixture.db, torbay), ERR_OK);
	ck_assert_err(place_db_remove(fixture.db, avalon), ERR_OK);
	ck_assert_err(place_db_remove(fixture.db, avalon), ERR_NOT_FOUND);
}
END_TEST

START_TEST(resources_are_kept_in_order)
{
	struct resource a = {.slug = "safety", .title = {"Safety", "S\xc3\xa9" "curit\xc3\xa9"}, .summary = {"s", "r"}, .body = {"# Safe", "# S\xc3\xbbr"}, .position = 2};
	struct resource b = {.slug = "fees", .title = {"Fees", "Frais"}, .summary = {"", ""}, .body = {"none", "aucun"}, .position = 1, .updated_at = 1700000000};
	struct resource *list, got;
	size_t n;
	ck_assert_err(resource_db_list(fixture.db, fixture.arena, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
	ck_assert_err(resource_db_add(fixture.db, &a), ERR_OK);
	ck_assert_err(resource_db_add(fixture.db, &b), ERR_OK);
	ck_assert_err(resource_db_add(fixture.db, &b), ERR_EXISTS);
	ck_assert_err(resource_db_list(fixture.db, fixture.arena, &list, &n), ERR_OK);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[0].slug, "fees");
	ck_assert_int_eq(list[0].updated_at, 1700000000);
	ck_assert_ptr_null(list[0].body[0]);
	ck_assert_str_eq(list[1].title[1], "S\xc3\xa9" "curit\xc3\xa9");
	ck_assert_err(resource_db_get(fixture.db, fixture.arena, "safety", &got), ERR_OK);
	ck_assert_str_eq(got.body[1], "# S\xc3\xbbr");
	ck_assert_int_ne(got.updated_at, 0);
	got.slug = "safe";
	got.body[0] = "changed";
	ck_assert_err(resource_db_edit(fixture.db, &got), ERR_OK);
	ck_assert_err(resource_db_get(fixture.db, fixture.arena, "safety", &a), ERR_NOT_FOUND);
	ck_assert_err(resource_db_get(fixture.db, fixture.arena, "safe", &a), ERR_OK);
	ck_assert_str_eq(a.body[0], "changed");
	got.id = 999;
	ck_assert_err(resource_db_edit(fixture.db, &got), ERR_NOT_FOUND);
	ck_assert_err(resource_db_remove(fixture.db, "safe"), ERR_OK);
	ck_assert_err(resource_db_remove(fixture.db, "safe"), ERR_NOT_FOUND);
}
END_TEST

Suite *suite_catalog(void)
{
	Suite *s = suite_create("catalog");
	TCase *t = tcase_create("catalog");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, parents_come_in_order_each_with_its_children);
	tcase_add_test(t, an_empty_catalog_loads);
	tcase_add_test(t, two_levels_and_no_more);
	tcase_add_test(t, what_is_in_use_stays);
	tcase_add_test(t, resources_are_kept_in_order);
	suite_add_tcase(s, t);
	return s;
}
