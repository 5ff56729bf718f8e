/* conversation_contact: writing to a seller from a listing's page, where a conversation begins. */
#pragma once

#include "app/posting.h"

MUST_CHECK enum err listing_contact_form(struct context *c);    /* GET /listings/{id}/contact */
MUST_CHECK enum err listing_contact_post(struct context *c);
MUST_CHECK enum err listing_contact_received(struct context *c);
/* POST /api/v1/contact with a listing_id, once its fields are read. */
MUST_CHECK enum err conversation_contact_api(struct context *c, int64_t listing_id, const char *name, const char *email, const char *message, struct posting *p);
