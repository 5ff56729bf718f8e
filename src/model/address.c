#include "model/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { V4_BYTES = 4, V6_BYTES = 16 };

static void reverse_v4(const uint8_t *b, char out[static ADDRESS_REVERSED_SIZE])
{
	snprintf(out, ADDRESS_REVERSED_SIZE, "%d.%d.%d.%d", b[3], b[2], b[1], b[0]);
}

bool address_reverse(const char *ip, char out[static ADDRESS_REVERSED_SIZE])
{
	static const uint8_t mapped[V6_BYTES - V4_BYTES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	static const char digits[] = "0123456789abcdef";
	uint8_t b[V6_BYTES];
	out[0] = '\0';
	if (inet_pton(AF_INET, ip, b) == 1) {
		reverse_v4(b, out);
		return true;
	}
	if (inet_pton(AF_INET6, ip, b) != 1)
		return false;
	if (memcmp(b, mapped, sizeof mapped) == 0) {
		reverse_v4(b + sizeof mapped, out);
		return true;
	}
	char *to = out;
	for (int i = V6_BYTES - 1; i >= 0; i--) {
		*to++ = digits[b[i] & 0xf];
		*to++ = '.';
		*to++ = digits[b[i] >> 4];
		*to++ = '.';
	}
	to[-1] = '\0';
	return true;
}
