/* photo_samples: the photos the tests and the bench give to the decoder, made with libvips and exiftool in a folder of their own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/photo_decode.h"

/* A temporary folder, filled by a process of its own: the caller has not started libvips afterwards. Ends the program when that fails. */
void samples_make(void);
/* Empties and removes it. */
void samples_remove(void);
/* "/tmp/…/name"; good for some calls. */
const char *sample_path(const char *name);
/* In malloc'ed memory. */
uint8_t *sample_read(const char *name, size_t *n);
/* Was libvips able to write HEIC? */
bool sample_heic(void);

/* Runs a command without a shell, its output to the file; the exit status, -1 when it was killed. */
int sample_run(const char *output, const char *const argv[]);

/* The scene of nearly all samples: four quarters. In what is kept, top left, top right, bottom left, bottom right. */
enum { RED, GREEN, BLUE, WHITE, SCENE_WIDTH = 400, SCENE_HEIGHT = 300 };
extern const uint8_t scene_colours[4][3];

/* A decoder as the program's, but in no hurry and not behind everything else that the machine does. NULL: it cannot be made. */
struct photo_decoder *sample_decoder(unsigned at_once);
/* From memory and from a file, as the program would. */
enum photo_problem decode_bytes_as(struct photo_decoder *d, const uint8_t *bytes, size_t n, enum photo_type type, struct photo_decoded *out);
enum photo_problem decode_sample(struct photo_decoder *d, const char *name, struct photo_decoded *out);
