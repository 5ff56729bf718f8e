/* account_db: what a member does to the account they have: profile, password, address, second factor. Each change is one transaction with its
 * mail; a session that is kept (0: none) is the one that asked. */
#pragma once

#include "db/db.h"
#include "db/token_db.h"
#include "model/member.h"
#include "model/totp.h"

/* name, lang, place_id, about and address of m. ERR_NOT_FOUND. */
MUST_CHECK enum err account_db_profile(struct db *db, const struct member *m);
/* The browsers' and programs' sign-ins end but for keep; personal tokens stay. Links to reset the password end. */
MUST_CHECK enum err account_db_password(struct db *db, int64_t member_id, const char *password_hash, int64_t keep, const char *mail);

/* A wish for another address: two links, one to each end. An earlier wish ends. */
struct email_wish {
	int64_t member_id;
	const char *email;                       /* the new one */
	uint8_t to_old[TOKEN_HASH], to_new[TOKEN_HASH];
	int64_t expires_at;
	const char *mail_old, *mail_new;
};
MUST_CHECK enum err account_db_email_ask(struct db *db, const struct email_wish *w);
/* One end says yes. */
struct email_confirmation {
	enum token_kind kind;                    /* TOKEN_EMAIL_OLD or TOKEN_EMAIL_NEW */
	const uint8_t *hash;
	int64_t member_id, keep, now;
	const char *email;                       /* the new one, as the token says */
	const char *mail;                        /* when it is changed */
	bool changed;                            /* out: the other end had said yes before */
};
/* ERR_CONFLICT: the link was used or has ended. ERR_EXISTS: both have said yes, but another account has that address; the wish is over. */
MUST_CHECK enum err account_db_email_confirm(struct db *db, struct email_confirmation *x);

/* A member's second factor as it is stored: sealed (util/seal) with the member's id. NULL: there is none. */
struct totp_state {
	const void *secret, *pending; /* pending: shown, not confirmed yet */
	size_t secret_n, pending_n;
	int64_t last_step;            /* the last that was used */
};
/* ERR_NOT_FOUND: there is no such member. */
MUST_CHECK enum err account_db_totp(struct db *db, struct arena *a, int64_t member_id, struct totp_state *out);
/* Uses a step up. ERR_CONFLICT: it, or a later one, was used before; of two at once one wins. */
MUST_CHECK enum err account_db_totp_use(struct db *db, int64_t member_id, int64_t step);
/* A secret to be confirmed. ERR_CONFLICT: a second factor is on. */
MUST_CHECK enum err account_db_totp_pend(struct db *db, int64_t member_id, const void *sealed, size_t n);

struct totp_switch {
	int64_t member_id, keep;
	const void *pending;          /* on: what was confirmed, as it is stored */
	size_t pending_n;
	int64_t step;                 /* on: of the code that confirmed it */
	uint8_t (*codes)[RECOVERY_CODE_HASH]; /* on: RECOVERY_CODES of them */
	const char *mail;
};
/* Other sessions end. ERR_CONFLICT: something else was confirmed, or is pending now. */
MUST_CHECK enum err account_db_totp_on(struct db *db, const struct totp_switch *s);
/* ERR_CONFLICT: it is off. */
MUST_CHECK enum err account_db_totp_off(struct db *db, const struct totp_switch *s);
/* New recovery codes in the place of the old ones. ERR_CONFLICT: no second factor is on. */
MUST_CHECK enum err account_db_recovery_renew(struct db *db, int64_t member_id, uint8_t (*codes)[RECOVERY_CODE_HASH]);
MUST_CHECK enum err account_db_recovery_left(struct db *db, struct arena *a, int64_t member_id, int64_t *out);
/* Uses a recovery code up. ERR_CONFLICT: it is none of theirs, or was used before; of two at once one wins. */
MUST_CHECK enum err account_db_recovery_use(struct db *db, int64_t member_id, const uint8_t hash[static RECOVERY_CODE_HASH], int64_t now);
