/* Searches: the full-text index finds, the listing's own columns filter, then the best are sorted out. */
#include "db/listing_internal.h"

#define BEFORE(key) key " <= ? AND (" key " < ? OR (" key " = ? AND l.id < ?))"
#define AFTER(key) key " >= ? AND (" key " > ? OR (" key " = ? AND l.id > ?))"
#define MATCHES "MATCH (l.search_text) AGAINST (? IN BOOLEAN MODE)"
#define FILTERS \
	"FROM listing l WHERE " MATCHES " AND l.state = 1 AND (? = 0 OR l.category_id = ? OR l.category_top_id = ?)" \
	" AND (? = 0 OR l.place_id = ? OR l.region_id = ?) AND l.price_minor BETWEEN ? AND ?"
/* The keys are sorted alone; only the page's rows are read whole. */
#define SEARCH(key, condition, inner_order, outer_order) \
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS " FROM (SELECT l.id, " key " AS sort_key " FILTERS condition \
	" ORDER BY " inner_order " LIMIT ?) k JOIN listing l ON l.id = k.id ORDER BY " outer_order

static const struct db_sql sql_newest = {
	SEARCH("l.published_at", " AND " BEFORE("l.published_at"), "l.published_at DESC, l.id DESC", "k.sort_key DESC, k.id DESC"), DB_READS_LATE};
static const struct db_sql sql_oldest = {
	SEARCH("l.published_at", " AND " AFTER("l.published_at"), "l.published_at, l.id", "k.sort_key, k.id"), DB_READS_LATE};
static const struct db_sql sql_dearest = {
	SEARCH("l.price_minor", " AND " BEFORE("l.price_minor"), "l.price_minor DESC, l.id DESC", "k.sort_key DESC, k.id DESC"), DB_READS_LATE};
static const struct db_sql sql_cheapest = {
	SEARCH("l.price_minor", " AND " AFTER("l.price_minor"), "l.price_minor, l.id", "k.sort_key, k.id"), DB_READS_LATE};
static const struct db_sql sql_best = {
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS " FROM (SELECT l.id, " MATCHES " AS sort_key " FILTERS
	" ORDER BY sort_key DESC, l.id DESC LIMIT ? OFFSET ?) k JOIN listing l ON l.id = k.id ORDER BY k.sort_key DESC, k.id DESC", DB_READS_LATE};
static const struct db_sql sql_count = {"SELECT COUNT(*) FROM (SELECT 1 " FILTERS " LIMIT 1001) counted", DB_READS_LATE};
_Static_assert(LISTING_COUNT_STOP == 1001, "sql_count stops there");

enum { FILTER_ARGS = 9 };

static void filter_args(const struct listing_query *q, const struct listing_bounds *b, const char *words, struct db_value out[static FILTER_ARGS])
{
	out[0] = db_text(words);
	for (int i = 1; i <= 3; i++)
		out[i] = db_int(q->category_id);
	for (int i = 4; i <= 6; i++)
		out[i] = db_int(q->place_id);
	out[7] = db_int(b->min_price);
	out[8] = db_int(b->max_price);
}

static enum err best_rows(struct db *db, struct arena *a, const struct listing_query *q, const struct listing_bounds *b, const char *words, struct listing_rows *r)
{
	int64_t offset = q->page > 1 ? (int64_t)(q->page - 1) * b->limit : 0;
	*r = (struct listing_rows){0};
	if (offset >= LISTING_RELEVANCE_MAX)
		return ERR_OK;
	int64_t n = offset + b->limit + 1 > LISTING_RELEVANCE_MAX ? LISTING_RELEVANCE_MAX - offset : (int64_t)b->limit + 1;
	struct db_value args[FILTER_ARGS + 3];
	args[0] = db_text(words);
	filter_args(q, b, words, args + 1);
	args[FILTER_ARGS + 1] = db_int(n);
	args[FILTER_ARGS + 2] = db_int(offset);
	return listing_rows_query(db, &sql_best, args, FILTER_ARGS + 3, a, (size_t)n, r);
}

static enum err sorted_rows(struct db *db, struct arena *a, const struct listing_query *q, const struct listing_bounds *b, const char *words, struct listing_rows *r)
{
	bool by_price = q->sort == SORT_PRICE_ASC || q->sort == SORT_PRICE_DESC;
	const struct db_sql *sql = by_price ? (b->descending ? &sql_dearest : &sql_cheapest) : (b->descending ? &sql_newest : &sql_oldest);
	struct db_value args[FILTER_ARGS + 5];
	filter_args(q, b, words, args);
	for (int i = 0; i < 3; i++)
		args[FILTER_ARGS + i] = (struct db_value){.type = by_price ? DB_INT : DB_TIME, .i = b->key};
	args[FILTER_ARGS + 3] = db_int(b->id);
	args[FILTER_ARGS + 4] = db_int(b->limit + 1);
	return listing_rows_query(db, sql, args, FILTER_ARGS + 5, a, b->limit + 1, r);
}

enum err listing_search_page(struct db *db, struct arena *a, const struct listing_query *q, const char *words, struct listing_page *out)
{
	struct listing_bounds b;
	struct listing_rows r;
	listing_bounds_make(q, &b);
	bool best = q->sort == SORT_RELEVANCE;
	enum err e = best ? best_rows(db, a, q, &b, words, &r) : sorted_rows(db, a, q, &b, words, &r);
	if (e != ERR_OK)
		return e;
	if (!best) {
		listing_page_finish(q, r.list, r.n, out);
		return ERR_OK;
	}
	out->items = r.list;
	out->n = r.n > b.limit ? b.limit : r.n;
	out->has_next = r.n > b.limit;
	out->has_previous = q->page > 1;
	return ERR_OK;
}

enum err listing_search_count(struct db *db, struct arena *a, const struct listing_query *q, const char *words, int64_t *out)
{
	struct listing_bounds b;
	struct db_value args[FILTER_ARGS];
	struct db_rows r;
	listing_bounds_make(q, &b);
	filter_args(q, &b, words, args);
	enum err e = db_query(db, &sql_count, args, FILTER_ARGS, a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i;
	return e;
}
