/* moderation: what moderators do about listings: the queue, decisions, the words of a listing; by pages and by API. And the public log. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err moderation_queue(struct context *c);             /* GET /moderation */
MUST_CHECK enum err moderation_entry_page(struct context *c);        /* GET /moderation/listings/{id} */
MUST_CHECK enum err moderation_decide(struct context *c);            /* POST there, and POST /api/v1/moderation/listings/{id} */
MUST_CHECK enum err moderation_decide_conversation(struct context *c); /* POST /moderation/conversations/{id} */
MUST_CHECK enum err moderation_photo_remove(struct context *c);      /* POST /moderation/listings/{id}/photos/{n}/remove */
MUST_CHECK enum err moderation_edit_form(struct context *c);         /* GET /moderation/listings/{id}/edit */
MUST_CHECK enum err moderation_edit_post(struct context *c);
MUST_CHECK enum err moderation_log_page(struct context *c);          /* GET /moderation-log */
MUST_CHECK enum err api_moderation_queue(struct context *c);         /* GET /api/v1/moderation/queue */

/* For the handlers here: the address of one listing's page, in the arena; the page that says who was first (409). entry: the last entry of the log that
 * the moderator knew of, -1 where that is not known. */
const char *moderation_path(const struct context *c, int64_t id);
MUST_CHECK enum err moderation_late(struct context *c, int64_t listing_id, int64_t entry);
/* The listing's page with what was typed and its mistakes: status 422. */
struct queue_entry;
struct posting;
MUST_CHECK enum err moderation_entry_refused(struct context *c, struct queue_entry *entry, struct posting *p);
