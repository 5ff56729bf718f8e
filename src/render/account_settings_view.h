/* account_settings_view: the forms of a member's account, each a page of its own. */
#pragma once

#include "render/form_view.h"

void account_profile_view(struct buf *b, const struct form_view *v);
void account_password_view(struct buf *b, const struct form_view *v);
void account_email_view(struct buf *b, const struct form_view *v);
void account_delete_view(struct buf *b, const struct form_view *v);
