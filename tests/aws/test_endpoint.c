#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/aws_endpoint.h"
#include "suites_aws.h"

/* "origin path" */
static const char *address_of(const struct aws_endpoint *e, const char *bucket, const char *path)
{
	static char all[512];
	struct buf origin, whole;
	buf_init(&origin, AWS_ORIGIN_MAX);
	buf_init(&whole, 128);
	enum err got = aws_endpoint_address(e, bucket, path, &origin, &whole);
	snprintf(all, sizeof all, "%s %s", got == ERR_OK ? buf_str(&origin) : err_text(got), got == ERR_OK ? buf_str(&whole) : "");
	buf_free(&origin);
	buf_free(&whole);
	return all;
}

static void unset(void)
{
	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_ENDPOINT_URL_SESV2");
	unsetenv("AWS_ENDPOINT_URL_S3");
}

START_TEST(endpoint_regional)
{
	static const struct {
		enum aws_service service;
		const char *region, *url;
	} cases[] = {
		{AWS_KMS, "ca-central-1", "https://kms.ca-central-1.amazonaws.com"}, {AWS_SSM, "eu-west-1", "https://ssm.eu-west-1.amazonaws.com"},
		{AWS_SECRETS_MANAGER, "ca-central-1", "https://secretsmanager.ca-central-1.amazonaws.com"}, {AWS_SES, "ca-central-1", "https://email.ca-central-1.amazonaws.com"},
		{AWS_CLOUDWATCH, "ca-central-1", "https://monitoring.ca-central-1.amazonaws.com"}, {AWS_DYNAMODB, "cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn"},
	};
	char why[AWS_WHY_MAX];
	unset();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct aws_endpoint e;
		ck_assert_int_eq(aws_endpoint_read(cases[i].service, cases[i].region, &e, why), ERR_OK);
		ck_assert_str_eq(e.base, cases[i].url);
	}
	ck_assert_str_eq(aws_service_signed(AWS_SES), "ses");
	ck_assert_str_eq(aws_service_signed(AWS_CLOUDWATCH), "monitoring");
}
END_TEST

START_TEST(endpoint_given)
{
	struct aws_endpoint e;
	char why[AWS_WHY_MAX];
	unset();
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/", 1);
	setenv("AWS_ENDPOINT_URL_SESV2", "https://mail.example", 1);
	ck_assert_int_eq(aws_endpoint_read(AWS_KMS, "ca-central-1", &e, why), ERR_OK);
	ck_assert_str_eq(e.base, "http://127.0.0.1:4566");
	ck_assert_int_eq(aws_endpoint_read(AWS_SES, "ca-central-1", &e, why), ERR_OK);
	ck_assert_str_eq(e.base, "https://mail.example");
	static const char *const bad[] = {"127.0.0.1:4566", "ftp://a", "http://", "http://a/b", "http://u@a", "http://a?b", "http://a b", "https:///"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		setenv("AWS_ENDPOINT_URL_S3", bad[i], 1);
		ck_assert_msg(aws_endpoint_read(AWS_S3, "ca-central-1", &e, why) == ERR_INVALID, "%s", bad[i]);
		ck_assert_ptr_nonnull(strstr(why, "AWS_ENDPOINT_URL_S3"));
	}
	unset();
}
END_TEST

START_TEST(endpoint_buckets)
{
	struct aws_endpoint regional, given;
	char why[AWS_WHY_MAX];
	unset();
	ck_assert_int_eq(aws_endpoint_read(AWS_S3, "ca-central-1", &regional, why), ERR_OK);
	setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000", 1);
	ck_assert_int_eq(aws_endpoint_read(AWS_S3, "ca-central-1", &given, why), ERR_OK);
	unset();
	ck_assert_str_eq(address_of(&regional, "photos", "/a%20b"), "https://photos.s3.ca-central-1.amazonaws.com /a%20b");
	ck_assert_str_eq(address_of(&regional, "photos.example", "/a"), "https://s3.ca-central-1.amazonaws.com /photos.example/a");
	ck_assert_str_eq(address_of(&given, "photos", "/a"), "http://127.0.0.1:9000 /photos/a");
	ck_assert_str_eq(address_of(&given, NULL, "/"), "http://127.0.0.1:9000 /");
	ck_assert_str_eq(aws_origin_host("http://127.0.0.1:9000"), "127.0.0.1:9000");
	static const char *const bad[] = {"", "ab", "Photos", "a/b", "-ab", "ab-", ".ab", "a..b", "a_b", "a?b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_str_eq(address_of(&regional, bad[i], "/a"), "malformed ");
}
END_TEST

START_TEST(endpoint_region)
{
	struct aws *aws;
	char why[AWS_WHY_MAX];
	unsetenv("AWS_REGION");
	unsetenv("AWS_DEFAULT_REGION");
	ck_assert_int_eq(aws_new("", &aws, why), ERR_INVALID);
	ck_assert_ptr_null(aws);
	ck_assert_int_eq(aws_new("ca central", &aws, why), ERR_INVALID);
	setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
	ck_assert_int_eq(aws_new(NULL, &aws, why), ERR_OK);
	ck_assert_str_eq(aws_region(aws), "eu-west-1");
	ck_assert_str_eq(aws_source(aws), "");
	aws_free(aws);
	setenv("AWS_REGION", "eu-west-2", 1);
	ck_assert_int_eq(aws_new(NULL, &aws, why), ERR_OK);
	ck_assert_str_eq(aws_region(aws), "eu-west-2");
	aws_free(aws);
	ck_assert_int_eq(aws_new("us-east-1", &aws, why), ERR_OK);
	ck_assert_str_eq(aws_region(aws), "us-east-1");
	aws_free(aws);
}
END_TEST

Suite *suite_endpoint(void)
{
	Suite *s = suite_create("endpoint");
	TCase *t = tcase_create("endpoint");
	tcase_add_test(t, endpoint_regional);
	tcase_add_test(t, endpoint_given);
	tcase_add_test(t, endpoint_buckets);
	tcase_add_test(t, endpoint_region);
	suite_add_tcase(s, t);
	return s;
}
