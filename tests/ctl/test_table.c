#include "ctl/table.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "suites_ctl.h"

static char *printed(void (*print)(FILE *out, struct arena *a), struct arena *a)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	ck_assert_ptr_nonnull(out);
	print(out, a);
	fclose(out);
	return text;
}

static void print_rows(FILE *out, struct arena *a)
{
	struct table t;
	table_begin(&t, a, 3, (const char *const[]){"ID", "PLACE", "TITLE"});
	ck_assert(table_row(&t, (const char *const[]){"1", "Île Fogo", "Dory"}));
	ck_assert(table_row(&t, (const char *const[]){"1000", NULL, "two\nlines\x1b[31m"}));
	table_print(&t, out);
}

/* Widths count characters, and nothing from outside reaches the terminal as a control. */
START_TEST(aligns_columns)
{
	struct arena *a = arena_new(1 << 20);
	char *text = printed(print_rows, a);
	ck_assert_str_eq(text, "ID    PLACE     TITLE\n1     Île Fogo  Dory\n1000            two lines [31m\n");
	free(text);
	arena_free(a);
}
END_TEST

static void print_many(FILE *out, struct arena *a)
{
	struct table t;
	table_begin(&t, a, 1, (const char *const[]){"N"});
	for (int i = 0; i < 1000; i++)
		ck_assert(table_row(&t, (const char *const[]){"x"}));
	table_print(&t, out);
}

START_TEST(grows)
{
	struct arena *a = arena_new(1 << 20);
	char *text = printed(print_many, a);
	ck_assert_uint_eq(strlen(text), 2002);
	free(text);
	arena_free(a);
}
END_TEST

START_TEST(says_when_the_arena_is_full)
{
	struct arena *a = arena_new(4096);
	struct table t;
	table_begin(&t, a, 1, (const char *const[]){"N"});
	bool good = true;
	for (int i = 0; i < 100000 && good; i++)
		good = table_row(&t, (const char *const[]){"a cell of some length"});
	ck_assert(!good);
	arena_free(a);
}
END_TEST

static void print_fields(FILE *out, struct arena *a)
{
	(void)a;
	table_field(out, "Name", "Leo\x07");
	table_field(out, "Text", "one\ntwo");
	table_field(out, "None", NULL);
}

START_TEST(prints_fields)
{
	char *text = printed(print_fields, NULL);
	ck_assert_str_eq(text, "Name            Leo\nText            one\n                two\nNone            \n");
	free(text);
}
END_TEST

Suite *suite_table(void)
{
	Suite *s = suite_create("table");
	TCase *t = tcase_create("table");
	tcase_add_test(t, aligns_columns);
	tcase_add_test(t, grows);
	tcase_add_test(t, says_when_the_arena_is_full);
	tcase_add_test(t, prints_fields);
	suite_add_tcase(s, t);
	return s;
}
