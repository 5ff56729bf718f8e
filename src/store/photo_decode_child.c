#include "store/photo_decode_internal.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gmodule.h>
#include <vips/vips.h>

#include "store/photo_sandbox.h"

enum {
	OWN_MEMORY = 350 << 20, /* bytes; what is left of PHOTO_CHILD_MEMORY is the libraries' */
	WEBP_QUALITY = 75, WEBP_EFFORT = 4, JPEG_QUALITY = 80,
	BANDS = 3,
};

/* Its loader's class, which is all of libvips' loaders that stays. */
static const struct {
	const char *loader;
} of_type[] = {
	[PHOTO_JPEG] = {"VipsForeignLoadJpegBuffer"},
	[PHOTO_PNG] = {"VipsForeignLoadPngBuffer"},
	[PHOTO_WEBP] = {"VipsForeignLoadWebpBuffer"},
	[PHOTO_HEIC] = {"VipsForeignLoadHeifBuffer"},
};

/* Pixels without anything else: RGB of eight bits in sRGB, so that no metadata can come along. */
struct pixels {
	void *data;
	size_t n;
	int width, height;
};

struct picture {
	struct photo_reply head;
	void *file[PHOTO_FILES_MAX];
};

static GLogWriterOutput log_nothing(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer ctx)
{
	(void)level, (void)fields, (void)n, (void)ctx;
	return G_LOG_WRITER_HANDLED;
}

static void log_nowhere(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer ctx)
{
	(void)domain, (void)level, (void)message, (void)ctx;
}

/* HEIC is a module of libvips' in some distributions, part of it in others. The other modules are never loaded: VIPSHOME leads nowhere. */
static bool heic_load(void)
{
	char path[512];
	static const uint8_t nothing[] = "\0\0\0\x18" "ftypheic\0\0\0\0mif1heic";
	VipsImage *none = NULL;
	snprintf(path, sizeof path, VIPS_MODULES_DIR "/vips-modules-%d.%d/vips-heif.so", vips_version(0), vips_version(1));
	if (vips_type_find("VipsOperation", "heifload_buffer") == 0 && g_module_open(path, G_MODULE_BIND_LAZY) == NULL)
		return false;
	if (vips_type_find("VipsOperation", "heifload_buffer") == 0)
		return false;
	/* libheif looks for modules of its own at the first picture: now, while it can. */
	vips_operation_block_set("VipsForeignLoadHeifBuffer", FALSE);
	if (vips_heifload_buffer((void *)(uintptr_t)nothing, sizeof nothing - 1, &none, NULL) == 0)
		g_object_unref(none);
	vips_error_clear();
	return true;
}

/* Everything that needs a file, done before the sandbox. False: no loader for the type. */
static bool prepare(enum photo_type type)
{
	mallopt(M_ARENA_MAX, 1);
	setenv("VIPSHOME", "/nonexistent", 1);
	setenv("VIPS_NOVECTOR", "1", 1); /* no code made at run time: memory is never both written and run */
	g_log_set_default_handler(log_nowhere, NULL);
	g_log_set_writer_func(log_nothing, NULL, NULL);
	if (VIPS_INIT("outport-photo") != 0)
		return false;
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	vips_block_untrusted_set(TRUE);
	vips_operation_block_set("VipsForeignLoad", TRUE);
	if (type == PHOTO_HEIC && !heic_load())
		return false;
	vips_operation_block_set(of_type[type].loader, FALSE);
	return true;
}

static uint8_t *input_read(size_t length)
{
	uint8_t *bytes = malloc(length + 1);
	size_t have = 0;
	while (bytes != NULL) {
		ssize_t n = read(STDIN_FILENO, bytes + have, length + 1 - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || have + (size_t)n > length)
			break;
		have += (size_t)n;
	}
	if (have == length)
		return bytes;
	free(bytes);
	return NULL;
}

static bool output_write(const void *data, size_t n)
{
	const uint8_t *at = data;
	while (n > 0) {
		ssize_t done = write(STDOUT_FILENO, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

/* Opens the photo; pixels are read when they are asked for. shrink: JPEG's, 1, 2, 4 or 8; scale: WebP's, up to 1. The first picture of several. */
static VipsImage *open_as(enum photo_type type, uint8_t *bytes, size_t n, int shrink, double scale)
{
	VipsImage *image = NULL;
	switch (type) {
	case PHOTO_JPEG:
		vips_jpegload_buffer(bytes, n, &image, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
		break;
	case PHOTO_PNG:
		vips_pngload_buffer(bytes, n, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
		break;
	case PHOTO_WEBP:
		vips_webpload_buffer(bytes, n, &image, "scale", scale, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
		break;
	case PHOTO_HEIC:
		vips_heifload_buffer(bytes, n, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
		break;
	case PHOTO_UNKNOWN:
		break;
	}
	return image;
}

/* The container of HEIC may hold other codecs. */
static bool is_hevc(VipsImage *image)
{
	const char *codec;
	return vips_image_get_typeof(image, "heif-compression") == 0 || (vips_image_get_string(image, "heif-compression", &codec) == 0 && strcmp(codec, "hevc") == 0);
}

/* Takes over image. width, height: as the photo lies, not as it is shown. */
static bool pixels_take(VipsImage *image, int width, int height, struct pixels *out)
{
	VipsImage *sized = NULL, *coloured = NULL, *flat = NULL, *bytes = NULL;
	/* The profile says what the numbers mean; without one they are sRGB, but CMYK is never. */
	bool profile = vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0 || vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;
	int bad = profile ? vips_thumbnail_image(image, &sized, width, "height", height, "size", VIPS_SIZE_FORCE, "no_rotate", TRUE, "export_profile", "srgb", NULL) :
		vips_thumbnail_image(image, &sized, width, "height", height, "size", VIPS_SIZE_FORCE, "no_rotate", TRUE, NULL);
	g_object_unref(image);
	if (bad == 0 && vips_colourspace(sized, &coloured, VIPS_INTERPRETATION_sRGB, NULL) == 0) {
		VipsArrayDouble *white = vips_array_double_newv(3, 255.0, 255.0, 255.0);
		bad = vips_image_hasalpha(coloured) ? vips_flatten(coloured, &flat, "background", white, NULL) : vips_copy(coloured, &flat, NULL);
		vips_area_unref(VIPS_AREA(white));
		if (bad == 0 && vips_cast_uchar(flat, &bytes, NULL) == 0 && vips_image_get_bands(bytes) == BANDS)
			out->data = vips_image_write_to_memory(bytes, &out->n);
	}
	VIPS_UNREF(bytes);
	VIPS_UNREF(flat);
	VIPS_UNREF(coloured);
	VIPS_UNREF(sized);
	out->width = width;
	out->height = height;
	return out->data != NULL && out->n == (size_t)width * (size_t)height * BANDS;
}

static VipsImage *image_of(const struct pixels *p)
{
	VipsImage *raw = vips_image_new_from_memory(p->data, p->n, p->width, p->height, BANDS, VIPS_FORMAT_UCHAR), *image = NULL;
	if (raw != NULL && vips_copy(raw, &image, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) != 0)
		image = NULL;
	VIPS_UNREF(raw);
	return image;
}

/* Turns and mirrors as Exif's orientation says: 2 to 8. */
static bool pixels_turn(struct pixels *p, int orientation)
{
	struct pixels turned = {.width = orientation >= 5 ? p->height : p->width, .height = orientation >= 5 ? p->width : p->height};
	VipsImage *image = image_of(p), *upright = NULL;
	if (image == NULL)
		return false;
	vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
	if (vips_autorot(image, &upright, NULL) == 0)
		turned.data = vips_image_write_to_memory(upright, &turned.n);
	VIPS_UNREF(upright);
	g_object_unref(image);
	g_free(p->data);
	*p = turned;
	return p->data != NULL && p->n == (size_t)p->width * (size_t)p->height * BANDS;
}

/* The average colours of three by two cells; a cell of a photo narrower than that is the pixel nearest. */
static void placeholder_make(const struct pixels *p, uint8_t out[static PHOTO_CELLS * 3])
{
	const uint8_t *data = p->data;
	for (int cell = 0; cell < PHOTO_CELLS; cell++) {
		int x0 = p->width * (cell % 3) / 3, x1 = p->width * (cell % 3 + 1) / 3, y0 = p->height * (cell / 3) / 2, y1 = p->height * (cell / 3 + 1) / 2;
		uint64_t sum[BANDS] = {0}, count = 0;
		for (int y = y0; y < (y1 > y0 ? y1 : y0 + 1); y++)
			for (int x = x0; x < (x1 > x0 ? x1 : x0 + 1); x++, count++)
				for (int band = 0; band < BANDS; band++)
					sum[band] += data[((size_t)y * (size_t)p->width + (size_t)x) * BANDS + (size_t)band];
		for (int band = 0; band < BANDS; band++)
			out[cell * BANDS + band] = (uint8_t)((sum[band] + count / 2) / count);
	}
}

static bool file_make(const struct pixels *p, bool webp, void **file, uint32_t *bytes)
{
	VipsImage *image = image_of(p);
	size_t n = 0;
	if (image == NULL)
		return false;
	int bad = webp ? vips_webpsave_buffer(image, file, &n, "Q", WEBP_QUALITY, "effort", WEBP_EFFORT, "strip", TRUE, NULL) :
		vips_jpegsave_buffer(image, file, &n, "Q", JPEG_QUALITY, "optimize_coding", TRUE, "interlace", TRUE, "strip", TRUE, NULL);
	g_object_unref(image);
	*bytes = (uint32_t)n;
	return bad == 0 && n <= PHOTO_OUTPUT_MAX;
}

/* The files of all sizes, each size made of the one above it. Frees p. */
static bool files_make(struct pixels *p, struct picture *out)
{
	struct photo_size sizes[PHOTO_SIZES];
	unsigned n = photo_sizes(p->width, p->height, sizes);
	out->head.width = (uint32_t)p->width;
	out->head.height = (uint32_t)p->height;
	out->head.files = 2 * n;
	for (unsigned i = n; i-- > 0;) {
		if (sizes[i].width != p->width || sizes[i].height != p->height) {
			struct pixels smaller = {.data = NULL};
			VipsImage *image = image_of(p);
			bool done = image != NULL && pixels_take(image, sizes[i].width, sizes[i].height, &smaller);
			g_free(p->data);
			*p = smaller;
			if (!done)
				return false;
		}
		if (!file_make(p, true, &out->file[2 * i], &out->head.bytes[2 * i]) || !file_make(p, false, &out->file[2 * i + 1], &out->head.bytes[2 * i + 1]))
			return false;
	}
	placeholder_make(p, out->head.placeholder);
	return true;
}

/* How much of a photo's decoding can be left out for the largest size: at its scale or more. */
static VipsImage *open_shrunk(enum photo_type type, uint8_t *bytes, size_t n, int width, int height, int target_width, int target_height)
{
	int shrink = 8;
	double across = (double)target_width / width, down = (double)target_height / height;
	while (shrink > 1 && (width / shrink < target_width || height / shrink < target_height))
		shrink /= 2;
	return open_as(type, bytes, n, shrink, across > down ? across : down);
}

static enum photo_problem why_failed(void)
{
	const char *said = vips_error_buffer();
	/* libvips', libjpeg's and libpng's words for it */
	bool memory = strstr(said, "memory") != NULL || strstr(said, "Memory") != NULL;
	return memory ? PHOTO_TOO_HARD : PHOTO_DAMAGED;
}

static enum photo_problem decode(enum photo_type type, uint8_t *bytes, size_t n, struct picture *out)
{
	struct photo_size sizes[PHOTO_SIZES];
	struct pixels p = {.data = NULL};
	VipsImage *image = open_as(type, bytes, n, 1, 1);
	if (image == NULL)
		return why_failed();
	int width = vips_image_get_width(image), height = vips_image_get_height(image);
	/* A HEIC decoder turns by itself. */
	int orientation = type == PHOTO_HEIC ? 1 : vips_image_get_orientation(image);
	bool known = type != PHOTO_HEIC || is_hevc(image);
	g_object_unref(image);
	if (!known)
		return PHOTO_NOT_KNOWN;
	if ((int64_t)width * height > (type == PHOTO_HEIC ? PHOTO_HEIC_PIXELS_MAX : PHOTO_PIXELS_MAX))
		return PHOTO_TOO_MANY_PIXELS;
	unsigned count = photo_sizes(width, height, sizes);
	if (count == 0)
		return PHOTO_DAMAGED;
	image = open_shrunk(type, bytes, n, width, height, sizes[count - 1].width, sizes[count - 1].height);
	if (image == NULL || !pixels_take(image, sizes[count - 1].width, sizes[count - 1].height, &p))
		return why_failed();
	if (orientation > 1 && orientation <= 8 && !pixels_turn(&p, orientation))
		return why_failed();
	return files_make(&p, out) ? PHOTO_GOOD : why_failed();
}

static int reply(const struct picture *p)
{
	bool done = output_write(&p->head, sizeof p->head);
	for (unsigned i = 0; done && i < p->head.files; i++)
		done = output_write(p->file[i], p->head.bytes[i]);
	return done ? CHILD_REPLIED : CHILD_NO_REPLY;
}

int photo_decode_child(enum photo_type type, size_t length)
{
	static struct picture p;
	bool known = type >= PHOTO_JPEG && type <= PHOTO_HEIC && prepare(type);
	if (photo_sandbox_enter(OWN_MEMORY, PHOTO_CHILD_CPU_SECONDS) != ERR_OK)
		return CHILD_NO_SANDBOX;
	p.head = (struct photo_reply){.mark = PHOTO_REPLY_MARK};
	if (!known || length == 0 || length > PHOTO_BYTES_MAX) {
		p.head.problem = known ? PHOTO_EMPTY : PHOTO_NOT_KNOWN;
		return reply(&p);
	}
	uint8_t *bytes = input_read(length);
	enum photo_problem problem = bytes == NULL ? PHOTO_DAMAGED : decode(type, bytes, length, &p);
	if (problem != PHOTO_GOOD)
		p.head = (struct photo_reply){.mark = PHOTO_REPLY_MARK, .problem = problem};
	return reply(&p);
}
