#include "db/member_db.h"

#include "db/session_db.h"

#define COLUMNS "id, email, name, password_hash, role, state, trust, lang, COALESCE(place_id, 0), about, address_name, address_line1, address_line2," \
	" address_city, address_region, address_postal_code, address_country, totp_secret IS NOT NULL, state_reason, created_at, signed_in_at, delete_at, LOWER(HEX(picture))"

static const struct db_sql sql_get = {"SELECT " COLUMNS " FROM member WHERE id = ?", DB_READS_LATE};
static const struct db_sql sql_get_secret = {"SELECT " COLUMNS " FROM member WHERE id = ?", true};
static const struct db_sql sql_find = {"SELECT " COLUMNS " FROM member WHERE email = ?", true};
static const struct db_sql sql_add = {
	"INSERT INTO member (email, name, password_hash, role, state, trust, lang, created_at) VALUES (?, ?, ?, ?, 1, ?, ?, ?)", false};
static const struct db_sql sql_password = {"UPDATE member SET password_hash = ? WHERE id = ?", false};
static const struct db_sql sql_email = {"UPDATE member SET email = ? WHERE id = ?", false};
static const struct db_sql sql_signed_in = {"UPDATE member SET signed_in_at = ? WHERE id = ?", false};
static const struct db_sql sql_state = {"UPDATE member SET state = ?, state_reason = ?, delete_at = ? WHERE id = ?", false};
static const struct db_sql sql_role = {"UPDATE member SET role = ? WHERE id = ?", false};
static const struct db_sql sql_trust = {"UPDATE member SET trust = ? WHERE id = ?", false};

static void read_member(const struct db_value *v, struct member *m)
{
	*m = (struct member){
		.id = v[0].i, .email = v[1].s, .name = v[2].s, .password_hash = v[3].s, .role = (enum member_role)v[4].i,
		.state = (enum member_state)v[5].i, .trust = (enum member_trust)v[6].i, .lang = v[7].s, .place_id = v[8].i, .about = v[9].s,
		.address = {.name = v[10].s, .line1 = v[11].s, .line2 = v[12].s, .city = v[13].s, .region = v[14].s, .postal_code = v[15].s, .country = v[16].s},
		.totp = v[17].i != 0, .state_reason = v[18].s, .created_at = v[19].i, .signed_in_at = v[20].i, .delete_at = v[21].i, .picture = v[22].s,
	};
}

static enum err load(struct db *db, struct arena *a, const struct db_sql *sql, struct db_value key, struct member *out)
{
	struct db_rows r;
	enum err e = db_query(db, sql, &key, 1, a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	read_member(db_cell(&r, 0, 0), out);
	return ERR_OK;
}

enum err member_db_get(struct db *db, struct arena *a, int64_t id, struct member *out)
{
	enum err e = load(db, a, &sql_get, db_int(id), out);
	out->password_hash = NULL;
	return e;
}

enum err member_db_get_secret(struct db *db, struct arena *a, int64_t id, struct member *out)
{
	return load(db, a, &sql_get_secret, db_int(id), out);
}

enum err member_db_find(struct db *db, struct arena *a, const char *email, struct member *out)
{
	return load(db, a, &sql_find, db_text(email), out);
}

enum err member_db_add(struct db *db, struct member *m, int64_t now)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_add, DB_ARGS(db_text(m->email), db_text(m->name), db_text(m->password_hash), db_int(m->role), db_int(m->trust),
	                                           db_text(m->lang), db_time(now)), &result);
	if (e == ERR_OK)
		m->id = (int64_t)result.insert_id;
	return e;
}

enum err member_db_set_password(struct db *db, int64_t id, const char *password_hash)
{
	return db_exec_one(db, &sql_password, DB_ARGS(db_text(password_hash), db_int(id)), ERR_NOT_FOUND);
}

enum err member_db_set_email(struct db *db, int64_t id, const char *email)
{
	return db_exec_one(db, &sql_email, DB_ARGS(db_text(email), db_int(id)), ERR_NOT_FOUND);
}

enum err member_db_signed_in(struct db *db, int64_t id, int64_t now)
{
	return db_exec(db, &sql_signed_in, DB_ARGS(db_time(now), db_int(id)), NULL);
}

enum err member_db_set_state(struct db *db, int64_t id, enum member_state state, const char *reason, int64_t delete_at)
{
	enum err e = db_exec_one(db, &sql_state, DB_ARGS(db_int(state), db_text(reason), db_time(delete_at), db_int(id)), ERR_NOT_FOUND);
	if (e == ERR_OK && state != MEMBER_ACTIVE && state != MEMBER_LEAVING)
		e = session_db_end_all(db, id, 0, true);
	return e;
}

enum err member_db_set_role(struct db *db, int64_t id, enum member_role role)
{
	enum err e = db_exec_one(db, &sql_role, DB_ARGS(db_int(role), db_int(id)), ERR_NOT_FOUND);
	return e == ERR_OK ? session_db_end_all(db, id, 0, true) : e;
}

enum err member_db_set_trust(struct db *db, int64_t id, enum member_trust trust)
{
	return db_exec_one(db, &sql_trust, DB_ARGS(db_int(trust), db_int(id)), ERR_NOT_FOUND);
}
