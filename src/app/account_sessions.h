/* account_sessions: where a member is signed in, and their personal tokens. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err account_sessions(struct context *c);
MUST_CHECK enum err account_sessions_end(struct context *c);
MUST_CHECK enum err account_sessions_end_others(struct context *c);
MUST_CHECK enum err account_tokens(struct context *c);
MUST_CHECK enum err account_tokens_end(struct context *c);
MUST_CHECK enum err account_token_form(struct context *c);
/* Answers with the token, which is shown nowhere else. */
MUST_CHECK enum err account_token_make(struct context *c);
