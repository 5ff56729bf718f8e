#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/listing_db.h"
#include "db_test.h"

Suite *suite_listing_search(void);

enum { ROWS = 3000 };
static struct db_fixture fixture;
static struct listing *all;
static struct db *db;
static struct arena *arena;

static const char *const titles[] = {
	"House in St. John's", "Un bateau \xc3\xa0 vendre", "TV, 42 inches", "A hat for a hen", "Who will it be with?", "L'\xc3\xaele aux macareux", "C++ for beginners",
};
enum { TITLES = sizeof titles / sizeof titles[0] };

static void make_all(void)
{
	db_fixture_make(&fixture, "op_search");
	db_fixture_catalog(&fixture, 3, 3);
	all = db_fixture_listings(&fixture, 0, ROWS + TITLES);
	for (int i = 0; i < TITLES; i++) {
		all[ROWS + i].title = titles[i];
		all[ROWS + i].description = "Nothing else is said here.";
	}
	for (int i = 0; i < ROWS; i += 10)
		all[i].state = LISTING_PENDING;
	ck_assert_err(listing_db_insert_many(fixture.db, fixture.arena, fixture.catalog, all, ROWS + TITLES, NULL), ERR_OK);
	/* So many words at once make the server write its full-text cache out in the background, and a search that meets that may miss
	 * a row: it is done here, before anybody searches. */
	ck_assert_err(db_run_script(fixture.db, "SET GLOBAL innodb_optimize_fulltext_only = 1;\nOPTIMIZE TABLE listing;\n"), ERR_OK);
	db_free(fixture.db);
	fixture.db = NULL;
}

static void end_all(void)
{
	db_fixture_end(&fixture);
}

static void set_up(void)
{
	db = db_test_open(&fixture.conf);
	arena = arena_new(64 * 1024 * 1024);
}

static void tear_down(void)
{
	db_free(db);
	arena_free(arena);
}

static struct listing_query words(const char *q)
{
	return (struct listing_query){.q = q, .min_price = -1, .max_price = -1, .limit = 20, .page = 1, .sort = SORT_RELEVANCE};
}

static const struct {
	const char *q;
	int title; /* the only title found; -1: none */
} searches[] = {
	{"st johns", 0}, {"St. John's", 0}, {"HOUSE st", 0}, {"st. john\xe2\x80\x99s house", 0},
	{"bateau vendre", 1}, {"BATEAU \xc3\x80 VENDRE", 1},
	{"tv", 2}, {"TV 42", 2}, {"inch", 2},
	{"hat hen", 3}, {"hen", 3},
	{"who will with", 4},
	{"ile", 5}, {"l'\xc3\xaele", 5}, {"macareux \xc3\xae", -1},
	{"C++ begin", 6},
	{"house -john", 0}, {"+house* ~st", 0}, {"\"house\" @ (st) <", 0},
	{"nosuchword", -1}, {"house nosuchword", -1}, {"!!!", -1}, {"***", -1}, {"'\"", -1}, {"%", -1},
};

START_TEST(words_are_found_as_people_type_them)
{
	struct listing_query q = words(searches[_i].q);
	struct listing_page p;
	int64_t n;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_err(listing_db_count(db, arena, &q, &n), ERR_OK);
	ck_assert_msg(p.n == (searches[_i].title >= 0), "%s: %zu found", searches[_i].q, p.n);
	ck_assert_int_eq(n, (int64_t)p.n);
	if (p.n == 1)
		ck_assert_str_eq(p.items[0].title, titles[searches[_i].title]);
}
END_TEST

static bool found(const struct listing_query *q, const struct listing *l)
{
	if (l->state != LISTING_PUBLISHED || strstr(l->title, "dory") == NULL)
		return false;
	const struct category *c = catalog_category(fixture.catalog, l->category_id);
	const struct place *p = catalog_place(fixture.catalog, l->place_id);
	return (q->category_id == 0 || c->id == q->category_id || c->parent_id == q->category_id) &&
	       (q->place_id == 0 || p->id == q->place_id || p->parent_id == q->place_id) &&
	       (q->min_price < 0 || l->price_minor >= q->min_price) && (q->max_price < 0 || l->price_minor <= q->max_price);
}

static size_t number_found(const struct listing_query *q)
{
	size_t n = 0;
	for (int i = 0; i < ROWS; i++)
		n += found(q, &all[i]);
	return n;
}

static struct listing_query filtered(int i)
{
	struct listing_query q = words("dory number");
	q.sort = (enum listing_sort)(i % 3);
	q.category_id = (const int64_t[]){0, fixture.catalog->categories[0].id, fixture.catalog->categories[3].id}[i / 3 % 3];
	q.place_id = (const int64_t[]){0, fixture.catalog->places[0].id, fixture.catalog->places[4].id}[i / 9 % 3];
	q.min_price = i / 27 % 2 == 0 ? -1 : 10000;
	q.max_price = i / 27 % 2 == 0 ? -1 : 20000;
	return q;
}
enum { FILTERED = 54 };

static int64_t key_of(const struct listing_query *q, const struct listing *l)
{
	return q->sort == SORT_NEWEST ? l->published_at : l->price_minor;
}

static void check_order(const struct listing_query *q, const struct listing *before, const struct listing *after)
{
	int64_t b = key_of(q, before), a = key_of(q, after);
	bool up = q->sort == SORT_PRICE_ASC;
	ck_assert(up ? (b < a || (b == a && before->id < after->id)) : (b > a || (b == a && before->id > after->id)));
}

START_TEST(sorted_searches_page_both_ways)
{
	struct listing_query q = filtered(_i);
	struct listing_page p;
	struct listing previous = {0};
	size_t n = number_found(&q), met = 0;
	int64_t counted;
	ck_assert_err(listing_db_count(db, arena, &q, &counted), ERR_OK);
	ck_assert_int_eq(counted, (int64_t)n);
	do {
		ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
		ck_assert_int_eq(p.has_previous, met > 0);
		for (size_t i = 0; i < p.n; i++, met++) {
			ck_assert(found(&q, &p.items[i]));
			if (met > 0)
				check_order(&q, &previous, &p.items[i]);
			previous = p.items[i];
		}
		q.has_cursor = true;
		q.cursor_key = key_of(&q, &previous);
		q.cursor_id = previous.id;
	} while (p.has_next);
	ck_assert_uint_eq(met, n);
	if (n == 0)
		return;
	q.backward = true;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, n - 1 < q.limit ? n - 1 : q.limit);
	if (p.n > 0)
		check_order(&q, &p.items[p.n - 1], &previous);
}
END_TEST

START_TEST(relevance_gives_the_best_by_page_number)
{
	struct listing_query q = words("dory");
	struct listing_page p;
	size_t n = number_found(&q), met = 0;
	ck_assert_uint_gt(n, LISTING_RELEVANCE_MAX);
	for (q.page = 1;; q.page++) {
		ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
		ck_assert_int_eq(p.has_previous, q.page > 1);
		met += p.n;
		if (!p.has_next)
			break;
		ck_assert_uint_eq(p.n, 20);
	}
	ck_assert_uint_eq(met, LISTING_RELEVANCE_MAX);
	q.page++;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, 0);
	q.page = UINT32_MAX;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, 0);
	/* The one that says it in a title of its own is among the first. */
	q = words("number 78 dory");
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_ge(p.n, 1);
	ck_assert_ptr_nonnull(strstr(p.items[0].title, "78"));
}
END_TEST

START_TEST(a_search_that_takes_too_long_says_so)
{
	struct conf hurried = fixture.conf;
	hurried.database.statement_timeout_ms = 1;
	struct db *own = db_test_open(&hurried);
	struct listing_query q = words("served generations bay kept shed every winter painted");
	struct listing_page p;
	ck_assert_err(listing_db_page(own, arena, &q, &p), ERR_TIMEOUT);
	db_free(own);
}
END_TEST

Suite *suite_listing_search(void)
{
	Suite *s = suite_create("listing_search");
	TCase *t = tcase_create("search");
	tcase_add_unchecked_fixture(t, make_all, end_all);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, words_are_found_as_people_type_them, 0, sizeof searches / sizeof searches[0]);
	tcase_add_loop_test(t, sorted_searches_page_both_ways, 0, FILTERED);
	tcase_add_test(t, relevance_gives_the_best_by_page_number);
	tcase_add_test(t, a_search_that_takes_too_long_says_so);
	suite_add_tcase(s, t);
	return s;
}
