/* Photos as files below a folder, in one of 256 folders by the first two characters of the key. A file appears under its name when it is whole and on the
 * disk: it is written under another one (".new-…"), synchronized and renamed. Photos are everybody's to read, so a web server may run as somebody else. */
#include "store/photo_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"

enum { SHARD_MAX = 3 /* "ab" and what ends it */, FOLDER_MODE = 0755, FILE_MODE = 0644, PIECE = 64 << 10 };

struct folder {
	char path[256];
};

static enum err error_of(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return ERR_NO_SPACE;
	case ENOENT: return ERR_NOT_FOUND;
	case ENOMEM: return ERR_NOMEM;
	default: return ERR_IO;
	}
}

/* By its name each time: it may be taken away and come back, mounted or restored. That it is gone says nothing of what is in it: no ENOENT. */
static int top_open(const struct folder *f)
{
	int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		errno = ENODEV;
	return fd;
}

static void say_why(const struct folder *f, char why[static PHOTO_WHY_MAX])
{
	snprintf(why, PHOTO_WHY_MAX, "the photos' folder %s: %s", f->path, strerrordesc_np(errno == ENODEV ? ENOENT : errno));
}

static void temporary_name(char *out, size_t size)
{
	snprintf(out, size, PHOTO_TEMPORARY "%ld-%08x%08x", (long)getpid(), (unsigned)randombytes_random(), (unsigned)randombytes_random());
}

enum err photo_folder_open(const struct conf *conf, void **out, char why[static PHOTO_WHY_MAX])
{
	struct folder *f = calloc(1, sizeof *f);
	if (f == NULL)
		return ERR_NOMEM;
	if (conf_photo_folder(conf, f->path, sizeof f->path) != ERR_OK) {
		snprintf(why, PHOTO_WHY_MAX, "the name of the photos' folder is too long");
		free(f);
		return ERR_INVALID;
	}
	bool made = mkdir(f->path, FOLDER_MODE) == 0;
	int fd = top_open(f);
	if (fd < 0) {
		say_why(f, why);
		free(f);
		return ERR_IO;
	}
	if (made)
		(void)fchmod(fd, FOLDER_MODE);
	close(fd);
	*out = f;
	return ERR_OK;
}

static enum err folder_try(void *self, char why[static PHOTO_WHY_MAX])
{
	char name[sizeof PHOTO_TEMPORARY + 64];
	temporary_name(name, sizeof name);
	int top = top_open(self);
	int fd = top >= 0 ? openat(top, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE) : -1;
	bool good = fd >= 0 || error_of(errno) == ERR_NO_SPACE;
	if (!good)
		say_why(self, why);
	if (fd >= 0) {
		unlinkat(top, name, 0);
		close(fd);
	}
	if (top >= 0)
		close(top);
	return good ? ERR_OK : ERR_IO;
}

static void folder_close(void *self)
{
	free(self);
}

static bool shard_valid(const char *s)
{
	return strlen(s) == 2 && strspn(s, "0123456789abcdef") == 2;
}

/* "ab/…" into "ab" and what follows, or "" and the name itself. */
static enum err split(const char *name, char shard[static SHARD_MAX], const char **rest)
{
	const char *slash = strchr(name, '/');
	shard[0] = '\0';
	*rest = name;
	if (slash != NULL) {
		snprintf(shard, SHARD_MAX, "%.*s", slash - name == 2 ? 2 : 0, name);
		*rest = slash + 1;
		if (!shard_valid(shard))
			return ERR_INVALID;
	}
	return **rest == '\0' || strchr(*rest, '/') != NULL || strcmp(*rest, ".") == 0 || strcmp(*rest, "..") == 0 ? ERR_INVALID : ERR_OK;
}

static void close_keeping_errno(int fd)
{
	int saved = errno;
	if (fd >= 0)
		close(fd);
	errno = saved;
}

/* The folder of a shard; "": the top one. -1 with errno. */
static int shard_open(const struct folder *f, const char *shard)
{
	int top = top_open(f);
	if (top < 0 || shard[0] == '\0')
		return top;
	int fd = openat(top, shard, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close_keeping_errno(top);
	return fd;
}

static int shard_make(const struct folder *f, const char *shard)
{
	int fd = shard_open(f, shard);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	int top = top_open(f);
	if (top < 0)
		return -1;
	if (mkdirat(top, shard, FOLDER_MODE) == 0 || errno == EEXIST)
		fd = openat(top, shard, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && (fchmod(fd, FOLDER_MODE) != 0 || fsync(top) != 0)) {
		close_keeping_errno(fd);
		fd = -1;
	}
	close_keeping_errno(top);
	return fd;
}

/* ---- Writing ---- */

/* One file on its way. */
struct writing {
	char name[64];  /* within the shard */
	char part[64];  /* until then; "": it was there already */
	int fd;
	bool placed;
};

static bool is_there(int dir, const char *name, size_t n)
{
	struct stat st;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)n;
}

static bool begin(int dir, const struct photo_decoded *p, const struct photo_file *file, struct writing *w)
{
	char full[64];
	photo_file_name(p->object.key, file->box, file->webp, full);
	snprintf(w->name, sizeof w->name, "%s", full + SHARD_MAX);
	if (is_there(dir, w->name, file->n))
		return true;
	temporary_name(w->part, sizeof w->part);
	w->fd = openat(dir, w->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (w->fd < 0) {
		w->part[0] = '\0';
		return false;
	}
	return fchmod(w->fd, FILE_MODE) == 0 && file_write_all(w->fd, file->data, file->n);
}

/* Each file is on the disk before any has its name. */
static bool finish(int dir, struct writing *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (w[i].fd < 0)
			continue;
		bool good = fsync(w[i].fd) == 0;
		int fd = w[i].fd;
		w[i].fd = -1;
		if (!good) {
			close_keeping_errno(fd);
			return false;
		}
		if (close(fd) != 0)
			return false;
	}
	for (unsigned i = 0; i < n; i++) {
		if (w[i].part[0] == '\0')
			continue;
		if (renameat(dir, w[i].part, dir, w[i].name) != 0)
			return false;
		w[i].part[0] = '\0';
		w[i].placed = true;
	}
	return fsync(dir) == 0;
}

static void undo(int dir, struct writing *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (w[i].fd >= 0)
			close(w[i].fd);
		if (w[i].part[0] != '\0')
			unlinkat(dir, w[i].part, 0);
		if (w[i].placed)
			unlinkat(dir, w[i].name, 0);
	}
}

static enum err folder_put(void *self, const struct photo_decoded *p)
{
	const struct folder *f = self;
	struct writing w[PHOTO_FILES_MAX];
	char shard[SHARD_MAX];
	snprintf(shard, sizeof shard, "%.2s", p->object.key);
	int dir = shard_make(f, shard);
	if (dir < 0)
		return error_of(errno) == ERR_NO_SPACE ? ERR_NO_SPACE : ERR_IO;
	for (unsigned i = 0; i < p->n; i++)
		w[i] = (struct writing){.fd = -1};
	bool good = true;
	for (unsigned i = 0; good && i < p->n; i++)
		good = begin(dir, p, &p->files[i], &w[i]);
	good = good && finish(dir, w, p->n);
	int number = errno;
	if (!good)
		undo(dir, w, p->n);
	close(dir);
	return good ? ERR_OK : error_of(number) == ERR_NO_SPACE ? ERR_NO_SPACE : ERR_IO;
}

/* ---- Removing ---- */

static enum err folder_remove_file(void *self, const char *name)
{
	char shard[SHARD_MAX];
	const char *rest;
	enum err e = split(name, shard, &rest);
	int dir = e == ERR_OK ? shard_open(self, shard) : -1;
	if (e != ERR_OK || dir < 0)
		return e != ERR_OK ? e : errno == ENOENT ? ERR_OK : ERR_IO;
	e = unlinkat(dir, rest, 0) == 0 || errno == ENOENT ? ERR_OK : ERR_IO;
	close(dir);
	return e;
}

static enum err folder_remove(void *self, const char *key)
{
	char name[64];
	snprintf(name, SHARD_MAX, "%.2s", key);
	int dir = shard_open(self, name);
	if (dir < 0)
		return errno == ENOENT ? ERR_OK : ERR_IO;
	enum err e = ERR_OK;
	for (int i = 0; i < 2 * PHOTO_SIZES; i++) {
		photo_file_name(key, photo_boxes[i / 2], i % 2 == 0, name);
		if (unlinkat(dir, name + SHARD_MAX, 0) != 0 && errno != ENOENT)
			e = ERR_IO;
	}
	if (fsync(dir) != 0)
		e = ERR_IO;
	close(dir);
	return e;
}

/* ---- Reading ---- */

static enum err folder_size(void *self, const char *name, int64_t *bytes)
{
	const struct folder *f = self;
	char shard[SHARD_MAX];
	const char *rest;
	struct stat st;
	enum err e = split(name, shard, &rest);
	int dir = e == ERR_OK ? shard_open(f, shard) : -1;
	if (e != ERR_OK || dir < 0)
		return e != ERR_OK ? e : error_of(errno);
	if (fstatat(dir, rest, &st, AT_SYMLINK_NOFOLLOW) != 0)
		e = error_of(errno);
	else if (!S_ISREG(st.st_mode))
		e = ERR_NOT_FOUND;
	else
		*bytes = st.st_size;
	close(dir);
	return e;
}

static enum err read_pieces(int fd, void (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
	uint8_t piece[PIECE];
	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? ERR_OK : ERR_IO;
		take(ctx, piece, (size_t)n);
	}
}

static enum err folder_read(void *self, const char *name, void (*take)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
	char shard[SHARD_MAX];
	const char *rest;
	enum err e = split(name, shard, &rest);
	int dir = e == ERR_OK ? shard_open(self, shard) : -1;
	if (e != ERR_OK || dir < 0)
		return e != ERR_OK ? e : error_of(errno);
	int fd = openat(dir, rest, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	/* a link is no file of ours */
	e = fd >= 0 ? read_pieces(fd, take, ctx) : errno == ELOOP ? ERR_NOT_FOUND : error_of(errno);
	if (fd >= 0)
		close(fd);
	close(dir);
	return e;
}

struct walk {
	bool (*each)(void *ctx, const struct photo_stored *file);
	void *ctx;
	const struct folder *folder;
	bool stopped;
};

/* Takes fd. */
static enum err walk_folder(struct walk *w, int fd, const char *shard)
{
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return ERR_IO;
	}
	enum err e = ERR_OK;
	while (e == ERR_OK && !w->stopped) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		char name[sizeof entry->d_name + SHARD_MAX];
		struct stat st;
		if (entry == NULL) {
			e = errno == 0 ? ERR_OK : ERR_IO;
			break;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		/* gone since */
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			int below = shard[0] == '\0' && shard_valid(entry->d_name) ? shard_open(w->folder, entry->d_name) : -1;
			e = below >= 0 ? walk_folder(w, below, entry->d_name) : ERR_OK;
			continue;
		}
		snprintf(name, sizeof name, "%s%s%s", shard, shard[0] != '\0' ? "/" : "", entry->d_name);
		struct photo_stored file = {.name = name, .bytes = st.st_size, .modified_at = st.st_mtim.tv_sec};
		if (S_ISREG(st.st_mode))
			(void)photo_stored_parse(name, &file);
		w->stopped = !w->each(w->ctx, &file);
	}
	closedir(dir);
	return e;
}

static enum err folder_each(void *self, bool (*each)(void *ctx, const struct photo_stored *file), void *ctx)
{
	struct walk w = {.each = each, .ctx = ctx, .folder = self};
	int fd = shard_open(self, "");
	return fd >= 0 ? walk_folder(&w, fd, "") : ERR_IO;
}

const struct photo_backend photo_folder_backend = {
	.try = folder_try, .put = folder_put, .remove = folder_remove, .remove_file = folder_remove_file, .each = folder_each, .size = folder_size, .read = folder_read,
	.close = folder_close,
};
