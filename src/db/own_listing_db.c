#include "db/own_listing_db.h"

#include <stdlib.h>

#include "db/listing_internal.h"
#include "db/photo_db.h"
#include "db/token_db.h"

enum { PAGE_MAX = 101, CLAIM_MAX = 500, VIEW_ROWS = 20 };

#define OWN_COLUMNS \
	LISTING_COLUMNS_ALL ", COALESCE(v.views, 0)," \
	" (SELECT COUNT(*) FROM conversation c JOIN conversation_message m ON m.conversation_id = c.id WHERE c.listing_id = l.id)"
static const struct db_sql sql_page = {
	"SELECT " OWN_COLUMNS " FROM listing l FORCE INDEX (listing_member) LEFT JOIN listing_view v ON v.listing_id = l.id"
	" WHERE l.member_id = ? AND l.id < ? ORDER BY l.id DESC LIMIT ?", true};
static const struct db_sql sql_get = {
	"SELECT " OWN_COLUMNS " FROM listing l LEFT JOIN listing_view v ON v.listing_id = l.id WHERE l.id = ? AND COALESCE(l.member_id, 0) = ?", true};
static const struct db_sql sql_draft_delete = {"DELETE FROM listing WHERE id = ? AND member_id = ? AND state = 4", false};
static const struct db_sql sql_is_theirs = {"SELECT 1 FROM listing WHERE id = ? AND member_id = ?", false};
static const struct db_sql sql_adopt = {
	"UPDATE listing l JOIN member m ON m.email = LOWER(l.contact_email) AND m.state IN (1, 3) SET l.member_id = m.id WHERE l.id = ? AND l.member_id IS NULL", false};
/* Addresses compare without case here: the column's collation is not binary, so that the index serves. */
static const struct db_sql sql_claimable = {
	"SELECT id FROM listing FORCE INDEX (listing_email) WHERE contact_email = ? AND LOWER(contact_email) = CAST(? AS CHAR) COLLATE utf8mb4_bin"
	" AND member_id IS NULL AND state <> 9 ORDER BY id LIMIT ? FOR UPDATE", false};
static const struct db_sql sql_claim = {"UPDATE listing SET member_id = ?, version = version + 1 WHERE id = ? AND member_id IS NULL", false};
static const struct db_sql sql_member_of = {"SELECT id, trust FROM member WHERE email = LOWER(?) AND state IN (1, 3)", true};

#define VIEWS "INSERT INTO listing_view (listing_id, views) VALUES "
#define VIEWS_ADD " ON DUPLICATE KEY UPDATE views = views + VALUES(views)"
#define ROWS_5 "(?, ?), (?, ?), (?, ?), (?, ?), (?, ?)"
static const struct db_sql sql_views_1 = {VIEWS "(?, ?)" VIEWS_ADD, false};
static const struct db_sql sql_views_20 = {VIEWS ROWS_5 ", " ROWS_5 ", " ROWS_5 ", " ROWS_5 VIEWS_ADD, false};

static void read_own(const struct db_value *row, size_t columns, void *item)
{
	struct own_listing *o = item;
	listing_row_read(row, columns, &o->listing);
	o->views = row[LISTING_COLUMN_COUNT_ALL].i;
	o->messages = row[LISTING_COLUMN_COUNT_ALL + 1].i;
}
static const struct db_item own_item = {sizeof(struct own_listing), read_own};

enum err own_listing_db_page(struct db *db, struct arena *a, int64_t member_id, int64_t before_id, unsigned limit, struct own_listing **out, size_t *n)
{
	unsigned most = limit > PAGE_MAX ? PAGE_MAX : limit;
	void *items = NULL;
	enum err e = db_query_items(db, &sql_page, DB_ARGS(db_int(member_id), db_int(before_id == 0 ? INT64_MAX : before_id), db_int(most)), a, most, &own_item, &items, n);
	*out = items;
	return e;
}

enum err own_listing_db_get(struct db *db, struct arena *a, int64_t id, int64_t member_id, struct own_listing *out)
{
	void *items = NULL;
	size_t n = 0;
	enum err e = db_query_items(db, &sql_get, DB_ARGS(db_int(id), db_int(member_id)), a, 1, &own_item, &items, &n);
	if (e != ERR_OK || n == 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	*out = *(struct own_listing *)items;
	return ERR_OK;
}

static bool row_seen(void *ctx, const struct db_value *row, size_t columns)
{
	(void)row;
	(void)columns;
	*(bool *)ctx = true;
	return true;
}

struct draft_end {
	int64_t id, member_id;
	bool done;
};

static enum err delete_draft(struct db *db, void *ctx)
{
	struct draft_end *d = ctx;
	struct db_result result;
	enum err e = db_exec(db, &sql_draft_delete, DB_ARGS(db_int(d->id), db_int(d->member_id)), &result);
	d->done = e == ERR_OK && result.affected == 1;
	return d->done ? photo_db_end_of_listing(db, d->id) : e;
}

enum err own_listing_db_delete_draft(struct db *db, int64_t id, int64_t member_id)
{
	struct draft_end d = {.id = id, .member_id = member_id};
	bool theirs = false;
	enum err e = db_transaction(db, delete_draft, &d);
	if (e != ERR_OK || d.done)
		return e;
	e = db_each(db, &sql_is_theirs, DB_ARGS(db_int(id), db_int(member_id)), row_seen, &theirs);
	return e != ERR_OK ? e : theirs ? ERR_CONFLICT : ERR_NOT_FOUND;
}

enum err own_listing_db_adopt(struct db *db, int64_t id)
{
	return db_exec(db, &sql_adopt, DB_ARGS(db_int(id)), NULL);
}

enum err own_listing_db_claim(struct db *db, struct arena *a, int64_t member_id, const char *email)
{
	struct db_rows r;
	enum err e;
	do {
		e = db_query(db, &sql_claimable, DB_ARGS(db_text(email), db_text(email), db_int(CLAIM_MAX)), a, CLAIM_MAX, &r);
		for (size_t i = 0; e == ERR_OK && i < r.n; i++) {
			int64_t id = db_cell(&r, i, 0)->i;
			e = db_exec(db, &sql_claim, DB_ARGS(db_int(member_id), db_int(id)), NULL);
			if (e == ERR_OK)
				e = token_db_revoke(db, TOKEN_LISTING_MANAGE, id);
		}
	} while (e == ERR_OK && r.n == CLAIM_MAX);
	return e;
}

enum err own_listing_db_member_of(struct db *db, struct arena *a, const char *email, int64_t *member_id, enum member_trust *trust)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_member_of, DB_ARGS(db_text(email)), a, 1, &r);
	if (e != ERR_OK || r.n == 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	*member_id = db_cell(&r, 0, 0)->i;
	*trust = (enum member_trust)db_cell(&r, 0, 1)->i;
	return ERR_OK;
}

static int by_listing(const void *a, const void *b)
{
	int64_t x = ((const struct listing_views *)a)->listing_id, y = ((const struct listing_views *)b)->listing_id;
	return (x > y) - (x < y);
}

/* One order of locks for all workers: they wait for each other, in no circle. */
static enum err views_add(struct db *db, const struct listing_views *list, size_t n)
{
	enum err e = ERR_OK;
	for (size_t i = 0, rows; e == ERR_OK && i < n; i += rows) {
		struct db_value args[2 * VIEW_ROWS];
		rows = n - i >= VIEW_ROWS ? VIEW_ROWS : 1;
		for (size_t k = 0; k < rows; k++) {
			args[2 * k] = db_int(list[i + k].listing_id);
			args[2 * k + 1] = db_int(list[i + k].views);
		}
		e = db_exec(db, rows == 1 ? &sql_views_1 : &sql_views_20, args, 2 * rows, NULL);
	}
	return e;
}

struct views_job {
	const struct listing_views *list;
	size_t n;
};

static enum err views_body(struct db *db, void *ctx)
{
	const struct views_job *job = ctx;
	return views_add(db, job->list, job->n);
}

enum err own_listing_db_views_add(struct db *db, struct listing_views *list, size_t n)
{
	qsort(list, n, sizeof *list, by_listing);
	struct views_job job = {list, n};
	return n > 0 ? db_transaction(db, views_body, &job) : ERR_OK;
}
