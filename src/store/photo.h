/* photo: where the files of photos are kept: a folder; S3 later, behind the same few functions. Files are named by their content (model/photo.h), are written once and never
 * changed. Which object is used how often the database knows (db/photo_db.h). */
#pragma once

#include "store/photo_decode.h"
#include "util/conf.h"
#include "util/err.h"

enum { PHOTO_WHY_MAX = 512 };

/* One file as the store has it. */
struct photo_stored {
	char key[PHOTO_KEY_MAX + 1];
	const char *name;     /* "ab/abcdef…-800.webp"; also what is no file of ours (key is "" then) */
	int box;
	bool webp;
	int64_t bytes, modified_at;
};

/* Thread-safe. ERR_INVALID, ERR_IO: why says what is wrong with the configuration or the folder. */
struct photo_store;
MUST_CHECK enum err photo_store_open(const struct conf *conf, struct photo_store **out, char why[static PHOTO_WHY_MAX]);
void photo_store_close(struct photo_store *s);
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
