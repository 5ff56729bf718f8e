#include <check.h>
#include <stdint.h>

#include "aws/aws_retry.h"
#include "suites_aws.h"

START_TEST(retry_failures)
{
	static const struct {
		int status;
		const char *code;
		bool timed_out;
		enum aws_failure failure;
	} cases[] = {
		{200, "", false, AWS_FINE}, {204, "", false, AWS_FINE}, {0, "", false, AWS_TRANSIENT}, {0, "", true, AWS_TIMED_OUT}, {500, "", false, AWS_TRANSIENT},
		{502, "", false, AWS_TRANSIENT}, {503, "SlowDown", false, AWS_THROTTLED}, {504, "", false, AWS_TRANSIENT}, {501, "", false, AWS_REFUSED},
		{400, "ThrottlingException", false, AWS_THROTTLED}, {429, "", false, AWS_THROTTLED}, {400, "ValidationException", false, AWS_REFUSED},
		{403, "AccessDenied", false, AWS_REFUSED}, {403, "RequestTimeTooSkewed", false, AWS_SKEWED}, {403, "SignatureDoesNotMatch", false, AWS_SKEWED},
		{400, "ExpiredTokenException", false, AWS_EXPIRED}, {404, "NoSuchKey", false, AWS_REFUSED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(aws_failure_of(cases[i].status, cases[i].code, cases[i].timed_out) == cases[i].failure, "%d %s", cases[i].status, cases[i].code);
}
END_TEST

START_TEST(retry_three_attempts)
{
	struct aws_bucket b = {.spent = 0};
	int taken;
	ck_assert(aws_retry_take(&b, AWS_TRANSIENT, 1, &taken));
	ck_assert_int_eq(taken, AWS_TOKENS_RETRY);
	ck_assert(aws_retry_take(&b, AWS_TIMED_OUT, 2, &taken));
	ck_assert_int_eq(taken, AWS_TOKENS_TIMEOUT);
	ck_assert(!aws_retry_take(&b, AWS_TRANSIENT, 3, &taken));
	ck_assert_int_eq(taken, 0);
	ck_assert(!aws_retry_take(&b, AWS_REFUSED, 1, &taken));
	ck_assert(!aws_retry_take(&b, AWS_FINE, 1, &taken));
	ck_assert_int_eq(b.spent, AWS_TOKENS_RETRY + AWS_TOKENS_TIMEOUT);
}
END_TEST

/* In an outage each call is soon one call. */
START_TEST(retry_bucket)
{
	struct aws_bucket b = {.spent = 0};
	int taken, retries = 0;
	while (aws_retry_take(&b, AWS_THROTTLED, 1, &taken))
		retries++;
	ck_assert_int_eq(retries, AWS_TOKENS_MAX / AWS_TOKENS_RETRY);
	for (int i = 0; i < AWS_TOKENS_RETRY - 1; i++)
		aws_retry_return(&b, 0);
	ck_assert(!aws_retry_take(&b, AWS_THROTTLED, 1, &taken));
	aws_retry_return(&b, 0);
	ck_assert(aws_retry_take(&b, AWS_THROTTLED, 1, &taken));
	aws_retry_return(&b, taken);
	ck_assert(aws_retry_take(&b, AWS_THROTTLED, 1, &taken));
	for (int i = 0; i < 2 * AWS_TOKENS_MAX; i++)
		aws_retry_return(&b, 0);
	ck_assert_int_eq(b.spent, 0);
}
END_TEST

START_TEST(retry_waits)
{
	ck_assert_int_eq(aws_retry_wait_ms(AWS_TRANSIENT, 1, 0), 0);
	ck_assert_int_eq(aws_retry_wait_ms(AWS_TRANSIENT, 1, UINT32_MAX), 50);
	ck_assert_int_eq(aws_retry_wait_ms(AWS_TRANSIENT, 2, UINT32_MAX), 100);
	ck_assert_int_eq(aws_retry_wait_ms(AWS_THROTTLED, 2, UINT32_MAX), 2000);
	ck_assert_int_eq(aws_retry_wait_ms(AWS_THROTTLED, 30, UINT32_MAX), 20000);
	int64_t half = aws_retry_wait_ms(AWS_THROTTLED, 1, UINT32_MAX / 2);
	ck_assert(half >= 499 && half <= 500);
	ck_assert_int_eq(aws_retry_wait_ms(AWS_SKEWED, 1, UINT32_MAX), 0);
}
END_TEST

Suite *suite_retry(void)
{
	Suite *s = suite_create("retry");
	TCase *t = tcase_create("retry");
	tcase_add_test(t, retry_failures);
	tcase_add_test(t, retry_three_attempts);
	tcase_add_test(t, retry_bucket);
	tcase_add_test(t, retry_waits);
	suite_add_tcase(s, t);
	return s;
}
