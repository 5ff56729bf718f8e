/* own_listing.h: what a visitor submitted, from the link in the first mail to the link in the second. */
#include "app/listing_confirm.h"

#include <string.h>

#include "app/answer.h"
#include "app/listing_page.h"
#include "app/mailing.h"
#include "app/own_listing.h"
#include "app/screening.h"
#include "db/own_listing_db.h"
#include "db/site_db.h"
#include "db/token_db.h"
#include "render/own_listing_view.h"
#include "util/mac.h"

enum { CONFIRM_SECONDS = 48 * 3600, MANAGE_SECONDS = 3650 * 86400, HOUR = 3600 };

enum err listing_confirm_order(struct context *c, const struct listing *l, struct listing_confirm *out)
{
	char text[TOKEN_TEXT + 1];
	token_make(text, out->token);
	const char *lang = lang_tag(c->lang);
	const struct mail m = {
		.kind = MAIL_LISTING_CONFIRM, .to = l->contact_email, .to_name = l->contact_name, .lang = lang,
		.arg = {l->title, mailing_link(c, lang, "/confirm/", text)},
	};
	out->expires_at = c->now + CONFIRM_SECONDS;
	out->mail = mailing_order(c, &m);
	return out->mail != NULL ? ERR_OK : ERR_NOMEM;
}

enum err listing_confirm_also(struct db *db, void *ctx, int64_t id)
{
	const struct listing_confirm *o = ctx;
	enum err e = token_db_add(db, TOKEN_LISTING_CONFIRM, o->token, id, NULL, o->expires_at);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, id, o->mail) : e;
}

enum err listing_confirm_limit(struct context *c, const char *email, int64_t per_hour)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[MAC_FINGERPRINT_BYTES];
	char key[sizeof "confirm:" + 2 * MAC_FINGERPRINT_BYTES] = "confirm:";
	size_t at = sizeof "confirm:" - 1;
	/* In capitals it is the same mailbox. */
	const char *folded = member_email(c->arena, email);
	if (folded == NULL)
		return ERR_NOMEM;
	mac_fingerprint(folded, strlen(folded), hash);
	for (size_t i = 0; i < sizeof hash; i++) {
		key[at++] = digits[hash[i] >> 4];
		key[at++] = digits[hash[i] & 15];
	}
	key[at] = '\0';
	return rate_db_count(c->db, key, c->now, HOUR, per_hour);
}

static void link_ended(struct context *c)
{
	answer_html(c, 410);
	struct notice_view v = {
		.page = answer_page(c, NULL, c->path), .heading = MSG_LINK_ENDED_TITLE, .text = MSG_LINK_ENDED_TEXT,
		.link_href = context_href(c, "/account/listings"), .link_text = MSG_OWN_BACK,
	};
	v.page.noindex = true;
	notice_view(&c->res->body, &v);
}

/* The listing that waits behind the link. *ended: it was confirmed, or it is too late; that has been answered. */
static enum err waiting_load(struct context *c, uint8_t hash[static TOKEN_HASH], struct listing *out, bool *ended)
{
	struct token t;
	*ended = false;
	if (!token_hash(c->param[0], hash))
		return ERR_NOT_FOUND;
	enum err e = token_db_find(c->db, c->arena, TOKEN_LISTING_CONFIRM, hash, c->now, &t);
	if (e == ERR_OK)
		e = listing_db_get(c->db, c->arena, t.subject_id, out);
	*ended = e == ERR_NOT_FOUND || (e == ERR_OK && (t.used_at != 0 || out->state != LISTING_UNCONFIRMED));
	if (*ended)
		link_ended(c);
	return *ended ? ERR_OK : e;
}

enum err listing_confirm_page(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct listing l;
	bool ended = false;
	enum err e = waiting_load(c, hash, &l, &ended);
	if (e != ERR_OK || ended)
		return e;
	struct one_button_view v = {
		.page = answer_page(c, NULL, context_join(c, "/confirm/", c->param[0], NULL)), .heading = MSG_CONFIRM_TITLE, .text = MSG_CONFIRM_TEXT,
		.button = MSG_CONFIRM_BUTTON, .arg = l.title,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	one_button_view(&c->res->body, &v);
	return ERR_OK;
}

/* What goes with the confirmation. */
struct confirmation {
	int64_t now;
	const uint8_t *used;          /* the hash of the link that was followed */
	bool member;                  /* the address is a member's */
	uint8_t manage[TOKEN_HASH];
	const char *mail;
};

static enum err confirmation_also(struct db *db, void *ctx, int64_t id)
{
	struct confirmation *k = ctx;
	enum err e = token_db_use(db, TOKEN_LISTING_CONFIRM, k->used, k->now);
	if (e == ERR_OK)
		e = k->member ? own_listing_db_adopt(db, id) : token_db_add(db, TOKEN_LISTING_MANAGE, k->manage, id, NULL, k->now + MANAGE_SECONDS);
	return e == ERR_OK ? outbox_db_add(db, OUTBOX_MAIL, id, k->mail) : e;
}

static enum err confirmation_mail(const struct context *c, const struct listing *l, struct confirmation *k)
{
	char text[TOKEN_TEXT + 1];
	const char *link;
	if (k->member) {
		link = mailing_link(c, l->lang, "/account/listings", NULL);
	} else {
		token_make(text, k->manage);
		link = mailing_link(c, l->lang, "/manage/", text);
	}
	const struct mail m = {
		.kind = MAIL_LISTING_MANAGE, .to = l->contact_email, .to_name = l->contact_name, .lang = l->lang, .arg = {l->title, link},
	};
	k->mail = mailing_order(c, &m);
	return k->mail != NULL ? ERR_OK : ERR_NOMEM;
}

static enum err confirm(struct context *c, const struct listing *l, const uint8_t *hash, struct listing_change *change)
{
	struct confirmation k = {.now = c->now, .used = hash};
	struct screening s;
	int64_t member_id = 0;
	enum member_trust trust = TRUST_NEW;
	enum err e = own_listing_db_member_of(c->db, c->arena, l->contact_email, &member_id, &trust);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	k.member = e == ERR_OK;
	e = confirmation_mail(c, l, &k);
	if (e == ERR_OK)
		e = context_catalog(c);
	if (e == ERR_OK)
		e = screening_check(c, l->title, l->description, l->contact_email, &s);
	if (e != ERR_OK)
		return e;
	*change = (struct listing_change){
		.from = LISTING_IN(LISTING_UNCONFIRMED), .to = listing_next(LISTING_UNCONFIRMED, trust, true, s.verdict != SCREENING_OK), .now = c->now,
		.also = confirmation_also, .also_ctx = &k,
	};
	return listing_db_change_state(c->db, c->arena, c->catalog, l->id, change);
}

enum err listing_confirm_post(struct context *c)
{
	uint8_t hash[TOKEN_HASH];
	struct listing l;
	struct listing_change change = {.is = LISTING_PENDING};
	bool ended = false;
	enum err e = waiting_load(c, hash, &l, &ended);
	if (e != ERR_OK || ended)
		return e;
	e = confirm(c, &l, hash, &change);
	if (e == ERR_CONFLICT || e == ERR_NOT_FOUND) {
		link_ended(c);
		return ERR_OK;
	}
	if (e == ERR_OK)
		answer_redirect(c, 303, context_href(c, change.is == LISTING_PUBLISHED ? listing_page_path(c, &l) : "/submit/confirmed"));
	return e;
}

enum err listing_confirmed(struct context *c)
{
	answer_notice(c, "/submit/confirmed", MSG_CONFIRMED_TITLE, MSG_CONFIRMED_TEXT, context_href(c, "/listings"), MSG_BACK_TO_LISTINGS);
	return ERR_OK;
}

enum err own_listing_of_link(struct context *c, struct owner *o, struct own_listing *out)
{
	uint8_t hash[TOKEN_HASH];
	struct token t;
	if (!token_hash(c->param[0], hash))
		return ERR_NOT_FOUND;
	enum err e = token_db_find(c->db, c->arena, TOKEN_LISTING_MANAGE, hash, c->now, &t);
	if (e != ERR_OK)
		return e;
	const char *base = context_join(c, "/manage/", c->param[0], NULL);
	*o = (struct owner){.trust = TRUST_NEW, .base = base, .home = base};
	e = own_listing_db_get(c->db, c->arena, t.subject_id, 0, out);
	/* One that was claimed since is its member's alone. */
	return e == ERR_OK && out->listing.state == LISTING_REMOVED ? ERR_GONE : e;
}
