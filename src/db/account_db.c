#include "db/account_db.h"

static const struct db_sql sql_totp = {"SELECT totp_secret, totp_pending, totp_last_step FROM member WHERE id = ?", true};
static const struct db_sql sql_totp_use = {"UPDATE member SET totp_last_step = ? WHERE id = ? AND totp_last_step < ? AND totp_secret IS NOT NULL", false};
static const struct db_sql sql_recovery_use = {
	"UPDATE recovery_code SET used_at = ? WHERE member_id = ? AND code_hash = ? AND used_at IS NULL", false};

enum err account_db_totp(struct db *db, struct arena *a, int64_t member_id, struct totp_state *out)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_totp, DB_ARGS(db_int(member_id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	const struct db_value *v = db_cell(&r, 0, 0);
	*out = (struct totp_state){
		.secret = v[0].type == DB_NULL ? NULL : v[0].s, .secret_n = v[0].n,
		.pending = v[1].type == DB_NULL ? NULL : v[1].s, .pending_n = v[1].n, .last_step = v[2].i,
	};
	return ERR_OK;
}

enum err account_db_totp_use(struct db *db, int64_t member_id, int64_t step)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_totp_use, DB_ARGS(db_int(step), db_int(member_id), db_int(step)), &result);
	return e != ERR_OK ? e : result.affected == 1 ? ERR_OK : ERR_CONFLICT;
}

enum err account_db_recovery_use(struct db *db, int64_t member_id, const uint8_t hash[static RECOVERY_CODE_HASH], int64_t now)
{
	struct db_result result;
	enum err e = db_exec(db, &sql_recovery_use, DB_ARGS(db_time(now), db_int(member_id), db_blob(hash, RECOVERY_CODE_HASH)), &result);
	return e != ERR_OK ? e : result.affected == 1 ? ERR_OK : ERR_CONFLICT;
}
