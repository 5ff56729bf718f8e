#include "db/db_internal.h"

#include <string.h>

#include "util/clock.h"

/* What a result's rows go into. started: a row was handed out, so the read can not be begun again. */
struct sink {
	enum err (*row)(struct sink *s, const struct db_statement *st, bool *stop);
	bool started;
	struct arena *arena;
	struct db_rows *rows;
	size_t max_rows, room;
	bool (*each)(void *ctx, const struct db_value *row, size_t columns);
	void *ctx;
};

static enum err run_once(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct sink *sink, struct db_result *result)
{
	struct db_statement *st = NULL;
	enum err e = db_statement_execute(db, sql, args, n_args, &st);
	if (e != ERR_OK)
		return e;
	if (result != NULL)
		*result = (struct db_result){mysql_stmt_affected_rows(st->stmt), mysql_stmt_insert_id(st->stmt)};
	if (st->columns == 0)
		return ERR_OK;
	bool more = true, stop = sink == NULL;
	if (sink != NULL && sink->rows != NULL)
		*sink->rows = (struct db_rows){.columns = st->columns};
	while (e == ERR_OK && !stop) {
		e = db_statement_fetch(db, st, &more);
		if (e != ERR_OK || !more)
			break;
		e = sink->row(sink, st, &stop);
	}
	if (db->open && more)
		db_statement_end(db, st);
	return e;
}

/* A connection that was kept from an earlier request may have died since: a read is tried once more on a fresh one, unless
 * the server had its full time to answer. */
static enum err run(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct sink *sink, struct db_result *result)
{
	bool kept = db->open && db->used;
	uint64_t start = clock_mono_us();
	enum err e = run_once(db, sql, args, n_args, sink, result);
	bool lost = (e == ERR_DB_AWAY || e == ERR_DB_READ_ONLY) && !db->open;
	bool quick = clock_mono_us() - start < 1000 * 1000;
	if (lost && kept && quick && sql->read && !db->in_transaction && (sink == NULL || !sink->started)) {
		if (sink != NULL)
			sink->room = 0;
		e = run_once(db, sql, args, n_args, sink, result);
	}
	db_count(db, start);
	return e;
}

static enum err grow(struct sink *s, size_t columns)
{
	size_t room = s->room == 0 ? 24 : s->room * 2;
	if (room > s->max_rows)
		room = s->max_rows;
	struct db_value *cells = arena_array(s->arena, room * columns, sizeof *cells);
	if (cells == NULL)
		return ERR_NOMEM;
	if (s->rows->n > 0)
		memcpy(cells, s->rows->cells, s->rows->n * columns * sizeof *cells);
	s->rows->cells = cells;
	s->room = room;
	return ERR_OK;
}

/* Moves a row's texts, which live until the next row, into one piece of the arena. */
static enum err keep_texts(struct arena *a, struct db_value *row, size_t columns)
{
	size_t bytes = 0;
	for (size_t i = 0; i < columns; i++)
		if (row[i].s != NULL)
			bytes += row[i].n + 1;
	char *to = bytes > 0 ? arena_alloc(a, bytes) : NULL;
	if (to == NULL)
		return bytes > 0 ? ERR_NOMEM : ERR_OK;
	for (size_t i = 0; i < columns; i++) {
		if (row[i].s == NULL)
			continue;
		memcpy(to, row[i].s, row[i].n + 1);
		row[i].s = to;
		to += row[i].n + 1;
	}
	return ERR_OK;
}

static enum err collect(struct sink *s, const struct db_statement *st, bool *stop)
{
	(void)stop;
	if (s->rows->n == s->max_rows)
		return ERR_TOO_LARGE;
	if (s->rows->n == s->room) {
		enum err e = grow(s, st->columns);
		if (e != ERR_OK)
			return e;
	}
	struct db_value *to = s->rows->cells + s->rows->n * st->columns;
	memcpy(to, st->row, st->columns * sizeof *to);
	s->rows->n++;
	return keep_texts(s->arena, to, st->columns);
}

static enum err hand_out(struct sink *s, const struct db_statement *st, bool *stop)
{
	s->started = true;
	*stop = !s->each(s->ctx, st->row, st->columns);
	return ERR_OK;
}

enum err db_query(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows, struct db_rows *out)
{
	struct sink s = {.row = collect, .arena = a, .rows = out, .max_rows = max_rows};
	*out = (struct db_rows){0};
	return run(db, sql, args, n_args, &s, NULL);
}

enum err db_each(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args,
                 bool (*each)(void *ctx, const struct db_value *row, size_t columns), void *ctx)
{
	struct sink s = {.row = hand_out, .each = each, .ctx = ctx};
	return run(db, sql, args, n_args, &s, NULL);
}

enum err db_exec(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct db_result *out)
{
	return run(db, sql, args, n_args, NULL, out);
}
