/* rule_db: the words and links that admins hold or refuse. Every change is in the public log, without what it was about. */
#pragma once

#include "db/db.h"
#include "model/content_rule.h"

/* All of them, by kind and pattern. */
MUST_CHECK enum err rule_db_list(struct db *db, struct arena *a, struct content_rule **out, size_t *n);
/* r->pattern as rule_pattern_make() made it. ERR_EXISTS; ERR_TOO_LARGE: there are RULES_MAX already. Sets r->id. */
MUST_CHECK enum err rule_db_add(struct db *db, struct arena *a, struct content_rule *r);
/* by: the admin. ERR_NOT_FOUND. */
MUST_CHECK enum err rule_db_remove(struct db *db, int64_t id, int64_t by, int64_t now);
