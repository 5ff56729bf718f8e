/* upload_gate: may this request send a photo? Asked by nginx (auth_request) before it reads a byte of the body. */
#pragma once

#include "app/context.h"

/* 204, with the member in X-Outport-Member. The guard says 401 and 403; a ban is 403, and so is X-Outport-Refused: limit, when enough photos were sent in this hour. */
enum err upload_gate_get(struct context *c);
/* Counts one photo of the request's member; ERR_LIMITED: over limits.photo_per_hour. */
MUST_CHECK enum err upload_gate_count(struct context *c);
