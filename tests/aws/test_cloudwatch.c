/* What goes to CloudWatch, to the byte. */
#include "../support/suites.h"
#include "aws/aws_cloudwatch.h"
#include "suites_aws.h"

START_TEST(the_body_is_json_as_cloudwatch_reads_it)
{
	static const struct aws_dimension both[] = {{"Site", "listings.example.ca"}, {"Host", "web \"1\""}};
	static const double one[] = {12.5}, values[] = {1, 5000}, counts[] = {3, 1};
	const struct aws_datum data[] = {
		{.metric = "PoolBusy", .unit = "Percent", .at = 1769860800, .dimensions = both, .n_dimensions = 2, .values = one, .n = 1},
		{.metric = "RequestLatency", .unit = "Milliseconds", .at = 1769860860, .dimensions = both, .n_dimensions = 1, .values = values, .counts = counts, .n = 2},
	};
	struct buf b;
	buf_init(&b, 4096);
	ck_assert_int_eq(aws_cloudwatch_write("Outport/Test", data, 2, &b), ERR_OK);
	ck_assert_str_eq(buf_str(&b), "{\"MetricData\":[{\"Dimensions\":[{\"Name\":\"Site\",\"Value\":\"listings.example.ca\"},{\"Name\":\"Host\",\"Value\":\"web \\\"1\\\"\"}],"
	                              "\"MetricName\":\"PoolBusy\",\"Timestamp\":1769860800,\"Unit\":\"Percent\",\"Value\":12.5},"
	                              "{\"Dimensions\":[{\"Name\":\"Site\",\"Value\":\"listings.example.ca\"}],\"MetricName\":\"RequestLatency\",\"Timestamp\":1769860860,"
	                              "\"Unit\":\"Milliseconds\",\"Values\":[1,5000],\"Counts\":[3,1]}],\"Namespace\":\"Outport/Test\"}");
	buf_free(&b);
}
END_TEST

START_TEST(more_than_cloudwatch_takes_is_refused_here)
{
	static const double many[AWS_VALUES_MAX + 1];
	static struct aws_datum data[AWS_DATA_MAX + 1];
	struct buf b;
	buf_init(&b, 1000000);
	for (size_t i = 0; i <= AWS_DATA_MAX; i++)
		data[i] = (struct aws_datum){.metric = "Requests", .unit = "Count", .at = 1769860800, .values = many, .n = 1};
	ck_assert_int_eq(aws_cloudwatch_write("Outport", data, AWS_DATA_MAX, &b), ERR_OK);
	buf_reset(&b);
	ck_assert_int_eq(aws_cloudwatch_write("Outport", data, AWS_DATA_MAX + 1, &b), ERR_TOO_LARGE);
	data[0].counts = many;
	data[0].n = AWS_VALUES_MAX + 1;
	buf_reset(&b);
	ck_assert_int_eq(aws_cloudwatch_write("Outport", data, 1, &b), ERR_TOO_LARGE);
	buf_free(&b);
}
END_TEST

Suite *suite_cloudwatch(void)
{
	Suite *s = suite_create("cloudwatch");
	TCase *t = tcase_create("body");
	tcase_add_test(t, the_body_is_json_as_cloudwatch_reads_it);
	tcase_add_test(t, more_than_cloudwatch_takes_is_refused_here);
	suite_add_tcase(s, t);
	return s;
}
