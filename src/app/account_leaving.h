/* account_leaving: everything held about a member as a file; and the account's end, which can be taken back for MEMBER_GRACE_DAYS. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err account_export(struct context *c);
MUST_CHECK enum err account_delete_form(struct context *c);
MUST_CHECK enum err account_delete(struct context *c);
MUST_CHECK enum err account_deleted(struct context *c);
/* POST /account/keep: who is signed in takes it back. /account/keep/{token}: where the mail leads. */
MUST_CHECK enum err account_keep(struct context *c);
MUST_CHECK enum err account_keep_link(struct context *c);
MUST_CHECK enum err account_keep_confirm(struct context *c);
