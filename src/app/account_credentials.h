/* account_credentials: a member changes what they sign in with: the password, and the address, which both its ends confirm. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err account_password_form(struct context *c);
MUST_CHECK enum err account_password_save(struct context *c);
MUST_CHECK enum err account_email_form(struct context *c);
MUST_CHECK enum err account_email_save(struct context *c);
/* /account/email/{token}: where the two mails lead, signed in or not. */
MUST_CHECK enum err account_email_link(struct context *c);
MUST_CHECK enum err account_email_confirm(struct context *c);
