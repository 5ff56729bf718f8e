#include "app/rule_cache.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "db/rule_db.h"

/* Patterns and notes of RULES_MAX rules, and what a row costs besides. */
enum { RULES_ARENA = RULES_MAX * 2048 };

struct rule_ref {
	struct arena *arena;
	struct content_rule *rules;
	size_t n;
	unsigned holders; /* readers, and the cache itself */
	int64_t loaded_at;
};

struct rule_cache {
	pthread_mutex_t lock;
	struct rule_ref *current;
};

struct rule_cache *rule_cache_new(void)
{
	struct rule_cache *cache = calloc(1, sizeof *cache);
	if (cache != NULL)
		pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

/* Under the lock. */
static void ref_drop(struct rule_ref *ref)
{
	if (ref != NULL && --ref->holders == 0) {
		arena_free(ref->arena);
		free(ref);
	}
}

void rule_cache_free(struct rule_cache *cache)
{
	if (cache == NULL)
		return;
	ref_drop(cache->current);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

const struct content_rule *rule_ref_rules(const struct rule_ref *ref, size_t *n)
{
	*n = ref->n;
	return ref->rules;
}

void rule_ref_release(struct rule_cache *cache, struct rule_ref *ref)
{
	pthread_mutex_lock(&cache->lock);
	ref_drop(ref);
	pthread_mutex_unlock(&cache->lock);
}

void rule_cache_forget(struct rule_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	ref_drop(cache->current);
	cache->current = NULL;
	pthread_mutex_unlock(&cache->lock);
}

static enum err ref_load(struct db *db, int64_t now, struct rule_ref **out)
{
	struct rule_ref *ref = calloc(1, sizeof *ref);
	if (ref == NULL)
		return ERR_NOMEM;
	*ref = (struct rule_ref){.arena = arena_new(RULES_ARENA), .holders = 2, .loaded_at = now};
	enum err e = ref->arena != NULL ? rule_db_list(db, ref->arena, &ref->rules, &ref->n) : ERR_NOMEM;
	if (e == ERR_OK) {
		*out = ref;
		return ERR_OK;
	}
	if (ref->arena != NULL)
		arena_free(ref->arena);
	free(ref);
	return e;
}

enum err rule_cache_take(struct rule_cache *cache, struct db *db, int64_t now, struct rule_ref **out)
{
	pthread_mutex_lock(&cache->lock);
	*out = cache->current;
	if (*out != NULL && (now - (*out)->loaded_at >= RULE_CACHE_SECONDS || now < (*out)->loaded_at))
		*out = NULL;
	if (*out != NULL)
		(*out)->holders++;
	pthread_mutex_unlock(&cache->lock);
	if (*out != NULL)
		return ERR_OK;

	/* The lock is never held while the database is asked. */
	struct rule_ref *fresh = NULL;
	enum err e = ref_load(db, now, &fresh);
	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&cache->lock);
	ref_drop(cache->current);
	cache->current = fresh;
	pthread_mutex_unlock(&cache->lock);
	*out = fresh;
	return ERR_OK;
}
