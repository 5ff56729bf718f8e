/* buf: a growing byte buffer with a cap from birth and a sticky error that is checked once, at the end.
 * Heap memory owned by the buffer; reset keeps it for reuse. data is NUL-terminated whenever len > 0 or
 * after buf_str(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/err.h"

struct buf {
	char *data;
	size_t len;  /* bytes written */
	size_t size; /* bytes allocated */
	size_t cap;  /* most bytes it may ever hold, the NUL apart */
	enum err error; /* ERR_OK, ERR_NOMEM or ERR_TOO_LARGE; sticky until buf_reset */
};

void buf_init(struct buf *b, size_t cap);
void buf_reset(struct buf *b);
void buf_free(struct buf *b);

/* buf_put for what does not fit into what is allocated. */
void buf_put_slow(struct buf *b, const void *p, size_t n);

/* Inline, because a page is some thousand of these with a known length. */
static inline void buf_put(struct buf *b, const void *p, size_t n)
{
	if (b->error != ERR_OK || n >= b->size - b->len) {
		buf_put_slow(b, p, n);
		return;
	}
	if (n > 0)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

static inline void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

static inline void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_i64(struct buf *b, int64_t v);
/* The same digits and a NUL, for where no buffer is at hand. Returns how many there are. */
enum { I64_TEXT_SIZE = 21 };
size_t i64_text(int64_t v, char out[static I64_TEXT_SIZE]);
/* For logs, the tool's output and plain text only: SQL, HTML and JSON have writers that escape. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for n more bytes and returns where they go; the caller adds to len. NULL with the error set. */
char *buf_reserve(struct buf *b, size_t n);
/* The content as a C string; "" when nothing was written. */
const char *buf_str(struct buf *b);
