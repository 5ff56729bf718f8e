#include "photo_samples.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vips/vips.h>

#include "store/photo_decode_internal.h"

static char folder[256];
extern char **environ;

const uint8_t scene_colours[4][3] = {[RED] = {200, 40, 40}, [GREEN] = {40, 160, 60}, [BLUE] = {40, 60, 180}, [WHITE] = {240, 240, 240}};

const char *sample_path(const char *name)
{
	static _Thread_local char out[4][600];
	static _Thread_local int i;
	i = (i + 1) % 4;
	snprintf(out[i], sizeof out[i], "%s/%s", folder, name);
	return out[i];
}

uint8_t *sample_read(const char *name, size_t *n)
{
	gchar *bytes = NULL;
	if (!g_file_get_contents(sample_path(name), &bytes, n, NULL)) {
		fprintf(stderr, "cannot read the sample %s\n", name);
		abort();
	}
	return (uint8_t *)bytes;
}

bool sample_heic(void)
{
	return access(sample_path("plain.heic"), R_OK) == 0;
}

int sample_run(const char *output, const char *const argv[])
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	int status = -1;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawnp(&pid, argv[0], &files, NULL, (char *const *)(uintptr_t)argv, environ) == 0 && waitpid(pid, &status, 0) == pid)
		status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	posix_spawn_file_actions_destroy(&files);
	return status;
}

static void must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "cannot make the sample %s: %s\n", what, vips_error_buffer());
	_exit(EXIT_FAILURE);
}

static void exiftool(const char *name, const char *const argv[])
{
	const char *all[24] = {"exiftool", "-q", "-q", "-m", "-overwrite_original"};
	size_t n = 5;
	while (*argv != NULL && n < 22)
		all[n++] = *argv++;
	all[n++] = sample_path(name);
	must(sample_run("/dev/null", all) == 0, "with exiftool (Debian: libimage-exiftool-perl)");
}

/* The four quarters, bands of bytes: 3, or 4 with the right half transparent. */
static VipsImage *scene(int width, int height, int bands)
{
	uint8_t *data = g_malloc((size_t)width * (size_t)height * (size_t)bands);
	VipsImage *raw, *image = NULL;
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			uint8_t *at = data + ((size_t)y * (size_t)width + (size_t)x) * (size_t)bands;
			memcpy(at, scene_colours[(y >= height / 2 ? 2 : 0) + (x >= width / 2)], 3);
			if (bands == 4)
				at[3] = x >= width / 2 ? 0 : 255;
		}
	raw = vips_image_new_from_memory_copy(data, (size_t)width * (size_t)height * (size_t)bands, width, height, bands, VIPS_FORMAT_UCHAR);
	g_free(data);
	must(raw != NULL && vips_copy(raw, &image, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) == 0, "scene");
	return image;
}

/* name's ending and the options behind it say how: "a.jpg[Q=90]" */
static void save(VipsImage *image, const char *name)
{
	must(vips_image_write_to_file(image, sample_path(name), NULL) == 0, name);
}

static VipsImage *in_space(VipsImage *image, VipsInterpretation space)
{
	VipsImage *out = NULL;
	must(vips_colourspace(image, &out, space, NULL) == 0, "colour space");
	return out;
}

static VipsImage *black(int width, int height, int bands, VipsBandFormat format, VipsInterpretation space)
{
	VipsImage *zeros, *cast, *image = NULL;
	must(vips_black(&zeros, width, height, "bands", bands, NULL) == 0 && vips_cast(zeros, &cast, format, NULL) == 0 &&
		vips_copy(cast, &image, "interpretation", space, NULL) == 0, "black");
	return image;
}

static void save_orientations(VipsImage *plain)
{
	for (int i = 1; i <= 8; i++) {
		char name[64];
		VipsImage *turned = NULL;
		must(vips_copy(plain, &turned, NULL) == 0, "turned");
		vips_image_set_int(turned, VIPS_META_ORIENTATION, i);
		snprintf(name, sizeof name, "turned-%d.jpg[Q=95,subsample_mode=off]", i);
		save(turned, name);
	}
}

/* A photo as a telephone makes it: where, when and who. */
static void save_told(const char *name)
{
	exiftool(name, (const char *[]){"-GPSLatitude=47.5615", "-GPSLatitudeRef=N", "-GPSLongitude=52.7126", "-GPSLongitudeRef=W", "-Make=Telltale",
		"-Model=Telltale 9", "-Artist=Telltale Person", "-DateTimeOriginal=2024:06:01 12:00:00", "-XMP-dc:Creator=Telltale Person",
		"-XMP-dc:Description=Telltale words",
		"-SerialNumber=TELLTALE-1", "-UserComment=Telltale remark", NULL});
}

static void save_colours(VipsImage *plain)
{
	VipsImage *cmyk = in_space(plain, VIPS_INTERPRETATION_CMYK), *grey = in_space(plain, VIPS_INTERPRETATION_B_W);
	VipsImage *deep = in_space(plain, VIPS_INTERPRETATION_RGB16), *deep_grey = in_space(plain, VIPS_INTERPRETATION_GREY16), *p3 = NULL;
	save(cmyk, "cmyk.jpg[strip]");
	save(cmyk, "cmyk-icc.jpg[profile=cmyk]");
	save(grey, "grey.jpg");
	save(grey, "grey.png");
	save(deep, "deep.png");
	save(deep, "deep-interlaced.png[interlace]");
	save(deep_grey, "deep-grey.png");
	must(vips_icc_transform(plain, &p3, "p3", "input_profile", "srgb", NULL) == 0, "p3");
	save(p3, "p3.jpg[Q=95,subsample_mode=off]");
	save(p3, "p3.png");
	save(p3, "p3.webp[lossless]");
	/* a profile that is none, and one for another number of channels */
	vips_image_set_blob_copy(grey, VIPS_META_ICC_NAME, "no profile at all, of a length that could be one, but without a header or a table to it", 80);
	save(grey, "profile-broken.jpg");
	const void *profile;
	size_t n;
	must(vips_image_get_blob(p3, VIPS_META_ICC_NAME, &profile, &n) == 0, "profile");
	vips_image_set_blob_copy(cmyk, VIPS_META_ICC_NAME, profile, n);
	save(cmyk, "profile-other.jpg");
}

static void save_animated(void)
{
	VipsImage *frames[2] = {scene(SCENE_WIDTH, SCENE_HEIGHT, 3), black(SCENE_WIDTH, SCENE_HEIGHT, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB)};
	VipsImage *joined, *pages = NULL;
	must(vips_arrayjoin(frames, &joined, 2, "across", 1, NULL) == 0 && vips_copy(joined, &pages, NULL) == 0, "frames");
	vips_image_set_int(pages, VIPS_META_PAGE_HEIGHT, SCENE_HEIGHT);
	save(pages, "animated.webp[lossless]");
	save(pages, "animated.gif");
}

/* Small files of much. Zeros compress a thousandfold. */
static void save_bombs(void)
{
	save(black(8000, 7500, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), "bomb-60.png[compression=1]");
	save(black(8000, 6250, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), "largest.png[compression=1]");
	save(black(8000, 6251, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), "larger.jpg");
	save(black(8000, 6250, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), "largest-progressive.jpg[interlace,subsample_mode=off]");
	save(black(8000, 6250, 4, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16), "bomb-memory.png[compression=1,interlace]");
	save(black(16383, 3663, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), "bomb-60.webp[effort=0]");
	save(black(60000, 1, 1, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W), "thread.png");
}

static void save_heic(VipsImage *plain)
{
	if (vips_type_find("VipsOperation", "heifsave") == 0)
		return;
	if (vips_image_write_to_file(plain, sample_path("plain.heic"), NULL) != 0) {
		vips_error_clear();
		unlink(sample_path("plain.heic"));
		return;
	}
	save(plain, "told.heic");
	save_told("told.heic");
	/* The same with a box that says 6001 by 4000: encoding so many takes long. */
	gsize n;
	char *bytes;
	must(g_file_get_contents(sample_path("plain.heic"), &bytes, &n, NULL), "plain.heic");
	char *box = memmem(bytes, n, "ispe", 4);
	must(box != NULL, "ispe");
	memcpy(box + 8, "\0\0\x17\x71\0\0\x0f\xa0", 8);
	must(g_file_set_contents(sample_path("bomb-24.heic"), bytes, (gssize)n, NULL), "bomb-24.heic");
}

static void make_all(void)
{
	VipsImage *plain = scene(SCENE_WIDTH, SCENE_HEIGHT, 3), *large = scene(4000, 3000, 3), *clear = scene(SCENE_WIDTH, SCENE_HEIGHT, 4);
	save(plain, "plain.jpg[Q=95,subsample_mode=off]");
	save(plain, "progressive.jpg[interlace]");
	save(plain, "plain.png");
	save(plain, "interlaced.png[interlace]");
	save(plain, "palette.png[palette]");
	save(plain, "plain.webp");
	save(large, "large.jpg");
	save(large, "large.webp[effort=0]");
	save(clear, "clear.png");
	save(clear, "clear.webp[lossless]");
	save(scene(2, 2, 3), "tiny.png");
	save(scene(1, 1, 3), "dot.jpg");
	save(scene(2, 3000, 3), "tall.png");
	save(scene(1000, 700, 3), "between.jpg");
	save_orientations(plain);
	save_colours(plain);
	save_animated();
	save_bombs();
	save_heic(plain);
	static const char *const told[] = {"told.jpg", "told.png", "told.webp"};
	for (int i = 0; i < 3; i++) {
		char name[32];
		snprintf(name, sizeof name, "%s[strip]", told[i]);
		save(plain, name);
		save_told(told[i]);
	}
}

void samples_make(void)
{
	const char *tmp = getenv("TMPDIR");
	int status = -1;
	snprintf(folder, sizeof folder, "%s/samples.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL)
		abort();
	pid_t pid = fork();
	if (pid == 0) {
		must(VIPS_INIT("samples") == 0, "libvips");
		make_all();
		_exit(EXIT_SUCCESS);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		samples_remove();
		exit(EXIT_FAILURE);
	}
}

void samples_remove(void)
{
	DIR *d = opendir(folder);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.')
			(void)unlink(sample_path(e->d_name));
	if (d != NULL)
		closedir(d);
	(void)rmdir(folder);
}

struct photo_decoder *sample_decoder(unsigned at_once)
{
	struct photo_decoder *d;
	const struct photo_decoder_set_up set_up = {.at_once = at_once, .wall_seconds = 600, .child = photo_decode_child};
	return photo_decoder_start_as(&set_up, &d) == ERR_OK ? d : NULL;
}

enum photo_problem decode_bytes_as(struct photo_decoder *d, const uint8_t *bytes, size_t n, enum photo_type type, struct photo_decoded *out)
{
	int fd = memfd_create("photo", MFD_CLOEXEC);
	if (fd < 0 || (n > 0 && write(fd, bytes, n) != (ssize_t)n))
		abort();
	enum photo_problem p = photo_decode(d, fd, 0, n, type, out);
	close(fd);
	return p;
}

enum photo_problem decode_sample(struct photo_decoder *d, const char *name, struct photo_decoded *out)
{
	size_t n;
	uint8_t *bytes = sample_read(name, &n);
	enum photo_problem p = decode_bytes_as(d, bytes, n, photo_type_sniff(bytes, n), out);
	g_free(bytes);
	return p;
}
