#include "db/moderation_db.h"

#define COLUMNS \
	"e.id, e.action, COALESCE(e.moderator_id, 0), COALESCE(e.listing_id, 0), COALESCE(e.member_id, 0), e.reason_code, e.reason, e.waited_seconds," \
	" e.created_at, COALESCE(l.state, -1) = 1, COALESCE(l.slug, '')"
enum { ENTRIES_MAX = 200 };

static const struct db_sql sql_log = {
	"INSERT INTO moderation_entry (action, moderator_id, listing_id, member_id, reason_code, reason, waited_seconds, created_at)"
	" VALUES (?, ?, ?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_entries = {
	"SELECT " COLUMNS " FROM moderation_entry e LEFT JOIN listing l ON l.id = e.listing_id WHERE e.id < ? ORDER BY e.id DESC LIMIT ?", true};
static const struct db_sql sql_last = {
	"SELECT " COLUMNS " FROM moderation_entry e LEFT JOIN listing l ON l.id = e.listing_id WHERE e.listing_id = ? ORDER BY e.id DESC LIMIT 1", true};

static struct db_value id_or_null(int64_t id)
{
	return id != 0 ? db_int(id) : db_null();
}

enum err moderation_db_log(struct db *db, const struct moderation_entry *entry)
{
	return db_exec(db, &sql_log, DB_ARGS(db_int(entry->action), id_or_null(entry->moderator_id), id_or_null(entry->listing_id), id_or_null(entry->member_id),
	                                     db_int(entry->code), db_text(entry->reason != NULL ? entry->reason : ""), db_int(entry->waited_seconds),
	                                     db_time(entry->created_at)), NULL);
}

static void read_row(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct moderation_entry *)item = (struct moderation_entry){
		.id = row[0].i, .action = (enum moderation_action)row[1].i, .moderator_id = row[2].i, .listing_id = row[3].i, .member_id = row[4].i,
		.code = (enum moderation_reason)row[5].i, .reason = row[6].s, .waited_seconds = row[7].i, .created_at = row[8].i, .is_public = row[9].i != 0,
		.slug = row[10].s,
	};
}

enum err moderation_db_entries(struct db *db, struct arena *a, int64_t before_id, unsigned limit, struct moderation_entry **out, size_t *n)
{
	static const struct db_item item = {sizeof(struct moderation_entry), read_row};
	unsigned most = (limit > ENTRIES_MAX ? ENTRIES_MAX : limit) + 1;
	void *items = NULL;
	enum err e = db_query_items(db, &sql_entries, DB_ARGS(db_int(before_id == 0 ? INT64_MAX : before_id), db_int(most)), a, most, &item, &items, n);
	*out = items;
	return e;
}

enum err moderation_db_last(struct db *db, struct arena *a, int64_t listing_id, struct moderation_entry *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_last, DB_ARGS(db_int(listing_id)), a, 1, &r);
	if (e == ERR_OK && r.n == 0)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		read_row(db_cell(&r, 0, 0), r.columns, out);
	return e;
}
