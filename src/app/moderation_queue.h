/* moderation_queue: what pages and the API share about reading the queue. */
#pragma once

#include "app/context.h"
#include "db/moderation_queue_db.h"

/* "1700000000-12": where a page of the queue begins. */
bool moderation_place_parse(const char *s, struct queue_place *out);
const char *moderation_place_text(const struct context *c, const struct queue_entry *last);
/* Adds what the rules say of it now, and what was written in conversations that are flagged. */
MUST_CHECK enum err moderation_entry_complete(struct context *c, struct queue_entry *e);
/* The photos of n entries: one statement when any of them has a photo. */
MUST_CHECK enum err moderation_photos_load(struct context *c, struct queue_entry *entries, size_t n);
/* A page of complete entries, with the catalog. */
MUST_CHECK enum err moderation_queue_load(struct context *c, struct queue_place after, struct queue_entry **out, size_t *n, bool *more);
