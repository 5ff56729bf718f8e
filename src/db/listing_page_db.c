/* Pages and counts of a browse: one index range of listing_facet, whatever the filters. */
#include "db/listing_internal.h"

#include <string.h>

#include "model/search_text.h"

/* "key <= ?" bounds the range even where a server makes nothing of the rest; the rest starts it exactly, however many rows
 * share a second or a price. */
#define BEFORE(key) key " <= ? AND (" key " < ? OR (" key " = ? AND f.listing_id < ?))"
#define AFTER(key) key " >= ? AND (" key " > ? OR (" key " = ? AND f.listing_id > ?))"
#define BROWSE(index, condition, order) \
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS " FROM listing_facet f FORCE INDEX (" index ") JOIN listing l ON l.id = f.listing_id" \
	" WHERE f.category_node = ? AND f.place_node = ? AND " condition " ORDER BY " order " LIMIT ?"
#define IN_RANGE "f.price_minor BETWEEN ? AND ?"

static const struct db_sql sql_newest = {
	BROWSE("PRIMARY", BEFORE("f.published_at"), "f.published_at DESC, f.listing_id DESC"), DB_READS_LATE};
static const struct db_sql sql_oldest = {
	BROWSE("PRIMARY", AFTER("f.published_at"), "f.published_at, f.listing_id"), DB_READS_LATE};
static const struct db_sql sql_dearest = {
	BROWSE("listing_facet_price", IN_RANGE " AND " BEFORE("f.price_minor"), "f.price_minor DESC, f.listing_id DESC"), DB_READS_LATE};
static const struct db_sql sql_cheapest = {
	BROWSE("listing_facet_price", IN_RANGE " AND " AFTER("f.price_minor"), "f.price_minor, f.listing_id"), DB_READS_LATE};
static const struct db_sql sql_count = {
	"SELECT COUNT(*) FROM (SELECT 1 FROM listing_facet f FORCE INDEX (listing_facet_price)"
	" WHERE f.category_node = ? AND f.place_node = ? AND " IN_RANGE " LIMIT 1001) counted", DB_READS_LATE};
_Static_assert(LISTING_COUNT_STOP == 1001, "sql_count stops there");

/* The words in the search column's form; NULL when memory is out. */
static enum err search_words(struct arena *a, const char *q, const char **out)
{
	struct buf words;
	buf_init(&words, (size_t)SEARCH_WORDS_MAX * (2 * SEARCH_WORD_BYTES + 8));
	search_text_query(&words, q);
	enum err e = words.error;
	if (e == ERR_OK) {
		*out = arena_strdup(a, buf_str(&words));
		e = *out == NULL ? ERR_NOMEM : ERR_OK;
	}
	buf_free(&words);
	return e;
}

static enum err browse_newest(struct db *db, struct arena *a, const struct listing_query *q, const struct listing_bounds *b, struct listing_rows *r)
{
	struct db_value at = {.type = DB_TIME, .i = b->key};
	return listing_rows_query(db, b->descending ? &sql_newest : &sql_oldest,
	                          DB_ARGS(db_int(q->category_id), db_int(q->place_id), at, at, at, db_int(b->id), db_int(b->limit + 1)), a, b->limit + 1, r);
}

static enum err browse_price(struct db *db, struct arena *a, const struct listing_query *q, const struct listing_bounds *b, struct listing_rows *r)
{
	struct db_value key = db_int(b->key);
	return listing_rows_query(db, b->descending ? &sql_dearest : &sql_cheapest,
	                          DB_ARGS(db_int(q->category_id), db_int(q->place_id), db_int(b->min_price), db_int(b->max_price), key, key, key, db_int(b->id), db_int(b->limit + 1)),
	                          a, b->limit + 1, r);
}

enum err listing_db_page(struct db *db, struct arena *a, const struct listing_query *q, struct listing_page *out)
{
	*out = (struct listing_page){0};
	struct listing_bounds b;
	listing_bounds_make(q, &b);
	bool by_price = q->sort == SORT_PRICE_ASC || q->sort == SORT_PRICE_DESC;
	if (q->q != NULL && q->q[0] != '\0') {
		const char *words;
		enum err e = search_words(a, q->q, &words);
		/* Nothing in it can be searched for, so nothing is found. */
		if (e != ERR_OK || words[0] == '\0')
			return e;
		return listing_search_page(db, a, q, words, out);
	}
	if (!by_price && (q->min_price >= 0 || q->max_price >= 0))
		return listing_range_page(db, a, q, out);
	struct listing_rows r;
	enum err e = by_price ? browse_price(db, a, q, &b, &r) : browse_newest(db, a, q, &b, &r);
	if (e == ERR_OK)
		listing_page_finish(q, r.list, r.n, out);
	return e;
}

enum err listing_db_count(struct db *db, struct arena *a, const struct listing_query *q, int64_t *out)
{
	*out = 0;
	if (q->q != NULL && q->q[0] != '\0') {
		const char *words;
		enum err e = search_words(a, q->q, &words);
		if (e != ERR_OK || words[0] == '\0')
			return e;
		return listing_search_count(db, a, q, words, out);
	}
	struct listing_bounds b;
	listing_bounds_make(q, &b);
	struct db_rows r;
	enum err e = db_query(db, &sql_count, DB_ARGS(db_int(q->category_id), db_int(q->place_id), db_int(b.min_price), db_int(b.max_price)), a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i;
	return e;
}
