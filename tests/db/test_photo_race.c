#include <check.h>
#include <stdatomic.h>

#include "photo_fixture.h"

Suite *suite_photo_race(void);

enum { THREADS = 4, ROUNDS = 12 };

struct race {
	atomic_int good, again, limited, swept, other;
};

static void count_outcome(struct race *r, enum err e, bool again)
{
	if (e == ERR_OK)
		atomic_fetch_add(again ? &r->again : &r->good, 1);
	else
		atomic_fetch_add(e == ERR_LIMITED ? &r->limited : &r->other, 1);
}

static void add_the_same(int thread, void *ctx)
{
	struct db *db = db_test_open(&photo_fixture.conf);
	int64_t id;
	bool again = false;
	(void)thread;
	enum err e = photo_add_by(db, 1, 1, 1, &id, &again);
	count_outcome(ctx, e, again);
	db_free(db);
}

START_TEST(four_add_the_same_photo)
{
	struct race race = {.good = 0};
	photo_clean_disk();
	db_test_threads(THREADS, add_the_same, &race);
	ck_assert_int_eq(race.good, 1);
	ck_assert_int_eq(race.again, THREADS - 1);
	ck_assert_int_eq(photo_test_refs(1), 1);
	photo_all_is_right();
}
END_TEST

static void add_to_three(int thread, void *ctx)
{
	struct db *db = db_test_open(&photo_fixture.conf);
	for (int i = 0; i < ROUNDS; i++) {
		int64_t id, listing = (thread + i) % 3 + 1, member = listing == 3 ? 2 : 1;
		bool again = false;
		enum err e = photo_add_by(db, member, listing, i % 3, &id, &again);
		count_outcome(ctx, e, again);
	}
	db_free(db);
}

START_TEST(few_photos_in_many_listings_at_once)
{
	struct race race = {.good = 0};
	photo_clean_disk();
	db_test_threads(THREADS, add_to_three, &race);
	ck_assert_int_eq(race.other, 0);
	ck_assert_int_eq(race.good, photo_number("SELECT COUNT(*) FROM photo"));
	photo_all_is_right();
}
END_TEST

static void add_another(int thread, void *ctx)
{
	struct db *db = db_test_open(&photo_fixture.conf);
	int64_t id;
	bool again = false;
	enum err e = photo_add_by(db, 1, 1, 20 + thread, &id, &again);
	count_outcome(ctx, e, again);
	db_free(db);
}

START_TEST(of_four_that_add_the_tenth_three_are_refused)
{
	struct race race = {.good = 0};
	photo_clean_disk();
	for (int i = 0; i < PHOTO_MAX - 1; i++)
		photo_add(1, i);
	db_test_threads(THREADS, add_another, &race);
	ck_assert_int_eq(race.good, 1);
	ck_assert_int_eq(race.limited, THREADS - 1);
	ck_assert_int_eq(photo_disk.written, PHOTO_MAX);
	photo_all_is_right();
}
END_TEST

static void sweep_or_add(int thread, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&photo_fixture.conf);
	struct arena *a = arena_new(1024 * 1024);
	int64_t n = 0, id;
	bool again = false;
	if (thread % 2 == 0) {
		if (photo_db_sweep(db, a, 100, &photo_test_remover, &n) != ERR_OK)
			atomic_fetch_add(&race->other, 1);
		atomic_fetch_add(&race->swept, (int)n);
	} else {
		enum err e = photo_add_by(db, thread == 1 ? 1 : 2, thread == 1 ? 1 : 3, 1, &id, &again);
		count_outcome(race, e, again);
	}
	arena_free(a);
	db_free(db);
}

START_TEST(two_sweeps_against_two_that_add)
{
	photo_clean_disk();
	for (int i = 0; i < ROUNDS; i++) {
		struct race race = {.good = 0};
		ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, photo_add(1, 1)), ERR_OK);
		db_test_run(photo_fixture.db, "UPDATE photo_object SET unreferenced_at = '2020-01-01'");
		db_test_threads(THREADS, sweep_or_add, &race);
		ck_assert_int_eq(race.other, 0);
		ck_assert_int_eq(race.good, 2);
		ck_assert_int_le(race.swept, 1);
		ck_assert_int_eq(photo_test_refs(1), 2);
		photo_all_is_right();
		db_test_run(photo_fixture.db, "DELETE FROM photo;\nUPDATE listing SET photos = 0;\nDELETE FROM photo_object");
	}
}
END_TEST

static void mend_or_add(int thread, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&photo_fixture.conf);
	struct arena *a = arena_new(1024 * 1024);
	int64_t n = 0, id;
	bool again = false, removed;
	enum err e = ERR_OK;
	if (thread == 0)
		e = photo_db_forget_object(db, a, photo_test_object(1).key, &photo_test_mender, &n);
	else if (thread == 1)
		e = photo_db_forget_files(db, photo_test_object(1).key, &photo_test_mender, &removed);
	else
		e = photo_add_by(db, thread == 2 ? 1 : 2, thread == 2 ? 1 : 3, 1, &id, &again);
	if (thread >= 2)
		count_outcome(race, e, again);
	else if (e != ERR_OK)
		atomic_fetch_add(&race->other, 1);
	arena_free(a);
	db_free(db);
}

START_TEST(mending_against_two_that_add)
{
	photo_clean_disk();
	for (int i = 0; i < ROUNDS; i++) {
		struct race race = {.good = 0};
		if (i % 2 == 0)
			photo_add(1, 1);
		atomic_store(&photo_disk.there[1], false);
		db_test_threads(THREADS, mend_or_add, &race);
		ck_assert_int_eq(race.other, 0);
		ck_assert_int_eq(race.good + race.again, 2);
		photo_all_is_right();
		db_test_run(photo_fixture.db, "DELETE FROM photo;\nUPDATE listing SET photos = 0;\nDELETE FROM photo_object");
	}
}
END_TEST

static void change_the_order(int thread, void *ctx)
{
	const int64_t *ids = ctx;
	struct db *db = db_test_open(&photo_fixture.conf);
	for (int i = 0; i < ROUNDS; i++) {
		enum err e = photo_db_move(db, 1, 1, ids[(thread + i) % 6], i % 6);
		ck_assert(e == ERR_OK || e == ERR_NOT_FOUND); /* another thread may have removed it */
		if (i == 5)
			e = photo_db_remove(db, 1, 1, ids[thread]);
		ck_assert(e == ERR_OK || e == ERR_NOT_FOUND);
	}
	db_free(db);
}

START_TEST(four_change_the_order_at_once)
{
	int64_t ids[6];
	photo_clean_disk();
	for (int i = 0; i < 6; i++)
		ids[i] = photo_add(1, i);
	db_test_threads(THREADS, change_the_order, ids);
	photo_test_list(1, 6 - THREADS);
	photo_all_is_right();
}
END_TEST

static void swap_pictures(int thread, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&photo_fixture.conf);
	for (int i = 0; i < ROUNDS; i++) {
		int which = (thread + i) % 2 + 1;
		struct photo_object o = photo_test_object(which);
		if (photo_db_picture_set(db, thread % 2 + 1, &o, &(struct photo_writer){photo_test_store, &which}) != ERR_OK)
			atomic_fetch_add(&race->other, 1);
	}
	db_free(db);
}

START_TEST(pictures_change_hands)
{
	struct race race = {.good = 0};
	photo_clean_disk();
	db_test_threads(THREADS, swap_pictures, &race);
	ck_assert_int_eq(race.other, 0);
	photo_all_is_right();
}
END_TEST

static void end_listing(int thread, void *ctx)
{
	struct race *race = ctx;
	struct db *db = db_test_open(&photo_fixture.conf);
	int64_t n = 0;
	/* 2 has no listing any more */
	if (photo_db_remove_of_listing(db, thread % 2 + 1, &n) != ERR_OK)
		atomic_fetch_add(&race->other, 1);
	db_free(db);
}

START_TEST(an_end_delivered_twice_at_once)
{
	struct race race = {.good = 0};
	photo_clean_disk();
	for (int i = 0; i < 6; i++) {
		photo_add(1, i);
		photo_add(2, 5 - i);
		if (i % 2 == 0)
			photo_add(3, i);
	}
	db_test_run(photo_fixture.db, "DELETE FROM listing WHERE id = 2");
	db_test_threads(THREADS, end_listing, &race);
	ck_assert_int_eq(race.other, 0);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM photo"), 3);
	ck_assert_int_eq(photo_test_refs(0), 1);
	ck_assert_int_eq(photo_test_refs(1), 0);
	photo_all_is_right();
}
END_TEST

Suite *suite_photo_race(void)
{
	Suite *s = suite_create("photo_race");
	TCase *t = tcase_create("photo_race");
	tcase_add_checked_fixture(t, photo_set_up, photo_tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, four_add_the_same_photo);
	tcase_add_test(t, few_photos_in_many_listings_at_once);
	tcase_add_test(t, of_four_that_add_the_tenth_three_are_refused);
	tcase_add_test(t, two_sweeps_against_two_that_add);
	tcase_add_test(t, mending_against_two_that_add);
	tcase_add_test(t, four_change_the_order_at_once);
	tcase_add_test(t, pictures_change_hands);
	tcase_add_test(t, an_end_delivered_twice_at_once);
	suite_add_tcase(s, t);
	return s;
}
