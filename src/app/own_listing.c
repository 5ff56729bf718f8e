#include "app/own_listing.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/own_form.h"
#include "app/photo.h"
#include "app/screening.h"
#include "db/own_listing_db.h"
#include "render/own_listing_view.h"

enum { PAGE = 20, CURSOR_DIGITS = 15 };

static const struct {
	const char *name;
	enum msg text;
} done_texts[] = {
	{"edit", MSG_DONE_EDIT}, {"renew", MSG_DONE_RENEW}, {"sold", MSG_DONE_SOLD}, {"withdraw", MSG_DONE_WITHDRAW}, {"again", MSG_DONE_AGAIN},
	{"delete", MSG_DONE_DELETE}, {"draft", MSG_DONE_DRAFT}, {"review", MSG_DONE_REVIEW}, {"live", MSG_DONE_LIVE}, {"late", MSG_DONE_LATE},
};

enum msg own_listing_said(const struct context *c)
{
	const char *done = http_param_get(&c->req->query, "done");
	for (size_t i = 0; done != NULL && i < sizeof done_texts / sizeof *done_texts; i++)
		if (strcmp(done_texts[i].name, done) == 0)
			return done_texts[i].text;
	return (enum msg)MSG_COUNT;
}

void own_listing_done(struct context *c, const struct owner *o, const char *done)
{
	answer_redirect(c, 303, context_join(c, lang_prefix(c->lang), o->home, "?done=", done, NULL));
}

enum err own_listing_of_session(struct context *c, struct owner *o, struct own_listing *out)
{
	char id[I64_TEXT_SIZE + 1];
	id[i64_text(c->id, id)] = '\0';
	*o = (struct owner){
		.member_id = c->session->member_id, .trust = c->session->trust, .base = context_join(c, "/account/listings/", id, NULL), .home = "/account/listings",
	};
	return own_listing_db_get(c->db, c->arena, c->id, o->member_id, out);
}

static enum listing_state state_after(enum listing_act act)
{
	return act == ACT_SOLD ? LISTING_SOLD : act == ACT_WITHDRAW ? LISTING_WITHDRAWN : LISTING_PUBLISHED;
}

/* Offered again, it goes the way of one that is sent in. */
static enum err again_to(struct context *c, const struct owner *o, const struct listing *l, enum listing_state *to)
{
	struct screening s;
	enum err e = screening_check(c, l->title, l->description, l->contact_email, &s);
	*to = listing_next(l->state, o->trust, false, s.verdict != SCREENING_OK);
	return e;
}

enum err own_listing_act(struct context *c, const struct owner *o, const struct listing *l, enum listing_act act, enum listing_state *is)
{
	*is = l->state;
	if (!listing_may(act, l->state))
		return ERR_CONFLICT;
	if (act == ACT_DELETE)
		return own_listing_db_delete_draft(c->db, l->id, o->member_id);
	struct listing_change change = {
		.from = listing_act_from(act), .to = state_after(act), .renew = act == ACT_RENEW, .member_id = o->member_id, .now = c->now,
	};
	enum err e = context_catalog(c);
	if (e == ERR_OK && act == ACT_AGAIN) {
		e = again_to(c, o, l, &change.to);
		change.from = LISTING_IN(l->state);
		change.versioned = true;
		change.version = l->version;
	}
	if (e == ERR_OK)
		e = listing_db_change_state(c->db, c->arena, c->catalog, l->id, &change);
	if (e == ERR_OK)
		*is = change.is;
	return e;
}

/* The cursor is the id of the last one shown: it means something among one's own only. 0: from the newest; -1: it is none. */
static int64_t cursor_read(const struct context *c)
{
	const char *text = http_param_get(&c->req->query, "cursor");
	if (text == NULL)
		return 0;
	size_t n = strspn(text, "0123456789");
	return n == 0 || n > CURSOR_DIGITS || text[n] != '\0' || *text == '0' ? -1 : strtoll(text, NULL, 10);
}

enum err own_listing_index(struct context *c)
{
	int64_t before = cursor_read(c);
	if (before < 0) {
		answer_redirect(c, 301, context_href(c, "/account/listings"));
		return ERR_OK;
	}
	struct own_listing *list = NULL;
	struct photo_set photos;
	size_t n = 0;
	enum err e = own_listing_db_page(c->db, c->arena, c->session->member_id, before, PAGE + 1, &list, &n);
	if (e == ERR_OK)
		e = photo_set_load(c, list, sizeof *list, n > PAGE ? PAGE : n, &photos);
	if (e != ERR_OK)
		return e;
	struct own_listings_view v = {
		.page = answer_page(c, tr(c->lang, MSG_OWN_TITLE), "/account/listings"), .list = list, .n = n > PAGE ? PAGE : n, .photos = &photos,
		.newest_href = before != 0 ? context_href(c, "/account/listings") : NULL, .said = own_listing_said(c), .now = c->now,
	};
	if (n > PAGE) {
		char id[I64_TEXT_SIZE + 1];
		id[i64_text(list[PAGE - 1].listing.id, id)] = '\0';
		v.older_href = context_join(c, lang_prefix(c->lang), "/account/listings?cursor=", id, NULL);
	}
	v.page.noindex = true;
	v.page.section = "account";
	answer_html(c, 200);
	own_listings_view(&c->res->body, &v);
	return ERR_OK;
}

static struct own_writing fresh(const struct context *c)
{
	return (struct own_writing){
		.fresh = true, .owner = {.member_id = c->session->member_id, .trust = c->session->trust, .base = "", .home = "/account/listings"},
	};
}

enum err own_listing_new(struct context *c)
{
	struct own_writing w = fresh(c);
	return own_form_show(c, &w);
}

enum err own_listing_new_post(struct context *c)
{
	struct own_writing w = fresh(c);
	return own_form_post(c, &w);
}

enum err own_listing_edit(struct context *c)
{
	struct own_writing w = {.fresh = false};
	enum err e = own_listing_of_session(c, &w.owner, &w.own);
	return e == ERR_OK ? own_form_show(c, &w) : e;
}

enum err own_listing_edit_post(struct context *c)
{
	struct own_writing w = {.fresh = false};
	enum err e = own_listing_of_session(c, &w.owner, &w.own);
	return e == ERR_OK ? own_form_post(c, &w) : e;
}

enum err own_listing_renew_page(struct context *c)
{
	struct owner o;
	struct own_listing own;
	enum err e = own_listing_of_session(c, &o, &own);
	if (e != ERR_OK)
		return e;
	if (!listing_may(ACT_RENEW, own.listing.state)) {
		own_listing_done(c, &o, "late");
		return ERR_OK;
	}
	struct one_button_view v = {
		.page = answer_page(c, NULL, context_join(c, o.base, "/renew", NULL)), .heading = MSG_OWN_RENEW_TITLE, .text = MSG_OWN_RENEW_TEXT,
		.button = MSG_OWN_RENEW_BUTTON, .arg = own.listing.title,
	};
	v.page.noindex = true;
	answer_html(c, 200);
	one_button_view(&c->res->body, &v);
	return ERR_OK;
}

/* The last part of the address says what is to be done. */
static enum err act_post(struct context *c, const struct owner *o, const struct listing *l)
{
	enum listing_act act = ACT_EDIT;
	enum listing_state is;
	if (!listing_act_parse(strrchr(c->path, '/') + 1, &act) || act == ACT_EDIT)
		return ERR_NOT_FOUND;
	enum err e = own_listing_act(c, o, l, act, &is);
	if (e != ERR_OK && e != ERR_CONFLICT)
		return e;
	const char *done = e == ERR_CONFLICT ? "late" : act == ACT_AGAIN && is == LISTING_PENDING ? "review" : listing_act_name(act);
	own_listing_done(c, o, done);
	return ERR_OK;
}

enum err own_listing_act_post(struct context *c)
{
	struct owner o;
	struct own_listing own;
	enum err e = own_listing_of_session(c, &o, &own);
	return e == ERR_OK ? act_post(c, &o, &own.listing) : e;
}

enum err listing_manage_page(struct context *c)
{
	struct owner o;
	struct own_listing own;
	enum err e = own_listing_of_link(c, &o, &own);
	if (e != ERR_OK)
		return e;
	struct own_manage_view v = {.page = answer_page(c, tr(c->lang, MSG_MANAGE_TITLE), o.base), .own = &own, .said = own_listing_said(c), .now = c->now};
	v.page.noindex = true;
	answer_html(c, 200);
	own_manage_view(&c->res->body, &v);
	return ERR_OK;
}

enum err listing_manage_edit(struct context *c)
{
	struct own_writing w = {.fresh = false};
	enum err e = own_listing_of_link(c, &w.owner, &w.own);
	return e == ERR_OK ? own_form_show(c, &w) : e;
}

enum err listing_manage_edit_post(struct context *c)
{
	struct own_writing w = {.fresh = false};
	enum err e = own_listing_of_link(c, &w.owner, &w.own);
	return e == ERR_OK ? own_form_post(c, &w) : e;
}

enum err listing_manage_act_post(struct context *c)
{
	struct owner o;
	struct own_listing own;
	enum err e = own_listing_of_link(c, &o, &own);
	return e == ERR_OK ? act_post(c, &o, &own.listing) : e;
}
