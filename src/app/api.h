/* api: the JSON side of what pages show: /api/v1. The document that describes it is client/openapi.json. */
#pragma once

#include "app/context.h"
#include "model/listing.h"
#include "model/photo.h"
#include "render/json.h"

MUST_CHECK enum err api_listings(struct context *c);
MUST_CHECK enum err api_listing(struct context *c);
MUST_CHECK enum err api_categories(struct context *c);
MUST_CHECK enum err api_places(struct context *c);
MUST_CHECK enum err api_resources(struct context *c);
MUST_CHECK enum err api_resource(struct context *c);
/* What every answer says of a listing, into an object that is open. photo: its first; NULL: none. Needs the catalog. */
void api_listing_members(struct context *c, struct json *j, const struct listing *l, const struct photo *photo);
MUST_CHECK enum err api_openapi(struct context *c);
