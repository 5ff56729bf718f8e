/* photos: what decoding costs, for tests/bench/photos.mjs.
 *   bench-photos decoder FILE N   N times through the decoder, each in its child
 *   bench-photos bare FILE N      N times by the same calls of libvips in this process, as libvips comes, with one thread
 *   bench-photos memory FILE...   each once through the decoder
 * The first two print seconds of the clock and of the processor for a photo; the last a line a file: what became of it and the child's most memory, KiB. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vips/vips.h>

#include "store/photo_decode_internal.h"
#include "util/clock.h"

static uint8_t *bytes;
static size_t length;

static int file_read(const char *path)
{
	struct stat s;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &s) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	length = (size_t)s.st_size;
	free(bytes);
	bytes = malloc(length + 1);
	if (bytes == NULL || pread(fd, bytes, length, 0) != (ssize_t)length)
		exit(EXIT_FAILURE);
	return fd;
}

static double cpu_seconds(int who)
{
	struct rusage u;
	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static struct photo_decoder *decoder_make(void)
{
	struct photo_decoder *d;
	const struct photo_decoder_set_up set_up = {.at_once = 1, .wall_seconds = 600, .child = photo_decode_child};
	if (photo_decoder_start_as(&set_up, &d) != ERR_OK) {
		fputs("no decoder\n", stderr);
		exit(EXIT_FAILURE);
	}
	return d;
}

static void said(uint64_t began_us, double cpu, int n)
{
	printf("%.4f %.4f\n", (double)(clock_mono_us() - began_us) / 1e6 / n, cpu / n);
}

static void run_decoder(const char *path, int n)
{
	struct photo_decoder *d = decoder_make();
	struct photo_decoded p;
	int fd = file_read(path);
	uint64_t began = clock_mono_us();
	double before = cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
	for (int i = 0; i < n; i++) {
		if (photo_decode(d, fd, 0, length, photo_type_sniff(bytes, length), &p) != PHOTO_GOOD)
			exit(EXIT_FAILURE);
		photo_decoded_free(&p);
	}
	uint64_t took = clock_mono_us() - began;
	/* The helper's end brings its children's time; the one child of its start is in it. */
	photo_decoder_stop(d);
	said(clock_mono_us() - took, cpu_seconds(RUSAGE_CHILDREN) + cpu_seconds(RUSAGE_SELF) - before, n);
	close(fd);
}

static void run_bare(const char *path, int n)
{
	int fd = file_read(path);
	if (VIPS_INIT("bench") != 0)
		exit(EXIT_FAILURE);
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	uint64_t began = clock_mono_us();
	double own = cpu_seconds(RUSAGE_SELF);
	for (int i = 0; i < n; i++) {
		struct photo_picture p = {.head = {.mark = 0}};
		if (photo_picture_make(photo_type_sniff(bytes, length), bytes, length, &p) != PHOTO_GOOD)
			exit(EXIT_FAILURE);
		for (unsigned k = 0; k < p.head.files; k++)
			g_free(p.file[k]);
	}
	said(began, cpu_seconds(RUSAGE_SELF) - own, n);
	close(fd);
}

static void run_memory(char **paths)
{
	struct photo_decoder *d = decoder_make();
	for (; *paths != NULL; paths++) {
		struct photo_decoded p;
		int fd = file_read(*paths);
		enum photo_problem problem = photo_decode(d, fd, 0, length, photo_type_sniff(bytes, length), &p);
		printf("%d %ld %s\n", (int)problem, p.child_max_rss, *paths);
		photo_decoded_free(&p);
		close(fd);
	}
	photo_decoder_stop(d);
}

int main(int argc, char **argv)
{
	int n = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
	if (argc >= 3 && strcmp(argv[1], "memory") == 0)
		run_memory(argv + 2);
	else if (n > 0 && strcmp(argv[1], "decoder") == 0)
		run_decoder(argv[2], n);
	else if (n > 0 && strcmp(argv[1], "bare") == 0)
		run_bare(argv[2], n);
	else
		return 2;
	return EXIT_SUCCESS;
}
