/* Reading listings one by one, by state and in streams; pages are in listing_page_db.c. */
#include "db/listing_internal.h"

enum { LIST_MAX = 1000, STREAM_BATCH = 1000 };

static const struct db_sql sql_get = {"SELECT " LISTING_COLUMNS_ALL " FROM listing l WHERE l.id = ?", DB_READS_LATE};
static const struct db_sql sql_similar = {
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS " FROM listing_facet f FORCE INDEX (PRIMARY) JOIN listing l ON l.id = f.listing_id"
	" WHERE f.category_node = ? AND f.place_node = 0 AND f.listing_id <> ? ORDER BY f.published_at DESC, f.listing_id DESC LIMIT ?", DB_READS_LATE};
static const struct db_sql sql_by_state = {
	"SELECT " LISTING_COLUMNS_ALL " FROM listing l FORCE INDEX (listing_state) WHERE l.state = ? AND l.id < ? ORDER BY l.id DESC LIMIT ?", true};
static const struct db_sql sql_sitemap = {
	"SELECT " LISTING_COLUMNS " FROM listing l FORCE INDEX (PRIMARY) WHERE l.id >= ? AND l.id < ? AND l.state = 1 ORDER BY l.id", DB_READS_LATE};
static const struct db_sql sql_max_id = {"SELECT COALESCE(MAX(id), 0) FROM listing", DB_READS_LATE};
static const struct db_sql sql_export = {
	"SELECT " LISTING_COLUMNS_ALL " FROM listing l FORCE INDEX (listing_state) WHERE l.state = ? AND l.id > ? ORDER BY l.id LIMIT ?", true};

enum err listing_db_get(struct db *db, struct arena *a, int64_t id, struct listing *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_get, DB_ARGS(db_int(id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	listing_row_read(db_cell(&r, 0, 0), r.columns, out);
	return ERR_OK;
}

enum err listing_db_similar(struct db *db, struct arena *a, const struct listing *of, unsigned limit, struct listing **out, size_t *n)
{
	struct listing_rows r;
	enum err e = listing_rows_query(db, &sql_similar, DB_ARGS(db_int(of->category_id), db_int(of->id), db_int(limit)), a, limit, &r);
	*out = r.list;
	*n = e == ERR_OK ? r.n : 0;
	return e;
}

enum err listing_db_list_state(struct db *db, struct arena *a, enum listing_state state, int64_t before_id, unsigned limit, struct listing **out, size_t *n)
{
	struct listing_rows r;
	unsigned most = limit > LIST_MAX ? LIST_MAX : limit;
	enum err e = listing_rows_query(db, &sql_by_state, DB_ARGS(db_int(state), db_int(before_id == 0 ? INT64_MAX : before_id), db_int(most)), a, most, &r);
	*out = r.list;
	*n = e == ERR_OK ? r.n : 0;
	return e;
}

enum err listing_db_max_id(struct db *db, struct arena *a, int64_t *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_max_id, DB_NO_ARGS, a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i;
	return e;
}

struct stream {
	listing_each each;
	void *ctx;
	int64_t last_id;
	size_t n;
	bool stopped;
};

static bool stream_row(void *ctx, const struct db_value *row, size_t columns)
{
	struct stream *s = ctx;
	struct listing l;
	listing_row_read(row, columns, &l);
	s->last_id = l.id;
	s->n++;
	s->stopped = !s->each(s->ctx, &l);
	return !s->stopped;
}

enum err listing_db_sitemap(struct db *db, int64_t from, int64_t to, listing_each each, void *ctx)
{
	struct stream s = {.each = each, .ctx = ctx};
	return db_each(db, &sql_sitemap, DB_ARGS(db_int(from), db_int(to)), stream_row, &s);
}

enum err listing_db_export(struct db *db, enum listing_state state, listing_each each, void *ctx)
{
	struct stream s = {.each = each, .ctx = ctx};
	enum err e;
	/* In batches, so that a slow reader holds up no result of the server's. */
	do {
		s.n = 0;
		e = db_each(db, &sql_export, DB_ARGS(db_int(state), db_int(s.last_id), db_int(STREAM_BATCH)), stream_row, &s);
	} while (e == ERR_OK && !s.stopped && s.n == STREAM_BATCH);
	return e;
}
