#include "app/moderation_mail.h"

#include <string.h>

#include "app/listing_page.h"
#include "app/mailing.h"
#include "db/member_db.h"
#include "render/moderation_view.h"
#include "util/log.h"

const char *moderation_reason_text(const struct context *c, enum lang lang, enum moderation_reason code, const char *words)
{
	enum msg id = moderation_reason_message(code);
	bool said = words != NULL && *words != '\0';
	if (id == MSG_COUNT)
		return said ? words : "";
	return said ? context_join(c, tr(lang, id), " ", words, NULL) : tr(lang, id);
}

enum err moderation_author_load(struct context *c, const struct listing *l, struct moderation_author *out)
{
	*out = (struct moderation_author){
		.email = l->contact_email, .name = l->contact_name, .lang = l->lang != NULL && strcmp(l->lang, "fr") == 0 ? LANG_FR : LANG_EN,
	};
	if (l->member_id == 0)
		return ERR_OK;
	struct member m;
	enum err e = member_db_get(c->db, c->arena, l->member_id, &m);
	if (e == ERR_OK)
		*out = (struct moderation_author){.email = m.email, .name = m.name, .lang = strcmp(m.lang, "fr") == 0 ? LANG_FR : LANG_EN};
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Where the author changes it and sends it again. */
static const char *edit_link(const struct context *c, const struct listing *l, const char *lang, uint8_t manage[static TOKEN_HASH], bool *linked)
{
	char id[I64_TEXT_SIZE], token[TOKEN_TEXT + 1];
	i64_text(l->id, id);
	if (l->member_id != 0)
		return mailing_link(c, lang, context_join(c, "/account/listings/", id, "/edit", NULL), NULL);
	token_make(token, manage);
	*linked = true;
	return mailing_link(c, lang, context_join(c, "/manage/", token, "/edit", NULL), NULL);
}

const char *moderation_mail(const struct context *c, enum mail_kind kind, const struct listing *l, const struct moderation_author *to, const char *reason,
                            uint8_t manage[static TOKEN_HASH], bool *linked)
{
	const char *lang = lang_tag(to->lang);
	struct mail m = {.kind = kind, .to = to->email, .to_name = to->name, .lang = lang, .arg = {l->title}};
	*linked = false;
	if (kind == MAIL_LISTING_APPROVED) {
		m.arg[1] = mailing_link(c, lang, listing_page_path(c, l), NULL);
	} else {
		m.arg[1] = reason;
		if (kind == MAIL_LISTING_REJECTED)
			m.arg[2] = edit_link(c, l, lang, manage, linked);
	}
	return mailing_order(c, &m);
}

static enum mail_kind decision_mail(enum decision_kind k)
{
	switch (k) {
	case DECISION_REJECT: return MAIL_LISTING_REJECTED;
	case DECISION_HOLD: return MAIL_LISTING_HELD;
	case DECISION_REMOVE: return MAIL_LISTING_REMOVED;
	case DECISION_APPROVE:
	case DECISION_DISMISS:
	case DECISION_COUNT: break;
	}
	return MAIL_LISTING_APPROVED;
}

enum err moderation_carry_out(struct context *c, const struct listing *l, int64_t moderator_id, struct decision *d)
{
	struct moderation_author author;
	uint8_t manage[TOKEN_HASH];
	bool linked = false;
	enum err e = context_catalog(c);
	if (e == ERR_OK)
		e = moderation_author_load(c, l, &author);
	if (e != ERR_OK)
		return e;
	d->listing_id = l->id;
	d->moderator_id = moderator_id;
	d->now = c->now;
	d->trusted_after = c->app->conf->moderation.trusted_after;
	d->reason = moderation_reason_text(c, author.lang, d->code, d->words);
	d->mail = moderation_mail(c, decision_mail(d->kind), l, &author, d->reason, manage, &linked);
	d->manage = linked ? manage : NULL;
	e = d->mail != NULL ? moderation_db_decide(c->db, c->arena, c->catalog, d) : ERR_NOMEM;
	d->manage = NULL;
	if (e == ERR_OK)
		LOG_INFO("moderation", LOG_S("request_id", c->req != NULL ? c->req->request_id : ""), LOG_S("action", decision_name(d->kind)), LOG_I("listing", l->id),
		         LOG_I("moderator", moderator_id), LOG_S("state", listing_state_name(d->is)), LOG_I("member_trusted", d->trusted));
	return e;
}
