#include "db/content_db.h"

#include "util/clock.h"

enum { RESOURCES_MAX = 10000 };

#define LIST_COLUMNS "id, slug, title_en, title_fr, summary_en, summary_fr, position, updated_at"

static const struct db_sql sql_list = {"SELECT " LIST_COLUMNS " FROM resource ORDER BY position, id", DB_READS_LATE};
static const struct db_sql sql_get = {"SELECT " LIST_COLUMNS ", body_en, body_fr FROM resource WHERE slug = ?", DB_READS_LATE};
static const struct db_sql sql_add = {
	"INSERT INTO resource (slug, title_en, title_fr, summary_en, summary_fr, body_en, body_fr, position, updated_at)"
	" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_edit = {
	"UPDATE resource SET slug = ?, title_en = ?, title_fr = ?, summary_en = ?, summary_fr = ?, body_en = ?, body_fr = ?, position = ?,"
	" updated_at = ? WHERE id = ?", false};
static const struct db_sql sql_remove = {"DELETE FROM resource WHERE slug = ?", false};

static void read_row(const struct db_value *row, size_t columns, struct resource *r)
{
	*r = (struct resource){
		.id = row[0].i, .slug = row[1].s, .title = {row[2].s, row[3].s}, .summary = {row[4].s, row[5].s},
		.position = row[6].i, .updated_at = row[7].i,
	};
	if (columns > 8) {
		r->body[0] = row[8].s;
		r->body[1] = row[9].s;
	}
}

enum err resource_db_list(struct db *db, struct arena *a, struct resource **out, size_t *n)
{
	struct db_rows r;
	*n = 0;
	enum err e = db_query(db, &sql_list, DB_NO_ARGS, a, RESOURCES_MAX, &r);
	if (e != ERR_OK)
		return e;
	*out = arena_array(a, r.n, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++)
		read_row(db_cell(&r, i, 0), r.columns, &(*out)[i]);
	*n = r.n;
	return ERR_OK;
}

enum err resource_db_get(struct db *db, struct arena *a, const char *slug, struct resource *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_get, DB_ARGS(db_text(slug)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	read_row(db_cell(&r, 0, 0), r.columns, out);
	return ERR_OK;
}

#define VALUES(r) \
	db_text((r)->slug), db_text((r)->title[0]), db_text((r)->title[1]), db_text((r)->summary[0]), db_text((r)->summary[1]), \
	db_text((r)->body[0]), db_text((r)->body[1]), db_int((r)->position), db_time((r)->updated_at != 0 ? (r)->updated_at : clock_unix())

enum err resource_db_add(struct db *db, struct resource *r)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_add, DB_ARGS(VALUES(r)), &result);
	if (e == ERR_OK)
		r->id = (int64_t)result.insert_id;
	return e;
}

enum err resource_db_edit(struct db *db, const struct resource *r)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_edit, DB_ARGS(VALUES(r), db_int(r->id)), &result);
	return e != ERR_OK ? e : result.affected == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err resource_db_remove(struct db *db, const char *slug)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_remove, DB_ARGS(db_text(slug)), &result);
	return e != ERR_OK ? e : result.affected == 0 ? ERR_NOT_FOUND : ERR_OK;
}
