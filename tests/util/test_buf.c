#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../support/alloc_fault.h"
#include "../support/suites.h"
#include "suites_util.h"
#include "util/buf.h"

static const int64_t numbers[] = {0, 1, -1, 9, 10, -10, 1234567890123, INT32_MIN, INT64_MAX, INT64_MIN};

START_TEST(numbers_are_written_as_printf_would)
{
	struct buf b;
	char expected[32];
	buf_init(&b, 100);
	buf_i64(&b, numbers[_i]);
	snprintf(expected, sizeof expected, "%" PRId64, numbers[_i]);
	ck_assert_str_eq(buf_str(&b), expected);
	char text[I64_TEXT_SIZE];
	ck_assert_uint_eq(i64_text(numbers[_i], text), strlen(expected));
	ck_assert_str_eq(text, expected);
	buf_free(&b);
}
END_TEST

START_TEST(the_cap_is_exact)
{
	size_t cap = (size_t)_i;
	struct buf b;
	buf_init(&b, cap);
	for (size_t i = 0; i < cap; i++)
		buf_putc(&b, 'x');
	ck_assert_int_eq(b.error, ERR_OK);
	ck_assert_uint_eq(b.len, cap);
	ck_assert_uint_le(b.size, cap + 1);
	buf_putc(&b, 'y');
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	ck_assert_uint_eq(b.len, cap);
	ck_assert_uint_eq(strlen(buf_str(&b)), cap);
	buf_free(&b);
}
END_TEST

START_TEST(the_error_sticks_until_reset)
{
	struct buf b;
	buf_init(&b, 4);
	buf_puts(&b, "abc");
	buf_puts(&b, "toolong");
	buf_puts(&b, "d");
	buf_i64(&b, 1);
	buf_printf(&b, "%d", 1);
	ck_assert_ptr_null(buf_reserve(&b, 1));
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	ck_assert_str_eq(buf_str(&b), "abc");
	buf_reset(&b);
	ck_assert_int_eq(b.error, ERR_OK);
	ck_assert_str_eq(buf_str(&b), "");
	buf_puts(&b, "d");
	ck_assert_str_eq(buf_str(&b), "d");
	buf_free(&b);
	ck_assert_ptr_null(b.data);
	buf_puts(&b, "good again");
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	buf_free(&b);
}
END_TEST

START_TEST(printf_grows_and_respects_the_cap)
{
	struct buf b;
	buf_init(&b, 2000);
	buf_puts(&b, "a");
	buf_printf(&b, "%0*d|%s", 1000, 7, "end");
	ck_assert_uint_eq(b.len, 1005);
	ck_assert_str_eq(b.data + 1000, "7|end");
	buf_printf(&b, "%0*d", 996, 1);
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	ck_assert_uint_eq(b.len, 1005);
	ck_assert_uint_eq(strlen(buf_str(&b)), 1005);
	buf_free(&b);
}
END_TEST

START_TEST(reserved_room_is_the_callers_to_fill)
{
	struct buf b;
	buf_init(&b, 1000);
	buf_puts(&b, "ab");
	char *room = buf_reserve(&b, 500);
	memset(room, 'c', 500);
	b.len += 500;
	ck_assert_uint_eq(strlen(buf_str(&b)), 502);
	ck_assert_ptr_null(buf_reserve(&b, 499));
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	buf_free(&b);
}
END_TEST

START_TEST(bytes_are_bytes)
{
	struct buf b;
	buf_init(&b, 100);
	buf_put(&b, "a\0b", 3);
	buf_put(&b, NULL, 0);
	ck_assert_uint_eq(b.len, 3);
	ck_assert_mem_eq(b.data, "a\0b\0", 4);
	buf_free(&b);
}
END_TEST

START_TEST(a_cap_without_bound_is_no_overflow)
{
	struct buf b;
	buf_init(&b, SIZE_MAX);
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX));
	ck_assert_int_eq(b.error, ERR_TOO_LARGE);
	buf_reset(&b);
	buf_puts(&b, "x");
	ck_assert_int_eq(b.error, ERR_OK);
	buf_free(&b);
}
END_TEST

START_TEST(out_of_memory_sticks_and_keeps_what_was_written)
{
	struct buf b;
	buf_init(&b, 10000);
	buf_puts(&b, "kept");
	alloc_fault_at(1);
	char *room = buf_reserve(&b, 5000);
	alloc_fault_at(0);
	ck_assert_ptr_null(room);
	ck_assert_int_eq(b.error, ERR_NOMEM);
	buf_puts(&b, "more");
	ck_assert_str_eq(buf_str(&b), "kept");
	buf_free(&b);
	alloc_fault_at(1);
	buf_reset(&b);
	buf_putc(&b, 'x');
	alloc_fault_at(0);
	ck_assert_int_eq(b.error, ERR_NOMEM);
	ck_assert_str_eq(buf_str(&b), "");
	buf_free(&b);
}
END_TEST

Suite *suite_buf(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");
	tcase_add_loop_test(t, numbers_are_written_as_printf_would, 0, sizeof numbers / sizeof *numbers);
	tcase_add_loop_test(t, the_cap_is_exact, 0, 3);
	tcase_add_loop_test(t, the_cap_is_exact, 254, 258);
	tcase_add_loop_test(t, the_cap_is_exact, 511, 514);
	tcase_add_test(t, the_error_sticks_until_reset);
	tcase_add_test(t, printf_grows_and_respects_the_cap);
	tcase_add_test(t, reserved_room_is_the_callers_to_fill);
	tcase_add_test(t, bytes_are_bytes);
	tcase_add_test(t, a_cap_without_bound_is_no_overflow);
	tcase_add_test(t, out_of_memory_sticks_and_keeps_what_was_written);
	suite_add_tcase(s, t);
	return s;
}
