#include "app/moderation_people.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/mailing.h"
#include "app/moderation.h"
#include "app/photo.h"
#include "app/posting.h"
#include "db/ban_db.h"
#include "db/member_db.h"
#include "db/moderation_db.h"
#include "db/photo_db.h"
#include "render/moderation_view.h"
#include "util/log.h"

enum { ID_DIGITS = 15, BAN_DAYS_MAX = 3650 };
#define DAY INT64_C(86400)

static void log_action(const struct context *c, const char *action, const char *key, int64_t id)
{
	LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", action), LOG_I(key, id), LOG_I("moderator", c->session->member_id));
}

static const char *member_path(const struct context *c, int64_t id)
{
	return context_join(c, "/moderation/members/", context_number(c, id), NULL);
}

/* The page of a member; form: sent back with its mistakes, or NULL. */
static enum err member_answer(struct context *c, const struct member *m, struct posting *p)
{
	static const struct field_errors none = {.n = 0};
	const char *done = http_param_get(&c->req->query, "done");
	struct photo_object picture;
	struct member_view v = {.member = m, .picture = &picture, .photo_base = photo_base(c), .now = c->now};
	enum err e = photo_db_picture(c->db, c->arena, m->id, &picture);
	if (e != ERR_OK)
		return e;
	if (p != NULL) {
		bool written = false;
		e = posting_refuse(c, p, m->name, member_path(c, m->id), &v.form, &written);
	} else {
		v.form = (struct form_view){.page = answer_page(c, m->name, member_path(c, m->id)), .errors = &none};
		v.form.page.noindex = true;
		if (done != NULL && strcmp(done, moderation_action_name(MODERATION_PICTURE)) == 0)
			v.form.note = tr(c->lang, moderation_action_message(MODERATION_PICTURE));
		e = posting_age(c, &v.form.form_age);
		answer_html(c, 200);
	}
	v.may_ban = m->id != c->session->member_id && (m->state == MEMBER_ACTIVE || m->state == MEMBER_LEAVING) &&
		(m->role == ROLE_MEMBER || c->session->role == ROLE_ADMIN);
	if (e == ERR_OK)
		moderation_member_view(&c->res->body, &v);
	return e;
}

enum err moderation_member_page(struct context *c)
{
	struct member m;
	enum err e = member_db_get(c->db, c->arena, c->id, &m);
	return e != ERR_OK ? e : member_answer(c, &m, NULL);
}

enum err moderation_member_trust(struct context *c)
{
	static const char *const names[] = {"new", "trusted", "never"};
	struct {
		const char *trust;
	} f = {NULL};
	static const struct field table[] = {{"trust", FIELD_SLUG, 0, 1, 10, true}};
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, table, 1, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	int trust = -1;
	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], f.trust) == 0)
			trust = i;
	if (p.status != 0 || trust < 0)
		return ERR_INVALID;
	e = moderation_db_trust(c->db, c->arena, c->id, (enum member_trust)trust, c->session->member_id, c->now);
	/* It is so already: somebody else did it. */
	if (e != ERR_OK && e != ERR_CONFLICT)
		return e;
	if (e == ERR_OK)
		LOG_INFO("moderation", LOG_S("request_id", c->req->request_id), LOG_S("action", "trust"), LOG_S("trust", names[trust]), LOG_I("member", c->id),
		         LOG_I("moderator", c->session->member_id));
	answer_redirect(c, 303, context_href(c, member_path(c, c->id)));
	return ERR_OK;
}

struct picture_fields {
	const char *picture, *why;
};

enum err moderation_member_picture(struct context *c)
{
	static const struct field table[] = {
		{"picture", FIELD_SLUG, offsetof(struct picture_fields, picture), 1, PHOTO_KEY_MAX, true},
		{"why", FIELD_TEXT, offsetof(struct picture_fields, why), 0, MODERATION_REASON_MAX, false},
	};
	struct picture_fields f = {.why = NULL};
	struct posting p;
	struct member m;
	bool answered = false;
	enum err e = posting_read_quick(c, table, 2, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = member_db_get(c->db, c->arena, c->id, &m);
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return member_answer(c, &m, &p);
	const struct moderation_entry log = {
		.action = MODERATION_PICTURE, .moderator_id = c->session->member_id, .member_id = m.id, .code = REASON_NONE, .reason = f.why, .waited_seconds = -1, .created_at = c->now,
	};
	e = photo_db_picture_take_down(c->db, m.id, f.picture, &log);
	/* It is gone already, or another one stands there: the page shows it. */
	if (e != ERR_OK && e != ERR_CONFLICT)
		return e;
	if (e == ERR_OK)
		log_action(c, moderation_action_name(MODERATION_PICTURE), "member", m.id);
	answer_redirect(c, 303, context_join(c, context_href(c, member_path(c, m.id)), e == ERR_OK ? "?done=picture" : "", NULL));
	return ERR_OK;
}

struct ban_fields {
	const char *words, *addresses, *value;
	int64_t days;
};

#define AT(member) offsetof(struct ban_fields, member)

static enum err member_ban(struct context *c, const struct member *m, const struct ban_fields *f)
{
	enum lang lang = strcmp(m->lang, "fr") == 0 ? LANG_FR : LANG_EN;
	const struct mail mail = {.kind = MAIL_DISABLED, .to = m->email, .to_name = m->name, .lang = lang_tag(lang), .arg = {f->words}};
	const struct member_ban ban = {
		.member_id = m->id, .by = c->session->member_id, .by_admin = c->session->role == ROLE_ADMIN, .addresses = f->addresses != NULL && strcmp(f->addresses, "yes") == 0,
		.code = REASON_NONE, .words = f->words, .reason = f->words, .mail = mailing_order(c, &mail), .now = c->now,
	};
	return ban.mail != NULL ? moderation_db_ban(c->db, c->arena, &ban) : ERR_NOMEM;
}

enum err moderation_member_ban(struct context *c)
{
	static const struct field table[] = {
		{"words", FIELD_TEXT, AT(words), 3, MODERATION_REASON_MAX, true},
		{"addresses", FIELD_SLUG, AT(addresses), 1, 10, false},
	};
	struct ban_fields f = {.words = NULL};
	struct posting p;
	struct member m;
	bool answered = false;
	enum err e = posting_read_quick(c, table, 2, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	e = member_db_get(c->db, c->arena, c->id, &m);
	if (e == ERR_OK && p.status == 0)
		e = member_ban(c, &m, &f);
	if (e == ERR_RANGE) {
		field_errors_add(&p.errors, "", MSG_BAN_NOT_ALLOWED, NULL);
		p.status = 403;
		e = ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return member_answer(c, &m, &p);
	log_action(c, "ban", "member", m.id);
	answer_redirect(c, 303, context_href(c, "/moderation/bans"));
	return ERR_OK;
}

/* The list; p: the form sent back, or NULL. */
static enum err bans_answer(struct context *c, struct posting *p)
{
	static const struct field_errors none = {.n = 0};
	const char *before = http_param_get(&c->req->query, "before");
	bool placed = before != NULL && strlen(before) <= ID_DIGITS && strspn(before, "0123456789") == strlen(before);
	struct bans_view v = {.now = c->now};
	struct ban *bans = NULL;
	enum err e = ban_db_list(c->db, c->arena, placed ? strtoll(before, NULL, 10) : 0, c->now, &bans, &v.count);
	if (e != ERR_OK)
		return e;
	v.bans = bans;
	if (v.count > BAN_PAGE) {
		v.count = BAN_PAGE;
		v.next_href = context_join(c, context_href(c, "/moderation/bans"), "?before=", context_number(c, bans[v.count - 1].id), NULL);
	}
	if (p != NULL) {
		bool written = false;
		e = posting_refuse(c, p, tr(c->lang, MSG_BANS_TITLE), "/moderation/bans", &v.form, &written);
	} else {
		v.form = (struct form_view){.page = answer_page(c, tr(c->lang, MSG_BANS_TITLE), "/moderation/bans"), .errors = &none};
		v.form.page.noindex = true;
		e = posting_age(c, &v.form.form_age);
		answer_html(c, 200);
	}
	if (e == ERR_OK)
		moderation_bans_view(&c->res->body, &v);
	return e;
}

enum err moderation_bans(struct context *c)
{
	return bans_answer(c, NULL);
}

/* An internet address changes hands: without a number of days it gets some. */
static int64_t ban_end(const struct context *c, const struct ban_fields *f)
{
	int64_t days = f->days > 0 ? f->days : strchr(f->value, '@') != NULL ? 0 : BAN_ADDRESS_DAYS;
	return days > 0 ? c->now + days * DAY : 0;
}

enum err moderation_ban_post(struct context *c)
{
	static const struct field table[] = {
		{"value", FIELD_TOKEN, AT(value), 3, CONTACT_EMAIL_MAX, true},
		{"days", FIELD_INT, AT(days), 1, BAN_DAYS_MAX, false},
		{"words", FIELD_TEXT, AT(words), 0, MODERATION_REASON_MAX, false},
	};
	struct ban_fields f = {.words = NULL};
	struct posting p;
	bool answered = false;
	enum err e = posting_read_quick(c, table, 3, &f, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status == 0)
		e = moderation_db_ban_address(c->db, c->arena, f.value, f.words, c->session->member_id, ban_end(c, &f), c->now);
	if (e == ERR_INVALID || e == ERR_EXISTS) {
		field_errors_add(&p.errors, "value", e == ERR_EXISTS ? MSG_BAN_IS_MEMBER : MSG_BAN_BAD_VALUE, NULL);
		p.status = 422;
		e = ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (p.status != 0)
		return bans_answer(c, &p);
	log_action(c, "ban", "member", 0);
	answer_redirect(c, 303, context_href(c, "/moderation/bans"));
	return ERR_OK;
}

enum err moderation_ban_lift(struct context *c)
{
	struct posting p;
	bool answered = false;
	char none;
	enum err e = posting_read_quick(c, NULL, 0, &none, &p, &answered);
	if (answered || e != ERR_OK)
		return e;
	if (p.status != 0)
		return bans_answer(c, &p);
	e = moderation_db_unban(c->db, c->arena, c->id, c->session->member_id, c->now);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	if (e == ERR_OK)
		log_action(c, "unban", "ban", c->id);
	answer_redirect(c, 303, context_href(c, "/moderation/bans"));
	return ERR_OK;
}
