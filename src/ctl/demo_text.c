#include "ctl/demo_text.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/demo.h"

enum { SLOT_BYTES = 200 };

static void fill(struct demo_text *t, const char *s, size_t n, struct buf *out);

/* How much of s, which follows an opening brace, stands before the closing one; n when there is none. */
static size_t inner_length(const char *s, size_t n)
{
	size_t depth = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '{')
			depth++;
		else if (s[i] == '}' && depth-- == 0)
			return i;
	}
	return n;
}

static bool is_range(const char *s, size_t n)
{
	return memchr(s, '|', n) == NULL && memmem(s, n, "..", 2) != NULL;
}

/* "3..20" or "20..60/5": digits only, as the tables are our own. */
static void count(struct demo_text *t, const char *s, struct buf *out)
{
	char *end;
	long low = strtol(s, &end, 10), step = 1;
	long high = strtol(end + 2, &end, 10);
	if (*end == '/')
		step = strtol(end + 1, NULL, 10);
	uint64_t choices = (uint64_t)((high - low) / step + 1);
	buf_i64(out, low + step * (long)demo_random_below(t->random, choices));
}

static void choose(struct demo_text *t, const char *s, size_t n, struct buf *out)
{
	size_t choices = 1, depth = 0;
	for (size_t i = 0; i < n; i++) {
		depth += s[i] == '{';
		depth -= s[i] == '}';
		choices += s[i] == '|' && depth == 0;
	}
	uint64_t skip = demo_random_below(t->random, choices);
	size_t begin = 0, end;
	for (end = 0; end < n; end++) {
		depth += s[end] == '{';
		depth -= s[end] == '}';
		if (s[end] != '|' || depth > 0)
			continue;
		if (skip == 0)
			break;
		skip--;
		begin = end + 1;
	}
	fill(t, s + begin, end - begin, out);
}

/* The slot's value, chosen when it is first met. NULL: no such slot. */
static const char *slot(struct demo_text *t, const char *name, size_t n)
{
	if (n == 4 && memcmp(name, "town", 4) == 0)
		return t->town;
	if (n == 6 && memcmp(name, "region", 6) == 0)
		return t->region;
	for (size_t i = 0; i < demo_slot_count && i < DEMO_SLOTS_MAX; i++) {
		if (strlen(demo_slots[i].name) != n || memcmp(demo_slots[i].name, name, n) != 0)
			continue;
		if (t->slots[i] == NULL) {
			struct buf value;
			buf_init(&value, SLOT_BYTES);
			demo_text_fill(t, demo_slots[i].text, &value);
			t->slots[i] = arena_strdup(t->arena, buf_str(&value));
			buf_free(&value);
		}
		return t->slots[i];
	}
	return NULL;
}

static void fill(struct demo_text *t, const char *s, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '{') {
			const char *inner = s + i + 1;
			size_t len = inner_length(inner, n - i - 1);
			if (is_range(inner, len))
				count(t, inner, out);
			else
				choose(t, inner, len, out);
			i += len + 1;
		} else if (s[i] == '$') {
			size_t len = strspn(s + i + 1, "abcdefghijklmnopqrstuvwxyz_");
			if (len > n - i - 1)
				len = n - i - 1;
			const char *value = slot(t, s + i + 1, len);
			if (value != NULL)
				buf_puts(out, value);
			else
				buf_put(out, s + i, len + 1);
			i += len;
		} else {
			buf_putc(out, s[i]);
		}
	}
}

void demo_text_fill(struct demo_text *t, const char *pattern, struct buf *out)
{
	fill(t, pattern, strlen(pattern), out);
}
