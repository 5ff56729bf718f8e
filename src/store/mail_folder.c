/* Mails as files. A file's name comes from the outbox row alone and the file appears whole, so a delivery that is repeated leaves one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/mail_internal.h"
#include "util/file.h"

struct mail_folder {
	char path[256];
};

enum err mail_folder_new(const struct conf *conf, void **out, char why[static MAIL_WHY_MAX])
{
	struct mail_folder *f = calloc(1, sizeof *f);
	if (f == NULL)
		return ERR_NOMEM;
	if (conf_mail_folder(conf, f->path, sizeof f->path) != ERR_OK) {
		snprintf(why, MAIL_WHY_MAX, "the folder's name is too long");
		free(f);
		return ERR_INVALID;
	}
	*out = f;
	return ERR_OK;
}

static enum mail_outcome failed(char *why, const char *what)
{
	snprintf(why, MAIL_WHY_MAX, "%s: %s", what, strerrordesc_np(errno));
	return MAIL_AWAY;
}

/* On the disk under its name, or not at all. */
static enum mail_outcome put(int dir, const char *part, const char *name, const struct buf *bytes, char *why)
{
	int fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return failed(why, "the mail folder cannot be written");
	bool good = file_write_all(fd, bytes->data, bytes->len) && fsync(fd) == 0;
	int saved = errno;
	if (close(fd) != 0 && good) {
		good = false;
		saved = errno;
	}
	if (good && renameat(dir, part, dir, name) == 0)
		return fsync(dir) == 0 ? MAIL_DELIVERED : failed(why, "the mail folder cannot be synchronized");
	if (good)
		saved = errno;
	unlinkat(dir, part, 0);
	errno = saved;
	return failed(why, "the mail cannot be written");
}

static enum mail_outcome folder_deliver(void *self, const struct mail_message *m, const struct buf *bytes, char why[static MAIL_WHY_MAX])
{
	const struct mail_folder *f = self;
	char name[64], part[96];
	snprintf(name, sizeof name, "%010lld.eml", (long long)m->id);
	snprintf(part, sizeof part, ".%s.%ld", name, (long)getpid());
	/* mails hold links that open accounts */
	if (mkdir(f->path, 0700) != 0 && errno != EEXIST)
		return failed(why, "the mail folder cannot be made");
	int dir = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return failed(why, "the mail folder cannot be opened");
	enum mail_outcome o = put(dir, part, name, bytes, why);
	close(dir);
	return o;
}

static void folder_close(void *self)
{
	free(self);
}

const struct mail_transport mail_folder_transport = {folder_deliver, folder_close};
