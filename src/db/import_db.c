#include "db/import_db.h"

static const struct db_sql sql_total = {"SELECT COUNT(*) FROM listing", true};
static const struct db_sql sql_has_batch = {"SELECT COUNT(*) FROM import_batch WHERE batch_key = ?", true};

enum err import_db_total(struct db *db, struct arena *a, int64_t *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_total, DB_NO_ARGS, a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i;
	return e;
}

enum err import_db_has_batch(struct db *db, struct arena *a, const char *batch_key, bool *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_has_batch, DB_ARGS(db_text(batch_key)), a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i > 0;
	return e;
}
