#include "db/report_db.h"

#define RANGE(column) column " >= ? AND " column " < ?"

enum { MISSES_MAX = 100 };

static const struct db_sql sql_first = {
	"SELECT CAST(LEAST(COALESCE((SELECT MIN(created_at) FROM listing), '9999-01-01 00:00:00'), COALESCE((SELECT MIN(created_at) FROM member), '9999-01-01 00:00:00')) AS DATETIME)", true};
static const struct db_sql sql_counted = {
	"SELECT CAST(starts AS DATETIME) FROM report_value WHERE period = 0 AND series = 0 AND starts >= DATE(?) ORDER BY starts LIMIT ?", true};
static const struct db_sql sql_put = {
	"INSERT INTO report_value (period, series, starts, value) VALUES (?, ?, DATE(?), ?) ON DUPLICATE KEY UPDATE value = IF(?, GREATEST(value, VALUES(value)), VALUES(value))", false};

/* Drafts were never handed in; neither was what waits for its e-mail to be proved. */
static const struct db_sql sql_submitted = {"SELECT COUNT(*) FROM listing FORCE INDEX (listing_created) WHERE " RANGE("created_at") " AND state NOT IN (4, 9)", true};
/* What is on show by its facet, and what has ended again since: that has changed later. */
static const struct db_sql sql_on_show = {"SELECT COUNT(*) FROM listing_facet WHERE category_node = 0 AND place_node = 0 AND " RANGE("published_at"), true};
static const struct db_sql sql_ended = {
	"SELECT COUNT(*) FROM listing FORCE INDEX (listing_changed) WHERE state IN (0, 2, 3, 5, 6, 7, 8) AND updated_at >= ? AND updated_at < ? + INTERVAL 2 DAY"
	" AND " RANGE("published_at"), true};
static const struct db_sql sql_in_state = {"SELECT COUNT(*) FROM listing FORCE INDEX (listing_changed) WHERE state = ? AND " RANGE("updated_at"), true};
static const struct db_sql sql_registered = {"SELECT COUNT(*) FROM member WHERE " RANGE("created_at"), true};
static const struct db_sql sql_active = {"SELECT COUNT(DISTINCT member_id) FROM session WHERE last_seen_at >= ?", true};
static const struct db_sql sql_messages = {"SELECT COUNT(*) FROM conversation_message WHERE " RANGE("created_at"), true};
static const struct db_sql sql_misses = {"SELECT CAST(COALESCE(SUM(misses), 0) AS SIGNED) FROM search_miss WHERE day >= DATE(?) AND day < DATE(?)", true};
static const struct db_sql sql_decisions = {"SELECT COUNT(*) FROM moderation_entry WHERE " RANGE("created_at") " AND waited_seconds >= 0", true};
static const struct db_sql sql_decision = {
	"SELECT waited_seconds FROM moderation_entry WHERE " RANGE("created_at") " AND waited_seconds >= 0 ORDER BY waited_seconds LIMIT 1 OFFSET ?", true};
static const struct db_sql sql_sum = {
	"SELECT CAST(SUM(value) AS SIGNED), CAST(ROUND(AVG(value)) AS SIGNED) FROM report_value WHERE period = 0 AND series = ? AND starts >= DATE(?) AND starts < DATE(?)", true};

static const struct db_sql sql_read = {
	"SELECT series, CAST(starts AS DATETIME), value FROM report_value WHERE period = ? AND series IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AND starts >= DATE(?)", true};
_Static_assert(REPORT_SERIES == 11, "sql_read reads them all");
static const struct db_sql sql_top_misses = {
	"SELECT query, CAST(SUM(misses) AS SIGNED) FROM search_miss WHERE day >= DATE(?) GROUP BY query ORDER BY SUM(misses) DESC, query LIMIT ?", true};

static enum err number(struct db *db, struct arena *a, const struct db_sql *sql, const struct db_value *args, size_t n, struct report_point *out)
{
	struct db_rows r;
	enum err e = db_query(db, sql, args, n, a, 1, &r);
	*out = (struct report_point){.value = 0};
	if (e == ERR_OK && r.n == 1 && db_cell(&r, 0, 0)->type != DB_NULL)
		*out = (struct report_point){.value = db_cell(&r, 0, 0)->i, .known = true};
	return e;
}

enum err report_db_first(struct db *db, struct arena *a, int64_t *out)
{
	struct db_rows r;
	int64_t none = INT64_C(253370764800); /* 9999-01-01 */
	enum err e = db_query(db, &sql_first, DB_NO_ARGS, a, 1, &r);
	if (e == ERR_OK)
		*out = db_cell(&r, 0, 0)->i >= none ? 0 : db_cell(&r, 0, 0)->i;
	return e;
}

struct days {
	int64_t *list;
	size_t n, max;
};

static bool keep_day(void *ctx, const struct db_value *row, size_t columns)
{
	struct days *d = ctx;
	(void)columns;
	d->list[d->n++] = row[0].i;
	return d->n < d->max;
}

enum err report_db_counted(struct db *db, struct arena *a, int64_t first, size_t max, int64_t *days, size_t *n)
{
	struct days d = {days, 0, max};
	(void)a;
	enum err e = db_each(db, &sql_counted, DB_ARGS(db_time(first), db_int((int64_t)max)), keep_day, &d);
	*n = d.n;
	return e;
}

/* A period being counted. */
struct counting {
	struct db *db;
	struct arena *arena;
	enum report_period period;
	int64_t from, to;
};

static enum err put(const struct counting *c, enum report_series s, const struct report_point *p, bool greatest)
{
	if (!p->known)
		return ERR_OK;
	return db_exec(c->db, &sql_put, DB_ARGS(db_int(c->period), db_int(s), db_time(c->from), db_int(p->value), db_int(greatest)), NULL);
}

static enum err count_range(const struct counting *c, enum report_series s, const struct db_sql *sql)
{
	struct report_point p;
	enum err e = number(c->db, c->arena, sql, DB_ARGS(db_time(c->from), db_time(c->to)), &p);
	return e == ERR_OK ? put(c, s, &p, false) : e;
}

static enum err count_state(const struct counting *c, enum report_series s, int state)
{
	struct report_point p;
	enum err e = number(c->db, c->arena, &sql_in_state, DB_ARGS(db_int(state), db_time(c->from), db_time(c->to)), &p);
	return e == ERR_OK ? put(c, s, &p, true) : e;
}

static enum err count_published(const struct counting *c)
{
	struct report_point shown, ended;
	enum err e = number(c->db, c->arena, &sql_on_show, DB_ARGS(db_time(c->from), db_time(c->to)), &shown);
	if (e == ERR_OK)
		e = number(c->db, c->arena, &sql_ended, DB_ARGS(db_time(c->from), db_time(c->to), db_time(c->from), db_time(c->to)), &ended);
	shown.value += ended.value;
	return e == ERR_OK ? put(c, REPORT_PUBLISHED, &shown, true) : e;
}

/* The value that so many of a hundred decisions do not go beyond (nearest rank). */
static enum err count_waits(const struct counting *c)
{
	static const struct {
		enum report_series series;
		int64_t percent;
	} ranks[] = {{REPORT_MEDIAN, 50}, {REPORT_NINETY, 90}};
	struct report_point all, p;
	enum err e = number(c->db, c->arena, &sql_decisions, DB_ARGS(db_time(c->from), db_time(c->to)), &all);
	for (size_t i = 0; e == ERR_OK && all.value > 0 && i < 2; i++) {
		int64_t rank = (all.value * ranks[i].percent + 99) / 100;
		e = number(c->db, c->arena, &sql_decision, DB_ARGS(db_time(c->from), db_time(c->to), db_int(rank - 1)), &p);
		if (e == ERR_OK)
			e = put(c, ranks[i].series, &p, false);
	}
	return e;
}

static enum err count_day(const struct counting *c, bool seen)
{
	struct report_point p;
	enum err e = count_published(c);
	if (e == ERR_OK)
		e = count_state(c, REPORT_REJECTED, 2);
	if (e == ERR_OK)
		e = count_state(c, REPORT_EXPIRED, 6);
	if (e == ERR_OK)
		e = count_state(c, REPORT_SOLD, 7);
	if (e == ERR_OK)
		e = count_range(c, REPORT_REGISTERED, &sql_registered);
	if (e == ERR_OK)
		e = count_range(c, REPORT_MESSAGES, &sql_messages);
	if (e == ERR_OK)
		e = count_range(c, REPORT_MISSES, &sql_misses);
	if (e == ERR_OK && seen)
		e = number(c->db, c->arena, &sql_active, DB_ARGS(db_time(c->from)), &p);
	if (e == ERR_OK && seen)
		e = put(c, REPORT_ACTIVE, &p, true);
	if (e == ERR_OK)
		e = count_waits(c);
	/* The last one: a day that has it is counted. */
	return e == ERR_OK ? count_range(c, REPORT_SUBMITTED, &sql_submitted) : e;
}

static enum err count_days(const struct counting *c)
{
	enum err e = count_waits(c);
	for (int s = 0; e == ERR_OK && s < REPORT_SERIES; s++) {
		if (report_is_time((enum report_series)s))
			continue;
		struct db_rows r;
		e = db_query(c->db, &sql_sum, DB_ARGS(db_int(s), db_time(c->from), db_time(c->to)), c->arena, 1, &r);
		if (e != ERR_OK)
			return e;
		const struct db_value *v = db_cell(&r, 0, s == REPORT_ACTIVE ? 1 : 0);
		struct report_point p = {.value = v->i, .known = v->type != DB_NULL};
		e = put(c, (enum report_series)s, &p, false);
	}
	return e;
}

enum err report_db_count(struct db *db, struct arena *a, enum report_period p, int64_t start, bool seen)
{
	const struct counting c = {db, a, p, start, report_shift(p, start, 1)};
	return p == REPORT_DAY ? count_day(&c, seen) : count_days(&c);
}

static size_t place_of(const struct report_line *l, int64_t starts)
{
	size_t i = 0;
	while (i < l->n && l->points[i].starts != starts)
		i++;
	return i;
}

enum err report_db_read(struct db *db, struct arena *a, enum report_period p, int64_t now, struct report_line *lines)
{
	size_t n = report_points(p);
	int64_t first = report_shift(p, report_start(p, now), 1 - (int)n);
	for (int s = 0; s < REPORT_SERIES; s++) {
		lines[s] = (struct report_line){.series = (enum report_series)s, .n = n};
		for (size_t i = 0; i < n; i++)
			lines[s].points[i].starts = report_shift(p, first, (int)i);
	}
	struct db_rows r;
	enum err e = db_query(db, &sql_read, DB_ARGS(db_int(p), db_time(first)), a, (size_t)REPORT_SERIES * (REPORT_POINTS_MAX + 2), &r);
	for (size_t i = 0; e == ERR_OK && i < r.n; i++) {
		struct report_line *l = &lines[db_cell(&r, i, 0)->i];
		size_t at = place_of(l, db_cell(&r, i, 1)->i);
		if (at < l->n)
			l->points[at] = (struct report_point){l->points[at].starts, db_cell(&r, i, 2)->i, true};
	}
	return e;
}

static void read_miss(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct report_miss *)item = (struct report_miss){row[0].s, row[1].i};
}

enum err report_db_misses(struct db *db, struct arena *a, int64_t since, unsigned limit, struct report_miss **out, size_t *n)
{
	static const struct db_item kind = {sizeof(struct report_miss), read_miss};
	void *items = NULL;
	unsigned most = limit < MISSES_MAX ? limit : MISSES_MAX;
	enum err e = db_query_items(db, &sql_top_misses, DB_ARGS(db_time(since), db_int(most)), a, most, &kind, &items, n);
	*out = items;
	return e;
}
