#pragma once

#include <check.h>

Suite *suite_dynamodb(void);
Suite *suite_cloudwatch(void);
Suite *suite_answer(void);
Suite *suite_credentials(void);
Suite *suite_endpoint(void);
Suite *suite_retry(void);
Suite *suite_s3(void);
Suite *suite_sign(void);
