#include "db/alert_db.h"

#include "db/listing_internal.h"
#include "db/site_db.h"
#include "model/mail.h"

/* A daily search keeps its time of day, however late the jobs are. */
#define NEXT_DUE "IF(frequency = 2, due_at + INTERVAL (TIMESTAMPDIFF(SECOND, due_at, ?) DIV 86400 + 1) DAY, due_at)"

static const struct db_sql sql_due = {
	"SELECT s.id, s.member_id, s.name, s.query, s.seen_at, m.email, m.name, m.lang FROM saved_search s JOIN member m ON m.id = s.member_id"
	" WHERE s.frequency = ? AND s.due_at <= ? AND s.id > ? AND m.state = 1 ORDER BY s.id LIMIT ?", true};
static const struct db_sql sql_news = {
	"SELECT " LISTING_COLUMNS ", l.member_id, l.contact_email, l.search_text FROM listing l FORCE INDEX (listing_changed)"
	" WHERE l.state = 1 AND l.updated_at >= ? AND (l.updated_at > ? OR l.id > ?) ORDER BY l.updated_at, l.id LIMIT ?", true};
/* Whoever runs at the same time waits here, and then finds the search not due, or everything told. */
static const struct db_sql sql_lock = {"SELECT id FROM saved_search WHERE id = ? AND frequency <> 0 AND due_at <= ? FOR UPDATE", false};
static const struct db_sql sql_told = {"INSERT IGNORE INTO saved_search_sent (saved_search_id, listing_id, sent_at) VALUES (?, ?, ?)", false};
static const struct db_sql sql_next = {"UPDATE saved_search SET seen_at = ?, due_at = " NEXT_DUE " WHERE id = ?", false};
static const struct db_sql sql_seen = {
	"UPDATE saved_search SET seen_at = ?, due_at = " NEXT_DUE " WHERE id > ? AND id <= ? AND frequency = ? AND due_at <= ?", false};

static void read_alert(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct alert *)item = (struct alert){
		.id = row[0].i, .member_id = row[1].i, .name = row[2].s, .query = row[3].s, .seen_at = row[4].i, .email = row[5].s, .member_name = row[6].s, .lang = row[7].s,
	};
}

enum err alert_db_due(struct db *db, struct arena *a, enum alert_frequency f, int64_t now, int64_t after_id, struct alert **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct alert), read_alert};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_due, DB_ARGS(db_int(f), db_time(now), db_int(after_id), db_int(ALERT_BATCH)), a, ALERT_BATCH, &kind, &items, n);
	*out = items;
	return e;
}

static void read_news(const struct db_value *row, size_t columns, void *item)
{
	struct alert_news *news = item;
	(void)columns;
	listing_row_read(row, LISTING_COLUMN_COUNT, &news->listing);
	news->listing.member_id = row[LISTING_COLUMN_COUNT].i;
	news->listing.contact_email = row[LISTING_COLUMN_COUNT + 1].s;
	news->search_text = row[LISTING_COLUMN_COUNT + 2].s;
}

enum err alert_db_news(struct db *db, struct arena *a, int64_t since, int64_t after_id, struct alert_news **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct alert_news), read_news};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_news, DB_ARGS(db_time(since), db_time(since), db_int(after_id), db_int(ALERT_NEWS_PAGE)), a, ALERT_NEWS_PAGE, &kind, &items, n);
	*out = items;
	return e;
}

struct telling {
	const struct alert_tell *tell;
	size_t told;
};

static bool keep_found(void *ctx, const struct db_value *row, size_t columns)
{
	(void)row;
	(void)columns;
	*(bool *)ctx = true;
	return true;
}

static enum err tell(struct db *db, void *ctx)
{
	struct telling *telling = ctx;
	const struct alert_tell *t = telling->tell;
	size_t which[ALERT_TOLD_MAX];
	bool due = false;
	telling->told = 0;
	enum err e = db_each(db, &sql_lock, DB_ARGS(db_int(t->search_id), db_time(t->now)), keep_found, &due);
	if (e != ERR_OK || !due)
		return e;
	for (size_t i = 0; e == ERR_OK && i < t->n && i < ALERT_TOLD_MAX; i++) {
		struct db_result r = {0};
		e = db_exec(db, &sql_told, DB_ARGS(db_int(t->search_id), db_int(t->ids[i]), db_time(t->now)), &r);
		if (e == ERR_OK && r.affected == 1)
			which[telling->told++] = i;
	}
	if (e == ERR_OK && telling->told > 0) {
		const char *mail = t->write(t->ctx, which, telling->told);
		e = mail != NULL ? outbox_db_add(db, OUTBOX_MAIL, t->search_id, mail) : ERR_NOMEM;
	}
	return e == ERR_OK ? db_exec(db, &sql_next, DB_ARGS(db_time(t->now), db_time(t->now), db_int(t->search_id)), NULL) : e;
}

enum err alert_db_tell(struct db *db, const struct alert_tell *t, size_t *told)
{
	struct telling telling = {.tell = t};
	enum err e = db_transaction(db, tell, &telling);
	*told = e == ERR_OK ? telling.told : 0;
	return e;
}

enum err alert_db_seen(struct db *db, enum alert_frequency f, int64_t now, int64_t after_id, int64_t last_id)
{
	return db_exec(db, &sql_seen, DB_ARGS(db_time(now), db_time(now), db_int(after_id), db_int(last_id), db_int(f), db_time(now)), NULL);
}
