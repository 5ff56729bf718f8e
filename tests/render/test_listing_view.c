#include "../support/suites.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/listing_view.h"

enum { PAGE_CAP = 1 << 18 };

static struct listing_query whole(void)
{
	return (struct listing_query){.min_price = -1, .max_price = -1, .limit = LISTING_PAGE, .page = 1};
}

static struct listings_view list(enum lang lang, const struct listing_query *q, const struct listing_page *result, int64_t count)
{
	return (struct listings_view){.page = fixture_page(lang, "/listings"), .catalog = &fixture_catalog, .query = q, .result = result,
	                              .count = count, .min_price = "", .max_price = "", .now = FIXTURE_NOW};
}

static void check_list(const char *name, const struct listings_view *v)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	listings_view(&b, v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(name, &b);
	buf_free(&b);
}

START_TEST(the_first_page_of_all)
{
	struct listing items[FIXTURE_LISTINGS];
	memcpy(items, fixture_listings, sizeof items);
	struct listing_query q = whole();
	struct listing_page result = {.items = items, .n = FIXTURE_LISTINGS, .has_next = true};
	struct listings_view v = list(LANG_EN, &q, &result, LISTING_COUNT_STOP);
	v.next_href = "/listings?cursor=abc";
	v.page.next = v.next_href;
	v.page.feed = "/feed.atom";
	check_list("listings.html", &v);
}
END_TEST

START_TEST(a_filtered_search_in_french)
{
	struct listing items[FIXTURE_LISTINGS];
	memcpy(items, fixture_listings, sizeof items);
	struct listing_query q = whole();
	q.q = HOSTILE;
	q.category_id = 2;
	q.place_id = 11;
	q.min_price = 10000;
	q.max_price = 200050;
	q.sort = SORT_PRICE_ASC;
	struct listing_page result = {.items = items, .n = 1, .has_next = true, .has_previous = true, .scan_stopped = true};
	struct listings_view v = list(LANG_FR, &q, &result, 1);
	v.page.title = "Recherche\u00a0: " HOSTILE;
	v.min_price = "100";
	v.max_price = "2000.50";
	const struct filter_chip chips[] = {{HOSTILE, "/fr/listings?category=dories"}, {"Doris", "/fr/listings?q=x"}};
	v.chips = chips;
	v.chip_count = 2;
	v.previous_href = "/fr/listings?cursor=a&sort=price_asc";
	v.next_href = "/fr/listings?cursor=b&sort=price_asc";
	check_list("listings-search-fr.html", &v);
}
END_TEST

START_TEST(nothing_found_says_what_to_try)
{
	struct listing_query q = whole();
	q.q = "gold plated dory";
	q.place_id = 12;
	q.max_price = 100;
	q.sort = SORT_RELEVANCE;
	struct listing_page result = {.n = 0};
	struct listings_view v = list(LANG_EN, &q, &result, 0);
	const struct filter_chip chips[] = {{"“gold plated dory”", "/listings?location=labrador"}, {"Labrador", "/listings?q=gold+plated+dory"}};
	v.max_price = "1";
	v.chips = chips;
	v.chip_count = 2;
	check_list("listings-empty.html", &v);
}
END_TEST

START_TEST(a_search_that_is_too_broad_asks_for_a_word)
{
	struct listing_query q = whole();
	q.q = "sale";
	q.sort = SORT_RELEVANCE;
	struct listing_page result = {.n = 0};
	struct listings_view v = list(LANG_EN, &q, &result, -1);
	v.too_broad = true;
	check_list("listings-too-broad.html", &v);
}
END_TEST

START_TEST(a_value_that_cannot_be_used_is_named)
{
	struct listing_query q = whole();
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "min_price", MSG_FIELD_NOT_MONEY, NULL);
	field_errors_add(&errors, "colour\"<", MSG_FIELD_UNKNOWN, NULL);
	field_errors_add(&errors, "", MSG_FIELD_CURSOR, NULL);
	struct listing_page result = {.n = 0};
	struct listings_view v = list(LANG_EN, &q, &result, -1);
	v.min_price = "a lot\">";
	v.errors = &errors;
	check_list("listings-errors.html", &v);
}
END_TEST

/* What the results say without listings, by what was asked. */
static const struct {
	bool cursor;
	unsigned page;
	bool scan_stopped;
	enum msg said, unsaid;
} empties[] = {
	{false, 1, false, MSG_EMPTY_NEWEST, MSG_EMPTY_PAGE},
	{true, 1, false, MSG_EMPTY_PAGE, MSG_EMPTY_NEWEST},
	{false, 3, false, MSG_EMPTY_PAGE, MSG_EMPTY_NEWEST},
	{true, 1, true, MSG_SCAN_STOPPED, MSG_EMPTY_PAGE},
};

START_TEST(an_empty_page_says_why)
{
	struct listing_query q = whole();
	q.has_cursor = empties[_i].cursor;
	q.page = empties[_i].page;
	struct listing_page result = {.n = 0, .scan_stopped = empties[_i].scan_stopped};
	struct listings_view v = list(LANG_EN, &q, &result, 0);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	listings_view(&b, &v);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), tr(LANG_EN, empties[_i].said)));
	ck_assert_ptr_null(strstr(buf_str(&b), tr(LANG_EN, empties[_i].unsaid)));
	buf_free(&b);
}
END_TEST

static const struct {
	int64_t count;
	const char *en, *fr;
} counts[] = {
	{-1, "role=\"status\"></p>", "role=\"status\"></p>"},
	{0, ">No listings<", ">Aucune annonce<"},
	{1, ">1 listing<", ">1\u00a0annonce<"},
	{2, ">2 listings<", ">2\u00a0annonces<"},
	{1000, ">1,000 listings<", ">1\u00a0000\u00a0annonces<"},
	{LISTING_COUNT_STOP, ">1,000+ listings<", ">1\u00a0000+ annonces<"},
};

START_TEST(counts_stop_at_a_thousand)
{
	struct listing_query q = whole();
	struct listing_page result = {.n = 0};
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		struct listings_view v = list((enum lang)lang, &q, &result, counts[_i].count);
		struct buf b;
		buf_init(&b, PAGE_CAP);
		listings_view(&b, &v);
		ck_assert_ptr_nonnull(strstr(buf_str(&b), lang == LANG_FR ? counts[_i].fr : counts[_i].en));
		buf_free(&b);
	}
}
END_TEST

/* Which value stands for the default order, and whether the filters carry another one along. */
static const struct {
	const char *q;
	enum listing_sort sort;
	const char *selected, *hidden;
} sorts[] = {
	{"", SORT_NEWEST, "<option value=\"\" selected>Newest first", NULL},
	{"", SORT_PRICE_DESC, "<option value=\"price_desc\" selected>", "name=\"sort\" value=\"price_desc\""},
	{"dory", SORT_RELEVANCE, "<option value=\"\" selected>Best match first", NULL},
	{"dory", SORT_NEWEST, "<option value=\"newest\" selected>", "name=\"sort\" value=\"newest\""},
};

START_TEST(the_default_order_has_no_name)
{
	struct listing item = fixture_listings[0];
	struct listing_query q = whole();
	q.q = sorts[_i].q;
	q.sort = sorts[_i].sort;
	struct listing_page result = {.items = &item, .n = 1};
	struct listings_view v = list(LANG_EN, &q, &result, 1);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	listings_view(&b, &v);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), sorts[_i].selected));
	if (sorts[_i].hidden != NULL)
		ck_assert_ptr_nonnull(strstr(buf_str(&b), sorts[_i].hidden));
	else
		ck_assert_ptr_null(strstr(buf_str(&b), "type=\"hidden\" name=\"sort\""));
	buf_free(&b);
}
END_TEST

static const struct {
	const char *golden;
	enum lang lang;
	size_t listing, similar;
} pages[] = {
	{"listing.html", LANG_EN, 0, 2},
	{"listing-fr.html", LANG_FR, 0, 0},
	{"listing-hostile.html", LANG_EN, 1, 0},
	{"listing-orphan-fr.html", LANG_FR, 2, 0},
};

START_TEST(a_listing_page)
{
	char path[128];
	const struct listing *l = &fixture_listings[pages[_i].listing];
	snprintf(path, sizeof path, "/listings/%d/%s", (int)l->id, l->slug);
	struct listing_view v = {.page = fixture_page(pages[_i].lang, path), .catalog = &fixture_catalog, .listing = l,
	                         .similar = &fixture_listings[1], .similar_count = pages[_i].similar, .now = FIXTURE_NOW};
	v.page.title = l->title;
	struct buf b;
	buf_init(&b, PAGE_CAP);
	listing_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(pages[_i].golden, &b);
	buf_free(&b);
}
END_TEST

/* What a seller's profile says stands below the description, escaped; nothing stands there when it says nothing. */
START_TEST(the_seller_s_profile)
{
	static const struct {
		const char *about;
		int64_t place_id;
		bool heading;
		const char *shown;
	} sellers[] = {
		{"Builds <b>dories</b>.\n\nSince 1974.", 0, true, "<p>Builds &lt;b&gt;dories&lt;/b&gt;.</p>"},
		{"", 1, true, "<p>Place: "},
		{"", 0, false, NULL},
	};
	for (size_t i = 0; i < sizeof sellers / sizeof *sellers; i++) {
		const struct member seller = {
			.id = 1, .email = "never@shown.example", .name = "Elsie", .about = sellers[i].about,
			.place_id = sellers[i].place_id != 0 ? fixture_listings[0].place_id : 0, .address = {.line1 = "1 Private Lane"},
		};
		struct listing_view v = {.page = fixture_page(LANG_EN, "/listings/1/x"), .catalog = &fixture_catalog, .listing = &fixture_listings[0],
		                         .seller = &seller, .now = FIXTURE_NOW};
		v.page.title = "Dory";
		struct buf b;
		buf_init(&b, PAGE_CAP);
		listing_view(&b, &v);
		ck_assert_int_eq(strstr(buf_str(&b), "About the seller") != NULL, sellers[i].heading);
		if (sellers[i].shown != NULL)
			ck_assert_ptr_nonnull(strstr(buf_str(&b), sellers[i].shown));
		ck_assert_ptr_null(strstr(buf_str(&b), "never@shown"));
		ck_assert_ptr_null(strstr(buf_str(&b), "Private Lane"));
		buf_free(&b);
	}
}
END_TEST

START_TEST(fragments)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	listing_cards(&b, LANG_EN, &fixture_catalog, fixture_listings, FIXTURE_LISTINGS, NULL, FIXTURE_NOW);
	golden_check("fragment-newest.html", &b);
	buf_reset(&b);
	listing_cards(&b, LANG_FR, &fixture_catalog, fixture_listings, 0, NULL, FIXTURE_NOW);
	golden_check("fragment-newest-empty-fr.html", &b);
	buf_reset(&b);
	category_links(&b, LANG_FR, &fixture_catalog);
	golden_check("fragment-categories-fr.html", &b);
	buf_reset(&b);
	category_options(&b, LANG_EN, &fixture_catalog, "engines");
	golden_check("fragment-category-options.html", &b);
	buf_reset(&b);
	place_options(&b, LANG_EN, &fixture_catalog, NULL);
	golden_check("fragment-place-options.html", &b);
	buf_free(&b);
}
END_TEST

/* A choice kept from an earlier page is the same as one written anew, whatever is selected. */
START_TEST(a_kept_choice_is_the_same_choice)
{
	struct buf kept[2], anew, again;
	struct catalog with = fixture_catalog;
	buf_init(&kept[0], PAGE_CAP);
	buf_init(&kept[1], PAGE_CAP);
	buf_init(&anew, PAGE_CAP);
	buf_init(&again, PAGE_CAP);
	category_options(&kept[0], LANG_FR, &fixture_catalog, NULL);
	place_options(&kept[1], LANG_FR, &fixture_catalog, NULL);
	with.choice[0][LANG_FR] = buf_str(&kept[0]);
	with.choice[1][LANG_FR] = buf_str(&kept[1]);
	for (size_t i = 0; i < fixture_catalog.category_count + fixture_catalog.place_count + 3; i++) {
		size_t k = fixture_catalog.category_count, place = i - k;
		const char *slug = i < k ? fixture_catalog.categories[i].slug : place < fixture_catalog.place_count ? fixture_catalog.places[place].slug
		                   : (const char *[]){NULL, "", "no-such-thing"}[place - fixture_catalog.place_count];
		buf_reset(&anew);
		buf_reset(&again);
		category_options(&anew, LANG_FR, &fixture_catalog, slug);
		place_options(&anew, LANG_FR, &fixture_catalog, slug);
		category_options(&again, LANG_FR, &with, slug);
		place_options(&again, LANG_FR, &with, slug);
		ck_assert_str_eq(buf_str(&again), buf_str(&anew));
	}
	buf_free(&kept[0]);
	buf_free(&kept[1]);
	buf_free(&anew);
	buf_free(&again);
}
END_TEST

Suite *suite_listing_view(void);
Suite *suite_listing_view(void)
{
	Suite *s = suite_create("listing_view");
	TCase *t = tcase_create("listing_view");
	tcase_add_test(t, the_first_page_of_all);
	tcase_add_test(t, a_kept_choice_is_the_same_choice);
	tcase_add_test(t, a_filtered_search_in_french);
	tcase_add_test(t, nothing_found_says_what_to_try);
	tcase_add_test(t, a_search_that_is_too_broad_asks_for_a_word);
	tcase_add_test(t, a_value_that_cannot_be_used_is_named);
	tcase_add_loop_test(t, an_empty_page_says_why, 0, sizeof empties / sizeof empties[0]);
	tcase_add_loop_test(t, counts_stop_at_a_thousand, 0, sizeof counts / sizeof counts[0]);
	tcase_add_loop_test(t, the_default_order_has_no_name, 0, sizeof sorts / sizeof sorts[0]);
	tcase_add_loop_test(t, a_listing_page, 0, sizeof pages / sizeof pages[0]);
	tcase_add_test(t, the_seller_s_profile);
	tcase_add_test(t, fragments);
	suite_add_tcase(s, t);
	return s;
}
