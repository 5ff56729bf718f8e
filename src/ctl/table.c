#include "ctl/table.h"

#include <string.h>

#include "util/utf8.h"

enum { FIRST_SIZE = 32, FIELD_WIDTH = 16 };

void table_begin(struct table *t, struct arena *a, size_t columns, const char *const heads[])
{
	*t = (struct table){.arena = a, .columns = columns < TABLE_COLUMNS_MAX ? columns : TABLE_COLUMNS_MAX};
	(void)table_row(t, heads);
}

static bool grow(struct table *t)
{
	if (t->n < t->size)
		return true;
	size_t size = t->size == 0 ? FIRST_SIZE : t->size * 2;
	const char **cells = arena_array(t->arena, size * t->columns, sizeof *cells);
	if (cells == NULL)
		return false;
	if (t->n > 0)
		memcpy(cells, t->cells, t->n * t->columns * sizeof *cells);
	t->cells = cells;
	t->size = size;
	return true;
}

bool table_row(struct table *t, const char *const cells[])
{
	if (!grow(t))
		return false;
	for (size_t i = 0; i < t->columns; i++) {
		char *cell = arena_strdup(t->arena, cells[i] == NULL ? "" : cells[i]);
		if (cell == NULL)
			return false;
		for (char *p = cell; *p != '\0'; p++)
			if ((unsigned char)*p < ' ')
				*p = ' ';
		size_t width = utf8_length(cell);
		if (width > t->widths[i])
			t->widths[i] = width;
		t->cells[t->n * t->columns + i] = cell;
	}
	t->n++;
	return true;
}

void table_print(const struct table *t, FILE *out)
{
	for (size_t row = 0; row < t->n; row++) {
		for (size_t i = 0; i < t->columns; i++) {
			const char *cell = t->cells[row * t->columns + i];
			fputs(cell, out);
			size_t pad = i + 1 < t->columns ? t->widths[i] - utf8_length(cell) + 2 : 0;
			for (; pad > 0; pad--)
				fputc(' ', out);
		}
		fputc('\n', out);
	}
}

void table_field(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%-*s", FIELD_WIDTH, name);
	for (const char *p = value == NULL ? "" : value; *p != '\0'; p++) {
		/* what came from outside must not reach the terminal's controls */
		if (*p == '\n')
			fprintf(out, "\n%*s", FIELD_WIDTH, "");
		else if ((unsigned char)*p >= ' ' || *p == '\t')
			fputc(*p, out);
	}
	fputc('\n', out);
}
