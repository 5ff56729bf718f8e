#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../support/alloc_fault.h"
#include "../support/suites.h"
#include "suites_util.h"
#include "util/arena.h"

static const size_t sizes[] = {0, 1, 15, 16, 17, 4096, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300000};

START_TEST(memory_is_zeroed_and_aligned)
{
	struct arena *a = arena_new(1 << 20);
	size_t n = sizes[_i];
	for (int round = 0; round < 2; round++) {
		unsigned char *p = arena_alloc(a, n), *q = arena_alloc(a, n);
		ck_assert_ptr_nonnull(p);
		ck_assert_ptr_nonnull(q);
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		ck_assert_uint_eq((uintptr_t)q % 16, 0);
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(p[i] | q[i], 0);
		/* The second round gets what the first one wrote on. */
		memset(p, 0xff, n);
		memset(q, 0xff, n);
		arena_reset(a);
	}
	arena_free(a);
}
END_TEST

START_TEST(pieces_do_not_overlap)
{
	struct arena *a = arena_new(1 << 20);
	unsigned char *piece[200];
	for (int i = 0; i < 200; i++) {
		piece[i] = arena_alloc(a, (size_t)i * 13);
		ck_assert_ptr_nonnull(piece[i]);
		memset(piece[i], i, (size_t)i * 13);
	}
	for (int i = 0; i < 200; i++)
		for (int k = 0; k < i * 13; k++)
			ck_assert_int_eq(piece[i][k], i);
	arena_free(a);
}
END_TEST

START_TEST(the_cap_holds_and_reset_gives_all_back)
{
	struct arena *a = arena_new(1000);
	ck_assert_ptr_null(arena_alloc(a, 1001));
	ck_assert_uint_eq(arena_used(a), 0);
	ck_assert_ptr_nonnull(arena_alloc(a, 900));
	ck_assert_ptr_null(arena_alloc(a, 101));
	ck_assert_ptr_nonnull(arena_alloc(a, 80));
	ck_assert_uint_le(arena_used(a), 1000);
	ck_assert_ptr_null(arena_alloc(a, 32));
	arena_reset(a);
	ck_assert_uint_eq(arena_used(a), 0);
	ck_assert_ptr_nonnull(arena_alloc(a, 900));
	arena_free(a);
}
END_TEST

static const struct {
	size_t count, size;
	bool good;
} arrays[] = {
	{0, 8, true},
	{8, 0, true},
	{10, 100, true},
	{SIZE_MAX, 2, false},
	{SIZE_MAX / 2 + 1, 2, false},
	{1, SIZE_MAX, false},
	{SIZE_MAX / 8, 8, false},
	{1 << 20, 1 << 20, false},
};

START_TEST(arrays_do_not_overflow)
{
	struct arena *a = arena_new(1 << 20);
	ck_assert_int_eq(arena_array(a, arrays[_i].count, arrays[_i].size) != NULL, arrays[_i].good);
	arena_free(a);
}
END_TEST

START_TEST(a_cap_without_bound_is_no_overflow)
{
	struct arena *a = arena_new(SIZE_MAX);
	ck_assert_ptr_null(arena_alloc(a, SIZE_MAX));
	ck_assert_ptr_null(arena_alloc(a, SIZE_MAX - 15));
	ck_assert_ptr_null(arena_strndup(a, "x", SIZE_MAX));
	ck_assert_ptr_nonnull(arena_alloc(a, 10));
	arena_free(a);
}
END_TEST

START_TEST(strings_are_copied)
{
	struct arena *a = arena_new(4096);
	char text[] = "Fogo";
	char *copy = arena_strdup(a, text), *part = arena_strndup(a, text, 2), *none = arena_strndup(a, NULL, 0);
	text[0] = 'x';
	ck_assert_str_eq(copy, "Fogo");
	ck_assert_str_eq(part, "Fo");
	ck_assert_str_eq(none, "");
	arena_free(a);
}
END_TEST

START_TEST(out_of_memory_is_null_and_leaves_the_arena_good)
{
	for (long nth = 1; nth <= 2; nth++) {
		alloc_fault_at(nth);
		struct arena *none = arena_new(4096);
		alloc_fault_at(0);
		ck_assert_ptr_null(none);
	}
	struct arena *a = arena_new(1 << 20);
	alloc_fault_at(1);
	void *big = arena_alloc(a, 200000);
	void *small = arena_alloc(a, 100);
	alloc_fault_at(0);
	ck_assert_ptr_null(big);
	ck_assert_ptr_nonnull(small);
	ck_assert_ptr_nonnull(arena_alloc(a, 200000));
	arena_free(a);
	arena_free(NULL);
}
END_TEST

Suite *suite_arena(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");
	tcase_add_loop_test(t, memory_is_zeroed_and_aligned, 0, sizeof sizes / sizeof *sizes);
	tcase_add_test(t, pieces_do_not_overlap);
	tcase_add_test(t, the_cap_holds_and_reset_gives_all_back);
	tcase_add_loop_test(t, arrays_do_not_overflow, 0, sizeof arrays / sizeof *arrays);
	tcase_add_test(t, a_cap_without_bound_is_no_overflow);
	tcase_add_test(t, strings_are_copied);
	tcase_add_test(t, out_of_memory_is_null_and_leaves_the_arena_good);
	suite_add_tcase(s, t);
	return s;
}
