#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 256 };

void buf_init(struct buf *b, size_t cap)
{
	/* Doubling and the NUL must not overflow whatever cap is asked for. */
	*b = (struct buf){.cap = cap < SIZE_MAX / 4 ? cap : SIZE_MAX / 4};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->error = ERR_OK;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){.cap = b->cap};
}

/* Room for n more bytes and a NUL. False with the error set. */
static bool grow(struct buf *b, size_t n)
{
	if (b->error != ERR_OK)
		return false;
	if (n > b->cap - b->len) {
		b->error = ERR_TOO_LARGE;
		return false;
	}
	size_t need = b->len + n + 1;
	if (need <= b->size)
		return true;
	size_t size = b->size > 0 ? b->size : FIRST_SIZE;
	while (size < need)
		size *= 2;
	if (size > b->cap + 1)
		size = b->cap + 1;
	char *data = realloc(b->data, size);
	if (data == NULL) {
		b->error = ERR_NOMEM;
		return false;
	}
	b->data = data;
	b->size = size;
	return true;
}

void buf_put_slow(struct buf *b, const void *p, size_t n)
{
	if (!grow(b, n))
		return;
	if (n > 0)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

enum { DIGITS = I64_TEXT_SIZE - 1 };

/* Fills digits from its end and returns where the number begins. */
static size_t write_digits(int64_t v, char digits[static DIGITS])
{
	size_t at = DIGITS;
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (v < 0)
		digits[--at] = '-';
	return at;
}

size_t i64_text(int64_t v, char out[static I64_TEXT_SIZE])
{
	char digits[DIGITS];
	size_t at = write_digits(v, digits), n = DIGITS - at;
	memcpy(out, digits + at, n);
	out[n] = '\0';
	return n;
}

void buf_i64(struct buf *b, int64_t v)
{
	char digits[DIGITS];
	size_t at = write_digits(v, digits);
	buf_put(b, digits + at, DIGITS - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	if (b->error != ERR_OK)
		return;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		b->error = ERR_TOO_LARGE;
		return;
	}
	if (!grow(b, (size_t)n))
		return;
	va_start(args, format);
	vsnprintf(b->data + b->len, (size_t)n + 1, format, args);
	va_end(args);
	b->len += (size_t)n;
}

char *buf_reserve(struct buf *b, size_t n)
{
	return grow(b, n) ? b->data + b->len : NULL;
}

const char *buf_str(struct buf *b)
{
	if (b->data == NULL)
		return "";
	b->data[b->len] = '\0';
	return b->data;
}
