/* What the files of store/photo share. */
#pragma once

#include "store/photo.h"

/* A place to keep files in. name: what photo_file_name makes. */
struct photo_backend {
	bool remote;
	enum err (*try)(void *self, char why[static PHOTO_WHY_MAX]);
	enum err (*put)(void *self, const struct photo_decoded *p);
	enum err (*remove)(void *self, const char *key);
	enum err (*remove_file)(void *self, const char *name);
	enum err (*each)(void *self, bool (*each)(void *ctx, const struct photo_stored *file), void *ctx);
	/* Its size; ERR_NOT_FOUND: none, or no file. */
	enum err (*size)(void *self, const char *name, int64_t *bytes);
	/* Its bytes, a piece at a time. ERR_NOT_FOUND. */
	enum err (*read)(void *self, const char *name, void (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx);
	/* Size and checksum as the place itself has them; sha256 "": it has none. NULL: it keeps no checksums. */
	enum err (*sum)(void *self, const char *name, int64_t *bytes, char sha256[static PHOTO_SUM_SIZE]);
	enum err (*address)(void *self, const char *name, int *seconds, struct buf *out, char why[static PHOTO_WHY_MAX]); /* NULL: it gives none */
	void (*why)(void *self, char why[static PHOTO_WHY_MAX]); /* NULL: the error says it all */
	void (*close)(void *self);
};

extern const struct photo_backend photo_folder_backend;
MUST_CHECK enum err photo_folder_open(const struct conf *conf, void **out, char why[static PHOTO_WHY_MAX]);
extern const struct photo_backend photo_s3_backend;
MUST_CHECK enum err photo_s3_open(const struct conf *conf, struct cloud *cloud, void **out, char why[static PHOTO_WHY_MAX]);
