/* Spreadsheets: a file reads the same in pieces of any size, within its bounds, and what is written of it reads back. */
#include <string.h>

#include "fuzz.h"
#include "util/csv.h"

enum { ROW_BYTES = 512, CELLS = 8, WRITTEN_BYTES = 4 << 20 };

struct source {
	const uint8_t *data;
	size_t n, at, step;
};

static enum err read_source(void *ctx, char *out, size_t size, size_t *n)
{
	struct source *s = ctx;
	*n = s->n - s->at < s->step ? s->n - s->at : s->step;
	if (*n > size)
		*n = size;
	memcpy(out, s->data + s->at, *n);
	s->at += *n;
	return ERR_OK;
}

static struct csv_reader *reader(struct source *s, const uint8_t *data, size_t n, size_t step)
{
	*s = (struct source){data, n, 0, step};
	struct csv_reader *r = csv_reader_new(read_source, s, ROW_BYTES, CELLS);
	HOLDS(r != NULL);
	return r;
}

static void same_row(const struct csv_row *a, const struct csv_row *b)
{
	HOLDS(a->n == b->n && a->line == b->line && a->n <= CELLS);
	size_t bytes = 0;
	for (size_t i = 0; i < a->n; i++) {
		HOLDS(strcmp(a->cells[i], b->cells[i]) == 0);
		bytes += strlen(a->cells[i]) + 1;
	}
	HOLDS(bytes <= ROW_BYTES);
}

/* Each row once more through the writer. */
static void read_back(const struct csv_row *row, struct buf *text)
{
	struct source s;
	struct csv_row again;
	buf_reset(text);
	for (size_t i = 0; i < row->n; i++)
		csv_put(text, row->cells[i], i == 0);
	csv_end_row(text);
	HOLDS(text->error == ERR_OK);
	/* a header keeps the separator from being guessed by what the row holds */
	static const char head[] = "a,b,c,d,e,f,g,h,i,j,k,l,m\n";
	struct buf whole;
	buf_init(&whole, WRITTEN_BYTES);
	buf_put(&whole, head, sizeof head - 1);
	buf_put(&whole, text->data, text->len);
	s = (struct source){(const uint8_t *)whole.data, whole.len, 0, 61};
	struct csv_reader *r = csv_reader_new(read_source, &s, 2 * ROW_BYTES, 2 * CELLS);
	HOLDS(r != NULL && csv_read(r, &again) == ERR_OK && again.n == 13);
	HOLDS(csv_read(r, &again) == ERR_OK && again.n == row->n);
	for (size_t i = 0; i < row->n; i++)
		HOLDS(strcmp(csv_unguard(again.cells[i]), row->cells[i]) == 0);
	HOLDS(csv_read(r, &again) == ERR_NOT_FOUND);
	csv_reader_free(r);
	buf_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source s1, s2;
	struct csv_row a, b;
	struct buf text;
	if (size > 1 << 16)
		return 0;
	struct csv_reader *whole = reader(&s1, data, size, size + 1), *pieces = reader(&s2, data, size, 1 + size % 7);
	buf_init(&text, WRITTEN_BYTES);
	for (;;) {
		enum err e = csv_read(whole, &a), e2 = csv_read(pieces, &b);
		HOLDS(e == e2);
		HOLDS(e == ERR_OK || e == ERR_NOT_FOUND || e == ERR_INVALID || e == ERR_TOO_LARGE);
		if (e == ERR_NOT_FOUND)
			break;
		HOLDS(a.line >= 1 && a.line == b.line);
		if (e != ERR_OK) {
			HOLDS(csv_problem(whole)[0] != '\0' && a.n == 0);
			continue;
		}
		same_row(&a, &b);
		read_back(&a, &text);
	}
	HOLDS(csv_separator(whole) == csv_separator(pieces));
	csv_reader_free(whole);
	csv_reader_free(pieces);
	buf_free(&text);
	return 0;
}
