#include "jobs/delivery.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "db/outbox_db.h"
#include "db/photo_db.h"
#include "model/mail.h"
#include "render/mail_view.h"
#include "util/clock.h"
#include "util/log.h"

enum { BATCH = 50, TEXT_CAP = 256 << 10, BACKOFF_FIRST = 60, BACKOFF_MOST = 6 * 3600, MARK_TRIES = 20, MARK_PAUSE_MS = 500 };

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

int64_t delivery_backoff(int64_t n)
{
	int64_t seconds = BACKOFF_FIRST;
	for (int64_t i = 1; i < n && seconds < BACKOFF_MOST; i++)
		seconds *= 2;
	if (seconds > BACKOFF_MOST)
		seconds = BACKOFF_MOST;
	/* mails that failed together do not come back together */
	return seconds - seconds / 5 + (int64_t)randombytes_uniform((uint32_t)(seconds / 5 * 2 + 1));
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void beat(const struct delivery *d)
{
	if (d->beat.beat != NULL)
		d->beat.beat(d->beat.ctx);
}

/* What has happened to a mail must be written down, or it happens again: the database gets some seconds to come back. */
static enum err mark_done(struct delivery *d, int64_t id)
{
	enum err e = outbox_db_done(d->db, id, d->owner);
	for (int i = 0; i < MARK_TRIES && e != ERR_OK && e != ERR_CONFLICT; i++) {
		pause_ms(MARK_PAUSE_MS);
		beat(d);
		e = outbox_db_done(d->db, id, d->owner);
	}
	return e;
}

static enum err put_off(struct delivery *d, const struct outbox_row *row, const char *mail, enum mail_outcome o)
{
	int64_t seconds = delivery_backoff(row->attempts);
	if (row->attempts >= DELIVERY_ATTEMPTS_MAX) {
		d->dead++;
		LOG_ERROR("mail_dead", LOG_I("outbox", row->id), LOG_S("mail", mail), LOG_I("attempts", row->attempts), LOG_S("reason", "too many attempts"));
		return outbox_db_dead(d->db, row->id, d->owner, d->why);
	}
	d->later++;
	/* what a server says of a recipient names the recipient: that stays in the row */
	LOG_WARN("mail_later", LOG_I("outbox", row->id), LOG_S("mail", mail), LOG_I("attempts", row->attempts), LOG_I("seconds", seconds),
	         LOG_S("reason", o == MAIL_AWAY ? d->why : "not taken for now"));
	return outbox_db_later(d->db, row->id, d->owner, seconds, d->why);
}

static enum err bury(struct delivery *d, const struct outbox_row *row, const char *mail, const char *reason)
{
	d->dead++;
	LOG_ERROR("mail_dead", LOG_I("outbox", row->id), LOG_S("mail", mail), LOG_I("attempts", row->attempts), LOG_S("reason", reason));
	return outbox_db_dead(d->db, row->id, d->owner, d->why);
}

static enum err finish(struct delivery *d, const struct outbox_row *row, const char *mail, enum mail_outcome o, uint64_t began)
{
	d->away = o == MAIL_AWAY ? d->away + 1 : 0;
	switch (o) {
	case MAIL_DELIVERED:
		d->sent++;
		LOG_INFO("mail_sent", LOG_I("outbox", row->id), LOG_S("mail", mail), LOG_I("attempts", row->attempts), LOG_I("ms", (clock_mono_us() - began) / 1000));
		return mark_done(d, row->id);
	case MAIL_REFUSED: return bury(d, row, mail, "refused for good");
	case MAIL_LATER:
	case MAIL_AWAY: break;
	}
	return put_off(d, row, mail, o);
}

static enum err write_words(struct delivery *d, const struct mail *m, struct mail_words *words)
{
	const struct conf *conf = d->conf;
	const struct mail_site site = {
		.name = {[LANG_EN] = conf->site.name, [LANG_FR] = conf->site.name_fr[0] != '\0' ? conf->site.name_fr : conf->site.name}, .url = conf->site.url};
	return mail_view(d->arena, m, &site, words);
}

static enum err deliver_mail(struct delivery *d, const struct outbox_row *row, const struct mail *m)
{
	struct mail_words words = {.subject = ""};
	uint64_t began = clock_mono_us();
	const char *mail = mail_kind_name(m->kind);
	buf_init(&words.text, TEXT_CAP);
	buf_init(&words.html, TEXT_CAP);
	enum err e = write_words(d, m, &words);
	if (e == ERR_OK) {
		const struct mail_message message = {.id = row->id, .created_at = row->created_at, .to = m->to, .to_name = m->to_name, .lang = m->lang,
		                                     .subject = words.subject, .text = buf_str(&words.text), .html = buf_str(&words.html), .unsubscribe = words.unsubscribe};
		enum mail_outcome o = mail_deliver(d->carrier, &message, d->why);
		e = finish(d, row, mail, o, began);
	} else if (e == ERR_NOMEM) {
		snprintf(d->why, sizeof d->why, "%s", err_text(e));
		e = put_off(d, row, mail, MAIL_LATER);
	} else {
		snprintf(d->why, sizeof d->why, "the mail cannot be written: %s", err_text(e));
		e = bury(d, row, mail, "cannot be written");
	}
	buf_free(&words.text);
	buf_free(&words.html);
	return e;
}

/* A listing has ended: its photos go. Again there is nothing left to do. */
static enum err remove_photos(struct delivery *d, const struct outbox_row *row)
{
	int64_t n;
	enum err e = photo_db_remove_of_listing(d->db, row->subject_id, &n);
	if (e == ERR_OK) {
		LOG_INFO("photos_removed", LOG_I("outbox", row->id), LOG_I("listing", row->subject_id), LOG_I("photos", n));
		return mark_done(d, row->id);
	}
	/* without a database nothing can be written down either: the row is free again in a while */
	if (e == ERR_DB_AWAY || e == ERR_DB_READ_ONLY)
		return e;
	snprintf(d->why, sizeof d->why, "the photos cannot be removed: %s", err_text(e));
	return put_off(d, row, row->kind, MAIL_LATER);
}

static enum err deliver_row(struct delivery *d, const struct outbox_row *row)
{
	struct mail m;
	if (strcmp(row->kind, OUTBOX_PHOTOS) == 0)
		return remove_photos(d, row);
	if (strcmp(row->kind, OUTBOX_MAIL) != 0) {
		snprintf(d->why, sizeof d->why, "nobody here knows what to do with the kind \"%.32s\"", row->kind);
		return bury(d, row, row->kind, "unknown kind");
	}
	if (row->attempts > DELIVERY_ATTEMPTS_MAX) {
		snprintf(d->why, sizeof d->why, "%d attempts were begun and none came to an end", DELIVERY_ATTEMPTS_MAX);
		return bury(d, row, row->kind, "no attempt ended");
	}
	if (mail_decode(d->arena, row->payload, &m) != ERR_OK) {
		snprintf(d->why, sizeof d->why, "the payload is no mail");
		return bury(d, row, row->kind, "no mail");
	}
	return deliver_mail(d, row, &m);
}

static enum err take_one(struct delivery *d, int64_t id)
{
	struct outbox_row row;
	enum err e = outbox_db_claim(d->db, d->arena, id, d->owner, DELIVERY_LEASE_SECONDS, &row);
	if (e == ERR_CONFLICT)
		return ERR_OK; /* another runner's */
	if (e != ERR_OK)
		return e;
	e = deliver_row(d, &row);
	if (e != ERR_CONFLICT)
		return e;
	LOG_WARN("outbox_lost", LOG_I("outbox", row.id));
	return ERR_OK;
}

/* A batch of what is due; kind NULL: of any. */
static enum err take_batch(struct delivery *d, const char *kind, size_t *n)
{
	int64_t *due, ids[BATCH];
	arena_reset(d->arena);
	enum err e = outbox_db_due(d->db, d->arena, kind, BATCH, &due, n);
	if (e != ERR_OK)
		return e;
	memcpy(ids, due, *n * sizeof *ids);
	for (size_t i = 0; i < *n; i++) {
		if (atomic_load(d->stop))
			return ERR_OK;
		beat(d);
		arena_reset(d->arena);
		unsigned away = d->away;
		e = take_one(d, ids[i]);
		if (e != ERR_OK)
			return e;
		if (d->away > away)
			return ERR_CLOSED;
	}
	return ERR_OK;
}

enum err delivery_round(struct delivery *d)
{
	/* first what waits for no mail server */
	static const char *const kinds[] = {OUTBOX_PHOTOS, NULL};
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = 1;
		while (e == ERR_OK && n > 0 && !atomic_load(d->stop))
			e = take_batch(d, kinds[i], &n);
	}
	return e;
}
