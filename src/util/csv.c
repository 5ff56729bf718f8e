#include "util/csv.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

enum state { CELL_START, PLAIN, QUOTED, QUOTE_IN_QUOTED, SKIP_LINE };

struct csv_reader {
	csv_source read;
	void *ctx;
	size_t row_bytes, max_cells;
	char separator;
	int64_t line;       /* of the next byte */
	bool at_end, pending_lf, blank;
	const char *problem;
	char *row;          /* cells one after the other, each with its NUL */
	size_t used;
	char **cells;
	size_t n;
	size_t begin, filled;
	char chunk[CHUNK];
};

struct csv_reader *csv_reader_new(csv_source read, void *ctx, size_t row_bytes, size_t cells)
{
	struct csv_reader *r = calloc(1, sizeof *r);
	if (r == NULL)
		return NULL;
	r->row = malloc(row_bytes + 1);
	r->cells = calloc(cells, sizeof *r->cells);
	if (r->row == NULL || r->cells == NULL) {
		csv_reader_free(r);
		return NULL;
	}
	r->read = read;
	r->ctx = ctx;
	r->row_bytes = row_bytes;
	r->max_cells = cells;
	r->line = 1;
	r->problem = "";
	return r;
}

void csv_reader_free(struct csv_reader *r)
{
	if (r == NULL)
		return;
	free(r->row);
	free(r->cells);
	free(r);
}

const char *csv_problem(const struct csv_reader *r)
{
	return r->problem;
}

char csv_separator(const struct csv_reader *r)
{
	return r->separator;
}

/* Moves what is left to the front and reads until the chunk is full or the source has ended. */
static enum err fill(struct csv_reader *r)
{
	if (r->begin > 0) {
		memmove(r->chunk, r->chunk + r->begin, r->filled - r->begin);
		r->filled -= r->begin;
		r->begin = 0;
	}
	while (!r->at_end && r->filled < CHUNK) {
		size_t n = 0;
		enum err e = r->read(r->ctx, r->chunk + r->filled, CHUNK - r->filled, &n);
		if (e != ERR_OK)
			return e;
		if (n == 0)
			r->at_end = true;
		r->filled += n;
	}
	return ERR_OK;
}

/* The separator that stands most often in the first line, outside quotes. */
static char detect_separator(const char *s, size_t n)
{
	static const char candidates[] = {',', ';', '\t'};
	size_t counts[sizeof candidates] = {0};
	bool quoted = false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (s[i] == '\n' || s[i] == '\r')
			break;
		for (size_t k = 0; k < sizeof candidates; k++)
			counts[k] += s[i] == candidates[k];
	}
	size_t best = 0;
	for (size_t k = 1; k < sizeof candidates; k++)
		if (counts[k] > counts[best])
			best = k;
	return candidates[best];
}

static enum err begin_file(struct csv_reader *r)
{
	enum err e = fill(r);
	if (e != ERR_OK)
		return e;
	if (r->filled >= 3 && memcmp(r->chunk, "\xEF\xBB\xBF", 3) == 0)
		r->begin = 3;
	r->separator = detect_separator(r->chunk + r->begin, r->filled - r->begin);
	return ERR_OK;
}

static enum err fail(struct csv_reader *r, enum err e, const char *problem)
{
	r->problem = problem;
	return e;
}

static enum err add_byte(struct csv_reader *r, char c)
{
	if (c == '\0')
		return fail(r, ERR_INVALID, "the row holds a NUL byte");
	/* one byte of the row's room is kept for the cell's NUL */
	if (r->used + 1 >= r->row_bytes)
		return fail(r, ERR_TOO_LARGE, "the row is too long, or a quoted cell is never closed");
	r->row[r->used++] = c;
	return ERR_OK;
}

static enum err end_cell(struct csv_reader *r, size_t *start)
{
	if (r->n == r->max_cells || r->used >= r->row_bytes)
		return fail(r, ERR_TOO_LARGE, "the row has too many cells");
	r->row[r->used++] = '\0';
	r->cells[r->n++] = r->row + *start;
	*start = r->used;
	return ERR_OK;
}

/* One byte of a row. *done when it ended the row. */
static enum err step(struct csv_reader *r, char c, enum state *state, size_t *start, bool *done)
{
	bool newline = c == '\n' || c == '\r';
	switch (*state) {
	case QUOTED:
		if (c == '"') {
			*state = QUOTE_IN_QUOTED;
			return ERR_OK;
		}
		return add_byte(r, c);
	case QUOTE_IN_QUOTED:
		if (c == '"') {
			*state = QUOTED;
			return add_byte(r, c);
		}
		if (c != r->separator && !newline)
			return fail(r, ERR_INVALID, "text follows a closing quote: quotes inside a quoted cell must be doubled");
		break;
	case CELL_START:
		if (c == '"') {
			*state = QUOTED;
			return ERR_OK;
		}
		break;
	case PLAIN:
	case SKIP_LINE:
		break;
	}
	if (newline) {
		*done = true;
		return end_cell(r, start);
	}
	if (c == r->separator) {
		*state = CELL_START;
		return end_cell(r, start);
	}
	*state = PLAIN;
	return add_byte(r, c);
}

/* The next byte as it stands, with lines counted. ERR_NOT_FOUND at the end. */
static enum err next_byte(struct csv_reader *r, char *c)
{
	if (r->begin == r->filled) {
		enum err e = fill(r);
		if (e != ERR_OK)
			return e;
		if (r->filled == 0)
			return ERR_NOT_FOUND;
	}
	*c = r->chunk[r->begin++];
	if (*c == '\n' && r->pending_lf) {
		/* the LF of a CR LF: its line was counted at the CR */
		r->pending_lf = false;
		return ERR_OK;
	}
	r->pending_lf = *c == '\r';
	if (*c == '\n' || *c == '\r')
		r->line++;
	return ERR_OK;
}

/* Passes over the LF that belongs to the CR which ended a row. */
static enum err swallow_lf(struct csv_reader *r)
{
	if (!r->pending_lf)
		return ERR_OK;
	if (r->begin == r->filled) {
		enum err e = fill(r);
		if (e != ERR_OK)
			return e;
	}
	if (r->begin < r->filled && r->chunk[r->begin] == '\n')
		r->begin++;
	r->pending_lf = false;
	return ERR_OK;
}

static enum err skip_line(struct csv_reader *r, char last)
{
	enum err e = ERR_OK;
	while (last != '\n' && last != '\r' && (e = next_byte(r, &last)) == ERR_OK)
		;
	return e == ERR_NOT_FOUND ? ERR_OK : e != ERR_OK ? e : swallow_lf(r);
}

static enum err read_row(struct csv_reader *r, struct csv_row *row)
{
	enum state state = CELL_START;
	size_t start = 0;
	bool done = false, any = false;
	r->used = r->n = 0;
	row->line = r->line;
	while (!done) {
		char c = '\0';
		enum err e = next_byte(r, &c);
		if (e == ERR_NOT_FOUND) {
			if (state == QUOTED)
				return fail(r, ERR_INVALID, "a quoted cell is never closed");
			if (!any)
				return ERR_NOT_FOUND;
			done = true;
			e = end_cell(r, &start);
		} else if (e == ERR_OK) {
			any = true;
			e = step(r, c, &state, &start, &done);
		}
		if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
			enum err skipped = skip_line(r, c);
			return skipped != ERR_OK ? skipped : e;
		}
		if (e != ERR_OK)
			return e;
	}
	r->blank = state == CELL_START && r->n == 1;
	return swallow_lf(r);
}

enum err csv_read(struct csv_reader *r, struct csv_row *row)
{
	enum err e = ERR_OK;
	*row = (struct csv_row){0};
	r->problem = "";
	if (r->separator == '\0' && (e = begin_file(r)) != ERR_OK)
		return e;
	do {
		e = read_row(r, row);
	} while (e == ERR_OK && r->blank);
	row->cells = r->cells;
	row->n = e == ERR_OK ? r->n : 0;
	return e;
}

/* Whether s would be taken for a formula once the apostrophes in front of it are gone. */
static bool formula_like(const char *s)
{
	s += strspn(s, "'");
	return *s != '\0' && strchr("=+-@\t\r", *s) != NULL;
}

const char *csv_unguard(const char *cell)
{
	return cell[0] == '\'' && formula_like(cell) ? cell + 1 : cell;
}

void csv_put(struct buf *out, const char *text, bool first)
{
	if (!first)
		buf_putc(out, ',');
	bool guard = formula_like(text);
	/* an empty first cell is quoted: alone in its row it would be a blank line */
	bool quote = guard || (first && text[0] == '\0') || strpbrk(text, "\",;\t\r\n") != NULL;
	if (!quote) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	if (guard)
		buf_putc(out, '\'');
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"')
			buf_putc(out, '"');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

void csv_put_i64(struct buf *out, int64_t v, bool first)
{
	if (!first)
		buf_putc(out, ',');
	buf_i64(out, v);
}

void csv_end_row(struct buf *out)
{
	buf_puts(out, "\r\n");
}
