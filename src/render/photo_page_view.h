/* photo_page_view: the pages on which people manage photos: those of a listing, and a member's own picture. */
#pragma once

#include "model/listing.h"
#include "render/layout.h"
#include "render/photo_view.h"
#include "text/field_error.h"

/* What was sent and not taken, for both pages. */
struct photo_refusals {
	const struct photo_refused *files;
	size_t n;
	const char *whole;           /* what is wrong with all of it: plain text; NULL */
};

struct photos_view {
	struct page page;            /* path: the photos' page */
	const struct listing *listing;
	struct photo_base base;            /* where the files are */
	const struct photo *photos;
	size_t n;
	const struct photo_refusals *refused; /* NULL: nothing */
	int64_t alt_of;              /* the photo whose description was not taken; 0: none */
	const char *alt_typed;       /* the description */
	const struct field_errors *errors; /* of its field "alt"; NULL */
	enum msg said;               /* of what was done just now; MSG_COUNT: nothing */
	bool late;                   /* said is no success */
	bool locked;                 /* nothing can be changed in the listing's state */
	bool review;                 /* a change makes somebody look at the listing again */
};
/* GET /listings/{id}/photos, and what its forms send back */
void photos_view(struct buf *b, const struct photos_view *v);

struct picture_view {
	struct page page;
	struct photo_base base;
	const struct photo_object *picture; /* key "": none */
	const struct photo_refusals *refused;
	enum msg said;
};
/* GET /account/picture */
void picture_view(struct buf *b, const struct picture_view *v);

/* What moderators see of them: a list with a button each, of the form "d-ID" of the decision about the listing, whose reason counts for it. Nothing when there are none. */
void photos_moderated_view(struct buf *b, enum lang lang, struct photo_base base, const struct listing *l, const struct photo *photos, size_t n);
