/* content_rule: words and links that hold a text back or refuse it, and whether a text has them. No I/O.
 *
 * Words are compared as search does it (fold.h): case, accents, ligatures and invisible characters make no difference, a rule is one or more
 * whole words in a row. "l'arnaque" is both "larnaque" and "arnaque". A link's rule is a host: it stands for the host and everything below it,
 * wherever the text names it, in an e-mail address too. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/err.h"

/* Values as stored. */
enum rule_kind { RULE_WORDS = 0, RULE_LINK = 1 };
enum rule_action { RULE_HOLD = 0, RULE_REFUSE = 1 };
enum { RULES_MAX = 500, RULE_PATTERN_MAX = 100, RULE_PATTERN_BYTES = 400, RULE_NOTE_MAX = 200 };

struct content_rule {
	int64_t id;
	enum rule_kind kind;
	enum rule_action action;
	const char *pattern;       /* as rule_pattern_make() makes it */
	const char *note;          /* for admins */
	int64_t created_by, created_at;
};

/* A text ready for being compared with many rules. */
struct rule_text {
	const char *joined, *split; /* " word word ": apostrophes dropped, and apostrophes between words */
	const char *hosts;          /* " www.example.org ": everything that looks like a host's name, lower case */
};

/* What is stored of what an admin typed: "  L'Été " → "lete", "https://www.Example.org/x" → "example.org". False: nothing to look for in it, or too long. */
bool rule_pattern_make(enum rule_kind kind, const char *typed, char out[static RULE_PATTERN_BYTES + 1]);
/* In the arena. */
MUST_CHECK enum err rule_text_make(struct arena *a, const char *text, struct rule_text *out);
bool rule_matches(const struct content_rule *r, const struct rule_text *t);
/* The rule that decides: the first that refuses, or else the first that holds; NULL: none has anything against it. */
const struct content_rule *rules_find(const struct content_rule *rules, size_t n, const struct rule_text *t);
