#include "db/flag_db.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "db/listing_internal.h"
#include "db/moderation_db.h"
#include "db/site_db.h"

static const struct db_sql sql_lock_listing = {"SELECT state, COALESCE(member_id, 0) FROM listing WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_add = {
	"INSERT INTO flag (listing_id, conversation_id, reporter, reason, body, created_at) VALUES (?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_count = {"SELECT COUNT(*) FROM flag WHERE state = 0 AND listing_id = ? AND conversation_id = ?", true};
static const struct db_sql sql_open = {
	"SELECT id, listing_id, conversation_id, reporter, reason, body, state, created_at FROM flag WHERE state = 0 AND listing_id = ? ORDER BY id LIMIT ?", true};
static const struct db_sql sql_decide = {
	"UPDATE flag SET state = ?, decided_at = ? WHERE state = 0 AND listing_id = ? AND conversation_id = ? AND id <= ?", false};
static const struct db_sql sql_hold_conversation = {"UPDATE conversation SET state = 2 WHERE id = ? AND listing_id = ? AND state = 0", false};

void flag_reporter(int64_t member_id, const char *address, char out[static FLAG_REPORTER_SIZE])
{
	char key[96];
	if (member_id != 0) {
		snprintf(out, FLAG_REPORTER_SIZE, "m:%" PRId64, member_id);
		return;
	}
	rate_key("a", address, key);
	snprintf(out, FLAG_REPORTER_SIZE, "%.60s", key);
}

struct adding {
	struct arena *arena;
	const struct catalog *catalog;
	struct flag *flag;
	const struct flag_holding *hold;
	bool held;
};

static enum err hold_listing(struct db *db, struct adding *a, int64_t member_id)
{
	const struct flag *f = a->flag;
	struct listing_change change = {
		.from = LISTING_IN(LISTING_PUBLISHED), .to = LISTING_HELD, .reason = a->hold->reason, .mail = a->hold->mail, .now = f->created_at,
	};
	enum err e = listing_change_within(db, a->catalog, f->listing_id, &change);
	if (e != ERR_OK)
		return e;
	a->held = true;
	return moderation_db_log(db, &(struct moderation_entry){.action = MODERATION_HOLD, .listing_id = f->listing_id, .member_id = member_id, .code = REASON_FLAGS,
	                                                         .waited_seconds = -1, .created_at = f->created_at});
}

static enum err hold_conversation(struct db *db, struct adding *a)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_hold_conversation, DB_ARGS(db_int(a->flag->conversation_id), db_int(a->flag->listing_id)), &result);
	a->held = e == ERR_OK && result.affected == 1;
	return e;
}

static enum err add(struct db *db, void *ctx)
{
	struct adding *a = ctx;
	struct flag *f = a->flag;
	struct db_rows r;
	struct db_result result;
	a->held = false;
	/* Everybody who flags the same listing passes one at a time: each counts all before. */
	enum err e = db_query(db, &sql_lock_listing, DB_ARGS(db_int(f->listing_id)), a->arena, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0 || (f->conversation_id == 0 && db_cell(&r, 0, 0)->i != LISTING_PUBLISHED))
		return ERR_NOT_FOUND;
	int64_t member_id = db_cell(&r, 0, 1)->i;
	e = db_exec(db, &sql_add, DB_ARGS(db_int(f->listing_id), db_int(f->conversation_id), db_text(f->reporter), db_int(f->reason),
	                                  db_text(f->body != NULL ? f->body : ""), db_time(f->created_at)), &result);
	if (e != ERR_OK)
		return e;
	f->id = (int64_t)result.insert_id;
	if (a->hold == NULL || a->hold->limit <= 0)
		return ERR_OK;
	e = db_query(db, &sql_count, DB_ARGS(db_int(f->listing_id), db_int(f->conversation_id)), a->arena, 1, &r);
	if (e != ERR_OK || db_cell(&r, 0, 0)->i < a->hold->limit)
		return e;
	return f->conversation_id == 0 ? hold_listing(db, a, member_id) : hold_conversation(db, a);
}

enum err flag_db_add(struct db *db, struct arena *a, const struct catalog *cat, struct flag *f, const struct flag_holding *hold, bool *held)
{
	struct adding adding = {.arena = a, .catalog = cat, .flag = f, .hold = hold};
	enum err e = db_transaction(db, add, &adding);
	*held = e == ERR_OK && adding.held;
	return e;
}

static void read_row(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct flag *)item = (struct flag){
		.id = row[0].i, .listing_id = row[1].i, .conversation_id = row[2].i, .reporter = row[3].s, .reason = (enum flag_reason)row[4].i, .body = row[5].s,
		.state = (enum flag_state)row[6].i, .created_at = row[7].i,
	};
}

enum err flag_db_open(struct db *db, struct arena *a, int64_t listing_id, struct flag **out, size_t *n)
{
	static const struct db_item item = {sizeof(struct flag), read_row};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_open, DB_ARGS(db_int(listing_id), db_int(FLAGS_SHOWN)), a, FLAGS_SHOWN, &item, &items, n);
	*out = items;
	return e;
}

enum err flag_db_decide(struct db *db, int64_t listing_id, int64_t conversation_id, int64_t last_id, enum flag_state state, int64_t now)
{
	return db_exec(db, &sql_decide, DB_ARGS(db_int(state), db_time(now), db_int(listing_id), db_int(conversation_id), db_int(last_id != 0 ? last_id : INT64_MAX)), NULL);
}
