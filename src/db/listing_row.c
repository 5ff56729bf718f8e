#include "db/listing_internal.h"

#include <string.h>

void listing_row_read(const struct db_value *row, size_t columns, struct listing *l)
{
	*l = (struct listing){
		.id = row[0].i, .state = LISTING_PUBLISHED, .title = row[1].s, .slug = row[2].s, .summary = row[3].s, .category_id = row[4].i,
		.place_id = row[5].i, .price_minor = row[6].i, .currency = row[7].s, .stock = row[8].i, .updated_at = row[9].i,
		.published_at = row[10].i, .photos = (int)row[11].i,
	};
	if (columns >= LISTING_COLUMN_COUNT_ALL) {
		l->state = (enum listing_state)row[12].i;
		l->created_at = row[13].i;
		l->description = row[14].s;
		l->contact_name = row[15].s;
		l->contact_email = row[16].s;
		l->reject_reason = row[17].s;
		l->held_reason = row[18].s;
		l->held_from = (enum listing_state)row[19].i;
		l->member_id = row[20].i;
		l->lang = row[21].s;
		l->version = row[22].i;
		l->submitted_at = row[23].i;
		l->expires_at = row[24].i;
		l->picture = row[25].s;
	}
}

static void read_item(const struct db_value *row, size_t columns, void *item)
{
	listing_row_read(row, columns, item);
}

enum err listing_rows_query(struct db *db, const struct db_sql *sql, const struct db_value *args, size_t n_args, struct arena *a, size_t max_rows,
                            struct listing_rows *out)
{
	static const struct db_item listing = {sizeof(struct listing), read_item};
	void *items = NULL;
	enum err e = db_query_items(db, sql, args, n_args, a, max_rows, &listing, &items, &out->n);
	out->list = items;
	return e;
}

void listing_bounds_make(const struct listing_query *q, struct listing_bounds *b)
{
	/* 9999-12-31 23:59:59, the last DATETIME there is, and the first second after the one that stands for none. */
	const int64_t last_time = 253402300799, first_time = 1;
	bool by_price = q->sort == SORT_PRICE_ASC || q->sort == SORT_PRICE_DESC;
	bool descending = q->sort != SORT_PRICE_ASC;
	*b = (struct listing_bounds){
		.min_price = q->min_price < 0 ? 0 : q->min_price,
		.max_price = q->max_price < 0 ? INT64_MAX : q->max_price,
		.descending = descending != q->backward,
		.limit = q->limit < 1 ? 1 : q->limit > LISTING_PAGE_MAX ? LISTING_PAGE_MAX : q->limit,
	};
	if (q->has_cursor) {
		b->key = !by_price && q->cursor_key < first_time ? first_time : !by_price && q->cursor_key > last_time ? last_time : q->cursor_key;
		b->id = q->cursor_id;
	} else if (b->descending) {
		b->key = by_price ? INT64_MAX : last_time;
		b->id = INT64_MAX;
	} else {
		b->key = by_price ? -1 : first_time;
		b->id = 0;
	}
}

void listing_page_finish(const struct listing_query *q, struct listing *rows, size_t n, struct listing_page *out)
{
	unsigned limit = q->limit < 1 ? 1 : q->limit > LISTING_PAGE_MAX ? LISTING_PAGE_MAX : q->limit;
	bool more = n > limit;
	out->items = rows;
	out->n = more ? limit : n;
	out->has_next = q->backward ? q->has_cursor : more;
	out->has_previous = q->backward ? more : q->has_cursor;
	for (size_t i = 0; q->backward && i < out->n / 2; i++) {
		struct listing swap = rows[i];
		rows[i] = rows[out->n - 1 - i];
		rows[out->n - 1 - i] = swap;
	}
}
