#include "db/session_db.h"

static const struct db_sql sql_load = {
	"SELECT s.id, s.member_id, s.kind, s.scopes, m.name, m.email, m.role, m.trust, m.totp_secret IS NOT NULL, m.lang, s.created_at,"
	" s.last_seen_at, s.expires_at FROM session s JOIN member m ON m.id = s.member_id"
	" WHERE s.token_hash = ? AND s.expires_at > ? AND (s.kind = 2 OR s.last_seen_at > ?) AND m.state IN (1, 3)", true};
static const struct db_sql sql_add = {
	"INSERT INTO session (token_hash, member_id, kind, scopes, name, user_agent, address, created_at, last_seen_at, expires_at)"
	" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", false};
static const struct db_sql sql_rotate = {"UPDATE session SET token_hash = ? WHERE id = ?", false};
static const struct db_sql sql_seen = {"UPDATE session SET last_seen_at = ? WHERE id = ?", false};
static const struct db_sql sql_list = {
	"SELECT id, kind, scopes, name, user_agent, address, created_at, last_seen_at, expires_at FROM session"
	" WHERE member_id = ? AND (kind = 2) = ? AND expires_at > ? AND (kind = 2 OR last_seen_at > ?) ORDER BY id DESC", true};
static const struct db_sql sql_end = {"DELETE FROM session WHERE id = ? AND member_id = ?", false};
static const struct db_sql sql_end_all = {"DELETE FROM session WHERE member_id = ? AND id <> ? AND (kind <> 2 OR ?)", false};

enum { SESSIONS_LISTED = 200 };

enum err session_db_load(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, struct session *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_load, DB_ARGS(db_blob(hash, TOKEN_HASH), db_time(now), db_time(now - SESSION_IDLE_SECONDS)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	const struct db_value *v = db_cell(&r, 0, 0);
	*out = (struct session){
		.id = v[0].i, .member_id = v[1].i, .kind = (enum session_kind)v[2].i, .scopes = (unsigned)v[3].i, .name = v[4].s, .email = v[5].s,
		.role = (enum member_role)v[6].i, .trust = (enum member_trust)v[7].i, .totp = v[8].i != 0, .lang = v[9].s,
		.created_at = v[10].i, .last_seen_at = v[11].i, .expires_at = v[12].i,
	};
	return ERR_OK;
}

enum err session_db_add(struct db *db, const uint8_t hash[static TOKEN_HASH], struct session *s, int64_t now)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_add, DB_ARGS(db_blob(hash, TOKEN_HASH), db_int(s->member_id), db_int(s->kind), db_int(s->scopes),
	                                           db_text(s->label != NULL ? s->label : ""), db_text(s->user_agent != NULL ? s->user_agent : ""),
	                                           db_text(s->address != NULL ? s->address : ""), db_time(now), db_time(now), db_time(s->expires_at)), &result);
	if (e == ERR_OK)
		s->id = (int64_t)result.insert_id;
	return e;
}

enum err session_db_rotate(struct db *db, int64_t id, const uint8_t hash[static TOKEN_HASH])
{
	return db_exec_one(db, &sql_rotate, DB_ARGS(db_blob(hash, TOKEN_HASH), db_int(id)), ERR_NOT_FOUND);
}

enum err session_db_seen(struct db *db, int64_t id, int64_t now)
{
	return db_exec(db, &sql_seen, DB_ARGS(db_time(now), db_int(id)), NULL);
}

enum err session_db_list(struct db *db, struct arena *a, int64_t member_id, bool tokens, int64_t now, struct session **out, size_t *n)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_list, DB_ARGS(db_int(member_id), db_int(tokens), db_time(now), db_time(now - SESSION_IDLE_SECONDS)), a, SESSIONS_LISTED, &r);
	if (e != ERR_OK)
		return e;
	struct session *list = arena_array(a, r.n + 1, sizeof *list);
	if (list == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++) {
		const struct db_value *v = db_cell(&r, i, 0);
		list[i] = (struct session){
			.id = v[0].i, .member_id = member_id, .kind = (enum session_kind)v[1].i, .scopes = (unsigned)v[2].i, .label = v[3].s,
			.user_agent = v[4].s, .address = v[5].s, .created_at = v[6].i, .last_seen_at = v[7].i, .expires_at = v[8].i,
		};
	}
	*out = list;
	*n = r.n;
	return ERR_OK;
}

enum err session_db_end(struct db *db, int64_t member_id, int64_t id)
{
	return db_exec_one(db, &sql_end, DB_ARGS(db_int(id), db_int(member_id)), ERR_NOT_FOUND);
}

enum err session_db_end_all(struct db *db, int64_t member_id, int64_t keep, bool tokens)
{
	return db_exec(db, &sql_end_all, DB_ARGS(db_int(member_id), db_int(keep), db_int(tokens)), NULL);
}
