/* photo_take: the files of an upload, one after the other: checked, decoded, kept; or refused, with all that the sentence about it names. */
#pragma once

#include <sys/types.h>

#include "app/context.h"
#include "model/listing.h"
#include "render/photo_page_view.h"

enum { PHOTO_FILES_SENT_MAX = 64 };

/* A file as it lies in the request's body. */
struct photo_sent {
	const char *name;       /* "" when it has none */
	const char *media;      /* the type it was sent as, "" */
	const char *alt;        /* checked; "" */
	off_t offset;
	size_t length;
};

struct photo_taking {
	const struct listing *listing; /* NULL: it is the member's picture */
	bool hold;                     /* the rules want a moderator to look at what was written */
	int64_t ids[PHOTO_FILES_SENT_MAX]; /* of the photos taken, none twice */
	size_t n_ids, taken;           /* taken: files */
	struct photo_object picture;   /* the member's new one */
	struct photo_refused refused[PHOTO_FILES_SENT_MAX];
	size_t n_refused;
	bool review;                   /* the listing went back to the moderators */
	bool limited;                  /* the last of refused, and what came after it, is over the hour's limit: not looked at */
};

/* Takes one file, or adds it to refused. An error ends the request. */
MUST_CHECK enum err photo_take(struct context *c, struct photo_taking *t, const struct photo_sent *file, size_t number);
/* "too_large": for programs and for the log. */
const char *photo_problem_name(enum photo_problem p);
