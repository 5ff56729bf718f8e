/* Photos as moderators see them, and their removal of one. */
#include <stdlib.h>

#include "app/answer.h"
#include "app/moderation.h"
#include "app/moderation_queue.h"
#include "app/photo.h"
#include "app/posting.h"
#include "db/moderation_db.h"
#include "db/photo_db.h"
#include "util/log.h"

enum err moderation_photos_load(struct context *c, struct queue_entry *entries, size_t n)
{
	int64_t ids[MODERATION_PAGE];
	size_t with = 0, n_photos = 0, at = 0;
	struct photo *list = NULL;
	for (size_t i = 0; i < n && with < MODERATION_PAGE; i++)
		if (entries[i].listing.photos > 0)
			ids[with++] = entries[i].listing.id;
	enum err e = with > 0 ? photo_db_of(c->db, c->arena, ids, with, &list, &n_photos) : ERR_OK;
	if (e != ERR_OK)
		return e;
	/* Photos of a listing come one after the other. */
	for (; at < n_photos; at++)
		for (size_t i = 0; i < n; i++) {
			if (entries[i].listing.id != list[at].listing_id)
				continue;
			if (entries[i].photo_count++ == 0)
				entries[i].photos = &list[at];
		}
	return ERR_OK;
}

/* The decision's form sends it all; of that the reason counts here. */
struct reason_fields {
	const char *reason, *words;
	int64_t version, entry, flag;
};

#define AT(member) offsetof(struct reason_fields, member)

static const struct field reason_table[] = {
	{"reason", FIELD_SLUG, AT(reason), 0, MODERATION_REASON_MAX, false},
	{"words", FIELD_LINES, AT(words), 0, MODERATION_REASON_MAX, false},
	{"version", FIELD_INT, AT(version), 0, INT64_C(4294967295), false},
	{"entry", FIELD_INT, AT(entry), 0, INT64_C(1000000000000000), false},
	{"flag", FIELD_INT, AT(flag), 0, INT64_C(1000000000000000), false},
};

enum err moderation_photo_remove(struct context *c)
{
	struct reason_fields f = {.reason = "none"};
	struct posting p;
	struct queue_entry entry;
	enum moderation_reason code = REASON_NONE;
	bool answered = false;
	enum err e = posting_read_quick(c, reason_table, sizeof reason_table / sizeof *reason_table, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = moderation_queue_db_entry(c->db, c->arena, c->id, &entry);
	if (e == ERR_OK && !listing_sent_in(entry.listing.state))
		e = ERR_NOT_FOUND;
	if (e != ERR_OK)
		return e;
	if (p.errors.n > 0 || (*f.reason != '\0' && !moderation_reason_parse(f.reason, &code)))
		return moderation_entry_refused(c, &entry, &p);
	const struct moderation_entry log = {
		.action = MODERATION_PHOTO, .moderator_id = c->session->member_id, .listing_id = entry.listing.id, .member_id = entry.listing.member_id, .code = code,
		.reason = f.words, .waited_seconds = -1, .created_at = c->now,
	};
	int64_t photo = strtoll(c->param[1], NULL, 10);
	e = photo_db_take_down(c->db, entry.listing.id, photo, &log);
	if (e != ERR_OK)
		return e;
	LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", moderation_action_name(MODERATION_PHOTO)), LOG_I("listing", entry.listing.id),
	         LOG_I("photo", photo), LOG_I("moderator", c->session->member_id));
	answer_redirect(c, 303, context_join(c, context_href(c, moderation_path(c, entry.listing.id)), "?done=photo&id=", context_number(c, entry.listing.id), NULL));
	return ERR_OK;
}
