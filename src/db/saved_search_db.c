#include "db/saved_search_db.h"

#include "db/listing_internal.h"

enum { DAY = 86400 };

#define COLUMNS \
	"s.id, s.name, s.query, s.frequency, s.created_at," \
	" (SELECT MAX(t.sent_at) FROM saved_search_sent t WHERE t.saved_search_id = s.id)"

/* Those who add at once queue up at the member's row: the bound is exact. */
static const struct db_sql sql_lock = {"SELECT id FROM member WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_count = {"SELECT COUNT(*), COALESCE(MAX(IF(query = ?, id, 0)), 0) FROM saved_search WHERE member_id = ?", true};
static const struct db_sql sql_add = {
	"INSERT INTO saved_search (member_id, name, query, frequency, seen_at, due_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_list = {"SELECT " COLUMNS " FROM saved_search s WHERE s.member_id = ? ORDER BY s.name, s.id", true};
static const struct db_sql sql_get = {"SELECT " COLUMNS " FROM saved_search s WHERE s.id = ? AND s.member_id = ?", true};
/* A search whose mails were off has looked at nothing meanwhile: it begins now. (The assignments run in their order.) */
static const struct db_sql sql_change = {
	"UPDATE saved_search SET name = ?, seen_at = IF(frequency = 0, ?, seen_at), due_at = IF(frequency = ?, due_at, ?), frequency = ? WHERE id = ? AND member_id = ?", false};
static const struct db_sql sql_delete = {"DELETE FROM saved_search WHERE id = ? AND member_id = ?", false};
static const struct db_sql sql_unsubscribe = {"UPDATE saved_search SET frequency = 0 WHERE id = ?", false};
static const struct db_sql sql_sent = {
	"SELECT STRAIGHT_JOIN " LISTING_COLUMNS ", l.state, t.sent_at FROM saved_search_sent t FORCE INDEX (saved_search_sent_order)"
	" JOIN listing l ON l.id = t.listing_id WHERE t.saved_search_id = ? ORDER BY t.sent_at DESC, t.listing_id DESC LIMIT ?", true};

static int64_t first_due(enum alert_frequency f, int64_t now)
{
	return f == ALERT_DAILY ? now + DAY : now;
}

struct adding {
	const struct saved_search *search;
	int64_t member_id, now, id;
};

static bool skip_row(void *ctx, const struct db_value *row, size_t columns)
{
	(void)ctx;
	(void)row;
	(void)columns;
	return true;
}

struct counted {
	int64_t n, same;
};

static bool keep_counted(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(struct counted *)ctx = (struct counted){row[0].i, row[1].i};
	return true;
}

static enum err add(struct db *db, void *ctx)
{
	struct adding *a = ctx;
	const struct saved_search *s = a->search;
	struct counted counted = {0};
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(a->member_id)), skip_row, NULL);
	if (e == ERR_OK)
		e = db_each(db, &sql_count, DB_ARGS(db_text(s->query), db_int(a->member_id)), keep_counted, &counted);
	if (e != ERR_OK)
		return e;
	a->id = counted.same;
	if (counted.same != 0)
		return ERR_EXISTS;
	if (counted.n >= SAVED_SEARCHES_MAX)
		return ERR_LIMITED;
	struct db_result result;
	e = db_exec(db, &sql_add, DB_ARGS(db_int(a->member_id), db_text(s->name), db_text(s->query), db_int(s->frequency), db_time(a->now),
	                                  db_time(first_due(s->frequency, a->now)), db_time(a->now)), &result);
	if (e == ERR_OK)
		a->id = (int64_t)result.insert_id;
	return e;
}

enum err saved_search_db_add(struct db *db, int64_t member_id, const struct saved_search *s, int64_t now, int64_t *id)
{
	struct adding a = {.search = s, .member_id = member_id, .now = now};
	enum err e = db_transaction(db, add, &a);
	*id = a.id;
	return e;
}

static void read_search(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct saved_search *)item = (struct saved_search){
		.id = row[0].i, .name = row[1].s, .query = row[2].s, .frequency = (enum alert_frequency)row[3].i, .created_at = row[4].i, .sent_at = row[5].i,
	};
}

enum err saved_search_db_list(struct db *db, struct arena *a, int64_t member_id, struct saved_search **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct saved_search), read_search};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_list, DB_ARGS(db_int(member_id)), a, SAVED_SEARCHES_MAX, &kind, &items, n);
	*out = items;
	return e;
}

enum err saved_search_db_get(struct db *db, struct arena *a, int64_t member_id, int64_t id, struct saved_search *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_get, DB_ARGS(db_int(id), db_int(member_id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	read_search(db_cell(&r, 0, 0), r.columns, out);
	return ERR_OK;
}

static enum err one_row(enum err e, const struct db_result *r)
{
	return e != ERR_OK ? e : r->affected >= 1 ? ERR_OK : ERR_NOT_FOUND;
}

enum err saved_search_db_change(struct db *db, int64_t member_id, int64_t id, const char *name, enum alert_frequency frequency, int64_t now)
{
	struct db_result r = {0};
	return one_row(db_exec(db, &sql_change, DB_ARGS(db_text(name), db_time(now), db_int(frequency), db_time(first_due(frequency, now)), db_int(frequency),
	                                                db_int(id), db_int(member_id)), &r), &r);
}

enum err saved_search_db_delete(struct db *db, int64_t member_id, int64_t id)
{
	struct db_result r = {0};
	return one_row(db_exec(db, &sql_delete, DB_ARGS(db_int(id), db_int(member_id)), &r), &r);
}

enum err saved_search_db_unsubscribe(struct db *db, int64_t id)
{
	return db_exec(db, &sql_unsubscribe, DB_ARGS(db_int(id)), NULL);
}

static void read_sent(const struct db_value *row, size_t columns, void *item)
{
	struct saved_search_sent *s = item;
	(void)columns;
	listing_row_read(row, LISTING_COLUMN_COUNT, &s->listing);
	s->listing.state = (enum listing_state)row[LISTING_COLUMN_COUNT].i;
	s->sent_at = row[LISTING_COLUMN_COUNT + 1].i;
}

enum err saved_search_db_sent(struct db *db, struct arena *a, int64_t id, unsigned limit, struct saved_search_sent **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct saved_search_sent), read_sent};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_sent, DB_ARGS(db_int(id), db_int(limit)), a, limit, &kind, &items, n);
	*out = items;
	return e;
}
