/* mail_view: what a mail says: its subject, and its text as plain text and as HTML. Pure. */
#pragma once

#include "model/mail.h"
#include "text/tr.h"
#include "util/buf.h"

struct mail_site {
	const char *name[LANG_COUNT];
	const char *url;
};

struct mail_words {
	const char *subject;      /* one line */
	struct buf text, html;    /* the caller's, initialized */
	const char *unsubscribe;  /* the link for List-Unsubscribe; NULL: none */
};

/* The subject is in the arena. ERR_INVALID: an argument is missing. */
MUST_CHECK enum err mail_view(struct arena *a, const struct mail *m, const struct mail_site *site, struct mail_words *out);
