#include "db/token_db.h"

#include "util/clock.h"

static const struct db_sql sql_add = {
	"INSERT INTO token (token_hash, kind, subject_id, data, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_find = {
	"SELECT subject_id, data, created_at, expires_at, used_at FROM token WHERE token_hash = ? AND kind = ? AND expires_at > ?", true};
static const struct db_sql sql_use = {
	"UPDATE token SET used_at = ? WHERE token_hash = ? AND kind = ? AND used_at IS NULL AND expires_at > ?", false};
static const struct db_sql sql_revoke = {"DELETE FROM token WHERE kind = ? AND subject_id = ? AND used_at IS NULL", false};

enum err token_db_add(struct db *db, enum token_kind kind, const uint8_t hash[static TOKEN_HASH], int64_t subject_id, const char *data, int64_t expires_at)
{
	return db_exec(db, &sql_add, DB_ARGS(db_blob(hash, TOKEN_HASH), db_int(kind), db_int(subject_id), db_text(data != NULL ? data : ""),
	                                     db_time(clock_unix()), db_time(expires_at)), NULL);
}

enum err token_db_find(struct db *db, struct arena *a, enum token_kind kind, const uint8_t hash[static TOKEN_HASH], int64_t now, struct token *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_find, DB_ARGS(db_blob(hash, TOKEN_HASH), db_int(kind), db_time(now)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	*out = (struct token){
		.kind = kind, .subject_id = db_cell(&r, 0, 0)->i, .data = db_cell(&r, 0, 1)->s,
		.created_at = db_cell(&r, 0, 2)->i, .expires_at = db_cell(&r, 0, 3)->i, .used_at = db_cell(&r, 0, 4)->i,
	};
	return ERR_OK;
}

enum err token_db_use(struct db *db, enum token_kind kind, const uint8_t hash[static TOKEN_HASH], int64_t now)
{
	return db_exec_one(db, &sql_use, DB_ARGS(db_time(now), db_blob(hash, TOKEN_HASH), db_int(kind), db_time(now)), ERR_CONFLICT);
}

enum err token_db_revoke(struct db *db, enum token_kind kind, int64_t subject_id)
{
	return db_exec(db, &sql_revoke, DB_ARGS(db_int(kind), db_int(subject_id)), NULL);
}
