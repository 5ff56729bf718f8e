#include <stdlib.h>
#include <string.h>

#include "suites_model.h"
#include "model/photo.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const struct {
	const uint8_t *bytes;
	size_t n;
	enum photo_type type;
} sniffed[] = {
	{BYTES("\xff\xd8\xff\xe0\0\x10JFIF"), PHOTO_JPEG},
	{BYTES("\xff\xd8\xff"), PHOTO_JPEG},
	{BYTES("\xff\xd8"), PHOTO_UNKNOWN},
	{BYTES("\x89PNG\r\n\x1a\n"), PHOTO_PNG},
	{BYTES("\x89PNG\r\n\x1a"), PHOTO_UNKNOWN},
	{BYTES("\x89PNG\n\x1a\n\n"), PHOTO_UNKNOWN},
	{BYTES("RIFF\x10\0\0\0WEBPVP8 "), PHOTO_WEBP},
	{BYTES("RIFF\x10\0\0\0WEB"), PHOTO_UNKNOWN},
	{BYTES("RIFF\x10\0\0\0WAVEfmt "), PHOTO_UNKNOWN},
	{BYTES("\0\0\0\x18" "ftypheic\0\0\0\0mif1heic"), PHOTO_HEIC},
	{BYTES("\0\0\0\x18" "ftypheix\0\0\0\0mif1heix"), PHOTO_HEIC},
	{BYTES("\0\0\0\x1c" "ftypmif1\0\0\0\0mif1miafheic"), PHOTO_HEIC},
	/* the brand that says so lies behind the box */
	{BYTES("\0\0\0\x14" "ftypmif1\0\0\0\0mif1heic"), PHOTO_UNKNOWN},
	/* a box longer than what there is */
	{BYTES("\x7f\xff\xff\xff" "ftypmif1\0\0\0\0mif1he"), PHOTO_UNKNOWN},
	{BYTES("\0\0\0\x20" "ftypavif\0\0\0\0avifmif1miafMA1A"), PHOTO_UNKNOWN},
	{BYTES("\0\0\0\x18" "ftypisom\0\0\0\0heicmp42"), PHOTO_UNKNOWN},
	{BYTES("\0\0\0\x18" "ftyphei"), PHOTO_UNKNOWN},
	{BYTES("GIF89a\1\0\1\0\0\0\0"), PHOTO_UNKNOWN},
	{BYTES("<svg xmlns='http://www.w3.org/2000/svg'/>"), PHOTO_UNKNOWN},
	{BYTES("<!doctype html>\xff\xd8\xff"), PHOTO_UNKNOWN},
	{BYTES("II*\0"), PHOTO_UNKNOWN},
	{BYTES("%PDF-1.7"), PHOTO_UNKNOWN},
	{BYTES(""), PHOTO_UNKNOWN},
};

/* In memory of just its size: a sanitizer sees a byte too many. */
START_TEST(photo_sniffed)
{
	uint8_t *exact = malloc(sniffed[_i].n > 0 ? sniffed[_i].n : 1);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, sniffed[_i].bytes, sniffed[_i].n);
	ck_assert_int_eq(photo_type_sniff(exact, sniffed[_i].n), sniffed[_i].type);
	free(exact);
}
END_TEST

static const struct {
	const char *media;
	enum photo_type type;
} declared[] = {
	{"image/jpeg", PHOTO_JPEG}, {"image/jpg", PHOTO_JPEG}, {"IMAGE/JPEG", PHOTO_JPEG}, {"image/jpeg; charset=binary", PHOTO_JPEG}, {" image/png", PHOTO_PNG},
	{"image/webp", PHOTO_WEBP}, {"image/heic", PHOTO_HEIC}, {"image/heif;q=1", PHOTO_HEIC}, {"", PHOTO_UNKNOWN}, {"application/octet-stream", PHOTO_UNKNOWN},
	{"image/jpegs", PHOTO_UNKNOWN}, {"image/jpe", PHOTO_UNKNOWN}, {"image/gif", PHOTO_UNKNOWN}, {"text/html", PHOTO_UNKNOWN}, {";", PHOTO_UNKNOWN},
	{"image/avif", PHOTO_UNKNOWN},
};

START_TEST(photo_declared)
{
	ck_assert_int_eq(photo_type_of_media(declared[_i].media), declared[_i].type);
}
END_TEST

START_TEST(photo_type_names)
{
	for (enum photo_type t = PHOTO_JPEG; t <= PHOTO_HEIC; t++) {
		ck_assert_str_ne(photo_type_name(t), "");
		ck_assert_int_eq(photo_type_of_media(photo_type_media(t)), t);
	}
	ck_assert_str_eq(photo_type_name(PHOTO_UNKNOWN), "");
	ck_assert_str_eq(photo_type_name((enum photo_type)99), "");
	ck_assert_str_eq(photo_type_media((enum photo_type)99), "application/octet-stream");
}
END_TEST

static const struct {
	int width, height;
	unsigned n;
	struct photo_size sizes[PHOTO_SIZES];
} sized[] = {
	{4032, 3024, 3, {{320, 320, 240}, {800, 800, 600}, {1600, 1600, 1200}}},
	{3024, 4032, 3, {{320, 240, 320}, {800, 600, 800}, {1600, 1200, 1600}}},
	{1600, 1600, 3, {{320, 320, 320}, {800, 800, 800}, {1600, 1600, 1600}}},
	{1000, 700, 3, {{320, 320, 224}, {800, 800, 560}, {1600, 1000, 700}}},
	{801, 1, 3, {{320, 320, 1}, {800, 800, 1}, {1600, 801, 1}}},
	{800, 600, 2, {{320, 320, 240}, {800, 800, 600}}},
	{321, 20, 2, {{320, 320, 20}, {800, 321, 20}}},
	{320, 320, 1, {{320, 320, 320}}},
	{200, 90, 1, {{320, 200, 90}}},
	{1, 1, 1, {{320, 1, 1}}},
	{50000000, 1, 3, {{320, 320, 1}, {800, 800, 1}, {1600, 1600, 1}}},
	{2147483647, 2147483647, 3, {{320, 320, 320}, {800, 800, 800}, {1600, 1600, 1600}}},
	{0, 5, 0, {{0, 0, 0}}},
	{5, -1, 0, {{0, 0, 0}}},
};

START_TEST(photo_sized)
{
	struct photo_size out[PHOTO_SIZES];
	ck_assert_uint_eq(photo_sizes(sized[_i].width, sized[_i].height, out), sized[_i].n);
	for (unsigned i = 0; i < sized[_i].n; i++) {
		ck_assert_int_eq(out[i].box, sized[_i].sizes[i].box);
		ck_assert_int_eq(out[i].width, sized[_i].sizes[i].width);
		ck_assert_int_eq(out[i].height, sized[_i].sizes[i].height);
	}
}
END_TEST

/* What is stored of a photo is the largest size: it must lead to the same files, whatever was rounded on the way. */
START_TEST(photo_sizes_again)
{
	struct photo_size first[PHOTO_SIZES], again[PHOTO_SIZES];
	for (int width = 1; width < 5000; width += 7)
		for (int height = 1; height < 5000; height += 11) {
			unsigned n = photo_sizes(width, height, first);
			ck_assert_uint_ge(n, 1);
			ck_assert_uint_eq(photo_sizes(first[n - 1].width, first[n - 1].height, again), n);
			for (unsigned i = 0; i < n; i++) {
				const struct photo_size *s = &first[i];
				if (s->box != again[i].box || s->width != again[i].width || s->height != again[i].height || s->width > s->box || s->height > s->box ||
				    s->width > width || s->height > height || s->width < 1 || s->height < 1)
					ck_abort_msg("%d by %d: %d by %d in %d", width, height, s->width, s->height, s->box);
			}
		}
}
END_TEST

START_TEST(photo_keys)
{
	static const char key[] = "00ff0123456789abcdef0123456789ab";
	uint8_t hash[PHOTO_HASH_BYTES];
	char back[PHOTO_KEY_MAX + 1], name[64];
	ck_assert(photo_hash_of_key(key, hash));
	ck_assert_uint_eq(hash[0], 0);
	ck_assert_uint_eq(hash[1], 255);
	photo_key_of_hash(hash, back);
	ck_assert_str_eq(back, key);
	photo_file_name(key, 800, true, name);
	ck_assert_str_eq(name, "00/00ff0123456789abcdef0123456789ab-800.webp");
	photo_file_name(key, 1600, false, name);
	ck_assert_str_eq(name, "00/00ff0123456789abcdef0123456789ab-1600.jpg");
}
END_TEST

static const char *const no_keys[] = {
	"", "00", "00ff0123456789abcdef0123456789a", "00ff0123456789abcdef0123456789abc", "00FF0123456789abcdef0123456789ab", "00ff0123456789abcdef0123456789ag",
	"../../../../../../../etc/passwd.", "00ff0123456789abcdef0123456789a/", " 0ff0123456789abcdef0123456789ab",
};

START_TEST(photo_no_keys)
{
	uint8_t hash[PHOTO_HASH_BYTES];
	ck_assert(!photo_key_valid(no_keys[_i]));
	ck_assert(!photo_hash_of_key(no_keys[_i], hash));
}
END_TEST

Suite *suite_photo(void)
{
	Suite *s = suite_create("photo");
	TCase *t = tcase_create("photo");
	tcase_add_loop_test(t, photo_sniffed, 0, sizeof sniffed / sizeof sniffed[0]);
	tcase_add_loop_test(t, photo_declared, 0, sizeof declared / sizeof declared[0]);
	tcase_add_test(t, photo_type_names);
	tcase_add_loop_test(t, photo_sized, 0, sizeof sized / sizeof sized[0]);
	tcase_add_test(t, photo_sizes_again);
	tcase_add_test(t, photo_keys);
	tcase_add_loop_test(t, photo_no_keys, 0, sizeof no_keys / sizeof no_keys[0]);
	suite_add_tcase(s, t);
	return s;
}
