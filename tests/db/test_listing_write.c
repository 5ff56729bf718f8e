#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/catalog_db.h"
#include "db/listing_db.h"
#include "db_test.h"

Suite *suite_listing_write(void);

static struct db_fixture fixture;

static void set_up(void)
{
	db_fixture_make(&fixture, "op_write");
	db_fixture_catalog(&fixture, 2, 2);
}

static void tear_down(void)
{
	db_fixture_end(&fixture);
}

/* What listing_facet must hold, and holds: rows that stand in one of the two only. */
static int64_t facets_astray(void)
{
	return db_test_number(fixture.db,
		"WITH n AS (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2),"
		" wanted AS (SELECT DISTINCT IF(c.n = 0, 0, IF(c.n = 1, COALESCE(cat.parent_id, cat.id), cat.id)) AS category_node,"
		"  IF(p.n = 0, 0, IF(p.n = 1, COALESCE(pl.parent_id, pl.id), pl.id)) AS place_node, l.published_at, l.id, l.price_minor"
		"  FROM listing l JOIN category cat ON cat.id = l.category_id JOIN place pl ON pl.id = l.place_id, n c, n p WHERE l.state = 1),"
		" held AS (SELECT category_node, place_node, published_at, listing_id, price_minor FROM listing_facet)"
		" SELECT (SELECT COUNT(*) FROM (SELECT * FROM wanted EXCEPT SELECT * FROM held) a) + (SELECT COUNT(*) FROM (SELECT * FROM held EXCEPT SELECT * FROM wanted) b)");
}

static struct listing sample(void)
{
	struct listing l = db_fixture_listings(&fixture, 1, 1)[0];
	l.state = LISTING_PENDING;
	l.published_at = 0;
	l.category_id = fixture.catalog->categories[2].id;
	l.place_id = fixture.catalog->places[2].id;
	l.title = "Dory \xc3\xa0 vendre, St. John's";
	l.description = "A good dory.\n\nWith   oars.";
	return l;
}

static int64_t submitted(void)
{
	struct listing l = sample();
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
	return l.id;
}

enum { DECIDED = 1700000100 };

static enum err decide(int64_t id, enum decision_kind kind, const char *reason)
{
	return db_fixture_decide(&fixture, fixture.db, fixture.arena, id, kind, reason, DECIDED);
}

START_TEST(a_submission_is_kept_whole)
{
	struct listing l = sample(), got;
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
	ck_assert_int_gt(l.id, 0);
	ck_assert_str_eq(l.slug, "dory-a-vendre-st-johns");
	ck_assert_str_eq(l.summary, "A good dory. With oars.");
	ck_assert_err(listing_db_get(fixture.db, fixture.arena, l.id, &got), ERR_OK);
	ck_assert_int_eq(got.state, LISTING_PENDING);
	ck_assert_str_eq(got.title, l.title);
	ck_assert_str_eq(got.slug, l.slug);
	ck_assert_str_eq(got.description, l.description);
	ck_assert_str_eq(got.contact_email, l.contact_email);
	ck_assert_int_eq(got.price_minor, l.price_minor);
	ck_assert_int_eq(got.category_id, l.category_id);
	ck_assert_int_eq(got.published_at, 0);
	ck_assert_int_eq(got.created_at, l.created_at);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing_facet"), 0);
	ck_assert_err(listing_db_get(fixture.db, fixture.arena, l.id + 1, &got), ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_submission_may_be_published_at_once)
{
	struct listing l = sample();
	l.state = LISTING_PUBLISHED;
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
	ck_assert_int_eq(l.published_at, l.created_at);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing_facet"), 9);
	ck_assert_int_eq(facets_astray(), 0);
}
END_TEST

static void as_it_is(struct listing *l)
{
	(void)l;
}

static void shout(struct listing *l)
{
	l->title = "DORY A VENDRE ST JOHNS";
	l->contact_email = "SELLER1@example.org";
	l->description = "a good DORY... with OARS";
}

static void other_price(struct listing *l)
{
	l->price_minor += 1;
}

static void other_sender(struct listing *l)
{
	l->contact_email = "someone.else@example.org";
}

static void other_words(struct listing *l)
{
	l->description = "A good dory with a sail.";
}

static void long_ago(struct listing *l)
{
	l->created_at = 1600000000;
}

static const struct {
	void (*first)(struct listing *), (*second)(struct listing *);
	enum err err;
} repeats[] = {
	{as_it_is, as_it_is, ERR_EXISTS},
	{as_it_is, shout, ERR_EXISTS},
	{as_it_is, other_price, ERR_EXISTS},
	{as_it_is, other_sender, ERR_OK},
	{as_it_is, other_words, ERR_OK},
	{long_ago, as_it_is, ERR_OK},
};

START_TEST(the_same_text_from_the_same_sender_is_refused)
{
	struct listing a = sample(), b = sample();
	repeats[_i].first(&a);
	repeats[_i].second(&b);
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &a), ERR_OK);
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &b), repeats[_i].err);
	ck_assert_int_eq(b.id == 0, repeats[_i].err != ERR_OK);
}
END_TEST

START_TEST(what_was_turned_down_may_come_again)
{
	int64_t id = submitted();
	ck_assert_err(decide(id, DECISION_REJECT, "a picture is missing"), ERR_OK);
	int64_t again = submitted();
	ck_assert_int_ne(id, again);
}
END_TEST

START_TEST(a_category_that_is_gone_is_a_conflict)
{
	struct listing l = sample();
	l.category_id = 999;
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_CONFLICT);
	/* The catalog in memory is older than the database. */
	l = sample();
	ck_assert_err(category_db_remove(fixture.db, l.category_id), ERR_OK);
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_CONFLICT);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM outbox"), 0);
}
END_TEST

/* What each act makes of each state. */
enum act { APPROVE, REJECT, REMOVE, EDIT };
static const struct {
	enum act act;
	enum listing_state from;
	enum err err;
	enum listing_state to;
} acts[] = {
	{APPROVE, LISTING_PENDING, ERR_OK, LISTING_PUBLISHED},
	{APPROVE, LISTING_PUBLISHED, ERR_CONFLICT, LISTING_PUBLISHED},
	{APPROVE, LISTING_REJECTED, ERR_OK, LISTING_PUBLISHED},
	{APPROVE, LISTING_REMOVED, ERR_CONFLICT, LISTING_REMOVED},
	{REJECT, LISTING_PENDING, ERR_OK, LISTING_REJECTED},
	{REJECT, LISTING_PUBLISHED, ERR_OK, LISTING_REJECTED},
	{REJECT, LISTING_REJECTED, ERR_CONFLICT, LISTING_REJECTED},
	{REJECT, LISTING_REMOVED, ERR_CONFLICT, LISTING_REMOVED},
	{REMOVE, LISTING_PENDING, ERR_OK, LISTING_REMOVED},
	{REMOVE, LISTING_PUBLISHED, ERR_OK, LISTING_REMOVED},
	{REMOVE, LISTING_REJECTED, ERR_OK, LISTING_REMOVED},
	{REMOVE, LISTING_REMOVED, ERR_CONFLICT, LISTING_REMOVED},
	{EDIT, LISTING_PENDING, ERR_OK, LISTING_PENDING},
	{EDIT, LISTING_PUBLISHED, ERR_OK, LISTING_PUBLISHED},
	{EDIT, LISTING_REJECTED, ERR_OK, LISTING_REJECTED},
	{EDIT, LISTING_REMOVED, ERR_CONFLICT, LISTING_REMOVED},
};

static void bring_to(int64_t id, enum listing_state state)
{
	if (state == LISTING_PUBLISHED)
		ck_assert_err(decide(id, DECISION_APPROVE, NULL), ERR_OK);
	if (state == LISTING_REJECTED)
		ck_assert_err(decide(id, DECISION_REJECT, "no"), ERR_OK);
	if (state == LISTING_REMOVED)
		ck_assert_err(decide(id, DECISION_REMOVE, NULL), ERR_OK);
}

static enum err perform(enum act act, int64_t id)
{
	struct listing l = sample();
	l.id = id;
	l.title = "Another title";
	l.price_minor = 4242;
	l.category_id = fixture.catalog->categories[7].id;
	l.place_id = fixture.catalog->places[0].id;
	switch (act) {
	case APPROVE:
		return decide(id, DECISION_APPROVE, NULL);
	case REJECT:
		return decide(id, DECISION_REJECT, "too short");
	case REMOVE:
		return decide(id, DECISION_REMOVE, NULL);
	default:
		return listing_db_edit(fixture.db, fixture.arena, fixture.catalog, &l);
	}
}

START_TEST(states_change_as_the_table_says)
{
	int64_t id = submitted();
	struct listing before, after;
	bring_to(id, acts[_i].from);
	ck_assert_err(listing_db_get(fixture.db, fixture.arena, id, &before), ERR_OK);
	ck_assert_int_eq(before.state, acts[_i].from);
	ck_assert_err(perform(acts[_i].act, id), acts[_i].err);
	ck_assert_err(listing_db_get(fixture.db, fixture.arena, id, &after), ERR_OK);
	ck_assert_int_eq(after.state, acts[_i].to);
	ck_assert_int_eq(facets_astray(), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) > 0 FROM listing_facet"), acts[_i].to == LISTING_PUBLISHED);
	if (acts[_i].err == ERR_OK && acts[_i].act == APPROVE)
		ck_assert_int_eq(after.published_at, DECIDED);
	if (acts[_i].err == ERR_OK && acts[_i].act == REJECT)
		ck_assert_str_eq(after.reject_reason, "too short");
	if (acts[_i].act == EDIT)
		ck_assert_str_eq(after.title, acts[_i].err == ERR_OK ? "Another title" : before.title);
	ck_assert_err(perform(acts[_i].act, id + 1000), ERR_NOT_FOUND);
}
END_TEST

START_TEST(an_edit_that_changes_nothing_is_no_conflict)
{
	struct listing l = sample();
	ck_assert_err(listing_db_submit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
	ck_assert_err(listing_db_edit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
	ck_assert_err(listing_db_edit(fixture.db, fixture.arena, fixture.catalog, &l), ERR_OK);
}
END_TEST

/* Races: every thread has its own connection and arena. */
enum { THREADS = 8 };
static atomic_int outcome[ERR_COUNT];
static int64_t raced_id;

static void race(enum err (*act)(struct db *db, struct arena *a))
{
	struct db *own = NULL;
	struct arena *a = arena_new(4 * 1024 * 1024);
	enum err e = a == NULL ? ERR_NOMEM : db_new(&fixture.conf, NULL, NULL, -1, &own);
	if (e == ERR_OK)
		e = act(own, a);
	atomic_fetch_add(&outcome[e], 1);
	db_free(own);
	arena_free(a);
}

static enum err act_approve(struct db *db, struct arena *a)
{
	return db_fixture_decide(&fixture, db, a, raced_id, DECISION_APPROVE, NULL, DECIDED);
}

static struct listing raced_listing;

static enum err act_submit(struct db *db, struct arena *a)
{
	struct listing l = raced_listing;
	return listing_db_submit(db, a, fixture.catalog, &l);
}

static enum err act_remove(struct db *db, struct arena *a)
{
	enum err e = ERR_CONFLICT;
	/* Whoever decides saw a version: an edit that comes first makes it look again. */
	while (e == ERR_CONFLICT)
		e = db_fixture_decide(&fixture, db, a, raced_id, DECISION_REMOVE, NULL, DECIDED);
	return e;
}

static enum err act_edit(struct db *db, struct arena *a)
{
	struct listing l = raced_listing;
	static atomic_int number;
	l.id = raced_id;
	l.price_minor = atomic_fetch_add(&number, 1);
	l.category_id = fixture.catalog->categories[l.price_minor % 10].id;
	return listing_db_edit(db, a, fixture.catalog, &l);
}

static void thread_approves(int number, void *ctx)
{
	(void)number;
	(void)ctx;
	race(act_approve);
}

static void thread_submits(int number, void *ctx)
{
	(void)number;
	(void)ctx;
	race(act_submit);
}

static void thread_edits_or_removes(int number, void *ctx)
{
	(void)ctx;
	for (int i = 0; i < 5; i++)
		race(number == 0 && i == 4 ? act_remove : act_edit);
}

START_TEST(of_approvals_at_once_one_wins)
{
	raced_id = submitted();
	db_test_threads(THREADS, thread_approves, NULL);
	ck_assert_int_eq(outcome[ERR_OK], 1);
	ck_assert_int_eq(outcome[ERR_CONFLICT], THREADS - 1);
	ck_assert_int_eq(facets_astray(), 0);
}
END_TEST

START_TEST(of_equal_submissions_at_once_one_is_taken)
{
	raced_listing = sample();
	db_test_threads(THREADS, thread_submits, NULL);
	ck_assert_int_eq(outcome[ERR_OK], 1);
	ck_assert_int_eq(outcome[ERR_EXISTS], THREADS - 1);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing"), 1);
}
END_TEST

START_TEST(edits_and_a_removal_at_once_leave_facets_right)
{
	raced_listing = sample();
	raced_id = submitted();
	bring_to(raced_id, LISTING_PUBLISHED);
	db_test_threads(THREADS, thread_edits_or_removes, NULL);
	ck_assert_int_eq(outcome[ERR_OK] + outcome[ERR_CONFLICT], THREADS * 5);
	ck_assert_int_eq(facets_astray(), 0);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing_facet"), 0);
}
END_TEST

static const size_t bulk_sizes[] = {1, 9, 10, 11, 99, 100, 101, 237};

START_TEST(many_at_once_are_the_same_as_one_by_one)
{
	size_t n = bulk_sizes[_i];
	struct listing *list = db_fixture_listings(&fixture, 0, n), got;
	for (size_t i = 0; i < n; i += 5)
		list[i].state = (enum listing_state)(i / 5 % 4);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, list, n, "file-1"), ERR_OK);
	for (size_t i = 0; i < n; i++) {
		ck_assert_err(listing_db_get(fixture.db, fixture.arena, list[i].id, &got), ERR_OK);
		ck_assert_str_eq(got.title, list[i].title);
		ck_assert_int_eq(got.state, list[i].state);
		ck_assert_int_eq(got.published_at != 0, list[i].state != LISTING_PENDING);
	}
	ck_assert_int_eq(facets_astray(), 0);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, list, n, "file-1"), ERR_EXISTS);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing"), (int64_t)n);
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT SUM(rows_in) FROM import_batch"), (int64_t)n);
}
END_TEST

/* One import stops between its two statements, at a trigger's gate; another comes in and is done before it goes on. */
static struct listing *slow_import, *quick_import;

static void thread_imports(int number, void *ctx)
{
	struct db *own = ctx;
	struct arena *a = arena_new(64 * 1024 * 1024);
	enum err e = ERR_NOMEM;
	if (a == NULL)
		return;
	if (number == 0) {
		e = listing_db_insert_many(own, a, fixture.catalog, slow_import, 200, NULL);
		atomic_fetch_add(&outcome[e], 1);
	} else {
		while (db_test_number(fixture.db, "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User lock'") == 0)
			ck_assert_int_eq(outcome[ERR_OK], 0);
		e = listing_db_insert_many(fixture.db, a, fixture.catalog, quick_import, 100, NULL);
		atomic_fetch_add(&outcome[e], 1);
		db_test_number(fixture.db, "SELECT RELEASE_LOCK('gate')");
	}
	arena_free(a);
}

START_TEST(imports_at_once_do_not_mix_up_their_ids)
{
	slow_import = db_fixture_listings(&fixture, 0, 200);
	slow_import[100].title = "wait at the gate";
	quick_import = db_fixture_listings(&fixture, 200, 100);
	db_test_run(fixture.db, "DROP TRIGGER IF EXISTS gate;\n"
	                        "CREATE TRIGGER gate BEFORE INSERT ON listing FOR EACH ROW"
	                        " SET NEW.stock = NEW.stock + IF(NEW.title = 'wait at the gate', GET_LOCK('gate', 60) * 0, 0)");
	ck_assert_int_eq(db_test_number(fixture.db, "SELECT GET_LOCK('gate', 0)"), 1);
	struct db *own = db_test_open(&fixture.conf);
	db_test_threads(2, thread_imports, own);
	db_free(own);
	db_test_run(fixture.db, "DROP TRIGGER gate");
	ck_assert_int_eq(outcome[ERR_OK], 2);
	ck_assert_int_eq(slow_import[99].id + 1, quick_import[0].id);
	ck_assert_int_eq(quick_import[99].id + 1, slow_import[100].id);
	ck_assert_int_eq(facets_astray(), 0);
	for (int i = 0; i < 200; i += 33) {
		struct listing got;
		ck_assert_err(listing_db_get(fixture.db, fixture.arena, slow_import[i].id, &got), ERR_OK);
		ck_assert_str_eq(got.title, slow_import[i].title);
	}
}
END_TEST

static bool collect_id(void *ctx, const struct listing *l)
{
	int64_t **to = ctx;
	*(*to)++ = l->id;
	ck_assert_ptr_nonnull(l->slug);
	return true;
}

static bool stop_at_three(void *ctx, const struct listing *l)
{
	(void)l;
	return ++*(int *)ctx < 3;
}

START_TEST(lists_and_streams_are_by_id)
{
	struct listing *list = db_fixture_listings(&fixture, 0, 2500), *got;
	for (int i = 0; i < 2500; i += 100)
		list[i].state = LISTING_PENDING;
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, list, 2500, NULL), ERR_OK);
	size_t n;
	ck_assert_err(listing_db_list_state(fixture.db, fixture.arena, LISTING_PENDING, 0, 20, &got, &n), ERR_OK);
	ck_assert_uint_eq(n, 20);
	ck_assert_int_eq(got[0].id, list[2400].id);
	ck_assert_ptr_nonnull(got[0].contact_email);
	ck_assert_err(listing_db_list_state(fixture.db, fixture.arena, LISTING_PENDING, got[19].id, 20, &got, &n), ERR_OK);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(got[4].id, list[0].id);

	int64_t ids[2500], *to = ids;
	ck_assert_err(listing_db_export(fixture.db, LISTING_PUBLISHED, collect_id, &to), ERR_OK);
	ck_assert_int_eq(to - ids, 2475);
	for (int i = 1; i < 2475; i++)
		ck_assert_int_gt(ids[i], ids[i - 1]);
	to = ids;
	ck_assert_err(listing_db_sitemap(fixture.db, list[10].id, list[210].id, collect_id, &to), ERR_OK);
	ck_assert_int_eq(to - ids, 198);
	int seen = 0;
	ck_assert_err(listing_db_export(fixture.db, LISTING_PUBLISHED, stop_at_three, &seen), ERR_OK);
	ck_assert_int_eq(seen, 3);
	int64_t max_id;
	ck_assert_err(listing_db_max_id(fixture.db, fixture.arena, &max_id), ERR_OK);
	ck_assert_int_eq(max_id, list[2499].id);

	ck_assert_err(listing_db_similar(fixture.db, fixture.arena, &list[2401], 4, &got, &n), ERR_OK);
	ck_assert_uint_eq(n, 4);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(got[i].category_id, list[2401].category_id);
		ck_assert_int_ne(got[i].id, list[2401].id);
	}
}
END_TEST

/* The catalog's moves take listings and facets along. */
START_TEST(a_category_that_moves_takes_its_listings_along)
{
	struct listing *list = db_fixture_listings(&fixture, 0, 300);
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, list, 300, NULL), ERR_OK);
	struct category child = fixture.catalog->categories[2];
	const struct category *tops[] = {&fixture.catalog->categories[0], &fixture.catalog->categories[5]};
	const int64_t parents[] = {tops[1]->id, 0, tops[0]->id, tops[0]->id};
	for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
		child.parent_id = parents[i];
		ck_assert_err(category_db_edit(fixture.db, &child), ERR_OK);
		ck_assert_int_eq(facets_astray(), 0);
		ck_assert_int_eq(db_test_number(fixture.db, "SELECT COUNT(*) FROM listing l JOIN category c ON c.id = l.category_id WHERE l.category_top_id <> COALESCE(c.parent_id, c.id)"), 0);
	}
	struct place place = fixture.catalog->places[2];
	const int64_t regions[] = {fixture.catalog->places[6].id, 0, fixture.catalog->places[0].id};
	for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
		place.parent_id = regions[i];
		ck_assert_err(place_db_edit(fixture.db, &place), ERR_OK);
		ck_assert_int_eq(facets_astray(), 0);
	}
}
END_TEST

Suite *suite_listing_write(void)
{
	Suite *s = suite_create("listing_write");
	TCase *t = tcase_create("write");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_submission_is_kept_whole);
	tcase_add_test(t, a_submission_may_be_published_at_once);
	tcase_add_loop_test(t, the_same_text_from_the_same_sender_is_refused, 0, sizeof repeats / sizeof repeats[0]);
	tcase_add_test(t, what_was_turned_down_may_come_again);
	tcase_add_test(t, a_category_that_is_gone_is_a_conflict);
	tcase_add_loop_test(t, states_change_as_the_table_says, 0, sizeof acts / sizeof acts[0]);
	tcase_add_test(t, an_edit_that_changes_nothing_is_no_conflict);
	tcase_add_test(t, of_approvals_at_once_one_wins);
	tcase_add_test(t, of_equal_submissions_at_once_one_is_taken);
	tcase_add_test(t, edits_and_a_removal_at_once_leave_facets_right);
	tcase_add_loop_test(t, many_at_once_are_the_same_as_one_by_one, 0, sizeof bulk_sizes / sizeof bulk_sizes[0]);
	tcase_add_test(t, imports_at_once_do_not_mix_up_their_ids);
	tcase_add_test(t, lists_and_streams_are_by_id);
	tcase_add_test(t, a_category_that_moves_takes_its_listings_along);
	suite_add_tcase(s, t);
	return s;
}
