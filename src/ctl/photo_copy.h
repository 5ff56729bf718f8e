/* photo_copy: brings every photo that the database knows from one store into another, each file held against its SHA-256 in both. What is there already stays, so that it may be
 * cut off and done again. Safe beside a running site: files never change. */
#pragma once

#include "db/db.h"
#include "store/photo.h"

enum { PHOTO_COPY_KEPT = 50 };

struct photo_copy {
	struct db *db;
	struct photo_store *from, *to;
	bool dry_run;
	/* called after each object; NULL */
	void (*progress)(void *ctx, int64_t done, int64_t total);
	void *ctx;
	/* out */
	int64_t objects, copied, there, pending, failed; /* pending: the jobs bring them */
	int64_t bytes;                                    /* copied */
	int64_t unknown;                                  /* files of photos in from that no row knows: not copied */
	struct photo_copy_failure {
		char key[PHOTO_KEY_MAX + 1];
		const char *what;                             /* static */
		enum err e;
	} failures[PHOTO_COPY_KEPT];                      /* the first */
	char unknown_names[PHOTO_COPY_KEPT][64];
	bool away;                                        /* it gave up: one of the stores does not answer */
	char why[PHOTO_WHY_MAX];                          /* of the last failure; "": its error says it all */
};
/* ERR_OK: it came to the end, failures or not. */
MUST_CHECK enum err photo_copy_run(struct photo_copy *c);
