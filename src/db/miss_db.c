#include "db/miss_db.h"

static const struct db_sql sql_more = {"UPDATE search_miss SET misses = misses + ? WHERE day = DATE(?) AND query = ?", false};
static const struct db_sql sql_new = {
	"INSERT INTO search_miss (day, query, misses) SELECT DATE(?), ?, ? FROM (SELECT COUNT(*) AS n FROM search_miss WHERE day = DATE(?)) counted WHERE counted.n < 10000"
	" ON DUPLICATE KEY UPDATE misses = search_miss.misses + VALUES(misses)", false};
_Static_assert(MISSES_A_DAY == 10000, "sql_new stops there");
static const struct db_sql sql_forget = {"DELETE FROM search_miss WHERE day < DATE(?) ORDER BY day LIMIT ?", false};

enum err miss_db_add(struct db *db, const struct search_miss *list, size_t n, int64_t now, size_t *written)
{
	enum err e = ERR_OK;
	*written = 0;
	for (size_t i = 0; i < n; i++) {
		struct db_result r = {0};
		e = db_exec(db, &sql_more, DB_ARGS(db_int(list[i].misses), db_time(now), db_text(list[i].words)), &r);
		if (e == ERR_OK && r.affected == 0)
			e = db_exec(db, &sql_new, DB_ARGS(db_time(now), db_text(list[i].words), db_int(list[i].misses), db_time(now)), NULL);
		if (e != ERR_OK)
			return e;
		*written = i + 1;
	}
	return e;
}

enum err miss_db_forget(struct db *db, int64_t before, int64_t limit, int64_t *n)
{
	struct db_result r = {0};
	enum err e = db_exec(db, &sql_forget, DB_ARGS(db_time(before), db_int(limit)), &r);
	*n = (int64_t)r.affected;
	return e;
}
