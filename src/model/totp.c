#include "model/totp.h"

#include <ctype.h>
#include <nettle/hmac.h>
#include <string.h>

#include "util/mac.h"

enum { RECOVERY_BYTES = 15, RECOVERY_LETTERS = 24, RECOVERY_GROUP = 4, CODE_TYPED_MAX = 64 };

static const char base32_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void totp_hotp(const uint8_t *secret, size_t n, uint64_t counter, int digits, char *out)
{
	struct hmac_sha1_ctx hmac;
	uint8_t message[8], digest[SHA1_DIGEST_SIZE];
	for (int i = 0; i < 8; i++)
		message[i] = (uint8_t)(counter >> (56 - 8 * i));
	hmac_sha1_set_key(&hmac, n, secret);
	hmac_sha1_update(&hmac, sizeof message, message);
	hmac_sha1_digest(&hmac, sizeof digest, digest);
	const uint8_t *at = digest + (digest[SHA1_DIGEST_SIZE - 1] & 15);
	uint32_t value = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	out[digits] = '\0';
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
}

/* The digits of what was typed; false when it is anything else than six. */
static bool digits_of(const char *typed, char out[static TOTP_DIGITS + 1])
{
	int n = 0;
	for (; *typed != '\0'; typed++) {
		if (*typed == ' ')
			continue;
		if (*typed < '0' || *typed > '9' || n == TOTP_DIGITS)
			return false;
		out[n++] = *typed;
	}
	out[n] = '\0';
	return n == TOTP_DIGITS;
}

bool totp_check(const uint8_t secret[static TOTP_SECRET_BYTES], const char *code, int64_t now, int64_t last_step, int64_t *step)
{
	char typed[TOTP_DIGITS + 1], right[TOTP_DIGITS + 1];
	bool found = false;
	if (!digits_of(code, typed))
		return false;
	int64_t middle = now / TOTP_STEP_SECONDS;
	for (int64_t s = middle - 1; s <= middle + 1; s++) {
		unsigned difference = 0;
		totp_hotp(secret, TOTP_SECRET_BYTES, (uint64_t)s, TOTP_DIGITS, right);
		for (int i = 0; i < TOTP_DIGITS; i++)
			difference |= (unsigned)(typed[i] ^ right[i]);
		if (difference == 0 && s > last_step && !found) {
			*step = s;
			found = true;
		}
	}
	return found;
}

void totp_base32(const uint8_t *data, size_t n, char *out)
{
	uint32_t bits = 0;
	int held = 0;
	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8 | data[i]) & 0xfff;
		for (held += 8; held >= 5; held -= 5)
			*out++ = base32_letters[bits >> (held - 5) & 31];
	}
	if (held > 0)
		*out++ = base32_letters[bits << (5 - held) & 31];
	*out = '\0';
}

/* Percent-encoded (RFC 3986): unreserved characters stay. */
static void put_component(struct buf *out, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL)) {
			buf_putc(out, (char)c);
			continue;
		}
		buf_putc(out, '%');
		buf_putc(out, hex[c >> 4]);
		buf_putc(out, hex[c & 15]);
	}
}

void totp_uri(struct buf *out, const char *issuer, const char *account, const uint8_t secret[static TOTP_SECRET_BYTES])
{
	char text[TOTP_SECRET_TEXT + 1];
	totp_base32(secret, TOTP_SECRET_BYTES, text);
	buf_puts(out, "otpauth://totp/");
	put_component(out, issuer);
	buf_putc(out, ':');
	put_component(out, account);
	buf_puts(out, "?secret=");
	buf_puts(out, text);
	buf_puts(out, "&issuer=");
	put_component(out, issuer);
}

void recovery_code_make(char text[static RECOVERY_CODE_TEXT + 1], uint8_t hash[static RECOVERY_CODE_HASH])
{
	uint8_t random[RECOVERY_BYTES];
	char letters[RECOVERY_LETTERS + 1];
	mac_random(random, sizeof random);
	totp_base32(random, sizeof random, letters);
	mac_sha256(letters, RECOVERY_LETTERS, hash);
	for (int i = 0; i < RECOVERY_LETTERS; i++) {
		if (i > 0 && i % RECOVERY_GROUP == 0)
			*text++ = '-';
		*text++ = letters[i];
	}
	*text = '\0';
}

bool recovery_code_hash(const char *typed, uint8_t hash[static RECOVERY_CODE_HASH])
{
	char letters[RECOVERY_LETTERS];
	size_t n = 0, length = strnlen(typed, CODE_TYPED_MAX);
	for (size_t i = 0; i < length; i++) {
		char c = typed[i];
		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		c = c == '0' ? 'O' : c == '1' ? 'I' : c == '8' ? 'B' : c;
		if (n == RECOVERY_LETTERS || strchr(base32_letters, c) == NULL)
			return false;
		letters[n++] = c;
	}
	if (n != RECOVERY_LETTERS)
		return false;
	mac_sha256(letters, RECOVERY_LETTERS, hash);
	return true;
}
