#include "model/photo.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *media;
} types[] = {
	[PHOTO_UNKNOWN] = {"", "application/octet-stream"},
	[PHOTO_JPEG] = {"JPEG", "image/jpeg"},
	[PHOTO_PNG] = {"PNG", "image/png"},
	[PHOTO_WEBP] = {"WebP", "image/webp"},
	[PHOTO_HEIC] = {"HEIC", "image/heic"},
};
enum { TYPES = sizeof types / sizeof types[0] };

const int photo_boxes[PHOTO_SIZES] = {320, 800, 1600};

const char *photo_type_name(enum photo_type t)
{
	return types[(unsigned)t < TYPES ? t : PHOTO_UNKNOWN].name;
}

const char *photo_type_media(enum photo_type t)
{
	return types[(unsigned)t < TYPES ? t : PHOTO_UNKNOWN].media;
}

static uint32_t big_endian(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A still picture coded with HEVC: ISO/IEC 23008-12, annex B.4.1. AVIF has the same container and is none. */
static bool is_heic_brand(const uint8_t *brand)
{
	return memcmp(brand, "heic", 4) == 0 || memcmp(brand, "heix", 4) == 0 || memcmp(brand, "heim", 4) == 0 || memcmp(brand, "heis", 4) == 0;
}

/* The first box, ftyp, names a brand, a version and the brands it is compatible with (ISO/IEC 14496-12, 4.3). */
static bool is_heic(const uint8_t *bytes, size_t n)
{
	if (n < 16 || memcmp(bytes + 4, "ftyp", 4) != 0)
		return false;
	if (is_heic_brand(bytes + 8))
		return true;
	if (memcmp(bytes + 8, "mif1", 4) != 0)
		return false;
	size_t end = big_endian(bytes);
	if (end > n)
		end = n;
	for (size_t at = 16; at + 4 <= end; at += 4)
		if (is_heic_brand(bytes + at))
			return true;
	return false;
}

enum photo_type photo_type_sniff(const uint8_t *bytes, size_t n)
{
	if (n >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
		return PHOTO_JPEG;
	if (n >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
		return PHOTO_PNG;
	if (n >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
		return PHOTO_WEBP;
	return is_heic(bytes, n) ? PHOTO_HEIC : PHOTO_UNKNOWN;
}

enum photo_type photo_type_of_media(const char *media)
{
	static const struct {
		const char *media;
		enum photo_type type;
	} known[] = {
		{"image/jpeg", PHOTO_JPEG}, {"image/jpg", PHOTO_JPEG}, {"image/pjpeg", PHOTO_JPEG},
		{"image/png", PHOTO_PNG}, {"image/x-png", PHOTO_PNG},
		{"image/webp", PHOTO_WEBP},
		{"image/heic", PHOTO_HEIC}, {"image/heif", PHOTO_HEIC},
	};
	media += strspn(media, " \t");
	size_t n = strcspn(media, "; \t");
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].media) == n && strncasecmp(media, known[i].media, n) == 0)
			return known[i].type;
	return PHOTO_UNKNOWN;
}

/* width by height made to fit a square of box; never larger than it was, never less than a pixel. */
static void fit(int width, int height, int box, struct photo_size *out)
{
	int64_t longest = width > height ? width : height;
	*out = (struct photo_size){.box = box, .width = width, .height = height};
	if (longest <= box)
		return;
	out->width = (int)(((int64_t)width * box * 2 + longest) / (longest * 2));
	out->height = (int)(((int64_t)height * box * 2 + longest) / (longest * 2));
	if (out->width < 1)
		out->width = 1;
	if (out->height < 1)
		out->height = 1;
}

unsigned photo_sizes(int width, int height, struct photo_size out[static PHOTO_SIZES])
{
	struct photo_size largest;
	unsigned n = 0;
	if (width < 1 || height < 1)
		return 0;
	/* The smaller ones are made of the largest: so its rounded sides say again what there is. */
	fit(width, height, photo_boxes[PHOTO_SIZES - 1], &largest);
	int longest = largest.width > largest.height ? largest.width : largest.height;
	do {
		fit(largest.width, largest.height, photo_boxes[n], &out[n]);
		n++;
	} while (n < PHOTO_SIZES && longest > photo_boxes[n - 1]);
	return n;
}

bool photo_key_valid(const char *key)
{
	return strlen(key) == PHOTO_KEY_MAX && strspn(key, "0123456789abcdef") == PHOTO_KEY_MAX;
}

void photo_key_of_hash(const uint8_t hash[static PHOTO_HASH_BYTES], char key[static PHOTO_KEY_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < PHOTO_HASH_BYTES; i++) {
		key[2 * i] = digits[hash[i] >> 4];
		key[2 * i + 1] = digits[hash[i] & 15];
	}
	key[PHOTO_KEY_MAX] = '\0';
}

static uint8_t value_of(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

bool photo_hash_of_key(const char *key, uint8_t hash[static PHOTO_HASH_BYTES])
{
	if (!photo_key_valid(key))
		return false;
	for (int i = 0; i < PHOTO_HASH_BYTES; i++)
		hash[i] = (uint8_t)(value_of(key[2 * i]) << 4 | value_of(key[2 * i + 1]));
	return true;
}

void photo_file_name(const char *key, int box, bool webp, char out[static 64])
{
	snprintf(out, 64, "%.2s/%.*s-%d.%s", key, PHOTO_KEY_MAX, key, box, webp ? "webp" : "jpg");
}
