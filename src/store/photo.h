/* photo: where the files of photos are kept: a folder, or a bucket of Amazon S3, as [media] store says. Files are named by their content (model/photo.h), are written once
 * and never changed. Which object is used how often the database knows (db/photo_db.h). */
#pragma once

#include "store/cloud.h"
#include "store/photo_decode.h"
#include "util/conf.h"
#include "util/err.h"

enum { PHOTO_WHY_MAX = 768, PHOTO_SUM_SIZE = 45 };

/* One file as the store has it. */
struct photo_stored {
	char key[PHOTO_KEY_MAX + 1];
	const char *name;     /* "ab/abcdef…-800.webp"; also what is no file of ours (key is "" then) */
	int box;
	bool webp;
	int64_t bytes, modified_at;
};

/* Thread-safe; no bucket is asked for anything yet. ERR_INVALID, ERR_IO: why says what is wrong with the configuration or the folder. conf and cloud live as long as it. */
struct photo_store;
MUST_CHECK enum err photo_store_open(const struct conf *conf, struct cloud *cloud, struct photo_store **out, char why[static PHOTO_WHY_MAX]);
/* That of a name, "folder" or "s3", whatever the configuration says. */
MUST_CHECK enum err photo_store_open_as(const struct conf *conf, struct cloud *cloud, const char *store, struct photo_store **out, char why[static PHOTO_WHY_MAX]);
void photo_store_close(struct photo_store *s);
/* A bucket: everything below but photo_store_address waits for a network, no visitor may wait for it, and no row is locked meanwhile (photo_pending_db.h). Its errors are those
 * of an AWS call: ERR_DENIED, ERR_LIMITED, ERR_TIMEOUT, ERR_CLOSED. */
bool photo_store_remote(const struct photo_store *s);
/* What stood in the way the last time, for the operator; "": nothing is known. */
void photo_store_why(struct photo_store *s, char why[static PHOTO_WHY_MAX]);
/* An address of a bucket's file for anybody who has it, good for *seconds, or fewer, which *seconds says then; ERR_NOT_FOUND: of a folder. Asks nobody but, now and then, who gives
 * out credentials. */
MUST_CHECK enum err photo_store_address(struct photo_store *s, const char *name, int *seconds, struct buf *out, char why[static PHOTO_WHY_MAX]);
/* May anything be written there? That there is no space is no matter. ERR_IO, and why. */
MUST_CHECK enum err photo_store_try(struct photo_store *s, char why[static PHOTO_WHY_MAX]);
/* All files are there, whole and on the disk, when it returns ERR_OK; those that were there already stay. ERR_NO_SPACE: no space (what was half written is gone); ERR_IO. */
MUST_CHECK enum err photo_store_put(struct photo_store *s, const struct photo_decoded *p);
/* Removes all files of the object; none there is no error. */
MUST_CHECK enum err photo_store_remove(struct photo_store *s, const char *key);
/* Removes one file that photo_store_each named. */
MUST_CHECK enum err photo_store_remove_file(struct photo_store *s, const char *name);
/* Every file there is, in no order; each returns false to stop. Temporary files are among them (key "", their name begins with
 * PHOTO_TEMPORARY behind the last "/"), and what is no file of ours. */
#define PHOTO_TEMPORARY ".new-"
MUST_CHECK enum err photo_store_each(struct photo_store *s, bool (*each)(void *ctx, const struct photo_stored *file), void *ctx);
/* Is any file of the object there? */
MUST_CHECK enum err photo_store_any(struct photo_store *s, const char *key, bool *any);
/* Are all files of the object there, none empty, as large together as it says? */
MUST_CHECK enum err photo_store_whole(struct photo_store *s, const struct photo_object *o, bool *whole);
/* Are they also, byte by byte, what the key is the hash of? Reads them all. */
MUST_CHECK enum err photo_store_true(struct photo_store *s, const struct photo_object *o, bool *is);
/* Length of one file and SHA-256 of its bytes, in base64: read, where the store does not keep it. ERR_NOT_FOUND. */
MUST_CHECK enum err photo_store_sum(struct photo_store *s, const char *name, int64_t *bytes, char sha256[static PHOTO_SUM_SIZE]);
/* One file, appended to out. ERR_NOT_FOUND. */
MUST_CHECK enum err photo_store_read(struct photo_store *s, const char *name, struct buf *out);
/* The names of an object's files in their order: sizes from the smallest, WebP before JPEG. How many. */
unsigned photo_store_names(const struct photo_object *o, char names[static PHOTO_FILES_MAX][64]);
/* What a file's name says; key "" and false when it is no photo's. */
bool photo_stored_parse(const char *name, struct photo_stored *out);
