/* multipart: a multipart/form-data body (RFC 7578) that lies in a file, strictly read: parts and heads are bounded, nothing nested, no transfer encodings
 * but 7bit, 8bit and binary. Contents stay in the file: a part says where. GMime reads the heads, this refuses. */
#pragma once

#include <sys/types.h>

#include "util/arena.h"
#include "util/err.h"

enum { MULTIPART_PARTS_MAX = 64, MULTIPART_HEAD_MAX = 4096, MULTIPART_NAME_MAX = 100, MULTIPART_FILE_NAME_MAX = 300, MULTIPART_TEXT_MAX = 16384 };

struct multipart_part {
	const char *name;       /* of the field, valid UTF-8 */
	const char *file_name;  /* NULL: a field of text. The last component only; "" when the browser sent none: no file was chosen */
	const char *media_type; /* declared, lower case, without parameters; "" */
	off_t offset;           /* of the content in the file */
	size_t length;
	const char *text;       /* a field of text: its value, valid UTF-8 without NUL; NULL for files */
};

struct multipart {
	struct multipart_part *parts;
	size_t n;
};

/* Once, before there are threads and after photo_decoder_start(). */
void multipart_init(void);
/* content_type: the request header's value. Reads the size bytes at fd from 0 on. ERR_INVALID with *what said in the field's or the format's terms ("boundary", "too many parts",
 * "truncated", …; static text), ERR_TOO_LARGE, ERR_NOMEM, ERR_IO. */
MUST_CHECK enum err multipart_parse(struct arena *a, const char *content_type, int fd, size_t size, struct multipart *out, const char **what);
