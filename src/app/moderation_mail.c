#include "app/moderation_mail.h"

#include <string.h>

#include "app/listing_page.h"
#include "app/mailing.h"
#include "db/member_db.h"
#include "render/moderation_view.h"

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
static const char *edit_link(const struct context *c, const struct listing *l, const char *lang)
{
	char id[I64_TEXT_SIZE];
	i64_text(l->id, id);
	return l->member_id != 0 ? mailing_link(c, lang, context_join(c, "/account/listings/", id, "/edit", NULL), NULL) : mailing_link(c, lang, "/submit", NULL);
}

const char *moderation_mail(const struct context *c, enum mail_kind kind, const struct listing *l, const struct moderation_author *to, const char *reason)
{
	const char *lang = lang_tag(to->lang);
	struct mail m = {.kind = kind, .to = to->email, .to_name = to->name, .lang = lang, .arg = {l->title}};
	if (kind == MAIL_LISTING_APPROVED) {
		m.arg[1] = mailing_link(c, lang, listing_page_path(c, l), NULL);
	} else {
		m.arg[1] = reason;
		if (kind == MAIL_LISTING_REJECTED)
			m.arg[2] = edit_link(c, l, lang);
	}
	return mailing_order(c, &m);
}
