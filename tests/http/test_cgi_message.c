#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../support/suites.h"
#include "http/cgi_message.h"
#include "suites_http.h"

enum { ARENA_CAP = 64 << 10 };

/* A stream of bytes that counts what was taken. */
struct stream {
	const char *bytes;
	size_t taken;
};

static size_t stream_read(void *from, char *to, size_t n)
{
	struct stream *s = from;
	size_t left = strlen(s->bytes) - s->taken;
	size_t got = n < left ? n : left;
	memcpy(to, s->bytes + s->taken, got);
	s->taken += got;
	return got;
}

static const struct body_case {
	uint64_t announced;
	const char *bytes;
	size_t limit;
	bool framed;
	enum http_body_state before, after;
	size_t taken;
} bodies[] = {
	{0, "", 10, true, HTTP_BODY_NONE, HTTP_BODY_NONE, 0},
	{5, "12345", 10, true, HTTP_BODY_NONE, HTTP_BODY_WHOLE, 5},
	{5, "12345", 5, true, HTTP_BODY_NONE, HTTP_BODY_WHOLE, 5},
	{5, "12345", 4, true, HTTP_BODY_NONE, HTTP_BODY_TOO_LARGE, 0},
	{1, "1", 0, true, HTTP_BODY_NONE, HTTP_BODY_TOO_LARGE, 0},
	{5, "1234", 10, true, HTTP_BODY_NONE, HTTP_BODY_SHORT, 4},
	{5, "", 10, true, HTTP_BODY_NONE, HTTP_BODY_SHORT, 0},
	{5, "123456", 10, true, HTTP_BODY_NONE, HTTP_BODY_BAD_LENGTH, 6},
	{5, "123456", 10, false, HTTP_BODY_NONE, HTTP_BODY_WHOLE, 5},
	{0, "1", 10, true, HTTP_BODY_NONE, HTTP_BODY_BAD_LENGTH, 1},
	{0, "1", 10, false, HTTP_BODY_NONE, HTTP_BODY_NONE, 0},
	{0, "12345", 10, true, HTTP_BODY_BAD_LENGTH, HTTP_BODY_BAD_LENGTH, 0},
	{UINT64_MAX, "1", SIZE_MAX, true, HTTP_BODY_NONE, HTTP_BODY_TOO_LARGE, 0},
	/* More than the request's memory holds. */
	{1 << 20, "1", 1 << 21, true, HTTP_BODY_NONE, HTTP_BODY_TOO_LARGE, 0},
};

START_TEST(a_body_is_read_as_announced)
{
	const struct body_case *c = &bodies[_i];
	struct arena *a = arena_new(ARENA_CAP);
	struct stream stream = {.bytes = c->bytes};
	struct cgi_source source = {.read = stream_read, .from = &stream, .framed = c->framed};
	struct http_request req = {.arena = a, .request_id = "", .content_length = c->announced, .body_state = c->before};
	cgi_body_read(&req, c->limit, &source);
	ck_assert_int_eq(req.body_state, c->after);
	ck_assert_uint_eq(stream.taken, c->taken);
	if (c->after == HTTP_BODY_WHOLE) {
		ck_assert_uint_eq(req.body_len, c->announced);
		ck_assert_int_eq(strncmp(req.body, c->bytes, req.body_len), 0);
		ck_assert_int_eq(req.body[req.body_len], '\0');
	} else {
		ck_assert_ptr_null(req.body);
	}
	ck_assert_int_eq(cgi_body_unread(&req), c->after == HTTP_BODY_TOO_LARGE || c->after == HTTP_BODY_BAD_LENGTH);
	arena_free(a);
}
END_TEST

static const struct spool_case {
	size_t announced, comes, limit;
	bool framed, full; /* full: the disk is */
	enum http_body_state after;
	size_t taken;
} spools[] = {
	{5, 5, 10, true, false, HTTP_BODY_WHOLE, 5},
	{200000, 200000, 200000, true, false, HTTP_BODY_WHOLE, 200000},
	{65536, 65536, 200000, true, false, HTTP_BODY_WHOLE, 65536},
	{65537, 65537, 200000, false, false, HTTP_BODY_WHOLE, 65537},
	{200000, 200001, 200000, true, false, HTTP_BODY_BAD_LENGTH, 200001},
	{200000, 199999, 200000, true, false, HTTP_BODY_SHORT, 199999},
	{200000, 65536, 200000, true, false, HTTP_BODY_SHORT, 65536},
	{200000, 0, 200000, true, false, HTTP_BODY_SHORT, 0},
	{200001, 200001, 200000, true, false, HTTP_BODY_TOO_LARGE, 0},
	{0, 0, 200000, true, false, HTTP_BODY_NONE, 0},
	/* All is read, so that the peer sees the answer. */
	{200000, 200000, 200000, true, true, HTTP_BODY_NO_SPACE, 200000},
	{200000, 100000, 200000, true, true, HTTP_BODY_SHORT, 100000},
};

static int open_files(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

START_TEST(a_body_goes_into_a_file)
{
	const struct spool_case *c = &spools[_i];
	struct arena *a = arena_new(256 << 10);
	char *bytes = calloc(1, c->comes + 1), *kept = calloc(1, c->comes + 1);
	for (size_t i = 0; i < c->comes; i++)
		bytes[i] = (char)('a' + i * 7 % 23);
	struct stream stream = {.bytes = bytes};
	struct cgi_source source = {.read = stream_read, .from = &stream, .framed = c->framed};
	struct http_request req = {.arena = a, .request_id = "", .content_length = c->announced, .body_fd = -1};
	int before = open_files(), fd = c->full ? open("/dev/full", O_WRONLY) : memfd_create("body", 0);
	ck_assert_int_ge(fd, 0);
	cgi_body_spool(&req, c->limit, fd, &source);
	ck_assert_int_eq(req.body_state, c->after);
	ck_assert_uint_eq(stream.taken, c->taken);
	ck_assert_ptr_null(req.body);
	if (c->after == HTTP_BODY_WHOLE) {
		ck_assert_int_eq(req.body_fd, fd);
		ck_assert_uint_eq(req.body_len, c->announced);
		ck_assert_int_eq(pread(fd, kept, c->comes + 1, 0), (ssize_t)c->announced);
		ck_assert_mem_eq(kept, bytes, c->announced);
	} else {
		ck_assert_int_eq(req.body_fd, -1);
		ck_assert_uint_eq(req.body_len, 0);
	}
	cgi_body_close(&req);
	ck_assert_int_eq(open_files(), before);
	free(kept);
	free(bytes);
	arena_free(a);
}
END_TEST

/* What the program says of the body to come: a file, memory, or that there is no file to be had. */
static size_t say_limit(void *thread, const struct http_request *req)
{
	(void)thread, (void)req;
	return 10;
}

static enum err say_file(void *thread, const struct http_request *req, int *fd)
{
	int *asked = thread;
	(void)req;
	++*asked;
	*fd = *asked == 1 ? memfd_create("body", 0) : -1;
	return *asked == 2 ? ERR_IO : ERR_OK;
}

START_TEST(the_program_says_where_a_body_goes)
{
	struct arena *a = arena_new(256 << 10);
	int asked = 0;
	struct http_app app = {.body_limit = say_limit, .body_open = say_file};
	const enum http_body_state states[] = {HTTP_BODY_WHOLE, HTTP_BODY_NO_SPACE, HTTP_BODY_WHOLE};
	for (int i = 0; i < 3; i++) {
		struct stream stream = {.bytes = "12345"};
		struct cgi_source source = {.read = stream_read, .from = &stream, .framed = true};
		struct http_request req = {.arena = a, .request_id = "", .content_length = 5, .body_fd = -1};
		cgi_body_take(&req, &app, &asked, &source);
		ck_assert_int_eq(req.body_state, states[i]);
		ck_assert_uint_eq(stream.taken, 5);
		ck_assert_int_eq(req.body_fd >= 0, i == 0);
		ck_assert_int_eq(req.body != NULL, i == 2);
		cgi_body_close(&req);
	}
	/* No file is asked for where no body is read. */
	for (uint64_t length = 0; length <= 11; length += 11) {
		struct stream stream = {.bytes = ""};
		struct cgi_source source = {.read = stream_read, .from = &stream, .framed = true};
		struct http_request req = {.arena = a, .request_id = "", .content_length = length, .body_fd = -1};
		cgi_body_take(&req, &app, &asked, &source);
		ck_assert_int_eq(req.body_state, length == 0 ? HTTP_BODY_NONE : HTTP_BODY_TOO_LARGE);
	}
	ck_assert_int_eq(asked, 3);
	arena_free(a);
}
END_TEST

static const struct head_case {
	int status;
	const char *body, *location, *head;
} heads[] = {
	{200, "hello", NULL, "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"},
	{200, "", NULL, "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"},
	{303, "", "/received", "Status: 303 See Other\r\nContent-Type: text/plain\r\nLocation: /received\r\nContent-Length: 0\r\n\r\n"},
	{204, "", NULL, "Status: 204 No Content\r\n\r\n"},
	{304, "", NULL, "Status: 304 Not Modified\r\n\r\n"},
	{404, "no", NULL, "Status: 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n"},
};

START_TEST(an_answer_has_its_head)
{
	const struct head_case *c = &heads[_i];
	struct http_response res = {0};
	struct buf out;
	buf_init(&out, 4096);
	buf_init(&res.body, 100);
	http_response_reset(&res);
	res.status = c->status;
	res.content_type = "text/plain";
	buf_puts(&res.body, c->body);
	if (c->location != NULL)
		http_header_set(&res, "Location", c->location);
	cgi_head_write(&res, &out);
	ck_assert_str_eq(buf_str(&out), c->head);
	struct http_request get = {.method = HTTP_GET}, head = {.method = HTTP_HEAD};
	ck_assert_uint_eq(cgi_body_length(&get, &res), c->status == 204 || c->status == 304 ? 0 : strlen(c->body));
	ck_assert_uint_eq(cgi_body_length(&head, &res), 0);
	buf_free(&out);
	buf_free(&res.body);
}
END_TEST

START_TEST(an_answer_that_outgrew_its_buffer_becomes_500)
{
	struct http_response res = {0};
	struct buf out;
	buf_init(&out, 4096);
	buf_init(&res.body, 64);
	http_response_reset(&res);
	http_header_set(&res, "X-Accel-Expires", "30");
	for (int i = 0; i < 65; i++)
		buf_putc(&res.body, 'x');
	cgi_head_write(&res, &out);
	ck_assert_int_eq(res.status, 500);
	ck_assert_ptr_null(strstr(buf_str(&out), "X-Accel-Expires"));
	ck_assert_ptr_nonnull(strstr(buf_str(&out), "Status: 500 Internal Server Error\r\n"));
	ck_assert_ptr_null(strchr(buf_str(&res.body), 'x'));
	buf_free(&out);
	buf_free(&res.body);
}
END_TEST

Suite *suite_cgi_message(void)
{
	Suite *s = suite_create("cgi_message");
	TCase *t = tcase_create("message");
	tcase_add_loop_test(t, a_body_is_read_as_announced, 0, (int)(sizeof bodies / sizeof bodies[0]));
	tcase_add_loop_test(t, a_body_goes_into_a_file, 0, (int)(sizeof spools / sizeof spools[0]));
	tcase_add_test(t, the_program_says_where_a_body_goes);
	tcase_add_loop_test(t, an_answer_has_its_head, 0, (int)(sizeof heads / sizeof heads[0]));
	tcase_add_test(t, an_answer_that_outgrew_its_buffer_becomes_500);
	suite_add_tcase(s, t);
	return s;
}
