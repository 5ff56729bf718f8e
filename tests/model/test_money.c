#include <string.h>

#include "suites_model.h"
#include "model/money.h"

static const struct {
	const char *text;
	int digits;
	enum err e;
	int64_t minor;
} typed[] = {
	{"1250", 2, ERR_OK, 125000},
	{"0", 2, ERR_OK, 0},
	{"1,250.50", 2, ERR_OK, 125050},
	{"1 250,50", 2, ERR_OK, 125050},
	{"1\u00a0250,50", 2, ERR_OK, 125050},
	{"1\u202f250,50\u00a0$", 2, ERR_OK, 125050},
	{"1\u2009250", 2, ERR_OK, 125000},
	{"$1,250.50", 2, ERR_OK, 125050},
	{"$ 1,250.50", 2, ERR_OK, 125050},
	{"1 250,50 $", 2, ERR_OK, 125050},
	{"  1250.5\t", 2, ERR_OK, 125050},
	{"1250,5", 2, ERR_OK, 125050},
	{".50", 2, ERR_OK, 50},
	{"00012", 2, ERR_OK, 1200},
	{"12,345,678", 2, ERR_OK, 1234567800},
	{"12 345 678,9", 2, ERR_OK, 1234567890},
	/* A comma before exactly three digits parts groups; otherwise it is the decimal sign. */
	{"1,25", 2, ERR_OK, 125},
	{"1,250", 2, ERR_OK, 125000},
	{"1,2", 2, ERR_OK, 120},
	{"1,2500", 2, ERR_INVALID, 0},
	{"0,500", 2, ERR_INVALID, 0},
	{"1250,500", 2, ERR_INVALID, 0},
	{"1 250,500", 2, ERR_INVALID, 0},
	{"1,250,50", 2, ERR_INVALID, 0},
	{"1,250 500", 2, ERR_INVALID, 0},
	{"1 250 50", 2, ERR_INVALID, 0},
	{"1 25", 2, ERR_INVALID, 0},
	{"1.250", 2, ERR_INVALID, 0},
	{"1.250,50", 2, ERR_INVALID, 0},
	{"1.2.3", 2, ERR_INVALID, 0},
	{"1,,250", 2, ERR_INVALID, 0},
	{"1  250", 2, ERR_INVALID, 0},
	{"1250.", 2, ERR_INVALID, 0},
	{"1250,", 2, ERR_INVALID, 0},
	{".", 2, ERR_INVALID, 0},
	{",", 2, ERR_INVALID, 0},
	{"", 2, ERR_INVALID, 0},
	{"   ", 2, ERR_INVALID, 0},
	{"$", 2, ERR_INVALID, 0},
	{"$5$", 2, ERR_INVALID, 0},
	{"$$5", 2, ERR_INVALID, 0},
	{"-5", 2, ERR_INVALID, 0},
	{"+5", 2, ERR_INVALID, 0},
	{"5 CAD", 2, ERR_INVALID, 0},
	{"1e3", 2, ERR_INVALID, 0},
	{"0x10", 2, ERR_INVALID, 0},
	{"١٢", 2, ERR_INVALID, 0},
	{"1\xc2", 2, ERR_INVALID, 0},
	{"1\xe2\x80", 2, ERR_INVALID, 0},
	{"999999999.99", 2, ERR_OK, 99999999999},
	{"999,999,999.99", 2, ERR_OK, 99999999999},
	{"1000000000", 2, ERR_RANGE, 0},
	{"9999999999999999999999999999999999999999", 2, ERR_RANGE, 0},
	{"1,111,111,111,111,111,111,111,111,111", 2, ERR_INVALID, 0},
	/* Currencies without minor units, and with three digits of them. */
	{"1250", 0, ERR_OK, 1250},
	{"1,250", 0, ERR_OK, 1250},
	{"1,25", 0, ERR_INVALID, 0},
	{"1.0", 0, ERR_INVALID, 0},
	{"1.250", 3, ERR_OK, 1250},
	{"1,250", 3, ERR_OK, 1250000},
	{"1 250,125", 3, ERR_OK, 1250125},
	{"1250,125", 3, ERR_OK, 1250125},
	{"0,500", 3, ERR_OK, 500},
};

START_TEST(typed_amount)
{
	int64_t minor = -1;
	enum err e = money_parse(typed[_i].text, typed[_i].digits, &minor);
	ck_assert_msg(e == typed[_i].e, "%s: %s", typed[_i].text, err_text(e));
	if (e == ERR_OK)
		ck_assert_int_eq(minor, typed[_i].minor);
	else
		ck_assert_int_eq(minor, -1);
}
END_TEST

static const struct {
	const char *text;
	int digits;
	enum err e;
	int64_t minor;
} decimals[] = {
	{"1250", 2, ERR_OK, 125000},
	{"1250.5", 2, ERR_OK, 125050},
	{"1250.50", 2, ERR_OK, 125050},
	{"0", 2, ERR_OK, 0},
	{"0.01", 2, ERR_OK, 1},
	{"5", 0, ERR_OK, 5},
	{"1.125", 3, ERR_OK, 1125},
	{"999999999.99", 2, ERR_OK, 99999999999},
	{"1000000000.00", 2, ERR_RANGE, 0},
	{"1250.505", 2, ERR_INVALID, 0},
	{"5.0", 0, ERR_INVALID, 0},
	{"1,250", 2, ERR_INVALID, 0},
	{"1250,5", 2, ERR_INVALID, 0},
	{"01", 2, ERR_INVALID, 0},
	{"00", 2, ERR_INVALID, 0},
	{"1.", 2, ERR_INVALID, 0},
	{".5", 2, ERR_INVALID, 0},
	{" 1", 2, ERR_INVALID, 0},
	{"1 ", 2, ERR_INVALID, 0},
	{"-1", 2, ERR_INVALID, 0},
	{"+1", 2, ERR_INVALID, 0},
	{"1e2", 2, ERR_INVALID, 0},
	{"$1", 2, ERR_INVALID, 0},
	{"", 2, ERR_INVALID, 0},
	{"1.2.3", 2, ERR_INVALID, 0},
};

START_TEST(machine_amount)
{
	int64_t minor = -1;
	enum err e = money_parse_decimal(decimals[_i].text, decimals[_i].digits, &minor);
	ck_assert_msg(e == decimals[_i].e, "%s: %s", decimals[_i].text, err_text(e));
	ck_assert_int_eq(minor, e == ERR_OK ? decimals[_i].minor : -1);
}
END_TEST

static const struct {
	int64_t minor;
	int digits;
	const char *text;
} written[] = {
	{125050, 2, "1250.50"},
	{0, 2, "0.00"},
	{5, 2, "0.05"},
	{-5, 2, "-0.05"},
	{1250, 0, "1250"},
	{1, 3, "0.001"},
	{MONEY_LIMIT, 2, "999999999.99"},
	{INT64_MIN, 2, "-92233720368547758.08"},
};

START_TEST(machine_form)
{
	char out[32];
	money_decimal(written[_i].minor, written[_i].digits, out);
	ck_assert_str_eq(out, written[_i].text);
}
END_TEST

static const struct {
	const char *code;
	int digits;
} codes[] = {
	{"CAD", 2}, {"USD", 2}, {"EUR", 2}, {"AED", 2}, {"ZMW", 2}, {"JPY", 0}, {"BIF", 0}, {"XPF", 0}, {"KWD", 3}, {"TND", 3},
	{"cad", -1}, {"", -1}, {"CA", -1}, {"CADX", -1}, {"XXX", -1}, {"AD ", -1}, {"D A", -1},
};

START_TEST(minor_digits)
{
	ck_assert_int_eq(money_digits(codes[_i].code), codes[_i].digits);
}
END_TEST

Suite *suite_money(void)
{
	Suite *s = suite_create("money");
	TCase *t = tcase_create("money");
	tcase_add_loop_test(t, typed_amount, 0, sizeof typed / sizeof typed[0]);
	tcase_add_loop_test(t, machine_amount, 0, sizeof decimals / sizeof decimals[0]);
	tcase_add_loop_test(t, machine_form, 0, sizeof written / sizeof written[0]);
	tcase_add_loop_test(t, minor_digits, 0, sizeof codes / sizeof codes[0]);
	suite_add_tcase(s, t);
	return s;
}
