/* photo_check: holds what the store has against what the rows say, and mends what does not fit. Safe beside a running site: what is found is looked at
 * again, and mended under the locks that uploads take. */
#pragma once

#include "db/db.h"
#include "store/photo.h"

/* Files younger than this may belong to an upload in flight. */
enum { PHOTO_CHECK_AGE = 3600 };
/* More than half of the photos without files, and more than this many: rather the wrong folder than lost files. */
enum { PHOTO_CHECK_MANY = 10, PHOTO_FINDINGS_KEPT = 1000 };

enum photo_finding_kind {
	FINDING_FILES,       /* files of an object that no row knows; key */
	FINDING_TEMPORARY,   /* a file that was being written; name */
	FINDING_LOST,        /* rows name an object whose files are not all there; key */
	FINDING_DAMAGED,     /* or whose bytes are others than they were; key */
	FINDING_REFERENCES,  /* an object counts other names than it has; key */
	FINDING_COUNT,       /* a listing's photos are miscounted, or their positions have gaps; id of the listing */
	FINDING_LISTING,     /* photos of a listing that is no more; its id */
	FINDING_PICTURE,     /* a member's picture that is no object; the member's id */
	FINDING_KINDS
};

struct photo_finding {
	enum photo_finding_kind kind;
	const char *what;    /* as said at each kind */
	bool mended;
};

struct photo_check {
	/* what is asked */
	struct db *db;
	struct arena *arena;
	struct photo_store *store;
	int64_t now;
	bool mend;
	bool quick;          /* no file is read: damage that leaves the length as it was is not seen */
	bool force;          /* mend though it looks like the wrong folder */
	/* what came of it */
	int64_t objects, files, bytes, unknown; /* unknown: files that are none of ours, left alone */
	int64_t waiting, waiting_bytes;         /* objects on their way into the bucket, whose files the database has until then */
	int64_t found[FINDING_KINDS], mended[FINDING_KINDS];
	struct photo_finding *findings; /* the first PHOTO_FINDINGS_KEPT */
	size_t n;
	bool doubtful;       /* nothing lost was mended: see PHOTO_CHECK_MANY */
};

/* ERR_DB…, ERR_IO: it could not be gone through to the end. */
MUST_CHECK enum err photo_check_run(struct photo_check *c);
const char *photo_finding_name(enum photo_finding_kind kind);  /* "orphan_files" */
const char *photo_finding_words(enum photo_finding_kind kind); /* "Files without a row" */
