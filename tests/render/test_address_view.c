#include "../support/suites.h"

#include "fixture.h"
#include "golden.h"
#include "model/address.h"
#include "render/address_view.h"

Suite *suite_address_view(void);

enum { PAGE_CAP = 1 << 16 };

static const struct {
	const char *golden, *ip;
	enum lang lang;
	int64_t stored_at, keep_days;
	bool refused;
} cases[] = {
	{"reverse-ip.html", "203.0.113.7", LANG_EN, 0, 90, false},
	{"reverse-ip-fr.html", "2001:db8::7", LANG_FR, 0, 90, false},
	{"reverse-ip-kept.html", "2001:db8::7", LANG_EN, FIXTURE_NOW, 1, false},
	{"reverse-ip-kept-fr.html", "203.0.113.7", LANG_FR, FIXTURE_NOW, 3650, false},
	{"reverse-ip-refused.html", "203.0.113.7", LANG_EN, 0, 1, true},
	{"reverse-ip-unknown-fr.html", "", LANG_FR, 0, 90, false},
};

START_TEST(an_address_is_shown_and_kept)
{
	char reversed[ADDRESS_REVERSED_SIZE];
	struct field_errors errors = {.n = 0};
	struct buf b;
	bool known = address_reverse(cases[_i].ip, reversed);
	ck_assert(known == (cases[_i].ip[0] != '\0'));
	if (cases[_i].refused)
		field_errors_add(&errors, "", MSG_FORM_LIMITED, NULL);
	const struct address_view v = {
		.page = fixture_page(cases[_i].lang, "/reverse-ip"), .ip = cases[_i].ip, .reversed = reversed, .stored_at = cases[_i].stored_at,
		.keep_days = cases[_i].keep_days, .form_age = "age\"token", .errors = &errors,
	};
	buf_init(&b, PAGE_CAP);
	address_view(&b, &v);
	ck_assert_int_eq(b.error, ERR_OK);
	golden_check(cases[_i].golden, &b);
	buf_free(&b);
}
END_TEST

Suite *suite_address_view(void)
{
	Suite *s = suite_create("address_view");
	TCase *k = tcase_create("address_view");
	tcase_add_loop_test(k, an_address_is_shown_and_kept, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(s, k);
	return s;
}
