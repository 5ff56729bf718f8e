#include <string.h>

#include "db/address_db.h"
#include "db_test.h"
#include "store/address.h"

Suite *suite_address_db(void);

enum { MANY = 7 };
static const int64_t start = 1770000000;
static struct db_fixture fixture;
static struct address_store store;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_address");
	store = (struct address_store){.conf = &fixture.conf, .db = fixture.db};
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

/* "1.0.0.1" to "1.0.0.7", a minute apart, the last two in the same second. */
static void add_many(void)
{
	char ip[] = "1.0.0.1";
	for (int i = 0; i < MANY; i++, ip[6]++)
		ck_assert_err(address_add(&store, ip, start + 60 * (i < MANY - 1 ? i : i - 1)), ERR_OK);
}

START_TEST(the_newest_come_first)
{
	char why[ADDRESS_WHY_MAX];
	struct address_seen *items;
	size_t n = 99;
	ck_assert_err(address_latest(&store, fixture.arena, 5, &items, &n, why), ERR_OK);
	ck_assert_uint_eq(n, 0);
	add_many();
	ck_assert_err(address_latest(&store, fixture.arena, 3, &items, &n, why), ERR_OK);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(items[0].ip, "1.0.0.7");
	ck_assert_str_eq(items[1].ip, "1.0.0.6");
	ck_assert_str_eq(items[2].ip, "1.0.0.5");
	ck_assert_int_eq(items[0].stored_at, start + 60 * (MANY - 2));
	ck_assert_int_eq(items[2].stored_at, start + 60 * (MANY - 3));
	ck_assert_err(address_latest(&store, fixture.arena, ADDRESS_LATEST_MAX, &items, &n, why), ERR_OK);
	ck_assert_uint_eq(n, MANY);
}
END_TEST

START_TEST(the_latest_are_read_without_the_others)
{
	struct address_seen *items;
	size_t n;
	add_many();
	db_test_reads_reset(fixture.db);
	ck_assert_err(address_db_latest(fixture.db, fixture.arena, 2, &items, &n), ERR_OK);
	ck_assert_int_le(db_test_reads(fixture.db), 3);
}
END_TEST

START_TEST(the_longest_address_fits_and_what_is_none_is_refused)
{
	static const char longest[] = "1111:2222:3333:4444:5555:6666:255.255.255.255";
	char why[ADDRESS_WHY_MAX];
	struct address_seen *items;
	size_t n;
	ck_assert_uint_eq(sizeof longest, ADDRESS_TEXT_SIZE);
	ck_assert_err(address_add(&store, longest, start), ERR_OK);
	ck_assert_err(address_add(&store, "", start), ERR_INVALID);
	ck_assert_err(address_add(&store, "fe80::1%eth0", start), ERR_INVALID);
	ck_assert_err(address_latest(&store, fixture.arena, 5, &items, &n, why), ERR_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(items[0].ip, longest);
}
END_TEST

START_TEST(old_ones_go_a_few_at_a_time)
{
	int64_t gone[3];
	add_many();
	for (int i = 0; i < 3; i++)
		ck_assert_err(address_db_forget(fixture.db, start + 60 * 3, 2, &gone[i]), ERR_OK);
	ck_assert_int_eq(gone[0], 2);
	ck_assert_int_eq(gone[1], 1);
	ck_assert_int_eq(gone[2], 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM address_seen WHERE ip >= '1.0.0.4'"), 4);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM address_seen"), 4);
}
END_TEST

Suite *suite_address_db(void)
{
	Suite *s = suite_create("address_db");
	TCase *k = tcase_create("address_db");
	tcase_add_checked_fixture(k, set_up, tear_down);
	tcase_set_timeout(k, 120);
	tcase_add_test(k, the_newest_come_first);
	tcase_add_test(k, the_latest_are_read_without_the_others);
	tcase_add_test(k, the_longest_address_fits_and_what_is_none_is_refused);
	tcase_add_test(k, old_ones_go_a_few_at_a_time);
	suite_add_tcase(s, k);
	return s;
}
