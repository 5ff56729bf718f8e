#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/listing_view.h"
#include "render/own_listing_view.h"

Suite *suite_own_listing_view(void);

enum { PAGE_CAP = 1 << 18, DAY = 86400 };

static struct own_listing own(size_t fixture, enum listing_state state)
{
	struct own_listing o = {.listing = fixture_listings[fixture], .views = 1, .messages = 2};
	o.listing.state = state;
	o.listing.version = 4;
	o.listing.contact_name = HOSTILE;
	o.listing.reject_reason = HOSTILE;
	o.listing.held_reason = HOSTILE;
	o.listing.expires_at = FIXTURE_NOW + 10 * DAY;
	return o;
}

/* Every state, a hostile title, both languages. */
START_TEST(a_list_of_ones_own)
{
	struct own_listing list[LISTING_STATE_COUNT];
	for (int i = 0; i < LISTING_STATE_COUNT; i++)
		list[i] = own((size_t)i % FIXTURE_LISTINGS, (enum listing_state)i);
	list[1].views = 1234;
	list[1].messages = 1;
	struct buf b;
	buf_init(&b, PAGE_CAP);
	struct own_listings_view v = {
		.page = fixture_page(LANG_EN, "/account/listings"), .list = list, .n = LISTING_STATE_COUNT, .older_href = "/account/listings?cursor=12",
		.newest_href = "/account/listings", .said = MSG_DONE_SOLD, .now = FIXTURE_NOW,
	};
	v.page.title = tr(LANG_EN, MSG_OWN_TITLE);
	v.page.signed_in = v.page.noindex = true;
	own_listings_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check("own-listings.html", &b);
	buf_reset(&b);
	v.page.lang = LANG_FR;
	v.page.title = tr(LANG_FR, MSG_OWN_TITLE);
	v.said = MSG_DONE_LATE;
	v.older_href = v.newest_href = NULL;
	own_listings_view(&b, &v);
	golden_check("own-listings-fr.html", &b);
	buf_reset(&b);
	v.n = 0;
	v.said = MSG_COUNT;
	own_listings_view(&b, &v);
	golden_check("own-listings-none-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(a_visitors_one)
{
	struct own_listing o = own(1, LISTING_PUBLISHED);
	struct buf b;
	buf_init(&b, PAGE_CAP);
	struct own_manage_view v = {.page = fixture_page(LANG_EN, "/manage/TOKEN"), .own = &o, .said = MSG_COUNT, .now = FIXTURE_NOW};
	v.page.title = tr(LANG_EN, MSG_MANAGE_TITLE);
	v.page.noindex = true;
	own_manage_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check("own-manage.html", &b);
	buf_reset(&b);
	struct one_button_view button = {
		.page = fixture_page(LANG_FR, "/confirm/TOKEN"), .heading = MSG_CONFIRM_TITLE, .text = MSG_CONFIRM_TEXT, .button = MSG_CONFIRM_BUTTON, .arg = HOSTILE,
	};
	button.page.noindex = true;
	one_button_view(&b, &button);
	golden_check("own-confirm-fr.html", &b);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *name;
	enum lang lang;
	bool fresh, trusted, visitor;
	enum listing_state state;
} forms[] = {
	{"own-new.html", LANG_EN, true, false, false, LISTING_PENDING},
	{"own-draft-fr.html", LANG_FR, false, false, false, LISTING_DRAFT},
	{"own-edit-trusted.html", LANG_EN, false, true, false, LISTING_PUBLISHED},
	{"own-again-visitor-fr.html", LANG_FR, false, false, true, LISTING_SOLD},
};

START_TEST(the_form)
{
	const struct typed_value values[] = {{"title", HOSTILE}, {"price", "12.50"}, {"category", "dories"}}, hidden[] = {{"version", "4"}};
	struct field_errors errors = {.n = 0};
	if (_i == 1)
		field_errors_add(&errors, "", MSG_OWN_CHANGED, NULL);
	struct own_form v = {
		.form = {.page = fixture_page(forms[_i].lang, forms[_i].fresh ? "/account/listings/new" : "/account/listings/12/edit"), .values = values, .value_count = 3,
		         .form_age = "age\"token", .catalog = &fixture_catalog, .hidden = hidden, .hidden_count = forms[_i].fresh ? 0 : 1, .errors = &errors},
		.fresh = forms[_i].fresh, .trusted = forms[_i].trusted, .visitor = forms[_i].visitor, .state = forms[_i].state,
	};
	v.form.page.noindex = true;
	struct buf b;
	buf_init(&b, PAGE_CAP);
	own_form_view(&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(forms[_i].name, &b);
	buf_free(&b);
}
END_TEST

START_TEST(the_page_of_ones_own_listing)
{
	struct own_listing o = own(0, LISTING_HELD);
	o.listing.published_at = 0;
	struct listing_view v = {.page = fixture_page(LANG_EN, "/listings/12/cedar-dory-16-feet"), .catalog = &fixture_catalog, .listing = &o.listing, .mine = true, .now = FIXTURE_NOW};
	v.page.title = o.listing.title;
	v.page.noindex = true;
	struct buf b;
	buf_init(&b, PAGE_CAP);
	listing_view(&b, &v);
	golden_check("listing-own-held.html", &b);
	buf_reset(&b);
	o.listing.state = LISTING_PUBLISHED;
	v.page.lang = LANG_FR;
	listing_view(&b, &v);
	golden_check("listing-own-fr.html", &b);
	buf_free(&b);
}
END_TEST

Suite *suite_own_listing_view(void)
{
	Suite *s = suite_create("own_listing_view");
	TCase *t = tcase_create("own_listing_view");
	tcase_add_test(t, a_list_of_ones_own);
	tcase_add_test(t, a_visitors_one);
	tcase_add_loop_test(t, the_form, 0, sizeof forms / sizeof *forms);
	tcase_add_test(t, the_page_of_ones_own_listing);
	suite_add_tcase(s, t);
	return s;
}
