/* screening: what the site's rules and bans say of a text before it is taken: in submissions, listings of one's own, messages, registrations. */
#pragma once

#include "app/context.h"
#include "app/posting.h"
#include "model/content_rule.h"

enum screening_verdict {
	SCREENING_OK,
	SCREENING_HOLD,   /* never goes live by itself: a moderator looks at it first */
	SCREENING_REFUSE, /* not taken */
};
/* What the verdict is about. */
enum screening_part { SCREENED_NOTHING, SCREENED_TITLE, SCREENED_TEXT, SCREENED_EMAIL, SCREENED_ADDRESS };

struct screening {
	enum screening_verdict verdict;
	enum screening_part part;
	enum rule_kind kind;     /* of a rule's verdict about the title or the text */
	const char *pattern;     /* the rule's: for moderators, never for the writer; NULL: a ban */
};

/* Holds title, text and email (each may be NULL) against the rules, email and the client's address against the bans. What refuses wins over what holds. */
MUST_CHECK enum err screening_check(struct context *c, const char *title, const char *text, const char *email, struct screening *out);
/* The rules alone, for showing a moderator why. */
MUST_CHECK enum err screening_rules(struct context *c, const char *title, const char *text, struct screening *out);
/* Puts a SCREENING_REFUSE on the form: 422 at the field for words, 403 on the form as a whole for a ban. Says to the log what was refused. */
void screening_refuse(struct context *c, const struct screening *s, const char *title_field, const char *text_field, struct posting *p);
