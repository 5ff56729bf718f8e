/* What the files of store/photo share. */
#pragma once

#include "store/photo.h"

/* A place to keep files in. name: what photo_file_name makes. */
struct photo_backend {
	enum err (*try)(void *self, char why[static PHOTO_WHY_MAX]);
	enum err (*put)(void *self, const struct photo_decoded *p);
	enum err (*remove)(void *self, const char *key);
	enum err (*remove_file)(void *self, const char *name);
	enum err (*each)(void *self, bool (*each)(void *ctx, const struct photo_stored *file), void *ctx);
	/* Its size; ERR_NOT_FOUND: none, or no file. */
	enum err (*size)(void *self, const char *name, int64_t *bytes);
	/* Its bytes, a piece at a time. ERR_NOT_FOUND. */
	enum err (*read)(void *self, const char *name, void (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx);
	void (*close)(void *self);
};

/* What a file's name says; key "" and false when it is no photo's. */
bool photo_stored_parse(const char *name, struct photo_stored *out);

extern const struct photo_backend photo_folder_backend;
MUST_CHECK enum err photo_folder_open(const struct conf *conf, void **out, char why[static PHOTO_WHY_MAX]);
