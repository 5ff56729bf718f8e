#include <string.h>

#include "suites_model.h"
#include "model/totp.h"
#include "util/mac.h"

static const uint8_t secret[] = "12345678901234567890";

/* RFC 6238, appendix B: SHA-1, eight digits. */
static const struct {
	int64_t time;
	const char *code;
} vectors[] = {
	{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"}, {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"},
};

START_TEST(rfc_6238_appendix_b)
{
	char code[10];
	totp_hotp(secret, 20, (uint64_t)(vectors[_i].time / TOTP_STEP_SECONDS), 8, code);
	ck_assert_str_eq(code, vectors[_i].code);
}
END_TEST

/* RFC 4226, appendix D. */
START_TEST(rfc_4226_appendix_d)
{
	static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
	char code[10];
	totp_hotp(secret, 20, (uint64_t)_i, 6, code);
	ck_assert_str_eq(code, codes[_i]);
}
END_TEST

enum { NOW = 1111111111, STEP = NOW / 30 };

START_TEST(a_step_before_and_after_are_taken_and_no_more)
{
	char code[10];
	int64_t step = 0;
	totp_hotp(secret, 20, (uint64_t)(STEP + _i), 6, code);
	bool taken = totp_check(secret, code, NOW, 0, &step);
	ck_assert_int_eq(taken, _i >= -1 && _i <= 1);
	if (taken)
		ck_assert_int_eq(step, STEP + _i);
}
END_TEST

START_TEST(no_step_is_taken_twice_nor_one_before_it)
{
	char code[10], before[10];
	int64_t step = 0;
	totp_hotp(secret, 20, STEP, 6, code);
	totp_hotp(secret, 20, STEP - 1, 6, before);
	ck_assert(totp_check(secret, code, NOW, STEP - 1, &step));
	ck_assert(!totp_check(secret, code, NOW, STEP, &step));
	ck_assert(!totp_check(secret, before, NOW, STEP, &step));
	ck_assert(!totp_check(secret, before, NOW, STEP - 1, &step));
}
END_TEST

static const struct {
	const char *typed;
	bool good;
} typed_codes[] = {
	{"050471", true}, {"050 471", true}, {" 050471 ", true}, {"50471", false}, {"0504710", false}, {"", false}, {"05047a", false}, {"-50471", false},
	{"０５０４７１", false}, {"000000", false},
};

START_TEST(codes_as_they_are_typed)
{
	int64_t step;
	ck_assert_int_eq(totp_check(secret, typed_codes[_i].typed, NOW, 0, &step), typed_codes[_i].good);
}
END_TEST

/* RFC 4648, section 10, without the padding. */
static const struct {
	const char *data, *text;
} base32[] = {
	{"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"},
};

START_TEST(rfc_4648_section_10)
{
	char text[20];
	totp_base32((const uint8_t *)base32[_i].data, strlen(base32[_i].data), text);
	ck_assert_str_eq(text, base32[_i].text);
}
END_TEST

START_TEST(the_address_names_issuer_and_account)
{
	struct buf b;
	buf_init(&b, 1000);
	totp_uri(&b, "Outport: Annonces & été", "élise+x@example.com", secret);
	ck_assert_str_eq(buf_str(&b), "otpauth://totp/Outport%3A%20Annonces%20%26%20%C3%A9t%C3%A9:%C3%A9lise%2Bx%40example.com"
	                              "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Outport%3A%20Annonces%20%26%20%C3%A9t%C3%A9");
	buf_free(&b);
}
END_TEST

START_TEST(recovery_codes_are_read_as_people_write_them)
{
	char text[RECOVERY_CODE_TEXT + 1], other[RECOVERY_CODE_TEXT + 1], typed[64];
	uint8_t hash[RECOVERY_CODE_HASH], again[RECOVERY_CODE_HASH], other_hash[RECOVERY_CODE_HASH];
	recovery_code_make(text, hash);
	recovery_code_make(other, other_hash);
	ck_assert_uint_eq(strlen(text), RECOVERY_CODE_TEXT);
	ck_assert_str_ne(text, other);
	ck_assert(recovery_code_hash(text, again));
	ck_assert_mem_eq(hash, again, sizeof hash);
	ck_assert_mem_ne(hash, other_hash, sizeof hash);
	size_t n = 0;
	for (const char *s = text; *s != '\0'; s++) {
		char c = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s == '-' ? ' ' : *s;
		typed[n++] = c == 'o' ? '0' : c == 'i' ? '1' : c == 'b' ? '8' : c;
	}
	typed[n] = '\0';
	memset(again, 0, sizeof again);
	ck_assert(recovery_code_hash(typed, again));
	ck_assert_mem_eq(hash, again, sizeof hash);
}
END_TEST

START_TEST(what_is_no_recovery_code)
{
	static const char *const bad[] = {"", "123456", "AAAA-AAAA-AAAA-AAAA-AAAA-AAA", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAAA", "AAAA-AAAA-AAAA-AAAA-AAAA-AAA9", "AAAA-AAAA-AAAA-AAAA-AAAA-AAé"};
	uint8_t hash[RECOVERY_CODE_HASH];
	ck_assert(!recovery_code_hash(bad[_i], hash));
}
END_TEST

Suite *suite_totp(void)
{
	Suite *s = suite_create("totp");
	TCase *t = tcase_create("totp");
	tcase_add_loop_test(t, rfc_6238_appendix_b, 0, sizeof vectors / sizeof *vectors);
	tcase_add_loop_test(t, rfc_4226_appendix_d, 0, 10);
	tcase_add_loop_test(t, a_step_before_and_after_are_taken_and_no_more, -3, 4);
	tcase_add_test(t, no_step_is_taken_twice_nor_one_before_it);
	tcase_add_loop_test(t, codes_as_they_are_typed, 0, sizeof typed_codes / sizeof *typed_codes);
	tcase_add_loop_test(t, rfc_4648_section_10, 0, sizeof base32 / sizeof *base32);
	tcase_add_test(t, the_address_names_issuer_and_account);
	tcase_add_test(t, recovery_codes_are_read_as_people_write_them);
	tcase_add_loop_test(t, what_is_no_recovery_code, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
