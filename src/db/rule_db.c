#include "db/rule_db.h"

#include "db/moderation_db.h"

static const struct db_sql sql_list = {
	"SELECT id, kind, pattern, action, note, COALESCE(created_by, 0), created_at FROM content_rule ORDER BY kind, pattern", true};
/* Two who add at once would both count one too few: they queue up at a row that is always there. */
static const struct db_sql sql_lock = {"SELECT name FROM site_key WHERE name = 'form' FOR UPDATE", false};
static const struct db_sql sql_count = {"SELECT COUNT(*) FROM content_rule", true};
static const struct db_sql sql_add = {
	"INSERT INTO content_rule (kind, pattern, action, note, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_remove = {"DELETE FROM content_rule WHERE id = ?", false};

static void read_row(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct content_rule *)item = (struct content_rule){
		.id = row[0].i, .kind = (enum rule_kind)row[1].i, .pattern = row[2].s, .action = (enum rule_action)row[3].i, .note = row[4].s,
		.created_by = row[5].i, .created_at = row[6].i,
	};
}

enum err rule_db_list(struct db *db, struct arena *a, struct content_rule **out, size_t *n)
{
	static const struct db_item item = {sizeof(struct content_rule), read_row};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_list, DB_NO_ARGS, a, RULES_MAX, &item, &items, n);
	*out = items;
	return e;
}

struct change {
	struct arena *arena;
	struct content_rule *rule;
	int64_t id, by, now;
};

static enum err log_change(struct db *db, enum moderation_action action, int64_t by, int64_t now)
{
	return moderation_db_log(db, &(struct moderation_entry){.action = action, .moderator_id = by, .waited_seconds = -1, .created_at = now});
}

static enum err add(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct content_rule *r = c->rule;
	struct db_rows rows;
	struct db_result result;
	enum err e = db_query(db, &sql_lock, DB_NO_ARGS, c->arena, 1, &rows);
	if (e == ERR_OK)
		e = db_query(db, &sql_count, DB_NO_ARGS, c->arena, 1, &rows);
	if (e == ERR_OK && db_cell(&rows, 0, 0)->i >= RULES_MAX)
		e = ERR_TOO_LARGE;
	if (e == ERR_OK)
		e = db_exec(db, &sql_add, DB_ARGS(db_int(r->kind), db_text(r->pattern), db_int(r->action), db_text(r->note != NULL ? r->note : ""),
		                                  r->created_by != 0 ? db_int(r->created_by) : db_null(), db_time(r->created_at)), &result);
	if (e != ERR_OK)
		return e;
	r->id = (int64_t)result.insert_id;
	return log_change(db, MODERATION_RULE_ADD, r->created_by, r->created_at);
}

enum err rule_db_add(struct db *db, struct arena *a, struct content_rule *r)
{
	struct change c = {.arena = a, .rule = r};
	return db_transaction(db, add, &c);
}

static enum err take_away(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct db_result result;
	enum err e = db_exec(db, &sql_remove, DB_ARGS(db_int(c->id)), &result);
	if (e != ERR_OK)
		return e;
	return result.affected == 0 ? ERR_NOT_FOUND : log_change(db, MODERATION_RULE_REMOVE, c->by, c->now);
}

enum err rule_db_remove(struct db *db, int64_t id, int64_t by, int64_t now)
{
	struct change c = {.id = id, .by = by, .now = now};
	return db_transaction(db, take_away, &c);
}
