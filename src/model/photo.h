/* photo: what a photo of a listing or a member's picture is, its limits, sizes and addresses. No I/O. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

enum {
	PHOTO_MAX = 10,                    /* of a listing */
	PHOTO_BYTES_MAX = 15 << 20,        /* of a file as it comes */
	PHOTO_PIXELS_MAX = 50000000,
	PHOTO_HEIC_PIXELS_MAX = 24000000,  /* its decoder takes more memory for a pixel */
	PHOTO_ALT_MAX = 250,               /* characters of the alternative text */
	PHOTO_NAME_MAX = 100,              /* bytes of a file's name as it is said back; never stored */
	PHOTO_HASH_BYTES = 16,
	PHOTO_KEY_MAX = 2 * PHOTO_HASH_BYTES, /* hash as lower-case hexadecimal */
	PHOTO_SIZES = 3, PHOTO_FILES_MAX = 2 * PHOTO_SIZES,
	PHOTO_CELLS = 6, PHOTO_PLACEHOLDER_MAX = 6 * PHOTO_CELLS, /* three by two colours, RRGGBB each, row by row */
};

/* Values as stored. What came in; what is kept is WebP and JPEG. */
enum photo_type { PHOTO_UNKNOWN = 0, PHOTO_JPEG = 1, PHOTO_PNG = 2, PHOTO_WEBP = 3, PHOTO_HEIC = 4 };

/* Why a photo was not taken; each has a sentence that names the file (text/messages_photo.def). */
enum photo_problem {
	PHOTO_GOOD,
	PHOTO_EMPTY,           /* no bytes */
	PHOTO_TOO_LARGE,       /* over PHOTO_BYTES_MAX */
	PHOTO_NOT_KNOWN,       /* no JPEG, PNG, WebP or HEIC, or HEIC where libvips has none */
	PHOTO_NOT_AS_SAID,     /* declared as another type than it is */
	PHOTO_TOO_MANY_PIXELS,
	PHOTO_DAMAGED,         /* truncated, or no decoder makes anything of it */
	PHOTO_TOO_HARD,        /* its decoder crashed, or asked for more memory or time than a photo gets */
	PHOTO_ONE_TOO_MANY,    /* the listing has PHOTO_MAX */
	PHOTO_NO_SPACE,        /* the disk is full */
	PHOTO_AWAY,            /* the decoder or the store does not answer */
	PHOTO_RESTART,         /* the program was told to stop before this photo was begun */
	PHOTO_PROBLEMS
};

/* One stored object: the files made of one photo. */
struct photo_object {
	char key[PHOTO_KEY_MAX + 1];
	int width, height;     /* of the largest size kept, pixels */
	int64_t bytes;         /* of all its files */
	bool pending;          /* they are on their way into the store: the site has them meanwhile */
	char placeholder[PHOTO_PLACEHOLDER_MAX + 1];
};

/* A photo of a listing. */
struct photo {
	int64_t id, listing_id;
	int64_t member_id;     /* whose it is */
	int position;          /* from 0 on, without gaps; 0 is the one in lists */
	const char *alt;       /* "" when nobody wrote one */
	enum photo_type type;  /* as it came */
	int64_t bytes;         /* as it came */
	struct photo_object object;
	int64_t created_at;
};

const char *photo_type_name(enum photo_type t);       /* "JPEG" */
const char *photo_type_media(enum photo_type t);      /* "image/jpeg" */
/* By the first bytes; PHOTO_UNKNOWN. n may be short. */
enum photo_type photo_type_sniff(const uint8_t *bytes, size_t n);
/* What a declared media type claims; PHOTO_UNKNOWN for "", application/octet-stream and what is no photo. */
enum photo_type photo_type_of_media(const char *media);

extern const int photo_boxes[PHOTO_SIZES];
/* The sizes kept of a photo of width by height (as decoded, upright): each fits a square, its box, of 320, 800 or 1600 px, and none is larger than
 * the photo itself: one of 1000 by 700 is kept as 320 by 224, 800 by 560 and, in the third box, 1000 by 700; one of 200 by 90 as that alone. box names the
 * file; width and height are what it has, the largest last; asked with the largest's own sides it says the same again. The number of sizes, 1 to 3; 0: none. */
struct photo_size { int box, width, height; };
unsigned photo_sizes(int width, int height, struct photo_size out[static PHOTO_SIZES]);

bool photo_key_valid(const char *key);
void photo_key_of_hash(const uint8_t hash[static PHOTO_HASH_BYTES], char key[static PHOTO_KEY_MAX + 1]);
bool photo_hash_of_key(const char *key, uint8_t hash[static PHOTO_HASH_BYTES]);
/* "ab/abcdef…-800.webp": below the folder, and below /media/. Always fits 64 bytes. */
void photo_file_name(const char *key, int box, bool webp, char out[static 64]);
