#include "jobs/delivery.h"

#include <stdio.h>

#include "model/mail.h"
#include "render/mail_view.h"
#include "util/clock.h"
#include "util/log.h"

enum { TEXT_CAP = 256 << 10 };

static enum delivery_outcome outcome_of(struct delivery *d, enum mail_outcome o)
{
	switch (o) {
	case MAIL_DELIVERED: return DELIVERY_DONE;
	case MAIL_REFUSED:
		d->reason = "refused for good";
		return DELIVERY_NEVER;
	case MAIL_AWAY: return DELIVERY_AWAY;
	case MAIL_LATER: break;
	}
	/* what a server says of a recipient names the recipient: that stays in the row */
	d->reason = "not taken for now";
	return DELIVERY_LATER;
}

static enum err write_words(struct delivery *d, const struct mail *m, struct mail_words *words)
{
	const struct conf *conf = d->conf;
	const struct mail_site site = {
		.name = {[LANG_EN] = conf->site.name, [LANG_FR] = conf->site.name_fr[0] != '\0' ? conf->site.name_fr : conf->site.name}, .url = conf->site.url};
	return mail_view(d->arena, m, &site, words);
}

static enum delivery_outcome send_words(struct delivery *d, const struct outbox_row *row, const struct mail *m, struct mail_words *words)
{
	uint64_t began = clock_mono_us();
	const struct mail_message message = {.id = row->id, .created_at = row->created_at, .to = m->to, .to_name = m->to_name, .lang = m->lang,
	                                     .subject = words->subject, .text = buf_str(&words->text), .html = buf_str(&words->html), .unsubscribe = words->unsubscribe};
	enum mail_outcome o = mail_deliver(d->carrier, &message, d->why);
	if (o == MAIL_DELIVERED)
		LOG_INFO("mail_sent", LOG_I("outbox", row->id), LOG_S("mail", d->what), LOG_I("attempts", row->attempts), LOG_I("ms", (clock_mono_us() - began) / 1000));
	return outcome_of(d, o);
}

enum delivery_outcome deliver_mail(struct delivery *d, const struct outbox_row *row)
{
	struct mail m;
	struct mail_words words = {.subject = ""};
	if (mail_decode(d->arena, row->payload, &m) != ERR_OK) {
		snprintf(d->why, sizeof d->why, "the payload is no mail");
		d->reason = "no mail";
		return DELIVERY_NEVER;
	}
	d->what = mail_kind_name(m.kind);
	buf_init(&words.text, TEXT_CAP);
	buf_init(&words.html, TEXT_CAP);
	enum delivery_outcome o = DELIVERY_LATER;
	enum err e = write_words(d, &m, &words);
	if (e == ERR_OK) {
		o = send_words(d, row, &m, &words);
	} else if (e == ERR_NOMEM) {
		snprintf(d->why, sizeof d->why, "%s", err_text(e));
		d->reason = "not taken for now";
	} else {
		snprintf(d->why, sizeof d->why, "the mail cannot be written: %s", err_text(e));
		d->reason = "cannot be written";
		o = DELIVERY_NEVER;
	}
	buf_free(&words.text);
	buf_free(&words.html);
	return o;
}
