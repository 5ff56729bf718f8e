/* listing_confirm: the mail that asks a visitor whether a submission is theirs. The pages behind its link are in own_listing.h. */
#pragma once

#include "app/context.h"
#include "util/token.h"

struct listing_confirm {
	uint8_t token[TOKEN_HASH];
	int64_t expires_at;
	const char *mail;
};
MUST_CHECK enum err listing_confirm_order(struct context *c, const struct listing *l, struct listing_confirm *out);
/* For listing_db_submit_with(): ctx is what was ordered. */
MUST_CHECK enum err listing_confirm_also(struct db *db, void *ctx, int64_t id);
/* Counts a mail to the address: nobody's mailbox is filled by what others submit under it. ERR_LIMITED. */
MUST_CHECK enum err listing_confirm_limit(struct context *c, const char *email, int64_t per_hour);
