/* conversation_inbox: a member's conversations as a list, and what programs read of them. */
#pragma once

#include "app/context.h"

/* The query's before=N: the messages older than that one. False when it is no number. */
bool conversation_before(const struct context *c, int64_t *out);
