#include "ctl/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mac.h"

enum { RANDOM_BYTES = 24 };

static int find_group(struct ctl *ctl, const char *option, const char *name, gid_t *out)
{
	*out = (gid_t)-1;
	if (name == NULL)
		return CTL_OK;
	const struct group *g = getgrnam(name);
	if (g == NULL)
		return ctl_fail(ctl, "--%s: there is no group \"%s\" on this machine", option, name);
	*out = g->gr_gid;
	return CTL_OK;
}

static mode_t mode_for(gid_t group)
{
	return group == (gid_t)-1 ? 0600 : 0640;
}

static bool fill(int fd, const void *text, size_t n, gid_t group)
{
	return file_write_all(fd, text, n) && (group == (gid_t)-1 || fchown(fd, (uid_t)-1, group) == 0) && fchmod(fd, mode_for(group)) == 0 && fsync(fd) == 0;
}

/* That the name lasts, too. */
static bool sync_folder(const char *path)
{
	char folder[PATH_MAX];
	snprintf(folder, sizeof folder, "%s", path);
	int fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

/* Under another name first: there is never half a file under its own. ERR_EXISTS: there is one, and it stays; ERR_IO: errno says more. */
static enum err make_file(const char *path, const void *text, size_t n, gid_t group, bool replace)
{
	char other[PATH_MAX];
	if (snprintf(other, sizeof other, "%s.XXXXXX", path) >= (int)sizeof other) {
		errno = ENAMETOOLONG;
		return ERR_IO;
	}
	int fd = mkostemp(other, O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	bool good = fill(fd, text, n, group);
	good = close(fd) == 0 && good;
	if (good)
		good = replace ? rename(other, path) == 0 : link(other, path) == 0;
	int why = errno;
	if (!good || !replace)
		unlink(other);
	if (!good) {
		errno = why;
		return why == EEXIST ? ERR_EXISTS : ERR_IO;
	}
	return sync_folder(path) ? ERR_OK : ERR_IO;
}

int secret_file_write(struct ctl *ctl, const char *path, const struct buf *text, const char *group, bool replace)
{
	gid_t gid;
	int status = find_group(ctl, "group", group, &gid);
	if (status != CTL_OK)
		return status;
	enum err e = text->error != ERR_OK ? text->error : make_file(path, text->data, text->len, gid, replace);
	if (e == ERR_EXISTS)
		return ctl_fail(ctl, "%s is there already: --force replaces it", path);
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "%s cannot be made: %s", path, e == ERR_IO ? strerror(errno) : err_text(e));
}

/* One that was there: others must not be able to read it. */
static int tighten(struct ctl *ctl, const char *path, gid_t group, mode_t mode)
{
	struct stat s;
	if (stat(path, &s) != 0)
		return ctl_fail(ctl, "%s: %s", path, strerror(errno));
	if (group != (gid_t)-1 && s.st_gid != group && chown(path, (uid_t)-1, group) != 0)
		return ctl_fail(ctl, "%s cannot be given to the group: %s", path, strerror(errno));
	if ((s.st_mode & 07777) != mode && chmod(path, mode) != 0)
		return ctl_fail(ctl, "%s: its mode cannot be set: %s", path, strerror(errno));
	return CTL_OK;
}

int secret_file_prepare(struct ctl *ctl, const char *path, const char *group, bool *made)
{
	uint8_t random[RANDOM_BYTES];
	char line[SECRET_BYTES + 1];
	gid_t gid;
	int status = find_group(ctl, "secret-group", group, &gid);
	if (status != CTL_OK)
		return status;
	mac_random(random, sizeof random);
	base64url_encode(random, sizeof random, line);
	line[SECRET_BYTES - 1] = '\n';
	enum err e = make_file(path, line, SECRET_BYTES, gid, false);
	explicit_bzero(random, sizeof random);
	explicit_bzero(line, sizeof line);
	*made = e == ERR_OK;
	if (e == ERR_EXISTS)
		return tighten(ctl, path, gid, mode_for(gid));
	return e == ERR_OK ? CTL_OK : ctl_fail(ctl, "[database] password: %s cannot be made: %s", path, strerror(errno));
}
