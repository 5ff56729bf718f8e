/* The AWS layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"
#include "suites_aws.h"

int main(void)
{
	return suites_run((suite_maker[]){
		suite_dynamodb,
		suite_cloudwatch,
		suite_answer,
		suite_credentials,
		suite_endpoint,
		suite_retry,
		suite_s3,
		suite_sign,
		NULL,
	});
}
