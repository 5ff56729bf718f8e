/* moderation_mail: what the author of a listing is told when it is published, refused, held or removed, in the author's language. */
#pragma once

#include "app/context.h"
#include "db/moderation_db.h"
#include "model/mail.h"
#include "model/moderation.h"
#include "util/token.h"

/* Whose a listing is, as mails need it. */
struct moderation_author {
	const char *email, *name;
	enum lang lang;
};
MUST_CHECK enum err moderation_author_load(struct context *c, const struct listing *l, struct moderation_author *out);
/* A standard reason and a moderator's words as one text. In the arena; "" when there is neither. */
const char *moderation_reason_text(const struct context *c, enum lang lang, enum moderation_reason code, const char *words);
/* The outbox's text of the mail; NULL when memory is out. reason: not for MAIL_LISTING_APPROVED. A rejected listing of a visitor's gets a new link
 * to change it by: its token's hash goes into manage, *linked is true, and the transaction that sends the mail keeps it. */
const char *moderation_mail(const struct context *c, enum mail_kind kind, const struct listing *l, const struct moderation_author *to, const char *reason,
                            uint8_t manage[static TOKEN_HASH], bool *linked);
/* Decides, with the mail: d->listing_id, moderator_id, now, trusted_after, reason and mail are filled in here. Says so to the log. */
MUST_CHECK enum err moderation_carry_out(struct context *c, const struct listing *l, int64_t moderator_id, struct decision *d);
