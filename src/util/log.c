#include "util/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/utf8.h"

enum { VALUE_MAX = 1024, LINE_MAX_BYTES = 16 * 1024, TAIL = 24 };

/* One line in the making. A field that does not fit whole is taken back and the line says "cut":1, so that every
 * line is JSON. */
struct line {
	char data[LINE_MAX_BYTES];
	size_t len;
	bool full;
};

static _Atomic int least = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&least, (int)level);
}

static void put(struct line *l, const char *s, size_t n)
{
	if (l->full || n > sizeof l->data - TAIL - l->len) {
		l->full = true;
		return;
	}
	memcpy(l->data + l->len, s, n);
	l->len += n;
}

static void put_text(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

static void put_number(struct line *l, int64_t v)
{
	char digits[20];
	size_t at = sizeof digits;
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (v < 0)
		digits[--at] = '-';
	put(l, digits + at, sizeof digits - at);
}

static size_t sequence_length(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* One character of a JSON string (RFC 8259, section 7); a byte that is no UTF-8 becomes U+FFFD. */
static size_t put_character(struct line *l, const char *s, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c = (unsigned char)*s;
	if (c < 0x20 || c == 0x7f) {
		char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
		put(l, escape, sizeof escape);
		return 1;
	}
	if (c == '"' || c == '\\') {
		char escape[] = {'\\', (char)c};
		put(l, escape, sizeof escape);
		return 1;
	}
	size_t length = sequence_length(c);
	if (length > n || !utf8_valid(s, length)) {
		put_text(l, "\xef\xbf\xbd");
		return 1;
	}
	put(l, s, length);
	return length;
}

static void put_string(struct line *l, const char *s)
{
	size_t n = strnlen(s, VALUE_MAX + 1);
	bool cut = n > VALUE_MAX;
	if (cut) {
		n = VALUE_MAX;
		while (n > VALUE_MAX - 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	put(l, "\"", 1);
	for (size_t i = 0; i < n;)
		i += put_character(l, s + i, n - i);
	put_text(l, cut ? "\xe2\x80\xa6\"" : "\"");
}

static void put_field(struct line *l, const struct log_field *f)
{
	size_t start = l->len;
	put(l, ",", 1);
	put_string(l, f->key);
	put(l, ":", 1);
	if (f->text != NULL)
		put_string(l, f->text);
	else
		put_number(l, f->number);
	if (l->full)
		l->len = start;
}

/* "2026-01-31T12:00:00.123Z" */
static void put_time(struct line *l, int64_t ms)
{
	char time[32];
	clock_rfc3339(ms / 1000, time);
	int rest = (int)(ms % 1000);
	char fraction[] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10), 'Z'};
	put(l, time, strlen(time) - 1);
	put(l, fraction, sizeof fraction);
}

static void write_out(const struct line *l)
{
	for (size_t done = 0; done < l->len;) {
		ssize_t n = write(STDERR_FILENO, l->data + done, l->len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return;
	}
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	static const char *const names[] = {"debug", "info", "warning", "error"};
	if ((int)level < atomic_load_explicit(&least, memory_order_relaxed))
		return;
	struct line l;
	l.len = 0;
	l.full = false;
	put_text(&l, "{\"time\":\"");
	put_time(&l, clock_unix_ms());
	put_text(&l, "\",\"level\":\"");
	put_text(&l, names[level]);
	put_text(&l, "\",\"event\":");
	put_string(&l, event);
	for (size_t i = 0; i < n && !l.full; i++)
		put_field(&l, &fields[i]);
	static const char end[] = "}\n", cut_end[] = ",\"cut\":1}\n";
	const char *tail = l.full ? cut_end : end;
	memcpy(l.data + l.len, tail, strlen(tail));
	l.len += strlen(tail);
	int saved = errno;
	write_out(&l);
	errno = saved;
}
