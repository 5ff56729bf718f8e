/* Multipart bodies. The input's first line is the request's Content-Type, the rest the body. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "http/multipart.h"
#include "util/utf8.h"

static void part_holds(const struct multipart_part *p, const uint8_t *body, size_t size)
{
	HOLDS(p->offset > 0 && (size_t)p->offset + p->length <= size);
	HOLDS(p->name != NULL && *p->name != '\0' && strlen(p->name) <= MULTIPART_NAME_MAX && utf8_valid(p->name, strlen(p->name)));
	HOLDS((p->file_name == NULL) == (p->text != NULL));
	HOLDS(memcmp(body + p->offset - 4, "\r\n\r\n", 4) == 0 && memcmp(body + (size_t)p->offset + p->length, "\r\n--", 4) == 0);
	if (p->file_name != NULL) {
		size_t n = strlen(p->file_name);
		HOLDS(n <= MULTIPART_FILE_NAME_MAX && strpbrk(p->file_name, "/\\") == NULL && utf8_valid(p->file_name, n) && !utf8_has_control(p->file_name, n, false));
	} else {
		HOLDS(strlen(p->text) == p->length && p->length <= MULTIPART_TEXT_MAX && memcmp(p->text, body + p->offset, p->length) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct multipart m;
	const char *what;
	if (fd < 0) {
		multipart_init();
		fd = memfd_create("body", 0);
	}
	const uint8_t *newline = memchr(data, '\n', size);
	if (newline == NULL || size > 1 << 18)
		return 0;
	struct arena *a = arena_new(1 << 20);
	HOLDS(a != NULL);
	char *type = arena_strndup(a, (const char *)data, (size_t)(newline - data));
	const uint8_t *body = newline + 1;
	size_t n = size - (size_t)(body - data);
	HOLDS(ftruncate(fd, 0) == 0 && pwrite(fd, body, n, 0) == (ssize_t)n);
	enum err e = multipart_parse(a, type, fd, n, &m, &what);
	HOLDS(e == ERR_OK || e == ERR_NOMEM || what != NULL);
	HOLDS(m.n <= MULTIPART_PARTS_MAX);
	for (size_t i = 0; e == ERR_OK && i < m.n; i++)
		part_holds(&m.parts[i], body, n);
	arena_free(a);
	return 0;
}
