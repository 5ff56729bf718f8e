#include "util/csv.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct text_source {
	const char *text;
	size_t n, at, step;
};

static enum err text_read(void *ctx, char *out, size_t size, size_t *n)
{
	struct text_source *s = ctx;
	*n = s->n - s->at;
	if (*n > s->step)
		*n = s->step;
	if (*n > size)
		*n = size;
	memcpy(out, s->text + s->at, *n);
	s->at += *n;
	return ERR_OK;
}

static enum err failing_read(void *ctx, char *out, size_t size, size_t *n)
{
	(void)ctx, (void)out, (void)size, (void)n;
	return ERR_IO;
}

/* Rows as "line:cell|cell/" and bad rows as "line!/", so that a case is one string. */
static void flatten(const char *text, size_t n, size_t step, size_t row_bytes, size_t cells, struct buf *out)
{
	struct text_source source = {text, n, 0, step};
	struct csv_reader *r = csv_reader_new(text_read, &source, row_bytes, cells);
	ck_assert_ptr_nonnull(r);
	struct csv_row row;
	for (;;) {
		enum err e = csv_read(r, &row);
		if (e == ERR_NOT_FOUND)
			break;
		buf_i64(out, row.line);
		if (e != ERR_OK) {
			ck_assert(e == ERR_INVALID || e == ERR_TOO_LARGE);
			ck_assert_str_ne(csv_problem(r), "");
			buf_puts(out, "!/");
			continue;
		}
		for (size_t i = 0; i < row.n; i++) {
			buf_putc(out, i == 0 ? ':' : '|');
			buf_puts(out, row.cells[i]);
		}
		buf_putc(out, '/');
	}
	csv_reader_free(r);
}

static const struct {
	const char *text, *rows;
} reads[] = {
	{"", ""},
	{"a,b\n1,2\n", "1:a|b/2:1|2/"},
	{"a,b\r\n1,2\r\n", "1:a|b/2:1|2/"},
	{"a,b\r1,2\r", "1:a|b/2:1|2/"},
	{"a,b\n1,2", "1:a|b/2:1|2/"},
	{"\xEF\xBB\xBF" "a,b\n", "1:a|b/"},
	{"a;b\n1,5;2\n", "1:a|b/2:1,5|2/"},
	{"a\tb\n1,5;\t2\n", "1:a|b/2:1,5;|2/"},
	{"\"a,;;\",b\n1,2\n", "1:a,;;|b/2:1|2/"},
	{"a\n\n\r\nb\n", "1:a/4:b/"},
	{"\"x\ny\"\nz\n", "1:x\ny/3:z/"},
	{"\"x\r\ny\"\r\nz\r\n", "1:x\r\ny/3:z/"},
	{"\"say \"\"yes\"\"\",b\n", "1:say \"yes\"|b/"},
	{"h,i\n12\" tires,b\n", "1:h|i/2:12\" tires|b/"},
	{"\"\"\n", "1:/"},
	{"a,\n,\n", "1:a|/2:|/"},
	{"a,\"\"\n", "1:a|/"},
	{"a,b\n\"x\"y,z\n1,2\n", "1:a|b/2!/3:1|2/"},
	{"a,b\n1,\"open\n2,3\n", "1:a|b/2!/"},
	{"a,b\n1,2,3,4,5\n6,7\n", "1:a|b/2!/3:6|7/"},
	{"a,b\n1,0123456789012345678901234567890123456789\n6,7\n", "1:a|b/2!/3:6|7/"},
};

START_TEST(reads_rows)
{
	static const size_t steps[] = {1, 2, 3, 1000};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct buf out;
		buf_init(&out, 4096);
		flatten(reads[_i].text, strlen(reads[_i].text), steps[i], 32, 4, &out);
		ck_assert_str_eq(buf_str(&out), reads[_i].rows);
		buf_free(&out);
	}
}
END_TEST

START_TEST(refuses_nul)
{
	struct buf out;
	buf_init(&out, 4096);
	flatten("a,b\n1\0,2\n3,4\n", 13, 1000, 64, 4, &out);
	ck_assert_str_eq(buf_str(&out), "1:a|b/2!/3:3|4/");
	buf_free(&out);
}
END_TEST

/* A file much longer than the reader's chunk, with cells across its edges. */
START_TEST(reads_long_files)
{
	struct buf text;
	buf_init(&text, 4 << 20);
	for (int i = 0; i < 50000; i++)
		buf_printf(&text, "%d,\"line one\nline %d\"\r\n", i, i);
	struct text_source source = {text.data, text.len, 0, 1021};
	struct csv_reader *r = csv_reader_new(text_read, &source, 100, 4);
	struct csv_row row;
	for (int i = 0; i < 50000; i++) {
		ck_assert_int_eq(csv_read(r, &row), ERR_OK);
		ck_assert_uint_eq(row.n, 2);
		ck_assert_int_eq(strtol(row.cells[0], NULL, 10), i);
		ck_assert_int_eq(row.line, 2 * i + 1);
	}
	ck_assert_int_eq(csv_read(r, &row), ERR_NOT_FOUND);
	ck_assert_int_eq(csv_read(r, &row), ERR_NOT_FOUND);
	csv_reader_free(r);
	buf_free(&text);
}
END_TEST

START_TEST(reports_a_failing_source)
{
	struct csv_reader *r = csv_reader_new(failing_read, NULL, 100, 4);
	struct csv_row row;
	ck_assert_int_eq(csv_read(r, &row), ERR_IO);
	csv_reader_free(r);
}
END_TEST

static const struct {
	const char *text, *cell;
} writes[] = {
	{"plain", "plain"},
	{"", "\"\""},
	{"a,b", "\"a,b\""},
	{"a;b", "\"a;b\""},
	{"say \"yes\"", "\"say \"\"yes\"\"\""},
	{"two\nlines", "\"two\nlines\""},
	{"=1+1", "\"'=1+1\""},
	{"+1", "\"'+1\""},
	{"-1", "\"'-1\""},
	{"@SUM(A1)", "\"'@SUM(A1)\""},
	{"\tx", "\"'\tx\""},
	{"'=x", "\"''=x\""},
	{"'tis", "'tis"},
	{"a=b", "a=b"},
};

START_TEST(writes_cells_and_reads_them_back)
{
	struct buf out;
	buf_init(&out, 4096);
	csv_put(&out, writes[_i].text, true);
	ck_assert_str_eq(buf_str(&out), writes[_i].cell);
	csv_put_i64(&out, -5, false);
	csv_end_row(&out);
	struct text_source source = {out.data, out.len, 0, 7};
	struct csv_reader *r = csv_reader_new(text_read, &source, 100, 4);
	struct csv_row row;
	ck_assert_int_eq(csv_read(r, &row), ERR_OK);
	ck_assert_uint_eq(row.n, 2);
	ck_assert_str_eq(csv_unguard(row.cells[0]), writes[_i].text);
	ck_assert_str_eq(row.cells[1], "-5");
	csv_reader_free(r);
	buf_free(&out);
}
END_TEST

Suite *suite_csv(void);
Suite *suite_csv(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("csv");
	tcase_add_loop_test(t, reads_rows, 0, sizeof reads / sizeof *reads);
	tcase_add_test(t, refuses_nul);
	tcase_add_test(t, reads_long_files);
	tcase_add_test(t, reports_a_failing_source);
	tcase_add_loop_test(t, writes_cells_and_reads_them_back, 0, sizeof writes / sizeof *writes);
	suite_add_tcase(s, t);
	return s;
}
