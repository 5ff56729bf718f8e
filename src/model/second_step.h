/* second_step: what a sign-in page carries between the password and the second factor: who gave the right password, and when. It opens nothing
 * by itself: the code is asked for still, and every code works once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SECOND_STEP_TEXT = 44, SECOND_STEP_SECONDS = 300 };

/* Base64url and a NUL. It is worth nothing any more when the password changes. */
void second_step_make(const uint8_t key[static 32], int64_t member_id, int64_t now, const char *password_hash, char out[static SECOND_STEP_TEXT]);
/* Whose it says it is: to be believed after second_step_check only. False when it has not the form. */
bool second_step_member(const char *text, int64_t *member_id);
bool second_step_check(const uint8_t key[static 32], const char *text, int64_t now, const char *password_hash);
