#include <stdlib.h>
#include <string.h>

#include "../support/alloc_fault.h"
#include "../support/suites.h"
#include "suites_util.h"
#include "util/utf8.h"

/* Text with its length, so that NUL bytes can stand in it. */
#define BYTES(s) (s), sizeof(s) - 1

static const struct {
	const char *s;
	size_t n;
	bool valid;
	bool control;       /* with lines */
	bool control_alone; /* without */
} texts[] = {
	{BYTES(""), true, false, false},
	{BYTES("plain"), true, false, false},
	{BYTES("Qu\xc3\xa9" "bec \xe2\x82\xac \xf0\x9f\x9b\xb6"), true, false, false},
	{BYTES("a\nb\tc"), true, false, true},
	{BYTES("a\rb"), true, true, true},
	{BYTES("a\0b"), true, true, true},
	{BYTES("a\x1b[31m"), true, true, true},
	{BYTES("a\x7f"), true, true, true},
	{BYTES("\xc2\x80"), true, true, true},
	{BYTES("\xc2\x9f"), true, true, true},
	{BYTES("\xc2\xa0"), true, false, false},
	{BYTES("\xe2\x80\xa8"), true, true, true},  /* U+2028 */
	{BYTES("\xe2\x80\xa9"), true, true, true},  /* U+2029 */
	{BYTES("\xe2\x80\xaa"), true, true, true},  /* U+202A */
	{BYTES("\xe2\x80\xae"), true, true, true},  /* U+202E */
	{BYTES("\xe2\x80\xaf"), true, false, false}, /* U+202F, a French space */
	{BYTES("\xe2\x81\xa6"), true, true, true},  /* U+2066 */
	{BYTES("\xe2\x81\xa9"), true, true, true},  /* U+2069 */
	{BYTES("\xe2\x80\x8d"), true, false, false}, /* U+200D joins emoji */
	{BYTES("\xef\xbb\xbf"), true, true, true},  /* U+FEFF */
	{BYTES("\xef\xb7\x90"), true, true, true},  /* U+FDD0 */
	{BYTES("\xef\xb7\xaf"), true, true, true},  /* U+FDEF */
	{BYTES("\xef\xb7\xb0"), true, false, false}, /* U+FDF0 */
	{BYTES("\xef\xbf\xbd"), true, false, false}, /* U+FFFD */
	{BYTES("\xef\xbf\xbe"), true, true, true},  /* U+FFFE */
	{BYTES("\xf0\x9f\xbf\xbf"), true, true, true}, /* U+1FFFF */
	{BYTES("\xf4\x8f\xbf\xbf"), true, true, true}, /* U+10FFFF */
	{BYTES("\xf4\x8f\xbf\xbd"), true, false, false},
	{BYTES("\xc0\x80"), false, true, true},          /* overlong */
	{BYTES("\xc1\xbf"), false, true, true},
	{BYTES("\xe0\x9f\xbf"), false, true, true},
	{BYTES("\xf0\x8f\xbf\xbf"), false, true, true},
	{BYTES("\xed\xa0\x80"), false, true, true},      /* surrogate */
	{BYTES("\xed\xbf\xbf"), false, true, true},
	{BYTES("\xf4\x90\x80\x80"), false, true, true},  /* above U+10FFFF */
	{BYTES("\xf5\x80\x80\x80"), false, true, true},
	{BYTES("\xff"), false, true, true},
	{BYTES("\x80"), false, true, true},
	{BYTES("ab\xc3"), false, true, true},            /* cut short */
	{BYTES("ab\xe2\x82"), false, true, true},
	{BYTES("ab\xf0\x9f\x9b"), false, true, true},
	{BYTES("\xc3("), false, true, true},
	{BYTES("\xe2\x28\xa1"), false, true, true},
	{BYTES("\xe2\x82("), false, true, true},
	{BYTES("Qu\xe9" "bec"), false, true, true},      /* Latin-1 */
};

START_TEST(text_is_judged)
{
	/* A copy of its own size: a read past the end is seen. */
	char *copy = malloc(texts[_i].n + 1);
	memcpy(copy, texts[_i].s, texts[_i].n);
	copy = realloc(copy, texts[_i].n > 0 ? texts[_i].n : 1);
	ck_assert_int_eq(utf8_valid(copy, texts[_i].n), texts[_i].valid);
	ck_assert_int_eq(utf8_has_control(copy, texts[_i].n, true), texts[_i].control);
	ck_assert_int_eq(utf8_has_control(copy, texts[_i].n, false), texts[_i].control_alone);
	free(copy);
}
END_TEST

/* Every code point, written out by the definition in RFC 3629, section 3. */
START_TEST(every_code_point_but_surrogates_is_valid)
{
	for (unsigned cp = 0; cp <= 0x10ffff; cp++) {
		char s[4];
		size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
		static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
		for (size_t i = n - 1; i > 0; i--)
			s[i] = (char)(0x80 | ((cp >> (6 * (n - 1 - i))) & 0x3f));
		s[0] = (char)(lead[n] | (cp >> (6 * (n - 1))));
		bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
		if (utf8_valid(s, n) == surrogate)
			ck_abort_msg("U+%04X", cp);
	}
}
END_TEST

static const struct {
	const char *s;
	size_t n;
	enum err err;
	const char *nfc;
} forms[] = {
	{BYTES(""), ERR_OK, ""},
	{BYTES("plain"), ERR_OK, "plain"},
	{BYTES("e\xcc\x81t\xc3\xa9"), ERR_OK, "\xc3\xa9t\xc3\xa9"},
	{BYTES("A\xcc\x8a \xe2\x84\xab"), ERR_OK, "\xc3\x85 \xc3\x85"},
	{BYTES("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), ERR_OK, "\xed\x95\x9c"}, /* Hangul */
	{BYTES("q\xcc\x87\xcc\xa3"), ERR_OK, "q\xcc\xa3\xcc\x87"},               /* marks in order */
	{BYTES("\xef\xac\x81"), ERR_OK, "\xef\xac\x81"},                         /* a ligature is not NFC's business */
	{BYTES("\xf0\x9f\x9b\xb6"), ERR_OK, "\xf0\x9f\x9b\xb6"},
	{BYTES("a\0b"), ERR_INVALID, NULL},
	{BYTES("\xc0\x80"), ERR_INVALID, NULL},
	{BYTES("ab\xc3"), ERR_INVALID, NULL},
	{BYTES("\xed\xa0\x80"), ERR_INVALID, NULL},
};

START_TEST(text_is_composed)
{
	struct arena *a = arena_new(4096);
	char *out = (char *)1;
	ck_assert_int_eq(utf8_nfc(a, forms[_i].s, forms[_i].n, &out), forms[_i].err);
	if (forms[_i].nfc == NULL)
		ck_assert_ptr_null(out);
	else
		ck_assert_str_eq(out, forms[_i].nfc);
	arena_free(a);
}
END_TEST

/* utf8proc orders marks in quadratic time: a megabyte of them would hold a worker for minutes. */
START_TEST(a_tower_of_marks_is_refused)
{
	struct arena *a = arena_new(1 << 20);
	char text[1 + 2 * 31], *out;
	text[0] = 'e';
	for (size_t i = 0; i < 31; i++)
		memcpy(text + 1 + 2 * i, i % 2 == 0 ? "\xcc\x87" : "\xcc\xa3", 2);
	ck_assert_int_eq(utf8_nfc(a, text, 1 + 2 * 30, &out), ERR_OK);
	ck_assert_int_eq(utf8_nfc(a, text, 1 + 2 * 31, &out), ERR_INVALID);
	arena_free(a);
}
END_TEST

START_TEST(out_of_memory_is_said)
{
	struct arena *small = arena_new(16), *a = arena_new(4096);
	char *out;
	ck_assert_int_eq(utf8_nfc(small, BYTES("more than sixteen bytes"), &out), ERR_NOMEM);
	ck_assert_int_eq(utf8_nfc(small, BYTES("more than sixteen \xc3\xa9"), &out), ERR_NOMEM);
	ck_assert_ptr_null(utf8_ellipsis(small, "more than sixteen bytes of text", 20));
	ck_assert_ptr_null(utf8_ellipsis(small, "more than sixteen bytes of text", 200));
	arena_free(small);
	arena_free(a);
}
END_TEST

static const struct {
	const char *s;
	size_t length;
} lengths[] = {{"", 0}, {"abc", 3}, {"Qu\xc3\xa9" "bec", 6}, {"\xf0\x9f\x9b\xb6\xe2\x82\xac", 2}, {"e\xcc\x81", 2}};

START_TEST(length_counts_code_points)
{
	ck_assert_uint_eq(utf8_length(lengths[_i].s), lengths[_i].length);
}
END_TEST

#define DOTS "\xe2\x80\xa6"
static const struct {
	const char *s;
	size_t max;
	const char *cut;
} cuts[] = {
	{"short", 5, "short"},
	{"", 0, ""},
	{"short", 0, DOTS},
	{"A boat with sails", 8, "A boat" DOTS},
	{"A boat with sails", 11, "A boat with" DOTS},
	{"A boat, with sails", 8, "A boat" DOTS},
	{"A boat.  With sails", 9, "A boat" DOTS},
	{"Boat\nwith sails", 6, "Boat" DOTS},
	{"Antidisestablishmentarianism", 10, "Antidisest" DOTS},
	/* The last space is too far back to give up all that follows it. */
	{"A Llanfairpwllgwyngyllgogerychwyrndrobwll", 30, "A Llanfairpwllgwyngyllgogerych" DOTS},
	{"\xc3\xa9t\xc3\xa9 \xc3\xa0 Qu\xc3\xa9" "bec", 3, "\xc3\xa9t\xc3\xa9" DOTS},
	/* A letter keeps its accent, an emoji its parts. */
	{"xxe\xcc\x81xx", 3, "xx" DOTS},
	{"xxe\xcc\x81xx", 4, "xxe\xcc\x81" DOTS},
	{"x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80xx", 3, "x" DOTS},
};

START_TEST(long_text_ends_in_dots)
{
	struct arena *a = arena_new(4096);
	ck_assert_str_eq(utf8_ellipsis(a, cuts[_i].s, cuts[_i].max), cuts[_i].cut);
	arena_free(a);
}
END_TEST

Suite *suite_utf8(void)
{
	Suite *s = suite_create("utf8");
	TCase *t = tcase_create("utf8");
	tcase_add_loop_test(t, text_is_judged, 0, sizeof texts / sizeof *texts);
	tcase_add_test(t, every_code_point_but_surrogates_is_valid);
	tcase_add_loop_test(t, text_is_composed, 0, sizeof forms / sizeof *forms);
	tcase_add_test(t, a_tower_of_marks_is_refused);
	tcase_add_test(t, out_of_memory_is_said);
	tcase_add_loop_test(t, length_counts_code_points, 0, sizeof lengths / sizeof *lengths);
	tcase_add_loop_test(t, long_text_ends_in_dots, 0, sizeof cuts / sizeof *cuts);
	suite_add_tcase(s, t);
	return s;
}
