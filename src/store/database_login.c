#include "store/database_login.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "store/secret.h"
#include "util/clock.h"
#include "util/log.h"

enum { PAUSE_FIRST_MS = 1000, PAUSE_MAX_MS = 60000 };
/* What the reading itself may take, for systemd. */
enum { READING_US = 120 * 1000000 };

_Static_assert((int)DB_WHY_MAX >= (int)SECRET_WHY_MAX, "a secret's why is handed on");

struct database_login {
	const struct conf *conf;
	struct cloud *cloud;
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct db_login *current; /* locked memory */
	bool known;
	bool reading;             /* by one thread, without the lock */
	unsigned pauses;          /* readings in a row that brought nothing new; the next pause is as long as their number says */
	uint64_t next_us;         /* no other reading before this point of the monotonic clock */
};

static uint64_t pause_us(unsigned pauses)
{
	uint64_t ms = (uint64_t)PAUSE_FIRST_MS << (pauses < 8 ? pauses : 8);
	if (ms > PAUSE_MAX_MS)
		ms = PAUSE_MAX_MS;
	return (ms / 2 + randombytes_uniform((uint32_t)(ms / 2))) * 1000;
}

enum err database_login_open(const struct conf *conf, struct cloud *cloud, struct database_login **out)
{
	pthread_condattr_t monotonic;
	struct database_login *l = calloc(1, sizeof *l);
	if (l == NULL || sodium_init() < 0 || (l->current = sodium_malloc(sizeof *l->current)) == NULL) {
		free(l);
		return ERR_NOMEM;
	}
	l->conf = conf;
	l->cloud = cloud;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*out = l;
	return ERR_OK;
}

void database_login_free(struct database_login *l)
{
	if (l == NULL)
		return;
	pthread_cond_destroy(&l->done);
	pthread_mutex_destroy(&l->lock);
	sodium_free(l->current);
	free(l);
}

/* ---- What the configuration says ---- */

static enum err put(char *out, size_t size, const char *text, const char *key, char why[static DB_WHY_MAX])
{
	size_t n = strlen(text);
	if (n >= size) {
		snprintf(why, DB_WHY_MAX, "[database] %s: longer than %zu bytes", key, size - 1);
		return ERR_INVALID;
	}
	memcpy(out, text, n + 1);
	return ERR_OK;
}

static enum err read_key(const struct database_login *l, const char *key, const char *reference, struct secret **out, char why[static DB_WHY_MAX])
{
	char problem[SECRET_WHY_MAX] = "";
	enum err e = secret_read(l->cloud, reference, out, problem);
	if (e != ERR_OK)
		snprintf(why, DB_WHY_MAX, "[database] %s = %.256s cannot be read: %.384s", key, reference, problem[0] != '\0' ? problem : err_text(e));
	return e;
}

/* One value: a reference's, the password's secret's, or as it stands. field: where both secrets have it. */
static enum err take_value(const struct database_login *l, const char *key, const char *value, const struct secret *password, size_t field, char *out, size_t size,
                           char why[static DB_WHY_MAX])
{
	const char *told = (const char *)password + field;
	if (!secret_is_reference(value))
		return put(out, size, *told != '\0' ? told : value, key, why);
	/* Often the three are one secret: it is read once. */
	if (strcmp(value, l->conf->database.password) == 0)
		return put(out, size, told, key, why);
	struct secret *s = NULL;
	enum err e = read_key(l, key, value, &s, why);
	if (e != ERR_OK)
		return e;
	/* A text that is no JSON is the value itself. */
	const char *text = (const char *)s + field;
	e = put(out, size, *text != '\0' ? text : s->password, key, why);
	if (e == ERR_OK && out[0] == '\0') {
		snprintf(why, DB_WHY_MAX, "[database] %s = %.256s: nothing is told there", key, value);
		e = ERR_INVALID;
	}
	secret_free(s);
	return e;
}

static enum err read_all(const struct database_login *l, struct db_login *out, char why[static DB_WHY_MAX])
{
	const struct conf *c = l->conf;
	struct secret *s = NULL;
	*out = (struct db_login){.port = c->database.port};
	enum err e = read_key(l, "password", c->database.password, &s, why);
	if (e != ERR_OK)
		return e;
	e = take_value(l, "user", c->database.user, s, offsetof(struct secret, username), out->user, sizeof out->user, why);
	if (e == ERR_OK)
		e = take_value(l, "host", c->database.host, s, offsetof(struct secret, host), out->host, sizeof out->host, why);
	if (e == ERR_OK)
		e = put(out->password, sizeof out->password, s->password, "password", why);
	if (e == ERR_OK && secret_is_reference(c->database.password) && out->password[0] == '\0') {
		snprintf(why, DB_WHY_MAX, "[database] password = %.256s: there is no password in it", c->database.password);
		e = ERR_INVALID;
	}
	if (e == ERR_OK)
		e = put(out->name, sizeof out->name, s->database[0] != '\0' ? s->database : c->database.name, "name", why);
	if (s->port != 0)
		out->port = s->port;
	secret_free(s);
	return e;
}

/* ---- Reading, by one thread ---- */

static bool same(const struct db_login *a, const struct db_login *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0 && strcmp(a->user, b->user) == 0 && strcmp(a->name, b->name) == 0 &&
	       strlen(a->password) == strlen(b->password) && sodium_memcmp(a->password, b->password, strlen(a->password)) == 0;
}

/* Under the lock, which it gives up while it reads. */
static enum err read_unlocked(struct database_login *l, char why[static DB_WHY_MAX])
{
	struct db_login *fresh = sodium_malloc(sizeof *fresh);
	if (fresh == NULL)
		return ERR_NOMEM;
	l->reading = true;
	pthread_mutex_unlock(&l->lock);
	enum err e = read_all(l, fresh, why);
	pthread_mutex_lock(&l->lock);
	l->reading = false;
	bool changed = e == ERR_OK && (!l->known || !same(fresh, l->current));
	/* A new one may be refused as well, and followed by another; after one that is not new there is a pause. */
	l->next_us = changed ? 0 : clock_mono_us() + pause_us(l->pauses);
	l->pauses = changed ? 0 : l->pauses + 1;
	if (changed) {
		*l->current = *fresh;
		l->known = true;
	}
	sodium_free(fresh);
	pthread_cond_broadcast(&l->done);
	return e;
}

/* Another thread's reading is worth waiting for, but not for longer than a connection. */
static void wait_for_reader(struct database_login *l)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += l->conf->database.connect_timeout;
	while (l->reading && pthread_cond_timedwait(&l->done, &l->lock, &until) == 0)
		;
}

enum err database_login_read(struct database_login *l, char why[static DB_WHY_MAX])
{
	why[0] = '\0';
	pthread_mutex_lock(&l->lock);
	enum err e = l->known ? ERR_OK : read_unlocked(l, why);
	pthread_mutex_unlock(&l->lock);
	return e;
}

/* Under the lock: the server refused *out. ERR_OK: it knows another one now. */
static enum err read_again(struct database_login *l, const struct db_login *out, char why[static DB_WHY_MAX])
{
	wait_for_reader(l);
	if (!same(l->current, out))
		return ERR_OK;
	if (l->reading || clock_mono_us() < l->next_us) {
		snprintf(why, DB_WHY_MAX, "it was read a moment ago");
		return ERR_LIMITED;
	}
	enum err e = read_unlocked(l, why);
	bool changed = e == ERR_OK && !same(l->current, out);
	if (e != ERR_OK)
		LOG_WARN("database_login_unread", LOG_S("error", err_text(e)), LOG_S("why", why));
	else
		LOG_INFO("database_login_read", LOG_S("login", changed ? "changed" : "unchanged"));
	return e == ERR_OK && !changed ? ERR_DENIED : e;
}

static enum err source_read(void *ctx, bool again, struct db_login *out, char why[static DB_WHY_MAX])
{
	struct database_login *l = ctx;
	enum err e = database_login_read(l, why);
	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&l->lock);
	if (again)
		e = read_again(l, out, why);
	if (e == ERR_OK)
		*out = *l->current;
	pthread_mutex_unlock(&l->lock);
	return e;
}

struct db_login_source database_login_source(struct database_login *l)
{
	return (struct db_login_source){.read = source_read, .ctx = l};
}

enum err database_login_await(struct database_login *l)
{
	char why[DB_WHY_MAX];
	for (;;) {
		enum err e = database_login_read(l, why);
		if (e == ERR_OK)
			return e;
		bool wait = secret_is_away(e) || e == ERR_DENIED;
		LOG_ERROR(wait ? "start_waits" : "start_failed", LOG_S("error", err_text(e)), LOG_S("why", why));
		if (!wait)
			return e;
		uint64_t us = pause_us(l->pauses);
		sd_notifyf(0, "STATUS=waits for the login of the database: %s\nEXTEND_TIMEOUT_USEC=%llu", why, (unsigned long long)us + READING_US);
		nanosleep(&(struct timespec){.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000}, NULL);
	}
}
