/* listing_internal: what the files of listing_db share. */
#pragma once

#include "db/listing_db.h"

/* A published listing as lists show it; listing_row_read knows the order. */
#define LISTING_COLUMNS \
	"l.id, l.title, l.slug, l.summary, l.category_id, l.place_id, l.price_minor, l.currency, l.stock, l.updated_at, l.published_at, l.photos"
/* All of it, for its page and its owner. */
#define LISTING_COLUMNS_ALL LISTING_COLUMNS ", l.state, l.created_at, l.description, l.contact_name, l.contact_email, l.reject_reason," \
	" l.held_reason, l.held_from, l.member_id, l.lang, l.version, l.submitted_at, l.expires_at," \
	" (SELECT LOWER(HEX(m.picture)) FROM member m WHERE m.id = l.member_id AND m.state IN (1, 3))"
enum { LISTING_COLUMN_COUNT = 12, LISTING_COLUMN_COUNT_ALL = 26 };

void listing_row_read(const struct db_value *row, size_t columns, struct listing *l);

struct listing_rows {
	struct listing *list;
	size_t n;
};
/* db_query for a statement whose rows are listings. */
MUST_CHECK enum err listing_rows_query(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows,
                                       struct listing_rows *out);

/* A query's filters with open ends closed. */
struct listing_bounds {
	int64_t min_price, max_price;
	int64_t key, id;      /* the keyset position; beyond all rows where the query has none */
	bool descending;      /* the way the rows are read: the sort's way, turned round by backward */
	unsigned limit;
};
void listing_bounds_make(const struct listing_query *q, struct listing_bounds *b);
/* Rows as they were read, one more than the page holds when there are more: cuts, turns them round and says what is beside. */
void listing_page_finish(const struct listing_query *q, struct listing *rows, size_t n, struct listing_page *out);

/* The page and the count of a query with words. */
MUST_CHECK enum err listing_search_page(struct db *db, struct arena *a, const struct listing_query *q, const char *words, struct listing_page *out);
MUST_CHECK enum err listing_search_count(struct db *db, struct arena *a, const struct listing_query *q, const char *words, int64_t *out);
/* Newest first within prices: neither key alone is enough. */
MUST_CHECK enum err listing_range_page(struct db *db, struct arena *a, const struct listing_query *q, struct listing_page *out);

/* What a row holds beside the entity. */
struct listing_derived {
	int64_t category_top, region;
	uint8_t content_hash[32];
	const char *search_text;
};
/* Fills slug and summary of l as well. ERR_CONFLICT: a category or place that is not in the catalog. */
MUST_CHECK enum err listing_derive(struct arena *a, const struct catalog *cat, struct listing *l, struct listing_derived *out);
enum { LISTING_INSERT_COLUMNS = 23 };
void listing_insert_args(const struct listing *l, const struct listing_derived *d, struct db_value out[static LISTING_INSERT_COLUMNS]);
#define LISTING_INSERT \
	"INSERT INTO listing (state, category_id, category_top_id, place_id, region_id, title, slug, summary, description, price_minor," \
	" currency, stock, contact_name, contact_email, content_hash, created_at, updated_at, published_at, search_text," \
	" member_id, lang, submitted_at, expires_at) VALUES "
#define LISTING_INSERT_ROW "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

/* The facets of the published ones among [first, last]. */
MUST_CHECK enum err listing_facets_add(struct db *db, int64_t first, int64_t last);
/* listing_db_change_state() inside a transaction of the caller's; the words stay. */
MUST_CHECK enum err listing_change_within(struct db *db, const struct catalog *cat, int64_t id, struct listing_change *change);
