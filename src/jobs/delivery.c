#include "jobs/delivery.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "db/photo_db.h"
#include "db/photo_pending_db.h"
#include "model/mail.h"
#include "store/address.h"
#include "util/clock.h"
#include "util/log.h"

enum {
	BATCH = 50, BACKOFF_FIRST = 60, BACKOFF_MOST = 6 * 3600, BACKOFF_FOREVER_MOST = 900, MARK_TRIES = 20, MARK_PAUSE_MS = 500,
	AWAY_FIRST_MS = 5000, AWAY_MOST_MS = 60000, UNKNOWN_MS = 10000,
};

/* In the order in which they are looked for. forever: what must not be lost is tried until it gets through. */
static const struct kind {
	const char *name;
	enum delivery_outcome (*deliver)(struct delivery *d, const struct outbox_row *row);
	enum delivery_side side;
	bool forever;
} kinds[] = {
	{OUTBOX_MAIL, deliver_mail, DELIVERY_MAIL, false},
	{OUTBOX_PHOTOS, deliver_photos, DELIVERY_OTHERS, false},
	{OUTBOX_PHOTO_RECORD, deliver_photo_record, DELIVERY_OTHERS, true},
	{OUTBOX_ADDRESS, deliver_address, DELIVERY_OTHERS, true},
	{OUTBOX_PHOTO_PUT, deliver_photo_put, DELIVERY_OTHERS, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
_Static_assert((int)KINDS < (int)DELIVERY_KINDS_MAX, "the last pause is that of unknown kinds");

static enum delivery_outcome deliver_unknown(struct delivery *d, const struct outbox_row *row)
{
	snprintf(d->why, sizeof d->why, "nobody here knows what to do with the kind \"%.32s\"", row->kind);
	d->reason = "unknown kind";
	return DELIVERY_NEVER;
}
static const struct kind unknown = {"", deliver_unknown, DELIVERY_MAIL, false};
_Static_assert((int)DELIVERY_LEASE_SECONDS > (int)MAIL_DELIVERY_SECONDS, "a row is its runner's until its mail is off");

void delivery_init(struct delivery *d)
{
	char host[256] = "";
	if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
		snprintf(host, sizeof host, "host");
	for (char *p = host; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			*p = '-';
	snprintf(d->owner, sizeof d->owner, "%.30s:%ld:%08x", host, (long)getpid(), (unsigned)randombytes_random());
}

static int64_t backoff(int64_t attempts, int64_t most)
{
	int64_t seconds = BACKOFF_FIRST;
	for (int64_t i = 1; i < attempts && seconds < most; i++)
		seconds *= 2;
	if (seconds > most)
		seconds = most;
	/* what failed together does not come back together */
	return seconds - seconds / 5 + (int64_t)randombytes_uniform((uint32_t)(seconds / 5 * 2 + 1));
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

void delivery_beat(const struct delivery *d)
{
	if (d->beat.beat != NULL)
		d->beat.beat(d->beat.ctx);
}

enum delivery_outcome delivery_outcome_of(enum err e)
{
	switch (e) {
	case ERR_OK: return DELIVERY_DONE;
	case ERR_DB_AWAY:
	case ERR_DB_READ_ONLY: return DELIVERY_NOT_WRITTEN;
	case ERR_CLOSED:
	case ERR_TIMEOUT:
	case ERR_LIMITED:
	case ERR_DENIED: return DELIVERY_AWAY;
	default: return DELIVERY_LATER;
	}
}

/* ---- What has become of a row ---- */

/* It must be written down, or it happens again: the database gets some seconds to come back. */
static enum err mark_done(struct delivery *d, int64_t id)
{
	enum err e = outbox_db_done(d->db, id, d->owner);
	for (int i = 0; i < MARK_TRIES && e != ERR_OK && e != ERR_CONFLICT; i++) {
		pause_ms(MARK_PAUSE_MS);
		delivery_beat(d);
		e = outbox_db_done(d->db, id, d->owner);
	}
	return e;
}

static enum err bury(struct delivery *d, const struct kind *k, const struct outbox_row *row)
{
	const char *reason = d->reason != NULL ? d->reason : d->why;
	d->dead++;
	if (k->side == DELIVERY_MAIL)
		LOG_ERROR("mail_dead", LOG_I("outbox", row->id), LOG_S("mail", d->what), LOG_I("attempts", row->attempts), LOG_S("reason", reason));
	else
		LOG_ERROR("outbox_dead", LOG_I("outbox", row->id), LOG_S("kind", d->what), LOG_I("attempts", row->attempts), LOG_S("reason", reason));
	return outbox_db_dead(d->db, row->id, d->owner, d->why);
}

static enum err put_off(struct delivery *d, const struct kind *k, const struct outbox_row *row)
{
	int64_t seconds = backoff(row->attempts, k->forever ? BACKOFF_FOREVER_MOST : BACKOFF_MOST);
	if (!k->forever && row->attempts >= DELIVERY_ATTEMPTS_MAX) {
		d->reason = "too many attempts";
		return bury(d, k, row);
	}
	const char *reason = d->reason != NULL ? d->reason : d->why;
	d->later++;
	if (k->side == DELIVERY_MAIL)
		LOG_WARN("mail_later", LOG_I("outbox", row->id), LOG_S("mail", d->what), LOG_I("attempts", row->attempts), LOG_I("seconds", seconds), LOG_S("reason", reason));
	else
		LOG_WARN("outbox_later", LOG_I("outbox", row->id), LOG_S("kind", d->what), LOG_I("attempts", row->attempts), LOG_I("seconds", seconds), LOG_S("reason", reason));
	return outbox_db_later(d->db, row->id, d->owner, seconds, d->why);
}

/* *away: nothing of the kind can be delivered. */
static enum err deliver_row(struct delivery *d, const struct kind *k, const struct outbox_row *row, bool *away)
{
	enum delivery_outcome o = DELIVERY_NEVER;
	d->why[0] = '\0';
	d->reason = NULL;
	d->what = row->kind;
	if (!k->forever && row->attempts > DELIVERY_ATTEMPTS_MAX) {
		snprintf(d->why, sizeof d->why, "%d attempts were begun and none came to an end", DELIVERY_ATTEMPTS_MAX);
		d->reason = "no attempt ended";
	} else {
		o = k->deliver(d, row);
	}
	*away = o == DELIVERY_AWAY;
	switch (o) {
	case DELIVERY_DONE:
		d->sent += k->side == DELIVERY_MAIL;
		return mark_done(d, row->id);
	case DELIVERY_NEVER: return bury(d, k, row);
	case DELIVERY_NOT_WRITTEN: return ERR_DB_AWAY;
	case DELIVERY_LATER:
	case DELIVERY_AWAY: break;
	}
	return put_off(d, k, row);
}

static enum err take_one(struct delivery *d, const struct kind *k, int64_t id, bool *away)
{
	struct outbox_row row;
	*away = false;
	enum err e = outbox_db_claim(d->db, d->arena, id, d->owner, DELIVERY_LEASE_SECONDS, &row);
	if (e == ERR_CONFLICT)
		return ERR_OK; /* another runner's */
	if (e != ERR_OK)
		return e;
	e = deliver_row(d, k, &row, away);
	if (e != ERR_CONFLICT)
		return e;
	LOG_WARN("outbox_lost", LOG_I("outbox", row.id));
	return ERR_OK;
}

/* ---- What is due ---- */

static enum err due(struct delivery *d, const struct kind *k, int64_t ids[static BATCH], size_t *n)
{
	char known[DELIVERY_KINDS_MAX * 34] = "";
	int64_t *list = NULL;
	arena_reset(d->arena);
	if (k == &unknown)
		for (size_t i = 0, at = 0; i < KINDS; i++)
			at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", i > 0 ? "," : "", kinds[i].name);
	enum err e = k == &unknown ? outbox_db_due_other(d->db, d->arena, known, BATCH, &list, n) : outbox_db_due(d->db, d->arena, k->name, BATCH, &list, n);
	if (e == ERR_OK)
		memcpy(ids, list, *n * sizeof *ids);
	return e;
}

/* The kind is left alone for ms. */
static void rest(struct delivery_pause *p, int64_t ms)
{
	p->until_us = clock_mono_us() + (uint64_t)ms * 1000;
}

static void note_away(struct delivery *d, const struct kind *k, struct delivery_pause *p)
{
	int64_t ms = AWAY_FIRST_MS;
	for (unsigned i = 0; i < p->times && ms < AWAY_MOST_MS; i++)
		ms *= 2;
	rest(p, ms < AWAY_MOST_MS ? ms : AWAY_MOST_MS);
	p->times++;
	d->away = k->name;
}

/* A batch of what is due of a kind. *more: there may be more. */
static enum err take_batch(struct delivery *d, const struct kind *k, struct delivery_pause *p, bool *more)
{
	int64_t ids[BATCH];
	size_t n;
	enum err e = due(d, k, ids, &n);
	*more = e == ERR_OK && n > 0;
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		bool away;
		if (atomic_load(d->stop))
			return ERR_OK;
		delivery_beat(d);
		arena_reset(d->arena);
		e = take_one(d, k, ids[i], &away);
		if (away) {
			note_away(d, k, p);
			*more = false;
			return e;
		}
		p->times = 0;
	}
	return e;
}

static enum err take_kind(struct delivery *d, const struct kind *k, struct delivery_pause *p)
{
	enum err e = ERR_OK;
	bool more = k->side == d->side && clock_mono_us() >= p->until_us;
	while (e == ERR_OK && more && !atomic_load(d->stop))
		e = take_batch(d, k, p, &more);
	return e;
}

enum err delivery_round(struct delivery *d)
{
	enum err e = ERR_OK;
	d->away = NULL;
	for (size_t i = 0; e == ERR_OK && i < KINDS; i++)
		e = take_kind(d, &kinds[i], &d->pauses[i]);
	/* looked for now and then: no index finds them */
	struct delivery_pause *last = &d->pauses[KINDS];
	if (e != ERR_OK || d->side != unknown.side || clock_mono_us() < last->until_us)
		return e;
	e = take_kind(d, &unknown, last);
	rest(last, UNKNOWN_MS);
	return e;
}
