#include "util/metrics_pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mac.h"

static const char lock_name[] = "metrics.lock";
static const char base_name[] = "metrics.base";
static const char new_base_name[] = "metrics.base.new";
static const char slot_prefix[] = "metrics-";

enum { VERSION = 1, SLOT_NAME_MAX = 40, MODE = 0640 };
static const uint64_t magic = 0x4f7574706f727431; /* "Outport1" */

/* A slot, and the base. The base's id is that of the slot folded last: if its folder died before it could remove the
 * slot, that slot is known to be in the base already. */
struct slot_file {
	uint64_t magic;
	uint64_t version;
	uint64_t id;
	_Atomic uint64_t values[METRICS_CAPACITY];
};

struct metrics_pool {
	int dir;
	int slot;                 /* its flock says that we live */
	struct slot_file *mapped;
	char name[SLOT_NAME_MAX];
};

static int lock_folder(int dir, int how)
{
	int fd = openat(dir, lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
	if (fd < 0)
		return -1;
	while (flock(fd, how) != 0)
		if (errno != EINTR) {
			close(fd);
			return -1;
		}
	return fd;
}

/* Maps a file that looks as it should; NULL for anything else: cut short, garbage, another layout, no file. */
static const struct slot_file *map_file(int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != (off_t)sizeof(struct slot_file))
		return NULL;
	const struct slot_file *f = mmap(NULL, sizeof *f, PROT_READ, MAP_SHARED, fd, 0);
	if (f == MAP_FAILED)
		return NULL;
	if (f->magic == magic && f->version == VERSION)
		return f;
	munmap((void *)f, sizeof *f);
	return NULL;
}

/* Opens for reading without waiting for the other end, should it be a pipe. */
static int open_file(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static void add_values(struct slot_file *to, const struct slot_file *from)
{
	for (size_t i = 0; i < METRICS_CAPACITY; i++)
		atomic_fetch_add_explicit(&to->values[i], atomic_load_explicit(&from->values[i], memory_order_relaxed),
		                          memory_order_relaxed);
}

static void read_base(int dir, struct slot_file *base)
{
	*base = (struct slot_file){.magic = magic, .version = VERSION};
	int fd = open_file(dir, base_name);
	if (fd < 0)
		return;
	const struct slot_file *f = map_file(fd);
	if (f != NULL) {
		base->id = f->id;
		add_values(base, f);
		munmap((void *)f, sizeof *f);
	}
	close(fd);
}

/* By rename: a folder killed half-way leaves the old base. */
static bool write_base(int dir, const struct slot_file *base)
{
	int fd = openat(dir, new_base_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, MODE);
	if (fd < 0)
		return false;
	bool good = file_write_all(fd, base, sizeof *base);
	good = close(fd) == 0 && good;
	return good && renameat(dir, new_base_name, dir, base_name) == 0;
}

static void slot_name(uint64_t id, char name[static SLOT_NAME_MAX])
{
	snprintf(name, SLOT_NAME_MAX, "%s%016llx", slot_prefix, (unsigned long long)id);
}

/* Called for each slot with the folder locked; slot is NULL when the file is none. */
typedef void (*visit_slot)(void *user, int dir, const char *name, const struct slot_file *slot, bool alive);

static void visit_one(int dir, const char *name, visit_slot visit, void *user)
{
	int fd = open_file(dir, name);
	if (fd < 0)
		return;
	bool alive = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	const struct slot_file *slot = map_file(fd);
	visit(user, dir, name, slot, alive);
	if (slot != NULL)
		munmap((void *)slot, sizeof *slot);
	close(fd);
}

static enum err visit_all(int dir, visit_slot visit, void *user)
{
	/* A descriptor of its own: the position in the folder is not shared with another thread's walk. */
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return errno == ENOMEM ? ERR_NOMEM : ERR_IO;
	}
	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		if (strncmp(entry->d_name, slot_prefix, sizeof slot_prefix - 1) == 0)
			visit_one(dir, entry->d_name, visit, user);
	closedir(d);
	return ERR_OK;
}

/* The base while slots go into it. */
struct folding {
	struct slot_file base;
	bool stuck; /* nothing more may be folded now; what is not folded is summed where it lies */
};

/* Reads the base and ends what a folder that died left undone. Only then may another slot's id take its place. */
static void begin_folding(int dir, struct folding *f)
{
	char name[SLOT_NAME_MAX];
	read_base(dir, &f->base);
	slot_name(f->base.id, name);
	f->stuck = unlinkat(dir, name, 0) != 0 && errno != ENOENT;
}

/* Adds a slot whose owner is gone to the base and removes it; what is no slot goes too. */
static void fold_dead(void *user, int dir, const char *name, const struct slot_file *slot, bool alive)
{
	struct folding *f = user;
	if (alive || f->stuck)
		return;
	if (slot != NULL) {
		add_values(&f->base, slot);
		f->base.id = slot->id;
		f->stuck = !write_base(dir, &f->base);
	}
	if (!f->stuck && unlinkat(dir, name, 0) != 0 && slot != NULL)
		f->stuck = true;
}

/* Written out, not truncated to size: a full disk is met here and not by a signal when counting. */
static enum err make_slot(struct metrics_pool *p)
{
	struct slot_file fresh = {.magic = magic, .version = VERSION};
	while (fresh.id == 0)
		mac_random(&fresh.id, sizeof fresh.id);
	slot_name(fresh.id, p->name);
	p->slot = openat(p->dir, p->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	if (p->slot < 0)
		return ERR_IO;
	if (flock(p->slot, LOCK_EX | LOCK_NB) != 0 || !file_write_all(p->slot, &fresh, sizeof fresh))
		goto remove;
	void *mapped = mmap(NULL, sizeof fresh, PROT_READ | PROT_WRITE, MAP_SHARED, p->slot, 0);
	if (mapped == MAP_FAILED)
		goto remove;
	p->mapped = mapped;
	return ERR_OK;
remove:
	unlinkat(p->dir, p->name, 0);
	return ERR_IO;
}

static void release(struct metrics_pool *p)
{
	if (p->mapped != NULL)
		munmap(p->mapped, sizeof *p->mapped);
	if (p->slot >= 0)
		close(p->slot);
	if (p->dir >= 0)
		close(p->dir);
	free(p);
}

enum err metrics_pool_watch(const char *dir, struct metrics_pool **out)
{
	*out = NULL;
	struct metrics_pool *p = calloc(1, sizeof *p);
	if (p == NULL)
		return ERR_NOMEM;
	p->slot = -1;
	p->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dir < 0) {
		release(p);
		return ERR_IO;
	}
	*out = p;
	return ERR_OK;
}

enum err metrics_pool_join(const char *dir, struct metrics_pool **out)
{
	struct folding folding;
	struct metrics_pool *p;
	enum err err = metrics_pool_watch(dir, &p);
	*out = NULL;
	if (err != ERR_OK)
		return err;
	int lock = lock_folder(p->dir, LOCK_EX);
	err = ERR_IO;
	if (lock < 0)
		goto out;
	begin_folding(p->dir, &folding);
	err = visit_all(p->dir, fold_dead, &folding);
	if (err == ERR_OK)
		err = make_slot(p);
	close(lock);
	if (err == ERR_OK)
		*out = p;
out:
	if (err != ERR_OK)
		release(p);
	return err;
}

void metrics_pool_leave(struct metrics_pool *p)
{
	if (p == NULL)
		return;
	int lock = p->mapped != NULL ? lock_folder(p->dir, LOCK_EX) : -1;
	if (lock >= 0) {
		struct folding folding;
		begin_folding(p->dir, &folding);
		fold_dead(&folding, p->dir, p->name, p->mapped, false);
		close(lock);
	}
	release(p);
}

_Atomic uint64_t *metrics_pool_values(struct metrics_pool *p)
{
	return p->mapped != NULL ? p->mapped->values : NULL;
}

struct sum {
	uint64_t *total;
	uint64_t alive;
	uint64_t folded; /* id of the slot that is in the base already */
};

static void add_slot(void *user, int dir, const char *name, const struct slot_file *slot, bool alive)
{
	struct sum *s = user;
	(void)dir;
	(void)name;
	if (slot == NULL || slot->id == s->folded)
		return;
	s->alive += alive;
	for (size_t i = 0; i < METRICS_CAPACITY; i++)
		s->total[i] += atomic_load_explicit(&slot->values[i], memory_order_relaxed);
}

enum err metrics_pool_sum(struct metrics_pool *p, uint64_t total[static METRICS_CAPACITY], uint64_t *alive)
{
	struct slot_file base;
	int lock = lock_folder(p->dir, LOCK_SH);
	if (lock < 0)
		return ERR_IO;
	read_base(p->dir, &base);
	for (size_t i = 0; i < METRICS_CAPACITY; i++)
		total[i] = base.values[i];
	struct sum sum = {.total = total, .folded = base.id};
	enum err err = visit_all(p->dir, add_slot, &sum);
	*alive = sum.alive;
	close(lock);
	return err;
}
