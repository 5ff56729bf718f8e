/* photo_view: how photos stand in pages, JSON and feeds: sizes to choose from, with their proportions and a few colours in their place until they are there. */
#pragma once

#include "model/photo.h"
#include "render/html.h"
#include "render/json.h"

/* Where files are: "/media", or the address of the photos' own host. */
struct photo_base {
	const char *stored;        /* those in the store */
	const char *pending;       /* those that may still be on their way there */
};

/* The first photos of the listings of a page. */
struct photo_set {
	struct photo_base base;
	const struct photo *list;
	size_t n;
};
/* NULL: it has none. set may be NULL. */
const struct photo *photo_set_find(const struct photo_set *set, int64_t listing_id);

/* When the browser fetches it: when it comes near, with the page, or before everything else. */
enum photo_load { PHOTO_NEAR, PHOTO_SOON, PHOTO_FIRST };

struct photo_shown {
	struct photo_base base;
	const char *sizes;         /* the attribute's value: how wide it stands, in CSS lengths */
	const char *alt;           /* "": it says nothing that the page does not */
	int largest;               /* no size above this one is offered: 320, 800 or 1600 */
	enum photo_load load;
};
/* The colours and the <picture> over them, for a box with a ratio of its own. */
void photo_picture(struct buf *b, const struct photo_object *o, const struct photo_shown *s);
/* The three by two colours as a drawing; nothing when they are no such colours. */
void photo_placeholder(struct buf *b, const char *placeholder);
/* "/media/ab/abcdef…-800.jpg": the largest size of at most box pixels; its proportions in *size. For attributes; plain text as well. */
void photo_put_url(struct buf *b, struct photo_base base, const struct photo_object *o, int box, bool webp, struct photo_size *size);
/* The same as an address that other sites can follow. site: the site's own. */
void photo_put_absolute(struct buf *b, const char *site, struct photo_base base, const struct photo_object *o, int box, struct photo_size *size);
/* A member's picture, small and round, beside a name; nothing when key is "". */
void photo_face(struct buf *b, struct photo_base base, const char *key);
/* {"url","width","height","alt","srcset"}; null for p NULL. */
void photo_put_json(struct json *j, struct photo_base base, const struct photo *p);
/* The same members into an object that is open. */
void photo_put_members(struct json *j, struct photo_base base, const struct photo *p);

/* A listing's photos on its page: one after the other in a strip that scrolls, below it a small one of each that leads to it. Nothing when there are none. */
struct photo_gallery {
	enum lang lang;
	struct photo_base base;
	const char *title;         /* the listing's: what a photo without words of its own shows */
	const struct photo *list;
	size_t n;
};
void photo_gallery(struct buf *b, const struct photo_gallery *g);
/* What the i-th of n photos shows: its own words, or the listing's title. Plain text. */
void photo_put_alt(struct buf *out, enum lang lang, const char *title, const struct photo *p, size_t i, size_t n);

/* Why one file was not taken, with what its sentence names. */
struct photo_refused {
	const char *file;          /* as the browser named it, valid UTF-8; "": it has no name */
	size_t number;             /* the how many-eth of the form, from 1 on: for a file without a name */
	enum photo_problem problem;
	int64_t bytes;             /* the file's, where it is PHOTO_TOO_LARGE */
	enum photo_type type, declared; /* what it is and what it was sent as; PHOTO_UNKNOWN */
};
/* "IMG_2041.HEIC: 18.2 MB, the limit is 15 MB." Plain text; a name over PHOTO_NAME_MAX bytes is cut. */
void photo_refused_text(struct buf *out, enum lang lang, const struct photo_refused *r);
