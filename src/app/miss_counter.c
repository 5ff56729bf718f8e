#include "app/miss_counter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "db/miss_db.h"
#include "model/search_text.h"

struct miss_counter {
	pthread_mutex_t lock;
	size_t n;
	int64_t written_at;
	struct search_miss list[MISS_COUNTER_SEARCHES];
};

struct miss_counter *miss_counter_new(void)
{
	struct miss_counter *m = calloc(1, sizeof *m);
	if (m != NULL)
		pthread_mutex_init(&m->lock, NULL);
	return m;
}

void miss_counter_free(struct miss_counter *m)
{
	if (m == NULL)
		return;
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static void count(struct miss_counter *m, const char *words, int64_t misses)
{
	pthread_mutex_lock(&m->lock);
	size_t at = 0;
	while (at < m->n && strcmp(m->list[at].words, words) != 0)
		at++;
	if (at < MISS_COUNTER_SEARCHES) {
		if (at == m->n) {
			m->list[at] = (struct search_miss){.misses = 0};
			memcpy(m->list[at].words, words, strlen(words) + 1);
			m->n++;
		}
		m->list[at].misses += misses;
	}
	pthread_mutex_unlock(&m->lock);
}

void miss_counter_add(struct miss_counter *m, const char *q)
{
	struct buf words;
	buf_init(&words, SEARCH_MISS_BYTES);
	if (search_text_anonymous(q)) {
		search_text_words(&words, q);
		if (words.error == ERR_OK && words.len > 0)
			count(m, buf_str(&words), 1);
	}
	buf_free(&words);
}

bool miss_counter_due(struct miss_counter *m, int64_t now)
{
	pthread_mutex_lock(&m->lock);
	bool due = m->n > 0 && (now - m->written_at >= MISS_COUNTER_SECONDS || now < m->written_at);
	if (due)
		m->written_at = now;
	pthread_mutex_unlock(&m->lock);
	return due;
}

enum err miss_counter_write(struct miss_counter *m, struct db *db, int64_t now)
{
	struct search_miss *list = malloc(sizeof m->list);
	if (list == NULL)
		return ERR_NOMEM;
	pthread_mutex_lock(&m->lock);
	size_t n = m->n, written = 0;
	memcpy(list, m->list, n * sizeof *list);
	m->n = 0;
	pthread_mutex_unlock(&m->lock);
	enum err e = miss_db_add(db, list, n, now, &written);
	for (size_t i = written; i < n; i++)
		count(m, list[i].words, list[i].misses);
	free(list);
	return e;
}
