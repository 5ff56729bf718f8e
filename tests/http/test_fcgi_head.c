#include <stdbool.h>
#include <string.h>

#include "../support/suites.h"
#include "http/fcgi_head.h"
#include "suites_http.h"

#define BEGIN(flags) "\1\1\0\1\0\10\0\0" "\0\1" flags "\0\0\0\0\0"
#define PARAMS(length) "\1\4\0\1\0" length "\0\0"
#define STDIN(length, padding) "\1\5\0\1\0" length padding "\0"
#define PAIR "\1\2AAB"
#define BYTES(s) .bytes = s, .n = sizeof s - 1

static const struct head_case {
	const char *bytes;
	size_t n;
	enum fcgi_head_state state;
	bool keep, body, more;
} cases[] = {
	{BYTES(""), FCGI_HEAD_PARTIAL},
	{BYTES("\1"), FCGI_HEAD_PARTIAL},
	{BYTES("\2"), FCGI_HEAD_BAD},
	{BYTES("G"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0")), FCGI_HEAD_PARTIAL},
	{BYTES(BEGIN("\0") "\2"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0")), FCGI_HEAD_PARTIAL},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0") "\1\5\0\1\0\0\0"), FCGI_HEAD_PARTIAL},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_WHOLE},
	{BYTES(BEGIN("\1") PARAMS("\5") PAIR PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_WHOLE, .keep = true},
	{BYTES(BEGIN("\1") PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_WHOLE, .keep = true},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0") STDIN("\1", "\0")), FCGI_HEAD_WHOLE, .body = true},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0") STDIN("\0", "\3") "xxx"), FCGI_HEAD_WHOLE, .more = true},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0") STDIN("\0", "\0") "\1"), FCGI_HEAD_WHOLE, .more = true},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR PARAMS("\0") STDIN("\1", "\0") "x\1"), FCGI_HEAD_WHOLE, .body = true},
	/* a pair cut anywhere into records */
	{BYTES(BEGIN("\0") PARAMS("\1") "\1" PARAMS("\3") "\2AA" PARAMS("\1") "B" PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_WHOLE},
	{BYTES(BEGIN("\0") PARAMS("\3") "\200\0\0" PARAMS("\5") "\1\2AAB" PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_WHOLE},
	/* pairs that do not come to an end */
	{BYTES(BEGIN("\0") PARAMS("\4") "\1\2AA" PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") PARAMS("\1") "\1" PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") PARAMS("\2") "\200\0" PARAMS("\0") STDIN("\0", "\0")), FCGI_HEAD_BAD},
	/* lengths that lie */
	{BYTES(BEGIN("\0") PARAMS("\4") "\377\377\377\377"), FCGI_HEAD_TOO_LARGE},
	{BYTES(BEGIN("\0") PARAMS("\5") "\1\200\1\0\1"), FCGI_HEAD_TOO_LARGE},
	{BYTES(BEGIN("\0") PARAMS("\10") "\200\0\377\0\200\0\377\0"), FCGI_HEAD_TOO_LARGE},
	/* what is not ours */
	{BYTES("\1\1\0\0\0\10\0\0\0\1\0\0\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES("\1\1\0\1\0\7\0\0\0\1\0\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES("\1\1\0\1\0\10\0\0\0\2\0\0\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES("\1\1\0\1\0\10\7\0\0\1\0\0\0\0\0\0" "1234567"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") PARAMS("\5") PAIR "\1\4\0\1\0\0\1\0"), FCGI_HEAD_BAD},
	{BYTES("\1\11\0\0\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES("\1\4\0\1\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") "\1\4\0\2\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") "\1\2\0\1\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") BEGIN("\0")), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") PARAMS("\0") "\1\5\0\2\0\0\0\0"), FCGI_HEAD_BAD},
	{BYTES(BEGIN("\0") PARAMS("\0") "\1\10\0\1\0\0\0\0"), FCGI_HEAD_BAD},
};

START_TEST(a_head_is_judged)
{
	const struct head_case *c = &cases[_i];
	struct fcgi_head head;
	ck_assert_int_eq(fcgi_head_scan((const unsigned char *)c->bytes, c->n, &head), c->state);
	if (c->state != FCGI_HEAD_WHOLE)
		return;
	ck_assert_uint_eq(head.request_id, 1);
	ck_assert_int_eq(head.keep, c->keep);
	ck_assert_int_eq(head.body, c->body);
	ck_assert_int_eq(head.more, c->more);
}
END_TEST

START_TEST(every_part_of_a_whole_head_is_partial)
{
	const struct head_case *c = &cases[_i];
	struct fcgi_head head;
	if (c->state != FCGI_HEAD_WHOLE || c->body || c->more)
		return;
	for (size_t n = 0; n < c->n; n++)
		ck_assert_int_eq(fcgi_head_scan((const unsigned char *)c->bytes, n, &head), FCGI_HEAD_PARTIAL);
}
END_TEST

START_TEST(more_parameters_than_the_bound_are_too_large)
{
	static unsigned char bytes[FCGI_HEAD_MAX];
	struct fcgi_head head;
	memcpy(bytes, BEGIN("\0"), 16);
	size_t at = 16;
	while (at + FCGI_HEADER_SIZE + 5 <= sizeof bytes) {
		memcpy(bytes + at, PARAMS("\5") PAIR, FCGI_HEADER_SIZE + 5);
		at += FCGI_HEADER_SIZE + 5;
	}
	bytes[at] = 1;
	/* In records this small the frames weigh more than the parameters: the whole head's bound counts. */
	ck_assert_int_eq(fcgi_head_scan(bytes, at, &head), FCGI_HEAD_PARTIAL);
	ck_assert_int_eq(fcgi_head_scan(bytes, sizeof bytes, &head), FCGI_HEAD_TOO_LARGE);
	memcpy(bytes + 16, "\1\4\0\1\377\377\0\0", FCGI_HEADER_SIZE);
	memset(bytes + 24, 0, sizeof bytes - 24);
	memcpy(bytes + 24 + 65535, "\1\4\0\1\0\2\0\0", FCGI_HEADER_SIZE);
	ck_assert_int_eq(fcgi_head_scan(bytes, 24 + 65535 + 10, &head), FCGI_HEAD_TOO_LARGE);
}
END_TEST

Suite *suite_fcgi_head(void)
{
	Suite *s = suite_create("fcgi_head");
	TCase *t = tcase_create("scan");
	int n = (int)(sizeof cases / sizeof cases[0]);
	tcase_add_loop_test(t, a_head_is_judged, 0, n);
	tcase_add_loop_test(t, every_part_of_a_whole_head_is_partial, 0, n);
	tcase_add_test(t, more_parameters_than_the_bound_are_too_large);
	suite_add_tcase(s, t);
	return s;
}
