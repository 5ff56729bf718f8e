/* conversation_send: a message between a buyer and a seller on its way: limit, screening, the mail to the other side, the database. Shared by the
 * pages and the API. */
#pragma once

#include "app/posting.h"
#include "db/conversation_db.h"

struct conversation_first {
	int64_t listing_id;
	const char *name, *email; /* a visitor's; a member's come from the account */
	const char *message;
};

/* From a listing's page. p->status is set, with its words, when it is not taken; *id is the conversation. ERR_NOT_FOUND: no such published listing. */
MUST_CHECK enum err conversation_send_first(struct context *c, const struct conversation_first *f, struct posting *p, int64_t *id);
/* In a conversation that was read with its people. p->status 410: it has ended; 409: it is held. *id is the message. */
MUST_CHECK enum err conversation_send_answer(struct context *c, const struct conversation *to, const struct conversation_people *people, const char *message,
                                             struct posting *p, int64_t *id);
/* A moderator dismisses the flags of a conversation: a held one goes on, and what was kept back is sent. ERR_NOT_FOUND; ERR_CONFLICT: no flag is open. */
MUST_CHECK enum err conversation_dismiss(struct context *c, int64_t id);
