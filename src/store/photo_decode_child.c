#include "store/photo_decode_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gmodule.h>
#include <vips/vips.h>

#include "store/photo_sandbox.h"

enum {
	OWN_MEMORY = 350 << 20, /* bytes; what is left of PHOTO_CHILD_MEMORY is the libraries' */
	CODE = 64 << 10,
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

/* libvips before 8.15 shrinks by code that Orc writes while it runs: 64 KiB of a file without a name, mapped once to be written and once to be run. When Orc
 * cannot have them it ends the process: so the same is tried first, and where it fails (noexec, a full disk) libvips does without. */
static bool code_allowed(void)
{
	char path[] = "/tmp/outport-photo.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return false;
	unlink(path);
	void *at = posix_fallocate(fd, 0, CODE) == 0 ? mmap(NULL, CODE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) : MAP_FAILED;
	close(fd);
	return at != MAP_FAILED && munmap(at, CODE) == 0;
}

/* Has Orc take its memory now: in the sandbox there is none for it, and its code for each photo goes where this was. Nothing is computed: no thread begins. */
static bool code_begin(void)
{
	VipsImage *black = NULL, *smaller = NULL;
	bool done = vips_black(&black, 16, 16, "bands", 3, NULL) == 0 && vips_resize(black, &smaller, 0.8, "kernel", VIPS_KERNEL_CUBIC, NULL) == 0;
	VIPS_UNREF(smaller);
	VIPS_UNREF(black);
	return done;
}

/* Everything that needs a file, done before the sandbox. False: no loader for the type. */
static bool prepare(enum photo_type type)
{
	mallopt(M_ARENA_MAX, 1);
	/* What one size is done with serves the next: memory that is had anew costs the time that the kernel takes to empty it. */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, OWN_MEMORY);
	setenv("VIPSHOME", "/nonexistent", 1);
	if (!code_allowed())
		setenv("VIPS_NOVECTOR", "1", 1);
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
	return code_begin();
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

static int reply(const struct photo_picture *p)
{
	bool done = output_write(&p->head, sizeof p->head);
	for (unsigned i = 0; done && i < p->head.files; i++)
		done = output_write(p->file[i], p->head.bytes[i]);
	return done ? CHILD_REPLIED : CHILD_NO_REPLY;
}

int photo_decode_child(enum photo_type type, size_t length)
{
	static struct photo_picture p;
	bool known = type >= PHOTO_JPEG && type <= PHOTO_HEIC && prepare(type);
	if (photo_sandbox_enter(OWN_MEMORY, PHOTO_CHILD_CPU_SECONDS) != ERR_OK)
		return CHILD_NO_SANDBOX;
	p.head = (struct photo_reply){.mark = PHOTO_REPLY_MARK};
	if (!known || length == 0 || length > PHOTO_BYTES_MAX) {
		p.head.problem = known ? PHOTO_EMPTY : PHOTO_NOT_KNOWN;
		return reply(&p);
	}
	uint8_t *bytes = input_read(length);
	enum photo_problem problem = bytes == NULL ? PHOTO_DAMAGED : photo_picture_make(type, bytes, length, &p);
	if (problem != PHOTO_GOOD)
		p.head = (struct photo_reply){.mark = PHOTO_REPLY_MARK, .problem = problem};
	return reply(&p);
}
