/* photo: photos of one's own listings and one's own picture: seen, described, put in order, removed. Taking them in is outport-media's (app/photo_upload.h), which
 * answers by the same pages. Somebody else's listing is as good as none: ERR_NOT_FOUND. */
#pragma once

#include "app/context.h"
#include "db/photo_db.h"
#include "model/own_listing.h"
#include "render/photo_page_view.h"

MUST_CHECK enum err photo_index(struct context *c);         /* GET /listings/{id}/photos */
MUST_CHECK enum err photo_move_post(struct context *c);     /* POST /listings/{id}/photos/{n}/move: to = up, down or a position from 0 on */
MUST_CHECK enum err photo_alt_post(struct context *c);      /* POST …/{n}/alt */
MUST_CHECK enum err photo_remove_post(struct context *c);   /* POST …/{n}/remove */
MUST_CHECK enum err photo_order_post(struct context *c);    /* POST …/photos/order: order = "12,9,10" */
MUST_CHECK enum err photo_picture_show(struct context *c);  /* GET /account/picture */
MUST_CHECK enum err photo_picture_remove(struct context *c); /* POST /account/picture/remove */

/* The API (photo_api.c). */
MUST_CHECK enum err api_photos(struct context *c);          /* GET /api/v1/listings/{id}/photos: its owner's, with their numbers */
MUST_CHECK enum err api_photo_change(struct context *c);    /* PATCH /api/v1/listings/{id}/photos/{n}: alt, position */
MUST_CHECK enum err api_photo_remove(struct context *c);    /* DELETE … */

#define PHOTO_PATH "/media"
/* Where the files of photos are: PHOTO_PATH, or the address of their own host. */
struct photo_base photo_base(const struct context *c);
/* The first photos of the listings of a page: one statement when any has a photo, none otherwise. listings: n structs of stride bytes that begin with, or are,
 * a struct listing. */
MUST_CHECK enum err photo_set_load(struct context *c, const void *listings, size_t stride, size_t n, struct photo_set *out);

/* 303 to where photos are added to a listing that a member has just written. done: "draft", "review", "live". */
void photo_offer(struct context *c, int64_t listing_id, const char *done);

/* The listing c->id of the session's member. */
MUST_CHECK enum err photo_listing(struct context *c, struct listing *out);
/* Its photo with this number; ERR_NOT_FOUND. */
MUST_CHECK enum err photo_of_listing(struct context *c, const struct listing *l, int64_t photo_id, struct photo *out);
/* What goes with a photo or a description that is new: it is looked at again where an edit of the listing's words would be. hold: the site's rules want a moderator
 * to look. */
struct photo_review photo_review(const struct context *c, bool hold);
/* A description against the site's rules: ERR_INVALID with its message in errors (field "alt") when they refuse it; *hold: a moderator looks first. */
MUST_CHECK enum err photo_alt_check(struct context *c, const char *alt, struct field_errors *errors, bool *hold);
/* Keeps a description that photo_alt_check let pass, with its review. ERR_NOT_FOUND: the listing has no such photo. */
MUST_CHECK enum err photo_alt_change(struct context *c, const struct listing *l, int64_t photo_id, const char *alt, bool hold, bool *review);

/* The pages with what was not taken of an upload; status 422, 413, 429, 503. The photos' page is that of c->id; review: it went
 * back to the moderators with those that were taken. */
MUST_CHECK enum err photo_index_refused(struct context *c, int status, const struct photo_refusals *refused, bool review);
MUST_CHECK enum err photo_picture_refused(struct context *c, int status, const struct photo_refusals *refused);
/* A photo as its owner's programs see it: {"id","position","url",…}. */
void photo_put_own(const struct context *c, struct json *j, const struct photo *p);
