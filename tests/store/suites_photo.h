/* The suites of the decoder of photos, one per test_*.c. */
#pragma once

#include <check.h>

Suite *suite_photo_child(void);
Suite *suite_photo_decode(void);
Suite *suite_photo_hostile(void);
Suite *suite_photo_reply(void);
Suite *suite_photo_sandbox(void);
