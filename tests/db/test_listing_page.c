#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/catalog_db.h"
#include "db/listing_db.h"
#include "db_test.h"

Suite *suite_listing_page(void);

/* One schema for the whole case, made before the first test forks off. */
enum { ROWS = 20000, PAGE_ROWS_READ = 500, WORST_ROWS_READ = 7500 };
static struct db_fixture fixture;
static struct listing *all;
static struct db *db;
static struct arena *arena;

static void make_all(void)
{
	db_fixture_make(&fixture, "op_page");
	db_fixture_catalog(&fixture, 3, 3);
	all = db_fixture_listings(&fixture, 0, ROWS);
	/* So many rows take a busy machine longer than a page's statements may. */
	struct db *patient = NULL;
	ck_assert_err(db_new(&fixture.conf, NULL, NULL, 0, &patient), ERR_OK);
	ck_assert_err(listing_db_insert_many(patient, fixture.arena, fixture.catalog, all, ROWS, NULL), ERR_OK);
	db_test_run(patient, "ANALYZE TABLE listing, listing_facet");
	db_free(patient);
	/* Tests are forked: a connection is one process's. */
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

/* What the answer must be, from the rows in memory. */
static const struct listing_query *compared;

static bool stands_under(int64_t id, int64_t parent_id, int64_t node)
{
	return node == 0 || id == node || parent_id == node;
}

static bool fits(const struct listing_query *q, const struct listing *l)
{
	return stands_under(l->category_id, catalog_category(fixture.catalog, l->category_id)->parent_id, q->category_id) &&
	       stands_under(l->place_id, catalog_place(fixture.catalog, l->place_id)->parent_id, q->place_id) &&
	       (q->min_price < 0 || l->price_minor >= q->min_price) && (q->max_price < 0 || l->price_minor <= q->max_price);
}

static int64_t key_of(const struct listing_query *q, const struct listing *l)
{
	return q->sort == SORT_NEWEST ? l->published_at : l->price_minor;
}

static int in_order(const void *a, const void *b)
{
	const struct listing *x = *(const struct listing *const *)a, *y = *(const struct listing *const *)b;
	int64_t kx = key_of(compared, x), ky = key_of(compared, y);
	int less = kx != ky ? (kx < ky ? -1 : 1) : (x->id < y->id ? -1 : 1);
	return compared->sort == SORT_PRICE_ASC ? less : -less;
}

static size_t expected(const struct listing_query *q, const struct listing **out)
{
	size_t n = 0;
	for (size_t i = 0; i < ROWS; i++)
		if (fits(q, &all[i]))
			out[n++] = &all[i];
	compared = q;
	qsort(out, n, sizeof *out, in_order);
	return n;
}

static struct listing_query base(void)
{
	return (struct listing_query){.min_price = -1, .max_price = -1, .limit = 20};
}

/* Every mix of a category node and a place node (all, top, leaf) with and without prices, in every sort. */
static struct listing_query mix(int i)
{
	static const struct { int64_t min, max; } prices[] = {{-1, -1}, {10000, 30000}, {10000, 10000}, {-1, 5000}, {47500, -1}, {40001, 40002}};
	struct listing_query q = base();
	q.sort = (enum listing_sort)(i % 3);
	q.category_id = (const int64_t[]){0, fixture.catalog->categories[5].id, fixture.catalog->categories[7].id}[i / 3 % 3];
	q.place_id = (const int64_t[]){0, fixture.catalog->places[6].id, fixture.catalog->places[9].id}[i / 9 % 3];
	q.min_price = prices[i / 27 % 6].min;
	q.max_price = prices[i / 27 % 6].max;
	return q;
}
enum { MIXES = 3 * 3 * 3 * 6 };

static bool is_scanned(const struct listing_query *q)
{
	return q->sort == SORT_NEWEST && (q->min_price >= 0 || q->max_price >= 0);
}

static int64_t page_bounded(const struct listing_query *q, struct listing_page *p)
{
	db_test_reads_reset(db);
	ck_assert_err(listing_db_page(db, arena, q, p), ERR_OK);
	int64_t reads = db_test_reads(db);
	int64_t bound = is_scanned(q) ? WORST_ROWS_READ : PAGE_ROWS_READ;
	ck_assert_msg(reads <= bound, "%lld rows read: sort %d, category %lld, place %lld, prices %lld-%lld, cursor %lld %lld %s", (long long)reads, (int)q->sort,
	              (long long)q->category_id, (long long)q->place_id, (long long)q->min_price, (long long)q->max_price, (long long)q->cursor_key,
	              (long long)q->cursor_id, q->backward ? "backward" : "");
	return reads;
}

/* From a row's place in the expected order: the page behind it, and the page before it. */
static void check_at(struct listing_query q, const struct listing *const *rows, size_t n, size_t at)
{
	struct listing_page p;
	q.has_cursor = true;
	q.cursor_key = key_of(&q, rows[at]);
	q.cursor_id = rows[at]->id;
	page_bounded(&q, &p);
	size_t left = n - at - 1, want = left < q.limit ? left : q.limit;
	if (!p.scan_stopped) {
		ck_assert_uint_eq(p.n, want);
		ck_assert_int_eq(p.has_next, left > q.limit);
	}
	ck_assert(p.has_previous);
	for (size_t i = 0; i < p.n; i++)
		ck_assert_int_eq(p.items[i].id, rows[at + 1 + i]->id);

	q.backward = true;
	page_bounded(&q, &p);
	want = at < q.limit ? at : q.limit;
	if (!p.scan_stopped) {
		ck_assert_uint_eq(p.n, want);
		ck_assert_int_eq(p.has_previous, at > q.limit);
	}
	ck_assert(p.has_next);
	for (size_t i = 0; i < p.n; i++)
		ck_assert_int_eq(p.items[i].id, rows[at - p.n + i]->id);
}

START_TEST(any_page_of_any_mix_is_right_and_bounded)
{
	const struct listing **rows = malloc(ROWS * sizeof *rows);
	struct listing_query q = mix(_i);
	size_t n = expected(&q, rows);
	struct listing_page p;
	page_bounded(&q, &p);
	ck_assert_uint_eq(p.n, n < q.limit ? n : q.limit);
	ck_assert_int_eq(p.has_next, n > q.limit);
	ck_assert(!p.has_previous);
	for (size_t i = 0; i < p.n; i++)
		ck_assert_int_eq(p.items[i].id, rows[i]->id);
	const size_t depths[] = {0, 1, 19, 20, 1000, n / 2, n > 21 ? n - 21 : 0, n > 2 ? n - 2 : 0, n > 0 ? n - 1 : 0};
	for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++)
		if (depths[i] < n)
			check_at(q, rows, n, depths[i]);
	/* The last page, with no cursor. */
	q.backward = true;
	page_bounded(&q, &p);
	ck_assert(!p.has_next);
	for (size_t i = 0; i < p.n; i++)
		ck_assert_int_eq(p.items[i].id, rows[n - p.n + i]->id);
	free(rows);
}
END_TEST

START_TEST(a_walk_meets_every_row_once_in_either_direction)
{
	struct listing_query q = mix(_i);
	const struct listing **rows = malloc(ROWS * sizeof *rows);
	size_t n = expected(&q, rows), met = 0;
	struct listing_page p;
	q.limit = 100;
	for (int pages = 0;; pages++) {
		ck_assert_int_lt(pages, ROWS);
		arena_reset(arena);
		ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
		for (size_t i = 0; i < p.n; i++)
			ck_assert_int_eq(p.items[i].id, rows[met++]->id);
		if (!p.has_next)
			break;
		q.has_cursor = true;
		q.cursor_key = p.scan_stopped ? p.scanned_key : key_of(&q, &p.items[p.n - 1]);
		q.cursor_id = p.scan_stopped ? p.scanned_id : p.items[p.n - 1].id;
	}
	ck_assert_uint_eq(met, n);
	q.backward = true;
	q.has_cursor = false;
	for (int pages = 0;; pages++) {
		ck_assert_int_lt(pages, ROWS);
		arena_reset(arena);
		ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
		for (size_t i = p.n; i > 0; i--)
			ck_assert_int_eq(p.items[i - 1].id, rows[--met]->id);
		if (!p.has_previous)
			break;
		q.has_cursor = true;
		q.cursor_key = p.scan_stopped ? p.scanned_key : key_of(&q, &p.items[0]);
		q.cursor_id = p.scan_stopped ? p.scanned_id : p.items[0].id;
	}
	ck_assert_uint_eq(met, 0);
	free(rows);
}
END_TEST

/* A crawler follows every filter, sort and price link, five pages deep from both ends. */
START_TEST(a_crawler_over_every_combination_stays_bounded)
{
	int64_t worst = 0, pages = 0, total = 0;
	for (size_t c = 0; c <= fixture.catalog->category_count; c++) {
		for (size_t p = 0; p <= fixture.catalog->place_count; p++) {
			struct listing_query q = mix((int)(c * 7 + p) % MIXES);
			q.category_id = c == 0 ? 0 : fixture.catalog->categories[c - 1].id;
			q.place_id = p == 0 ? 0 : fixture.catalog->places[p - 1].id;
			q.backward = (c + p) % 2 == 1;
			for (int depth = 0; depth < 5; depth++) {
				struct listing_page page;
				arena_reset(arena);
				int64_t reads = page_bounded(&q, &page);
				worst = reads > worst ? reads : worst;
				total += reads;
				pages++;
				if (!(q.backward ? page.has_previous : page.has_next))
					break;
				const struct listing *edge = page.n == 0 ? NULL : &page.items[q.backward ? 0 : page.n - 1];
				q.has_cursor = true;
				q.cursor_key = page.scan_stopped ? page.scanned_key : key_of(&q, edge);
				q.cursor_id = page.scan_stopped ? page.scanned_id : edge->id;
			}
		}
	}
	ck_assert_int_gt(pages, 500);
	ck_assert_int_le(worst, WORST_ROWS_READ);
	ck_assert_int_le(total / pages, PAGE_ROWS_READ);
}
END_TEST

START_TEST(counts_stop)
{
	const struct listing **rows = malloc(ROWS * sizeof *rows);
	struct listing_query q = mix(_i);
	int64_t n;
	db_test_reads_reset(db);
	ck_assert_err(listing_db_count(db, arena, &q, &n), ERR_OK);
	ck_assert_int_le(db_test_reads(db), 2 * LISTING_COUNT_STOP + 10);
	size_t all_of_them = expected(&q, rows);
	ck_assert_int_eq(n, all_of_them > LISTING_COUNT_STOP ? LISTING_COUNT_STOP : (int64_t)all_of_them);
	free(rows);
}
END_TEST

START_TEST(limits_are_kept)
{
	struct listing_query q = base();
	struct listing_page p;
	q.limit = 0;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, 1);
	q.limit = 1000;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, LISTING_PAGE_MAX);
	ck_assert_str_eq(p.items[0].currency, "CAD");
	ck_assert_ptr_nonnull(strstr(p.items[0].summary, "three generations"));
	ck_assert_ptr_null(p.items[0].description);
	ck_assert_ptr_null(p.items[0].contact_email);
	q.has_cursor = true;
	q.cursor_key = INT64_MIN;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, 0);
	q.cursor_key = INT64_MAX;
	ck_assert_err(listing_db_page(db, arena, &q, &p), ERR_OK);
	ck_assert_uint_eq(p.n, LISTING_PAGE_MAX);
}
END_TEST

/* The newest rows all share one second and one price: the case of an import. */
static struct listing *add_alike(int n)
{
	struct listing *same = db_fixture_listings(&fixture, ROWS, (size_t)n);
	for (int i = 0; i < n; i++) {
		same[i].published_at = 1900000000;
		same[i].price_minor = 12345;
	}
	ck_assert_err(listing_db_insert_many(db, arena, fixture.catalog, same, (size_t)n, NULL), ERR_OK);
	return same;
}

static void take_away(void)
{
	db_test_run(db, "DELETE FROM listing_facet WHERE published_at = FROM_UNIXTIME(1900000000);\n"
	                "DELETE FROM listing WHERE published_at = FROM_UNIXTIME(1900000000)");
}

/* A wide range whose rows all lie deeper than the scan goes: the page is empty, and the next one carries on. */
START_TEST(a_scan_stops_and_goes_on)
{
	add_alike(7000);
	const struct listing **rows = malloc(ROWS * sizeof *rows);
	struct listing_query q = base();
	q.min_price = 0;
	q.max_price = 5000;
	size_t n = expected(&q, rows);
	ck_assert_uint_gt(n, 2000);
	struct listing_page p;
	int64_t reads = page_bounded(&q, &p);
	ck_assert_int_gt(reads, 5000);
	ck_assert(p.scan_stopped && p.has_next);
	ck_assert_uint_eq(p.n, 0);
	ck_assert_int_eq(p.scanned_key, 1900000000);
	q.has_cursor = true;
	q.cursor_key = p.scanned_key;
	q.cursor_id = p.scanned_id;
	page_bounded(&q, &p);
	ck_assert(!p.scan_stopped);
	ck_assert_uint_eq(p.n, q.limit);
	for (size_t i = 0; i < p.n; i++)
		ck_assert_int_eq(p.items[i].id, rows[i]->id);
	take_away();
	free(rows);
}
END_TEST

START_TEST(rows_of_one_second_are_bounded_too)
{
	struct listing *same = add_alike(5000);
	struct listing_query q = base();
	struct listing_page p;
	for (int sort = 0; sort < 3; sort++) {
		q.sort = (enum listing_sort)sort;
		q.has_cursor = true;
		q.cursor_key = sort == 0 ? 1900000000 : 12345;
		q.cursor_id = same[2500].id;
		for (int backward = 0; backward < 2; backward++) {
			q.backward = backward == 1;
			page_bounded(&q, &p);
			ck_assert_uint_eq(p.n, 20);
			bool upward = (sort == 1) != q.backward;
			const struct listing *first = q.backward ? &p.items[19] : &p.items[0];
			ck_assert_int_eq(first->id, upward ? same[2501].id : same[2499].id);
		}
	}
	take_away();
}
END_TEST

Suite *suite_listing_page(void)
{
	Suite *s = suite_create("listing_page");
	TCase *t = tcase_create("page");
	tcase_add_unchecked_fixture(t, make_all, end_all);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, any_page_of_any_mix_is_right_and_bounded, 0, MIXES);
	tcase_add_loop_test(t, a_walk_meets_every_row_once_in_either_direction, 0, MIXES);
	tcase_add_test(t, a_crawler_over_every_combination_stays_bounded);
	tcase_add_loop_test(t, counts_stop, 0, MIXES);
	tcase_add_test(t, limits_are_kept);
	tcase_add_test(t, a_scan_stops_and_goes_on);
	tcase_add_test(t, rows_of_one_second_are_bounded_too);
	suite_add_tcase(s, t);
	return s;
}
