/* form_age: a form's age as a shareable token: the time it was made and a MAC. Anyone may get it from a cached page;
 * it says only that the form is neither too fresh (a robot) nor too old. */
#pragma once

#include <stdint.h>

enum { FORM_AGE_TEXT_MAX = 48 };
enum form_age { FORM_AGE_OK, FORM_AGE_TOO_FRESH, FORM_AGE_TOO_OLD, FORM_AGE_BAD };

void form_age_make(const uint8_t key[static 32], int64_t now, char out[static FORM_AGE_TEXT_MAX]);
enum form_age form_age_check(const uint8_t key[static 32], const char *text, int64_t now, int64_t min_seconds, int64_t max_seconds);
