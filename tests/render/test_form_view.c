#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/form_view.h"

enum { PAGE_CAP = 1 << 18 };

static void check(const char *name, void (*view)(struct buf *, const struct form_view *), const struct form_view *v)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	view(&b, v);
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(name, &b);
	buf_free(&b);
}

START_TEST(a_submission_comes_back_with_its_mistakes)
{
	const struct typed_value values[] = {
		{"title", HOSTILE}, {"description", "\n" HOSTILE "\n</textarea>"}, {"category", "dories"}, {"price", "a lot"},
		{"location", "nowhere"}, {"stock", "1"}, {"contact_name", NULL}, {"contact_email", "a@b"}, {"website", "http://spam.example"},
	};
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "price", MSG_FIELD_NOT_MONEY, NULL);
	field_errors_add(&errors, "location", MSG_FIELD_NO_SUCH_PLACE, NULL);
	field_errors_add(&errors, "contact_name", MSG_FIELD_TOO_LONG, "80");
	field_errors_add(&errors, "extra", MSG_FIELD_UNKNOWN, NULL);
	field_errors_add(&errors, "", MSG_FORM_TOO_OLD, NULL);
	struct form_view v = {.page = fixture_page(LANG_EN, "/submit"), .values = values, .value_count = sizeof values / sizeof values[0],
	                      .errors = &errors, .form_age = "age\"token", .catalog = &fixture_catalog};
	check("submit-errors.html", submit_form_view, &v);
	v.page.lang = LANG_FR;
	check("submit-errors-fr.html", submit_form_view, &v);
}
END_TEST

START_TEST(a_message_comes_back_with_its_mistakes)
{
	const struct typed_value values[] = {{"name", "Ann"}, {"email", "ann"}, {"message", "Hello"}};
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "email", MSG_FIELD_NOT_EMAIL, NULL);
	field_errors_add(&errors, "message", MSG_FIELD_TOO_SHORT, "10");
	struct form_view v = {.page = fixture_page(LANG_FR, "/contact"), .values = values, .value_count = 3, .errors = &errors, .form_age = "token"};
	check("contact-errors-fr.html", contact_form_view, &v);
}
END_TEST

START_TEST(forms_about_a_listing)
{
	struct form_view v = {.page = fixture_page(LANG_EN, "/listings/13/contact"), .form_age = "token", .listing = &fixture_listings[1]};
	v.page.noindex = true;
	check("listing-contact.html", listing_contact_view, &v);
	const struct typed_value values[] = {{"reason", "sold"}};
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "reason", MSG_FIELD_CHOICE, NULL);
	v.page = fixture_page(LANG_FR, "/listings/12/report");
	v.listing = &fixture_listings[0];
	check("listing-report-fr.html", listing_report_view, &v);
	v.page.lang = LANG_EN;
	v.values = values;
	v.value_count = 1;
	v.errors = &errors;
	check("listing-report-errors.html", listing_report_view, &v);
}
END_TEST

START_TEST(notices)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	struct notice_view v = {.page = fixture_page(LANG_EN, "/nowhere"), .heading = MSG_ERROR_404_TITLE, .text = MSG_ERROR_404_TEXT,
	                        .request_id = "<0af3>", .link_href = "/listings", .link_text = MSG_BACK_TO_LISTINGS};
	v.page.noindex = true;
	notice_view(&b, &v);
	golden_check("notice-404.html", &b);
	buf_reset(&b);
	v = (struct notice_view){.page = fixture_page(LANG_FR, "/submit/received"), .heading = MSG_RECEIVED_SUBMIT_TITLE,
	                         .text = MSG_RECEIVED_SUBMIT_TEXT, .good = true};
	notice_view(&b, &v);
	golden_check("notice-received-fr.html", &b);
	buf_free(&b);
}
END_TEST

START_TEST(the_age_of_a_static_form)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	form_age_field(&b, "a\"b");
	ck_assert_str_eq(buf_str(&b), "<input type=\"hidden\" name=\"_age\" value=\"a&quot;b\">\n");
	buf_free(&b);
}
END_TEST

Suite *suite_form_view(void);
Suite *suite_form_view(void)
{
	Suite *s = suite_create("form_view");
	TCase *t = tcase_create("form_view");
	tcase_add_test(t, a_submission_comes_back_with_its_mistakes);
	tcase_add_test(t, a_message_comes_back_with_its_mistakes);
	tcase_add_test(t, forms_about_a_listing);
	tcase_add_test(t, notices);
	tcase_add_test(t, the_age_of_a_static_form);
	suite_add_tcase(s, t);
	return s;
}
