#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "render/account_form_view.h"

enum { PAGE_CAP = 1 << 18 };

static void check(const char *name, void (*view)(struct buf *, const struct form_view *), struct form_view *v)
{
	struct buf b;
	buf_init(&b, PAGE_CAP);
	v->page.noindex = true;
	view(&b, v);
	/* whatever was typed where it does not belong */
	ck_assert_ptr_null(strstr(buf_str(&b), "secret words"));
	ck_assert_ptr_null(strstr(buf_str(&b), "123456"));
	ck_assert_ptr_null(strstr(buf_str(&b), "<script>alert"));
	golden_check(name, &b);
	buf_free(&b);
}

static const struct typed_value typed[] = {
	{"name", HOSTILE}, {"email", "rita@mail.example"}, {"password", "secret words"}, {"code", "123456"}, {"website", "x"},
};
static const struct typed_value hidden[] = {{"_next", "/account?a=1&b=" HOSTILE}, {"_state", "state"}};

START_TEST(forms_come_back_without_their_secrets)
{
	struct field_errors errors = {.n = 0};
	field_errors_add(&errors, "password", MSG_PASSWORD_COMMON, NULL);
	field_errors_add(&errors, "code", MSG_LOGIN_CODE_WRONG, NULL);
	struct form_view v = {
		.page = fixture_page(LANG_EN, "/register"), .values = typed, .value_count = sizeof typed / sizeof *typed, .errors = &errors, .form_age = "age",
	};
	check("register-errors.html", register_form_view, &v);
	v.page = fixture_page(LANG_FR, "/register");
	check("register-errors-fr.html", register_form_view, &v);
	v.page = fixture_page(LANG_EN, "/login");
	v.hidden = hidden;
	v.hidden_count = 1;
	v.note = tr(LANG_EN, MSG_LOGIN_INSECURE);
	check("login-errors.html", login_form_view, &v);
	v.note = NULL;
	v.hidden_count = 2;
	v.page = fixture_page(LANG_FR, "/login/code");
	check("login-code-fr.html", login_code_view, &v);
	v.hidden_count = 0;
	v.page = fixture_page(LANG_EN, "/verify/token");
	v.arg = "rita@mail.example";
	check("verify.html", verify_form_view, &v);
	v.page = fixture_page(LANG_FR, "/reset/token");
	check("reset-new-fr.html", reset_new_view, &v);
	v.page = fixture_page(LANG_EN, "/reset");
	check("reset.html", reset_form_view, &v);
}
END_TEST

START_TEST(what_was_typed_can_be_sent_again)
{
	static const struct typed_value kept[] = {{"title", HOSTILE}, {"note", "two\nlines"}, {"_age", "age"}};
	struct form_view v = {.page = fixture_page(LANG_FR, "/account/listings/new"), .hidden = kept, .hidden_count = 3};
	struct buf b;
	buf_init(&b, PAGE_CAP);
	v.page.noindex = true;
	v.page.title = tr(LANG_FR, MSG_SIGNED_OUT_TITLE);
	signed_out_view(&b, &v, "/fr/login", true);
	golden_check("signed-out-fr.html", &b);
	buf_reset(&b);
	v.page = fixture_page(LANG_EN, "/account/listings/new");
	v.page.noindex = true;
	v.page.title = tr(LANG_EN, MSG_SIGNED_OUT_TITLE);
	signed_out_view(&b, &v, "/login", false);
	golden_check("signed-out-lost.html", &b);
	buf_free(&b);
}
END_TEST

Suite *suite_account_form_view(void);
Suite *suite_account_form_view(void)
{
	Suite *s = suite_create("account_form_view");
	TCase *t = tcase_create("account_form_view");
	tcase_add_test(t, forms_come_back_without_their_secrets);
	tcase_add_test(t, what_was_typed_can_be_sent_again);
	suite_add_tcase(s, t);
	return s;
}
