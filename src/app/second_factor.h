/* second_factor: what a member shows beside the password: a code of the app, or a recovery code. */
#pragma once

#include "app/context.h"
#include "db/account_db.h"

/* Whether what was typed is good for that member, now and never again: it is used up. False too where no second factor is set up. */
MUST_CHECK enum err second_factor_use(struct context *c, int64_t member_id, const char *typed, bool *good);
/* The secret behind a sealed one. ERR_INVALID: it cannot be opened. */
MUST_CHECK enum err second_factor_open(struct context *c, int64_t member_id, const void *sealed, size_t n, uint8_t out[static TOTP_SECRET_BYTES]);
