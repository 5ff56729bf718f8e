/* The ctl layer's suites. */
#pragma once

#include <check.h>

Suite *suite_args(void);
Suite *suite_demo(void);
Suite *suite_import(void);
Suite *suite_table(void);
