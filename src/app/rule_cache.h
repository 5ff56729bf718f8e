/* rule_cache: the content rules as a process remembers them for a few seconds, so that a text costs no query. */
#pragma once

#include "db/db.h"
#include "model/content_rule.h"

enum { RULE_CACHE_SECONDS = 3 };

struct rule_cache;
/* One snapshot of the rules with the number of those who read it. */
struct rule_ref;

struct rule_cache *rule_cache_new(void);
void rule_cache_free(struct rule_cache *cache);
/* A reference to a snapshot at most RULE_CACHE_SECONDS old; while the database is away its error: no text goes unlooked at. */
MUST_CHECK enum err rule_cache_take(struct rule_cache *cache, struct db *db, int64_t now, struct rule_ref **out);
const struct content_rule *rule_ref_rules(const struct rule_ref *ref, size_t *n);
void rule_ref_release(struct rule_cache *cache, struct rule_ref *ref);
/* This process has changed the rules: it reads them anew. */
void rule_cache_forget(struct rule_cache *cache);
