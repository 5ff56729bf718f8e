/* client_address: who sent the request, when proxies stand in between (OWASP ASVS 4.1.3). */
#pragma once

#include "util/arena.h"

/* remote: the connection's peer. forwarded: X-Forwarded-For, read from the right for as long as the address at hand is
 * trusted: comma separated addresses and CIDR blocks. A malformed entry ends the walk at the last address that was sure.
 * The canonical text of an address (v4-mapped IPv6 as IPv4), "" when remote is none. NULL when out of memory. */
const char *client_address_find(struct arena *a, const char *remote, const char *forwarded, const char *trusted);
