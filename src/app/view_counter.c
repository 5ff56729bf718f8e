#include "app/view_counter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "db/own_listing_db.h"

struct view_counter {
	pthread_mutex_t lock;
	size_t n;
	int64_t written_at;
	struct listing_views slot[2 * VIEW_COUNTER_LISTINGS]; /* by the listing's id, open addressing; id 0: free */
};

struct view_counter *view_counter_new(void)
{
	struct view_counter *v = calloc(1, sizeof *v);
	if (v != NULL)
		pthread_mutex_init(&v->lock, NULL);
	return v;
}

void view_counter_free(struct view_counter *v)
{
	if (v == NULL)
		return;
	pthread_mutex_destroy(&v->lock);
	free(v);
}

/* Under the lock. */
static void count(struct view_counter *v, int64_t id, int64_t views)
{
	enum { SLOTS = 2 * VIEW_COUNTER_LISTINGS };
	size_t at = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 40) % SLOTS;
	while (v->slot[at].listing_id != 0 && v->slot[at].listing_id != id)
		at = (at + 1) % SLOTS;
	if (v->slot[at].listing_id == 0) {
		if (v->n == VIEW_COUNTER_LISTINGS)
			return;
		v->n++;
		v->slot[at].listing_id = id;
	}
	v->slot[at].views += views;
}

void view_counter_add(struct view_counter *v, int64_t listing_id)
{
	pthread_mutex_lock(&v->lock);
	count(v, listing_id, 1);
	pthread_mutex_unlock(&v->lock);
}

bool view_counter_due(struct view_counter *v, int64_t now)
{
	pthread_mutex_lock(&v->lock);
	bool due = v->n > 0 && (now - v->written_at >= VIEW_COUNTER_SECONDS || now < v->written_at);
	if (due)
		v->written_at = now;
	pthread_mutex_unlock(&v->lock);
	return due;
}

static size_t take_all(struct view_counter *v, struct listing_views *out)
{
	size_t n = 0;
	pthread_mutex_lock(&v->lock);
	for (size_t i = 0; i < 2 * VIEW_COUNTER_LISTINGS; i++)
		if (v->slot[i].listing_id != 0)
			out[n++] = v->slot[i];
	memset(v->slot, 0, sizeof v->slot);
	v->n = 0;
	pthread_mutex_unlock(&v->lock);
	return n;
}

enum err view_counter_write(struct view_counter *v, struct db *db)
{
	struct listing_views *list = malloc(VIEW_COUNTER_LISTINGS * sizeof *list);
	if (list == NULL)
		return ERR_NOMEM;
	size_t n = take_all(v, list);
	enum err e = own_listing_db_views_add(db, list, n);
	if (e != ERR_OK) {
		pthread_mutex_lock(&v->lock);
		for (size_t i = 0; i < n; i++)
			count(v, list[i].listing_id, list[i].views);
		pthread_mutex_unlock(&v->lock);
	}
	free(list);
	return e;
}

bool view_by_robot(const char *user_agent)
{
	static const char *const signs[] = {"bot", "crawl", "spider", "slurp", "http", "curl", "wget", "python", "monitor", "preview", "fetch", "scan"};
	if (*user_agent == '\0')
		return true;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strcasestr(user_agent, signs[i]) != NULL)
			return true;
	return false;
}
