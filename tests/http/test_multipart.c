#include "http/multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../support/suites.h"
#include "suites_http.h"
#include "util/buf.h"

#define TYPE "multipart/form-data; boundary=XX"
#define FIRST "--XX\r\n"
#define NEXT "\r\n--XX\r\n"
#define END "\r\n--XX--\r\n"
#define FIELD(rest) "Content-Disposition: form-data; " rest "\r\n"
#define TEXT(name, value) FIELD("name=\"" name "\"") "\r\n" value
#define PHOTO(rest, value) FIELD("name=\"photo\"; " rest) "Content-Type: image/jpeg\r\n\r\n" value
#define BODY(s) (s), sizeof(s) - 1

/* Says what was read: name=text; or name<file|type>=content; */
static void describe(struct buf *out, int fd, const struct multipart *m)
{
	char bytes[4096];
	for (size_t i = 0; i < m->n; i++) {
		const struct multipart_part *p = &m->parts[i];
		buf_puts(out, p->name);
		if (p->file_name != NULL)
			buf_printf(out, "<%s|%s>", p->file_name, p->media_type);
		buf_putc(out, '=');
		ck_assert_int_eq(p->text == NULL, p->file_name != NULL);
		size_t n = p->length < sizeof bytes ? p->length : sizeof bytes;
		ck_assert_int_eq(pread(fd, bytes, n, p->offset), (ssize_t)n);
		if (p->text != NULL)
			ck_assert_mem_eq(p->text, bytes, n);
		buf_put(out, bytes, n);
		buf_putc(out, ';');
	}
}

static int file_of(const char *bytes, size_t n)
{
	int fd = memfd_create("body", 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	return fd;
}

static const struct good_case {
	const char *type, *body;
	size_t n;
	const char *parts;
	size_t parts_length; /* 0: as long as the string is */
} goods[] = {
	{TYPE, BODY(FIRST TEXT("alt", "A dory") END), "alt=A dory;", 0},
	{TYPE, BODY(FIRST TEXT("alt", "") END), "alt=;", 0},
	{TYPE, BODY(FIRST TEXT("alt", "a\r\nb\r\n") END), "alt=a\r\nb\r\n;", 0},
	{TYPE, BODY("--XX--"), "", 0},
	{TYPE, BODY("--XX--\r\n"), "", 0},
	{TYPE, BODY(FIRST TEXT("alt", "x") "\r\n--XX--"), "alt=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a.jpg\"", "\xff\xd8") NEXT TEXT("alt", "x") NEXT PHOTO("filename=\"b.jpg\"", "\x89PNG") END),
		"photo<a.jpg|image/jpeg>=\xff\xd8;alt=x;photo<b.jpg|image/jpeg>=\x89PNG;", 0},
	/* no file was chosen; an empty file */
	{TYPE, BODY(FIRST FIELD("name=\"photo\"; filename=\"\"") "Content-Type: application/octet-stream\r\n\r\n" END), "photo<|application/octet-stream>=;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a.jpg\"", "") END), "photo<a.jpg|image/jpeg>=;", 0},
	/* bytes of a photo that look like a frame */
	{TYPE, BODY(FIRST PHOTO("filename=\"a\"", "\n--XX\nx\r--XX\r\r\n--X\r\n-XX\r\n--\r\n\r\n--XY--XX--XX--\r\n") END),
		"photo<a|image/jpeg>=\n--XX\nx\r--XX\r\r\n--X\r\n-XX\r\n--\r\n\r\n--XY--XX--XX--\r\n;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a\"", "\r\n\r\n\r\n") END), "photo<a|image/jpeg>=\r\n\r\n\r\n;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a\"", "\r") END), "photo<a|image/jpeg>=\r;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a\"", "\0a\0\r\n\0") END), "photo<a|image/jpeg>=\0a\0\r\n\0;", sizeof("photo<a|image/jpeg>=\0a\0\r\n\0;") - 1},
	/* names, as browsers and programs write them */
	{TYPE, BODY(FIRST PHOTO("filename=\"caf\xc3\xa9 \xe2\x82\xac.jpg\"", "x") END), "photo<caf\xc3\xa9 \xe2\x82\xac.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"C:\\fakepath\\new\\a.jpg\"", "x") END), "photo<a.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"../../etc/passwd\"", "x") END), "photo<passwd|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"/\"", "x") END), "photo<|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a\\\"b\\\\c.jpg\"", "x") END), "photo<c.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a%22b%0D%0A.jpg\"", "x") END), "photo<a%22b%0D%0A.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a;b=c.jpg\"", "x") END), "photo<a;b=c.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=a.jpg", "x") END), "photo<a.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename=\"a.jpg\"; filename*=UTF-8''%e2%82%ac%20b.jpg", "x") END), "photo<\xe2\x82\xac b.jpg|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST PHOTO("filename*=utf-8''..%2F%2e%2e%2fb.jpg", "x") END), "photo<b.jpg|image/jpeg>=x;", 0},
	/* heads in any case, with what is passed over */
	{TYPE, BODY(FIRST "content-DISPOSITION:form-data;name=a\r\nX-Other: b\r\ncontent-length: 9\r\n\r\nx" END), "a=x;", 0},
	{TYPE, BODY(FIRST "Content-Disposition: Form-Data; NAME=\"a\"\t\r\nContent-Transfer-Encoding: 8BIT\r\n\r\nx" END), "a=x;", 0},
	{TYPE, BODY(FIRST FIELD("name=a") "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: binary\r\n\r\n\xc3\xa9" END), "a=\xc3\xa9;", 0},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: Image/JPEG; q=\"1\"\r\n\r\nx" END), "p<a|image/jpeg>=x;", 0},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "\r\nx" END), "p<a|>=x;", 0},
	/* boundaries */
	{"Multipart/Form-Data; Boundary=\"XX\"", BODY(FIRST TEXT("a", "x") END), "a=x;", 0},
	{"multipart/form-data; charset=utf-8;boundary=----WebKitFormBoundaryAbC1", BODY("------WebKitFormBoundaryAbC1\r\n" TEXT("a", "x") "\r\n------WebKitFormBoundaryAbC1--\r\n"), "a=x;", 0},
	{"multipart/form-data; boundary=\"'()+_,-./:?=\"", BODY("--'()+_,-./:?=\r\n" TEXT("a", "x") "\r\n--'()+_,-./:?=--"), "a=x;", 0},
	{"multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789",
		BODY("--0123456789012345678901234567890123456789012345678901234567890123456789\r\n" TEXT("a", "x")
			"\r\n--0123456789012345678901234567890123456789012345678901234567890123456789--"), "a=x;", 0},
};

START_TEST(a_form_is_read)
{
	const struct good_case *c = &goods[_i];
	struct arena *a = arena_new(1 << 20);
	struct multipart m;
	const char *what = "";
	int fd = file_of(c->body, c->n);
	enum err e = multipart_parse(a, c->type, fd, c->n, &m, &what);
	struct buf out;
	buf_init(&out, 64 << 10);
	ck_assert_msg(e == ERR_OK, "%s: %s", err_text(e), what);
	describe(&out, fd, &m);
	size_t n = c->parts_length != 0 ? c->parts_length : strlen(c->parts);
	ck_assert_msg(out.len == n && (n == 0 || memcmp(out.data, c->parts, n) == 0), "got %s", buf_str(&out));
	buf_free(&out);
	close(fd);
	arena_free(a);
}
END_TEST

/* Cut off anywhere, a form is none: never a shorter one. */
START_TEST(a_form_cut_off_anywhere_is_refused)
{
	static const char body[] = FIRST PHOTO("filename=\"a.jpg\"", "\xff\xd8\r\n--X") NEXT TEXT("alt", "x") "\r\n--XX--";
	for (size_t n = 0; n < sizeof body - 1; n++) {
		struct arena *a = arena_new(1 << 20);
		struct multipart m;
		const char *what = NULL;
		int fd = file_of(body, n);
		ck_assert_msg(multipart_parse(a, TYPE, fd, n, &m, &what) == ERR_INVALID, "%zu bytes", n);
		ck_assert_ptr_nonnull(what);
		close(fd);
		arena_free(a);
	}
}
END_TEST

#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10

static const struct bad_case {
	const char *type, *body;
	size_t n;
	const char *what;
} bads[] = {
	{"multipart/form-data", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary=", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary=\"\"", BODY("--\r\n" TEXT("a", "x") "\r\n----"), "boundary"},
	{"multipart/form-data; boundary=XX; boundary=YY", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary=XX; BOUNDARY=XX", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary*=utf-8''XX", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary*0=X; boundary*1=X", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary=\"X X\"", BODY("--X X\r\n" TEXT("a", "x") "\r\n--X X--"), "boundary"},
	{"multipart/form-data; boundary=\"X\xc3\xa9\"", BODY("--X\xc3\xa9\r\n" TEXT("a", "x") "\r\n--X\xc3\xa9--"), "boundary"},
	{"multipart/form-data; boundary=\"X%\"", BODY("--X%\r\n" TEXT("a", "x") "\r\n--X%--"), "boundary"},
	{"multipart/form-data; boundary=" X100, BODY("--" X100 "\r\n" TEXT("a", "x") "\r\n--" X100 "--"), "boundary"},
	{"multipart/form-data boundary=XX", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/form-data; boundary=XX garbage", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"", BODY(FIRST TEXT("a", "x") END), "boundary"},
	{"multipart/mixed; boundary=XX", BODY(FIRST TEXT("a", "x") END), "content type"},
	{"multipart/form-datax; boundary=XX", BODY(FIRST TEXT("a", "x") END), "content type"},
	/* the frame */
	{TYPE, BODY(""), "truncated"},
	{TYPE, BODY("preamble\r\n" FIRST TEXT("a", "x") END), "no boundary at the beginning"},
	{TYPE, BODY("\r\n" FIRST TEXT("a", "x") END), "no boundary at the beginning"},
	{TYPE, BODY("--YY\r\n" TEXT("a", "x") "\r\n--YY--\r\n"), "no boundary at the beginning"},
	{TYPE, BODY("--XX \r\n" TEXT("a", "x") END), "delimiter"},
	{TYPE, BODY("--XX\n" TEXT("a", "x") END), "delimiter"},
	{TYPE, BODY("--XXY\r\n" TEXT("a", "x") END), "delimiter"},
	{TYPE, BODY(FIRST TEXT("a", "x") "\r\n--XXY\r\n" END), "delimiter"},
	{TYPE, BODY(FIRST TEXT("a", "x") "\r\n--XX \r\n" TEXT("b", "y") END), "delimiter"},
	{TYPE, BODY(FIRST TEXT("a", "x") "\r\n--XX-\r\n"), "delimiter"},
	{TYPE, BODY(FIRST TEXT("a", "x")), "truncated"},
	{TYPE, BODY(FIRST TEXT("a", "x") NEXT), "truncated"},
	{TYPE, BODY(FIRST TEXT("a", "x") "\n--XX--\n"), "truncated"},
	{TYPE, BODY(FIRST TEXT("a", "x") END "epilogue"), "bytes after the end"},
	{TYPE, BODY(FIRST TEXT("a", "x") END "\r\n"), "bytes after the end"},
	{TYPE, BODY(FIRST TEXT("a", "x") "\r\n--XX--\n"), "bytes after the end"},
	{TYPE, BODY(FIRST TEXT("a", "x") END FIRST TEXT("b", "y") END), "bytes after the end"},
	{TYPE, BODY(FIRST FIELD("name=a") END), "no content"},
	{TYPE, BODY(FIRST FIELD("name=a") "\r\n--XX--\r\n"), "no content"},
	/* right below the head the boundary is one as well, not a photo's first bytes */
	{TYPE, BODY(FIRST PHOTO("filename=\"a\"", "--XX\r\n\r") END), "no content"},
	/* heads */
	{TYPE, BODY(FIRST "\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "\r\nx" END), "truncated"},
	{TYPE, BODY(FIRST "x" END), "truncated"},
	{TYPE, BODY(FIRST "Content-Type: text/plain\r\n\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST "Content-Disposition form-data; name=a\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition : form-data; name=a\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST " Content-Disposition: form-data; name=a\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data;\r\n name=a\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=a\nContent-Type: text/plain\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=a\rContent-Type: text/plain\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=\"a\0b\"\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=a\0\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=\"a\x01\"\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=\"\xff\"\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=\"\xc0\xaf\"\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data; name=\"\xe2\x80\xae\"\r\n\r\nx" END), "header"},
	{TYPE, BODY(FIRST "--XX: y\r\n" FIELD("name=a") "\r\nx" END), "header"},
	{TYPE, BODY(FIRST FIELD("name=a") FIELD("name=b") "\r\nx" END), "header twice"},
	{TYPE, BODY(FIRST FIELD("name=a") "content-disposition: form-data; name=a\r\n\r\nx" END), "header twice"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: image/png\r\nContent-Type: image/jpeg\r\n\r\nx" END), "header twice"},
	{TYPE, BODY(FIRST FIELD("name=a") "A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\nx" END),
		"too many headers"},
	{TYPE, BODY(FIRST "Content-Disposition: attachment; name=a\r\n\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data\r\n\r\nx" END), "name"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data;\r\n\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=\"\"") "\r\nx" END), "name"},
	{TYPE, BODY(FIRST FIELD("filename=a") "\r\nx" END), "name"},
	{TYPE, BODY(FIRST FIELD("name=\"" X100 "x\"") "\r\nx" END), "name"},
	{TYPE, BODY(FIRST FIELD("name=a; name=b") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=\"a") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=\"a\"b\"") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=a b; filename=c") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name = a") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=a;; filename=b") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST "Content-Disposition: form-data (a comment); name=a\r\n\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name*=utf-8''a") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=\"=?utf-8?q?a?=\"") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a; filename=b") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=utf-8''a; filename*=utf-8''b") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=iso-8859-1''a%e9") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=utf-8''a%00b") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=utf-8''a%0ab") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=utf-8''a%ffb") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=utf-8''a%zz") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*=\"utf-8''a\"") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename*0=a; filename*1=b") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=\"" X100 X100 X100 "x\"") "\r\nx" END), "file name"},
	{TYPE, BODY(FIRST FIELD("name=a; b=1; c=1; d=1; e=1; f=1; g=1; h=1; i=1") "\r\nx" END), "content disposition"},
	{TYPE, BODY(FIRST FIELD("name=a") "Content-Transfer-Encoding: base64\r\n\r\neA==" END), "transfer encoding"},
	{TYPE, BODY(FIRST FIELD("name=a") "Content-Transfer-Encoding: quoted-printable\r\n\r\nx" END), "transfer encoding"},
	{TYPE, BODY(FIRST FIELD("name=a") "Content-Transfer-Encoding:\r\n\r\nx" END), "transfer encoding"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: multipart/mixed; boundary=YY\r\n\r\n--YY\r\n\r\nx\r\n--YY--" END), "nested"},
	{TYPE, BODY(FIRST FIELD("name=p") "Content-Type: multipart/mixed; boundary=YY\r\n\r\n--YY\r\n\r\nx\r\n--YY--" END), "nested"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: message/rfc822\r\n\r\nx" END), "nested"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: jpeg\r\n\r\nx" END), "content type"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: image/\r\n\r\nx" END), "content type"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type:\r\n\r\nx" END), "content type"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: image/jpeg/x\r\n\r\nx" END), "content type"},
	{TYPE, BODY(FIRST FIELD("name=p; filename=a") "Content-Type: image/jpeg; x\r\n\r\nx" END), "content type"},
	{TYPE, BODY(FIRST FIELD("name=a") "Content-Type: text/html\r\n\r\nx" END), "content type"},
	{TYPE, BODY(FIRST FIELD("name=a") "Content-Type: text/plain; charset=utf-7\r\n\r\nx" END), "charset"},
	/* texts */
	{TYPE, BODY(FIRST TEXT("a", "\xff") END), "text"},
	{TYPE, BODY(FIRST TEXT("a", "x\0y") END), "text"},
};

START_TEST(a_hostile_form_is_refused)
{
	const struct bad_case *c = &bads[_i];
	struct arena *a = arena_new(1 << 20);
	struct multipart m;
	const char *what = NULL;
	int fd = file_of(c->body, c->n);
	enum err e = multipart_parse(a, c->type, fd, c->n, &m, &what);
	ck_assert_msg(e == ERR_INVALID, "case %d (%s): %s", _i, c->what, err_text(e));
	ck_assert_str_eq(what, c->what);
	close(fd);
	arena_free(a);
}
END_TEST

static enum err parse_text(struct arena *a, const char *text, size_t n, struct multipart *m, const char **what)
{
	int fd = file_of(text, n);
	enum err e = multipart_parse(a, TYPE, fd, n, m, what);
	close(fd);
	return e;
}

START_TEST(parts_heads_and_texts_have_limits)
{
	struct multipart m;
	const char *what = NULL;
	struct buf b;
	buf_init(&b, 1 << 20);
	for (int parts = MULTIPART_PARTS_MAX; parts <= MULTIPART_PARTS_MAX + 1; parts++) {
		struct arena *a = arena_new(1 << 20);
		buf_reset(&b);
		for (int i = 0; i < parts; i++)
			buf_printf(&b, "%s" TEXT("a", "%d"), i == 0 ? FIRST : NEXT, i);
		buf_puts(&b, END);
		enum err e = parse_text(a, b.data, b.len, &m, &what);
		ck_assert_int_eq(e, parts > MULTIPART_PARTS_MAX ? ERR_INVALID : ERR_OK);
		if (e == ERR_OK)
			ck_assert_str_eq(m.parts[63].text, "63");
		else
			ck_assert_str_eq(what, "too many parts");
		arena_free(a);
	}
	/* The head's end must come within its limit. */
	for (int n = MULTIPART_HEAD_MAX - 1; n <= MULTIPART_HEAD_MAX + 1; n++) {
		struct arena *a = arena_new(1 << 20);
		buf_reset(&b);
		buf_puts(&b, FIRST FIELD("name=a") "X-Long: ");
		while (b.len < strlen(FIRST) + (size_t)n)
			buf_putc(&b, 'x');
		buf_puts(&b, "\r\n\r\nvalue" END);
		enum err e = parse_text(a, b.data, b.len, &m, &what);
		ck_assert_int_eq(e, n > MULTIPART_HEAD_MAX ? ERR_INVALID : ERR_OK);
		if (e != ERR_OK)
			ck_assert_str_eq(what, "header too long");
		arena_free(a);
	}
	for (int n = MULTIPART_TEXT_MAX; n <= MULTIPART_TEXT_MAX + 1; n++) {
		struct arena *a = arena_new(1 << 20);
		buf_reset(&b);
		buf_puts(&b, FIRST TEXT("a", ""));
		for (int i = 0; i < n; i++)
			buf_putc(&b, 'x');
		buf_puts(&b, END);
		ck_assert_int_eq(parse_text(a, b.data, b.len, &m, &what), n > MULTIPART_TEXT_MAX ? ERR_TOO_LARGE : ERR_OK);
		arena_free(a);
	}
	buf_free(&b);
}
END_TEST

/* Wherever the delimiter falls among the windows the file is read by, it is found; and memory does not grow with the file. */
START_TEST(a_long_file_is_found_whole)
{
	static const char head[] = FIRST PHOTO("filename=\"a\"", ""), tail[] = NEXT TEXT("alt", "x") END;
	enum { WINDOW = 64 << 10 };
	for (size_t n = WINDOW - 12; n < WINDOW + 12; n++) {
		struct arena *a = arena_new(512 << 10);
		struct multipart m;
		const char *what = "";
		size_t all = sizeof head - 1 + 2 * n + sizeof tail - 1;
		char *bytes = malloc(all), *p = bytes;
		p = (char *)memcpy(p, head, sizeof head - 1) + sizeof head - 1;
		/* Every line of it begins like the delimiter. */
		for (size_t i = 0; i < 2 * n; i++)
			p[i] = "\r\n--X"[i % 5];
		memcpy(p + 2 * n, tail, sizeof tail - 1);
		int fd = file_of(bytes, all);
		ck_assert_msg(multipart_parse(a, TYPE, fd, all, &m, &what) == ERR_OK, "%zu: %s", n, what);
		ck_assert_uint_eq(m.n, 2);
		ck_assert_uint_eq(m.parts[0].length, 2 * n);
		ck_assert_int_eq(m.parts[0].offset, (off_t)sizeof head - 1);
		ck_assert_ptr_null(m.parts[0].text);
		ck_assert_str_eq(m.parts[1].name, "alt");
		ck_assert_str_eq(m.parts[1].text, "x");
		free(bytes);
		close(fd);
		arena_free(a);
	}
}
END_TEST

START_TEST(little_memory_and_a_file_that_ends_early_are_errors)
{
	static const char body[] = FIRST TEXT("a", "x") END;
	struct multipart m;
	const char *what = NULL;
	int fd = file_of(body, sizeof body - 1);
	bool good = false;
	for (size_t cap = 1024; cap <= 256 << 10 && !good; cap += 1024) {
		struct arena *a = arena_new(cap);
		enum err e = multipart_parse(a, TYPE, fd, sizeof body - 1, &m, &what);
		ck_assert(e == ERR_NOMEM || e == ERR_OK);
		good = e == ERR_OK;
		arena_free(a);
	}
	ck_assert(good);
	struct arena *a = arena_new(256 << 10);
	ck_assert_int_eq(multipart_parse(a, TYPE, fd, sizeof body + 100, &m, &what), ERR_IO);
	close(fd);
	ck_assert_int_eq(multipart_parse(a, TYPE, fd, sizeof body - 1, &m, &what), ERR_IO);
	arena_free(a);
}
END_TEST

Suite *suite_multipart(void)
{
	Suite *s = suite_create("multipart");
	TCase *t = tcase_create("form");
	tcase_add_loop_test(t, a_form_is_read, 0, (int)(sizeof goods / sizeof goods[0]));
	tcase_add_test(t, a_form_cut_off_anywhere_is_refused);
	tcase_add_loop_test(t, a_hostile_form_is_refused, 0, (int)(sizeof bads / sizeof bads[0]));
	tcase_add_test(t, parts_heads_and_texts_have_limits);
	tcase_add_test(t, a_long_file_is_found_whole);
	tcase_add_test(t, little_memory_and_a_file_that_ends_early_are_errors);
	suite_add_tcase(s, t);
	return s;
}
