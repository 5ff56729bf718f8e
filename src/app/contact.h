/* contact: messages from visitors: to the site, and to a seller, whose address is never shown. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err contact_post(struct context *c);            /* POST /contact, POST /api/v1/contact */
MUST_CHECK enum err fragment_contact_address(struct context *c);
MUST_CHECK enum err contact_received(struct context *c);
MUST_CHECK enum err listing_contact_form(struct context *c);    /* GET /listings/{id}/contact */
MUST_CHECK enum err listing_contact_post(struct context *c);
MUST_CHECK enum err listing_contact_received(struct context *c);
