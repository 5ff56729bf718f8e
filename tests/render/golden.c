#include "golden.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDEN_MAX = 256 * 1024, PATH_BYTES = 1024, DEPTH_MAX = 64, NAME_BYTES = 32 };

static const char *const void_elements[] = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"};

static bool is_void(const char *name)
{
	for (size_t i = 0; i < sizeof void_elements / sizeof void_elements[0]; i++)
		if (strcmp(void_elements[i], name) == 0)
			return true;
	return false;
}

/* The tag's end, quoted attribute values skipped. */
static const char *tag_end(const char *p)
{
	char quote = '\0';
	for (; *p != '\0'; p++) {
		if (quote != '\0') {
			if (*p == quote)
				quote = '\0';
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (*p == '>') {
			return p;
		}
	}
	return p;
}

/* Every element that was opened is closed, in order. Knows what our views write, not all of HTML. */
static void check_balance(const char *golden, const char *html)
{
	char open[DEPTH_MAX][NAME_BYTES];
	size_t depth = 0;
	for (const char *p = html; (p = strchr(p, '<')) != NULL;) {
		char name[NAME_BYTES] = "";
		bool closing = p[1] == '/';
		const char *start = p;
		size_t n = 0;
		p += closing ? 2 : 1;
		if (*p == '!' || *p == '?') {
			p = tag_end(p);
			continue;
		}
		while (isalnum((unsigned char)*p) && n + 1 < sizeof name)
			name[n++] = *p++;
		p = tag_end(p);
		ck_assert_msg(n > 0 && *p == '>', "%s: a tag is broken: %.60s", golden, start);
		if (closing) {
			ck_assert_msg(depth > 0 && strcmp(open[depth - 1], name) == 0, "%s: %.60s closes <%s>", golden, start,
			              depth > 0 ? open[depth - 1] : "nothing");
			depth--;
		} else if (!is_void(name) && p[-1] != '/') {
			ck_assert_uint_lt(depth, DEPTH_MAX);
			memcpy(open[depth++], name, sizeof name);
		}
	}
	ck_assert_msg(depth == 0, "%s: <%s> is never closed", golden, depth > 0 ? open[depth - 1] : "");
}

static void write_golden(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "wb");
	ck_assert_msg(f != NULL, "cannot write %s", path);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

static void compare(const char *name, const char *expected, const char *actual)
{
	for (int line = 1;; line++) {
		size_t a = strcspn(expected, "\n"), b = strcspn(actual, "\n");
		ck_assert_msg(a == b && memcmp(expected, actual, a) == 0, "%s:%d\n  expected: %.*s\n  got:      %.*s", name, line, (int)a,
		              expected, (int)b, actual);
		expected += a;
		actual += b;
		ck_assert_msg(*expected == *actual, "%s:%d: one text ends here", name, line);
		if (*expected == '\0')
			return;
		expected++;
		actual++;
	}
}

void golden_check(const char *name, struct buf *b)
{
	static char expected[GOLDEN_MAX + 1];
	char path[PATH_BYTES];
	const char *top = getenv("top_srcdir"), *mode = getenv("OUTPORT_GOLDEN");
	snprintf(path, sizeof path, "%s/tests/render/golden/%s", top != NULL ? top : "../..", name);
	ck_assert_int_eq(b->error, ERR_OK);
	if (strstr(name, ".html") != NULL || strstr(name, ".xml") != NULL || strstr(name, ".atom") != NULL)
		check_balance(name, buf_str(b));
	if (mode != NULL && strcmp(mode, "write") == 0) {
		write_golden(path, buf_str(b), b->len);
		return;
	}
	FILE *f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s is missing: see tests/render/golden.h", path);
	size_t n = fread(expected, 1, GOLDEN_MAX, f);
	expected[n] = '\0';
	fclose(f);
	compare(name, expected, buf_str(b));
}
