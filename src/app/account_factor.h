/* account_factor: a member's second factor: set up, confirmed, renewed, turned off. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err account_factor_show(struct context *c);
/* Confirms what is shown by a code of the app; answers with the recovery codes, which are shown nowhere else. */
MUST_CHECK enum err account_factor_confirm(struct context *c);
MUST_CHECK enum err account_factor_start_form(struct context *c);
MUST_CHECK enum err account_factor_start(struct context *c);
MUST_CHECK enum err account_factor_off_form(struct context *c);
MUST_CHECK enum err account_factor_off(struct context *c);
MUST_CHECK enum err account_factor_codes_form(struct context *c);
MUST_CHECK enum err account_factor_codes(struct context *c);
