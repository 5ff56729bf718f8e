/* The frame: where each part's head and content lie between the delimiters (RFC 2046, section 5.1.1). GMime would take a bare LF before a delimiter too,
 * which is a photo's byte like any other: so this is looked for here, and GMime reads the heads. */
#include "http/multipart.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>
#include <unistd.h>

#include "http/multipart_internal.h"
#include "util/utf8.h"

enum { WINDOW = 64 << 10, DELIMITER_MAX = 4 + 70 };

struct body {
	int fd;
	off_t size;
	char *window;              /* WINDOW bytes */
	char delimiter[DELIMITER_MAX + 1]; /* CRLF, two hyphens and the boundary */
	size_t delimiter_length;
	const char **what;
};

void multipart_init(void)
{
	g_mime_init();
}

static enum err refuse(const struct body *b, const char *why)
{
	*b->what = why;
	return ERR_INVALID;
}

/* Up to n bytes from at on, as many as there are. */
static enum err read_at(const struct body *b, off_t at, char *to, size_t n, size_t *got)
{
	*got = 0;
	while (*got < n && at + (off_t)*got < b->size) {
		size_t left = (size_t)(b->size - at) - *got;
		ssize_t step = pread(b->fd, to + *got, left < n - *got ? left : n - *got, at + (off_t)*got);
		if (step < 0 && errno == EINTR)
			continue;
		if (step <= 0)
			return ERR_IO;
		*got += (size_t)step;
	}
	return ERR_OK;
}

/* Where the delimiter begins, from on or after it; -1: nowhere. */
static enum err find_delimiter(const struct body *b, off_t from, off_t *at)
{
	*at = -1;
	while (from < b->size) {
		size_t got;
		enum err e = read_at(b, from, b->window, WINDOW, &got);
		if (e != ERR_OK)
			return e;
		const char *hit = memmem(b->window, got, b->delimiter, b->delimiter_length);
		if (hit != NULL) {
			*at = from + (hit - b->window);
			return ERR_OK;
		}
		if (from + (off_t)got >= b->size)
			return ERR_OK;
		from += (off_t)(got - (b->delimiter_length - 1));
	}
	return ERR_OK;
}

/* Behind a delimiter at at: another part (*next is where its head begins) or the end (*next is -1). */
static enum err delimiter_tail(const struct body *b, off_t at, off_t *next)
{
	char tail[5] = "";
	size_t got;
	enum err e = read_at(b, at, tail, 4, &got);
	if (e != ERR_OK)
		return e;
	*next = at + 2;
	if (got >= 2 && memcmp(tail, "\r\n", 2) == 0)
		return ERR_OK;
	*next = -1;
	if (got < 2 || memcmp(tail, "--", 2) != 0)
		return refuse(b, got < 2 ? "truncated" : "delimiter");
	bool clean = at + 2 == b->size || (at + 4 == b->size && memcmp(tail + 2, "\r\n", 2) == 0);
	return clean ? ERR_OK : refuse(b, "bytes after the end");
}

/* The part whose head begins at at; *next is where its content begins. */
static enum err head_take(const struct body *b, struct arena *a, off_t at, struct multipart_part *p, off_t *next)
{
	size_t got;
	enum err e = read_at(b, at, b->window, MULTIPART_HEAD_MAX + 4, &got);
	if (e != ERR_OK)
		return e;
	const char *end = memmem(b->window, got, "\r\n\r\n", 4);
	if (end == NULL)
		return refuse(b, got < MULTIPART_HEAD_MAX + 4 ? "truncated" : "header too long");
	size_t n = (size_t)(end - b->window);
	*next = at + (off_t)n + 4;
	char *head = arena_strndup(a, b->window, n);
	return head != NULL ? multipart_head_read(a, head, n, p, b->what) : ERR_NOMEM;
}

static enum err text_take(const struct body *b, struct arena *a, struct multipart_part *p)
{
	if (p->length > MULTIPART_TEXT_MAX) {
		*b->what = "text too long";
		return ERR_TOO_LARGE;
	}
	char *text = arena_alloc(a, p->length + 1);
	if (text == NULL)
		return ERR_NOMEM;
	size_t got;
	enum err e = read_at(b, p->offset, text, p->length, &got);
	if (e != ERR_OK)
		return e;
	text[got] = '\0';
	p->text = text;
	return memchr(text, '\0', got) == NULL && utf8_valid(text, got) ? ERR_OK : refuse(b, "text");
}

static enum err part_take(const struct body *b, struct arena *a, off_t at, struct multipart_part *p, off_t *next)
{
	off_t end;
	*p = (struct multipart_part){.media_type = ""};
	enum err e = head_take(b, a, at, p, &p->offset);
	/* The head's own last CRLF counts: what begins with the boundary has no content at all. */
	if (e == ERR_OK)
		e = find_delimiter(b, p->offset - 2, &end);
	if (e != ERR_OK)
		return e;
	if (end < 0)
		return refuse(b, "truncated");
	if (end < p->offset)
		return refuse(b, "no content");
	p->length = (size_t)(end - p->offset);
	e = delimiter_tail(b, end + (off_t)b->delimiter_length, next);
	return e == ERR_OK && p->file_name == NULL ? text_take(b, a, p) : e;
}

/* The first delimiter has no CRLF before it: nothing stands before it. */
static enum err begin(const struct body *b, off_t *next)
{
	size_t got, n = b->delimiter_length - 2;
	enum err e = read_at(b, 0, b->window, n, &got);
	if (e != ERR_OK)
		return e;
	if (got < n || memcmp(b->window, b->delimiter + 2, n) != 0)
		return refuse(b, got == 0 ? "truncated" : "no boundary at the beginning");
	return delimiter_tail(b, (off_t)n, next);
}

enum err multipart_parse(struct arena *a, const char *content_type, int fd, size_t size, struct multipart *out, const char **what)
{
	const char *boundary = NULL;
	struct body b = {.fd = fd, .size = (off_t)size, .what = what};
	off_t at = -1;
	*out = (struct multipart){.parts = NULL};
	*what = NULL;
	enum err e = multipart_boundary(a, content_type, &boundary, what);
	if (e != ERR_OK)
		return e;
	b.delimiter_length = strlen(boundary) + 4;
	memcpy(b.delimiter, "\r\n--", 4);
	memcpy(b.delimiter + 4, boundary, strlen(boundary));
	b.window = arena_alloc(a, WINDOW);
	out->parts = arena_array(a, MULTIPART_PARTS_MAX, sizeof *out->parts);
	if (b.window == NULL || out->parts == NULL)
		return ERR_NOMEM;
	e = begin(&b, &at);
	while (e == ERR_OK && at >= 0) {
		if (out->n == MULTIPART_PARTS_MAX)
			return refuse(&b, "too many parts");
		e = part_take(&b, a, at, &out->parts[out->n], &at);
		if (e == ERR_OK)
			out->n++;
	}
	return e;
}
