/* photo_decode: hostile bytes in, small clean files out. Each photo is decoded in a process of its own, which has two pipes and nothing else: no
 * file, no socket, no exec, bounded memory and time. The processes are forked by one helper process that photo_decoder_start makes while the program is
 * still one thread, holds no secret and has not started libvips: see docs/photos.md. */
#pragma once

#include <sys/types.h>

#include "model/photo.h"
#include "util/err.h"

enum {
	PHOTO_CHILD_MEMORY = 450 << 20, /* bytes */
	PHOTO_CHILD_CPU_SECONDS = 20, PHOTO_CHILD_WALL_SECONDS = 40, /* the wall clock begins when the child does */
	PHOTO_OUTPUT_MAX = 8 << 20,     /* bytes of all files of one photo */
};

struct photo_file {
	int box;             /* 320, 800, 1600 */
	bool webp;           /* else JPEG */
	const uint8_t *data;
	size_t n;
};

struct photo_decoded {
	struct photo_object object; /* key: the hash (SHA-256's first 16 bytes) of the files' bytes in their order, so the same picture has the same key */
	struct photo_file files[PHOTO_FILES_MAX]; /* in their order: sizes from the smallest (photo_sizes), WebP before JPEG of each */
	unsigned n;
	uint8_t *memory;     /* what the files point into; photo_decoded_free() */
	int child_status;    /* as waitpid(2) says */
	long child_max_rss;  /* KiB */
};

/* at_once: how many children run at the same time, 1 to 16; more wait their turn. Call before any thread, secret or library is started. */
struct photo_decoder;
MUST_CHECK enum err photo_decoder_start(unsigned at_once, struct photo_decoder **out);
void photo_decoder_stop(struct photo_decoder *d);
/* Is the helper process there? Without it every photo is PHOTO_AWAY, for good. */
bool photo_decoder_alive(const struct photo_decoder *d);
/* Any thread. Reads length bytes at offset of fd. type: what photo_type_sniff found. PHOTO_GOOD with *out filled (free it), else why not. */
enum photo_problem photo_decode(struct photo_decoder *d, int fd, off_t offset, size_t length, enum photo_type type, struct photo_decoded *out);
void photo_decoded_free(struct photo_decoded *p);
/* Can this machine's libvips read HEIC? Asked once, in a child. */
bool photo_decoder_heic(const struct photo_decoder *d);
