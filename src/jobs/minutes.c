#include "jobs/minutes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "util/file.h"

enum { MODE = 0640, GAP_SECONDS = 3600 };
static const char lock_name[] = "cloudwatch.lock", file_name[] = "cloudwatch.minutes", new_name[] = "cloudwatch.minutes.new";
static const uint64_t magic = 0x4f7574706d696e31; /* "Outpmin1" */

/* The file. A release that counts other things has another size, and begins anew. */
struct image {
	uint64_t magic, size;
	uint64_t sending;
	int64_t at;               /* when sum was; 0: never */
	struct metrics_sum sum;
	uint64_t n;
	struct monitor_minute minute[MONITOR_MINUTES_MAX];
};

struct minutes {
	int dir, lock;
	struct image image;
};

/* What is no such file counts as none. */
static void load(struct minutes *m)
{
	struct image *i = &m->image;
	int fd = openat(m->dir, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool good = fd >= 0 && file_read_all(fd, i, sizeof *i) && i->magic == magic && i->size == sizeof *i && i->n <= MONITOR_MINUTES_MAX;
	if (fd >= 0)
		close(fd);
	if (!good)
		*i = (struct image){.magic = magic, .size = sizeof *i};
}

enum err minutes_open(const char *dir, struct minutes **out, size_t *lost)
{
	struct minutes *m = calloc(1, sizeof *m);
	*out = NULL;
	*lost = 0;
	if (m == NULL)
		return ERR_NOMEM;
	m->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m->lock = m->dir >= 0 ? openat(m->dir, lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE) : -1;
	if (m->lock < 0 || flock(m->lock, LOCK_EX | LOCK_NB) != 0) {
		enum err e = m->lock >= 0 && errno == EWOULDBLOCK ? ERR_CONFLICT : ERR_IO;
		minutes_close(m);
		return e;
	}
	load(m);
	if (m->image.sending != 0) {
		*lost = m->image.n;
		minutes_forget(m);
	}
	*out = m;
	return ERR_OK;
}

void minutes_close(struct minutes *m)
{
	if (m == NULL)
		return;
	if (m->lock >= 0)
		close(m->lock);
	if (m->dir >= 0)
		close(m->dir);
	free(m);
}

/* to -= from; false: some number has fallen. */
static bool subtract(uint64_t *to, const uint64_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (to[i] < from[i])
			return false;
		to[i] -= from[i];
	}
	return true;
}

struct monitor_minute *minutes_add(struct minutes *m, const struct metrics_sum *sum, int64_t now)
{
	struct image *i = &m->image;
	struct monitor_minute next = {.at = now, .workers = sum->workers > 0 || sum->metric[METRIC_THREAD_US] > 0 ? (int64_t)sum->workers : -1, .waiting = -1};
	memcpy(next.bucket, sum->bucket, sizeof next.bucket);
	memcpy(next.metric, sum->metric, sizeof next.metric);
	bool whole = i->at > 0 && now >= i->at && now - i->at <= GAP_SECONDS && subtract(next.bucket, i->sum.bucket, METRIC_BUCKETS) &&
	             subtract(next.metric, i->sum.metric, METRIC_COUNT);
	i->sum = *sum;
	i->at = now;
	if (!whole)
		return NULL;
	if (i->n == MONITOR_MINUTES_MAX)
		memmove(i->minute, i->minute + 1, --i->n * sizeof *i->minute);
	i->minute[i->n] = next;
	return &i->minute[i->n++];
}

const struct monitor_minute *minutes_all(const struct minutes *m, size_t *n)
{
	*n = m->image.n;
	return m->image.minute;
}

void minutes_forget(struct minutes *m)
{
	m->image.n = m->image.sending = 0;
}

/* By rename: a runner killed half-way leaves the file before. */
enum err minutes_save(struct minutes *m, bool sending)
{
	m->image.sending = sending;
	int fd = openat(m->dir, new_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, MODE);
	if (fd < 0)
		return ERR_IO;
	bool good = file_write_all(fd, &m->image, sizeof m->image);
	good = close(fd) == 0 && good;
	return good && renameat(m->dir, new_name, m->dir, file_name) == 0 ? ERR_OK : ERR_IO;
}
