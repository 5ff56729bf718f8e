#include "app/second_factor.h"

#include <string.h>

#include "util/seal.h"

enum err second_factor_open(struct context *c, int64_t member_id, const void *sealed, size_t n, uint8_t out[static TOTP_SECRET_BYTES])
{
	const uint8_t *key = NULL;
	enum err e = context_key(c, SITE_KEY_TOTP, &key);
	return e == ERR_OK ? seal_open(key, member_id, sealed, n, out, TOTP_SECRET_BYTES) : e;
}

enum err second_factor_use(struct context *c, int64_t member_id, const char *typed, bool *good)
{
	struct totp_state state;
	uint8_t secret[TOTP_SECRET_BYTES], hash[RECOVERY_CODE_HASH];
	int64_t step = 0;
	*good = false;
	enum err e = account_db_totp(c->db, c->arena, member_id, &state);
	if (e != ERR_OK || state.secret == NULL)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if (recovery_code_hash(typed, hash)) {
		e = account_db_recovery_use(c->db, member_id, hash, c->now);
	} else {
		e = second_factor_open(c, member_id, state.secret, state.secret_n, secret);
		if (e != ERR_OK)
			return e;
		e = totp_check(secret, typed, c->now, state.last_step, &step) ? account_db_totp_use(c->db, member_id, step) : ERR_CONFLICT;
		explicit_bzero(secret, sizeof secret);
	}
	*good = e == ERR_OK;
	return e == ERR_CONFLICT ? ERR_OK : e;
}
