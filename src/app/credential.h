/* credential: passwords as handlers check and choose them. What they cost is counted, and guessing is slowed for the whole pool: per account,
 * whether there is one or not, and per client address (ASVS 6.3.1). */
#pragma once

#include "app/posting.h"

/* Counts an attempt before it is looked at: over a limit, p gets status 429 and its message, and Retry-After is set; then a right password is no
 * better than a wrong one. email: folded. */
MUST_CHECK enum err credential_attempt(struct context *c, const char *email, struct posting *p);
/* The attempt was good: it is taken back. */
MUST_CHECK enum err credential_good(struct context *c, const char *email);
/* hash NULL: nobody's, for the same time. */
bool credential_verify(struct context *c, const char *hash, const char *password);
/* The hash of a new password, in the arena. */
MUST_CHECK enum err credential_hash(struct context *c, const char *password, const char **hash);
/* Holds a new password against the common ones and the person's own names; what is wrong becomes an error of the field. p's status
 * becomes 422. */
void credential_check_new(const struct context *c, const char *field, const char *password, const char *name, const char *email, struct posting *p);
/* An address gets only so many mails that somebody else may have asked for. False: this one would be too many, and is not sent. */
MUST_CHECK enum err credential_may_mail(struct context *c, const char *email, bool *may);
