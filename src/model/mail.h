/* mail: what a mail says, before it is written out: which one, to whom, in which language, and its arguments. The outbox keeps it as JSON. */
#pragma once

#include <stdint.h>

#include "util/arena.h"
#include "util/err.h"

enum mail_kind {
#define MAIL(id, name, args) MAIL_##id,
#include "model/mail.def"
#undef MAIL
	MAIL_KIND_COUNT
};
enum { MAIL_ARGS_MAX = 7 };

struct mail {
	enum mail_kind kind;
	const char *to, *to_name; /* an address; the name may be "" */
	const char *lang;         /* "en", "fr" */
	const char *arg[MAIL_ARGS_MAX]; /* see mail.def; the rest NULL */
};

/* The outbox's kind of every mail's row. */
#define OUTBOX_MAIL "mail"

const char *mail_kind_name(enum mail_kind k);
/* JSON for the outbox, in the arena; NULL when memory is out. */
const char *mail_encode(struct arena *a, const struct mail *m);
/* ERR_INVALID: no mail. */
MUST_CHECK enum err mail_decode(struct arena *a, const char *json, struct mail *out);
