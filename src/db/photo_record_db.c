#include "db/photo_internal.h"

#include <string.h>

/* The key of the record, and what it is to be the record of. */
#define RECORD "INSERT INTO outbox (kind, subject_id, payload, created_at, due_at)" \
	" SELECT '" OUTBOX_PHOTO_RECORD "', p.id, JSON_OBJECT('listing', p.listing_id, 'key', LOWER(HEX(p.hash))), UTC_TIMESTAMP(), UTC_TIMESTAMP() FROM photo p "
static const struct db_sql sql_record = {RECORD "WHERE p.id = ?", false};
static const struct db_sql sql_records = {
	RECORD "WHERE p.id > ? AND p.id <= ? AND p.id NOT IN (SELECT o.subject_id FROM outbox o WHERE o.kind = '" OUTBOX_PHOTO_RECORD "' AND o.state = 0"
	" AND o.subject_id > ? AND o.subject_id <= ?)", false};
static const struct db_sql sql_records_to = {"SELECT MAX(id), COUNT(*) FROM (SELECT id FROM photo WHERE id > ? ORDER BY id LIMIT ?) p", true};

enum err photo_record_order(struct db *db, int64_t photo_id)
{
	bool recorded = strcmp(db_conf(db)->media.meta, "dynamodb") == 0;
	return recorded ? db_exec(db, &sql_record, DB_ARGS(db_int(photo_id)), NULL) : ERR_OK;
}

struct range {
	int64_t to, n;
};

static bool keep_range(void *ctx, const struct db_value *row, size_t columns)
{
	(void)columns;
	*(struct range *)ctx = (struct range){row[0].i, row[1].i};
	return true;
}

enum err photo_db_order_records(struct db *db, int64_t limit, int64_t *after, int64_t *seen, int64_t *n)
{
	struct range r = {.n = 0};
	struct db_result result = {.affected = 0};
	enum err e = db_each(db, &sql_records_to, DB_ARGS(db_int(*after), db_int(limit)), keep_range, &r);
	if (e == ERR_OK && r.n > 0)
		e = db_exec(db, &sql_records, DB_ARGS(db_int(*after), db_int(r.to), db_int(*after), db_int(r.to)), &result);
	*seen = r.n;
	*n = (int64_t)result.affected;
	if (e == ERR_OK && r.n > 0)
		*after = r.to;
	return e;
}
