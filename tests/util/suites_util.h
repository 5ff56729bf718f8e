/* suites_util: the suites of this folder. */
#pragma once

#include <check.h>

Suite *suite_arena(void);
Suite *suite_buf(void);
Suite *suite_clock(void);
Suite *suite_conf(void);
Suite *suite_conf_docs(void);
Suite *suite_csv(void);
Suite *suite_err(void);
Suite *suite_json_pick(void);
Suite *suite_log(void);
Suite *suite_mac(void);
Suite *suite_metrics(void);
Suite *suite_metrics_files(void);
Suite *suite_metrics_pool(void);
Suite *suite_seal(void);
Suite *suite_utf8(void);
