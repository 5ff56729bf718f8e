/* mailing: mails as handlers order them: written into the outbox by the transaction that decides them, delivered by the jobs. */
#pragma once

#include "app/context.h"
#include "model/mail.h"
#include "util/token.h"

/* "https://site.example/fr/verify/TOKEN": path is local, without prefix; more is appended as it is (NULL: nothing). In the arena. */
const char *mailing_link(const struct context *c, const char *lang, const char *path, const char *more);
/* The mail as the outbox keeps it; for db functions that take a mail. NULL when memory is out: they answer ERR_NOMEM. */
const char *mailing_order(const struct context *c, const struct mail *m);
