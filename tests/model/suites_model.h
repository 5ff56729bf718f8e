/* The suites of the model layer, one per test_*.c. */
#pragma once

#include <check.h>

Suite *suite_address(void);
Suite *suite_catalog(void);
Suite *suite_content_rule(void);
Suite *suite_cursor(void);
Suite *suite_favourite(void);
Suite *suite_form_age(void);
Suite *suite_listing(void);
Suite *suite_local_path(void);
Suite *suite_moderation(void);
Suite *suite_money(void);
Suite *suite_own_listing(void);
Suite *suite_password(void);
Suite *suite_photo(void);
Suite *suite_report(void);
Suite *suite_search_text(void);
Suite *suite_slug(void);
Suite *suite_totp(void);
