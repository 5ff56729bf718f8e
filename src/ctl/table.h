/* table: rows of text in columns as wide as their widest cell; the last column runs free. Widths count characters. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util/arena.h"

enum { TABLE_COLUMNS_MAX = 12 };

struct table {
	struct arena *arena;
	size_t columns, n, size;
	const char **cells;
	size_t widths[TABLE_COLUMNS_MAX];
};

/* heads: columns titles. The table's cells live in the arena. */
void table_begin(struct table *t, struct arena *a, size_t columns, const char *const heads[]);
/* Copies the cells; newlines become spaces, NULL is "". Rows past the arena's end are left out: false. */
bool table_row(struct table *t, const char *const cells[]);
void table_print(const struct table *t, FILE *out);
/* "Name        value", its lines indented alike, for show. */
void table_field(FILE *out, const char *name, const char *value);
