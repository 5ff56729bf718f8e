#include "db/ban_db.h"

#include <stdio.h>
#include <string.h>

#include "db/site_db.h"

#define COLUMNS "id, kind, value, COALESCE(member_id, 0), reason, COALESCE(created_by, 0), created_at, expires_at"

static const struct db_sql sql_find = {
	"SELECT " COLUMNS " FROM ban WHERE ((kind = 0 AND value = ?) OR (kind = 1 AND value = ?)) AND (expires_at IS NULL OR expires_at > ?) ORDER BY kind LIMIT 1", true};
static const struct db_sql sql_add = {
	"INSERT INTO ban (kind, value, member_id, reason, created_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
	" expires_at = CASE WHEN expires_at IS NULL OR VALUES(expires_at) IS NULL THEN NULL WHEN expires_at > VALUES(expires_at) THEN expires_at"
	" ELSE VALUES(expires_at) END, member_id = VALUES(member_id), reason = VALUES(reason), created_by = VALUES(created_by)", false};
static const struct db_sql sql_list = {
	"SELECT " COLUMNS " FROM ban WHERE id < ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY id DESC LIMIT ?", true};
static const struct db_sql sql_lock = {"SELECT COALESCE(member_id, 0) FROM ban WHERE id = ? FOR UPDATE", false};
static const struct db_sql sql_remove = {"DELETE FROM ban WHERE id = ?", false};

bool ban_email(const char *email, char out[static BAN_VALUE_SIZE])
{
	size_t n = strlen(email);
	out[0] = '\0';
	if (n == 0 || n >= BAN_VALUE_SIZE || strchr(email, '@') == NULL)
		return false;
	for (size_t i = 0; i <= n; i++)
		out[i] = email[i] >= 'A' && email[i] <= 'Z' ? (char)(email[i] - 'A' + 'a') : email[i];
	return true;
}

bool ban_address(const char *address, char out[static BAN_VALUE_SIZE])
{
	char key[96];
	/* The same households as the limits know. */
	rate_key("", address, key);
	snprintf(out, BAN_VALUE_SIZE, "%s", key + 1);
	return strcmp(out, "?") != 0;
}

static void read_row(const struct db_value *row, size_t columns, void *item)
{
	(void)columns;
	*(struct ban *)item = (struct ban){
		.id = row[0].i, .kind = (enum ban_kind)row[1].i, .value = row[2].s, .member_id = row[3].i, .reason = row[4].s,
		.created_by = row[5].i, .created_at = row[6].i, .expires_at = row[7].i,
	};
}

enum err ban_db_find(struct db *db, struct arena *a, const char *email, const char *address, int64_t now, struct ban *out)
{
	/* No ban has an empty value. */
	char e_mail[BAN_VALUE_SIZE] = "", client[BAN_VALUE_SIZE] = "";
	struct db_rows r;
	if (email != NULL)
		(void)ban_email(email, e_mail);
	if (address == NULL || !ban_address(address, client))
		client[0] = '\0';
	if (e_mail[0] == '\0' && client[0] == '\0')
		return ERR_NOT_FOUND;
	enum err e = db_query(db, &sql_find, DB_ARGS(db_text(e_mail), db_text(client), db_time(now)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	read_row(db_cell(&r, 0, 0), r.columns, out);
	return ERR_OK;
}

enum err ban_db_add(struct db *db, const struct ban *b)
{
	char value[BAN_VALUE_SIZE];
	if (b->kind == BAN_EMAIL ? !ban_email(b->value, value) : !ban_address(b->value, value))
		return ERR_INVALID;
	return db_exec(db, &sql_add, DB_ARGS(db_int(b->kind), db_text(value), b->member_id != 0 ? db_int(b->member_id) : db_null(), db_text(b->reason != NULL ? b->reason : ""),
	                                     b->created_by != 0 ? db_int(b->created_by) : db_null(), db_time(b->created_at), db_time(b->expires_at)), NULL);
}

enum err ban_db_list(struct db *db, struct arena *a, int64_t before_id, int64_t now, struct ban **out, size_t *n)
{
	static const struct db_item item = {sizeof(struct ban), read_row};
	void *items = NULL;
	enum err e = db_query_items(db, &sql_list, DB_ARGS(db_int(before_id == 0 ? INT64_MAX : before_id), db_time(now), db_int(BAN_PAGE + 1)), a, BAN_PAGE + 1, &item, &items, n);
	*out = items;
	return e;
}

enum err ban_db_remove(struct db *db, struct arena *a, int64_t id, int64_t *member_id)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_lock, DB_ARGS(db_int(id)), a, 1, &r);
	if (e != ERR_OK || r.n == 0)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	*member_id = db_cell(&r, 0, 0)->i;
	return db_exec(db, &sql_remove, DB_ARGS(db_int(id)), NULL);
}
