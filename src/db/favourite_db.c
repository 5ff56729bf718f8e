#include "db/favourite_db.h"

#include "db/listing_internal.h"

#define LAST_TIME INT64_C(253402300799)

/* Those who add at once queue up at the member's row: the bound is exact. */
static const struct db_sql sql_lock = {"SELECT id FROM member WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_state = {"SELECT state, published_at FROM listing WHERE id = ?", true};
static const struct db_sql sql_count = {"SELECT COUNT(*), COALESCE(SUM(listing_id = ?), 0) FROM favourite WHERE member_id = ?", true};
static const struct db_sql sql_add = {"INSERT IGNORE INTO favourite (member_id, listing_id, created_at) VALUES (?, ?, ?)", false};
static const struct db_sql sql_remove = {"DELETE FROM favourite WHERE member_id = ? AND listing_id = ?", false};
static const struct db_sql sql_list = {
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS ", l.state, f.created_at FROM favourite f FORCE INDEX (favourite_order) JOIN listing l ON l.id = f.listing_id"
	" WHERE f.member_id = ? AND f.created_at <= ? AND (f.created_at < ? OR (f.created_at = ? AND f.listing_id < ?))"
	" ORDER BY f.created_at DESC, f.listing_id DESC LIMIT ?", true};
static const struct db_sql sql_listing = {
	"SELECT " LISTING_COLUMNS_ALL ", EXISTS (SELECT 1 FROM favourite f WHERE f.member_id = ? AND f.listing_id = l.id) FROM listing l WHERE l.id = ?", true};

struct adding {
	int64_t member_id, listing_id, now;
};

static bool skip_row(void *ctx, const struct db_value *row, size_t columns)
{
	(void)ctx;
	(void)row;
	(void)columns;
	return true;
}

struct two_numbers {
	int64_t first, second;
	bool there;
};

static bool keep_two(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(struct two_numbers *)ctx = (struct two_numbers){row[0].i, row[1].i, true};
	return true;
}

static enum err add(struct db *db, void *ctx)
{
	const struct adding *a = ctx;
	struct two_numbers state = {.there = false}, count = {.there = false};
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(a->member_id)), skip_row, NULL);
	if (e == ERR_OK)
		e = db_each(db, &sql_state, DB_ARGS(db_int(a->listing_id)), keep_two, &state);
	if (e == ERR_OK)
		e = db_each(db, &sql_count, DB_ARGS(db_int(a->listing_id), db_int(a->member_id)), keep_two, &count);
	if (e != ERR_OK || count.second > 0)
		return e;
	if (!state.there || state.first != LISTING_PUBLISHED)
		return state.there && state.second != 0 ? ERR_GONE : ERR_NOT_FOUND;
	if (count.first >= FAVOURITES_MAX)
		return ERR_LIMITED;
	return db_exec(db, &sql_add, DB_ARGS(db_int(a->member_id), db_int(a->listing_id), db_time(a->now)), NULL);
}

enum err favourite_db_add(struct db *db, int64_t member_id, int64_t listing_id, int64_t now)
{
	struct adding a = {member_id, listing_id, now};
	return db_transaction(db, add, &a);
}

enum err favourite_db_remove(struct db *db, int64_t member_id, int64_t listing_id)
{
	return db_exec(db, &sql_remove, DB_ARGS(db_int(member_id), db_int(listing_id)), NULL);
}

static void read_favourite(const struct db_value *row, size_t columns, void *item)
{
	struct favourite *f = item;
	(void)columns;
	listing_row_read(row, LISTING_COLUMN_COUNT, &f->listing);
	f->listing.state = (enum listing_state)row[LISTING_COLUMN_COUNT].i;
	f->saved_at = row[LISTING_COLUMN_COUNT + 1].i;
}

enum err favourite_db_list(struct db *db, struct arena *a, int64_t member_id, int64_t before_at, int64_t before_id, unsigned limit, struct favourite **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct favourite), read_favourite};
	struct db_value at = db_time(before_at != 0 ? before_at : LAST_TIME);
	void *items = NULL;
	enum err e = db_query_items(db, &sql_list, DB_ARGS(db_int(member_id), at, at, at, db_int(before_at != 0 ? before_id : INT64_MAX), db_int(limit)), a, limit, &kind, &items, n);
	*out = items;
	return e;
}

enum err favourite_db_listing(struct db *db, struct arena *a, int64_t member_id, int64_t listing_id, struct listing *out, bool *kept)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_listing, DB_ARGS(db_int(member_id), db_int(listing_id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	listing_row_read(db_cell(&r, 0, 0), LISTING_COLUMN_COUNT_ALL, out);
	*kept = db_cell(&r, 0, LISTING_COLUMN_COUNT_ALL)->i != 0;
	return ERR_OK;
}
