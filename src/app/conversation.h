/* conversation: the pages and the API of what a buyer and a seller write to each other: for whoever has the link of a mail, and for members. How one
 * begins is in conversation_contact. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err conversation_link_page(struct context *c);      /* GET /conversations/t/{token} */
MUST_CHECK enum err conversation_link_answer(struct context *c);
MUST_CHECK enum err conversation_link_flag_form(struct context *c); /* GET /conversations/t/{token}/flag */
MUST_CHECK enum err conversation_link_flag(struct context *c);
MUST_CHECK enum err conversation_inbox(struct context *c);          /* GET /account/messages */
MUST_CHECK enum err conversation_page(struct context *c);           /* GET /account/messages/{id} */
MUST_CHECK enum err conversation_answer(struct context *c);         /* POST there, and to /api/v1/me/conversations/{id} */
MUST_CHECK enum err conversation_read(struct context *c);           /* POST /account/messages/{id}/read */
MUST_CHECK enum err conversation_flag_form(struct context *c);      /* GET /account/messages/{id}/flag */
MUST_CHECK enum err conversation_flag(struct context *c);
MUST_CHECK enum err api_conversations(struct context *c);           /* GET /api/v1/me/conversations */
MUST_CHECK enum err api_conversation(struct context *c);
