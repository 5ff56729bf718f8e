#include "http/worker.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "util/log.h"

/* A burst of connections waits here instead of failing; the kernel caps it at net.core.somaxconn (4096). */
enum { BACKLOG = 4096 };

static int inherited(enum err *e)
{
	int n = sd_listen_fds(1);
	if (n <= 0)
		return -1;
	if (n > 1)
		LOG_WARN("listen_fds", LOG_I("count", n), LOG_S("note", "only the first is served"));
	if (sd_is_socket(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
		LOG_ERROR("listen_fds", LOG_S("note", "descriptor 3 is no listening stream socket"));
		*e = ERR_INVALID;
		return -1;
	}
	*e = ERR_OK;
	return SD_LISTEN_FDS_START;
}

/* Makes way for a socket at the address. A socket that somebody serves, or a file that is no socket, stays. */
static enum err clear_stale(const struct sockaddr_un *address)
{
	struct stat st;
	if (lstat(address->sun_path, &st) != 0)
		return errno == ENOENT ? ERR_OK : ERR_IO;
	if (!S_ISSOCK(st.st_mode))
		return ERR_EXISTS;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return ERR_IO;
	int rc = connect(fd, (const struct sockaddr *)address, sizeof *address);
	int why = errno;
	close(fd);
	if (rc == 0 || why != ECONNREFUSED)
		return ERR_EXISTS;
	return unlink(address->sun_path) == 0 || errno == ENOENT ? ERR_OK : ERR_IO;
}

static enum err bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t before = umask(0117);
	int rc = bind(fd, (const struct sockaddr *)address, sizeof *address);
	int why = errno;
	umask(before);
	errno = why;
	if (rc != 0)
		return why == EADDRINUSE ? ERR_EXISTS : ERR_IO;
	return listen(fd, BACKLOG) == 0 ? ERR_OK : ERR_IO;
}

int http_worker_listen(const char *path, enum err *e)
{
	*e = ERR_NOT_FOUND;
	int fd = inherited(e);
	if (fd >= 0 || *e == ERR_INVALID || path == NULL)
		return fd;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof address.sun_path) {
		*e = n == 0 ? ERR_INVALID : ERR_TOO_LARGE;
		return -1;
	}
	memcpy(address.sun_path, path, n + 1);
	*e = clear_stale(&address);
	if (*e != ERR_OK)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	*e = fd >= 0 ? bind_private(fd, &address) : ERR_IO;
	if (*e != ERR_OK && fd >= 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}
