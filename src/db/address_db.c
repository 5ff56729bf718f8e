#include "db/address_db.h"

#include <stdio.h>

static const struct db_sql sql_add = {"INSERT INTO address_seen (ip, stored_at) VALUES (?, ?)", false};
static const struct db_sql sql_latest = {"SELECT ip, stored_at FROM address_seen ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_forget = {"DELETE FROM address_seen WHERE stored_at < ? ORDER BY stored_at LIMIT ?", false};

enum err address_db_add(struct db *db, const char *ip, int64_t now)
{
	return db_exec(db, &sql_add, DB_ARGS(db_text(ip), db_time(now)), NULL);
}

static void read_row(const struct db_value *row, size_t columns, void *item)
{
	struct address_seen *seen = item;
	(void)columns;
	*seen = (struct address_seen){.stored_at = row[1].i};
	snprintf(seen->ip, sizeof seen->ip, "%s", row[0].s);
}

enum err address_db_latest(struct db *db, struct arena *a, unsigned limit, struct address_seen **items, size_t *n)
{
	static const struct db_item item = {sizeof(struct address_seen), read_row};
	return db_query_items(db, &sql_latest, DB_ARGS(db_int(limit)), a, limit, &item, (void **)items, n);
}

enum err address_db_forget(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	struct db_result r = {0};
	enum err e = db_exec(db, &sql_forget, DB_ARGS(db_time(before), db_int(limit)), &r);
	*n = (int64_t)r.affected;
	return e;
}
