/* csv: a streaming reader and a writer of comma separated values (RFC 4180).
 *
 * The reader takes LF and CRLF, quoted cells with newlines and doubled quotes, a byte order mark, and finds out from
 * the first line whether cells are separated by comma, semicolon or tab. Blank lines are passed over. A row is bounded
 * in bytes and cells; after a bad row it goes on with the next line, so that one mistake is reported once.
 *
 * The writer quotes where needed and keeps a spreadsheet from taking text for a formula: a cell that begins with
 * = + - @ tab or CR (after any apostrophes) gets one apostrophe in front, which csv_unguard takes off again, so that
 * what was exported comes back byte for byte. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

struct csv_reader;

/* Up to size bytes into out; *n 0 at the end. ERR_IO. */
typedef enum err (*csv_source)(void *ctx, char *out, size_t size, size_t *n);

struct csv_row {
	char *const *cells; /* NUL-terminated; good until the next csv_read */
	size_t n;
	int64_t line;       /* the line the row begins on, from 1 */
};

/* row_bytes: longest row; cells: most cells of a row. NULL when out of memory. */
struct csv_reader *csv_reader_new(csv_source read, void *ctx, size_t row_bytes, size_t cells);
void csv_reader_free(struct csv_reader *r);

/* ERR_NOT_FOUND: the end. ERR_INVALID and ERR_TOO_LARGE: this row is bad, row->line and csv_problem say where and why; the
 * next call reads on. ERR_IO: the source failed. */
MUST_CHECK enum err csv_read(struct csv_reader *r, struct csv_row *row);
/* What was wrong with the row, in words. */
const char *csv_problem(const struct csv_reader *r);
/* ',' ';' or '\t'; '\0' before the first row was read. */
char csv_separator(const struct csv_reader *r);
/* Takes off the apostrophe that the writer put before a formula's sign; returns the text to use. */
const char *csv_unguard(const char *cell);

/* Appends one cell, quoted if need be, with a comma before it unless first. */
void csv_put(struct buf *out, const char *text, bool first);
/* The same for a number, which is never guarded. */
void csv_put_i64(struct buf *out, int64_t v, bool first);
void csv_end_row(struct buf *out);
