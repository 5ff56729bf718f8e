#include <stdio.h>
#include <string.h>

#include "http/form.h"
#include "suites_http.h"

struct answers {
	const char *text, *lines, *email, *slug, *token, *password;
	int64_t money, number;
};

#define AT(member) offsetof(struct answers, member)
static const struct field table[] = {
	{"text", FIELD_TEXT, AT(text), 3, 10, false},
	{"lines", FIELD_LINES, AT(lines), 3, 20, false},
	{"email", FIELD_EMAIL, AT(email), 3, 254, false},
	{"slug", FIELD_SLUG, AT(slug), 1, 10, false},
	{"token", FIELD_TOKEN, AT(token), 2, 8, false},
	{"password", FIELD_PASSWORD, AT(password), 3, 10, false},
	{"money", FIELD_MONEY, AT(money), 100, 100000, false},
	{"number", FIELD_INT, AT(number), -5, 99, false},
};
enum { FIELDS = sizeof table / sizeof table[0] };

static const struct answers defaults = {.token = "default", .money = 777, .number = 7};

static struct arena *arena;
static struct answers got;
static struct field_errors errors;

static void open_case(void)
{
	arena = arena_new(1 << 20);
	got = defaults;
	errors.n = 0;
}

static void close_case(void)
{
	arena_free(arena);
}

static void decode(const struct http_param *pairs, size_t n, bool machine)
{
	struct http_params p = {.list = (struct http_param *)pairs, .n = n, .machine = machine};
	form_decode(arena, table, FIELDS, &p, 2, &got, &errors);
}

/* The value of one field as text, and its error as the message's id. */
static const struct {
	const char *field, *value;
	enum msg error; /* 0: the message of free prices, which is no error: none */
	const char *result; /* the value, or the error's bound */
} cases[] = {
	{"text", "abc", 0, "abc"},
	{"text", "  a \t b\u00a0 c  ", 0, "a b c"},
	{"text", "\u3000\u2003abc\u202f", 0, "abc"},
	{"text", "e\u0301te\u0301", 0, "été"}, /* NFC: three characters */
	{"text", "ééé", 0, "ééé"},
	{"text", "🚣🚣🚣🚣🚣🚣🚣🚣🚣🚣", 0, "🚣🚣🚣🚣🚣🚣🚣🚣🚣🚣"},
	{"password", "  a \t b ", MSG_FIELD_CHARACTERS, ""},
	{"password", " a  b ", 0, " a  b "}, /* as typed */
	{"password", "e\u0301 e\u0301", 0, "é é"},
	{"password", "🚣🚣", MSG_FIELD_TOO_SHORT, "3"},
	{"password", "🚣🚣🚣🚣🚣🚣🚣🚣🚣🚣🚣", MSG_FIELD_TOO_LONG, "10"},
	{"password", "     ", 0, ""}, /* nothing to see: not given */
	{"text", "ab", MSG_FIELD_TOO_SHORT, "3"},
	{"text", " ab ", MSG_FIELD_TOO_SHORT, "3"},
	{"text", "abcdefghijk", MSG_FIELD_TOO_LONG, "10"},
	{"text", "a\nb c", MSG_FIELD_CHARACTERS, ""},
	{"text", "a\rb c", MSG_FIELD_CHARACTERS, ""},
	{"text", "abc\x01", MSG_FIELD_CHARACTERS, ""},
	{"text", "abc\x7f", MSG_FIELD_CHARACTERS, ""},
	{"text", "\x01", MSG_FIELD_CHARACTERS, ""},
	{"text", "abc\u202e", MSG_FIELD_CHARACTERS, ""},
	{"text", "abc\u2028", MSG_FIELD_CHARACTERS, ""},
	{"text", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	         "\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", MSG_FIELD_CHARACTERS, ""},
	{"text", "<b>&\"'", 0, "<b>&\"'"}, /* writers escape */
	{"text", "", 0, ""},
	{"text", " \t ", 0, ""},
	{"text", "\u200b\u200b\u200b", 0, ""}, /* nothing to see: as if empty */
	{"text", "a\u200d\u200db", 0, "a\u200d\u200db"},
	{"lines", "a\r\nb\rc\n\n  d", 0, "a\nb\nc\n\n  d"},
	{"lines", "\r\n \n abc \n\t\r\n", 0, "abc"},
	{"lines", "a\u00a0 b\tc", 0, "a\u00a0 b\tc"},
	{"lines", "\u2003\nabc", 0, "abc"},
	{"lines", "ab", MSG_FIELD_TOO_SHORT, "3"},
	{"lines", "a\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nb\r\n\r\n\r\n\r\nc", 0, "a\n\n\n\n\n\n\n\n\nb\n\n\n\nc"},
	{"lines", "aaaaaaaaaaaaaaaaaaaaa", MSG_FIELD_TOO_LONG, "20"},
	{"lines", "abc\x08", MSG_FIELD_CHARACTERS, ""},
	{"lines", "abc\x1b[31m", MSG_FIELD_CHARACTERS, ""},
	{"email", "jo@example.com", 0, "jo@example.com"},
	{"email", " Jo.O'Brien+tag@Mail.EXAMPLE.com ", 0, "Jo.O'Brien+tag@mail.example.com"},
	{"email", "a@b.co", 0, "a@b.co"},
	{"email", "a@xn--caf-dma.example", 0, "a@xn--caf-dma.example"},
	{"email", "a@1.2.example", 0, "a@1.2.example"},
	{"email", "jo", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@localhost", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@example.c", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@example.com.", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@.example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@exa..mple.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@-example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@example-.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@exam_ple.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@127.0.0.1", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@[127.0.0.1]", MSG_FIELD_NOT_EMAIL, ""},
	{"email", ".jo@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo.@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "j..o@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "j o@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@example.com, al@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@example.com\r\nBcc: al@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "Jo <jo@example.com>", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "\"jo\"@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jo@al@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "jö@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com", 0,
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com"},
	{"email", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com", MSG_FIELD_NOT_EMAIL, ""},
	{"email", "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com", MSG_FIELD_NOT_EMAIL, ""},
	{"slug", "st-johns", 0, "st-johns"},
	{"slug", " boats ", 0, "boats"},
	{"slug", "Boats", MSG_FIELD_BAD, ""},
	{"slug", "../x", MSG_FIELD_BAD, ""},
	{"slug", "a--b", MSG_FIELD_BAD, ""},
	{"slug", "abcdefghijk", MSG_FIELD_BAD, ""},
	{"token", "aZ-9_~!", 0, "aZ-9_~!"},
	{"token", "", 0, "default"},
	{"token", "a", MSG_FIELD_TOO_SHORT, "2"},
	{"token", "abcdefghi", MSG_FIELD_TOO_LONG, "8"},
	{"token", "a b", MSG_FIELD_CHARACTERS, ""},
	{"token", "aé", MSG_FIELD_CHARACTERS, ""},
	{"money", "1 000,00 $", 0, "100000"},
	{"money", "1\u202f000", 0, "100000"},
	{"money", "1", 0, "100"},
	{"money", "", 0, "777"},
	{"money", "0.99", MSG_FIELD_TOO_SMALL, "1.00"},
	{"money", "1,000.01", MSG_FIELD_TOO_LARGE, "1000.00"},
	{"money", "99999999999999999999", MSG_FIELD_TOO_LARGE, "1000.00"},
	{"money", "ten", MSG_FIELD_NOT_MONEY, ""},
	{"money", "-5", MSG_FIELD_NOT_MONEY, ""},
	{"money", "1e2", MSG_FIELD_NOT_MONEY, ""},
	{"number", "99", 0, "99"},
	{"number", " -5 ", 0, "-5"},
	{"number", "007", 0, "7"},
	{"number", "-0", 0, "0"},
	{"number", "000000000000000000000000000000012", 0, "12"},
	{"number", "", 0, "7"},
	{"number", "100", MSG_FIELD_TOO_LARGE, "99"},
	{"number", "-6", MSG_FIELD_TOO_SMALL, "-5"},
	{"number", "9999999999999999999999999999", MSG_FIELD_TOO_LARGE, "99"},
	{"number", "18446744073709551617", MSG_FIELD_TOO_LARGE, "99"},
	{"number", "-9999999999999999999999999999", MSG_FIELD_TOO_SMALL, "-5"},
	{"number", "1.0", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "1e1", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "0x1", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "+1", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "--1", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "-", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "1 2", MSG_FIELD_NOT_NUMBER, ""},
	{"number", "१", MSG_FIELD_NOT_NUMBER, ""},
};

static const char *value_of(const char *field, char number[static 32])
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (strcmp(table[i].name, field) != 0)
			continue;
		const char *at = (const char *)&got + table[i].offset;
		if (table[i].type != FIELD_MONEY && table[i].type != FIELD_INT)
			return *(const char *const *)at;
		snprintf(number, 32, "%lld", (long long)*(const int64_t *)at);
		return number;
	}
	return NULL;
}

START_TEST(one_field)
{
	char number[32], before[32];
	const struct http_param pair = {cases[_i].field, cases[_i].value};
	snprintf(before, sizeof before, "%s", value_of(cases[_i].field, number) == NULL ? "" : value_of(cases[_i].field, number));
	decode(&pair, 1, false);
	if (cases[_i].error == 0) {
		ck_assert_msg(errors.n == 0, "%s: %s", cases[_i].value, tr(LANG_EN, errors.list[0].text));
		ck_assert_str_eq(value_of(cases[_i].field, number), cases[_i].result);
		return;
	}
	ck_assert_msg(errors.n == 1, "%s: taken", cases[_i].value);
	ck_assert_str_eq(errors.list[0].field, cases[_i].field);
	ck_assert_str_eq(tr(LANG_EN, errors.list[0].text), tr(LANG_EN, cases[_i].error));
	ck_assert_str_eq(errors.list[0].bound, cases[_i].result);
	/* What was there before stays. */
	ck_assert_str_eq(value_of(cases[_i].field, number), before);
}
END_TEST

START_TEST(nothing_given)
{
	decode(NULL, 0, false);
	ck_assert_uint_eq(errors.n, 0);
	ck_assert_str_eq(got.text, "");
	ck_assert_str_eq(got.lines, "");
	ck_assert_str_eq(got.email, "");
	ck_assert_str_eq(got.slug, "");
	ck_assert_str_eq(got.token, "default");
	ck_assert_int_eq(got.money, 777);
	ck_assert_int_eq(got.number, 7);
}
END_TEST

static const struct {
	const char *text, *amount;
	enum msg text_error;
} needed[] = {
	{"abc", "5", 0},
	{"", "", MSG_FIELD_REQUIRED},
	{"   ", " ", MSG_FIELD_REQUIRED},
	{"\u200b\u2060", "\u00a0", MSG_FIELD_REQUIRED},
	{"\u0301\u0301\u0301", "", MSG_FIELD_REQUIRED},
	{NULL, NULL, MSG_FIELD_REQUIRED},
};

START_TEST(required_fields)
{
	static const struct field required[] = {{"text", FIELD_TEXT, AT(text), 3, 10, true}, {"money", FIELD_MONEY, AT(money), 0, 100000, true}};
	const struct http_param pairs[] = {{"text", needed[_i].text}, {"money", needed[_i].amount}};
	struct http_params p = {.list = (struct http_param *)pairs, .n = needed[_i].text == NULL ? 0 : 2};
	form_decode(arena, required, 2, &p, 2, &got, &errors);
	if (needed[_i].text_error == 0) {
		ck_assert_uint_eq(errors.n, 0);
		return;
	}
	ck_assert_uint_eq(errors.n, 2);
	ck_assert_int_eq(field_errors_find(&errors, "text")->text, MSG_FIELD_REQUIRED);
	ck_assert_int_eq(field_errors_find(&errors, "money")->text, MSG_FIELD_REQUIRED);
}
END_TEST

START_TEST(unknown_and_repeated)
{
	const struct http_param pairs[] = {
		{"text", "abc"}, {"text", "def"}, {"colour", "red"}, {"", "x"}, {"_age", "t"}, {"_age", "u"}, {"Text", "abc"}, {"number", "3"},
	};
	decode(pairs, sizeof pairs / sizeof pairs[0], false);
	ck_assert_uint_eq(errors.n, 4);
	ck_assert_int_eq(field_errors_find(&errors, "text")->text, MSG_FIELD_REPEATED);
	ck_assert_int_eq(field_errors_find(&errors, "colour")->text, MSG_FIELD_UNKNOWN);
	ck_assert_int_eq(field_errors_find(&errors, "")->text, MSG_FIELD_UNKNOWN);
	ck_assert_int_eq(field_errors_find(&errors, "Text")->text, MSG_FIELD_UNKNOWN);
	ck_assert_int_eq(got.number, 3);
}
END_TEST

START_TEST(a_hundred_unknown)
{
	struct http_param pairs[HTTP_PARAMS_MAX];
	char names[HTTP_PARAMS_MAX][16];
	for (int i = 0; i < HTTP_PARAMS_MAX; i++) {
		snprintf(names[i], sizeof names[i], "f%d", i);
		pairs[i] = (struct http_param){names[i], "x"};
	}
	decode(pairs, HTTP_PARAMS_MAX, false);
	ck_assert_uint_eq(errors.n, FIELD_ERRORS_MAX);
}
END_TEST

/* What a program sends is an amount to the letter; what people type is read with care. */
START_TEST(machine_amounts)
{
	static const char *const amounts[] = {"1,000.00", "1,5", "$5", " 5.", "1 000", "05", ".50"};
	const struct http_param bad = {"money", amounts[_i]}, good = {"money", "12.5"};
	decode(&bad, 1, true);
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_int_eq(errors.list[0].text, MSG_FIELD_NOT_DECIMAL);
	errors.n = 0;
	decode(&good, 1, true);
	ck_assert_uint_eq(errors.n, 0);
	ck_assert_int_eq(got.money, 1250);
}
END_TEST

START_TEST(little_memory_is_an_error)
{
	struct arena *small = arena_new(16);
	const struct http_param pair = {"lines", "a text that is longer than all the memory"};
	struct http_params p = {.list = (struct http_param *)&pair, .n = 1};
	form_decode(small, table, FIELDS, &p, 2, &got, &errors);
	ck_assert_uint_ge(errors.n, 1);
	ck_assert_str_eq(got.lines, "");
	arena_free(small);
}
END_TEST

Suite *suite_field(void)
{
	Suite *s = suite_create("field");
	TCase *t = tcase_create("field");
	tcase_add_checked_fixture(t, open_case, close_case);
	tcase_add_loop_test(t, one_field, 0, sizeof cases / sizeof cases[0]);
	tcase_add_test(t, nothing_given);
	tcase_add_loop_test(t, required_fields, 0, sizeof needed / sizeof needed[0]);
	tcase_add_test(t, unknown_and_repeated);
	tcase_add_test(t, a_hundred_unknown);
	tcase_add_loop_test(t, machine_amounts, 0, 7);
	tcase_add_test(t, little_memory_is_an_error);
	suite_add_tcase(s, t);
	return s;
}
