/* submission: a visitor's new listing, by form and by API; it waits for a moderator. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err submission_post(struct context *c);     /* POST /submit, POST /api/v1/listings */
MUST_CHECK enum err submission_received(struct context *c); /* GET /submit/received */
MUST_CHECK enum err fragment_form_age(struct context *c);   /* the hidden field of the static forms */
