#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../support/suites.h"
#include "http/fcgi_reply.h"
#include "suites_http.h"

enum { HEADER = 8, END = 3, STDOUT = 6, ID = 0x0203 };

/* The peer's side: takes records apart while they come and puts the content of STDOUT together. */
struct peer {
	int fd;
	unsigned char *content;
	size_t n, records;
	bool stdout_closed, ended, good;
};

static bool read_all(int fd, unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static void *peer_run(void *arg)
{
	struct peer *p = arg;
	unsigned char header[HEADER], body[65535];
	while (!p->ended && read_all(p->fd, header, HEADER)) {
		size_t n = (size_t)header[4] << 8 | header[5];
		p->records++;
		p->good = p->good && header[0] == 1 && (header[2] << 8 | header[3]) == ID && header[6] == 0;
		if (!read_all(p->fd, body, n))
			break;
		if (header[1] == STDOUT) {
			memcpy(p->content + p->n, body, n);
			p->n += n;
			p->stdout_closed = n == 0;
		} else {
			p->ended = header[1] == END && n == 8 && memcmp(body, "\0\0\0\0\0\0\0\0", 8) == 0;
		}
	}
	return NULL;
}

static const size_t sizes[][2] = {
	{0, 0}, {1, 0}, {0, 1}, {100, 3000}, {100, 65428}, {100, 65429}, {65528, 0}, {65529, 0}, {200, 1 << 20}, {70000, 3 << 20}};

START_TEST(an_answer_goes_out_in_records)
{
	size_t head_len = sizes[_i][0], body_len = sizes[_i][1], all = head_len + body_len;
	int fds[2];
	pthread_t thread;
	char *bytes = malloc(all + 1);
	struct peer peer = {.content = malloc(all + 1), .good = true};
	for (size_t i = 0; i < all; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	peer.fd = fds[1];
	ck_assert_int_eq(pthread_create(&thread, NULL, peer_run, &peer), 0);
	ck_assert_int_eq(fcgi_reply_send(fds[0], ID, bytes, head_len, bytes + head_len, body_len), ERR_OK);
	pthread_join(thread, NULL);
	ck_assert(peer.good && peer.stdout_closed && peer.ended);
	ck_assert_uint_eq(peer.n, all);
	ck_assert_uint_eq(peer.records, (all + 65527) / 65528 + 2);
	ck_assert_int_eq(memcmp(peer.content, bytes, all), 0);
	free(bytes);
	free(peer.content);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(a_peer_that_went_away_is_no_signal)
{
	int fds[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	close(fds[1]);
	ck_assert_int_eq(fcgi_reply_send(fds[0], ID, "x", 1, NULL, 0), ERR_CLOSED);
	close(fds[0]);
}
END_TEST

START_TEST(a_peer_that_takes_nothing_is_given_up)
{
	int fds[2];
	struct timeval timeout = {.tv_usec = 10000};
	size_t n = 4 << 20;
	char *body = calloc(1, n);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout), 0);
	ck_assert_int_eq(fcgi_reply_send(fds[0], ID, body, n, NULL, 0), ERR_TIMEOUT);
	free(body);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(a_plain_answer_says_when_to_come_again)
{
	int fds[2];
	unsigned char content[1024] = {0};
	struct peer peer = {.content = content, .good = true};
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(fcgi_reply_plain(fds[0], ID, 503, "Busy.\n"), ERR_OK);
	peer.fd = fds[1];
	peer_run(&peer);
	ck_assert(peer.ended);
	ck_assert_ptr_nonnull(strstr((char *)content, "Status: 503 Service Unavailable\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)content, "\r\nRetry-After: 1\r\n"));
	ck_assert_ptr_nonnull(strstr((char *)content, "\r\nContent-Length: 6\r\n\r\nBusy.\n"));
	close(fds[0]);
	close(fds[1]);
}
END_TEST

Suite *suite_fcgi_reply(void)
{
	Suite *s = suite_create("fcgi_reply");
	TCase *t = tcase_create("records");
	tcase_add_loop_test(t, an_answer_goes_out_in_records, 0, (int)(sizeof sizes / sizeof sizes[0]));
	tcase_add_test(t, a_peer_that_went_away_is_no_signal);
	tcase_add_test(t, a_peer_that_takes_nothing_is_given_up);
	tcase_add_test(t, a_plain_answer_says_when_to_come_again);
	suite_add_tcase(s, t);
	return s;
}
