#include "app/photo.h"

#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/own_listing.h"
#include "app/screening.h"
#include "db/listing_db.h"
#include "db/photo_db.h"
#include "http/form.h"
#include "store/photo.h"
#include "util/log.h"

enum { ID_DIGITS = 15, LISTINGS_MAX = LISTING_PAGE_MAX + 1, ORDER_TEXT_MAX = PHOTO_MAX * (ID_DIGITS + 1) };

static const struct {
	const char *name;
	enum msg text;
} done_texts[] = {
	{"add", MSG_PHOTOS_SAID_ADD}, {"add-review", MSG_PHOTOS_SAID_ADD_REVIEW}, {"move", MSG_PHOTOS_SAID_MOVE}, {"alt", MSG_PHOTOS_SAID_ALT},
	{"alt-review", MSG_PHOTOS_SAID_ALT_REVIEW}, {"remove", MSG_PHOTOS_SAID_REMOVE}, {"late", MSG_DONE_LATE},
	/* of a listing that was written a moment ago */
	{"draft", MSG_PHOTOS_NEXT_DRAFT}, {"review", MSG_PHOTOS_NEXT_REVIEW}, {"live", MSG_PHOTOS_NEXT_LIVE},
};

static enum msg said(const struct context *c)
{
	const char *done = http_param_get(&c->req->query, "done");
	for (size_t i = 0; done != NULL && i < sizeof done_texts / sizeof *done_texts; i++)
		if (strcmp(done_texts[i].name, done) == 0)
			return done_texts[i].text;
	return (enum msg)MSG_COUNT;
}

struct photo_base photo_base(const struct context *c)
{
	const char *stored = c->app->conf->media.url[0] != '\0' ? c->app->conf->media.url : PHOTO_PATH;
	return (struct photo_base){stored, c->app->photos != NULL && photo_store_remote(c->app->photos) ? PHOTO_PATH : stored};
}

enum err photo_set_load(struct context *c, const void *listings, size_t stride, size_t n, struct photo_set *out)
{
	int64_t ids[LISTINGS_MAX];
	size_t with = 0;
	const char *at = listings;
	struct photo *list = NULL;
	*out = (struct photo_set){.base = photo_base(c)};
	for (size_t i = 0; i < n && with < LISTINGS_MAX; i++, at += stride) {
		const struct listing *l = (const struct listing *)(const void *)at;
		if (l->photos > 0)
			ids[with++] = l->id;
	}
	enum err e = with > 0 ? photo_db_first(c->db, c->arena, ids, with, &list, &out->n) : ERR_OK;
	out->list = list;
	return e;
}

enum err photo_listing(struct context *c, struct listing *out)
{
	enum err e = listing_db_get(c->db, c->arena, c->id, out);
	return e == ERR_OK && out->member_id != c->session->member_id ? ERR_NOT_FOUND : e;
}

enum err photo_of_listing(struct context *c, const struct listing *l, int64_t photo_id, struct photo *out)
{
	enum err e = photo_db_get(c->db, c->arena, photo_id, out);
	return e == ERR_OK && out->listing_id != l->id ? ERR_NOT_FOUND : e;
}

struct photo_review photo_review(const struct context *c, bool hold)
{
	return (struct photo_review){.published = listing_next(LISTING_PUBLISHED, c->session->trust, true, hold) != LISTING_PUBLISHED, .now = c->now};
}

enum err photo_alt_check(struct context *c, const char *alt, struct field_errors *errors, bool *hold)
{
	struct screening s;
	struct posting p = {.status = 0};
	*hold = false;
	if (*alt == '\0')
		return ERR_OK;
	enum err e = screening_check(c, NULL, alt, c->session->email, &s);
	if (e != ERR_OK)
		return e;
	*hold = s.verdict == SCREENING_HOLD;
	if (s.verdict != SCREENING_REFUSE)
		return ERR_OK;
	screening_refuse(c, &s, "alt", "alt", &p);
	for (size_t i = 0; i < p.errors.n; i++)
		field_errors_add(errors, p.errors.list[i].field, p.errors.list[i].text, p.errors.list[i].bound);
	return ERR_INVALID;
}

static const char *photos_path(const struct context *c, int64_t listing_id)
{
	return context_join(c, "/listings/", context_number(c, listing_id), "/photos", NULL);
}

void photo_offer(struct context *c, int64_t listing_id, const char *done)
{
	answer_redirect(c, 303, context_href(c, context_join(c, photos_path(c, listing_id), "?done=", done, NULL)));
}

/* 303 to the photos' page, at the photo it was about (0: at its top). */
static void go_back(struct context *c, const char *done, int64_t photo_id)
{
	const char *at = photo_id != 0 ? context_join(c, "#photo-", context_number(c, photo_id), NULL) : "";
	answer_redirect(c, 303, context_href(c, context_join(c, photos_path(c, c->id), "?done=", done, at, NULL)));
}

static enum err page_answer(struct context *c, int status, const struct listing *l, struct photos_view *v)
{
	struct photo *list = NULL;
	enum err e = photo_db_list(c->db, c->arena, l->id, &list, &v->n);
	if (e != ERR_OK)
		return e;
	v->page = answer_page(c, NULL, photos_path(c, c->id));
	v->listing = l;
	v->base = photo_base(c);
	v->photos = list;
	v->locked = !listing_photos_may(l->state);
	v->review = (l->state == LISTING_PUBLISHED || l->state == LISTING_EXPIRED) && photo_review(c, false).published;
	answer_html(c, status);
	photos_view(&c->res->body, v);
	return ERR_OK;
}

enum err photo_index(struct context *c)
{
	struct listing l;
	struct photos_view v = {.said = said(c)};
	v.late = v.said == MSG_DONE_LATE;
	enum err e = photo_listing(c, &l);
	return e == ERR_OK ? page_answer(c, 200, &l, &v) : e;
}

enum err photo_index_refused(struct context *c, int status, const struct photo_refusals *refused, bool review)
{
	struct listing l;
	struct photos_view v = {.said = review ? MSG_PHOTOS_SAID_ADD_REVIEW : (enum msg)MSG_COUNT, .refused = refused};
	enum err e = photo_listing(c, &l);
	return e == ERR_OK ? page_answer(c, status, &l, &v) : e;
}

/* A form of a few fields of somebody who is signed in: no robot gains by it. False: it has been answered. */
static bool form_take(struct context *c, const struct field *table, size_t n, void *out, struct http_params *params, struct field_errors *errors)
{
	const char *bad = NULL;
	int status = form_read(c->req, false, params, &bad);
	if (status == 0)
		form_decode(c->arena, table, n, params, c->app->money_digits, out, errors);
	if (status != 0)
		answer_status(c, status);
	return status == 0;
}

/* The listing and the number of the photo that the path names. *late: nothing of it may change now, which has been said. */
static enum err photo_named(struct context *c, struct listing *l, int64_t *photo_id, bool *late)
{
	enum err e = photo_listing(c, l);
	if (e != ERR_OK)
		return e;
	*photo_id = c->param[1] != NULL ? strtoll(c->param[1], NULL, 10) : 0;
	*late = !listing_photos_may(l->state);
	if (*late)
		go_back(c, "late", 0);
	return ERR_OK;
}

struct move_fields {
	const char *to;
};
static const struct field move_table[] = {{"to", FIELD_TOKEN, offsetof(struct move_fields, to), 1, 4, true}};

/* Where a photo goes that stands at position at of n. */
static bool move_target(const char *to, int at, int n, int *out)
{
	bool number = to[strspn(to, "0123456789")] == '\0';
	*out = at;
	if (strcmp(to, "up") == 0 && at > 0)
		*out = at - 1;
	else if (strcmp(to, "down") == 0 && at + 1 < n)
		*out = at + 1;
	else if (number)
		*out = (int)strtol(to, NULL, 10);
	return *out < n && (number || strcmp(to, "up") == 0 || strcmp(to, "down") == 0);
}

enum err photo_move_post(struct context *c)
{
	struct listing l;
	struct move_fields f = {.to = NULL};
	struct http_params params;
	struct field_errors errors = {.n = 0};
	struct photo photo;
	int64_t id = 0;
	int to = 0;
	bool late = false;
	if (!form_take(c, move_table, 1, &f, &params, &errors))
		return ERR_OK;
	enum err e = photo_named(c, &l, &id, &late);
	if (e == ERR_OK && !late)
		e = photo_of_listing(c, &l, id, &photo);
	if (e != ERR_OK || late)
		return e;
	if (errors.n > 0 || !move_target(f.to, photo.position, l.photos, &to)) {
		answer_status(c, 422);
		return ERR_OK;
	}
	e = photo_db_move(c->db, l.member_id, l.id, id, to);
	if (e == ERR_OK)
		go_back(c, "move", id);
	return e;
}

enum err photo_alt_change(struct context *c, const struct listing *l, int64_t photo_id, const char *alt, bool hold, bool *review)
{
	struct photo photo;
	struct photo_review asked = photo_review(c, hold);
	*review = false;
	enum err e = photo_of_listing(c, l, photo_id, &photo);
	if (e != ERR_OK || strcmp(photo.alt, alt) == 0)
		return e;
	/* No words to be read are none to be wrong. */
	e = photo_db_alt(c->db, l->member_id, l->id, photo_id, alt, *alt != '\0' ? &asked : NULL);
	*review = asked.went;
	return e;
}

struct alt_fields {
	const char *alt;
};
static const struct field alt_table[] = {{"alt", FIELD_TEXT, offsetof(struct alt_fields, alt), 0, PHOTO_ALT_MAX, false}};

enum err photo_alt_post(struct context *c)
{
	struct listing l;
	struct alt_fields f = {.alt = ""};
	struct http_params params;
	struct field_errors errors = {.n = 0};
	int64_t id = 0;
	bool late = false, hold = false, review = false;
	if (!form_take(c, alt_table, 1, &f, &params, &errors))
		return ERR_OK;
	enum err e = photo_named(c, &l, &id, &late);
	if (e == ERR_OK && !late && errors.n == 0)
		e = photo_alt_check(c, f.alt, &errors, &hold);
	if (e == ERR_INVALID)
		e = ERR_OK;
	if (e != ERR_OK || late)
		return e;
	if (errors.n > 0) {
		const char *typed = http_param_get(&params, "alt");
		struct photos_view v = {.said = (enum msg)MSG_COUNT, .alt_of = id, .alt_typed = typed != NULL ? typed : "", .errors = &errors};
		return page_answer(c, 422, &l, &v);
	}
	e = photo_alt_change(c, &l, id, f.alt, hold, &review);
	if (e == ERR_OK)
		go_back(c, review ? "alt-review" : "alt", id);
	return e;
}

enum err photo_remove_post(struct context *c)
{
	struct listing l;
	int64_t id = 0;
	bool late = false;
	enum err e = photo_named(c, &l, &id, &late);
	if (e != ERR_OK || late)
		return e;
	e = photo_db_remove(c->db, l.member_id, l.id, id);
	if (e == ERR_OK)
		go_back(c, "remove", 0);
	return e;
}

struct order_fields {
	const char *order;
};
static const struct field order_table[] = {{"order", FIELD_TOKEN, offsetof(struct order_fields, order), 1, ORDER_TEXT_MAX, true}};

/* "12,9,10" */
static bool order_read(const char *text, int64_t ids[static PHOTO_MAX], size_t *n)
{
	for (*n = 0; *n < PHOTO_MAX; text++) {
		size_t digits = strspn(text, "0123456789");
		if (digits == 0 || digits > ID_DIGITS || *text == '0')
			return false;
		ids[(*n)++] = strtoll(text, NULL, 10);
		text += digits;
		if (*text == '\0')
			return true;
		if (*text != ',')
			return false;
	}
	return false;
}

enum err photo_order_post(struct context *c)
{
	struct listing l;
	struct order_fields f = {.order = NULL};
	struct http_params params;
	struct field_errors errors = {.n = 0};
	int64_t ids[PHOTO_MAX], unused = 0;
	size_t n = 0;
	bool late = false;
	if (!form_take(c, order_table, 1, &f, &params, &errors))
		return ERR_OK;
	enum err e = photo_named(c, &l, &unused, &late);
	if (e != ERR_OK || late)
		return e;
	if (errors.n > 0 || !order_read(f.order, ids, &n)) {
		answer_status(c, 422);
		return ERR_OK;
	}
	e = photo_db_order(c->db, l.member_id, l.id, ids, n);
	if (e == ERR_OK)
		go_back(c, "move", 0);
	return e;
}

static enum err picture_answer(struct context *c, int status, struct picture_view *v)
{
	struct photo_object picture;
	enum err e = photo_db_picture(c->db, c->arena, c->session->member_id, &picture);
	if (e != ERR_OK)
		return e;
	v->page = answer_page(c, NULL, "/account/picture");
	v->base = photo_base(c);
	v->picture = &picture;
	answer_html(c, status);
	picture_view(&c->res->body, v);
	return ERR_OK;
}

enum err photo_picture_show(struct context *c)
{
	const char *done = http_param_get(&c->req->query, "done");
	struct picture_view v = {.said = (enum msg)MSG_COUNT};
	if (done != NULL && strcmp(done, "1") == 0)
		v.said = MSG_PICTURE_SAID_SET;
	else if (done != NULL && strcmp(done, "removed") == 0)
		v.said = MSG_PICTURE_SAID_REMOVE;
	return picture_answer(c, 200, &v);
}

enum err photo_picture_refused(struct context *c, int status, const struct photo_refusals *refused)
{
	struct picture_view v = {.said = (enum msg)MSG_COUNT, .refused = refused};
	return picture_answer(c, status, &v);
}

enum err photo_picture_remove(struct context *c)
{
	enum err e = photo_db_picture_set(c->db, c->session->member_id, NULL, NULL);
	if (e == ERR_OK)
		answer_redirect(c, 303, context_href(c, "/account/picture?done=removed"));
	return e;
}
