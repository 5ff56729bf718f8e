/* address: an address of the internet, and how the DNS writes it: from its end. No I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ADDRESS_TEXT_SIZE = 46, ADDRESS_REVERSED_SIZE = 64 };

/* One that a visitor left. */
struct address_seen {
	char ip[ADDRESS_TEXT_SIZE];
	int64_t stored_at;
};

/* "4.3.2.1" for "1.2.3.4" (RFC 1035, section 3.5); the 32 hexadecimal digits of an IPv6 address, the last first, with dots between (RFC 3596, section 2.5). What the
 * DNS adds (in-addr.arpa, ip6.arpa) is left out of both. IPv4 in IPv6's clothes (::ffff:1.2.3.4) is IPv4. False for whatever is no address: names, ports, zones. */
bool address_reverse(const char *ip, char out[static ADDRESS_REVERSED_SIZE]);
