/* contact: messages to the site. Those to a seller are conversations, and begin in conversation_contact. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err contact_post(struct context *c);            /* POST /contact, POST /api/v1/contact */
MUST_CHECK enum err fragment_contact_address(struct context *c);
MUST_CHECK enum err contact_received(struct context *c);
