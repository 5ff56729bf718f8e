/* Newest first within a price range. The newest key is read a little way: a wide range fills the page there. If it does not,
 * and the price key holds few rows of the range, those are sorted; otherwise the newest key is read on, up to a bound, and the
 * page says where the reading stopped. */
#include "db/listing_internal.h"

#include <string.h>

enum { FIRST_BATCH = 200, BATCH = 1000, SCAN_MAX = 5000, NARROW_MAX = 2000 };

#define KEYSET_BEFORE "f.published_at <= ? AND (f.published_at < ? OR (f.published_at = ? AND f.listing_id < ?))"
#define KEYSET_AFTER "f.published_at >= ? AND (f.published_at > ? OR (f.published_at = ? AND f.listing_id > ?))"
#define FACET(index) "FROM listing_facet f FORCE INDEX (" index ") WHERE f.category_node = ? AND f.place_node = ? AND "
#define IN_RANGE "f.price_minor BETWEEN ? AND ?"
#define SCAN(condition, order) "SELECT f.published_at, f.listing_id, f.price_minor " FACET("PRIMARY") condition " ORDER BY " order " LIMIT ?"
#define NARROW(condition, inner_order, outer_order) \
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS " FROM (SELECT f.listing_id, f.published_at " FACET("listing_facet_price") IN_RANGE " AND " condition \
	" ORDER BY " inner_order " LIMIT ?) k JOIN listing l ON l.id = k.listing_id ORDER BY " outer_order
#define TEN "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

static const struct db_sql sql_scan_newest = {SCAN(KEYSET_BEFORE, "f.published_at DESC, f.listing_id DESC"), DB_READS_LATE};
static const struct db_sql sql_scan_oldest = {SCAN(KEYSET_AFTER, "f.published_at, f.listing_id"), DB_READS_LATE};
static const struct db_sql sql_is_wide = {
	"SELECT f.listing_id " FACET("listing_facet_price") IN_RANGE " ORDER BY f.price_minor, f.listing_id LIMIT 1 OFFSET 2000", DB_READS_LATE};
_Static_assert(NARROW_MAX == 2000, "sql_is_wide looks behind them");
static const struct db_sql sql_narrow_newest = {
	NARROW(KEYSET_BEFORE, "f.published_at DESC, f.listing_id DESC", "k.published_at DESC, k.listing_id DESC"), DB_READS_LATE};
static const struct db_sql sql_narrow_oldest = {
	NARROW(KEYSET_AFTER, "f.published_at, f.listing_id", "k.published_at, k.listing_id"), DB_READS_LATE};
/* A page's rows by id; places that are not needed hold 0, which is nobody's. */
static const struct db_sql sql_by_id = {
	"SELECT " LISTING_COLUMNS " FROM listing l WHERE l.id IN (" TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", " TEN ", ?)", DB_READS_LATE};
enum { BY_ID = 101 };
_Static_assert(BY_ID == LISTING_PAGE_MAX + 1, "sql_by_id holds the largest page and one more");

/* A scan on its way. */
struct scan {
	const struct listing_bounds *bounds;
	int64_t key, id;    /* of the last row read */
	size_t read;
	int64_t found[BY_ID];
	size_t n;
	bool ended;         /* no rows are left, unless the page is full */
};

static bool scan_row(void *ctx, const struct db_value *row, size_t columns)
{
	struct scan *s = ctx;
	(void)columns;
	s->read++;
	s->key = row[0].i;
	s->id = row[1].i;
	if (row[2].i >= s->bounds->min_price && row[2].i <= s->bounds->max_price)
		s->found[s->n++] = s->id;
	return s->n <= s->bounds->limit;
}

static enum err scan_batch(struct db *db, const struct listing_query *q, size_t batch, struct scan *s)
{
	struct db_value at = {.type = DB_TIME, .i = s->key};
	size_t before = s->read;
	enum err e = db_each(db, s->bounds->descending ? &sql_scan_newest : &sql_scan_oldest,
	                     DB_ARGS(db_int(q->category_id), db_int(q->place_id), at, at, at, db_int(s->id), db_int((int64_t)batch)), scan_row, s);
	s->ended = s->read - before < batch;
	return e;
}

/* The rows found, in the order they were found. One that went away in the meantime is left out. */
static enum err load_found(struct db *db, struct arena *a, const struct scan *s, struct listing **out, size_t *n)
{
	struct db_value ids[BY_ID];
	for (size_t i = 0; i < BY_ID; i++)
		ids[i] = db_int(i < s->n ? s->found[i] : 0);
	struct db_rows r = {0};
	enum err e = s->n == 0 ? ERR_OK : db_query(db, &sql_by_id, ids, BY_ID, a, BY_ID, &r);
	if (e != ERR_OK)
		return e;
	*out = arena_array(a, s->n, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	*n = 0;
	for (size_t i = 0; i < s->n; i++) {
		for (size_t j = 0; j < r.n; j++) {
			if (db_cell(&r, j, 0)->i == s->found[i]) {
				struct listing *l = &(*out)[*n];
				listing_row_read(db_cell(&r, j, 0), r.columns, l);
				*n += l->state == LISTING_PUBLISHED;
				break;
			}
		}
	}
	return ERR_OK;
}

static enum err finish_scan(struct db *db, struct arena *a, const struct listing_query *q, const struct scan *s, struct listing_page *out)
{
	struct listing *rows = NULL;
	size_t n = 0;
	enum err e = load_found(db, a, s, &rows, &n);
	if (e != ERR_OK)
		return e;
	listing_page_finish(q, rows, n, out);
	bool full = s->n > s->bounds->limit, more = full || !s->ended;
	if (!full && more) {
		out->scan_stopped = true;
		out->scanned_key = s->key;
		out->scanned_id = s->id;
	}
	if (q->backward)
		out->has_previous = more;
	else
		out->has_next = more;
	return ERR_OK;
}

static enum err narrow_page(struct db *db, struct arena *a, const struct listing_query *q, const struct listing_bounds *b, struct listing_page *out)
{
	struct db_value at = {.type = DB_TIME, .i = b->key};
	struct listing_rows r;
	enum err e = listing_rows_query(db, b->descending ? &sql_narrow_newest : &sql_narrow_oldest,
	                                DB_ARGS(db_int(q->category_id), db_int(q->place_id), db_int(b->min_price), db_int(b->max_price), at, at, at, db_int(b->id), db_int(b->limit + 1)),
	                                a, b->limit + 1, &r);
	if (e == ERR_OK)
		listing_page_finish(q, r.list, r.n, out);
	return e;
}

enum err listing_range_page(struct db *db, struct arena *a, const struct listing_query *q, struct listing_page *out)
{
	struct listing_bounds b;
	listing_bounds_make(q, &b);
	struct scan s = {.bounds = &b, .key = b.key, .id = b.id};
	enum err e = scan_batch(db, q, FIRST_BATCH, &s);
	if (e != ERR_OK)
		return e;
	if (s.n <= b.limit && !s.ended) {
		struct db_rows wide;
		e = db_query(db, &sql_is_wide, DB_ARGS(db_int(q->category_id), db_int(q->place_id), db_int(b.min_price), db_int(b.max_price)), a, 1, &wide);
		if (e != ERR_OK)
			return e;
		if (wide.n == 0)
			return narrow_page(db, a, q, &b, out);
	}
	while (s.n <= b.limit && !s.ended && s.read < SCAN_MAX) {
		e = scan_batch(db, q, s.read + BATCH > SCAN_MAX ? SCAN_MAX - s.read : BATCH, &s);
		if (e != ERR_OK)
			return e;
	}
	return finish_scan(db, a, q, &s, out);
}
