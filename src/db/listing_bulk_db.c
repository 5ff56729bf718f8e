/* Many listings at once: statements of a hundred, ten and one rows, then the facets of all in the order of their key. */
#include "db/listing_internal.h"

#include "util/clock.h"

enum { ROWS_MOST = 100, ARENA_BYTES = 64 * 1024 * 1024 };

#define ROWS_5 LISTING_INSERT_ROW ", " LISTING_INSERT_ROW ", " LISTING_INSERT_ROW ", " LISTING_INSERT_ROW ", " LISTING_INSERT_ROW
#define ROWS_10 ROWS_5 ", " ROWS_5
#define ROWS_50 ROWS_10 ", " ROWS_10 ", " ROWS_10 ", " ROWS_10 ", " ROWS_10

static const struct db_sql sql_insert_1 = {LISTING_INSERT LISTING_INSERT_ROW, false};
static const struct db_sql sql_insert_10 = {LISTING_INSERT ROWS_10, false};
static const struct db_sql sql_insert_100 = {LISTING_INSERT ROWS_50 ", " ROWS_50, false};
static const struct db_sql sql_step = {"SELECT @@auto_increment_increment", false};
static const struct db_sql sql_batch = {"INSERT INTO import_batch (batch_key, rows_in, created_at) VALUES (?, ?, ?)", false};

struct bulk {
	struct arena *arena; /* derived texts of one statement at a time */
	const struct catalog *catalog;
	struct listing *list;
	size_t n;
	const char *batch_key;
	int64_t now;
	struct db_value args[ROWS_MOST * LISTING_INSERT_COLUMNS];
	struct listing_derived derived[ROWS_MOST];
};

static bool keep_number(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(int64_t *)ctx = row[0].i;
	return true;
}

/* Ids of one statement follow each other in steps: the server sets them aside together. */
static enum err insert_rows(struct db *db, struct bulk *b, size_t from, size_t n, int64_t step)
{
	arena_reset(b->arena);
	for (size_t i = 0; i < n; i++) {
		struct listing copy = b->list[from + i];
		enum err e = listing_derive(b->arena, b->catalog, &copy, &b->derived[i]);
		if (e != ERR_OK)
			return e;
		listing_insert_args(&copy, &b->derived[i], &b->args[i * LISTING_INSERT_COLUMNS]);
	}
	struct db_result result;
	enum err e = db_exec(db, n == 1 ? &sql_insert_1 : n == 10 ? &sql_insert_10 : &sql_insert_100, b->args, n * LISTING_INSERT_COLUMNS, &result);
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		b->list[from + i].id = (int64_t)result.insert_id + (int64_t)i * step;
	return e;
}

/* Facets of runs of ids that are all ours: others may have inserted in between. */
static enum err insert_facets(struct db *db, const struct bulk *b)
{
	enum err e = ERR_OK;
	for (size_t first = 0, last; e == ERR_OK && first < b->n; first = last + 1) {
		for (last = first; last + 1 < b->n && b->list[last + 1].id == b->list[last].id + 1; last++)
			continue;
		e = listing_facets_add(db, b->list[first].id, b->list[last].id);
	}
	return e;
}

static enum err insert_all(struct db *db, void *ctx)
{
	struct bulk *b = ctx;
	int64_t step = 1;
	enum err e = db_each(db, &sql_step, DB_NO_ARGS, keep_number, &step);
	if (e == ERR_OK && b->batch_key != NULL)
		e = db_exec(db, &sql_batch, DB_ARGS(db_text(b->batch_key), db_int((int64_t)b->n), db_time(b->now)), NULL);
	for (size_t i = 0, n; e == ERR_OK && i < b->n; i += n) {
		n = b->n - i >= ROWS_MOST ? ROWS_MOST : b->n - i >= 10 ? 10 : 1;
		e = insert_rows(db, b, i, n, step);
	}
	return e == ERR_OK ? insert_facets(db, b) : e;
}

static void complete(struct listing *l, int64_t now)
{
	if (l->created_at == 0)
		l->created_at = l->published_at != 0 ? l->published_at : now;
	if (l->updated_at == 0)
		l->updated_at = l->created_at;
	if (l->state == LISTING_PUBLISHED && l->published_at == 0)
		l->published_at = l->created_at;
	if (l->state != LISTING_PENDING)
		return;
	l->published_at = 0;
	if (l->submitted_at == 0)
		l->submitted_at = l->created_at;
}

enum err listing_db_insert_many(struct db *db, struct arena *a, const struct catalog *cat, struct listing *list, size_t n, const char *batch_key)
{
	struct bulk *b = arena_alloc(a, sizeof *b);
	if (b == NULL)
		return ERR_NOMEM;
	*b = (struct bulk){.arena = arena_new(ARENA_BYTES), .catalog = cat, .list = list, .n = n, .batch_key = batch_key, .now = clock_unix()};
	if (b->arena == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		complete(&list[i], b->now);
	enum err e = db_transaction(db, insert_all, b);
	arena_free(b->arena);
	return e;
}
