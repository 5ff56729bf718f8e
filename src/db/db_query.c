#include "db/db_internal.h"

#include <string.h>

#include "util/clock.h"

/* What a result's rows go into. started: a row was handed out, so the read can not be begun again. */
struct sink {
	enum err (*row)(struct sink *s, const struct db_statement *st, bool *stop);
	bool started;
	struct arena *arena;
	const struct db_item *kind; /* NULL: rows are kept as they are */
	unsigned char *items;
	size_t size, n, room, max_rows;
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
	if (sink != NULL) {
		sink->n = sink->room = 0;
		sink->size = sink->kind != NULL ? sink->kind->size : st->columns * sizeof *st->row;
	}
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
static enum err run_here(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct sink *sink, struct db_result *result)
{
	bool kept = db->open && db->used;
	uint64_t start = clock_mono_us();
	enum err e = run_once(db, sql, args, n_args, sink, result);
	bool lost = (e == ERR_DB_AWAY || e == ERR_DB_READ_ONLY) && !db->open;
	bool quick = clock_mono_us() - start < 1000 * 1000;
	if (lost && kept && quick && sql->read && !db->in_transaction && (sink == NULL || !sink->started))
		e = run_once(db, sql, args, n_args, sink, result);
	db_count(db, start);
	return e;
}

/* A late read goes to the replica first, and to the primary when that fails. */
static enum err run(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct sink *sink, struct db_result *result)
{
	struct db *replica = sink != NULL ? db_replica_for(db, sql) : NULL;
	if (replica != NULL) {
		enum err e = run_here(replica, sql, args, n_args, sink, result);
		if (db_replica_answered(db, e) || sink->started)
			return e;
	}
	return run_here(db, sql, args, n_args, sink, result);
}

static enum err grow(struct sink *s)
{
	size_t room = s->room == 0 ? 24 : s->room * 2;
	if (room > s->max_rows)
		room = s->max_rows;
	unsigned char *items = arena_array(s->arena, room, s->size);
	if (items == NULL)
		return ERR_NOMEM;
	if (s->n > 0)
		memcpy(items, s->items, s->n * s->size);
	s->items = items;
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
	if (s->n == s->max_rows)
		return ERR_TOO_LARGE;
	enum err e = s->n == s->room ? grow(s) : ERR_OK;
	if (e == ERR_OK)
		e = keep_texts(s->arena, st->row, st->columns);
	if (e != ERR_OK)
		return e;
	unsigned char *item = s->items + s->n * s->size;
	if (s->kind != NULL)
		s->kind->read(st->row, st->columns, item);
	else
		memcpy(item, st->row, s->size);
	s->n++;
	return ERR_OK;
}

static enum err hand_out(struct sink *s, const struct db_statement *st, bool *stop)
{
	s->started = true;
	*stop = !s->each(s->ctx, st->row, st->columns);
	return ERR_OK;
}

enum err db_query(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows, struct db_rows *out)
{
	struct sink s = {.row = collect, .arena = a, .max_rows = max_rows};
	enum err e = run(db, sql, args, n_args, &s, NULL);
	*out = (struct db_rows){.n = s.n, .columns = s.size / sizeof *out->cells, .cells = (struct db_value *)(void *)s.items};
	return e;
}

enum err db_query_items(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows,
                        const struct db_item *kind, void **items, size_t *n)
{
	struct sink s = {.row = collect, .arena = a, .kind = kind, .max_rows = max_rows};
	enum err e = run(db, sql, args, n_args, &s, NULL);
	*items = s.items;
	*n = s.n;
	return e;
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

enum err db_exec_one(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, enum err none)
{
	struct db_result result;
	enum err e = db_exec(db, sql, args, n_args, &result);
	return e != ERR_OK ? e : result.affected == 1 ? ERR_OK : none;
}
