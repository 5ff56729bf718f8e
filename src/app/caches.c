#include "app/caches.h"

#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "db/catalog_db.h"
#include "db/site_db.h"
#include "render/listing_view.h"

enum { CHOICE_CAP = 4 << 20 };

struct catalog_ref {
	struct catalog *catalog;
	struct buf choice[2][2]; /* what catalog->choice points at */
	unsigned holders; /* requests, and the cache itself */
	int64_t loaded_at;
};

struct catalog_cache {
	pthread_mutex_t lock;
	struct catalog_ref *current;
	bool loading;
};

struct catalog_cache *catalog_cache_new(void)
{
	struct catalog_cache *cache = calloc(1, sizeof *cache);
	if (cache != NULL)
		pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static void ref_drop(struct catalog_ref *ref)
{
	if (ref != NULL && --ref->holders == 0) {
		for (int i = 0; i < 2; i++)
			for (int lang = 0; lang < LANG_COUNT; lang++)
				buf_free(&ref->choice[i][lang]);
		catalog_free(ref->catalog);
		free(ref);
	}
}

void catalog_cache_free(struct catalog_cache *cache)
{
	if (cache == NULL)
		return;
	ref_drop(cache->current);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

const struct catalog *catalog_ref_catalog(const struct catalog_ref *ref)
{
	return ref->catalog;
}

void catalog_ref_release(struct catalog_cache *cache, struct catalog_ref *ref)
{
	pthread_mutex_lock(&cache->lock);
	ref_drop(ref);
	pthread_mutex_unlock(&cache->lock);
}

/* Under the lock: the snapshot to use, if it is fresh or somebody is at work on a fresh one. */
static struct catalog_ref *take_current(struct catalog_cache *cache, int64_t now, bool any_age)
{
	struct catalog_ref *ref = cache->current;
	if (ref == NULL)
		return NULL;
	int64_t age = now - ref->loaded_at;
	if (!any_age && !cache->loading && (age > CATALOG_SECONDS || age < 0))
		return NULL;
	ref->holders++;
	return ref;
}

/* Hundreds of options that are the same on every page until the catalog changes are written once. */
static void ref_choices(struct catalog_ref *ref, enum lang lang)
{
	struct buf *categories = &ref->choice[0][lang], *places = &ref->choice[1][lang];
	buf_init(categories, CHOICE_CAP);
	buf_init(places, CHOICE_CAP);
	category_options(categories, lang, ref->catalog, NULL);
	place_options(places, lang, ref->catalog, NULL);
	if (categories->error == ERR_OK)
		ref->catalog->choice[0][lang] = buf_str(categories);
	if (places->error == ERR_OK)
		ref->catalog->choice[1][lang] = buf_str(places);
}

static struct catalog_ref *ref_new(struct catalog *catalog, int64_t now)
{
	struct catalog_ref *ref = calloc(1, sizeof *ref);
	if (ref == NULL) {
		catalog_free(catalog);
		return NULL;
	}
	*ref = (struct catalog_ref){.catalog = catalog, .holders = 2, .loaded_at = now};
	for (enum lang lang = 0; lang < LANG_COUNT; lang++)
		ref_choices(ref, lang);
	return ref;
}

enum err catalog_cache_take(struct catalog_cache *cache, struct db *db, int64_t now, struct catalog_ref **out)
{
	pthread_mutex_lock(&cache->lock);
	*out = take_current(cache, now, false);
	if (*out == NULL)
		cache->loading = true;
	pthread_mutex_unlock(&cache->lock);
	if (*out != NULL)
		return ERR_OK;

	struct catalog *catalog = NULL;
	enum err e = catalog_db_load(db, &catalog);
	struct catalog_ref *fresh = e == ERR_OK ? ref_new(catalog, now) : NULL;
	if (e == ERR_OK && fresh == NULL)
		e = ERR_NOMEM;

	pthread_mutex_lock(&cache->lock);
	cache->loading = false;
	if (fresh != NULL) {
		ref_drop(cache->current);
		cache->current = fresh;
		*out = fresh;
	} else {
		*out = take_current(cache, now, true);
	}
	pthread_mutex_unlock(&cache->lock);
	return *out != NULL ? ERR_OK : e;
}

struct count_slot {
	uint64_t key;
	int64_t at;
	int64_t count;
};

struct count_cache {
	pthread_mutex_t lock;
	struct count_slot slots[COUNT_SLOTS];
};

struct count_cache *count_cache_new(void)
{
	struct count_cache *cache = calloc(1, sizeof *cache);
	if (cache != NULL)
		pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void count_cache_free(struct count_cache *cache)
{
	if (cache == NULL)
		return;
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

int count_cache_get(struct count_cache *cache, uint64_t key, int64_t now, int64_t *count)
{
	const struct count_slot *slot = &cache->slots[key % COUNT_SLOTS];
	pthread_mutex_lock(&cache->lock);
	bool known = slot->at != 0 && slot->key == key && now >= slot->at && now - slot->at <= COUNT_SECONDS;
	if (known)
		*count = slot->count;
	pthread_mutex_unlock(&cache->lock);
	return known;
}

void count_cache_put(struct count_cache *cache, uint64_t key, int64_t now, int64_t count)
{
	pthread_mutex_lock(&cache->lock);
	cache->slots[key % COUNT_SLOTS] = (struct count_slot){.key = key, .at = now, .count = count};
	pthread_mutex_unlock(&cache->lock);
}

struct site_keys {
	pthread_mutex_t lock;
	bool known;
	uint8_t bytes[SITE_KEY_COUNT][SITE_KEY_BYTES];
};

struct site_keys *site_keys_new(void)
{
	struct site_keys *keys = calloc(1, sizeof *keys);
	if (keys != NULL)
		pthread_mutex_init(&keys->lock, NULL);
	return keys;
}

void site_keys_free(struct site_keys *keys)
{
	if (keys == NULL)
		return;
	pthread_mutex_destroy(&keys->lock);
	sodium_memzero(keys, sizeof *keys);
	free(keys);
}

/* The lock is never held while the database is asked: one that hangs would hold every thread. Those who come meanwhile
 * ask for themselves and get the same keys. */
enum err site_keys_get(struct site_keys *keys, struct db *db, struct arena *a, enum site_key id, const uint8_t **out)
{
	static const char *const names[SITE_KEY_COUNT] = {
		[SITE_KEY_FORM] = "form", [SITE_KEY_CURSOR] = "cursor", [SITE_KEY_TOTP] = "totp", [SITE_KEY_UNSUBSCRIBE] = "unsubscribe",
		[SITE_KEY_ACCOUNT] = "account",
	};
	*out = keys->bytes[id];
	pthread_mutex_lock(&keys->lock);
	bool known = keys->known;
	pthread_mutex_unlock(&keys->lock);
	if (known)
		return ERR_OK;

	uint8_t fresh[SITE_KEY_COUNT][SITE_KEY_BYTES];
	enum err e = ERR_OK;
	for (int i = 0; e == ERR_OK && i < SITE_KEY_COUNT; i++)
		e = site_db_key(db, a, names[i], fresh[i]);
	pthread_mutex_lock(&keys->lock);
	if (e == ERR_OK && !keys->known) {
		memcpy(keys->bytes, fresh, sizeof fresh);
		keys->known = true;
	}
	pthread_mutex_unlock(&keys->lock);
	sodium_memzero(fresh, sizeof fresh);
	return e;
}
