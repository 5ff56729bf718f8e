/* photo_decode_internal: what the parts of photo_decode share. photo_decode.c is the side of the program, photo_decode_helper.c the process that forks,
 * photo_decode_child.c and photo_decode_picture.c what decodes, photo_decode_reply.c reads what that says. */
#pragma once

#include "store/photo_decode.h"

enum { PHOTO_AT_ONCE_MAX = 16, PHOTO_CHILD_NICE = 19 };

/* Runs in a process of its own, which ends with what it returns. Standard input: the photo, length bytes; standard output: the reply. */
typedef int (*photo_child_main)(enum photo_type type, size_t length);
int photo_decode_child(enum photo_type type, size_t length);
/* Exit states. Anything but CHILD_REPLIED is the photo's fault, but for CHILD_NO_SANDBOX: nothing was decoded. */
enum { CHILD_REPLIED = 0, CHILD_NO_SANDBOX = 3, CHILD_NO_REPLY = 4 };

/* How a decoder is made; tests make ones with another child, of which they see what it may and what becomes of it. */
struct photo_decoder_set_up {
	unsigned at_once;
	unsigned wall_seconds; /* then the child is killed */
	int nice;
	photo_child_main child;
};
MUST_CHECK enum err photo_decoder_start_as(const struct photo_decoder_set_up *set_up, struct photo_decoder **out);

/* A job goes to the helper with three file descriptors: the input's end to read, the output's end to write, and the end to write a struct photo_end to. */
enum { PHOTO_JOB_FDS = 3 };
struct photo_job {
	uint32_t type, length;
};
struct photo_end {
	int32_t status;     /* as waitpid(2) says; of no meaning when not begun */
	int16_t not_begun;  /* there was no child */
	int16_t starved;    /* its time by the clock was up, and for want of a processor: nothing said against the photo */
	int64_t max_rss;    /* KiB */
};
/* The helper's whole life: ends when the other end of the socket does. */
_Noreturn void photo_helper_run(int socket, const struct photo_decoder_set_up *set_up, pid_t program);

/* A reply is this, then the files one behind the other. Both ends are the same program. */
struct photo_reply {
	uint32_t mark;
	uint32_t problem;       /* enum photo_problem; when it is not PHOTO_GOOD nothing follows and the rest is 0 */
	uint32_t width, height; /* of the largest size */
	uint32_t files;
	uint32_t bytes[PHOTO_FILES_MAX];
	uint8_t placeholder[PHOTO_CELLS * 3];
	uint8_t zero[2];
};
enum { PHOTO_REPLY_MARK = 0x4f504831, PHOTO_REPLY_MAX = sizeof(struct photo_reply) + PHOTO_OUTPUT_MAX };
/* The work itself: libvips is to have been started. The files are g_malloc'ed and stay. What is left of memory and time is the caller's to bound. */
struct photo_picture {
	struct photo_reply head;
	void *file[PHOTO_FILES_MAX];
};
enum photo_problem photo_picture_make(enum photo_type type, uint8_t *bytes, size_t n, struct photo_picture *out);
/* Believes nothing. What the reply says: PHOTO_GOOD with the object and the files (which point into bytes; memory stays NULL), or why not; PHOTO_TOO_HARD for
 * what is no reply. The files of each size are its WebP and its JPEG. */
enum photo_problem photo_reply_read(const uint8_t *bytes, size_t n, struct photo_decoded *out);
