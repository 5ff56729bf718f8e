/* submission: a new listing, by form and by API. A visitor's waits for a link in a mail to be followed, then for a moderator; a member's
 * for a moderator, unless the member is trusted. */
#pragma once

#include "app/context.h"
#include "http/listing_fields.h"

/* Slugs into the ids they stand for; what stands for nothing is an error of its field. */
void submission_resolve(const struct context *c, const struct listing_fields *f, struct listing *l, struct field_errors *errors);
MUST_CHECK enum err submission_post(struct context *c);     /* POST /submit, POST /api/v1/listings */
MUST_CHECK enum err submission_received(struct context *c); /* GET /submit/received */
MUST_CHECK enum err fragment_form_age(struct context *c);   /* the hidden field of the static forms */
