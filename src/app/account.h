/* account: the overview of what is a member's. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err account_overview(struct context *c);
MUST_CHECK enum err account_security(struct context *c);
