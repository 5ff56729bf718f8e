/* fcgi_reply: a whole answer as FastCGI records (FastCGI 1.0, sections 3.3, 5.3, 5.5), by one sendmsg(2) as long as the
 * peer takes it. libfcgi's own writer copies every 8 KB into a record and a system call of its own. */
#pragma once

#include <stddef.h>

#include "util/err.h"

/* Sends head and body as STDOUT records, then END_REQUEST (status 0, complete). fd blocks, bounded by its SO_SNDTIMEO.
 * ERR_TIMEOUT: the peer takes nothing; ERR_CLOSED: it went away; ERR_IO. */
MUST_CHECK enum err fcgi_reply_send(int fd, unsigned request_id, const char *head, size_t head_len, const char *body, size_t body_len);
/* The worker's own short answers, before there is a request to hand to the program. */
MUST_CHECK enum err fcgi_reply_plain(int fd, unsigned request_id, int status, const char *text);
