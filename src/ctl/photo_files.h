/* photo_files: which objects have which files, as one walk through the store saw them. 40 bytes an object. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/photo.h"
#include "store/photo.h"
#include "util/err.h"

struct photo_file_set {
	uint8_t hash[PHOTO_HASH_BYTES];
	int64_t newest;        /* the time of the file written last */
	int64_t bytes;         /* of all */
	uint32_t files;        /* how many; 0: an empty slot */
	bool has_row;          /* the caller's mark */
};

struct photo_files {
	struct photo_file_set *slots;
	size_t size, n;        /* size: a power of two, or 0 */
};

void photo_files_free(struct photo_files *f);
/* Counts a file of an object. ERR_NOMEM. */
MUST_CHECK enum err photo_files_add(struct photo_files *f, const struct photo_stored *file);
/* NULL: none. */
struct photo_file_set *photo_files_find(const struct photo_files *f, const uint8_t hash[static PHOTO_HASH_BYTES]);
