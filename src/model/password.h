/* password: Argon2id by libsodium (RFC 9106), and what a new password must not be (NIST SP 800-63B, 3.1.1.2; ASVS 6.2). Passwords are in NFC,
 * so that the same keys give the same password on every machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

enum {
	PASSWORD_HASH_TEXT = 128,              /* bytes of a hash as text, with its NUL */
	PASSWORD_MEMORY_KIB = 19456, PASSWORD_PASSES = 2, /* 19 MiB, 2 passes, 1 lane: OWASP's password storage cheat sheet */
};

/* Both work on one password at a time in the whole process: however many sign in at once, the memory is that of one. */
MUST_CHECK enum err password_hash(const char *password, char out[static PASSWORD_HASH_TEXT]);
/* hash NULL: nobody's password; the same work is done, and the answer is false. */
bool password_verify(const char *hash, const char *password);
/* How many of the two were done in this process. */
uint64_t password_work(void);

/* What is wrong with a new password of good length. */
enum password_fault {
	PASSWORD_GOOD,
	PASSWORD_COMMON,   /* among the most used, or made of them, of repeats, of a row of keys, of a sequence */
	PASSWORD_PERSONAL, /* little more than the person's own name or address, or the site's name */
};

/* known: names and addresses that a password must not be made of, NULL-ended. */
enum password_fault password_check(const char *password, const char *const *known);
