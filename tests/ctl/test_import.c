#include "ctl/import_row.h"
#include "ctl/import_source.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"

#include "suites_ctl.h"

#define HEADER "title,description,category,price,location,contact_name,contact_email\n"
#define ROW "A dory,A good dory for the food fishery,boats,100,nain,Leo Pike,leo@example.com\n"
#define JSON_ROW \
	"{\"title\":\"A dory\",\"description\":\"A good dory for the food fishery\",\"category\":\"boats\",\"price\":\"99.50\"," \
	"\"location\":\"nain\",\"contact_name\":\"Leo Pike\",\"contact_email\":\"leo@example.com\"}"

static char path[] = "/tmp/outport-import-XXXXXX";

static void write_file(const char *text)
{
	memcpy(path + sizeof path - 7, "XXXXXX", 6);
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static struct category categories[] = {{.id = 1, .slug = "boats"}};
static struct place places[] = {{.id = 2, .slug = "nain"}};
static struct catalog catalog = {.categories = categories, .category_count = 1, .places = places, .place_count = 1};

static const struct import_rules rules = {.catalog = &catalog, .currency = "CAD", .now = 1800000000, .publish = true};

/* "line:title" of good rows, "line!field" of each mistake, joined by spaces; "?problem" when the file is refused. */
static void read_all(enum import_format format, const char *text, struct buf *out)
{
	struct arena *a = arena_new(8 << 20);
	struct import_source *s;
	const char *problem;
	write_file(text);
	if (import_source_open(path, format, a, &s, &problem) != ERR_OK) {
		buf_putc(out, '?');
		buf_puts(out, problem);
	} else {
		struct import_record record;
		enum err e;
		while ((e = import_source_next(s, a, &record)) == ERR_OK) {
			struct import_problems found;
			struct listing l;
			ck_assert_int_eq(import_row_check(&rules, a, &record, &l, &found), ERR_OK);
			if (out->len > 0)
				buf_putc(out, ' ');
			buf_i64(out, record.line);
			for (size_t i = 0; i < found.n; i++) {
				buf_putc(out, '!');
				buf_puts(out, found.list[i].field);
				ck_assert_str_ne(found.list[i].text, "");
			}
			if (found.n == 0) {
				buf_putc(out, ':');
				buf_puts(out, l.title);
			}
		}
		ck_assert_int_eq(e, ERR_NOT_FOUND);
	}
	import_source_close(s);
	arena_free(a);
	unlink(path);
}

static const struct {
	const char *text, *result;
} csv[] = {
	{HEADER ROW, "2:A dory"},
	{HEADER ROW "\n" ROW, "2:A dory 4:A dory"},
	{"\xEF\xBB\xBF" HEADER ROW, "2:A dory"},
	{"Title; DESCRIPTION ;category;price;location;contact_name;contact_email\r\nA dory;A good dory for the food fishery;boats;1 250,50;nain;Leo;l@example.com\r\n", "2:A dory"},
	{"id,state," HEADER "1,published," ROW, "2:A dory"},
	{"", "?the file is empty: its first row must name the columns"},
	{"title,colour\n", "?line 1: there is no column \"colour\": see outportctl import --help"},
	{"title,title\n", "?line 1: the column \"title\" stands there twice"},
	{"title\n", "?line 1: the column \"description\" is missing"},
	{"t\xE9tre,b\n", "?line 1: the file is not in UTF-8: save it as \"CSV UTF-8\""},
	{HEADER "A dory,A good dory\n" ROW, "2! 3:A dory"},
	{HEADER "\"A\"x,A\n" ROW, "2! 3:A dory"},
	{HEADER "A,short,nothing,free,nowhere,,leo\n", "2!title!description!price!contact_name!contact_email"},
	{HEADER "A dory,A good dory for the food fishery,cars,100,nain,Leo,l@example.com\n", "2!category"},
	{HEADER "A dory,A good dory for the food fishery,boats,100,gander,Leo,l@example.com\n", "2!location"},
	{HEADER "'=A dory,A good dory for the food fishery,boats,100,nain,Leo,l@example.com\n", "2:=A dory"},
	{HEADER "A d\xE9ry,A good dory for the food fishery,boats,100,nain,Leo,l@example.com\n", "2!title"},
	{"published_at,currency,stock," HEADER "2026-01-31,CAD,3," ROW ",,," ROW "soon,,," ROW "2099-01-01,,," ROW ",USD,," ROW ",,0," ROW,
	 "2:A dory 3:A dory 4!published_at 5!published_at 6!currency 7!stock"},
};

static const struct {
	const char *text, *result;
} json[] = {
	{JSON_ROW "\n", "1:A dory"},
	{JSON_ROW, "1:A dory"},
	{"\xEF\xBB\xBF" JSON_ROW "\r\n\n" JSON_ROW "\n", "1:A dory 3:A dory"},
	{"", ""},
	{"{}\n" JSON_ROW "\n", "1!title!description!category!price!location!contact_name!contact_email 2:A dory"},
	{"[1]\n{\n" JSON_ROW "\n", "1! 2! 3:A dory"},
	{"{\"title\":[1]}\n", "1!title"},
	{"{\"id\":5,\"state\":\"published\"," JSON_ROW "\n", "1!"},
	{"{\"colour\":\"red\"}\n", "1!colour!title!description!category!price!location!contact_name!contact_email"},
};

START_TEST(reads_csv)
{
	struct buf out;
	buf_init(&out, 4096);
	read_all(IMPORT_CSV, csv[_i].text, &out);
	ck_assert_str_eq(buf_str(&out), csv[_i].result);
	buf_free(&out);
}
END_TEST

START_TEST(reads_json_lines)
{
	struct buf out;
	buf_init(&out, 4096);
	read_all(IMPORT_JSONL, json[_i].text, &out);
	ck_assert_str_eq(buf_str(&out), json[_i].result);
	buf_free(&out);
}
END_TEST

/* A line over the bound is one bad row, and the next is read. */
START_TEST(bounds_a_line)
{
	struct buf text, out;
	buf_init(&text, 2 << 20);
	buf_init(&out, 4096);
	for (int i = 0; i < IMPORT_ROW_BYTES + 10; i++)
		buf_putc(&text, 'x');
	buf_puts(&text, "\n" JSON_ROW "\n");
	read_all(IMPORT_JSONL, buf_str(&text), &out);
	ck_assert_str_eq(buf_str(&out), "1! 2:A dory");
	buf_free(&text);
	buf_free(&out);
}
END_TEST

START_TEST(takes_over_what_is_given)
{
	struct arena *a = arena_new(8 << 20);
	struct import_source *s;
	const char *problem;
	struct import_record record;
	struct import_problems found;
	struct listing l;
	write_file("published_at,stock," HEADER "2026-01-31T12:00:00Z,3," ROW);
	ck_assert_int_eq(import_source_open(path, IMPORT_CSV, a, &s, &problem), ERR_OK);
	ck_assert_uint_eq(strlen(import_source_hash(s)), 64);
	/* the second time as the first */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(import_source_next(s, a, &record), ERR_OK);
		ck_assert_int_eq(import_row_check(&rules, a, &record, &l, &found), ERR_OK);
		ck_assert_uint_eq(found.n, 0);
		ck_assert_str_eq(l.title, "A dory");
		ck_assert_str_eq(l.contact_email, "leo@example.com");
		ck_assert_int_eq(l.category_id, 1);
		ck_assert_int_eq(l.place_id, 2);
		ck_assert_int_eq(l.price_minor, 10000);
		ck_assert_int_eq(l.stock, 3);
		ck_assert_int_eq(l.state, LISTING_PUBLISHED);
		ck_assert_int_eq(l.published_at, 1769860800);
		ck_assert_int_eq(import_source_next(s, a, &record), ERR_NOT_FOUND);
		ck_assert_int_eq(import_source_rewind(s), ERR_OK);
	}
	struct import_rules pending = rules;
	pending.publish = false;
	ck_assert_int_eq(import_source_next(s, a, &record), ERR_OK);
	ck_assert_int_eq(import_row_check(&pending, a, &record, &l, &found), ERR_OK);
	ck_assert_int_eq(l.state, LISTING_PENDING);
	ck_assert_int_eq(l.published_at, 0);
	import_source_close(s);
	unlink(path);
	arena_free(a);
}
END_TEST

START_TEST(notices_a_file_that_changes)
{
	struct arena *a = arena_new(8 << 20);
	struct import_source *s;
	const char *problem;
	struct import_record record;
	write_file(HEADER ROW);
	ck_assert_int_eq(import_source_open(path, IMPORT_CSV, a, &s, &problem), ERR_OK);
	FILE *f = fopen(path, "ab");
	fputs(ROW, f);
	fclose(f);
	enum err e;
	while ((e = import_source_next(s, a, &record)) == ERR_OK)
		continue;
	ck_assert_int_eq(e, ERR_CONFLICT);
	import_source_close(s);
	unlink(path);
	arena_free(a);
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
	struct arena *a = arena_new(1 << 20);
	struct import_source *s;
	const char *problem;
	ck_assert_int_eq(import_source_open("/nowhere/file.csv", IMPORT_CSV, a, &s, &problem), ERR_INVALID);
	ck_assert_str_eq(problem, "No such file or directory");
	ck_assert_int_eq(import_source_open("/tmp", IMPORT_CSV, a, &s, &problem), ERR_INVALID);
	ck_assert_str_eq(problem, "not a file: an import reads it more than once");
	ck_assert_ptr_null(s);
	arena_free(a);
}
END_TEST

Suite *suite_import(void)
{
	Suite *s = suite_create("import");
	TCase *t = tcase_create("import");
	tcase_add_loop_test(t, reads_csv, 0, sizeof csv / sizeof *csv);
	tcase_add_loop_test(t, reads_json_lines, 0, sizeof json / sizeof *json);
	tcase_add_test(t, bounds_a_line);
	tcase_add_test(t, takes_over_what_is_given);
	tcase_add_test(t, notices_a_file_that_changes);
	tcase_add_test(t, refuses_what_is_no_file);
	suite_add_tcase(s, t);
	return s;
}
