#include "aws/aws_credentials.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_source.h"
#include "util/clock.h"
#include "util/log.h"

/* Seconds before the end from which they are had anew, and from which a caller waits for that. */
enum { REFRESH_FROM = 15 * 60, WAIT_FROM = 5 * 60, BACKOFF_MAX = 60 };
#define SECOND ((uint64_t)1000000)

static const struct {
	const char *name;
	enum err (*read)(struct aws_found *out, char why[static AWS_WHY_MAX]);
} sources[] = {
	{"environment", aws_environment_read},
	{"container", aws_container_read},
	{"instance", aws_instance_read},
};
enum { SOURCES = sizeof sources / sizeof *sources };

struct aws_identity {
	aws_ask *ask;
	uint64_t (*now)(void);
	pthread_mutex_t lock;
	pthread_cond_t asked;
	struct aws_credentials *held; /* what all are given; good is whether there is any */
	struct aws_credentials *next; /* of who asks, as is imds */
	struct aws_imds *imds;
	bool good, asking;
	uint64_t end;    /* monotonic microseconds, 0: none */
	uint64_t not_before; /* after a failure the next question waits */
	unsigned failures;
	enum err error;  /* of the last question */
	char why[AWS_WHY_MAX];
	_Atomic(const char *) source;
};

/* One place after the other; the first that has them, or should have them, is the one. */
static enum err ask(struct aws_found *found, const char **source, char *why)
{
	char last[AWS_WHY_MAX] = "";
	for (size_t i = 0; i < SOURCES; i++) {
		aws_credentials_wipe(found->who);
		enum err e = sources[i].read(found, last);
		if (e == ERR_NOT_FOUND)
			continue;
		*source = sources[i].name;
		memcpy(why, last, AWS_WHY_MAX);
		return e;
	}
	snprintf(why, AWS_WHY_MAX, "AWS_ACCESS_KEY_ID is not in the environment, nor the address of a container's endpoint; %.160s", last);
	return ERR_NOT_FOUND;
}

enum err aws_identity_new(struct aws_identity **out)
{
	return aws_identity_new_with(ask, clock_mono_us, out);
}

enum err aws_identity_new_with(aws_ask *asked_of, uint64_t (*now)(void), struct aws_identity **out)
{
	struct aws_identity *id = calloc(1, sizeof *id);
	*out = NULL;
	if (id == NULL || sodium_init() < 0) {
		free(id);
		return ERR_NOMEM;
	}
	id->held = sodium_malloc(sizeof *id->held);
	id->next = sodium_malloc(sizeof *id->next);
	id->imds = sodium_malloc(sizeof *id->imds);
	bool lock = pthread_mutex_init(&id->lock, NULL) == 0, asked = pthread_cond_init(&id->asked, NULL) == 0;
	if (id->held == NULL || id->next == NULL || id->imds == NULL || !lock || !asked) {
		sodium_free(id->held);
		sodium_free(id->next);
		sodium_free(id->imds);
		free(id);
		return ERR_NOMEM;
	}
	sodium_memzero(id->imds, sizeof *id->imds);
	id->ask = asked_of;
	id->now = now;
	atomic_store(&id->source, "");
	*out = id;
	return ERR_OK;
}

void aws_identity_free(struct aws_identity *id)
{
	if (id == NULL)
		return;
	sodium_free(id->held);
	sodium_free(id->next);
	sodium_free(id->imds);
	pthread_cond_destroy(&id->asked);
	pthread_mutex_destroy(&id->lock);
	free(id);
}

const char *aws_identity_source(const struct aws_identity *id)
{
	return atomic_load(&id->source);
}

void aws_credentials_wipe(struct aws_credentials *c)
{
	sodium_memzero(c, sizeof *c);
}

static void keep(struct aws_identity *id, const struct aws_found *found, const char *source, uint64_t now)
{
	struct aws_credentials *old = id->held;
	id->held = id->next;
	id->next = old;
	id->good = true;
	id->end = found->lives < 0 ? 0 : now + (uint64_t)found->lives * SECOND;
	id->failures = 0;
	/* what has so little left is all that there is for now */
	id->not_before = found->lives >= 0 && found->lives < REFRESH_FROM ? now + BACKOFF_MAX * SECOND : 0;
	atomic_store(&id->source, source);
}

static void put_off(struct aws_identity *id, uint64_t now)
{
	unsigned seconds = id->failures < 6 ? 1U << id->failures : BACKOFF_MAX;
	id->failures++;
	id->not_before = now + seconds * SECOND;
	LOG_WARN("aws_credentials", LOG_S("error", id->why), LOG_I("again_s", seconds), LOG_I("kept", id->good));
}

/* With the lock, which is open meanwhile. */
static void refresh(struct aws_identity *id)
{
	struct aws_found found = {.who = id->next, .lives = -1, .imds = id->imds};
	const char *source = "";
	char why[AWS_WHY_MAX] = "";
	id->asking = true;
	pthread_mutex_unlock(&id->lock);
	enum err e = id->ask(&found, &source, why);
	pthread_mutex_lock(&id->lock);
	uint64_t now = id->now();
	id->asking = false;
	id->error = e;
	memcpy(id->why, why, sizeof id->why);
	if (e == ERR_OK)
		keep(id, &found, source, now);
	else
		put_off(id, now);
	aws_credentials_wipe(id->next);
	pthread_cond_broadcast(&id->asked);
}

/* How many seconds they are good for; very many when for good. */
static int64_t left(const struct aws_identity *id, uint64_t now)
{
	return !id->good ? -1 : id->end == 0 ? INT64_MAX : (int64_t)(id->end - now) / (int64_t)SECOND;
}

enum err aws_credentials_get(struct aws_identity *id, struct aws_credentials *out, char why[static AWS_WHY_MAX])
{
	enum err e = ERR_OK;
	pthread_mutex_lock(&id->lock);
	for (bool mine = false;;) {
		uint64_t now = id->now();
		int64_t seconds = left(id, now);
		bool due = seconds < REFRESH_FROM && now >= id->not_before && !mine;
		if (due && !id->asking) {
			mine = true;
			refresh(id);
		} else if (seconds < WAIT_FROM && id->asking) {
			pthread_cond_wait(&id->asked, &id->lock);
		} else {
			/* what is past its end is tried still: AWS may know better, and says so */
			if (id->good)
				*out = *id->held, out->left = seconds;
			else
				e = id->error, memcpy(why, id->why, AWS_WHY_MAX);
			break;
		}
	}
	pthread_mutex_unlock(&id->lock);
	return e;
}

void aws_credentials_expired(struct aws_identity *id, const char *key_id)
{
	pthread_mutex_lock(&id->lock);
	if (id->good && strcmp(id->held->key_id, key_id) == 0) {
		id->end = id->now();
		id->not_before = 0;
	}
	pthread_mutex_unlock(&id->lock);
}
