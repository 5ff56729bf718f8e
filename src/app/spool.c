#include "app/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/photo.h"

enum { FOLDER_MAX = 300 };

/* For a file system that makes no files without names. One that a kill leaves is what the check calls a temporary file, where it lies among photos. */
static int open_unlinked(const char *folder)
{
	char name[FOLDER_MAX + 16];
	if (snprintf(name, sizeof name, "%s/" PHOTO_TEMPORARY "XXXXXX", folder) >= (int)sizeof name)
		return -1;
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0 && unlink(name) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

enum err spool_open(const struct conf *conf, int *fd)
{
	char folder[FOLDER_MAX];
	*fd = -1;
	enum err e = conf_spool_folder(conf, folder, sizeof folder);
	if (e != ERR_OK)
		return e;
	*fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		*fd = open_unlinked(folder);
	if (*fd >= 0)
		return ERR_OK;
	return errno == ENOSPC || errno == EDQUOT ? ERR_NO_SPACE : ERR_IO;
}
