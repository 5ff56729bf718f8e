#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../support/suites.h"
#include "http/worker.h"
#include "suites_http.h"

static char folder[64], path[96];

static void set_up(void)
{
	snprintf(folder, sizeof folder, "/tmp/outport-listen-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/worker.sock", folder);
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
}

static void tear_down(void)
{
	unlink(path);
	rmdir(folder);
}

START_TEST(a_socket_is_made_for_owner_and_group)
{
	enum err e;
	struct stat st;
	int listening = 0;
	socklen_t size = sizeof listening;
	int fd = http_worker_listen(path, &e);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(e, ERR_OK);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0660);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size), 0);
	ck_assert_int_eq(listening, 1);
	close(fd);
}
END_TEST

START_TEST(a_stale_socket_is_replaced_a_live_one_is_not)
{
	enum err e;
	int first = http_worker_listen(path, &e);
	ck_assert_int_ge(first, 0);
	ck_assert_int_eq(http_worker_listen(path, &e), -1);
	ck_assert_int_eq(e, ERR_EXISTS);
	close(first);
	int second = http_worker_listen(path, &e);
	ck_assert_int_ge(second, 0);
	close(second);
}
END_TEST

START_TEST(a_file_that_is_no_socket_stays)
{
	enum err e;
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("mine", f);
	fclose(f);
	ck_assert_int_eq(http_worker_listen(path, &e), -1);
	ck_assert_int_eq(e, ERR_EXISTS);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_path_must_fit_an_address)
{
	enum err e;
	char name[200];
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	ck_assert_int_eq(http_worker_listen(name, &e), -1);
	ck_assert_int_eq(e, ERR_TOO_LARGE);
	ck_assert_int_eq(http_worker_listen("", &e), -1);
	ck_assert_int_eq(e, ERR_INVALID);
	ck_assert_int_eq(http_worker_listen(NULL, &e), -1);
	ck_assert_int_eq(e, ERR_NOT_FOUND);
	ck_assert_int_eq(http_worker_listen("/nonexistent/folder/socket", &e), -1);
	ck_assert_int_eq(e, ERR_IO);
}
END_TEST

START_TEST(a_descriptor_that_is_no_listener_is_refused)
{
	enum err e;
	char pid[16];
	int fds[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(dup2(fds[0], 3), 3);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	ck_assert_int_eq(http_worker_listen(path, &e), -1);
	ck_assert_int_eq(e, ERR_INVALID);
	/* It is not fallen back from, and not asked for again. */
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_ptr_null(getenv("LISTEN_FDS"));
}
END_TEST

Suite *suite_worker_listen(void)
{
	Suite *s = suite_create("worker_listen");
	TCase *t = tcase_create("listen");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_socket_is_made_for_owner_and_group);
	tcase_add_test(t, a_stale_socket_is_replaced_a_live_one_is_not);
	tcase_add_test(t, a_file_that_is_no_socket_stays);
	tcase_add_test(t, a_path_must_fit_an_address);
	tcase_add_test(t, a_descriptor_that_is_no_listener_is_refused);
	suite_add_tcase(s, t);
	return s;
}
