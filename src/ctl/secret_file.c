#include "ctl/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mac.h"

enum { RANDOM_BYTES = 24 };

/* A new file, whole or not at all. */
static int write_new(struct ctl *ctl, int fd, const char *path, const char *secret, gid_t group, mode_t mode)
{
	char line[SECRET_BYTES + 1];
	int n = snprintf(line, sizeof line, "%s\n", secret);
	int status = CTL_OK;
	if ((group != (gid_t)-1 && fchown(fd, (uid_t)-1, group) != 0) || fchmod(fd, mode) != 0 || write(fd, line, (size_t)n) != n || fsync(fd) != 0)
		status = ctl_fail(ctl, "%s cannot be written: %s", path, strerror(errno));
	explicit_bzero(line, sizeof line);
	if (close(fd) != 0 && status == CTL_OK)
		status = ctl_fail(ctl, "%s cannot be written: %s", path, strerror(errno));
	if (status != CTL_OK)
		unlink(path);
	return status;
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

int secret_file_prepare(struct ctl *ctl, const char *path, const char *group, char *out, size_t size, bool *made)
{
	char reference[CONF_TEXT_MAX];
	uint8_t random[RANDOM_BYTES];
	gid_t gid = (gid_t)-1;
	mode_t mode = group == NULL ? 0600 : 0640;
	if (group != NULL) {
		struct group *g = getgrnam(group);
		if (g == NULL)
			return ctl_fail(ctl, "--secret-group: there is no group \"%s\" on this machine", group);
		gid = g->gr_gid;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	*made = fd >= 0;
	if (fd < 0 && errno != EEXIST)
		return ctl_fail(ctl, "[database] password: %s cannot be made: %s", path, strerror(errno));
	if (fd < 0) {
		int status = tighten(ctl, path, gid, mode);
		snprintf(reference, sizeof reference, "file:%s", path);
		enum err e = status == CTL_OK ? conf_secret(reference, out, size) : ERR_OK;
		return e == ERR_OK ? status : ctl_fail(ctl, "[database] password: %s cannot be read: %s", path, err_text(e));
	}
	if (size < SECRET_BYTES) {
		close(fd);
		return ctl_fail(ctl, "%s", err_text(ERR_INTERNAL));
	}
	mac_random(random, sizeof random);
	base64url_encode(random, sizeof random, out);
	explicit_bzero(random, sizeof random);
	return write_new(ctl, fd, path, out, gid, mode);
}
