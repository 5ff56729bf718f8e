/* suites_http: the suites of this folder. */
#pragma once

#include <check.h>

Suite *suite_cgi_message(void);
Suite *suite_client_address(void);
Suite *suite_fcgi_head(void);
Suite *suite_fcgi_reply(void);
Suite *suite_field(void);
Suite *suite_form(void);
Suite *suite_json_check(void);
Suite *suite_multipart(void);
Suite *suite_query(void);
Suite *suite_request(void);
Suite *suite_response(void);
Suite *suite_worker_listen(void);
