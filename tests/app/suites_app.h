/* The suites of the app layer that need no server; the handlers are tested by tests/e2e. */
#pragma once

#include <check.h>

Suite *suite_caches(void);
Suite *suite_guard(void);
Suite *suite_spool(void);
