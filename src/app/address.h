/* address: /reverse-ip, where visitors see their own address, reversed, and may leave it; and the list of those left. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err address_page(struct context *c); /* GET /reverse-ip */
MUST_CHECK enum err address_post(struct context *c); /* POST /reverse-ip, POST /api/v1/addresses */
MUST_CHECK enum err api_addresses(struct context *c); /* GET /api/v1/addresses: admins */
