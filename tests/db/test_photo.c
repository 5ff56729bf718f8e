#include <check.h>
#include <stdio.h>
#include <time.h>

#include "db/moderation_db.h"
#include "db/own_listing_db.h"
#include "model/listing.h"
#include "photo_fixture.h"

Suite *suite_photo_db(void);

START_TEST(a_photo_is_added_and_read)
{
	photo_clean_disk();
	int64_t first = photo_add(1, 1), second = photo_add(1, 2), other = photo_add(3, 1);
	const struct photo *p = photo_test_list(1, 2);
	ck_assert_int_eq(p[0].id, first);
	ck_assert_int_eq(p[1].id, second);
	ck_assert_int_eq(p[1].position, 1);
	ck_assert_int_eq(p[0].listing_id, 1);
	ck_assert_int_eq(p[0].member_id, 1);
	ck_assert_str_eq(p[0].alt, "A dory");
	ck_assert_int_eq(p[0].type, PHOTO_JPEG);
	ck_assert_int_eq(p[0].bytes, 4000000);
	ck_assert_str_eq(p[0].object.key, photo_test_object(1).key);
	ck_assert_int_eq(p[0].object.width, 1600);
	ck_assert_int_eq(p[0].object.height, 1200);
	ck_assert_int_eq(p[0].object.bytes, 1001);
	ck_assert_str_eq(p[0].object.placeholder, photo_test_object(1).placeholder);
	ck_assert_int_ge(p[0].created_at, time(NULL) - 300);
	ck_assert_int_eq(photo_test_list(3, 1)[0].id, other);
	struct photo one;
	ck_assert_err(photo_db_get(photo_fixture.db, photo_fixture.arena, second, &one), ERR_OK);
	ck_assert_str_eq(one.object.key, photo_test_object(2).key);
	ck_assert_int_eq(one.position, 1);
	ck_assert_err(photo_db_get(photo_fixture.db, photo_fixture.arena, 999999, &one), ERR_NOT_FOUND);
	photo_test_list(2, 0);
	ck_assert_int_eq(photo_test_refs(1), 2);
	ck_assert_int_eq(photo_test_refs(2), 1);
	photo_all_is_right();
}
END_TEST

START_TEST(the_same_photo_again_is_the_one_that_is_there)
{
	int64_t first = photo_add(1, 1), id = 0;
	bool again = false;
	photo_clean_disk();
	ck_assert_err(photo_add_by(photo_fixture.db, 1, 1, 1, &id, &again), ERR_OK);
	ck_assert(again);
	ck_assert_int_eq(id, first);
	ck_assert_int_eq(photo_test_refs(1), 1);
	/* and if its files had gone, they are back */
	ck_assert(atomic_load(&photo_disk.there[1]));
	photo_all_is_right();
}
END_TEST

START_TEST(only_its_owner_and_only_while_it_may_change)
{
	static const struct {
		int state;
		enum err e;
	} cases[] = {{0, ERR_OK}, {1, ERR_OK}, {2, ERR_OK}, {3, ERR_NOT_FOUND}, {4, ERR_OK}, {5, ERR_OK}, {6, ERR_OK}, {7, ERR_NOT_FOUND}, {8, ERR_OK}, {9, ERR_NOT_FOUND}};
	int64_t id;
	bool again;
	photo_clean_disk();
	ck_assert_err(photo_add_by(photo_fixture.db, 2, 1, 1, &id, &again), ERR_NOT_FOUND);
	ck_assert_err(photo_add_by(photo_fixture.db, 0, 1, 1, &id, &again), ERR_INVALID);
	ck_assert_err(photo_add_by(photo_fixture.db, 1, 99, 1, &id, &again), ERR_NOT_FOUND);
	ck_assert_int_eq(photo_disk.written, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char sql[128];
		snprintf(sql, sizeof sql, "UPDATE listing SET state = %d WHERE id = 1", cases[i].state);
		db_test_run(photo_fixture.db, sql);
		ck_assert_msg(photo_add_by(photo_fixture.db, 1, 1, (int)i + 1, &id, &again) == cases[i].e, "state %d", cases[i].state);
	}
	photo_all_is_right();
}
END_TEST

START_TEST(the_eleventh_is_refused)
{
	int64_t id;
	bool again;
	photo_clean_disk();
	for (int i = 0; i < PHOTO_MAX; i++)
		photo_add(1, i);
	int written = photo_disk.written;
	ck_assert_err(photo_add_by(photo_fixture.db, 1, 1, 20, &id, &again), ERR_LIMITED);
	ck_assert_int_eq(photo_disk.written, written);
	ck_assert_err(photo_add_by(photo_fixture.db, 1, 1, 4, &id, &again), ERR_OK);
	ck_assert(again);
	ck_assert_int_eq(photo_number("SELECT photos FROM listing WHERE id = 1"), PHOTO_MAX);
	photo_all_is_right();
}
END_TEST

START_TEST(a_full_disk_leaves_no_row_of_a_photo)
{
	int64_t id;
	bool again;
	photo_clean_disk();
	atomic_store(&photo_disk.full, true);
	ck_assert_err(photo_add_by(photo_fixture.db, 1, 1, 1, &id, &again), ERR_NO_SPACE);
	photo_test_list(1, 0);
	/* the sweep comes by in a day */
	ck_assert_int_eq(photo_test_refs(1), 0);
	photo_all_is_right();
}
END_TEST

static void order_is(int64_t a, int64_t b, int64_t c)
{
	const struct photo *p = photo_test_list(1, 3);
	ck_assert_int_eq(p[0].id, a);
	ck_assert_int_eq(p[1].id, b);
	ck_assert_int_eq(p[2].id, c);
	photo_all_is_right();
}

START_TEST(they_are_moved_and_ordered)
{
	photo_clean_disk();
	int64_t a = photo_add(1, 1), b = photo_add(1, 2), c = photo_add(1, 3), foreign = photo_add(3, 1);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 1, a, 2), ERR_OK);
	order_is(b, c, a);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 1, c, 0), ERR_OK);
	order_is(c, b, a);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 1, b, 1), ERR_OK);
	order_is(c, b, a);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 1, c, 99), ERR_OK);
	order_is(b, a, c);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 1, c, -1), ERR_OK);
	order_is(c, b, a);
	ck_assert_err(photo_db_move(photo_fixture.db, 2, 1, c, 1), ERR_NOT_FOUND);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 1, foreign, 1), ERR_NOT_FOUND);
	ck_assert_err(photo_db_move(photo_fixture.db, 1, 3, foreign, 1), ERR_NOT_FOUND);
	ck_assert_err(photo_db_order(photo_fixture.db, 1, 1, (int64_t[]){a, b, c}, 3), ERR_OK);
	order_is(a, b, c);
	ck_assert_err(photo_db_order(photo_fixture.db, 1, 1, (int64_t[]){b, c, a}, 3), ERR_OK);
	order_is(b, c, a);
	ck_assert_err(photo_db_order(photo_fixture.db, 1, 1, (int64_t[]){b, c}, 2), ERR_CONFLICT);
	ck_assert_err(photo_db_order(photo_fixture.db, 1, 1, (int64_t[]){b, b, a}, 3), ERR_CONFLICT);
	ck_assert_err(photo_db_order(photo_fixture.db, 1, 1, (int64_t[]){b, c, foreign}, 3), ERR_CONFLICT);
	ck_assert_err(photo_db_order(photo_fixture.db, 2, 1, (int64_t[]){a, b, c}, 3), ERR_NOT_FOUND);
	order_is(b, c, a);
}
END_TEST

START_TEST(words_and_removal_are_the_owner_s)
{
	photo_clean_disk();
	int64_t a = photo_add(1, 1), b = photo_add(1, 2), c = photo_add(1, 3);
	photo_add(3, 1);
	ck_assert_err(photo_db_alt(photo_fixture.db, 1, 1, b, "Élan, from the side", NULL), ERR_OK);
	ck_assert_err(photo_db_alt(photo_fixture.db, 2, 1, a, "not mine", NULL), ERR_NOT_FOUND);
	ck_assert_str_eq(photo_test_list(1, 3)[1].alt, "Élan, from the side");
	ck_assert_err(photo_db_remove(photo_fixture.db, 2, 1, a), ERR_NOT_FOUND);
	ck_assert_err(photo_db_remove(photo_fixture.db, 0, 1, a), ERR_NOT_FOUND);
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, a), ERR_OK);
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, a), ERR_NOT_FOUND);
	const struct photo *p = photo_test_list(1, 2);
	ck_assert_int_eq(p[0].id, b);
	ck_assert_int_eq(p[1].id, c);
	ck_assert_int_eq(photo_test_refs(1), 1); /* Leo's listing still has it */
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, c), ERR_OK);
	ck_assert_int_eq(photo_test_refs(3), 0);
	photo_all_is_right();
	db_test_run(photo_fixture.db, "UPDATE listing SET state = 7 WHERE id = 1");
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, b), ERR_NOT_FOUND);
}
END_TEST

/* Whether the listing 1 went back to the moderators with it. */
static bool add_reviewed(int i, bool published, enum err expected)
{
	struct photo_object o = photo_test_object(i);
	struct photo_review review = {.published = published, .now = time(NULL), .went = true};
	const struct photo_new p = {.listing_id = 1, .member_id = 1, .type = PHOTO_JPEG, .bytes = 4000000, .object = &o, .review = &review};
	int64_t id;
	bool again;
	ck_assert_err(photo_db_add(photo_fixture.db, &p, &(struct photo_writer){photo_test_store, &i}, &id, &again), expected);
	return review.went;
}

static int64_t state_of_one(void)
{
	return photo_number("SELECT state FROM listing WHERE id = 1");
}

static int64_t version_of_one(void)
{
	return photo_number("SELECT version FROM listing WHERE id = 1");
}

START_TEST(only_what_is_kept_is_looked_at_again)
{
	photo_clean_disk();
	for (int i = 0; i < PHOTO_MAX; i++)
		photo_add(1, i);
	int64_t version = version_of_one(), last = photo_test_list(1, PHOTO_MAX)[PHOTO_MAX - 1].id;
	ck_assert(!add_reviewed(PHOTO_MAX, true, ERR_LIMITED));
	ck_assert(!add_reviewed(0, true, ERR_OK)); /* is there already */
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, last), ERR_OK);
	atomic_store(&photo_disk.full, true);
	ck_assert(!add_reviewed(PHOTO_MAX, true, ERR_NO_SPACE));
	ck_assert_err(photo_db_alt(photo_fixture.db, 1, 1, last, "Gone", &(struct photo_review){.published = true}), ERR_NOT_FOUND);
	ck_assert_int_eq(state_of_one(), LISTING_PUBLISHED);
	ck_assert_int_eq(version_of_one(), version);
	atomic_store(&photo_disk.full, false);
	ck_assert(add_reviewed(PHOTO_MAX, true, ERR_OK));
	ck_assert_int_eq(state_of_one(), LISTING_PENDING);
	ck_assert_int_eq(version_of_one(), version + 1);
	photo_all_is_right();
}
END_TEST

START_TEST(what_waits_for_a_moderator_is_another_version)
{
	static const struct {
		enum listing_state state;
		bool changes;
	} cases[] = {{LISTING_PENDING, true}, {LISTING_HELD, true}, {LISTING_REJECTED, true}, {LISTING_PUBLISHED, false}, {LISTING_DRAFT, false}};
	photo_clean_disk();
	int64_t id = photo_add(1, 1);
	for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
		char sql[64];
		struct photo_review words = {.now = time(NULL)};
		snprintf(sql, sizeof sql, "UPDATE listing SET state = %d WHERE id = 1", (int)cases[i].state);
		db_test_run(photo_fixture.db, sql);
		int64_t version = version_of_one();
		ck_assert(!add_reviewed(i + 2, false, ERR_OK));
		ck_assert_err(photo_db_alt(photo_fixture.db, 1, 1, id, "A dory that leaks", &words), ERR_OK);
		ck_assert(!words.went);
		ck_assert_int_eq(version_of_one(), cases[i].changes ? version + 2 : version);
		ck_assert_int_eq(state_of_one(), cases[i].state);
	}
}
END_TEST

START_TEST(a_moderator_takes_one_down_with_an_entry)
{
	const struct moderation_entry entry = {.action = MODERATION_PHOTO, .moderator_id = 2, .listing_id = 1, .member_id = 1, .waited_seconds = -1, .created_at = 1800000000};
	photo_clean_disk();
	int64_t a = photo_add(1, 1), b = photo_add(1, 2);
	db_test_run(photo_fixture.db, "UPDATE listing SET state = 7 WHERE id = 1");
	ck_assert_err(photo_db_take_down(photo_fixture.db, 1, a, &entry), ERR_OK);
	ck_assert_err(photo_db_take_down(photo_fixture.db, 1, a, &entry), ERR_NOT_FOUND);
	ck_assert_err(photo_db_take_down(photo_fixture.db, 3, b, &entry), ERR_NOT_FOUND);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM moderation_entry WHERE listing_id = 1"), 1);
	ck_assert_int_eq(photo_test_list(1, 1)[0].id, b);
	photo_all_is_right();
}
END_TEST

START_TEST(the_first_of_many_listings_in_one_statement)
{
	int64_t ids[101] = {3, 2, 1};
	struct photo *first;
	size_t n;
	photo_clean_disk();
	photo_add(1, 1);
	photo_add(1, 2);
	photo_add(3, 3);
	for (size_t count = 3; count <= 101; count += 98) {
		ck_assert_err(photo_db_first(photo_fixture.db, photo_fixture.arena, ids, count, &first, &n), ERR_OK);
		ck_assert_uint_eq(n, 2);
		ck_assert_int_eq(first[0].listing_id + first[1].listing_id, 4);
		ck_assert_int_eq(first[0].position + first[1].position, 0);
	}
	ck_assert_err(photo_db_first(photo_fixture.db, photo_fixture.arena, ids, 0, &first, &n), ERR_OK);
	ck_assert_uint_eq(n, 0);
}
END_TEST

static enum err picture(int64_t member, int i)
{
	struct photo_object o = photo_test_object(i);
	return photo_db_picture_set(photo_fixture.db, member, &o, &(struct photo_writer){photo_test_store, &i});
}

START_TEST(a_member_s_picture)
{
	struct photo_object o;
	photo_clean_disk();
	ck_assert_err(photo_db_picture(photo_fixture.db, photo_fixture.arena, 1, &o), ERR_OK);
	ck_assert_str_eq(o.key, "");
	ck_assert_err(picture(1, 5), ERR_OK);
	ck_assert_err(picture(2, 5), ERR_OK);
	ck_assert_int_eq(photo_test_refs(5), 2);
	ck_assert_err(photo_db_picture(photo_fixture.db, photo_fixture.arena, 1, &o), ERR_OK);
	ck_assert_str_eq(o.key, photo_test_object(5).key);
	ck_assert_err(picture(1, 4), ERR_OK);
	ck_assert_err(picture(2, 6), ERR_OK);
	ck_assert_err(picture(2, 6), ERR_OK);
	ck_assert_int_eq(photo_test_refs(5), 0);
	ck_assert_int_eq(photo_test_refs(6), 1);
	ck_assert_err(photo_db_picture_set(photo_fixture.db, 1, NULL, NULL), ERR_OK);
	ck_assert_err(photo_db_picture_set(photo_fixture.db, 1, NULL, NULL), ERR_OK);
	ck_assert_int_eq(photo_test_refs(4), 0);
	ck_assert_err(picture(99, 1), ERR_NOT_FOUND);
	/* one that was under way when the account ended */
	db_test_run(photo_fixture.db, "UPDATE member SET state = 4 WHERE id = 1");
	ck_assert_err(picture(1, 7), ERR_NOT_FOUND);
	ck_assert_int_eq(photo_test_refs(7), 0);
	db_test_run(photo_fixture.db, "UPDATE member SET state = 1 WHERE id = 1");
	photo_all_is_right();
}
END_TEST

START_TEST(a_moderator_takes_a_picture_down_with_an_entry)
{
	const struct moderation_entry entry = {.action = MODERATION_PICTURE, .moderator_id = 2, .member_id = 1, .waited_seconds = -1, .created_at = 1800000000};
	const struct photo_object o = photo_test_object(4), newer = photo_test_object(5);
	struct photo_object shown;
	photo_clean_disk();
	ck_assert_err(picture(1, 4), ERR_OK);
	/* Not the one that was seen, not theirs, no key at all. */
	ck_assert_err(photo_db_picture_take_down(photo_fixture.db, 1, newer.key, &entry), ERR_CONFLICT);
	ck_assert_err(photo_db_picture_take_down(photo_fixture.db, 2, o.key, &entry), ERR_CONFLICT);
	ck_assert_err(photo_db_picture_take_down(photo_fixture.db, 1, "", &entry), ERR_CONFLICT);
	ck_assert_int_eq(photo_test_refs(4), 1);
	ck_assert_err(photo_db_picture_take_down(photo_fixture.db, 1, o.key, &entry), ERR_OK);
	ck_assert_err(photo_db_picture_take_down(photo_fixture.db, 1, o.key, &entry), ERR_CONFLICT);
	ck_assert_int_eq(photo_test_refs(4), 0);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM moderation_entry WHERE member_id = 1 AND action = 20"), 1);
	ck_assert_err(photo_db_picture(photo_fixture.db, photo_fixture.arena, 1, &shown), ERR_OK);
	ck_assert_str_eq(shown.key, "");
	photo_all_is_right();
}
END_TEST

static int64_t sweep(void)
{
	int64_t n;
	ck_assert_err(photo_db_sweep(photo_fixture.db, photo_fixture.arena, 100, &photo_test_remover, &n), ERR_OK);
	return n;
}

START_TEST(the_sweep_takes_what_nobody_named_for_a_day)
{
	photo_clean_disk();
	int64_t a = photo_add(1, 1);
	photo_add(1, 2);
	photo_add(3, 3);
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, a), ERR_OK);
	db_test_run(photo_fixture.db, "UPDATE photo_object SET unreferenced_at = UTC_TIMESTAMP() - INTERVAL 86100 SECOND WHERE refs = 0");
	ck_assert_int_eq(sweep(), 0);
	db_test_run(photo_fixture.db, "UPDATE photo_object SET unreferenced_at = UTC_TIMESTAMP() - INTERVAL 86401 SECOND WHERE refs = 0");
	/* miscounted: it is named, whatever its row says */
	db_test_run(photo_fixture.db, "UPDATE photo_object SET refs = 0, unreferenced_at = UTC_TIMESTAMP() - INTERVAL 3 DAY WHERE bytes = 1003");
	ck_assert_int_eq(sweep(), 1);
	ck_assert(!photo_disk.there[1] && photo_disk.there[2] && photo_disk.there[3]);
	ck_assert_int_eq(photo_test_refs(1), -1);
	ck_assert_int_eq(photo_test_refs(3), 1);
	ck_assert_int_eq(sweep(), 0);
	ck_assert_int_eq(photo_disk.removed, 1);
	photo_all_is_right();
}
END_TEST

static enum err cannot(void *ctx, const char *key)
{
	(void)key;
	++*(int *)ctx;
	return ERR_IO;
}

START_TEST(what_cannot_be_removed_keeps_its_row)
{
	int tried = 0;
	int64_t n;
	photo_clean_disk();
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, photo_add(1, 1)), ERR_OK);
	ck_assert_err(photo_db_remove(photo_fixture.db, 1, 1, photo_add(1, 2)), ERR_OK);
	db_test_run(photo_fixture.db, "UPDATE photo_object SET unreferenced_at = '2020-01-01'");
	ck_assert_err(photo_db_sweep(photo_fixture.db, photo_fixture.arena, 100, &(const struct photo_remover){cannot, &tried, false}, &n), ERR_IO);
	ck_assert_int_eq(tried, 2);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(photo_test_refs(1), 0);
	ck_assert_int_eq(sweep(), 2);
}
END_TEST

START_TEST(a_listing_s_end_is_ordered_and_delivered_once)
{
	int64_t n;
	photo_clean_disk();
	for (int i = 1; i < 5; i++)
		photo_add(2, i);
	photo_add(1, 1);
	ck_assert_err(photo_db_end_of_listing(photo_fixture.db, 2), ERR_OK);
	ck_assert_err(photo_db_end_of_listing(photo_fixture.db, 3), ERR_OK); /* has none */
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM outbox WHERE kind = 'photos'"), 1);
	ck_assert_int_eq(photo_number("SELECT subject_id FROM outbox WHERE kind = 'photos'"), 2);
	db_test_run(photo_fixture.db, "DELETE FROM listing WHERE id = 2");
	ck_assert_err(photo_db_remove_of_listing(photo_fixture.db, 2, &n), ERR_OK);
	ck_assert_int_eq(n, 4);
	ck_assert_err(photo_db_remove_of_listing(photo_fixture.db, 2, &n), ERR_OK);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(photo_test_refs(1), 1);
	ck_assert_int_eq(photo_test_refs(2), 0);
	ck_assert_err(photo_db_remove_of_listing(photo_fixture.db, 1, &n), ERR_OK);
	ck_assert_int_eq(n, 1);
	photo_all_is_right();
}
END_TEST

/* By whatever way a listing ends: with its state or row, in the same transaction. */
START_TEST(a_draft_deleted_and_a_listing_removed_order_it)
{
	photo_clean_disk();
	photo_add(2, 1);
	photo_add(3, 1);
	ck_assert_err(own_listing_db_delete_draft(photo_fixture.db, 2, 2), ERR_NOT_FOUND);
	ck_assert_err(own_listing_db_delete_draft(photo_fixture.db, 1, 1), ERR_CONFLICT);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM outbox"), 0);
	ck_assert_err(own_listing_db_delete_draft(photo_fixture.db, 2, 1), ERR_OK);
	ck_assert_int_eq(photo_number("SELECT subject_id FROM outbox WHERE kind = 'photos'"), 2);
	ck_assert_err(db_fixture_decide(&photo_fixture, photo_fixture.db, photo_fixture.arena, 3, DECISION_REMOVE, "Spam", 1790000000), ERR_OK);
	ck_assert_err(db_fixture_decide(&photo_fixture, photo_fixture.db, photo_fixture.arena, 3, DECISION_REMOVE, "Spam", 1790000000), ERR_CONFLICT);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM outbox WHERE kind = 'photos' AND subject_id = 3"), 1);
	/* without photos there is nothing to order */
	ck_assert_err(db_fixture_decide(&photo_fixture, photo_fixture.db, photo_fixture.arena, 1, DECISION_REMOVE, "Spam", 1790000000), ERR_OK);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM outbox WHERE kind = 'photos'"), 2);
}
END_TEST

static bool count_stray(void *ctx, int64_t id)
{
	int64_t *found = ctx;
	found[0]++;
	found[1] += id;
	return true;
}

/* How many there are; mends them. */
static int64_t mend(enum photo_stray_kind kind, int64_t expected_id)
{
	int64_t found[2] = {0, 0}, after[2] = {0, 0};
	ck_assert_err(photo_db_strays(photo_fixture.db, kind, count_stray, found), ERR_OK);
	if (found[0] == 1)
		ck_assert_int_eq(found[1], expected_id);
	ck_assert_err(photo_db_stray_mend(photo_fixture.db, kind, found[1]), ERR_OK);
	ck_assert_err(photo_db_strays(photo_fixture.db, kind, count_stray, after), ERR_OK);
	ck_assert_int_eq(after[0], 0);
	return found[0];
}

START_TEST(strays_are_found_and_mended)
{
	photo_clean_disk();
	int64_t a = photo_add(1, 1), b = photo_add(1, 2);
	photo_add(2, 1);
	photo_add(3, 3);
	for (int kind = 0; kind < PHOTO_STRAY_KINDS; kind++)
		ck_assert_int_eq(mend((enum photo_stray_kind)kind, 0), 0);
	db_test_run(photo_fixture.db, "UPDATE listing SET photos = 7 WHERE id = 1");
	ck_assert_int_eq(mend(PHOTO_STRAY_COUNT, 1), 1);
	db_test_run(photo_fixture.db, "UPDATE photo SET position = 5 WHERE listing_id = 1 AND position = 0");
	ck_assert_int_eq(mend(PHOTO_STRAY_COUNT, 1), 1);
	ck_assert_int_eq(photo_test_list(1, 2)[0].id, b);
	ck_assert_int_eq(photo_test_list(1, 2)[1].id, a);
	db_test_run(photo_fixture.db, "UPDATE photo SET position = 0 WHERE listing_id = 1");
	ck_assert_int_eq(mend(PHOTO_STRAY_COUNT, 1), 1);
	db_test_run(photo_fixture.db, "UPDATE member SET picture = UNHEX('00112233445566778899aabbccddeeff') WHERE id = 2");
	ck_assert_int_eq(mend(PHOTO_STRAY_PICTURE, 2), 1);
	/* one that is an object is none to mend */
	ck_assert_err(picture(2, 3), ERR_OK);
	ck_assert_err(photo_db_stray_mend(photo_fixture.db, PHOTO_STRAY_PICTURE, 2), ERR_OK);
	ck_assert_int_eq(photo_test_refs(3), 2);
	/* one that the outbox will remove is none */
	ck_assert_err(photo_db_end_of_listing(photo_fixture.db, 3), ERR_OK);
	db_test_run(photo_fixture.db, "DELETE FROM listing WHERE id = 2;\nUPDATE listing SET state = 3 WHERE id = 3");
	ck_assert_int_eq(mend(PHOTO_STRAY_LISTING, 2), 1);
	photo_test_list(3, 1);
	photo_all_is_right();
}
END_TEST

START_TEST(a_wrong_count_is_mended)
{
	photo_clean_disk();
	photo_add(1, 1);
	db_test_run(photo_fixture.db, "UPDATE photo_object SET refs = 9");
	ck_assert_err(photo_db_recount(photo_fixture.db, photo_test_object(1).key), ERR_OK);
	ck_assert_int_eq(photo_test_refs(1), 1);
	db_test_run(photo_fixture.db, "UPDATE photo_object SET refs = 0, unreferenced_at = '2020-01-01'");
	ck_assert_err(photo_db_recount(photo_fixture.db, photo_test_object(1).key), ERR_OK);
	photo_all_is_right();
	db_test_run(photo_fixture.db, "DELETE FROM photo;\nUPDATE listing SET photos = 0");
	ck_assert_err(photo_db_recount(photo_fixture.db, photo_test_object(1).key), ERR_OK);
	ck_assert_int_eq(photo_test_refs(1), 0);
	ck_assert_err(photo_db_recount(photo_fixture.db, photo_test_object(2).key), ERR_OK); /* there is none */
}
END_TEST

START_TEST(an_object_without_files_is_forgotten_with_all_that_names_it)
{
	int64_t n;
	photo_clean_disk();
	photo_add(1, 1);
	int64_t kept = photo_add(1, 2);
	photo_add(3, 1);
	ck_assert_err(picture(2, 1), ERR_OK);
	ck_assert_err(photo_db_forget_object(photo_fixture.db, photo_fixture.arena, photo_test_object(1).key, &photo_test_mender, &n), ERR_OK);
	ck_assert_int_eq(n, 0); /* it is whole */
	ck_assert_int_eq(photo_test_refs(1), 3);
	atomic_store(&photo_disk.there[1], false);
	ck_assert_err(photo_db_forget_object(photo_fixture.db, photo_fixture.arena, photo_test_object(1).key, &photo_test_mender, &n), ERR_OK);
	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(photo_test_refs(1), -1);
	const struct photo *p = photo_test_list(1, 1);
	ck_assert_int_eq(p[0].id, kept);
	ck_assert_int_eq(p[0].position, 0);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM member WHERE picture IS NOT NULL"), 0);
	ck_assert_int_eq(photo_disk.removed, 1);
	ck_assert_err(photo_db_forget_object(photo_fixture.db, photo_fixture.arena, photo_test_object(1).key, &photo_test_mender, &n), ERR_OK);
	ck_assert_int_eq(n, 0);
	photo_all_is_right();
}
END_TEST

START_TEST(files_without_a_row_go_unless_a_row_came)
{
	bool removed;
	photo_clean_disk();
	atomic_store(&photo_disk.there[7], true);
	ck_assert_err(photo_db_forget_files(photo_fixture.db, photo_test_object(7).key, &photo_test_mender, &removed), ERR_OK);
	ck_assert(removed && !photo_disk.there[7]);
	ck_assert_int_eq(photo_number("SELECT COUNT(*) FROM photo_object"), 0);
	photo_add(1, 7);
	ck_assert_err(photo_db_forget_files(photo_fixture.db, photo_test_object(7).key, &photo_test_mender, &removed), ERR_OK);
	ck_assert(!removed && photo_disk.there[7]);
	photo_all_is_right();
}
END_TEST

Suite *suite_photo_db(void)
{
	Suite *s = suite_create("photo");
	TCase *t = tcase_create("photo");
	tcase_add_checked_fixture(t, photo_set_up, photo_tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_photo_is_added_and_read);
	tcase_add_test(t, the_same_photo_again_is_the_one_that_is_there);
	tcase_add_test(t, only_its_owner_and_only_while_it_may_change);
	tcase_add_test(t, the_eleventh_is_refused);
	tcase_add_test(t, a_full_disk_leaves_no_row_of_a_photo);
	tcase_add_test(t, they_are_moved_and_ordered);
	tcase_add_test(t, words_and_removal_are_the_owner_s);
	tcase_add_test(t, only_what_is_kept_is_looked_at_again);
	tcase_add_test(t, what_waits_for_a_moderator_is_another_version);
	tcase_add_test(t, a_moderator_takes_one_down_with_an_entry);
	tcase_add_test(t, the_first_of_many_listings_in_one_statement);
	tcase_add_test(t, a_member_s_picture);
	tcase_add_test(t, a_moderator_takes_a_picture_down_with_an_entry);
	tcase_add_test(t, the_sweep_takes_what_nobody_named_for_a_day);
	tcase_add_test(t, what_cannot_be_removed_keeps_its_row);
	tcase_add_test(t, a_listing_s_end_is_ordered_and_delivered_once);
	tcase_add_test(t, a_draft_deleted_and_a_listing_removed_order_it);
	tcase_add_test(t, strays_are_found_and_mended);
	tcase_add_test(t, a_wrong_count_is_mended);
	tcase_add_test(t, an_object_without_files_is_forgotten_with_all_that_names_it);
	tcase_add_test(t, files_without_a_row_go_unless_a_row_came);
	suite_add_tcase(s, t);
	return s;
}
