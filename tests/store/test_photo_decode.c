#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vips/vips.h>

#include "photo_samples.h"
#include "suites_photo.h"

static struct photo_decoder *decoder;

/* libvips may start here once the decoder's helper is made. */
static void set_up(void)
{
	ck_assert_ptr_nonnull(decoder = sample_decoder(2));
	ck_assert_int_eq(VIPS_INIT("test"), 0);
}

static void tear_down(void)
{
	photo_decoder_stop(decoder);
}

static int near(int a, int b)
{
	return abs(a - b);
}

/* Do the quarters of what was kept have the colours the four indices name? */
static void check_quarters(const struct photo_file *f, const int colours[static 4], int tolerance, const char *name)
{
	VipsImage *image = vips_image_new_from_buffer(f->data, f->n, "", NULL);
	ck_assert_ptr_nonnull(image);
	ck_assert_int_eq(vips_image_get_bands(image), 3);
	size_t n;
	uint8_t *data = vips_image_write_to_memory(image, &n);
	int width = vips_image_get_width(image), height = vips_image_get_height(image);
	ck_assert_uint_eq(n, (size_t)width * (size_t)height * 3);
	for (int q = 0; q < 4; q++) {
		const uint8_t *at = data + ((size_t)(height * (q / 2 * 2 + 1) / 4) * (size_t)width + (size_t)(width * (q % 2 * 2 + 1) / 4)) * 3;
		const uint8_t *is = scene_colours[colours[q]];
		if (near(at[0], is[0]) > tolerance || near(at[1], is[1]) > tolerance || near(at[2], is[2]) > tolerance)
			ck_abort_msg("%s, %d.%s, quarter %d: %d %d %d instead of %d %d %d", name, f->box, f->webp ? "webp" : "jpg", q, at[0], at[1], at[2], is[0], is[1], is[2]);
	}
	g_free(data);
	g_object_unref(image);
}

/* Each file has the sides its place says, and holds pixels and nothing else. */
static void check_files(const struct photo_decoded *p, const char *name)
{
	struct photo_size sizes[PHOTO_SIZES];
	unsigned n = photo_sizes(p->object.width, p->object.height, sizes);
	int64_t bytes = 0;
	ck_assert_uint_eq(p->n, 2 * n);
	for (unsigned i = 0; i < p->n; i++) {
		const struct photo_file *f = &p->files[i];
		VipsImage *image = vips_image_new_from_buffer(f->data, f->n, "", NULL);
		ck_assert_msg(image != NULL, "%s: %s", name, vips_error_buffer());
		ck_assert_int_eq(f->box, sizes[i / 2].box);
		ck_assert_int_eq(f->webp, i % 2 == 0);
		ck_assert_int_eq(vips_image_get_width(image), sizes[i / 2].width);
		ck_assert_int_eq(vips_image_get_height(image), sizes[i / 2].height);
		ck_assert_uint_eq(vips_image_get_typeof(image, VIPS_META_ICC_NAME), 0);
		ck_assert_uint_eq(vips_image_get_typeof(image, VIPS_META_EXIF_NAME), 0);
		ck_assert_uint_eq(vips_image_get_typeof(image, VIPS_META_XMP_NAME), 0);
		bytes += (int64_t)f->n;
		g_object_unref(image);
	}
	ck_assert_int_eq(p->object.bytes, bytes);
	ck_assert(photo_key_valid(p->object.key));
	ck_assert_uint_eq(strspn(p->object.placeholder, "0123456789abcdef"), PHOTO_PLACEHOLDER_MAX);
	ck_assert_uint_eq(strlen(p->object.placeholder), PHOTO_PLACEHOLDER_MAX);
	ck_assert(WIFEXITED(p->child_status));
}

static const struct {
	const char *name;
	int width, height, tolerance;
	int colours[4];
} photos[] = {
	{"plain.jpg", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"progressive.jpg", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"plain.png", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"interlaced.png", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"palette.png", 400, 300, 12, {RED, GREEN, BLUE, WHITE}},
	{"plain.webp", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"between.jpg", 1000, 700, 8, {RED, GREEN, BLUE, WHITE}},
	{"large.jpg", 1600, 1200, 8, {RED, GREEN, BLUE, WHITE}},
	{"large.webp", 1600, 1200, 8, {RED, GREEN, BLUE, WHITE}},
	{"dot.jpg", 1, 1, 8, {WHITE, WHITE, WHITE, WHITE}},
	{"deep.png", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"deep-interlaced.png", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	/* the right half transparent: white */
	{"clear.png", 400, 300, 16, {RED, WHITE, BLUE, WHITE}},
	{"clear.webp", 400, 300, 16, {RED, WHITE, BLUE, WHITE}},
	/* the first of its pictures */
	{"animated.webp", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	/* other spaces: what the eye sees, not the numbers; CMYK has not all of these colours */
	{"cmyk.jpg", 400, 300, 45, {RED, GREEN, BLUE, WHITE}},
	{"cmyk-icc.jpg", 400, 300, 45, {RED, GREEN, BLUE, WHITE}},
	{"profile-other.jpg", 400, 300, 45, {RED, GREEN, BLUE, WHITE}},
	{"p3.jpg", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"p3.png", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"p3.webp", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	/* Exif's orientation (CIPA DC-008, 4.6.4 A): what the first row and the first column of the file are of the photo as it is seen */
	{"turned-1.jpg", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"turned-2.jpg", 400, 300, 8, {GREEN, RED, WHITE, BLUE}},
	{"turned-3.jpg", 400, 300, 8, {WHITE, BLUE, GREEN, RED}},
	{"turned-4.jpg", 400, 300, 8, {BLUE, WHITE, RED, GREEN}},
	{"turned-5.jpg", 300, 400, 8, {RED, BLUE, GREEN, WHITE}},
	{"turned-6.jpg", 300, 400, 8, {BLUE, RED, WHITE, GREEN}},
	{"turned-7.jpg", 300, 400, 8, {WHITE, GREEN, BLUE, RED}},
	{"turned-8.jpg", 300, 400, 8, {GREEN, WHITE, RED, BLUE}},
	{"told.jpg", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
	{"plain.heic", 400, 300, 8, {RED, GREEN, BLUE, WHITE}},
};

START_TEST(photo_kept)
{
	struct photo_decoded p;
	if (strstr(photos[_i].name, ".heic") != NULL && !sample_heic())
		return;
	ck_assert_int_eq(decode_sample(decoder, photos[_i].name, &p), PHOTO_GOOD);
	ck_assert_int_eq(p.object.width, photos[_i].width);
	ck_assert_int_eq(p.object.height, photos[_i].height);
	check_files(&p, photos[_i].name);
	for (unsigned i = 0; i < p.n; i++)
		check_quarters(&p.files[i], photos[_i].colours, photos[_i].tolerance, photos[_i].name);
	photo_decoded_free(&p);
}
END_TEST

/* Shapes a listing rarely has: the sides must be just what photo_sizes() says. */
static const char *const shapes[] = {"tiny.png", "tall.png", "thread.png", "grey.jpg", "grey.png", "deep-grey.png", "profile-broken.jpg", "largest.png"};

START_TEST(photo_of_any_shape)
{
	struct photo_decoded p;
	ck_assert_int_eq(decode_sample(decoder, shapes[_i], &p), PHOTO_GOOD);
	check_files(&p, shapes[_i]);
	photo_decoded_free(&p);
}
END_TEST

START_TEST(photo_placeholder)
{
	struct photo_decoded p;
	ck_assert_int_eq(decode_sample(decoder, "plain.png", &p), PHOTO_GOOD);
	/* the middle column is half of each */
	ck_assert_str_eq(p.object.placeholder, "c82828" "796332" "28a03c" "283cb4" "8b95d2" "f0f0f0");
	photo_decoded_free(&p);
}
END_TEST

static bool holds(const uint8_t *bytes, size_t n, const char *text)
{
	return memmem(bytes, n, text, strlen(text)) != NULL;
}

/* Everything a file format can carry besides pixels begins with one of these. */
static const char *const told[] = {
	"Telltale", "TELLTALE", "Exif", "EXIF", "GPS", "http://", "ICC_PROFILE", "ICCP", "XMP", "8BIM", "Photoshop", "Copyright", "Adobe", "iTXt",
};
static const char *const telling[] = {"told.jpg", "told.png", "told.webp", "told.heic", "p3.jpg", "p3.webp", "cmyk-icc.jpg"};

START_TEST(photo_tells_nothing)
{
	struct photo_decoded p;
	const char *name = telling[_i];
	size_t n;
	if (strstr(name, ".heic") != NULL && !sample_heic())
		return;
	uint8_t *bytes = sample_read(name, &n);
	ck_assert(strstr(name, "told") == NULL || holds(bytes, n, "Telltale"));
	free(bytes);
	ck_assert_int_eq(decode_sample(decoder, name, &p), PHOTO_GOOD);
	for (unsigned i = 0; i < p.n; i++)
		for (size_t k = 0; k < sizeof told / sizeof told[0]; k++)
			ck_assert_msg(!holds(p.files[i].data, p.files[i].n, told[k]), "%s, file %u: %s", name, i, told[k]);
	photo_decoded_free(&p);
}
END_TEST

static char *exiftool_says(const char *path)
{
	char *text = NULL;
	const char *said = sample_path("exiftool.txt");
	ck_assert_int_eq(sample_run(said, (const char *[]){"exiftool", "-G0", "-s", "-a", "-ee", path, NULL}), 0);
	ck_assert(g_file_get_contents(said, &text, NULL, NULL));
	return text;
}

/* What a program that knows every kind of metadata finds. */
START_TEST(photo_read_by_exiftool)
{
	struct photo_decoded p;
	char *before = exiftool_says(sample_path("told.jpg"));
	ck_assert_ptr_nonnull(strstr(before, "GPSLatitude"));
	ck_assert_ptr_nonnull(strstr(before, "[XMP]"));
	g_free(before);
	ck_assert_int_eq(decode_sample(decoder, "told.jpg", &p), PHOTO_GOOD);
	for (unsigned i = 0; i < p.n; i++) {
		const char *kept = sample_path(p.files[i].webp ? "kept.webp" : "kept.jpg");
		ck_assert(g_file_set_contents(kept, (const char *)p.files[i].data, (gssize)p.files[i].n, NULL));
		char *after = exiftool_says(kept);
		ck_assert_ptr_null(strstr(after, "[EXIF]"));
		ck_assert_ptr_null(strstr(after, "[XMP]"));
		ck_assert_ptr_null(strstr(after, "[ICC_Profile]"));
		ck_assert_ptr_null(strstr(after, "GPS"));
		ck_assert_ptr_nonnull(strstr(after, "ImageWidth"));
		g_free(after);
	}
	photo_decoded_free(&p);
}
END_TEST

/* The same photo twice is one object; so is one that differs in what is not kept. */
START_TEST(photo_key_of_content)
{
	struct photo_decoded a, b, c;
	ck_assert_int_eq(decode_sample(decoder, "large.jpg", &a), PHOTO_GOOD);
	ck_assert_int_eq(decode_sample(decoder, "large.jpg", &b), PHOTO_GOOD);
	ck_assert_str_eq(a.object.key, b.object.key);
	ck_assert_mem_eq(a.files[0].data, b.files[0].data, a.files[0].n);
	photo_decoded_free(&b);
	ck_assert_int_eq(decode_sample(decoder, "told.png", &b), PHOTO_GOOD);
	ck_assert_int_eq(decode_sample(decoder, "plain.png", &c), PHOTO_GOOD);
	ck_assert_str_eq(b.object.key, c.object.key);
	ck_assert_str_ne(a.object.key, b.object.key);
	photo_decoded_free(&a);
	photo_decoded_free(&b);
	photo_decoded_free(&c);
}
END_TEST

/* From the middle of a file, as it lies in a form. */
START_TEST(photo_at_an_offset)
{
	struct photo_decoded p;
	size_t n;
	uint8_t *bytes = sample_read("plain.jpg", &n), *body = g_malloc0(n + 5000);
	memcpy(body + 1000, bytes, n);
	ck_assert(g_file_set_contents(sample_path("body"), (const char *)body, (gssize)n + 5000, NULL));
	FILE *f = fopen(sample_path("body"), "rb");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(photo_decode(decoder, fileno(f), 1000, n, PHOTO_JPEG, &p), PHOTO_GOOD);
	check_files(&p, "offset");
	photo_decoded_free(&p);
	/* a file shorter than was said is our own mistake, not the photo's */
	ck_assert_int_eq(photo_decode(decoder, fileno(f), 1000, n + 10000, PHOTO_JPEG, &p), PHOTO_AWAY);
	ck_assert_int_eq(photo_decode(decoder, -1, 0, n, PHOTO_JPEG, &p), PHOTO_AWAY);
	fclose(f);
	g_free(body);
	free(bytes);
}
END_TEST

START_TEST(photo_asked_wrongly)
{
	struct photo_decoded p;
	struct photo_decoder *none;
	ck_assert_int_eq(decode_bytes_as(decoder, NULL, 0, PHOTO_JPEG, &p), PHOTO_EMPTY);
	ck_assert_int_eq(photo_decode(decoder, 0, 0, PHOTO_BYTES_MAX + 1, PHOTO_JPEG, &p), PHOTO_TOO_LARGE);
	ck_assert_int_eq(photo_decode(decoder, 0, 0, 10, PHOTO_UNKNOWN, &p), PHOTO_NOT_KNOWN);
	ck_assert_int_eq(photo_decode(decoder, 0, 0, 10, (enum photo_type)77, &p), PHOTO_NOT_KNOWN);
	ck_assert_int_eq(decode_sample(decoder, "animated.gif", &p), PHOTO_NOT_KNOWN);
	ck_assert_int_eq(photo_decoder_start(0, &none), ERR_RANGE);
	ck_assert_int_eq(photo_decoder_start(17, &none), ERR_RANGE);
	ck_assert_int_eq(photo_decoder_heic(decoder), vips_type_find("VipsOperation", "heifload_buffer") != 0);
}
END_TEST

Suite *suite_photo_decode(void)
{
	Suite *s = suite_create("photo_decode");
	TCase *t = tcase_create("photo_decode");
	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, photo_kept, 0, sizeof photos / sizeof photos[0]);
	tcase_add_loop_test(t, photo_of_any_shape, 0, sizeof shapes / sizeof shapes[0]);
	tcase_add_test(t, photo_placeholder);
	tcase_add_loop_test(t, photo_tells_nothing, 0, sizeof telling / sizeof telling[0]);
	tcase_add_test(t, photo_read_by_exiftool);
	tcase_add_test(t, photo_key_of_content);
	tcase_add_test(t, photo_at_an_offset);
	tcase_add_test(t, photo_asked_wrongly);
	suite_add_tcase(s, t);
	return s;
}
