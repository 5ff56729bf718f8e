/* The look at a FastCGI request's head before libfcgi gets it. What it calls whole, libfcgi takes without waiting for more; no part
 * of a whole head is called bad; nothing that was called bad becomes good by more bytes. */
#include <fcgiapp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "http/fcgi_head.h"

enum { STEPS = 64 };

/* The peer's side is shut, so that libfcgi fails where it would wait. */
static void check_libfcgi_takes(const uint8_t *data, size_t size, const struct fcgi_head *head)
{
	int fds[2];
	FCGX_Request r;
	HOLDS(FCGX_Init() == 0);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	HOLDS(send(fds[0], data, size, MSG_DONTWAIT) == (ssize_t)size && shutdown(fds[0], SHUT_WR) == 0);
	FCGX_InitRequest(&r, -1, 0);
	r.ipcFd = fds[1];
	r.keepConnection = 1;
	r.detached = 1;
	HOLDS(FCGX_Accept_r(&r) == 0 && FCGX_GetError(r.in) == 0);
	HOLDS((unsigned)r.requestId == head->request_id && (r.keepConnection != 0) == head->keep);
	HOLDS(head->body || (FCGX_GetChar(r.in) == EOF && FCGX_GetError(r.in) == 0));
	r.ipcFd = -1;
	FCGX_Free(&r, 0);
	close(fds[0]);
	close(fds[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fcgi_head head, part;
	if (size > FCGI_HEAD_MAX)
		size = FCGI_HEAD_MAX;
	enum fcgi_head_state state = fcgi_head_scan(data, size, &head);
	for (size_t i = 0; i < STEPS; i++) {
		enum fcgi_head_state before = fcgi_head_scan(data, size * i / STEPS, &part);
		HOLDS(before == FCGI_HEAD_PARTIAL || before == state);
	}
	HOLDS(state != FCGI_HEAD_WHOLE || head.request_id != 0);
	if (state == FCGI_HEAD_WHOLE)
		check_libfcgi_takes(data, size, &head);
	return 0;
}
