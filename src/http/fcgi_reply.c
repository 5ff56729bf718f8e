#include "http/fcgi_reply.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http/fcgi_head.h"
#include "http/response.h"
#include "util/buf.h"

/* A record's content is a multiple of 8, so that no padding is needed (section 3.3). BATCH records go in one call:
 * a megabyte. */
enum { CONTENT_MAX = 65528, BATCH = 16, END_SIZE = 8 };

struct sender {
	int fd;
	unsigned id;
	unsigned records, parts;
	unsigned char headers[BATCH][FCGI_HEADER_SIZE];
	struct iovec iov[3 * BATCH + 1];
	const char *piece[2];
	size_t left[2];
};

static void record_write(unsigned char *p, enum fcgi_type type, unsigned id, size_t length)
{
	p[0] = 1;
	p[1] = (unsigned char)type;
	p[2] = (unsigned char)(id >> 8);
	p[3] = (unsigned char)id;
	p[4] = (unsigned char)(length >> 8);
	p[5] = (unsigned char)length;
	p[6] = p[7] = 0;
}

static void part_add(struct sender *s, const void *p, size_t n)
{
	s->iov[s->parts++] = (struct iovec){.iov_base = (void *)(uintptr_t)p, .iov_len = n};
}

static enum err flush(struct sender *s)
{
	struct msghdr m = {.msg_iov = s->iov, .msg_iovlen = s->parts};
	while (m.msg_iovlen > 0) {
		ssize_t sent = sendmsg(s->fd, &m, MSG_NOSIGNAL);
		if (sent < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				return ERR_TIMEOUT;
			return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
		}
		size_t n = (size_t)sent;
		while (m.msg_iovlen > 0 && n >= m.msg_iov->iov_len) {
			n -= m.msg_iov->iov_len;
			m.msg_iov++;
			m.msg_iovlen--;
		}
		if (m.msg_iovlen > 0) {
			m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + n;
			m.msg_iov->iov_len -= n;
		}
	}
	s->records = s->parts = 0;
	return ERR_OK;
}

/* One STDOUT record of what is left of head and body. */
static void record_add(struct sender *s)
{
	size_t room = CONTENT_MAX;
	unsigned char *header = s->headers[s->records++];
	part_add(s, header, FCGI_HEADER_SIZE);
	for (int i = 0; i < 2; i++) {
		size_t n = s->left[i] < room ? s->left[i] : room;
		if (n == 0)
			continue;
		part_add(s, s->piece[i], n);
		s->piece[i] += n;
		s->left[i] -= n;
		room -= n;
	}
	record_write(header, FCGI_TYPE_STDOUT, s->id, CONTENT_MAX - room);
}

enum err fcgi_reply_send(int fd, unsigned request_id, const char *head, size_t head_len, const char *body, size_t body_len)
{
	struct sender s = {.fd = fd, .id = request_id, .piece = {head, body}, .left = {head_len, body_len}};
	while (s.left[0] + s.left[1] > 0) {
		if (s.records == BATCH) {
			enum err e = flush(&s);
			if (e != ERR_OK)
				return e;
		}
		record_add(&s);
	}
	unsigned char tail[2 * FCGI_HEADER_SIZE + END_SIZE] = {0};
	record_write(tail, FCGI_TYPE_STDOUT, request_id, 0);
	record_write(tail + FCGI_HEADER_SIZE, FCGI_TYPE_END, request_id, END_SIZE);
	part_add(&s, tail, sizeof tail);
	return flush(&s);
}

enum err fcgi_reply_plain(int fd, unsigned request_id, int status, const char *text)
{
	struct buf head;
	buf_init(&head, 1024);
	buf_puts(&head, "Status: ");
	buf_i64(&head, status);
	buf_putc(&head, ' ');
	buf_puts(&head, http_reason(status));
	buf_puts(&head, "\r\nContent-Type: text/plain; charset=utf-8\r\nX-Accel-Expires: 0\r\nCache-Control: no-store\r\n");
	if (status == 503)
		buf_puts(&head, "Retry-After: 1\r\n");
	buf_puts(&head, "Content-Length: ");
	buf_i64(&head, (int64_t)strlen(text));
	buf_puts(&head, "\r\n\r\n");
	enum err e = head.error;
	if (e == ERR_OK)
		e = fcgi_reply_send(fd, request_id, head.data, head.len, text, strlen(text));
	buf_free(&head);
	return e;
}
