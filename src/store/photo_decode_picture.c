#include "store/photo_decode_internal.h"

#include <string.h>

#include <vips/vips.h>

enum { WEBP_QUALITY = 75, WEBP_EFFORT = 4, JPEG_QUALITY = 80, BANDS = 3 };

/* Pixels without anything else: RGB of eight bits in sRGB, so that no metadata can come along. */
struct pixels {
	void *data;
	size_t n;
	int width, height;
};

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

/* Transparent is white, whatever white is in image's numbers. Takes image over. */
static VipsImage *opaque(VipsImage *image)
{
	VipsImage *flat = NULL;
	double white = vips_image_get_format(image) == VIPS_FORMAT_USHORT ? 65535 : 255;
	if (image == NULL || !vips_image_hasalpha(image))
		return image;
	VipsArrayDouble *background = vips_array_double_newv(1, white);
	vips_flatten(image, &flat, "background", background, "max_alpha", white, NULL);
	vips_area_unref(VIPS_AREA(background));
	g_object_unref(image);
	return flat;
}

static VipsImage *resized(VipsImage *image, int width, int height)
{
	VipsImage *sized = NULL;
	if (image == NULL || (vips_image_get_width(image) == width && vips_image_get_height(image) == height))
		return image;
	double across = (double)width / vips_image_get_width(image), down = (double)height / vips_image_get_height(image);
	vips_resize(image, &sized, across, "vscale", down, "kernel", VIPS_KERNEL_CUBIC, NULL);
	g_object_unref(image);
	return sized;
}

/* Eight bits of sRGB. The photo's profile says what its numbers mean; without one they are sRGB already, but CMYK never is. */
static VipsImage *coloured(VipsImage *image)
{
	VipsImage *meant = NULL, *rgb = NULL, *bytes = NULL;
	if (image == NULL)
		return NULL;
	bool cmyk = vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;
	if (cmyk || vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0)
		vips_icc_transform(image, &meant, "srgb", "embedded", TRUE, "input_profile", cmyk ? "cmyk" : "srgb", NULL);
	if (meant == NULL && !cmyk) { /* a profile of nonsense counts as none */
		vips_error_clear();
		vips_copy(image, &meant, NULL);
	}
	g_object_unref(image);
	if (meant != NULL && vips_colourspace(meant, &rgb, VIPS_INTERPRETATION_sRGB, NULL) == 0)
		vips_cast_uchar(rgb, &bytes, NULL);
	VIPS_UNREF(rgb);
	VIPS_UNREF(meant);
	return bytes;
}

/* Takes over image. width, height: as the photo lies, not as it is shown. */
static bool pixels_take(VipsImage *image, int width, int height, struct pixels *out)
{
	VipsImage *done = coloured(resized(opaque(image), width, height));
	*out = (struct pixels){.width = width, .height = height};
	if (done != NULL && vips_image_get_bands(done) == BANDS)
		out->data = vips_image_write_to_memory(done, &out->n);
	VIPS_UNREF(done);
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

/* libvips gives every WebP file an Exif of its own making, whatever is said about it. What stays is the picture's chunk: the simple file format of
 * the WebP container specification, "RIFF size WEBP" and "VP8 " or "VP8L". */
static bool webp_bare(uint8_t *file, size_t *n)
{
	for (size_t at = 12; at + 8 <= *n;) {
		size_t size = (size_t)file[at + 4] | (size_t)file[at + 5] << 8 | (size_t)file[at + 6] << 16 | (size_t)file[at + 7] << 24;
		size_t padded = 8 + size + size % 2;
		if (padded > *n - at)
			return false;
		if (memcmp(file + at, "VP8 ", 4) == 0 || memcmp(file + at, "VP8L", 4) == 0) {
			memmove(file + 12, file + at, padded);
			*n = 12 + padded;
			for (int i = 0; i < 4; i++)
				file[4 + i] = (uint8_t)((*n - 8) >> (8 * i));
			return true;
		}
		at += padded;
	}
	return false;
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
	if (bad != 0 || (webp && !webp_bare(*file, &n)))
		return false;
	*bytes = (uint32_t)n;
	return n <= PHOTO_OUTPUT_MAX;
}

/* The files of all sizes, each size made of the one above it. Frees p. */
static bool files_make(struct pixels *p, struct photo_picture *out)
{
	struct photo_size sizes[PHOTO_SIZES];
	unsigned n = photo_sizes(p->width, p->height, sizes);
	out->head.width = (uint32_t)p->width;
	out->head.height = (uint32_t)p->height;
	out->head.files = 2 * n;
	for (unsigned i = n; i-- > 0;) {
		if (sizes[i].width != p->width || sizes[i].height != p->height) {
			struct pixels smaller;
			VipsImage *image = image_of(p);
			bool done = pixels_take(image, sizes[i].width, sizes[i].height, &smaller);
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

enum photo_problem photo_picture_make(enum photo_type type, uint8_t *bytes, size_t n, struct photo_picture *out)
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
