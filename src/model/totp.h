/* totp: the second factor: codes that an app makes from a shared secret and the time (RFC 6238 over HMAC-SHA-1, steps of 30 seconds, six
 * digits: what every authenticator app does without asking), and recovery codes for when the phone is lost. No I/O, no clock. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

enum {
	TOTP_SECRET_BYTES = 20,   /* the length of SHA-1's output, as RFC 4226, section 4 (R6) recommends */
	TOTP_STEP_SECONDS = 30,
	TOTP_SECRET_TEXT = 32,    /* in base32, without the NUL */
	TOTP_DIGITS = 6,
	RECOVERY_CODES = 10,
	RECOVERY_CODE_TEXT = 29,  /* six groups of four with "-" between, without the NUL: 120 random bits, so that a plain hash will do (ASVS 6.5.2) */
	RECOVERY_CODE_HASH = 32,
};

/* HOTP of a counter (RFC 4226, section 5.3): digits and a NUL. digits is at most 9. */
void totp_hotp(const uint8_t *secret, size_t n, uint64_t counter, int digits, char *out);
/* Whether a code fits the step of now, or one before or after it (clocks differ), and is later than last_step: no step is taken twice
 * (RFC 6238, section 5.2). The step it is of goes into *step. Blanks in the code do not count. */
bool totp_check(const uint8_t secret[static TOTP_SECRET_BYTES], const char *code, int64_t now, int64_t last_step, int64_t *step);
/* Base32 without padding (RFC 4648, section 6): out takes (n * 8 + 4) / 5 characters and a NUL. */
void totp_base32(const uint8_t *data, size_t n, char *out);
/* The otpauth address that a QR code carries: issuer and account are plain text. */
void totp_uri(struct buf *out, const char *issuer, const char *account, const uint8_t secret[static TOTP_SECRET_BYTES]);

/* A new recovery code and its hash. */
void recovery_code_make(char text[static RECOVERY_CODE_TEXT + 1], uint8_t hash[static RECOVERY_CODE_HASH]);
/* The hash of one as somebody types it: case, blanks and dashes do not count, 0, 1 and 8 are taken for the letters they look like. False
 * when it has not a code's form. */
bool recovery_code_hash(const char *typed, uint8_t hash[static RECOVERY_CODE_HASH]);
