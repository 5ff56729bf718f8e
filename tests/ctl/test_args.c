#include "ctl/args.h"

#include <check.h>
#include <stdint.h>
#include <string.h>
#include "suites_ctl.h"

static const struct arg_option options[] = {
	{"name", "NAME", "a name"},
	{"all", NULL, "all of them"},
	{NULL, NULL, NULL},
};

enum { WORDS = 7 };

static const struct {
	const char *words[WORDS];
	enum err result;
	const char *first;   /* positional 0 */
	size_t n;
	const char *name;    /* --name */
	bool all;
	const char *problem;
} cases[] = {
	{{NULL}, ERR_OK, NULL, 0, NULL, false, ""},
	{{"a", "b", NULL}, ERR_OK, "a", 2, NULL, false, ""},
	{{"--name", "x", "a", NULL}, ERR_OK, "a", 1, "x", false, ""},
	{{"--name=x", "--all", NULL}, ERR_OK, NULL, 0, "x", true, ""},
	{{"--name=", NULL}, ERR_OK, NULL, 0, "", false, ""},
	{{"--name", "--all", NULL}, ERR_OK, NULL, 0, "--all", false, ""},
	{{"--name", "-5", NULL}, ERR_OK, NULL, 0, "-5", false, ""},
	{{"--", "--name", NULL}, ERR_OK, "--name", 1, NULL, false, ""},
	{{"-", NULL}, ERR_OK, "-", 1, NULL, false, ""},
	{{"--name", NULL}, ERR_INVALID, NULL, 0, NULL, false, "--name: needs a value"},
	{{"--nam", "x", NULL}, ERR_INVALID, NULL, 0, NULL, false, "--nam: there is no such option"},
	{{"--all=1", NULL}, ERR_INVALID, NULL, 0, NULL, false, "--all: takes no value"},
	{{"--all", "--all", NULL}, ERR_INVALID, NULL, 0, NULL, true, "--all: was given twice"},
	{{"-a", NULL}, ERR_INVALID, NULL, 0, NULL, false, "-a: options begin with two dashes"},
	{{"a", "b", "c", "d", "e", NULL}, ERR_INVALID, "a", 4, NULL, false, "e: one argument too many"},
};

START_TEST(parses)
{
	struct args a;
	int argc = 0;
	while (cases[_i].words[argc] != NULL)
		argc++;
	ck_assert_int_eq(args_parse(&a, options, argc, (char *const *)(uintptr_t)cases[_i].words), cases[_i].result);
	ck_assert_str_eq(a.problem, cases[_i].problem);
	ck_assert_uint_eq(a.n, cases[_i].n);
	ck_assert_pstr_eq(a.n > 0 ? a.positional[0] : NULL, cases[_i].first);
	ck_assert_pstr_eq(args_value(&a, "name"), cases[_i].name);
	ck_assert(args_has(&a, "all") == cases[_i].all);
}
END_TEST

static const struct {
	const char *text;
	bool good;
	long long value;
} numbers[] = {
	{"0", true, 0}, {"7", true, 7}, {"0007", true, 7}, {"100", true, 100}, {"101", false, 0}, {"-1", false, 0}, {"+1", false, 0},
	{"", false, 0}, {" 1", false, 0}, {"1x", false, 0}, {"1.0", false, 0}, {"99999999999999999999", false, 0},
};

START_TEST(reads_numbers)
{
	long long v = -5;
	ck_assert(args_number(numbers[_i].text, 0, 100, &v) == numbers[_i].good);
	ck_assert_int_eq(v, numbers[_i].good ? numbers[_i].value : -5);
}
END_TEST

Suite *suite_args(void)
{
	Suite *s = suite_create("args");
	TCase *t = tcase_create("args");
	tcase_add_loop_test(t, parses, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(t, reads_numbers, 0, sizeof numbers / sizeof *numbers);
	suite_add_tcase(s, t);
	return s;
}
