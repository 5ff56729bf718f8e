/* account_profile: what a member says about themselves, on a page and at /api/v1/me. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err account_profile_form(struct context *c);
/* POST /account/profile: the whole form. PATCH /api/v1/me: what is given changes, the rest stays. */
MUST_CHECK enum err account_profile_save(struct context *c);
MUST_CHECK enum err account_api_me(struct context *c);
