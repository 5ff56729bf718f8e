#include "http/client_address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { ADDRESS_BITS = 128, MAPPED_BITS = 96 };

/* All as IPv6, IPv4 in its mapped form. */
struct address {
	uint8_t bytes[16];
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const struct address *a)
{
	return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static void trim(const char **s, size_t *n)
{
	while (*n > 0 && (**s == ' ' || **s == '\t')) {
		(*s)++;
		(*n)--;
	}
	while (*n > 0 && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t'))
		(*n)--;
}

/* n bytes of s: an address and nothing else. v4: it was written as IPv4. */
static bool address_parse(const char *s, size_t n, struct address *out, bool *v4)
{
	char text[INET6_ADDRSTRLEN];
	if (n == 0 || n >= sizeof text || memchr(s, '\0', n) != NULL)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	memcpy(out->bytes, mapped, sizeof mapped);
	*v4 = inet_pton(AF_INET, text, out->bytes + sizeof mapped) == 1;
	return *v4 || inet_pton(AF_INET6, text, out->bytes) == 1;
}

static bool port_valid(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n >= 1 && n <= 5;
}

/* An entry of X-Forwarded-For: an address, "[v6]", and some proxies' "v4:port", "[v6]:port". */
static bool entry_parse(const char *s, size_t n, struct address *out)
{
	bool v4;
	trim(&s, &n);
	if (n > 0 && s[0] == '[') {
		const char *close = memchr(s, ']', n);
		if (close == NULL)
			return false;
		size_t after = n - (size_t)(close + 1 - s);
		if (after > 0 && (close[1] != ':' || !port_valid(close + 2, after - 1)))
			return false;
		return address_parse(s + 1, (size_t)(close - s) - 1, out, &v4) && !v4;
	}
	const char *colon = memchr(s, ':', n);
	if (colon != NULL && memchr(colon + 1, ':', n - (size_t)(colon + 1 - s)) == NULL) {
		if (!port_valid(colon + 1, n - (size_t)(colon + 1 - s)))
			return false;
		n = (size_t)(colon - s);
	}
	return address_parse(s, n, out, &v4);
}

static bool bits_equal(const struct address *a, const struct address *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (memcmp(a->bytes, b->bytes, whole) != 0)
		return false;
	return rest == 0 || ((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)) == 0;
}

/* Whether a lies in one block, "10.0.0.0/8" or an address; a malformed block holds nothing. */
static bool block_holds(const char *s, size_t n, const struct address *a)
{
	struct address block;
	bool v4;
	trim(&s, &n);
	const char *slash = memchr(s, '/', n);
	if (!address_parse(s, slash == NULL ? n : (size_t)(slash - s), &block, &v4))
		return false;
	unsigned bits = ADDRESS_BITS;
	if (slash != NULL) {
		size_t digits = n - (size_t)(slash + 1 - s);
		if (digits < 1 || digits > 3)
			return false;
		bits = 0;
		for (size_t i = 1; i <= digits; i++) {
			if (slash[i] < '0' || slash[i] > '9')
				return false;
			bits = bits * 10 + (unsigned)(slash[i] - '0');
		}
		bits += v4 ? MAPPED_BITS : 0;
	}
	/* "::/0" is every IPv6 address, and no IPv4 one. */
	if (is_v4(&block) != is_v4(a))
		return false;
	return bits <= ADDRESS_BITS && bits_equal(&block, a, bits);
}

static bool is_trusted(const char *trusted, const struct address *a)
{
	for (const char *s = trusted;; s++) {
		size_t n = strcspn(s, ",");
		if (block_holds(s, n, a))
			return true;
		s += n;
		if (*s == '\0')
			return false;
	}
}

const char *client_address_find(struct arena *a, const char *remote, const char *forwarded, const char *trusted)
{
	struct address at, next;
	bool v4;
	if (!address_parse(remote, strlen(remote), &at, &v4))
		return "";
	size_t end = strlen(forwarded);
	while (end > 0 && is_trusted(trusted, &at)) {
		size_t from = end;
		while (from > 0 && forwarded[from - 1] != ',')
			from--;
		if (!entry_parse(forwarded + from, end - from, &next))
			break;
		at = next;
		end = from > 0 ? from - 1 : 0;
	}
	char *text = arena_alloc(a, INET6_ADDRSTRLEN);
	if (text == NULL)
		return NULL;
	if (is_v4(&at))
		inet_ntop(AF_INET, at.bytes + sizeof mapped, text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, at.bytes, text, INET6_ADDRSTRLEN);
	return text;
}
