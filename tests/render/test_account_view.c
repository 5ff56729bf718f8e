#include "../support/suites.h"

#include <string.h>

#include "fixture.h"
#include "golden.h"
#include "model/device.h"
#include "render/account_factor_view.h"
#include "render/account_sessions_view.h"
#include "render/account_settings_view.h"
#include "render/account_view.h"
#include "render/qr_svg.h"

enum { PAGE_CAP = 1 << 18 };

static void check(const char *name, struct buf *b)
{
	ck_assert_int_eq(b->error, ERR_OK);
	ck_assert_ptr_null(strstr(buf_str(b), "<script>alert"));
	golden_check(name, b);
	buf_free(b);
}

static const struct member elsie = {
	.id = 7, .email = "elsie@example.com", .name = HOSTILE, .role = ROLE_MEMBER, .state = MEMBER_ACTIVE, .lang = "en",
};

START_TEST(the_overview_by_role_and_state)
{
	static const struct {
		const char *name;
		enum lang lang;
		enum member_role role;
		enum member_state state;
	} cases[] = {
		{"account.html", LANG_EN, ROLE_MEMBER, MEMBER_ACTIVE}, {"account-moderator-fr.html", LANG_FR, ROLE_MODERATOR, MEMBER_ACTIVE},
		{"account-admin-leaving.html", LANG_EN, ROLE_ADMIN, MEMBER_LEAVING},
	};
	struct member m = elsie;
	struct buf b;
	m.role = cases[_i].role;
	m.state = cases[_i].state;
	m.delete_at = FIXTURE_NOW + 14 * 86400;
	const struct account_view v = {.page = fixture_page(cases[_i].lang, "/account"), .member = &m, .form_age = "age\"token",
	                               .mail_folder = _i == 0 ? "/run/<mail>" : NULL, .done = _i == 1 ? "Fait & <dit>" : NULL};
	buf_init(&b, PAGE_CAP);
	account_overview_view(&b, &v);
	check(cases[_i].name, &b);
}
END_TEST

START_TEST(sign_in_and_security)
{
	struct member m = elsie;
	struct buf b;
	m.totp = _i == 1;
	const struct account_view v = {.page = fixture_page((enum lang)_i, "/account/security"), .member = &m, .form_age = "token", .done = "Done."};
	buf_init(&b, PAGE_CAP);
	account_security_view(&b, &v);
	check(_i == 0 ? "account-security.html" : "account-security-fr.html", &b);
}
END_TEST

START_TEST(a_profile_comes_back_with_its_mistakes)
{
	const struct typed_value values[] = {
		{"name", HOSTILE}, {"location", "st-johns"}, {"about", HOSTILE}, {"lang", "fr"}, {"address_line1", "1 <Wharf> Road"}, {"address_country", "C1"},
	};
	struct field_errors errors = {.n = 0};
	struct buf b;
	field_errors_add(&errors, "address_country", MSG_FIELD_NOT_COUNTRY, NULL);
	const struct form_view v = {.page = fixture_page((enum lang)_i, "/account/profile"), .values = values, .value_count = 6, .errors = &errors, .form_age = "token",
	                            .catalog = &fixture_catalog};
	buf_init(&b, PAGE_CAP);
	account_profile_view(&b, &v);
	check(_i == 0 ? "account-profile-errors.html" : "account-profile-errors-fr.html", &b);
}
END_TEST

START_TEST(passwords_and_codes_never_come_back)
{
	const struct typed_value values[] = {{"password", "secret-one"}, {"new_password", "secret-two"}, {"code", "123456"}, {"email", "new@example.com"}};
	struct field_errors errors = {.n = 0};
	struct buf b;
	static void (*const views[])(struct buf *, const struct form_view *) = {
		account_password_view, account_email_view, account_delete_view, account_factor_off_view, account_factor_start_view, account_factor_codes_view,
	};
	field_errors_add(&errors, "password", MSG_FIELD_WRONG_PASSWORD, NULL);
	const struct form_view v = {.page = fixture_page(LANG_FR, "/account/x"), .values = values, .value_count = 4, .errors = &errors, .form_age = "token", .arg = "old@example.com"};
	buf_init(&b, PAGE_CAP);
	views[_i](&b, &v);
	ck_assert_ptr_null(strstr(buf_str(&b), "secret-"));
	ck_assert_ptr_null(strstr(buf_str(&b), "123456"));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "id=\"e-password\""));
	buf_free(&b);
}
END_TEST

START_TEST(the_second_factor_s_steps)
{
	static const char *const names[] = {"account-factor-off.html", "account-factor-shown-fr.html", "account-factor-on.html"};
	struct field_errors errors = {.n = 0};
	struct buf b;
	if (_i == 1)
		field_errors_add(&errors, "code", MSG_FIELD_WRONG_CODE, NULL);
	const struct factor_view v = {
		.form = {.page = fixture_page(_i == 1 ? LANG_FR : LANG_EN, "/account/second-factor"), .errors = &errors, .form_age = "token"}, .on = _i == 2, .codes_left = 9,
		.uri = _i == 1 ? "otpauth://totp/Outport:a%40b.ca?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Outport" : NULL,
		.secret = _i == 1 ? "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" : NULL,
	};
	buf_init(&b, PAGE_CAP);
	account_factor_view(&b, &v);
	check(names[_i], &b);
}
END_TEST

START_TEST(recovery_codes_and_tokens_are_shown)
{
	char codes[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1];
	struct buf b;
	for (int i = 0; i < RECOVERY_CODES; i++)
		memcpy(codes[i], "ABCD-EFGH-IJKL-MNOP-QRST-UVWX", sizeof codes[i]);
	buf_init(&b, PAGE_CAP);
	account_codes_view(&b, &(struct codes_view){.page = fixture_page(LANG_EN, "/account/second-factor"), .codes = codes});
	check("account-codes.html", &b);
	const struct page page = fixture_page(LANG_FR, "/account/tokens");
	buf_init(&b, PAGE_CAP);
	account_token_shown_view(&b, &page, "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE");
	check("account-token-shown-fr.html", &b);
}
END_TEST

START_TEST(sessions_and_tokens)
{
	static const struct session list[] = {
		{.id = 3, .kind = SESSION_BROWSER, .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", .address = "192.0.2.7",
		 .created_at = FIXTURE_NOW - 86400, .last_seen_at = FIXTURE_NOW - 30, .expires_at = FIXTURE_NOW + 86400, .label = ""},
		{.id = 2, .kind = SESSION_BROWSER, .user_agent = HOSTILE, .address = "2001:db8::1", .created_at = FIXTURE_NOW - 86400, .last_seen_at = FIXTURE_NOW - 7200,
		 .expires_at = FIXTURE_NOW + 86400, .label = ""},
		{.id = 1, .kind = SESSION_PROGRAM, .user_agent = "", .address = "", .created_at = FIXTURE_NOW - 86400, .last_seen_at = FIXTURE_NOW - 7200,
		 .expires_at = FIXTURE_NOW + 86400, .label = ""},
	};
	static const struct session tokens[] = {
		{.id = 5, .kind = SESSION_TOKEN, .scopes = SCOPE_READ | SCOPE_LISTINGS, .user_agent = "", .address = "", .label = HOSTILE, .created_at = FIXTURE_NOW - 86400,
		 .last_seen_at = FIXTURE_NOW - 86400, .expires_at = FIXTURE_NOW + 300 * 86400},
	};
	struct buf b;
	struct sessions_view v = {.page = fixture_page((enum lang)_i, "/account/sessions"), .form_age = "token", .list = list, .n = 3, .current = 3, .now = FIXTURE_NOW};
	buf_init(&b, PAGE_CAP);
	account_sessions_view(&b, &v);
	check(_i == 0 ? "account-sessions.html" : "account-sessions-fr.html", &b);
	v = (struct sessions_view){.page = fixture_page((enum lang)_i, "/account/tokens"), .form_age = "token", .list = tokens, .n = 1, .now = FIXTURE_NOW, .done = "Done."};
	buf_init(&b, PAGE_CAP);
	account_tokens_view(&b, &v);
	check(_i == 0 ? "account-tokens.html" : "account-tokens-fr.html", &b);
}
END_TEST

START_TEST(a_text_that_fits_no_code_is_an_error_not_half_a_picture)
{
	static char text[4000];
	struct buf b;
	memset(text, 'x', sizeof text - 1);
	buf_init(&b, PAGE_CAP);
	qr_svg(&b, text, "x");
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *user_agent, *browser, *system;
} devices[] = {
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge", "Windows"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari", "macOS"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"},
	{"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android"},
	{"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Linux"},
	{"curl/8.5.0", "curl", NULL}, {"", NULL, NULL}, {"<script>", NULL, NULL},
};

START_TEST(devices_in_words)
{
	struct device d = device_of(devices[_i].user_agent);
	ck_assert_pstr_eq(d.browser, devices[_i].browser);
	ck_assert_pstr_eq(d.system, devices[_i].system);
}
END_TEST

Suite *suite_account_view(void);
Suite *suite_account_view(void)
{
	Suite *s = suite_create("account_view");
	TCase *t = tcase_create("account_view");
	tcase_add_loop_test(t, the_overview_by_role_and_state, 0, 3);
	tcase_add_loop_test(t, sign_in_and_security, 0, 2);
	tcase_add_loop_test(t, a_profile_comes_back_with_its_mistakes, 0, 2);
	tcase_add_loop_test(t, passwords_and_codes_never_come_back, 0, 6);
	tcase_add_loop_test(t, the_second_factor_s_steps, 0, 3);
	tcase_add_test(t, recovery_codes_and_tokens_are_shown);
	tcase_add_loop_test(t, sessions_and_tokens, 0, 2);
	tcase_add_test(t, a_text_that_fits_no_code_is_an_error_not_half_a_picture);
	tcase_add_loop_test(t, devices_in_words, 0, sizeof devices / sizeof *devices);
	suite_add_tcase(s, t);
	return s;
}
