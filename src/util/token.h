/* token: 256 random bits as text, for a session or a link in a mail. The text goes to whoever it is for; only its hash is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { TOKEN_TEXT = 43, TOKEN_HASH = 32 }; /* characters without the NUL; bytes */

/* base64url (RFC 4648, section 5) without padding, and its hash. */
void token_make(char text[static TOKEN_TEXT + 1], uint8_t hash[static TOKEN_HASH]);
/* The hash of a text that came from outside. False when it has not a token's form. */
bool token_hash(const char *text, uint8_t hash[static TOKEN_HASH]);
